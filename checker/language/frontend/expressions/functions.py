"""Calls of the language's functions: quantifiers, folds, measures, copies."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from typing import Any

from assay.checker.language import choosing, model, quantifiers, sorts, values
from assay.checker.language.frontend.context.bindings import Value
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import has_order, is_sequence, is_set
from assay.checker.language.frontend.context.typing import common_type
from assay.checker.language.frontend.expressions.choices import compile_choose
from assay.checker.language.frontend.expressions.collections import (
    compile_collection,
    compile_range,
    empty_collection,
)
from assay.checker.language.frontend.expressions.eager import remark_on_guards
from assay.checker.language.frontend.expressions.generators import (
    bound_generators,
    compile_comprehension,
    compile_listing,
    elements_of,
)
from assay.checker.language.frontend.expressions.neighbours import compile_last, compile_neighbour
from assay.checker.language.frontend.expressions.operands import compile_condition, compile_scalar, compile_truth
from assay.checker.language.frontend.expressions.ordered import compile_next, compile_sorted, extreme_by_key
from assay.checker.language.frontend.expressions.presence import compile_some
from assay.checker.language.frontend.expressions.records import kind_test, kinds_named
from assay.checker.language.ir.nodes import (
    And,
    BagTotal,
    Cardinality,
    Collection,
    Compare,
    Comparison,
    Comprehension,
    Conditional,
    Elements,
    Expr,
    Extreme,
    Generator,
    Implies,
    LeastOf,
    Length,
    Let,
    Listing,
    Literal,
    Name,
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

__all__ = ["FUNCTIONS", "built_in_form", "demand_order", "only_argument", "quantify"]

FUNCTIONS = [
    "all",
    "any",
    "bool",
    "choose",
    "enumerate",
    "first",
    "frozen",
    "implies",
    "isinstance",
    "last",
    "len",
    "list",
]
FUNCTIONS += ["max", "min", "next", "pred", "range", "reversed", "set", "some", "sorted", "succ", "sum", "zip"]
"""The functions of the language, for messages."""


def built_in_form(target: Any) -> Callable[[Scope, ast.Call, Type | None], Value] | None:
    """Return what compiles calls of a function, or None if the language does not have it."""
    return _BUILT_IN.get(target) if _hashable(target) else None


def only_argument(scope: Scope, node: ast.Call) -> ast.expr:
    """Return the only argument of a call."""
    if len(node.args) != 1 or node.keywords:
        scope.fail(node, f"{ast.unparse(node.func)} takes one argument here", f"{ast.unparse(node.func)}(...)")
    return node.args[0]


def _compile_quantifier(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    universal = resolve(scope, node.func)[1] in (all, quantifiers.every)
    if not isinstance(node.func, ast.Name):
        scope.fail(node, "any and all are called by their names", "any(... for x in ...)")
    argument = only_argument(scope, node)
    if isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp):
        with bound_generators(scope, argument.generators) as generators:
            return quantify(universal, generators, compile_condition(scope, argument.elt))
    body, generators = elements_of(scope, argument)
    if not isinstance(body, Expr) or not isinstance(body.type, BoolType):
        scope.fail(argument, f"{ast.unparse(node.func)} takes a comprehension", "any(... for x in ...)")
    return quantify(universal, generators, body)


def _compile_sum(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    argument = only_argument(scope, node)
    element, generators = _folded(scope, argument)
    if isinstance(element.type, BoolType):
        element = Conditional(element, Literal(1, INT), Literal(0, INT), location=element.location)
    return Sum(scope.fit(element, INT, argument, "what is summed", raising=True), generators, location=scope.at(node))


def _folded(scope: Scope, argument: ast.expr) -> tuple[Expr, tuple[Generator, ...]]:
    element, generators = elements_of(scope, argument)
    if not isinstance(element, Expr):
        scope.fail(argument, "a collection cannot be summed or compared", "take its len(...)")
    return element, generators


def _compile_extreme(scope: Scope, node: ast.Call, expected: Type | None) -> Expr:
    largest = resolve(scope, node.func)[1] is max
    if len(node.args) == 1 and [keyword.arg for keyword in node.keywords] == ["key"]:
        argument = node.args[0]
        if isinstance(argument, ast.GeneratorExp):
            argument = ast.copy_location(ast.ListComp(elt=argument.elt, generators=argument.generators), argument)
        collection = functools.partial(compile_collection, scope, argument)
        return extreme_by_key(scope, node, node.keywords[0].value, largest=largest, compiled=collection)
    default = _default(scope, node, expected)
    if len(node.args) > 1:
        return _extreme_of(scope, node, largest)
    if len(node.args) != 1:
        scope.fail(node, "min and max take a comprehension, a collection, or several values", "max(... for x in ...)")
    element, generators = _folded(scope, node.args[0])
    demand_order(scope, element.type, node)
    if default is not None:
        common = common_type(element.type, default.type)
        if common is None:
            scope.fail(
                node,
                f"the default is {article(default.type)}, the elements are {element.type}",
                "both must be of one type, or the default None",
            )
        element = scope.fit(element, common, node, "the element")
        default = scope.fit(default, common, node, "the default")
    return Extreme(largest, element, generators, default, location=scope.at(node))


def _default(scope: Scope, node: ast.Call, expected: Type | None) -> Expr | None:
    default = None
    for keyword in node.keywords:
        if keyword.arg != "default":
            scope.fail(
                keyword.value,
                f"{keyword.arg}= is not part of the language",
                "only default= is; compare numbers, or the elements of an Order",
            )
        default = compile_scalar(scope, keyword.value, expected)
    return default


def _extreme_of(scope: Scope, node: ast.Call, largest: bool) -> Expr:
    if node.keywords:
        scope.fail(node, "default= goes with a comprehension, not with several values", "leave it out")
    lets: list[tuple[Name, Expr]] = []
    values = [_named(scope, compile_scalar(scope, argument), argument, lets) for argument in node.args]
    result = values[0]
    for argument, other in zip(node.args[1:], values[1:], strict=True):
        common = common_type(result.type, other.type)
        if common is None:
            scope.fail(
                argument,
                f"{article(other.type)} cannot be compared with {article(result.type)}",
                "both must be numbers, or of one Order",
            )
        demand_order(scope, common, argument)
        first = scope.fit(result, common, node, "a value", raising=True)
        second = scope.fit(other, common, argument, "a value", raising=True)
        ordered = Compare(Comparison.LT, first, second) if largest else Compare(Comparison.LT, second, first)
        result = _named(scope, Conditional(ordered, second, first, location=scope.at(node)), argument, lets)
    for name, value in reversed(lets):
        result = Let(name, value, result, location=scope.at(node))
    return result


def _named(scope: Scope, value: Expr, node: ast.AST, lets: list[tuple[Name, Expr]]) -> Expr:
    """Return a name for a value that is to be used twice: without one, each step would double the expression."""
    if isinstance(value, Name | Literal):
        return value
    variable = scope.fresh("value", value.type, node)
    lets.append((variable, value))
    return variable


def demand_order(scope: Scope, type_: Type, node: ast.AST) -> None:
    """Refuse a type whose values have no order."""
    if not (isinstance(type_, IntType) or (isinstance(type_, SortType) and type_.ordered)):
        scope.fail(node, f"{article(type_)} has no order", "numbers and the elements of an Order have one")


def _compile_length(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    argument = only_argument(scope, node)
    if isinstance(argument, ast.ListComp):
        with bound_generators(scope, argument.generators) as generators:
            scope.value(argument.elt)
        return Sum(Literal(1, INT), generators, location=scope.at(node))
    collection = compile_collection(scope, argument)
    match collection:
        case Elements() if not is_set(collection):
            return Length(collection, location=scope.at(node))
        case Universe():
            return SizeOf(collection, location=scope.at(node))
        case Stored(place) if isinstance(place.type, SeqType):
            return SeqLength(place, location=scope.at(node))
        case Stored(place) if isinstance(place.type, BagType):
            return BagTotal(place, location=scope.at(node))
        case _ if is_sequence(collection):
            return Length(collection, location=scope.at(node))
        case _:
            return Cardinality(collection, location=scope.at(node))


def _compile_set_copy(scope: Scope, node: ast.Call, expected: Type | None) -> Collection:
    if not node.args and not node.keywords:
        return empty_collection(scope, node, expected)
    argument = only_argument(scope, node)
    if isinstance(argument, ast.GeneratorExp):
        return compile_comprehension(scope, argument, expected)
    collection = compile_collection(scope, argument, expected)
    is_own = is_set(collection) and not isinstance(collection, Elements)
    return collection if is_own else _as_distinct(scope, collection, node)


def _as_distinct(scope: Scope, collection: Collection, node: ast.expr) -> Collection:
    """Return the set of the elements of a collection that is no set in Python."""
    item = scope.fresh("item", collection.element, node)
    return Comprehension(item, (Generator(item, collection),), location=scope.at(node))


def _compile_list_copy(scope: Scope, node: ast.Call, expected: Type | None) -> Collection:
    if not node.args and not node.keywords:
        return empty_collection(scope, node, expected)
    argument = only_argument(scope, node)
    if isinstance(argument, ast.GeneratorExp):
        return compile_listing(scope, argument, expected)
    collection = compile_collection(scope, argument, expected)
    if not has_order(collection):
        scope.fail(argument, "a list of this has no place here: sets and sorts have no order", "write a set: {...}")
    return (
        collection
        if is_sequence(collection) and not isinstance(collection, Elements)
        else _listed(scope, collection, node)
    )


def _listed(scope: Scope, collection: Collection, node: ast.expr) -> Collection:
    """Return a collection that has an order as a list of its own."""
    item = scope.fresh("item", collection.element, node)
    return Listing(item, (Generator(item, collection),), location=scope.at(node))


def _compile_frozen(scope: Scope, node: ast.Call, expected: Type | None) -> Value:
    """Compile ``frozen(x)``: what it makes of a container is the same for all that follows."""
    return scope.value(only_argument(scope, node), expected)


def _compile_first(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    universe = compile_collection(scope, only_argument(scope, node))
    if isinstance(universe, Universe) and isinstance(universe.of, SortType) and universe.of.ordered:
        return LeastOf(universe.of, location=scope.at(node))
    scope.fail(node, "first takes an Order", "an element of a Sort or set is chosen by a parameter of the action")


def _compile_implies(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    if len(node.args) != 2 or node.keywords:
        scope.fail(node, "implies takes a condition and a conclusion", "implies(a, b)")
    left, right = compile_condition(scope, node.args[0]), compile_truth(scope, node.args[1])
    remark_on_guards(scope, node, values.implies, (left, right))
    return Implies(left, right, location=scope.at(node))


def _compile_bool(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    return compile_condition(scope, only_argument(scope, node))


def _compile_isinstance(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    if len(node.args) != 2 or node.keywords:
        scope.fail(node, "isinstance takes a value and a record", "isinstance(message, Vote)")
    return kind_test(scope, compile_scalar(scope, node.args[0]), kinds_named(scope, node.args[1]), node)


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


_BUILT_IN: dict[Any, Callable[[Scope, ast.Call, Type | None], Value]] = {
    all: _compile_quantifier,
    any: _compile_quantifier,
    quantifiers.every: _compile_quantifier,
    quantifiers.some: _compile_quantifier,
    len: _compile_length,
    sum: _compile_sum,
    min: _compile_extreme,
    max: _compile_extreme,
    set: _compile_set_copy,
    frozenset: _compile_set_copy,
    list: _compile_list_copy,
    range: compile_range,
    bool: _compile_bool,
    isinstance: _compile_isinstance,
    sorted: compile_sorted,
    next: compile_next,
    values.frozen: _compile_frozen,
    values.implies: _compile_implies,
    sorts.first: _compile_first,
    model.some: compile_some,
    choosing.choose: compile_choose,
    sorts.last: compile_last,
    sorts.succ: compile_neighbour("succ", next_=True),
    sorts.pred: compile_neighbour("pred", next_=False),
}
