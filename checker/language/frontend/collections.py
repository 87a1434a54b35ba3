"""Compiling what is iterated over or asked for membership: sets, sorts, ranges, comprehensions."""

from __future__ import annotations

import ast
import enum
import types
from typing import Any

from assay.checker.language.annotations import type_of
from assay.checker.language.frontend.scope import Scope, SelfBinding, Value
from assay.checker.language.frontend.shapes import described, is_call_of, is_empty, is_sequence, is_set
from assay.checker.language.frontend.typing import common_type, fits
from assay.checker.language.ir.nodes import (
    Collection,
    Comprehension,
    Expr,
    Generator,
    IntRange,
    Literal,
    Members,
    Place,
    SetChoice,
    SetOf,
    SetOperation,
    Slice,
    Stored,
    Universe,
)
from assay.checker.language.sorts import Element
from assay.checker.language.types import (
    INT,
    MapType,
    QuorumType,
    Type,
)
from assay.checker.language.wording import article, nearest

__all__ = ["Collections"]

_OPERATORS: dict[type[ast.operator], str] = {ast.BitOr: "|", ast.BitAnd: "&", ast.Sub: "-"}


class Collections(Scope):
    """Collections of every form."""

    def resolve(self, node: ast.expr) -> tuple[bool, Any]:
        """Return whether a dotted name denotes something outside the method, and what."""
        match node:
            case ast.Name(id=name) if name not in self.names:
                return self.code.lookup(name)
            case ast.Attribute(value=owner, attr=attr):
                found, thing = self.resolve(owner)
                if found and isinstance(thing, type | types.ModuleType) and hasattr(thing, attr):
                    return True, getattr(thing, attr)
        return False, None

    def as_collection(self, value: Value | SelfBinding, node: ast.expr) -> Collection:
        """Return a compiled value as a collection: a set, a quorum's members, a map's keys."""
        match value:
            case Collection():
                return value
            case Place(_, _, _, MapType(key, _)):
                return Universe(key, location=self.at(node))
            case Expr() if isinstance(value.type, QuorumType):
                return Members(value, value.type.member, location=self.at(node))
            case Expr():
                self.fail(node, f"{article(value.type)} is no collection", _ITERABLE)
            case _:
                self.fail(node, "the whole state is no collection", _ITERABLE)

    def class_universe(self, cls: Any, node: ast.AST) -> Universe | None:
        """Return the collection of all values of a sort or enum, if ``cls`` is one."""
        if not isinstance(cls, type):
            return None
        if issubclass(cls, Element):
            known_sorts = [*self.specification.sorts, *(quorum.cls for quorum in self.specification.quorums)]
            if cls not in known_sorts:
                self.fail(
                    node,
                    f"{cls.__name__} is no sort of {self.specification.name}"
                    + nearest(cls.__name__, map(_name, known_sorts)),
                    "name it in a method of the model, or as the type of a variable or parameter",
                )
            return Universe(type_of(cls), location=self.at(node))
        if not issubclass(cls, enum.Enum):
            return None
        return Universe(type_of(cls, self.at(node)), location=self.at(node))

    def displayed(self, items: list[ast.expr], node: ast.expr, expected: Type | None) -> SetOf:
        """Compile ``{a, b}``, ``[a, b]`` or ``(a, b)`` as a collection."""
        values = [self.expr(item, expected) for item in items]
        suits = expected is not None and all(fits(value.type, expected) for value in values)
        element = expected if suits else None
        for value, item in zip(values, items, strict=True):
            if suits:
                break
            element = value.type if element is None else common_type(element, value.type)
            if element is None:
                self.fail(
                    item,
                    f"{article(value.type)} does not go with the other elements",
                    "the elements of a collection are of one type, or records of a union",
                )
        if element is None:
            return self.empty(node, expected)
        fitted = [self.fit(value, element, item, "the element") for value, item in zip(values, items, strict=True)]
        return SetOf(tuple(fitted), element, ordered=not isinstance(node, ast.Set), location=self.at(node))

    def empty(self, node: ast.expr, expected: Type | None) -> SetOf:
        """Compile ``set()`` or ``[]``."""
        if expected is None:
            self.fail(
                node,
                "the elements of this empty collection have no type here",
                "compare with len(...) == 0 instead",
            )
        return SetOf((), expected, ordered=not is_call_of(node, "set", "frozenset"), location=self.at(node))

    def operation(self, node: ast.BinOp, left: Value | None, expected: Type | None) -> Collection:
        """Compile ``a | b``, ``a & b`` or ``a - b`` of sets; ``left`` is None if it is empty, and so takes b's type."""
        operator = _OPERATORS.get(type(node.op))
        if operator is None:
            self.fail(node, "this operator does not apply to collections", "possible are |, & and - of sets")
        if left is None:
            right = self.as_set(node.right, None)
            return self.combined(operator, self.as_set(node.left, right.element), right, node)
        first = self.demand_set(left, node.left)
        right = self.as_set(node.right, expected or (first.element if is_empty(node.right) else None))
        return self.combined(operator, first, right, node)

    def as_set(self, node: ast.expr, expected: Type | None) -> Collection:
        """Compile an expression whose value is a set in Python too."""
        return self.demand_set(self.value(node, expected), node)

    def demand_set(self, value: Value, node: ast.expr) -> Collection:
        """Refuse what is no set in Python."""
        if isinstance(value, Collection) and is_set(value):
            return value
        self.fail(
            node, f"expected a set, found {article(described(value))}", "what can be run over becomes one by set(...)"
        )

    def combined(self, operator: str, left: Collection, right: Collection, node: ast.AST) -> Collection:
        """Return the union, intersection or difference of two collections of the same elements."""
        if isinstance(left, SetOf) and not left.items and operator == "|" and is_set(right):
            return right
        left, right = self.alike(left, right, node)
        return SetOperation(operator, left, right, location=self.at(node))

    def alike(self, left: Collection, right: Collection, node: ast.AST) -> tuple[Collection, Collection]:
        """Return two collections with the same type of element, or refuse."""
        common = common_type(left.element, right.element)
        if common is None:
            self.fail(
                node,
                f"sets of {left.element} and of {right.element} have nothing in common",
                "the elements must be of one type, or records",
            )
        return self.widened(left, common, node), self.widened(right, common, node)

    def widened(self, collection: Collection, element: Type, node: ast.AST) -> Collection:
        """Return a collection seen as one of a wider type of element."""
        if collection.element == element:
            return collection
        if isinstance(collection, SetOf):
            items = tuple(self.fit(item, element, node, "the element") for item in collection.items)
            return SetOf(items, element, collection.ordered, location=collection.location)
        if isinstance(collection, Comprehension):
            item = self.fit(collection.item, element, node, "the element")
            return Comprehension(item, collection.generators, location=collection.location)
        variable = self.fresh("item", collection.element, node)
        item = self.fit(variable, element, node, "the element")
        return Comprehension(item, (Generator(variable, collection),), location=collection.location)

    def choice(self, test: Expr, then: Collection, otherwise: Collection, node: ast.AST) -> Collection:
        """Return ``then if test else otherwise`` of sets."""
        if is_sequence(then) or is_sequence(otherwise):
            self.fail(node, "a sequence cannot be chosen inside an expression", "choose with an if statement")
        then, otherwise = self.alike(then, otherwise, node)
        return SetChoice(test, then, otherwise, location=self.at(node))

    def slice(self, place: Place, node: ast.Subscript, bounds: ast.Slice) -> Slice:
        """Compile ``self.queue[1:]``."""
        start, stop = (self._slice_bound(bound) for bound in (bounds.lower, bounds.upper))
        if bounds.step is not None:
            self.fail(node, "a slice with a step is not part of the language", "self.queue[1:]")
        return Slice(place, start or 0, stop, location=self.at(node))

    def _slice_bound(self, node: ast.expr | None) -> int | None:
        if node is None:
            return None
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value >= 0:
            return node.value
        self.fail(node, "the bounds of a slice must be whole numbers, written out", "self.queue[1:]")

    def int_range(self, node: ast.Call) -> IntRange:
        """Compile ``range(stop)`` or ``range(start, stop)``."""
        if not 1 <= len(node.args) <= 2 or node.keywords:
            self.fail(node, "range takes a stop, or a start and a stop", "range(3), range(1, 4)")
        numbers = [self.fit(self.expr(argument), INT, argument, "a bound of range") for argument in node.args]
        start = numbers[0] if len(numbers) == 2 else Literal(0, INT)
        return IntRange(start, numbers[-1], location=self.at(node))

    def stored(self, node: ast.expr, what: type[Any], name: str) -> Place:
        """Compile an expression that must be a container in the state."""
        value = self.value(node)
        place = value.place if isinstance(value, Stored) else value
        if isinstance(place, Place) and isinstance(place.type, what):
            return place
        self.fail(
            node, f"expected a {name} in the state, found {article(described(value))}", f"only a {name} can do this"
        )


def _name(cls: type[Any]) -> str:
    return cls.__name__


_ITERABLE = "possible are sets, sorts, enums, quorums, maps, sequences, bags and range(...)"
