"""Values of variables, thawed for Python to change and frozen for the explorers to hash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.checker.language.execution.instance import Instance
from assay.checker.language.types import (
    BagType,
    IntType,
    MapType,
    SeqType,
    SetType,
    Type,
    is_container,
)
from assay.checker.language.values import Bag
from assay.checker.language.wording import spelled

__all__ = ["Misfit", "freezer", "membership", "thawer"]


class Misfit(Exception):
    """A value that its variable cannot hold, in words that follow the variable's name."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help


def thawer(type_: Type, instance: Instance) -> Callable[[Any], Any]:
    """Return the function from frozen to thawed values of a type."""
    match type_:
        case SetType():
            return set
        case SeqType():
            return list
        case BagType():
            return _thaw_bag
        case MapType(key, value) if is_container(value):
            keys, inner = instance.universe(key), thawer(value, instance)
            return lambda frozen: {k: inner(v) for k, v in zip(keys, frozen, strict=True)}
        case MapType(key, _):
            keys = instance.universe(key)
            return lambda frozen: dict(zip(keys, frozen, strict=True))
        case _:
            return lambda frozen: frozen


def _thaw_bag(frozen: frozenset[tuple[Any, int]]) -> Bag[Any]:
    bag: Bag[Any] = Bag()
    bag.counts = dict(frozen)
    return bag


def freezer(type_: Type, instance: Instance) -> Callable[[Any, Any], Any]:
    """Return the function from a thawed value, and the frozen one before it, to the frozen one.

    What was there before needs no second look: only new elements are held against the type.
    """
    match type_:
        case SetType(element):
            return _set_freezer(element, instance)
        case SeqType(element, bound):
            return _seq_freezer(type_, element, instance.bound(bound), instance)
        case BagType(element, bound):
            return _bag_freezer(type_, element, instance.bound(bound), instance)
        case MapType(key, value):
            return _map_freezer(type_, key, value, instance)
        case _:
            return _scalar_freezer(type_, instance)


def _scalar_freezer(type_: Type, instance: Instance) -> Callable[[Any, Any], Any]:
    if isinstance(type_, IntType):
        low, high = instance.interval(type_)

        def freeze_int(value: Any, _: Any) -> Any:
            if type(value) is not int:
                raise TypeError
            if not low <= value <= high:
                raise Misfit(
                    f"would become {spelled(value)}, outside of Range({low}, {high})",
                    "widen the range, or add a require",
                )
            return value

        return freeze_int
    contained = membership(type_, instance)

    def freeze(value: Any, before: Any) -> Any:
        if value is not before and not contained(value):
            raise Misfit(f"is a {type_}, it cannot be {spelled(value)}")
        return value

    return freeze


def _set_freezer(element: Type, instance: Instance) -> Callable[[Any, Any], Any]:
    contained = membership(element, instance)

    def freeze(value: Any, before: Any) -> Any:
        if not isinstance(value, set | frozenset):
            raise TypeError
        for item in value.difference(before or ()):
            if not contained(item):
                raise Misfit(f"is a set of {element}, it cannot hold {spelled(item)}")
        return frozenset(value)

    return freeze


def _demand_room(type_: Type, size: int, bound: int) -> None:
    if size > bound:
        raise Misfit(f"is a {type_}, it would hold {size} elements", "raise the bound, or add a require")


def _seq_freezer(type_: Type, element: Type, bound: int, instance: Instance) -> Callable[[Any, Any], Any]:
    contained = membership(element, instance)

    def freeze(value: Any, _: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise TypeError
        _demand_room(type_, len(value), bound)
        for item in value:
            if not contained(item):
                raise Misfit(f"is a {type_}, it cannot hold {spelled(item)}")
        return tuple(value)

    return freeze


def _bag_freezer(type_: Type, element: Type, bound: int, instance: Instance) -> Callable[[Any, Any], Any]:
    contained = membership(element, instance)

    def freeze(value: Any, _: Any) -> Any:
        if not isinstance(value, Bag):
            raise TypeError
        _demand_room(type_, len(value), bound)
        for item in value:
            if not contained(item):
                raise Misfit(f"is a {type_}, it cannot hold {spelled(item)}")
        return frozenset(value.counts.items())

    return freeze


def _map_freezer(type_: Type, key: Type, value: Type, instance: Instance) -> Callable[[Any, Any], Any]:
    keys, inner = instance.universe(key), freezer(value, instance)

    def freeze(thawed: Any, before: Any) -> Any:
        if len(thawed) != len(keys):
            extra = [k for k in thawed if k not in keys]
            if extra:
                raise Misfit(f"is a {type_}, it has no key {spelled(extra[0])}")
            missing = next(k for k in keys if k not in thawed)
            raise Misfit(
                f"is a {type_}, it has no value for {spelled(missing)}", "a map is total: give every key a value"
            )
        old = before or (None,) * len(keys)
        return tuple([inner(thawed[k], b) for k, b in zip(keys, old, strict=True)])

    return freeze


def membership(type_: Type, instance: Instance) -> Callable[[Any], bool]:
    """Return the test whether a value is of a scalar type, in this instance."""
    universe = instance.universe(type_)
    exact = {(type(value), value) for value in universe}
    return lambda value: (type(value), value) in exact
