"""Compiling expressions."""

from __future__ import annotations

import ast
import dataclasses
import enum
import inspect
import types
from collections.abc import Callable

from assay.checker.language.frontend import remedies
from assay.checker.language.frontend.comparisons import Comparisons
from assay.checker.language.frontend.scope import SelfBinding, Value
from assay.checker.language.frontend.shapes import described, is_empty
from assay.checker.language.frontend.typing import common_type, fits, held, known, learned, together
from assay.checker.language.ir.nodes import (
    And,
    Arithmetic,
    BagTotal,
    Cardinality,
    Collection,
    Compare,
    Comparison,
    Comprehension,
    Expr,
    Item,
    Literal,
    MakeTuple,
    Not,
    Or,
    Place,
    SeqItem,
    SeqLength,
    SetOf,
    Stored,
    Universe,
)
from assay.checker.language.types import INT, BagType, BoolType, MapType, SeqType, TupleType, Type
from assay.checker.language.wording import article, listed, nearest

__all__ = ["ARITHMETIC", "Expressions"]

ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}


class Expressions(Comparisons):
    """Expressions of every form."""

    def value(self, node: ast.expr, expected: Type | None = None) -> Value:
        """Compile an expression of any sort."""
        with self.deeper(node):
            return self._form(node, expected)

    def _form(self, node: ast.expr, expected: Type | None) -> Value:
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name():
                return self._name(node)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript():
                return self._subscript(node)
            case ast.Call():
                return self.call(node, expected)
            case ast.Compare():
                return self.comparison(node)
            case ast.BoolOp():
                return self._bool_op(node, self.truth)
            case ast.UnaryOp():
                return self._unary(node)
            case ast.BinOp():
                return self._binary(node, expected)
            case ast.IfExp():
                return self._if_expression(node, expected)
            case ast.Tuple(elts=elements):
                return self._tuple(node, elements, expected)
            case ast.Set(elts=elements) | ast.List(elts=elements):
                return self.displayed(elements, node, expected)
            case ast.SetComp():
                return self.comprehension(node, expected)
            case ast.ListComp() | ast.GeneratorExp():
                self.fail(
                    node, "a list has no place here: how often an element occurs would count", "write a set: {...}"
                )
            case _:
                self.fail(node, *remedies.unknown(node))

    def expr(self, node: ast.expr, expected: Type | None = None) -> Expr:
        """Compile an expression that must be a scalar."""
        value = self.value(node, expected)
        if isinstance(value, Expr):
            return value
        self.fail(
            node, f"expected a single value, found {article(described(value))}", "index it, or choose an element of it"
        )

    def collection(self, node: ast.expr, expected: Type | None = None) -> Collection:
        """Compile an expression that must be a collection."""
        if isinstance(node, ast.Tuple):
            return self.displayed(node.elts, node, expected)
        value = self.as_collection(self.value(node, expected), node)
        if expected is not None and not isinstance(value, Stored | Universe):
            return self.widened(value, expected, node) if common_type(value.element, expected) == expected else value
        return value

    def condition(self, node: ast.expr) -> Expr:
        """Compile an expression that is taken for true or false; a collection is true if it is not empty."""
        if isinstance(node, ast.BoolOp):
            return self._bool_op(node, self.condition)
        value = self.value(node)
        match value:
            case Stored(place) if isinstance(place.type, SeqType):
                return Compare(Comparison.LT, Literal(0, INT), SeqLength(place), location=self.at(node))
            case Stored(place) if isinstance(place.type, BagType):
                return Compare(Comparison.LT, Literal(0, INT), BagTotal(place), location=self.at(node))
            case Collection():
                return Compare(Comparison.LT, Literal(0, INT), Cardinality(value), location=self.at(node))
            case Expr() if isinstance(value.type, BoolType):
                return value
            case _:
                self.fail(
                    node, f"expected true or false, found {article(described(value))}", "compare it with something"
                )

    def truth(self, node: ast.expr) -> Expr:
        """Compile an expression whose value is True or False, not only taken for it."""
        value = self.value(node)
        if isinstance(value, Expr) and isinstance(value.type, BoolType):
            return value
        self.fail(node, f"expected True or False, found {article(described(value))}", "compare it, or say bool(...)")

    # Atoms

    def _constant(self, node: ast.Constant) -> Expr:
        if node.value is None or isinstance(node.value, bool | int):
            literal = self.literal(node.value, node)
            assert literal is not None
            return literal
        remedy = "numbers are whole" if isinstance(node.value, float | complex) else "use an Enum for names"
        self.fail(node, f"{node.value!r} is not a value of the language", remedy)

    def _name(self, node: ast.Name) -> Value:
        if node.id in self.names:
            value = self.look_up(node)
            if isinstance(value, SelfBinding):
                self.fail(node, f"{node.id} is the whole state, not a value", "use one of its variables")
            assert value is not None
            return value
        found, thing = self.code.lookup(node.id)
        if not found:
            self.no_name(node.id, node)
        return self._outside(thing, node)

    def _outside(self, thing: object, node: ast.expr) -> Value:
        literal = self.literal(thing, node)
        if literal is not None:
            return literal
        universe = self.class_universe(thing, node)
        if universe is not None:
            return universe
        if isinstance(thing, tuple | frozenset) and thing:
            return self._constant_collection(thing, node)
        name = ast.unparse(node)
        if isinstance(thing, type) and dataclasses.is_dataclass(thing):
            self.fail(node, f"the record {name} has no universe to run over", "run over those of its fields")
        if isinstance(thing, set | list | dict):
            self.fail(node, f"{name} can be changed by others", "make it a frozenset or a tuple")
        self.fail(
            node,
            f"{name} is {article(type(thing).__name__)}, which is not a value of the language",
            "possible are bool, int, None, members of an Enum, records and collections of these",
        )

    def _constant_collection(self, things: tuple[object, ...] | frozenset[object], node: ast.expr) -> Collection:
        literals = [literal for thing in things if (literal := self.literal(thing, node)) is not None]
        if len(literals) != len(things) or len({literal.type for literal in literals}) != 1:
            self.fail(
                node,
                f"{ast.unparse(node)} is a collection of other things than values of one type",
                "its elements may be numbers, members of one Enum, or records of one class",
            )
        return SetOf(tuple(literals), literals[0].type, ordered=isinstance(things, tuple), location=self.at(node))

    def _attribute(self, node: ast.Attribute) -> Value:
        if isinstance(node.value, ast.Name):
            owner = self.names.get(node.value.id)
            if isinstance(owner, SelfBinding):
                return self._state_attribute(owner, node)
        found, thing = self.resolve(node)
        if found:
            return self._outside(thing, node)
        owner_class = self.resolve(node.value)[1]
        if isinstance(owner_class, type | types.ModuleType):
            enumeration = owner_class if isinstance(owner_class, enum.EnumMeta) else None
            members = [name for name in vars(owner_class) if not name.startswith("_")]
            self.fail(
                node,
                f"{ast.unparse(node.value)} has no member {node.attr!r}{nearest(node.attr, members)}",
                None if enumeration is None else f"it has {listed(enumeration.__members__)}",
            )
        return self.field(self.expr(node.value), node.attr, node)

    def _state_attribute(self, owner: SelfBinding, node: ast.Attribute) -> Value:
        value = self.attribute(owner.root, node.attr, node)
        if value is not None:
            return value
        missing = object()
        thing = inspect.getattr_static(self.specification.cls, node.attr, missing)
        if isinstance(thing, property) and isinstance(thing.fget, types.FunctionType):
            call = ast.copy_location(ast.Call(func=node, args=[], keywords=[]), node)
            return self.inlined(call, thing.fget, owner, None)
        if isinstance(thing, types.FunctionType | staticmethod):
            self.fail(node, f"{node.attr} is a method, it must be called", f"{ast.unparse(node)}(...)")
        if thing is missing:
            self.no_variable(node.attr, node)
        return self._outside(thing, node)

    def _subscript(self, node: ast.Subscript) -> Value:
        owner = self.value(node.value)
        if isinstance(owner, Place) and isinstance(owner.type, MapType):
            key = self.fit(self.expr(node.slice, owner.type.key), owner.type.key, node.slice, "the key")
            return self.read(
                Place(owner.root, owner.variable, (*owner.keys, key), owner.type.value, location=self.at(node))
            )
        if isinstance(owner, Stored) and isinstance(owner.place.type, SeqType):
            if isinstance(node.slice, ast.Slice):
                return self.slice(owner.place, node, node.slice)
            index = self.fit(self.expr(node.slice), INT, node.slice, "the index")
            return SeqItem(owner.place, index, location=self.at(node))
        if isinstance(owner, Expr) and isinstance(owner.type, TupleType):
            return self._item(owner, owner.type, node)
        self.fail(node, f"{article(described(owner))} cannot be indexed", "maps, sequences and tuples can")

    def _item(self, owner: Expr, type_: TupleType, node: ast.Subscript) -> Expr:
        index = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if not isinstance(index, int) or not 0 <= index < len(type_.items):
            self.fail(
                node.slice,
                f"the index of a {type_} must be a number from 0 to {len(type_.items) - 1}, written out",
                "or unpack it: a, b = pair",
            )
        return known(Item(owner, index, type_.items[index], location=self.at(node)), self.facts)

    def _tuple(self, node: ast.Tuple, elements: list[ast.expr], expected: Type | None) -> Expr:
        wanted: list[Type | None] = [None] * len(elements)
        if isinstance(expected, TupleType) and len(expected.items) == len(elements):
            wanted = list(expected.items)
        values = [self.expr(element, want) for element, want in zip(elements, wanted, strict=True)]
        types_ = [
            held(value.type) if want is None or not fits(value.type, want) else want
            for value, want in zip(values, wanted, strict=True)
        ]
        fitted = [
            self.fit(value, type_, element, "the item")
            for value, type_, element in zip(values, types_, elements, strict=True)
        ]
        return MakeTuple(TupleType(tuple(types_)), tuple(fitted), location=self.at(node))

    def comprehension(self, node: ast.SetComp | ast.GeneratorExp, expected: Type | None) -> Collection:
        """Compile ``{item for ... in ... if ...}``."""
        with self.generators(node.generators) as generators:
            item = self.expr(node.elt, expected)
            if expected is not None:
                item = self.fit(item, expected, node.elt, "the element")
        return Comprehension(item, generators, location=self.at(node))

    # Operators

    def _bool_op(self, node: ast.BoolOp, compiled: Callable[[ast.expr], Expr]) -> Expr:
        conjunction = isinstance(node.op, ast.And)
        parts: list[Expr] = []
        saved = self.facts
        for operand in node.values:
            parts.append(compiled(operand))
            self.facts = together(self.facts, learned(parts[-1], conjunction))
        self.facts = saved
        return (And if conjunction else Or)(tuple(parts), location=self.at(node))

    def _unary(self, node: ast.UnaryOp) -> Expr:
        match node.op:
            case ast.Not():
                return Not(self.condition(node.operand), location=self.at(node))
            case ast.USub():
                operand = self.fit(self.expr(node.operand), INT, node.operand, "the operand of -")
                if isinstance(operand, Literal):
                    return Literal(-operand.value, INT, location=self.at(node))
                return Arithmetic("-", Literal(0, INT), operand, location=self.at(node))
            case _:
                self.fail(node, f"{remedies.operator(node.op)} is not part of the language", "possible are not and -")

    def _binary(self, node: ast.BinOp, expected: Type | None) -> Value:
        if is_empty(node.left) and expected is None:
            return self.operation(node, None, None)
        left = self.value(node.left, expected)
        operator = ARITHMETIC.get(type(node.op))
        if not isinstance(left, Expr) or (operator is None and isinstance(node.op, ast.BitOr | ast.BitAnd)):
            return self.operation(node, left, expected)
        if operator is None:
            self.fail(node, f"{remedies.operator(node.op)} is not part of the language", f"possible are {_POSSIBLE}")
        first = self.fit(left, INT, node.left, f"the operand of {operator}")
        second = self.fit(self.expr(node.right), INT, node.right, f"the operand of {operator}")
        return Arithmetic(operator, first, second, location=self.at(node))

    def _if_expression(self, node: ast.IfExp, expected: Type | None) -> Value:
        test = self.condition(node.test)
        if is_empty(node.body) and expected is None:
            otherwise, then = self._branches(test, (node.orelse, False), (node.body, True), None)
        else:
            then, otherwise = self._branches(test, (node.body, True), (node.orelse, False), expected)
        if isinstance(then, Collection) and isinstance(otherwise, Collection):
            return self.choice(test, then, otherwise, node)
        if not isinstance(then, Expr) or not isinstance(otherwise, Expr):
            self.fail(
                node,
                f"one branch is {article(described(then))}, the other {article(described(otherwise))}",
                "both must be sets, or both single values",
            )
        return self.conditional(test, then, otherwise, node)

    def _branches(
        self, test: Expr, first: tuple[ast.expr, bool], second: tuple[ast.expr, bool], expected: Type | None
    ) -> tuple[Value, Value]:
        """Compile two branches, the second with what the first says of the type of elements."""
        with self.knowing(learned(test, first[1])):
            one = self.value(first[0], expected)
        element = one.element if isinstance(one, Collection) else None
        with self.knowing(learned(test, second[1])):
            other = self.value(second[0], expected or element)
        return one, other


_POSSIBLE = ", ".join(ARITHMETIC.values())
