"""The reachable states of a finite instance as arrays: each symbol's table, in all states at once."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.errors import ModelError, Unsupported
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.types import MapType, SetType, is_container
from assay.proofs.encoding.states import frame_of
from assay.proofs.encoding.symbols.embedding import embed, fill, selected
from assay.proofs.encoding.symbols.layout import MapLayout, SetLayout
from assay.proofs.encoding.symbols.theory import Theory
from assay.proofs.logic.structures import Structure, Table
from assay.proofs.logic.terms import BOOL, INT, Sort, Symbol

__all__ = ["Array", "World", "explored", "of_structure", "together"]

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class World:
    """States over the same finite sorts.

    Attributes
    ----------
    sizes : mapping from Sort to int
        How many elements each sort has.
    tables : mapping from Symbol to array of shape (size of first argument, ..., states or 1)
        The table of each symbol in each state; the last axis has length 1 where it is the same in all states.
    states : int
        How many states there are.
    settings : mapping from name to setting
        The instance whose states they are, for reports.
    exhaustive : bool
        Whether the exploration reached all states of that instance; of many, even then only a sample is kept.
    """

    sizes: Mapping[Sort, int]
    tables: Mapping[Symbol, Array]
    states: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    exhaustive: bool = False

    def size(self, sort: Sort) -> int:
        """Return how many elements a sort has."""
        if sort is BOOL:
            return 2
        return len(sort.members) or self.sizes.get(sort, 1)

    def only(self, states: Array) -> World:
        """Return some of the states, by their numbers."""
        tables = {s: t if t.shape[-1] == 1 else t[..., states] for s, t in self.tables.items()}
        return World(self.sizes, tables, len(states), self.settings)


def of_structure(structure: Structure) -> World:
    """Return the one state that a structure is."""
    tables = {symbol: _array(symbol, table, structure)[..., np.newaxis] for symbol, table in structure.tables.items()}
    return World(dict(structure.sizes), {s: t for s, t in tables.items() if INT not in s.arguments}, 1)


def together(worlds: Sequence[World]) -> World:
    """Return the states of several worlds of the same sizes, with the symbols that all of them know."""
    count = sum(world.states for world in worlds)
    symbols = [symbol for symbol in worlds[0].tables if all(symbol in world.tables for world in worlds)]
    parts = {s: [np.broadcast_to(w.tables[s], (*w.tables[s].shape[:-1], w.states)) for w in worlds] for s in symbols}
    tables = {symbol: np.concatenate(part, axis=-1) for symbol, part in parts.items()}
    return World(worlds[0].sizes, tables, count)


def _array(symbol: Symbol, table: Table, structure: Structure) -> Array:
    shape = [structure.size(sort) for sort in symbol.arguments]
    found: Array = np.zeros(shape, np.bool_ if symbol.result is BOOL else np.int32)
    if INT not in symbol.arguments:
        for point, value in table.items():
            found[point] = value
    return found


# Exploring


def explored(theory: Theory, instance: Instance, limits: Limits) -> World:
    """Return the reachable states of an instance, or a sample of them if there are many.

    Beyond the limits, these are only the states nearest to the initial ones. The search does not stop at
    violations, which were looked for before.
    """
    with instance.active():
        try:
            return _natively(theory, instance, limits)
        except (Unsupported, ImportError, OSError, MemoryError):
            return _slowly(theory, instance, limits)


def _natively(theory: Theory, instance: Instance, limits: Limits) -> World:
    from assay.checker.engine.native.explorer import CompiledInstance, with_room

    def attempt(compiled: CompiledInstance) -> tuple[CompiledInstance, Any]:
        return compiled, compiled.search(limits, keep_going=True, deadlock=False)

    compiled, outcome = with_room(instance, attempt)
    if outcome.stop is not None and outcome.stop.reason is StopReason.INTERRUPT:
        raise KeyboardInterrupt  # which the explorer treats as a limit
    rows = _spread(outcome.states())
    columns = _Columns(compiled.layout, rows)
    tables: dict[Symbol, Array] = {}
    for variable in theory.specification.variables:
        if variable.name in theory.layouts:
            tables.update(columns.tables(theory, instance, variable.name))
    return _world(theory, instance, tables, len(rows), exhaustive=outcome.stop is None)


KEPT = 20_000
"""The most states to keep of an instance: what holds in so many, of all depths, is hardly ever false in the others."""


def _spread(rows: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return rows at equal distances, which in the order of discovery are of all depths."""
    if len(rows) <= KEPT:
        return np.ascontiguousarray(rows)
    return rows[np.linspace(0, len(rows) - 1, KEPT).astype(np.intp)]


