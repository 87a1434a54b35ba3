"""Observations: statements of a log about a variable, or about an entry or field of one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assay.checker.conformance.values import LogValueError, Values, shortened
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Frozen
from assay.checker.language.frozen import counts_in, part_of
from assay.checker.language.types import BagType, MapType, OptionalType, RecordType, SetType, Type, UnionType
from assay.checker.wording import nearest

__all__ = ["CONTAINS", "Observation", "observations"]

CONTAINS = "#contains"
"""The key of an object that lists some of the elements of a set or bag, and leaves the others open."""

_ABSENT = object()
"""Stands for the value at a place that is not there: the record or map is missing, or the record of another class."""

Getter = Callable[[Any], Any]


@dataclass(frozen=True)
class Observation:
    """A value that a log reports for a place in the state.

    Attributes
    ----------
    path : str
        The place: ``decision``, ``state[p1]``, ``promise[a1].ballot``.
    variable : int
        The number of the variable.
    getters : tuple of callables
        The functions that lead, one after the other, from the value of the variable to the place.
    type : Type
        The type of the place.
    value : frozen value
        The value in the log; for a record of a union, its class, if the log gives no fields.
    relation : {"is", "contains", "is a"}
        How the value in the state must relate to it.
    inside : frozen value
        The value in the form that it has inside another one, where containers differ from those in variables.
    """

    path: str
    variable: int
    getters: tuple[Getter, ...]
    type: Type
    value: Any
    relation: str = "is"
    inside: Any = None

    def found(self, state: Frozen) -> Any:
        """Return the value of a state at the place, or `None` if the state has no such place."""
        value = self._look(state)
        return None if value is _ABSENT else value

    def is_there(self, state: Frozen) -> bool:
        """Return whether a state has the place at all: a field is there only if its record is."""
        return self._look(state) is not _ABSENT

    def holds(self, state: Frozen) -> bool:
        """Return whether a state agrees with the observation."""
        found = self._look(state)
        match self.relation:
            case "contains":
                return found is not _ABSENT and found is not None and _contains(found, self)
            case "is a":
                return type(found) is self.value
            case _:
                return found is not _ABSENT and found in (self.value, self.inside)

    def _look(self, state: Frozen) -> Any:
        value = state[self.variable]
        for getter in self.getters:
            if value is _ABSENT:
                return value
            value = getter(value)
        return value


def _contains(found: Any, observation: Observation) -> bool:
    """Return whether a frozen set has the elements of a "contains", or a frozen bag as many copies of each."""
    if not isinstance(observation.type, BagType):
        return bool(observation.value <= frozenset(found))
    there = counts_in(found)
    return all(there.get(item, 0) >= count for item, count in observation.value)


def observations(values: Values, said: Mapping[str, Any]) -> tuple[Observation, ...]:
    """Return what a log says about the state, place by place.

    Parameters
    ----------
    values : Values
        Translates the values of the log.
    said : mapping from place to value
        The places are variables, or entries and fields of them: ``state``, ``state[p1]``, ``vote[a1].ballot``.

    Raises
    ------
    LogValueError
        If there is no such place in the model's states, or the value is none of its type.
    """
    return tuple(found for place, value in said.items() for found in _observe(values, place, value))


def _observe(values: Values, place: str, value: Any) -> Iterator[Observation]:
    try:
        path, number, getters, type_ = _resolve(values, place)
        yield from _Reader(values, number).at(path, getters, type_, value)
    except LogValueError as error:
        raise LogValueError(f"{place}: {error}") from None


def _resolve(values: Values, place: str) -> tuple[str, int, tuple[Getter, ...], Type]:
    """Return a place, with the functions that lead to it."""
    variables = {variable.name: index for index, variable in enumerate(values.instance.specification.variables)}
    found = re.fullmatch(r"([^\[\].]+)((?:\[[^\]]*\]|\.[^\[\].]+)*)", place.strip())
    if found is None or found[1] not in variables:
        name = found[1] if found else place
        raise LogValueError(f"the model has no variable {name!r}{nearest(name, variables)}")
    path, type_ = found[1], values.instance.specification.variables[variables[found[1]]].type
    getters: tuple[Getter, ...] = ()
    for step in re.findall(r"\[[^\]]*\]|\.[^\[\].]+", found[2]):
        getter, type_, shown = _step(values, type_, step)
        path, getters = path + shown, (*getters, getter)
    return path, variables[found[1]], getters, type_


def _step(values: Values, type_: Type, step: str) -> tuple[Getter, Type, str]:
    if step.startswith("."):
        for record in _records(type_):
            for name, part in record.fields:
                if name == step[1:]:
                    return _field(name, record.cls), part, step
        raise LogValueError(f"there is no field {step[1:]!r} in {type_}")
    if not isinstance(type_, MapType):
        raise LogValueError(f"{type_} is no map, so it has no entry {step}")
    key = values.decode(type_.key, step[1:-1].strip())
    return _entry(values.instance, type_.key, key), type_.value, f"[{_shown(values, type_.key, key)}]"


def _records(type_: Type) -> tuple[RecordType, ...]:
    match type_:
        case OptionalType(inner):
            return _records(inner)
        case UnionType(alternatives):
            return alternatives
        case RecordType():
            return (type_,)
        case _:
            return ()


def _entry(instance: Instance, type_: Type, key: Any) -> Getter:
    index = instance.universe(type_).index(key)

    def entry(entries: Any) -> Any:
        if entries is None:  # an optional map, which is not there
            return _ABSENT
        return entries[key] if isinstance(entries, dict) else entries[index]

    return entry


def _field(name: str, cls: type[Any]) -> Getter:
    return lambda record: getattr(record, name) if type(record) is cls else _ABSENT


def _shown(values: Values, type_: Type, key: Any) -> str:
    shown = values.encode(type_, key)
    return shown if isinstance(shown, str) else shortened(shown)


@dataclass(frozen=True)
class _Reader:
    """Decomposes a value of a log into observations, since a log may give only parts of a value."""

    values: Values
    variable: int

    def at(self, path: str, getters: tuple[Getter, ...], type_: Type, value: Any) -> Iterator[Observation]:
        """Yield the observations that a value makes about a place and the places inside it."""
        match type_:
            case MapType() if isinstance(value, dict):
                for key, inner in self.values.entries(type_, value):
                    getter = _entry(self.values.instance, type_.key, key)
                    place = f"{path}[{_shown(self.values, type_.key, key)}]"
                    yield from self.at(place, (*getters, getter), type_.value, inner)
            case OptionalType(inner) if value is not None:
                yield from self.at(path, getters, inner, value)
            case UnionType():
                chosen, content = self.values.alternative(type_, value)
                yield from self._record(path, getters, chosen, content)
            case RecordType():
                yield from self._record(path, getters, type_, value)
            case SetType() | BagType() if isinstance(value, dict) and value.keys() == {CONTAINS}:
                some = self.values.decode(type_, value[CONTAINS])
                yield Observation(path, self.variable, getters, type_, some, "contains")
            case _:
                seen = self.values.decode(type_, value)
                inside = part_of(type_, seen, self.values.instance.universe)
                yield Observation(path, self.variable, getters, type_, seen, inside=inside)

    def _record(self, path: str, getters: tuple[Getter, ...], type_: RecordType, value: Any) -> Iterator[Observation]:
        given = self.values.fields(type_, value)
        yield Observation(path, self.variable, getters, type_, type_.cls, "is a")
        for name, part in type_.fields:
            if name in given:
                yield from self.at(f"{path}.{name}", (*getters, _field(name, type_.cls)), part, given[name])
