"""From a Python annotation to a type of the language."""

from __future__ import annotations

import dataclasses
import enum
import functools
import sys
import types
import typing
from typing import Annotated, Any, Union, get_args, get_origin

from assay.checker.errors import Location, ModelError
from assay.checker.language.bags import AllOf, AtMost, Bag
from assay.checker.language.introspection import source
from assay.checker.language.introspection.demands import demand_bound, demand_countable, demand_plain, written
from assay.checker.language.introspection.hints import POSSIBLE, hints_of
from assay.checker.language.records import demand_freezing, demand_plain_record
from assay.checker.language.sorts import Order, QuorumSystem, Sort
from assay.checker.language.types import (
    BOOL,
    INTEGER,
    NATURAL,
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
from assay.checker.language.values import Function, Natural, Perm, Range, Relation, Seq, T
from assay.checker.wording import numbered

__all__ = ["hints_of", "type_of"]


def type_of(annotation: Any, location: Location | None = None) -> Type:
    """Return the type that an annotation stands for.

    Parameters
    ----------
    annotation : object
        The annotation, evaluated.
    location : Location, optional
        Its place, for the error.

    Raises
    ------
    ModelError
        If the annotation is not part of the language.
    """
    if annotation is T:
        raise ModelError("Parameter does not say of what type it is", location=location, help="Parameter[int]")
    if isinstance(annotation, typing.TypeVar):
        raise ModelError(
            f"{annotation.__name__} stands for no type of this model",
            location=location,
            help="say which where a class derives from the generic one: class Protocol(SetNetwork[Message], Model)",
        )
    origin = get_origin(annotation)
    if origin is Annotated:
        return _annotated(annotation, location)
    if origin in (types.UnionType, Union):
        return _union(get_args(annotation), location)
    if origin is not None:
        return _generic(origin, get_args(annotation), location)
    if isinstance(annotation, type):
        return _class(annotation, location)
    called = getattr(annotation, "__name__", None) or repr(annotation)
    raise ModelError(f"{called} is no type of the language", location=location, help=POSSIBLE)


def _class(cls: type[Any], location: Location | None) -> Type:
    if cls is bool:
        return BOOL
    if cls in (Sort, Order, QuorumSystem):
        raise ModelError(
            f"{cls.__name__} itself has no elements", location=location, help=f"derive a class from it, {_DERIVED[cls]}"
        )
    if cls is int:
        return INTEGER
    if issubclass(cls, enum.Enum):
        return _enum(cls, location)
    if issubclass(cls, QuorumSystem):
        return _quorum(cls, location)
    if issubclass(cls, Order):
        return SortType(cls, ordered=True)
    if issubclass(cls, Sort):
        return SortType(cls)
    if cls in _WHOLE:
        _demand_arguments(cls, (), location)
    if dataclasses.is_dataclass(cls):
        return _record(cls, location)
    raise ModelError(f"{cls.__name__} is no type of the language", location=location, help=POSSIBLE)


_DERIVED = {Sort: "class Node(Sort)", Order: "class Ballot(Order)", QuorumSystem: "class Quorum(QuorumSystem[Node])"}


def _enum(cls: type[enum.Enum], location: Location | None) -> EnumType:
    if issubclass(cls, enum.Flag):
        raise ModelError(
            f"{cls.__name__} is a Flag, whose values are combinations",
            location=location,
            help="use an Enum, and a Set of its members",
        )
    if not len(cls):
        raise ModelError(f"the enumeration {cls.__name__} has no members", location=location, help="give it one")
    return EnumType(cls)


def _quorum(cls: type[Any], location: Location | None) -> QuorumType:
    for base in getattr(cls, "__orig_bases__", ()):
        if get_origin(base) is QuorumSystem:
            member = _forwarded(get_args(base)[0], cls, location)
            type_ = type_of(member, location)
            if isinstance(type_, SortType):
                return QuorumType(cls, type_)
            raise ModelError(
                f"{cls.__name__} holds quorums of {type_}, which is no sort",
                location=location,
                help="quorums are sets of the elements of a Sort",
            )
    for base in cls.__bases__:
        if issubclass(base, QuorumSystem) and base is not QuorumSystem:
            return QuorumType(cls, _quorum(base, location).member)
    raise ModelError(
        f"{cls.__name__} does not say whose quorums it holds",
        location=location,
        help=f"name the sort: class {cls.__name__}(QuorumSystem[Acceptor])",
    )


def _forwarded(member: Any, cls: type[Any], location: Location | None) -> Any:
    """Return what a name in quotes stands for in the module of a class."""
    if not isinstance(member, typing.ForwardRef):
        return member
    name = member.__forward_arg__
    module = sys.modules.get(cls.__module__)
    if module is None or not hasattr(module, name):
        raise ModelError(
            f"{cls.__name__} names {name!r}, which is not defined",
            location=location,
            help="name a sort of the same module",
        )
    return getattr(module, name)


# A record that contains itself has infinitely many values. It is caught because its fields are being read already.
_in_progress: list[type[Any]] = []


def _record(cls: Any, location: Location | None) -> RecordType:
    try:
        return _record_type(cls)
    except ModelError as error:
        error.location = error.location or location
        raise


@functools.cache
def _record_type(cls: type[Any]) -> RecordType:
    location = source.class_location(cls)
    demand_plain_record(cls, location)
    if cls in _in_progress:
        raise ModelError(
            f"the record {cls.__name__} contains itself, so it has no finite universe",
            location=location,
            help="refer to others by the elements of a Sort",
        )
    _in_progress.append(cls)
    try:
        hints = hints_of(cls, location)
        fields = tuple(_field(cls, field, hints) for field in dataclasses.fields(cls))
    finally:
        _in_progress.pop()
    return RecordType(cls, fields)


def _field(cls: type[Any], field: dataclasses.Field[Any], hints: dict[str, Any]) -> tuple[str, Type]:
    place = source.field_location(cls, field.name)
    if not (field.init and field.compare and field.hash is not False and not field.kw_only):
        raise ModelError(
            f"the field {field.name} of the record {cls.__name__} is left out of some of its methods",
            location=place,
            help="a record is made from, and equal by, all of its fields: no init=, compare=, hash= and kw_only=",
        )
    type_ = type_of(hints[field.name], place)
    if is_container(type_):
        demand_freezing(cls, place)
    return field.name, type_


def _annotated(annotation: Any, location: Location | None) -> Type:
    inner, *marks = get_args(annotation)
    for mark in marks:
        if isinstance(mark, Range):
            return _range(inner, mark, location)
        if isinstance(mark, AtMost):
            return _bounded(inner, mark, location)
        if isinstance(mark, Natural):
            return NATURAL
        if isinstance(mark, AllOf):
            return _permutation(get_args(inner)[0], location)
    return type_of(inner, location)


def _range(inner: Any, mark: Range, location: Location | None) -> IntType:
    if inner is not int:
        raise ModelError(
            f"{written(inner)} has no Range", location=location, help="int does: Annotated[int, Range(0, 3)]"
        )
    for bound in (mark.low, mark.high):
        demand_bound(bound, location)
    if isinstance(mark.low, int) and isinstance(mark.high, int) and mark.low > mark.high:
        raise ModelError(
            f"Range({mark.low}, {mark.high}) is empty", location=location, help="name the lower bound first"
        )
    return IntType(mark.low, mark.high)


def _bounded(inner: Any, mark: AtMost, location: Location | None) -> Type:
    demand_bound(mark.bound, location)
    if isinstance(mark.bound, int) and mark.bound < 1:
        raise ModelError(
            f"a bound of {mark.bound} leaves room for nothing", location=location, help="make it 1 or more"
        )
    origin, arguments = get_origin(inner), get_args(inner)
    if origin in _WHOLE:
        _demand_arguments(origin, arguments, location)
    if origin is list:
        return SeqType(type_of(arguments[0], location), mark.bound)
    if origin is Bag:
        return BagType(type_of(arguments[0], location), mark.bound)
    raise ModelError(f"{written(inner)} takes no bound", location=location, help="Seq[T, n] and Bag[T, n] do")


def _permutation(element: Any, location: Location | None) -> SeqType:
    match type_of(element, location):
        case SortType(cls) as type_:
            return SeqType(type_, cls.__name__, distinct=True)
        case EnumType(cls) as type_:
            return SeqType(type_, len(cls), distinct=True)
        case type_:
            raise ModelError(
                f"Perm[{type_}] has no fixed length", location=location, help="permute a Sort, an Order or an Enum"
            )


def _union(arguments: tuple[Any, ...], location: Location | None) -> Type:
    inner = [type_of(argument, location) for argument in arguments if argument is not types.NoneType]
    if len(inner) == 1:
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


_WHOLE: dict[Any, tuple[int, str]] = {
    dict: (2, "Map[K, V]"),
    set: (1, "Set[T]"),
    frozenset: (1, "frozenset[T]"),
    list: (1, "Seq[T, 3]"),
    tuple: (0, "tuple[A, B]"),
    Bag: (1, "Bag[T, 3]"),
    Seq: (2, "Seq[T, 3]"),
    Perm: (1, "Perm[T]"),
    Range: (2, "Range[0, 3]"),
    Relation: (0, "Relation[A, B]"),
    Function: (2, "Function[K, V]"),
}
"""What says in brackets what it holds: in how many parts (0: in any number), and how it is written."""


def _demand_arguments(origin: Any, arguments: tuple[Any, ...], location: Location | None) -> None:
    """Refuse ``Map[K]``, ``Set[A, B]`` and the like, also without any brackets."""
    count, whole = _WHOLE[origin]
    if not arguments:
        raise ModelError(f"{whole.partition('[')[0]} does not say what it holds", location=location, help=whole)
    if count and len(arguments) != count:
        found = f"{whole.partition('[')[0]} takes {numbered(count, 'type')}, found {len(arguments)}"
        raise ModelError(found, location=location, help=whole)


def _generic(origin: Any, arguments: tuple[Any, ...], location: Location | None) -> Type:
    if origin in _WHOLE:
        _demand_arguments(origin, arguments, location)
    if origin is dict:
        key, value = (type_of(argument, location) for argument in arguments)
        demand_plain(key, location)
        demand_countable(key, location)
        return MapType(key, value)
    if origin in (set, frozenset):
        return SetType(type_of(arguments[0], location))
    if origin is tuple and Ellipsis not in arguments:
        return TupleType(tuple(type_of(argument, location) for argument in arguments))
    message, remedy = _refused(origin, arguments)
    raise ModelError(message, location=location, help=remedy)


def _refused(origin: Any, arguments: tuple[Any, ...]) -> tuple[str, str]:
    """Return the message and the remedy for a generic type that is not part of the language."""
    if origin is tuple:
        return f"{written(types.GenericAlias(tuple, arguments))} has no fixed length", "bound it: Seq[T, 3]"
    if origin is list:
        return "a list has no bound", "state it: Seq[T, 3] or Annotated[list[T], AtMost(3)]"
    if origin is Bag:
        return "a Bag has no bound", "state it: Bag[T, 3]"
    if origin is typing.Literal:
        return "Literal is no type of the language", "use an Enum, or Range[lo, hi]"
    if origin is QuorumSystem:
        whole = written(types.GenericAlias(QuorumSystem, arguments))
        return f"{whole} itself has no elements", f"derive a class from it, {_DERIVED[QuorumSystem]}"
    return f"{written(origin)} is no type of the language", POSSIBLE
