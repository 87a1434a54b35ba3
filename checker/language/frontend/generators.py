"""Compiling the heads of loops and comprehensions: ``for ... in ... if ...``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from assay.checker.language.frontend.collections import Collections
from assay.checker.language.frontend.scope import Binding, Value
from assay.checker.language.frontend.typing import learned, together
from assay.checker.language.ir.nodes import (
    And,
    Collection,
    Expr,
    Generator,
    Item,
    Name,
    Place,
    Universe,
)
from assay.checker.language.types import MapType, TupleType
from assay.checker.language.wording import article, numbered

__all__ = ["Generators"]


class Generators(Collections):
    """Generators, and the names that their targets bind."""

    @contextmanager
    def generators(self, clauses: list[ast.comprehension]) -> Iterator[tuple[Generator, ...]]:
        """Compile ``for ... in ... if ...`` clauses; their names are bound within the block."""
        compiled: list[Generator] = []
        with self.nested():
            # Python evaluates what the first clause runs over outside of the comprehension, and all else inside.
            head = self.binder(clauses[0].target, clauses[0].iter)
            with self.comprehension_scope():
                compiled.append(self._generator(clauses[0], *head))
                for clause in clauses[1:]:
                    compiled.append(self._generator(clause, *self.binder(clause.target, clause.iter)))
                yield tuple(compiled)

    def _generator(
        self, clause: ast.comprehension, variable: Name, domain: Collection, bindings: dict[str, Binding]
    ) -> Generator:
        if clause.is_async:
            self.fail(clause.target, "async is not part of the language", "do without it")
        self.names.update(bindings)
        conditions = []
        for test in clause.ifs:
            conditions.append(self.condition(test))
            self.facts = together(self.facts, learned(conditions[-1], True))
        condition = And(tuple(conditions)) if len(conditions) > 1 else conditions[0] if conditions else None
        return Generator(variable, domain, condition, location=self.at(clause.target))

    def binder(self, target: ast.expr, iterated: ast.expr) -> tuple[Name, Collection, dict[str, Binding]]:
        """Compile the head of a loop: its variable, what it runs over, and what the target's names stand for."""
        view = self.map_view(iterated)
        if view is not None:
            return self._bind_map(target, *view, iterated)
        self._demand_distinct(iterated)
        domain = self.collection(iterated)
        if isinstance(target, ast.Name):
            variable = self.fresh(target.id, domain.element, target)
            return variable, domain, {target.id: variable}
        variable = self.fresh("item", domain.element, target)
        return variable, domain, self.unpacked(target, variable)

    def elements(self, argument: ast.expr) -> tuple[Value, tuple[Generator, ...]]:
        """Compile what is quantified or folded over: a comprehension, a view of a map, or a collection."""
        if isinstance(argument, ast.GeneratorExp | ast.ListComp):
            with self.generators(argument.generators) as generators:
                return self.value(argument.elt), generators
        target = ast.copy_location(ast.Name(id="item", ctx=ast.Store()), argument)
        variable, domain, bindings = self.binder(target, argument)
        binding = bindings["item"]
        generators = (Generator(variable, domain, location=self.at(argument)),)
        if isinstance(binding, Expr):
            return binding, generators
        self.fail(argument, "the values of this map are containers", "write a comprehension: ... for v in m.values()")

    def _demand_distinct(self, node: ast.expr) -> None:
        found, things = self.resolve(node)
        if found and isinstance(things, tuple) and len(set(things)) != len(things):
            self.fail(node, f"{ast.unparse(node)} holds the same element twice", "make it a frozenset")
        if not isinstance(node, ast.Tuple | ast.List):
            return
        texts = [ast.unparse(element) for element in node.elts]
        values = [self.resolve(element)[0] or isinstance(element, ast.Constant) for element in node.elts]
        if not all(values) or len(set(texts)) != len(texts):
            self.fail(node, "the same element might occur twice in what this runs over", "write a set: {...}")

    def unpacked(self, target: ast.expr, value: Expr) -> dict[str, Binding]:
        """Return what the names of a tuple target stand for."""
        if not isinstance(target, ast.Tuple) or not isinstance(value.type, TupleType):
            self.fail(target, f"{article(value.type)} cannot be unpacked here", "only tuples can, into names")
        if len(target.elts) != len(value.type.items):
            self.fail(
                target,
                f"a {value.type} has {numbered(len(value.type.items), 'item')}, not {len(target.elts)}",
                "name each item once",
            )
        bindings: dict[str, Binding] = {}
        for index, (element, type_) in enumerate(zip(target.elts, value.type.items, strict=True)):
            item = Item(value, index, type_, location=self.at(element))
            bindings.update({element.id: item} if isinstance(element, ast.Name) else self.unpacked(element, item))
        return bindings

    def map_view(self, node: ast.expr) -> tuple[str, Place] | None:
        """Return which view of which map ``m.items()``, ``m.keys()`` or ``m.values()`` is, or None if it is none."""
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
                wanted = "two names: for k, v in" if view == "items" else "one name: for k in"
                self.fail(target, f"this does not fit the {view} of a map", f"write {wanted} m.{view}()")

    def _bound(self, value: Value, node: ast.expr) -> Binding:
        if isinstance(value, Expr):
            return value
        if isinstance(value, Collection):
            return self.snapshot(value, alias=True)
        self.fail(node, "a map inside a map has no name of its own", "index it where it is used")
