"""From what a cluster says of its worlds to states of the model: values in the words of nodes, read by their type."""

from __future__ import annotations

import dataclasses
import enum
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from assay.checker.errors import ModelError, UsageError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Frozen
from assay.checker.language.frozen import part_of
from assay.checker.language.loader import load
from assay.checker.language.sorts import Element
from assay.checker.language.types import (
    BagType,
    BoolType,
    EnumType,
    IntType,
    MapType,
    OptionalType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    Type,
    UnionType,
)
from assay.checker.language.values import Bag
from assay.impl.node.cluster import Cluster, Record, World
from assay.impl.node.freezing import freeze, thaw

__all__ = ["Abstraction"]


class Abstraction:
    """What a cluster's worlds are in the model that it refines.

    Parameters
    ----------
    cluster : Cluster
        With `refines` and `abstract`.

    Attributes
    ----------
    instance : Instance
        Of the model, with the sizes that the cluster states.

    Raises
    ------
    UsageError
        If the cluster refines no model, or names sorts and sizes that the model does not have.
    """

    def __init__(self, cluster: Cluster) -> None:
        if cluster.refines is None or cluster.abstract is None:
            raise UsageError(
                "the cluster does not say which model it refines",
                help="state refines= (a model) and abstract= (its variables in a world)",
            )
        self.cluster = cluster
        self.model = load(cluster.refines)
        self.instance: Instance = instantiate(self.model.specification, cluster.instance)
        self._elements = {sort: self._stands_for(sort) for sort in self.instance.sizes}
        for name in cluster.elements:
            if name not in {sort.__name__ for sort in self.instance.sizes}:
                raise UsageError(
                    f"Cluster.elements: {self.model.name} has no sort {name!r}",
                    help=f"it has {', '.join(sort.__name__ for sort in self.instance.sizes)}",
                )

    def _stands_for(self, sort: type[Element]) -> dict[Any, Element]:
        elements = self.instance.elements(sort)
        words = list(self.cluster.elements.get(sort.__name__, [self.instance.name_of(e) for e in elements]))
        if len(words) != len(elements):
            raise UsageError(
                f"Cluster.elements names {len(words)} of {sort.__name__}, and the instance has {len(elements)}",
                help="give Cluster.instance the same number",
            )
        return {freeze(word): element for word, element in zip(words, elements, strict=True)}

    def state(self, world: World) -> Frozen:
        """Return the state of the model that a world is.

        Raises
        ------
        ModelError
            If a variable has no value, or one that is not of its type.
        """
        assert self.cluster.abstract is not None
        given = dict(self.cluster.abstract(world))
        names = [variable.name for variable in self.model.specification.variables]
        for name in {*names} ^ {*given}:
            said = "gives no value to" if name in names else "gives a value to"
            raise ModelError(
                f"Cluster.abstract {said} {name!r}", help=f"the variables of {self.model.name} are {', '.join(names)}"
            )
        return tuple(self._variable(v.name, v.type, given[v.name]) for v in self.model.specification.variables)

    def _variable(self, name: str, type_: Type, value: Any) -> Any:
        try:
            return self.read(type_, value)
        except _Misfit as misfit:
            raise ModelError(
                f"Cluster.abstract: {name}: {misfit.value!r} is no {misfit.type}", help=misfit.help
            ) from None

    def read(self, type_: Type, value: Any) -> Any:
        """Return the frozen value of a type that a value in the words of the nodes stands for."""
        match type_:
            case BoolType():
                return value if isinstance(value, bool) else _misfit(type_, value)
            case IntType():
                return self._integer(type_, value)
            case EnumType(cls):
                name = value.name if isinstance(value, enum.Enum) else value
                return cls[name] if isinstance(name, str) and name in cls.__members__ else _misfit(type_, value)
            case SortType(cls):
                return self._element(cls, type_, value)
            case QuorumType(cls, member):
                members = frozenset(self.read(member, item) for item in _items(type_, value))
                quorums = {self.instance.members(quorum): quorum for quorum in self.instance.elements(cls)}
                return quorums[members] if members in quorums else _misfit(type_, value)
            case OptionalType(inner):
                return None if value is None else self._part(inner, value)
            case RecordType():
                return self._record(type_, value)
            case UnionType(alternatives):
                named = {part.cls.__name__: part for part in alternatives}
                name = _name_of(value)
                return self._record(named[name], value) if name in named else _misfit(type_, value)
            case TupleType(items):
                if not isinstance(value, tuple | list) or len(value) != len(items):
                    _misfit(type_, value)
                return tuple(self._part(item, part) for item, part in zip(items, value, strict=True))
            case _:
                return self._container(type_, value)

    def _part(self, type_: Type, value: Any) -> Any:
        """Return the value of a type as it is inside of another one: a container in it never changes."""
        return part_of(type_, self.read(type_, value), self.instance.universe)

    def _integer(self, type_: IntType, value: Any) -> int:
        if type(value) is not int:
            _misfit(type_, value)
        low, high = self.instance.interval(type_)
        return value if low <= value <= high else _misfit(type_, value)  # type: ignore[no-any-return]

    def _element(self, sort: type[Element], type_: Type, value: Any) -> Any:
        if isinstance(value, sort):
            return value
        words = self._elements[sort]
        found = words.get(freeze(value))
        return (
            _misfit(type_, value, f"Cluster.elements has {', '.join(repr(thaw(word)) for word in words)}")
            if found is None
            else found
        )

    def _record(self, type_: RecordType, value: Any) -> Any:
        fields = _fields_of(value)
        names = [name for name, _ in type_.fields]
        if fields is None or _name_of(value) not in (type_.cls.__name__, None) or {*fields} != {*names}:
            _misfit(type_, value, f"it has the fields {', '.join(names) or 'none'}")
        assert fields is not None
        return type_.cls(*(self._part(part, fields[name]) for name, part in type_.fields))

    def _container(self, type_: Type, value: Any) -> Any:
        match type_:
            case MapType(key, inner):
                if not isinstance(value, Mapping):
                    _misfit(type_, value)
                found = {self._part(key, k): self.read(inner, v) for k, v in value.items()}
                keys = self.instance.universe(key)
                if found.keys() != set(keys):
                    _misfit(type_, value, "a map is total: it has a value for each key, and for nothing else")
                return tuple(found[k] for k in keys)
            case SetType(element):
                return frozenset(self._part(element, item) for item in _items(type_, value))
            case SeqType(element, bound):
                if not isinstance(value, list | tuple) or len(value) > self.instance.bound(bound):
                    _misfit(type_, value)
                return tuple(self._part(element, item) for item in value)
            case BagType(element, bound):
                counts = Counter(value.counts if isinstance(value, Bag) else value)
                if sum(counts.values()) > self.instance.bound(bound):
                    _misfit(type_, value)
                return frozenset((self._part(element, item), count) for item, count in counts.items() if count)
        raise AssertionError(type_)


class _Misfit(Exception):
    """A value that does not stand for one of its type."""

    def __init__(self, type_: Type, value: Any, help: str | None) -> None:
        super().__init__()
        self.type, self.value, self.help = type_, value, help


def _misfit(type_: Type, value: Any, help: str | None = None) -> Any:
    raise _Misfit(type_, value, help)


def _items(type_: Type, value: Any) -> Iterator[Any]:
    if not isinstance(value, set | frozenset | list | tuple):
        _misfit(type_, value)
    return iter(value)


def _name_of(value: Any) -> str | None:
    """Return the name of the record that a value stands for; None if it may be any that has its fields."""
    if isinstance(value, Record):
        return value.name
    return None if isinstance(value, Mapping) else type(value).__name__


def _fields_of(value: Any) -> Mapping[str, Any] | None:
    match value:
        case Record(_, fields):
            return fields
        case Mapping():
            return value
        case _ if dataclasses.is_dataclass(value):
            return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return None
