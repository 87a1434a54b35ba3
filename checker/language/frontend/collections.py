"""Compiling what is iterated over or asked for membership: sets, sorts, ranges, comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from assay.checker.language.annotations import type_of
from assay.checker.language.frontend.scope import Binding, Scope, SelfBinding, Value
from assay.checker.language.frontend.typing import common_type, learned
from assay.checker.language.ir.nodes import (
    And,
    Collection,
    Comprehension,
    Expr,
    Generator,
    IntRange,
    Item,
    Literal,
    Members,
    Name,
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
    EnumType,
    MapType,
    QuorumType,
    TupleType,
    Type,
)

__all__ = ["Collections"]

_OPERATORS: dict[type[ast.operator], str] = {ast.BitOr: "|", ast.BitAnd: "&", ast.Sub: "-"}


class Collections(Scope):
    """Collections, and the generators of comprehensions and quantifiers."""

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
                self.fail(
                    node,
                    f"a {value.type} is no collection",
                    "possible are sets, sorts, quorums, sequences, bags and range(...)",
                )
            case _:
                self.fail(node, "this is no collection")

    def class_universe(self, cls: Any, node: ast.AST) -> Universe | None:
        """Return the collection of all values of a sort or enum, if ``cls`` is one."""
        if not isinstance(cls, type):
            return None
        if issubclass(cls, Element):
            known_sorts = [*self.specification.sorts, *(quorum.cls for quorum in self.specification.quorums)]
            if cls not in known_sorts:
                self.fail(node, f"{cls.__name__} is no sort of this model")
            return Universe(type_of(cls), location=self.at(node))
        try:
            type_ = type_of(cls)
        except Exception:
            return None
        return Universe(type_, location=self.at(node)) if isinstance(type_, EnumType) else None

    def displayed(self, items: list[ast.expr], node: ast.expr, expected: Type | None) -> SetOf:
        """Compile ``{a, b}``, ``[a, b]`` or ``(a, b)`` as a collection."""
        values = [self.expr(item, expected) for item in items]
        element = expected
        for value, item in zip(values, items, strict=True):
            if expected is not None:
                break
            element = value.type if element is None else common_type(element, value.type)
            if element is None:
                self.fail(item, f"a {value.type} does not go with the other elements")
        if element is None:
            self.fail(node, "the elements of this empty collection have no type here")
        fitted = [self.fit(value, element, item, "the element") for value, item in zip(values, items, strict=True)]
        return SetOf(tuple(fitted), element, location=self.at(node))

    def empty(self, node: ast.expr, expected: Type | None) -> SetOf:
        """Compile ``set()`` or ``[]``."""
        if expected is None:
            self.fail(
                node,
                "the elements of this empty collection have no type here",
                "compare with len(...) == 0 instead",
            )
        return SetOf((), expected, location=self.at(node))

    def operation(self, node: ast.BinOp, expected: Type | None) -> Collection:
        """Compile ``a | b``, ``a & b`` or ``a - b`` of sets."""
        left = self.collection(node.left, expected)
        right = self.collection(node.right, expected or (left.element if _is_empty(node.right) else None))
        operator = _OPERATORS.get(type(node.op))
        if operator is None:
            self.fail(node, "this operator does not apply to sets", "possible are |, & and -")
        return self.combined(operator, left, right, node)

    def combined(self, operator: str, left: Collection, right: Collection, node: ast.expr) -> Collection:
        """Return the union, intersection or difference of two collections of the same elements."""
        if isinstance(left, SetOf) and not left.items and operator == "|":
            return right
        left, right = self.alike(left, right, node)
        return SetOperation(operator, left, right, location=self.at(node))

    def alike(self, left: Collection, right: Collection, node: ast.expr) -> tuple[Collection, Collection]:
        """Return two collections with the same type of element, or refuse."""
        common = common_type(left.element, right.element)
        if common is None:
            self.fail(node, f"sets of {left.element} and of {right.element} have nothing in common")
        return self.widened(left, common, node), self.widened(right, common, node)

    def widened(self, collection: Collection, element: Type, node: ast.expr) -> Collection:
        """Return a collection seen as one of a wider type of element."""
        if collection.element == element:
            return collection
        if isinstance(collection, SetOf):
            items = tuple(self.fit(item, element, node, "the element") for item in collection.items)
            return SetOf(items, element, location=collection.location)
        if isinstance(collection, Comprehension):
            item = self.fit(collection.item, element, node, "the element")
            return Comprehension(item, collection.generators, location=collection.location)
        variable = self.fresh("item", collection.element, node)
        item = self.fit(variable, element, node, "the element")
        return Comprehension(item, (Generator(variable, collection),), location=collection.location)

    def choice(self, node: ast.IfExp, expected: Type | None) -> Collection:
        """Compile ``a if test else b`` of sets."""
        test = self.condition(node.test)
        with self.knowing(learned(test, True)):
            then = self.collection(node.body, expected)
        with self.knowing(learned(test, False)):
            otherwise = self.collection(node.orelse, expected or then.element)
        then, otherwise = self.alike(then, otherwise, node)
        return SetChoice(test, then, otherwise, location=self.at(node))

    def slice(self, place: Place, node: ast.Subscript, bounds: ast.Slice) -> Slice:
        """Compile ``self.queue[1:]``."""
        start, stop = (self._slice_bound(bound) for bound in (bounds.lower, bounds.upper))
        if bounds.step is not None:
            self.fail(node, "a slice with a step is not part of the language")
        return Slice(place, start or 0, stop, location=self.at(node))

    def _slice_bound(self, node: ast.expr | None) -> int | None:
        if node is None:
            return None
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value >= 0:
            return node.value
        self.fail(node, "the bounds of a slice must be whole numbers, written out", "self.queue[1:]")

    # Generators

    @contextmanager
    def generators(self, clauses: list[ast.comprehension]) -> Iterator[tuple[Generator, ...]]:
        """Compile ``for ... in ... if ...`` clauses; their names are bound within the block."""
        compiled: list[Generator] = []
        with self.nested():
            for clause in clauses:
                compiled.append(self._generator(clause))
            yield tuple(compiled)

    def _generator(self, clause: ast.comprehension) -> Generator:
        if clause.is_async:
            self.fail(clause.target, "async is not part of the language")
        variable, domain, bindings = self.binder(clause.target, clause.iter)
        self.names.update(bindings)
        conditions = []
        for test in clause.ifs:
            conditions.append(self.condition(test))
            self.facts.update(learned(conditions[-1], True))
        condition = And(tuple(conditions)) if len(conditions) > 1 else conditions[0] if conditions else None
        return Generator(variable, domain, condition, location=self.at(clause.target))

    def binder(self, target: ast.expr, iterated: ast.expr) -> tuple[Name, Collection, dict[str, Binding]]:
        """Compile the head of a loop: its variable, what it runs over, and what the target's names stand for."""
        view = self._map_view(iterated)
        if view is not None:
            return self._bind_map(target, *view, iterated)
        self._demand_distinct(iterated)
        domain = self.collection(iterated)
        if isinstance(target, ast.Name):
            variable = self.fresh(target.id, domain.element, target)
            return variable, domain, {target.id: variable}
        variable = self.fresh("item", domain.element, target)
        return variable, domain, self.unpacked(target, variable)

    def _demand_distinct(self, node: ast.expr) -> None:
        if not isinstance(node, ast.Tuple | ast.List):
            return
        texts = [ast.unparse(element) for element in node.elts]
        values = [self.resolve(element)[0] or isinstance(element, ast.Constant) for element in node.elts]
        if not all(values) or len(set(texts)) != len(texts):
            self.fail(node, "the same element might occur twice in what this runs over", "write a set: {...}")

    def unpacked(self, target: ast.expr, value: Expr) -> dict[str, Binding]:
        """Return what the names of a tuple target stand for."""
        if not isinstance(target, ast.Tuple) or not isinstance(value.type, TupleType):
            self.fail(target, f"a {value.type} cannot be unpacked here", "only tuples can")
        if len(target.elts) != len(value.type.items):
            self.fail(target, f"{value.type} has {len(value.type.items)} items, not {len(target.elts)}")
        bindings: dict[str, Binding] = {}
        for index, (element, type_) in enumerate(zip(target.elts, value.type.items, strict=True)):
            item = Item(value, index, type_, location=self.at(element))
            bindings.update({element.id: item} if isinstance(element, ast.Name) else self.unpacked(element, item))
        return bindings

    def _map_view(self, node: ast.expr) -> tuple[str, Place] | None:
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr="items" | "keys" | "values" as view), args=[]):
                place = self.value(owner)
                if isinstance(place, Place):
                    return view, place
        return None

    def _bind_map(
        self, target: ast.expr, view: str, place: Place, node: ast.expr
    ) -> tuple[Name, Collection, dict[str, Binding]]:
        assert isinstance(place.type, MapType)
        key = self.fresh("key", place.type.key, target)
        entry = self.read(
            Place(place.root, place.variable, (*place.keys, key), place.type.value, location=self.at(node))
        )
        domain = Universe(place.type.key, location=self.at(node))
        match view, target:
            case "keys", ast.Name(id=name):
                return key, domain, {name: key}
            case "values", ast.Name(id=name):
                return key, domain, {name: self._bound(entry, target)}
            case "items", ast.Tuple(elts=[ast.Name(id=name), ast.Name(id=value)]):
                return key, domain, {name: key, value: self._bound(entry, target)}
            case _:
                self.fail(target, f"the target does not fit .{view}() of a map")

    def _bound(self, value: Value, node: ast.expr) -> Binding:
        if isinstance(value, Expr):
            return value
        if isinstance(value, Collection):
            return self.snapshot(value)
        self.fail(node, "a map inside a map has no name of its own", "index it where it is used")

    def int_range(self, node: ast.Call) -> IntRange:
        """Compile ``range(stop)`` or ``range(start, stop)``."""
        if not 1 <= len(node.args) <= 2 or node.keywords:
            self.fail(node, "range takes a stop, or a start and a stop")
        numbers = [self.fit(self.expr(argument), INT, argument, "a bound of range") for argument in node.args]
        start = numbers[0] if len(numbers) == 2 else Literal(0, INT)
        return IntRange(start, numbers[-1], location=self.at(node))

    def stored(self, node: ast.expr, what: type[Any], name: str) -> Place:
        """Compile an expression that must be a container in the state."""
        value = self.value(node)
        place = value.place if isinstance(value, Stored) else value
        if isinstance(place, Place) and isinstance(place.type, what):
            return place
        found = value.type if isinstance(value, Expr | Place) else f"collection of {value.element}"
        self.fail(node, f"expected a {name} in the state, found a {found}")


def _is_empty(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="set" | "frozenset" | "list"), args=[]) | ast.List(elts=[]):
            return True
        case _:
            return False
