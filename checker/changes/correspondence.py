"""Match the sorts, records, enumerations and variables of two versions of a model, by name.

Each version of a module defines its own classes, so a statement of one can be compared with the other only after its
classes and variables are replaced by their counterparts. Those with no counterpart of the same shape are an error.
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
    """A part of one version has no counterpart in the other; the message says which, and why."""


@dataclass(frozen=True)
class Correspondence:
    """The counterparts, in the new version, of the old version's classes and variables.

    Attributes
    ----------
    before, after : Specification
        The versions.
    types : mapping from name to Type
        The types of the new version's classes, by their names from `names_of`.
    names : mapping from class to name
        Names of the old version's classes.
    variables : mapping from name to name
        From the old version's variables to the new version's.
    """

    before: Specification
    after: Specification
    types: Mapping[str, Type]
    names: Mapping[type[Any], str]
    variables: Mapping[str, str]
    _known: dict[type[Any], Type] = field(default_factory=dict, compare=False, repr=False)

    @property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """Pairs of old and new names of renamed variables."""
        return tuple((old, new) for old, new in self.variables.items() if old != new)

    def carried(self, value: Any) -> Any:
        """Translate a part of the intermediate representation, or a type, to the new version.

        Raises
        ------
        IncomparableError
            If it refers to something without a counterpart of the same shape.
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
        """Return the new version's counterpart of a type."""
        if type_.cls not in self._known:
            self._known[type_.cls] = self._matched(type_)
        return self._known[type_.cls]

    def counterpart(self, cls: type[Any]) -> type[Any] | None:
        """Return the new version's class with the same name, or None."""
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
    """Match the classes and variables of two versions of a model.

    Variables of the same name correspond if their types agree up to the bounds of numbers. The remaining ones are
    paired in the order of declaration, as renamed, if the types of every pair agree.

    Parameters
    ----------
    before, after : Specification
        The versions.
    old, new : iterable of objects
        Other parts of each version to search for types, besides its variables and methods.
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
    """Return a type with the bounds of its numbers, sequences and bags removed."""
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
