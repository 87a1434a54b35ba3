"""What of one version of a model is what of another: sorts, records, enumerations and variables, by their names.

Two versions of a module have classes of their own, so nothing that one says is about the other until its classes and
variables are replaced by those that correspond. What corresponds to nothing, or to something of another shape, is told.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from assay.checker.changes.classes import Named, names_in, types_in
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.ir.nodes import ConstantRef, Place, Root
from assay.checker.language.types import (
    BagType,
    EnumType,
    IntType,
    MapType,
    QuorumType,
    RecordType,
    SeqType,
    SortType,
    Type,
)

__all__ = ["Correspondence", "IncomparableError", "corresponding", "without_bounds"]


class IncomparableError(Exception):
    """Something of one version that corresponds to nothing of the other; the message says what, and why."""


@dataclass(frozen=True)
class Correspondence:
    """From one version of a model to another.

    Attributes
    ----------
    before, after : Specification
        The versions.
    types : mapping from name to Type
        Of each class of the version after its type, by what `names_of` calls it.
    names : mapping from class to name
        What the classes of the version before are called.
    variables : mapping from name to name
        Which variable of the version after is which one of the version before.
    """

    before: Specification
    after: Specification
    types: Mapping[str, Type]
    names: Mapping[type[Any], str]
    variables: Mapping[str, str]
    _known: dict[type[Any], Type] = field(default_factory=dict, compare=False, repr=False)

    @property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """The variables that have another name."""
        return tuple((old, new) for old, new in self.variables.items() if old != new)

    def carried(self, value: Any) -> Any:
        """Return a part of the intermediate representation, or a type, in the words of the version after.

        Raises
        ------
        IncomparableError
            If it is about something that has no counterpart of the same shape.
        """
        match value:
            case EnumType() | SortType() | QuorumType() | RecordType():
                return self.type_for(value)
            case Place(root=root) if root is not Root.CHOSEN:
                return self._place(value)
            case ConstantRef():
                self._demand_constant(value.name)
                return value
            case Enum():
                return self._member(value)
            case tuple():
                return tuple(map(self.carried, value))
            case frozenset():
                return frozenset(map(self.carried, value))
            case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
                return _rebuilt(value, self.carried)
        return value

    def type_for(self, type_: Named) -> Type:
        """Return the type of the version after that corresponds to one of the version before."""
        if type_.cls not in self._known:
            self._known[type_.cls] = self._matched(type_)
        return self._known[type_.cls]

    def counterpart(self, cls: type[Any]) -> type[Any] | None:
        """Return the class of the version after that is called as one of the version before; None if none is."""
        return getattr(self.types.get(self._called(cls)), "cls", None)

    def _matched(self, type_: Named) -> Type:
        name = self._called(type_.cls)
        other = self.types.get(name)
        if other is None:
            raise IncomparableError(f"the version after has no {name}")
        if getattr(other, "cls", None) is type_.cls:
            return other
        match type_, other:
            case EnumType(), EnumType() if list(type_.cls.__members__) == list(other.cls.__members__):
                return other
            case SortType(), SortType() if type_.ordered == other.ordered:
                return other
            case QuorumType(), QuorumType() if self.type_for(type_.member) == other.member:
                return other
            case RecordType(), RecordType() if self.carried(type_.fields) == other.fields:
                return other
        raise IncomparableError(f"{name} is another one in the version after")

    def _called(self, cls: type[Any]) -> str:
        return self.names.get(cls, cls.__qualname__)

    def _member(self, value: Enum) -> Enum:
        other = self.types.get(self._called(type(value)))
        if not isinstance(other, EnumType) or other.cls is type(value):
            return value
        found = self.type_for(EnumType(type(value)))
        assert isinstance(found, EnumType)
        return found.cls[value.name]

    def _place(self, place: Place) -> Place:
        name = self.variables.get(place.variable)
        if name is None:
            raise IncomparableError(f"the version after has no variable {place.variable} of this type")
        type_ = next(variable.type for variable in self.after.variables if variable.name == name)
        for _ in place.keys:
            assert isinstance(type_, MapType)
            type_ = type_.value
        return replace(place, variable=name, keys=self.carried(place.keys), type=type_)

    def _demand_constant(self, name: str) -> None:
        types = {c.name: c.type for c in self.after.constants}
        if types.get(name) is not next(c.type for c in self.before.constants if c.name == name):
            raise IncomparableError(f"the version after has no parameter {name} of this type")


def corresponding(
    before: Specification, after: Specification, old: Iterable[Any] = (), new: Iterable[Any] = ()
) -> Correspondence:
    """Return what of two versions of a model corresponds.

    Variables of one name do, if their types are the same but for the bounds of numbers. Of those that are left, the
    first of one version is taken for the first of the other, and so on, if each two are of one type: they were renamed.

    Parameters
    ----------
    before, after : Specification
        The versions.
    old, new : iterable of objects
        What else of each version, besides its variables and methods, is made of types.
    """
    new = (*new,)
    called = names_in(after, new)
    types: dict[str, Type] = {called[type_.cls]: type_ for type_ in types_in(after, new)}
    found = Correspondence(before, after, types, names_in(before, old), {})
    same = {v.name: v.name for v in before.variables if _named_alike(found, v.name, v.type)}
    left = [v for v in before.variables if v.name not in same]
    others = [v for v in after.variables if v.name not in same.values()]
    names = {v.name for v in after.variables}
    pairs = list(zip(left, others, strict=False))
    if len(left) == len(others) and all(
        one.name not in names and _is_of(found, one.type, other.type) and one.immutable == other.immutable
        for one, other in pairs
    ):
        same |= {one.name: other.name for one, other in pairs}
    return replace(found, variables={v.name: same[v.name] for v in before.variables if v.name in same})


def _named_alike(found: Correspondence, name: str, type_: Type) -> bool:
    return any(name == v.name and _is_of(found, type_, v.type) for v in found.after.variables)


def _is_of(found: Correspondence, old: Type, new: Type) -> bool:
    try:
        return bool(without_bounds(found.carried(old)) == without_bounds(new))
    except IncomparableError:
        return False


def without_bounds(type_: Any) -> Any:
    """Return a type without the bounds of its numbers, sequences and bags."""
    match type_:
        case IntType():
            return IntType()
        case SeqType():
            return SeqType(without_bounds(type_.element), 0, type_.distinct)
        case BagType():
            return BagType(without_bounds(type_.element), 0)
        case tuple():
            return tuple(map(without_bounds, type_))
        case _ if dataclasses.is_dataclass(type_) and not isinstance(type_, type):
            return _rebuilt(type_, without_bounds)
    return type_


def _rebuilt(value: Any, change: Any) -> Any:
    names = [part.name for part in dataclasses.fields(value) if part.name != "location"]
    return replace(value, **{name: change(getattr(value, name)) for name in names})