def _slowly(theory: Theory, instance: Instance, limits: Limits) -> World:
    states, exhaustive = _reached(instance, limits)
    tables: dict[Symbol, Array] = {}
    for index, variable in enumerate(theory.specification.variables):
        if variable.name in theory.layouts:
            values = [state[index] for state in states]
            numbered = {value: number for number, value in enumerate(dict.fromkeys(values))}
            which = np.array([numbered[value] for value in values])
            tables.update(_by_value(theory, instance, variable.name, list(numbered), which))
    return _world(theory, instance, tables, len(states), exhaustive=exhaustive)


def _reached(instance: Instance, limits: Limits) -> tuple[list[Frozen], bool]:
    """Return the states nearest to the initial ones, by the interpreter, and whether they are all."""
    interpreter = Interpreter(instance)
    most = min(KEPT, limits.states if limits.states is not None else KEPT)
    deadline = time.monotonic() + (limits.seconds if limits.seconds is not None else math.inf)
    found = dict.fromkeys(filter(interpreter.is_inside, islice(interpreter.each_initial_state(), most)))
    frontier = list(found)
    for state in frontier:  # a queue, for breadth first: it grows during the iteration
        if len(found) >= most or time.monotonic() > deadline:
            return list(found), False
        for _, after in interpreter.attempts(state):
            # A failure of the model's own code is reported by the proof.
            if isinstance(after, ModelError) or after in found:
                continue
            if interpreter.is_inside(after) and interpreter.is_taken(state, after):
                found[after] = None
                frontier.append(after)
    return list(found), True


def _world(theory: Theory, instance: Instance, tables: dict[Symbol, Array], count: int, *, exhaustive: bool) -> World:
    """Add the tables that are the same in all states: orders, members of quorums, parameters."""
    fixed = frame_of(theory, instance)
    for symbol, table in fixed.tables.items():
        if INT not in symbol.arguments:
            tables[symbol] = _array(symbol, table, fixed)[..., np.newaxis]
    return World(dict(fixed.sizes), tables, count, instance.settings(), exhaustive)


# Decoding


