"""The arguments that a method draws from the state; see `assay.checker.language.ir.drawing`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.ranking import in_order
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

__all__ = ["Drawn"]


Held = Callable[[Root, str], Any]
"""Returns the frozen value of a variable in one of the states."""

Search = Callable[[Any], Iterator[Any]]
"""Yields the parts of a value that are of a wanted type, as they are inside of other values."""


class Drawn:
    """The choices of arguments that a method draws from a state.

    They are all values of a parameter's type that are a part of the variables it is drawn from, wherever in these: the
    method's own conditions tell which of them matter.

    Parameters
    ----------
    method : Method
        The action or predicate.
    draws : mapping from str to Draw
        The variables from which it draws parameters.
    instance : Instance
        The instance, which must be active.
    """

    def __init__(self, method: Method, draws: Draws, instance: Instance) -> None:
        self._method, self._instance = method, instance
        self._values = {
            name: _drawn(type_, draws[name], instance) for name, type_ in method.parameters if name in draws
        }

    def choices(self, held: Held) -> Iterator[tuple[Any, ...]]:
        """Yield the arguments that the method may draw in a state."""
        drawn, universe = self.values(held), self._instance.universe
        tried = (drawn[name] if name in drawn else universe(type_) for name, type_ in self._method.parameters)
        return itertools.product(*tried)

    def values(self, held: Held) -> dict[str, Sequence[Any]]:
        """Return the values of each parameter that is drawn."""
        return {name: values(held) for name, values in self._values.items()}


def _drawn(type_: Type, draw: Draw, instance: Instance) -> Callable[[Held], Sequence[Any]]:
    """Return what finds the values of a parameter in a state."""
    types = {variable.name: variable.type for variable in instance.specification.variables}
    wanted = _Wanted(type_, instance)
    searches = [(root, name, wanted.search(types[name])) for root, name in draw.origins]
    # What raises for every argument that is not drawn, raises for this one.
    others = [first_of(type_, instance)] if not draw.exact and instance.size(type_) else []

    def values(held: Held) -> Sequence[Any]:
        found = {part for root, name, search in searches for part in search(held(root, name))}
        if isinstance(type_, OptionalType):
            found.add(None)
        # Sorted, because the order of a set depends on hashes, and the order of an exploration must not.
        ordered = list(dict.fromkeys((*in_order(type_, found), *others)))
        return [whole_of(type_, part, instance.universe) for part in ordered] if is_container(type_) else ordered

    return values


class _Wanted:
    """A type of which the values are looked for in others."""

    def __init__(self, type_: Type, instance: Instance) -> None:
        self._instance = instance
        self._kinds = set(kinds_of(type_.inner if isinstance(type_, OptionalType) else type_))
        numbers = [instance.interval(kind) for kind in self._kinds if isinstance(kind, IntType)]
        self._interval = numbers[0] if numbers else None

    def search(self, type_: Type) -> Search:
        """Return what finds the wanted parts of a type's values; the value itself may be one."""
        if not any(self._is_of_kind(part) for part in subtypes(type_)):
            return _nothing
        inside = self._inside(type_)
        if self._interval is not None and isinstance(type_, IntType):
            low, high = self._interval
            return lambda value: iter((value,) if low <= value <= high else ())
        if type_ not in self._kinds:
            return inside
        universe = self._instance.universe
        return lambda value: itertools.chain((part_of(type_, value, universe),), inside(value))

    def _is_of_kind(self, type_: Type) -> bool:
        return type_ in self._kinds or (self._interval is not None and isinstance(type_, IntType))

    def _inside(self, type_: Type) -> Search:
        """Return what finds the wanted parts that are further inside of a type's values."""
        match type_:
            case OptionalType(inner):
                search = self.search(inner)
                return lambda value: iter(()) if value is None else search(value)
            case UnionType(alternatives):
                searches = {part.cls: self.search(part) for part in alternatives}
                return lambda value: searches[type(value)](value)
            case RecordType(_, fields):
                named = [(name, self.search(part)) for name, part in fields]
                return lambda value: _joined(search(getattr(value, name)) for name, search in named)
            case TupleType(items):
                each = [self.search(item) for item in items]
                return lambda value: _joined(search(part) for search, part in zip(each, value, strict=True))
            case MapType(key, entry):
                keys, search = self._instance.universe(key), self.search(entry)
                return lambda value: _joined(search(part) for _, part in entries_in(keys, value))
            case BagType(element, _):
                search = self.search(element)
                return lambda value: _joined(map(search, counts_in(value)))
            case SetType(element) | SeqType(element, _):
                search = self.search(element)
                return lambda value: _joined(map(search, value))
        return _nothing


_joined = itertools.chain.from_iterable


def _nothing(_: Any) -> Iterator[Any]:
    return iter(())
