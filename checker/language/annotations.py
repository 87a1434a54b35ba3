"""From a Python annotation to a type of the language."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from typing import Annotated, Any, Union, get_args, get_origin

from assay.checker.errors import Location, ModelError
from assay.checker.language.sorts import Order, QuorumSystem, Sort
from assay.checker.language.types import (
    BOOL,
    BagType,
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
    is_container,
)
from assay.checker.language.values import AtMost, Bag, Range

__all__ = ["hints_of", "type_of"]

_POSSIBLE = "possible are bool, Range, Enum, Sort, Order, QuorumSystem, records, T | None, tuple, Map, Set, Seq and Bag"


def hints_of(thing: Any, location: Location | None) -> dict[str, Any]:
    """Return the evaluated annotations of a class or function.

    Raises
    ------
    ModelError
        If an annotation names something that does not exist.
    """
    try:
        return typing.get_type_hints(thing, include_extras=True)
    except NameError as error:
        raise ModelError(
            f"an annotation of {thing.__qualname__} names {error.name!r}, which is not defined",
            location=location,
            help="types must be defined at the top of the module",
        ) from None
    except TypeError as error:
        raise ModelError(f"an annotation of {thing.__qualname__} is no type: {error}", location=location) from None


def type_of(annotation: Any, location: Location | None = None) -> Type:
    """Return the type that an annotation stands for.

    Parameters
    ----------
    annotation : object
        What Python evaluated the annotation to.
    location : Location, optional
        Where it stands, for the error.

    Raises
    ------
    ModelError
        If the annotation is not of the language.
    """
    origin = get_origin(annotation)
    if origin is Annotated:
        return _annotated(annotation, location)
    if origin in (types.UnionType, Union):
        return _union(get_args(annotation), location)
    if origin is not None:
        return _generic(origin, get_args(annotation), location)
    if isinstance(annotation, type):
        return _class(annotation, location)
    raise ModelError(f"{annotation!r} is no type of the language", location=location, help=_POSSIBLE)


def _class(cls: type[Any], location: Location | None) -> Type:
    if cls is bool:
        return BOOL
    if cls is int:
        raise ModelError(
            "int has no bounds, so it has no finite instance",
            location=location,
            help="state them: Annotated[int, Range(0, 3)], or Range[0, 3] for short",
        )
    if issubclass(cls, enum.Enum):
        return EnumType(cls)
    if issubclass(cls, QuorumSystem):
        return _quorum(cls, location)
    if issubclass(cls, Order):
        return SortType(cls, ordered=True)
    if issubclass(cls, Sort):
        return SortType(cls)
    if dataclasses.is_dataclass(cls):
        return _record(cls, location)
    raise ModelError(f"{cls.__name__} is no type of the language", location=location, help=_POSSIBLE)


def _quorum(cls: type[Any], location: Location | None) -> QuorumType:
    for base in getattr(cls, "__orig_bases__", ()):
        if get_origin(base) is QuorumSystem:
            member = type_of(get_args(base)[0], location)
            if isinstance(member, SortType):
                return QuorumType(cls, member)
    for base in cls.__bases__:
        if issubclass(base, QuorumSystem) and base is not QuorumSystem:
            return QuorumType(cls, _quorum(base, location).member)
    raise ModelError(
        f"{cls.__name__} does not say whose quorums it holds",
        location=location,
        help=f"name the sort: class {cls.__name__}(QuorumSystem[Acceptor])",
    )


_in_progress: list[type[Any]] = []


def _record(cls: type[Any], location: Location | None) -> RecordType:
    if not cls.__dataclass_params__.frozen:
        raise ModelError(
            f"the record {cls.__name__} can be changed", location=location, help="decorate it with @record"
        )
    if cls in _in_progress:
        raise ModelError(f"the record {cls.__name__} contains itself, so it has no finite universe", location=location)
    _in_progress.append(cls)
    try:
        hints = hints_of(cls, location)
        fields = tuple((field.name, type_of(hints[field.name], location)) for field in dataclasses.fields(cls))
    finally:
        _in_progress.pop()
    for name, type_ in fields:
        _demand_scalar(type_, f"field {name} of the record {cls.__name__}", location)
    return RecordType(cls, fields)


def _annotated(annotation: Any, location: Location | None) -> Type:
    inner, *marks = get_args(annotation)
    for mark in marks:
        if isinstance(mark, Range) and inner is int:
            return _range(mark, location)
        if isinstance(mark, AtMost):
            return _bounded(inner, mark, location)
    return type_of(inner, location)


def _range(mark: Range, location: Location | None) -> IntType:
    for bound in (mark.low, mark.high):
        if not isinstance(bound, int | str) or isinstance(bound, bool):
            raise ModelError(f"the bound {bound!r} is neither a number nor the name of a parameter", location=location)
    if isinstance(mark.low, int) and isinstance(mark.high, int) and mark.low > mark.high:
        raise ModelError(f"Range({mark.low}, {mark.high}) is empty", location=location)
    return IntType(mark.low, mark.high)


def _bounded(inner: Any, mark: AtMost, location: Location | None) -> Type:
    if isinstance(mark.bound, int) and mark.bound < 1:
        raise ModelError(f"a bound of {mark.bound} leaves room for nothing", location=location)
    origin, arguments = get_origin(inner), get_args(inner)
    if origin is list:
        return SeqType(_element(arguments, "Seq", location), mark.bound)
    if origin is Bag:
        return BagType(_element(arguments, "Bag", location), mark.bound)
    raise ModelError(f"{inner!r} takes no bound", location=location, help="Seq[T, n] and Bag[T, n] do")


def _element(arguments: tuple[Any, ...], what: str, location: Location | None) -> Type:
    element = type_of(arguments[0], location)
    _demand_scalar(element, f"the element of a {what}", location)
    return element


def _union(arguments: tuple[Any, ...], location: Location | None) -> Type:
    inner = [type_of(argument, location) for argument in arguments if argument is not types.NoneType]
    if len(inner) == 1:
        _demand_scalar(inner[0], "what is optional", location)
        return OptionalType(inner[0])
    records: list[RecordType] = []
    for type_ in inner:
        if not isinstance(type_, RecordType):
            raise ModelError(
                f"{type_} cannot be in a union", location=location, help="a union is of records, or T | None"
            )
        records.append(type_)
    union = UnionType(tuple(records))
    return union if len(inner) == len(arguments) else OptionalType(union)


def _generic(origin: Any, arguments: tuple[Any, ...], location: Location | None) -> Type:
    if origin is dict:
        key, value = (type_of(argument, location) for argument in arguments)
        _demand_scalar(key, "the key of a Map", location)
        return MapType(key, value)
    if origin in (set, frozenset):
        return SetType(_element(arguments, "Set", location))
    if origin is tuple and Ellipsis not in arguments:
        items = tuple(type_of(argument, location) for argument in arguments)
        for item in items:
            _demand_scalar(item, "an item of a tuple", location)
        return TupleType(items)
    if origin is list:
        raise ModelError(
            "a list has no bound",
            location=location,
            help="state it: Seq[T, 3] or Annotated[list[T], AtMost(3)]",
        )
    if origin is Bag:
        raise ModelError("a Bag has no bound", location=location, help="state it: Bag[T, 3]")
    if origin is typing.Literal:
        raise ModelError("Literal is no type of the language", location=location, help="use an Enum, or Range[lo, hi]")
    raise ModelError(f"{origin!r} is no type of the language", location=location, help=_POSSIBLE)


def _demand_scalar(type_: Type, what: str, location: Location | None) -> None:
    if is_container(type_):
        raise ModelError(
            f"{what} cannot be a {type_}: it must be a value that does not change",
            location=location,
            help="containers can be nested in a Map only: Map[K, Set[T]]",
        )
