"""Dataclasses as records: values that consist of their fields and nothing else."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from typing import Any, TypeVar

from assay.checker.errors import Location, ModelError
from assay.checker.language.bags import Bag
from assay.checker.language.frozen import frozen

__all__ = ["demand_freezing", "demand_plain_record", "make_record"]

T = TypeVar("T")


def make_record(cls: type[T]) -> type[T]:
    """Make a class a frozen dataclass whose values freeze the containers passed to them."""
    if "__post_init__" not in vars(cls):
        cls.__post_init__ = _freeze_fields  # type: ignore[attr-defined]
    make: Callable[[type[T]], type[T]] = dataclasses.dataclass(frozen=True)
    return make(cls)


def _freeze_fields(value: Any) -> None:
    cls = type(value)
    if cls not in _field_names:
        _look_through(cls)
    # Not through `vars`: once an object's dictionary exists, CPython reads its attributes at half the speed.
    for name in _field_names[cls]:
        part = getattr(value, name)
        if isinstance(part, _CONTAINERS):
            object.__setattr__(value, name, frozen(part))


def _look_through(cls: type[Any]) -> None:
    """Record which fields a class has; if none can be a container, skip this check for all later values."""
    # A model makes a record wherever it mentions a message, thousands of times per state. This is done for the first
    # one and not at decoration time, since by now everything that the annotations name is defined.
    _field_names[cls] = tuple(field.name for field in dataclasses.fields(cls))
    if vars(cls).get("__post_init__") is _freeze_fields and not _may_hold_containers(cls):
        cls.__post_init__ = _freeze_nothing
        cls.__init__ = _plain_initializer(cls)


def _freeze_nothing(value: Any) -> None:
    """Leave a record unchanged: none of its fields can be a container."""


def _plain_initializer(cls: type[Any]) -> Any:
    """Return the `__init__` that a dataclass with the same fields gets if it has no `__post_init__`."""
    # The existing one calls `__post_init__`, which takes a tenth of the time of making a record.
    named = [(field.name, field.type, field) for field in dataclasses.fields(cls)]
    return vars(dataclasses.make_dataclass(cls.__name__, named, frozen=True))["__init__"]


_field_names: dict[type[Any], tuple[str, ...]] = {}

_CONTAINERS = (list, set, frozenset, dict, Bag)


def _may_hold_containers(cls: type[Any]) -> bool:
    """Return whether a field may be a container, by its annotation."""
    try:
        hints = typing.get_type_hints(cls)
    except Exception:  # an annotation may raise anything; the specification says what is wrong with it
        return True
    return not all(map(_is_scalar, hints.values()))


def _is_scalar(hint: Any) -> bool:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return all(map(_is_scalar, typing.get_args(hint)))
    return origin is None and isinstance(hint, type) and not issubclass(hint, (*_CONTAINERS, tuple))


def demand_freezing(cls: type[Any], location: Location | None) -> None:
    """Refuse a dataclass that does not freeze the containers in its fields: they could change later."""
    if vars(cls).get("__post_init__") is not _freeze_fields:
        raise ModelError(
            f"the record {cls.__name__} has a container in it, and does not freeze it",
            location=location,
            help="decorate it with @record, which does",
        )


def demand_plain_record(cls: type[Any], location: Location | None) -> None:
    """Refuse a record whose values are more than their fields."""
    parameters = cls.__dataclass_params__
    if not parameters.frozen:
        raise ModelError(
            f"the record {cls.__name__} can be changed", location=location, help="decorate it with @record"
        )
    bases = [base for base in cls.__mro__[1:] if dataclasses.is_dataclass(base)]
    if bases:
        raise ModelError(
            f"the record {cls.__name__} derives from the record {bases[0].__name__}, so isinstance would confuse them",
            location=location,
            help="repeat its fields, and use a union of both",
        )
    own = [name for name in ("__eq__", "__hash__", "__init__", "__new__", "__post_init__") if _is_own(cls, name)]
    if own or not parameters.eq:
        raise ModelError(
            f"the record {cls.__name__} has its own {own[0] if own else 'equality'}",
            location=location,
            help="a record is nothing but its fields",
        )


def _is_own(cls: type[Any], name: str) -> bool:
    """Return whether a class defines a method that `dataclass` did not make: those have no source of their own."""
    method = vars(cls).get(name)
    if method in (_freeze_fields, _freeze_nothing):
        return False
    code = getattr(method, "__code__", None)
    return method is not None and (code is None or not code.co_filename.startswith("<")) and not _is_made(method)


def _is_made(method: Any) -> bool:
    return getattr(method, "__module__", None) in ("dataclasses", "builtins", "reprlib") or isinstance(
        method, types.WrapperDescriptorType
    )
