"""The arguments that a method draws from the state; see `assay.checker.language.ir.drawing`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.ranking import alternative, in_order
from assay.checker.language.execution.universes import first_of
from assay.checker.language.frozen import counts_in, entries_in, part_of, whole_of
from assay.checker.language.introspection.specification import Method
from assay.checker.language.ir.drawing import Draw, Draws, kinds_of
from assay.checker.language.ir.nodes import Root
from assay.checker.language.types import (
    BagType,
    IntType,
    MapType,
    OptionalType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    Type,
    UnionType,
    is_container,
    subtypes,
)

__all__ = ["drawn_choices"]


def drawn_choices(
    method: Method, draws: Draws, held: Callable[[Root, str], Any], instance: Instance
) -> Iterator[tuple[Any, ...]]:
    """Yield the arguments that a method may draw in a state.

    They are all values of a parameter's type that are a part of the variables it is drawn from, wherever in these: the
    method's own conditions tell which of them matter.

    Parameters
    ----------
    method : Method
        The action or predicate.
    draws : mapping from str to Draw
        The variables from which it draws parameters.
    held : callable
        Return the frozen value of a variable in one of the states.
    instance : Instance
        The instance, which must be active.
    """
    choices: list[Sequence[Any]] = []
    for name, type_ in method.parameters:
        draw = draws.get(name)
        choices.append(instance.universe(type_) if draw is None else _drawn(type_, draw, held, instance))
    return itertools.product(*choices)


def _drawn(type_: Type, draw: Draw, held: Callable[[Root, str], Any], instance: Instance) -> Sequence[Any]:
    types = {variable.name: variable.type for variable in instance.specification.variables}
    search = _Parts(type_, instance)
    found = {part for root, name in draw.origins for part in search.of(types[name], held(root, name))}
    if isinstance(type_, OptionalType):
        found.add(None)
    # Sorted, because the order of a set depends on hashes, and the order of an exploration must not.
    ordered = in_order(type_, found)
    if not draw.exact and instance.size(type_):
        # What raises for every argument that is not drawn, raises for this one.
        ordered = list(dict.fromkeys((*ordered, first_of(type_, instance))))
    return [whole_of(type_, part, instance.universe) for part in ordered] if is_container(type_) else ordered


class _Parts:
    """A search for the parts of values that are of a wanted type."""

    def __init__(self, wanted: Type, instance: Instance) -> None:
        self._instance = instance
        self._wanted = set(kinds_of(wanted.inner if isinstance(wanted, OptionalType) else wanted))
        numbers = [instance.interval(type_) for type_ in self._wanted if isinstance(type_, IntType)]
        self._interval = numbers[0] if numbers else None
        self._worth: dict[Type, bool] = {}

    def of(self, type_: Type, value: Any) -> Iterator[Any]:
        """Yield the parts of a value, as they are inside of other values; the value itself may be one."""
        if not self._may_hold(type_):
            return
        if self._is_wanted(type_, value):
            yield part_of(type_, value, self._instance.universe)
        for inner, part in _inside(type_, value, self._instance):
            yield from self.of(inner, part)

    def _may_hold(self, type_: Type) -> bool:
        if type_ not in self._worth:
            self._worth[type_] = any(self._is_of_kind(part) for part in subtypes(type_))
        return self._worth[type_]

    def _is_of_kind(self, type_: Type) -> bool:
        return type_ in self._wanted or (self._interval is not None and isinstance(type_, IntType))

    def _is_wanted(self, type_: Type, value: Any) -> bool:
        if self._interval is not None and isinstance(type_, IntType):
            return bool(self._interval[0] <= value <= self._interval[1])
        return type_ in self._wanted


def _inside(type_: Type, value: Any, instance: Instance) -> Iterator[tuple[Type, Any]]:
    """Yield the values directly inside of a value, each with its type."""
    match type_:
        case OptionalType(inner):
            if value is not None:
                yield inner, value
        case UnionType():
            yield alternative(type_, value), value
        case RecordType(_, fields):
            yield from ((part, getattr(value, name)) for name, part in fields)
        case TupleType(items):
            yield from zip(items, value, strict=True)
        case MapType(key, entry):
            yield from ((entry, part) for _, part in entries_in(instance.universe(key), value))
        case BagType(element, _):
            yield from ((element, part) for part in counts_in(value))
        case SetType(element) | SeqType(element, _):
            yield from ((element, part) for part in value)
