"""Assignments of scalars, maps and sets in generated code."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from assay.checker.engine.native.codegen.access import Spot, View, read, write
from assay.checker.engine.native.codegen.expressions import Expressions
from assay.checker.engine.native.codegen.layout import WORD, Bits
from assay.checker.language.ir.nodes import (
    AssignMap,
    Collection,
    Expr,
    Member,
    Name,
    Node,
    Place,
    Root,
    SetOf,
    Stored,
    walk,
)
from assay.checker.language.types import INT, IntType, MapType, SetType, Type

__all__ = ["Assignments", "mentions"]


class Assignments(Expressions):
    """Changes of scalars, maps and sets.

    `scratch` is where a variable is kept while it is computed anew from itself.
    """

    scratch: View | None = None

    def _assign(self, place: Place, value: Expr) -> None:
        self.write_code(place, self.fitted(value, place.type))

    def fitted(self, value: Expr, type_: Type) -> str:
        """Return the code of a value to be stored as one of a type, checked against its range."""
        if not isinstance(type_, IntType):
            return self.code_of(value.type, self.expr(value))
        code, conditions = self.ranged(self.expr(value), INT, type_)
        for condition in conditions:
            self.fail_if(f"not {condition}")
        return code

    def _assign_map(self, node: AssignMap) -> None:
        place = node.place
        assert isinstance(place.type, MapType)
        target = Place(place.root, place.variable, (*place.keys, node.variable), place.type.value)
        with ExitStack() as stack:
            if _reads_elsewhere(node.value, place.variable, node.variable):
                stack.callback(self._keep(place.variable))
            counter = self.out.fresh("key")
            stack.enter_context(self.out.block(f"for {counter} in range({self.codes.size(place.type.key)}):"))
            self.bind(node.variable, self.value_of(place.type.key, counter))
            kept = dict(self.snapshots)
            code = self.out.named("code", self.fitted(node.value, target.type))
            self.snapshots = {}
            self.write_code(target, code)
            self.snapshots = kept

    def _keep(self, variable: str) -> Callable[[], object]:
        """Write a copy of a variable to scratch, read it from there, and return what ends that."""
        assert self.scratch is not None
        where, current = self.layout.places[variable], self.views[Root.STATE]
        for word in where.words:
            if where.in_register:
                self.out.line(f"{self.scratch.word(word)} = {current.word(word)}")
            else:
                self.out.line(f"{self.scratch.cell(str(word))} = {current.cell(str(word))}")
        self.snapshots[variable] = self.scratch
        return lambda: self.snapshots.pop(variable)

    def _for_all(self, place: Place, value: Collection, bit: str) -> None:
        """Write a bit of a stored set for every element of a collection."""
        assert isinstance(place.type, SetType)
        variable = Name(self.out.fresh("element"), value.element)
        with self.iterate(value, variable):
            code = self.out.named("code", self.fitted(variable, place.type.element))
            kept, self.snapshots = self.snapshots, {}
            write(self.spot(place).moved(code, Bits(1)), 1, bit, self.out)
            self.snapshots = kept

    def _update_set(self, operator: str, place: Place, value: Collection) -> None:
        assert isinstance(place.type, SetType)
        element = place.type.element
        if isinstance(value, SetOf):
            self._update_items(operator, place, value)
            return
        size = self.universe_size(element)
        mask = self.collection_mask(value) if size is not None else None
        if size is not None and mask is not None:
            spot = self.spot(place)
            old = read(spot, size, self.out)
            new = {"add": f"({old} | {mask})", "discard": f"({old} & ~{mask})", "keep": f"({old} & {mask})"}[operator]
            write(spot, size, new, self.out)
            return
        with ExitStack() as stack:
            if mentions(value, place.variable) or operator == "keep":
                stack.callback(self._keep(place.variable))
            if operator == "keep":
                self._keep_only(place, value)
            else:
                self._for_all(place, value, "1" if operator == "add" else "0")

    def _update_items(self, operator: str, place: Place, value: SetOf) -> None:
        assert isinstance(place.type, SetType)
        if operator == "keep":
            mask = self.collection_mask(value)
            self._keep_items(place, value, mask)
            return
        checked = [self.checked_code(item) for item in value.items]
        codes = []
        for item, (code, conditions) in zip(value.items, checked, strict=True):
            if isinstance(place.type.element, IntType):
                codes.append(self._discardable(item, place.type.element, operator))
                continue
            if operator == "add":
                for condition in conditions:
                    self.fail_if(f"not {condition}")
            codes.append((self.out.named("code", code), [] if operator == "add" else conditions))
        for code, conditions in codes:
            spot = self.spot(place).moved(code, Bits(1))
            if conditions:
                with self.out.block(f"if {' and '.join(conditions)}:"):
                    write(spot, 1, "0", self.out)
            else:
                write(spot, 1, "1" if operator == "add" else "0", self.out)

    def _discardable(self, item: Expr, element: IntType, operator: str) -> tuple[str, list[str]]:
        if operator == "add":
            return self.fitted(item, element), []
        return self.ranged(self.expr(item), INT, element)

    def _keep_items(self, place: Place, value: SetOf, mask: str | None) -> None:
        assert isinstance(place.type, SetType)
        size = self.universe_size(place.type.element)
        if size is not None and mask is not None:
            spot = self.spot(place)
            write(spot, size, f"({read(spot, size, self.out)} & {mask})", self.out)
            return
        with ExitStack() as stack:
            stack.callback(self._keep(place.variable))
            self._keep_only(place, value)

    def _keep_only(self, place: Place, value: Collection) -> None:
        """Write that a stored set loses what a collection does not hold; it is read from scratch."""
        assert isinstance(place.type, SetType)
        variable = Name(self.out.fresh("element"), place.type.element)
        with self.iterate(Stored(place), variable):
            test = self.expr(Member(variable, value))
            code = self.code_of(place.type.element, self.names[variable.name])
            kept, self.snapshots = self.snapshots, {}
            with self.out.block(f"if not {test}:"):
                write(self.spot(place).moved(code, Bits(1)), 1, "0", self.out)
            self.snapshots = kept

    def _clear(self, spot: Spot) -> None:
        self._fill(spot, None)

    def _copy(self, source: Spot, target: Spot) -> None:
        self._fill(target, source)

    def _fill(self, target: Spot, source: Spot | None) -> None:
        """Write a whole slot: another one of the same form, or zeros."""
        bits = target.slot.bits
        if bits <= WORD:
            write(target, bits, "0" if source is None else read(source, bits, self.out), self.out)
            return
        word = self.out.fresh("word")
        with self.out.block(f"for {word} in range({-(-bits // WORD)}):"):
            value = "0" if source is None else read(source.moved(f"{word} * {WORD}"), WORD, self.out)
            write(target.moved(f"{word} * {WORD}"), WORD, value, self.out)


def mentions(node: Node, variable: str) -> bool:
    """Return whether some IR reads or writes a variable of the state."""
    return any(isinstance(part, Place) and part.variable == variable for part in walk(node))


def _reads_elsewhere(value: Expr, variable: str, key: Name) -> bool:
    """Return whether a value reads a map under other keys than the one it is for."""
    return any(
        isinstance(part, Place) and part.variable == variable and part.keys[-1:] != (key,) for part in walk(value)
    )
