"""Compiling calls of the functions that the language has: quantifiers, folds, measures, copies."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from assay.checker.language import quantifiers, sorts, values
from assay.checker.language.frontend.patterns import Patterns
from assay.checker.language.frontend.scope import Value
from assay.checker.language.frontend.shapes import is_sequence, is_set
from assay.checker.language.frontend.typing import common_type
from assay.checker.language.ir.nodes import (
    And,
    BagTotal,
    Cardinality,
    Collection,
    Compare,
    Comparison,
    Comprehension,
    Conditional,
    Expr,
    Extreme,
    Generator,
    Implies,
    LeastOf,
    Literal,
    Not,
    Or,
    Quantifier,
    SeqLength,
    SizeOf,
    Stored,
    Sum,
    Universe,
)
from assay.checker.language.types import INT, BagType, BoolType, IntType, SeqType, SortType, Type
from assay.checker.language.wording import article

__all__ = ["FUNCTIONS", "Functions"]

FUNCTIONS = ["all", "any", "bool", "first", "implies", "isinstance", "len", "list", "max", "min", "range", "set", "sum"]
"""The functions of the language, for messages."""


class Functions(Patterns):
    """Calls of built-in functions, in expressions."""

    def comprehension(self, node: ast.SetComp | ast.GeneratorExp, expected: Type | None) -> Collection:
        """Compile ``{item for ... in ... if ...}``."""
        raise NotImplementedError

    def truth(self, node: ast.expr) -> Expr:
        """Compile an expression whose value is True or False, not only taken for it."""
        raise NotImplementedError

    def built_in(self, target: Any) -> Callable[[ast.Call, Type | None], Value] | None:
        """Return what compiles calls of a function, if the language has it."""
        table: dict[Any, Callable[[ast.Call, Type | None], Value]] = {
            all: self._quantified,
            any: self._quantified,
            quantifiers.every: self._quantified,
            quantifiers.some: self._quantified,
            len: self._length,
            sum: self._sum,
            min: self._extreme,
            max: self._extreme,
            set: self._copied,
            frozenset: self._copied,
            list: self._listed,
            range: lambda node, _: self.int_range(node),
            bool: lambda node, _: self.condition(self.only(node)),
            isinstance: self._is_instance,
            values.implies: self._implication,
            sorts.first: self._least,
        }
        return table.get(target) if _hashable(target) else None

    def only(self, node: ast.Call) -> ast.expr:
        """Return the only argument of a call."""
        if len(node.args) != 1 or node.keywords:
            self.fail(node, f"{ast.unparse(node.func)} takes one argument here", f"{ast.unparse(node.func)}(...)")
        return node.args[0]

    # Quantifiers and folds

    def _quantified(self, node: ast.Call, _: Type | None) -> Expr:
        universal = self.resolve(node.func)[1] in (all, quantifiers.every)
        if not isinstance(node.func, ast.Name):
            self.fail(node, "any and all are called by their names", "any(... for x in ...)")
        argument = self.only(node)
        if isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            with self.generators(argument.generators) as generators:
                return quantify(universal, generators, self.condition(argument.elt))
        body, generators = self.elements(argument)
        if not isinstance(body, Expr) or not isinstance(body.type, BoolType):
            self.fail(argument, f"{ast.unparse(node.func)} takes a comprehension", "any(... for x in ...)")
        return quantify(universal, generators, body)

    def _sum(self, node: ast.Call, _: Type | None) -> Expr:
        argument = self.only(node)
        element, generators = self._folded(argument)
        if isinstance(element.type, BoolType):
            element = Conditional(element, Literal(1, INT), Literal(0, INT), location=element.location)
        return Sum(self.fit(element, INT, argument, "what is summed"), generators, location=self.at(node))

    def _folded(self, argument: ast.expr) -> tuple[Expr, tuple[Generator, ...]]:
        element, generators = self.elements(argument)
        if not isinstance(element, Expr):
            self.fail(argument, "a collection cannot be summed or compared", "take its len(...)")
        return element, generators

    def _extreme(self, node: ast.Call, expected: Type | None) -> Expr:
        largest = self.resolve(node.func)[1] is max
        default = self._default(node, expected)
        if len(node.args) > 1:
            return self._extreme_of(node, largest)
        if len(node.args) != 1:
            self.fail(
                node, "min and max take a comprehension, a collection, or several values", "max(... for x in ...)"
            )
        element, generators = self._folded(node.args[0])
        self.demand_order(element.type, node)
        if default is not None:
            common = common_type(element.type, default.type)
            if common is None:
                self.fail(
                    node,
                    f"the default is {article(default.type)}, the elements are {element.type}",
                    "both must be of one type, or the default None",
                )
            element = self.fit(element, common, node, "the element")
            default = self.fit(default, common, node, "the default")
        return Extreme(largest, element, generators, default, location=self.at(node))

    def _default(self, node: ast.Call, expected: Type | None) -> Expr | None:
        default = None
        for keyword in node.keywords:
            if keyword.arg != "default":
                self.fail(
                    keyword.value,
                    f"{keyword.arg}= is not part of the language",
                    "only default= is; compare numbers, or the elements of an Order",
                )
            default = self.expr(keyword.value, expected)
        return default

    def _extreme_of(self, node: ast.Call, largest: bool) -> Expr:
        if node.keywords:
            self.fail(node, "default= goes with a comprehension, not with several values", "leave it out")
        result = self.expr(node.args[0])
        for argument in node.args[1:]:
            other = self.expr(argument)
            common = common_type(result.type, other.type)
            if common is None:
                self.fail(
                    argument,
                    f"{article(other.type)} cannot be compared with {article(result.type)}",
                    "both must be numbers, or of one Order",
                )
            self.demand_order(common, argument)
            first = self.fit(result, common, node, "a value")
            second = self.fit(other, common, argument, "a value")
            ordered = Compare(Comparison.LT, first, second) if largest else Compare(Comparison.LT, second, first)
            result = Conditional(ordered, second, first, location=self.at(node))
        return result

    def demand_order(self, type_: Type, node: ast.AST) -> None:
        """Refuse a type whose values have no order."""
        if not (isinstance(type_, IntType) or (isinstance(type_, SortType) and type_.ordered)):
            self.fail(node, f"{article(type_)} has no order", "numbers and the elements of an Order have one")

    # Measures and copies

    def _length(self, node: ast.Call, _: Type | None) -> Expr:
        argument = self.only(node)
        if isinstance(argument, ast.ListComp):
            with self.generators(argument.generators) as generators:
                self.value(argument.elt)
            return Sum(Literal(1, INT), generators, location=self.at(node))
        collection = self.collection(argument)
        match collection:
            case Universe():
                return SizeOf(collection, location=self.at(node))
            case Stored(place) if isinstance(place.type, SeqType):
                return SeqLength(place, location=self.at(node))
            case Stored(place) if isinstance(place.type, BagType):
                return BagTotal(place, location=self.at(node))
            case _ if is_sequence(collection):
                self.fail(
                    argument, "the length of a part of a sequence is not part of the language", "use that of the whole"
                )
            case _:
                return Cardinality(collection, location=self.at(node))

    def _copied(self, node: ast.Call, expected: Type | None) -> Collection:
        if not node.args and not node.keywords:
            return self.empty(node, expected)
        argument = self.only(node)
        if isinstance(argument, ast.GeneratorExp):
            return self.comprehension(argument, expected)
        collection = self.collection(argument, expected)
        return collection if is_set(collection) else self._as_distinct(collection, node)

    def _as_distinct(self, collection: Collection, node: ast.expr) -> Collection:
        """Return the set of the elements of what is no set in Python."""
        item = self.fresh("item", collection.element, node)
        return Comprehension(item, (Generator(item, collection),), location=self.at(node))

    def _listed(self, node: ast.Call, expected: Type | None) -> Collection:
        if not node.args and not node.keywords:
            return self.empty(node, expected)
        argument = self.only(node)
        collection = None if isinstance(argument, ast.GeneratorExp) else self.collection(argument, expected)
        if collection is None or not is_sequence(collection):
            self.fail(argument, "a list of this has no place here: sets and sorts have no order", "write a set: {...}")
        return collection

    def _least(self, node: ast.Call, _: Type | None) -> Expr:
        universe = self.collection(self.only(node))
        if isinstance(universe, Universe) and isinstance(universe.of, SortType) and universe.of.ordered:
            return LeastOf(universe.of, location=self.at(node))
        self.fail(node, "first takes an Order", "an element of a Sort or set is chosen by a parameter of the action")

    def _implication(self, node: ast.Call, _: Type | None) -> Expr:
        if len(node.args) != 2 or node.keywords:
            self.fail(node, "implies takes a condition and a conclusion", "implies(a, b)")
        return Implies(self.condition(node.args[0]), self.truth(node.args[1]), location=self.at(node))

    def _is_instance(self, node: ast.Call, _: Type | None) -> Expr:
        if len(node.args) != 2 or node.keywords:
            self.fail(node, "isinstance takes a value and a record", "isinstance(message, Vote)")
        return self.kind_test(self.expr(node.args[0]), self.kinds(node.args[1]), node)


def quantify(universal: bool, generators: tuple[Generator, ...], body: Expr) -> Expr:
    """Return the quantification of ``body`` over generators, the first one outermost."""
    for generator in reversed(generators):
        if generator.condition is not None:
            guarded = (Not(generator.condition), body) if universal else (generator.condition, body)
            body = Or(guarded, location=body.location) if universal else And(guarded, location=body.location)
        body = Quantifier(universal, generator.variable, generator.domain, body, location=generator.location)
    return body


def _hashable(thing: Any) -> bool:
    try:
        hash(thing)
    except TypeError:
        return False
    return True
