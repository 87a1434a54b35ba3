"""The abstraction function from worlds of a cluster to states of its model; values are converted by their type."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from assay.checker.errors import AssayError, ModelError, UsageError
from assay.checker.implementations.raising import told
from assay.checker.language.execution.dialects import read
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Frozen
from assay.checker.language.loader import load
from assay.checker.language.sorts import Element
from assay.checker.language.types import (
    BagType,
    BoolType,
    EnumType,
    IntType,
    MapType,
    OptionalType,
    RecordType,
    SeqType,
    SortType,
    TupleType,
    Type,
    UnionType,
)
from assay.checker.language.values import Bag
from assay.impl.node.cluster import Cluster, Record
from assay.impl.node.errors import NodeError
from assay.impl.node.freezing import freeze
from assay.impl.node.thawing import thaw
from assay.impl.node.world import World

__all__ = ["Abstraction"]


class Abstraction:
    """The abstraction of a cluster's worlds to the model that it refines.

    Parameters
    ----------
    cluster : Cluster
        A cluster with `refines` and `abstract`.

    Attributes
    ----------
    instance : Instance
        The instance of the model, with the sizes in `Cluster.instance`.

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
        """Return the model state of a world.

        Raises
        ------
        NodeError
            If `Cluster.abstract` raises.
        ModelError
            If a variable has no value, or a value that does not belong to its type.
        """
        given = self._given(world)
        names = [variable.name for variable in self.model.specification.variables]
        missing = [name for name in names if name not in given]
        for name in [*missing, *(name for name in given if name not in names)]:
            said = "gives no value to" if name in names else "gives a value to"
            raise ModelError(
                f"Cluster.abstract {said} {name!r}", help=f"the variables of {self.model.name} are {', '.join(names)}"
            )
        return tuple(self._variable(v.name, v.type, given[v.name]) for v in self.model.specification.variables)

    def _given(self, world: World) -> dict[str, Any]:
        assert self.cluster.abstract is not None
        try:
            return dict(self.cluster.abstract(world))
        except (NodeError, AssayError):
            raise
        except Exception as error:
            raise NodeError(
                f"Cluster.abstract raises {told(error)}", help="it must have a value in every world"
            ) from error

    def _variable(self, name: str, type_: Type, value: Any) -> Any:
        try:
            return self.read(type_, value)
        except _NoValueError as error:
            raise ModelError(f"Cluster.abstract: {name}: {error.value!r} is no {error.type}", help=error.help) from None

    def read(self, type_: Type, value: Any) -> Any:
        """Convert a value of the implementation to a frozen value of a type."""
        return read(self, type_, value)

    # The dialect of nodes

    def refuse(self, type_: Type, value: Any, why: str | None = None) -> NoReturn:
        """Raise the error that a value represents none of a type."""
        raise _NoValueError(type_, value, why)

    def truth(self, type_: BoolType, value: Any) -> bool:
        """Return a truth value."""
        return value if isinstance(value, bool) else self.refuse(type_, value)

    def number(self, type_: IntType, value: Any) -> int:
        """Return a number; a bool is not one."""
        return value if type(value) is int else self.refuse(type_, value)

    def member(self, type_: EnumType, value: Any) -> Any:
        """Return the member of an enumeration with the given name, or with the name of the given member."""
        name = value.name if isinstance(value, enum.Enum) else value
        named = type_.cls.__members__
        return named[name] if isinstance(name, str) and name in named else self.refuse(type_, value)

    def element(self, type_: SortType, value: Any) -> Element:
        """Return the element that a value represents, by `Cluster.elements`."""
        if isinstance(value, Element) and isinstance(value, type_.cls):
            return value
        words = self._elements[type_.cls]
        found = words.get(freeze(value))
        if found is None:
            self.refuse(type_, value, f"Cluster.elements has {', '.join(repr(thaw(word)) for word in words)}")
        return found

    def optional(self, type_: OptionalType, value: Any) -> tuple[Any, ...]:  # noqa: ARG002
        """Return the value, unless it is None."""
        return () if value is None else (value,)

    def items(self, type_: Type, value: Any) -> Sequence[Any]:
        """Return the items of a list or tuple or, if the type has no order, of a set."""
        is_ordered = isinstance(type_, SeqType | TupleType)
        if isinstance(value, list | tuple) or (isinstance(value, set | frozenset) and not is_ordered):
            return tuple(value)
        self.refuse(type_, value)

    def pairs(self, type_: MapType, value: Any) -> Iterable[tuple[Any, Any]]:
        """Return the entries of a dict."""
        return value.items() if isinstance(value, Mapping) else self.refuse(type_, value)

    def counts(self, type_: BagType, value: Any) -> Iterable[tuple[Any, int]]:
        """Return the elements of a bag with their counts, given as a mapping to counts or as a collection."""
        given = value.counts if isinstance(value, Bag) else value
        if isinstance(given, Mapping):
            if not all(type(count) is int and count >= 0 for count in given.values()):
                self.refuse(type_, value)
            return given.items()
        if not isinstance(given, list | tuple | set | frozenset):
            self.refuse(type_, value)
        return ((item, 1) for item in given)

    def alternative(self, type_: UnionType, value: Any) -> tuple[RecordType, Any]:
        """Return the record of a union with the name of the given value."""
        named = {part.cls.__name__: part for part in type_.alternatives}
        name = _name_of(value)
        return (named[name], value) if name in named else self.refuse(type_, value)

    def content(self, type_: RecordType, value: Any) -> Mapping[str, Any]:
        """Return the fields of a value, which must be those of the record."""
        fields, names = _fields_of(value), [name for name, _ in type_.fields]
        if fields is None or _name_of(value) not in (type_.cls.__name__, None) or {*fields} != {*names}:
            self.refuse(type_, value, f"it has the fields {', '.join(names) or 'none'}")
        return fields


class _NoValueError(Exception):
    """A value represents none of its type."""

    def __init__(self, type_: Type, value: Any, help: str | None) -> None:
        super().__init__()
        self.type, self.value, self.help = type_, value, help


def _name_of(value: Any) -> str | None:
    """Return the name of the record that a value represents; None for a mapping, which is matched by its fields."""
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