class _Columns:
    """The variables of packed states, one at a time, for all states together."""

    def __init__(self, layout: Any, rows: npt.NDArray[np.uint64]) -> None:
        self.layout = layout
        self.rows = rows

    def tables(self, theory: Theory, instance: Instance, name: str) -> dict[Symbol, Array]:
        from assay.checker.engine.native.codegen.packing.slots import Bits

        where, type_, held = self.layout.places[name], self.layout.types[name], theory.layouts[name]
        if any(INT in symbol.arguments for symbol in held.leaves()):
            return self._whole(theory, instance, name)  # which leaves such symbols out: numbers are no elements
        if isinstance(type_, SetType) and isinstance(where.slot, Bits) and isinstance(held, SetLayout):
            return self._set(where.start, type_, held, instance)
        if isinstance(type_, MapType) and isinstance(held, MapLayout):
            found = self._map(where, type_, held, instance)
            if found is not None:
                return found
        return self._whole(theory, instance, name)

    def _bits(self, start: int, width: int) -> npt.NDArray[np.uint64]:
        """Return a field that lies within one word."""
        word, shift = divmod(start, 64)
        mask = np.uint64((1 << width) - 1)
        return (self.rows[:, word] >> np.uint64(shift)) & mask

    def _set(self, start: int, type_: SetType, held: SetLayout, instance: Instance) -> dict[Symbol, Array]:
        found = {s: _zeros(s, len(self.rows), instance) for _, s in held.relations}
        self._enter(found, start, type_, held, instance, ())
        return found

    def _enter(
        self,
        found: dict[Symbol, Array],
        start: int,
        type_: SetType,
        held: SetLayout,
        instance: Instance,
        keys: tuple[int, ...],
    ) -> None:
        """Enter the members of the set that starts at a bit into its tables, for some keys."""
        empty = _empty(instance)
        for item in instance.universe(type_.element):
            code = self.layout.codes.encode(type_.element, item)
            for symbol, point in selected(held.relations, embed(type_.element, item), empty):
                found[symbol][(*keys, *point)] = self._bits(start + code, 1).astype(np.bool_)

    def _map(self, where: Any, type_: MapType, held: MapLayout, instance: Instance) -> dict[Symbol, Array] | None:
        """Decode a map of scalars or sets; None if that is not possible entry by entry."""
        if isinstance(type_.value, SetType):
            return self._map_of_sets(where, type_, type_.value, held, instance)
        return None if is_container(type_.value) else self._map_of_scalars(where, type_, held, instance)

    def _map_of_sets(
        self, where: Any, type_: MapType, value: SetType, held: MapLayout, instance: Instance
    ) -> dict[Symbol, Array] | None:
        from assay.checker.engine.native.codegen.packing import slots

        if not isinstance(where.slot, slots.Array) or not isinstance(where.slot.item, slots.Bits):
            return None
        found = {s: _zeros(s, len(self.rows), instance) for s in held.leaves()}
        for item, key in zip(instance.universe(type_.key), self.layout.codes.key_codes(type_.key), strict=True):
            start = where.start + where.slot.position(key)
            for part, point in selected(held.parts, embed(type_.key, item), _empty(instance)):
                self._enter(found, start, value, part, instance, point)
        return found

    def _map_of_scalars(
        self, where: Any, type_: MapType, held: MapLayout, instance: Instance
    ) -> dict[Symbol, Array] | None:
        """Decode a map to scalars entry by entry: of each there are few values."""
        empty, codes = _empty(instance), self.layout.codes
        found = {s: _zeros(s, len(self.rows), instance) for s in held.leaves()}
        for item, key in zip(instance.universe(type_.key), codes.key_codes(type_.key), strict=True):
            entries = self._entry(where, key)
            if entries is None:
                return None
            values, which = np.unique(entries, return_inverse=True)
            for part, point in selected(held.parts, embed(type_.key, item), empty):
                tables: list[dict[Symbol, Table]] = []
                for value in values.tolist():
                    tables.append({})
                    fill(tables[-1], part, type_.value, codes.decode(type_.value, value), instance, empty, point)
                for symbol in part.leaves():
                    column = np.array([table.get(symbol, {}).get(point, 0) for table in tables])
                    found[symbol][point] = column[which]
        return found

    def _entry(self, where: Any, key: int) -> npt.NDArray[np.uint64] | None:
        from assay.checker.engine.native.codegen.packing import slots

        match where.slot:
            case slots.Planes(count, width):
                planes = (self._bits(where.start + b * count + key, 1) << np.uint64(b) for b in range(width))
                whole: npt.NDArray[np.uint64] = np.bitwise_or.reduce(list(planes))
                return whole
            case slots.Array(_, slots.Bits(bits), _):
                return self._bits(where.start + where.slot.position(key), bits)
        return None

    def _whole(self, theory: Theory, instance: Instance, name: str) -> dict[Symbol, Array]:
        """Decode each value of a variable that occurs, by the packing's own code."""
        where = self.layout.places[name]
        words, which = np.unique(self.rows[:, list(where.words)], axis=0, return_inverse=True)
        variable = next(variable for variable in self.layout.variables if variable.name == name)
        full = np.zeros((len(words), self.rows.shape[1]), np.uint64)
        full[:, list(where.words)] = words
        values = [self.layout.unpack_variable(variable, row) for row in full.tolist()]
        return _by_value(theory, instance, name, values, which.reshape(-1))


def _by_value(
    theory: Theory, instance: Instance, name: str, values: Sequence[Any], which: Array
) -> dict[Symbol, Array]:
    """Return the tables of a variable, given its possible values and the number of its value in each state."""
    held, type_, empty = theory.layouts[name], theory.type_of(name), _empty(instance)
    symbols = [symbol for symbol in held.leaves() if INT not in symbol.arguments]
    found = {symbol: _zeros(symbol, len(values), instance) for symbol in symbols}
    for number, value in enumerate(values):
        tables: dict[Symbol, Table] = {}
        fill(tables, held, type_, value, instance, empty, ())
        for symbol in symbols:
            for point, entry in tables.get(symbol, {}).items():
                found[symbol][(*point, number)] = entry
    return {symbol: table[..., which] for symbol, table in found.items()}


def _zeros(symbol: Symbol, count: int, instance: Instance) -> Array:
    kind = np.bool_ if symbol.result is BOOL else np.int32
    return np.zeros((*_shape(symbol, instance), count), kind)


def _shape(symbol: Symbol, instance: Instance) -> Iterator[int]:
    empty = _empty(instance)
    return (empty.size(sort) for sort in symbol.arguments)


def _empty(instance: Instance) -> Structure:
    sizes = {Sort(sort): size for sort, size in instance.sizes.items()}
    sizes.update({Sort(cls): len(quorums) for cls, quorums in instance.quorums.items()})
    return Structure(sizes, {})
