"""Freeze the values of variables, so that explorers can hash them, and thaw them, so that models can change them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from assay.checker.language.bags import Bag
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.membership import excess, membership
from assay.checker.language.frozen import frozen
from assay.checker.language.inhabitants import origin_of
from assay.checker.language.types import (
    NATURAL,
    BagType,
    IntType,
    MapType,
    SeqType,
    SetType,
    Type,
    is_container,
    subtypes,
)
from assay.checker.wording import spelled

__all__ = ["NOTHING", "IllTypedError", "freezer", "thawer"]


NOTHING = object()
"""Stands for the previous value of a variable that had none."""


class IllTypedError(Exception):
    """A value that its variable cannot hold; the message follows the variable's name."""

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
    """Return the function from a thawed value, and the frozen one before it, to the new frozen one.

    The previous value was checked when it was frozen, so only new elements are checked against the type.
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


def _beyond(type_: IntType, value: int) -> str:
    """Return, in words, why a number does not fit a type without declared bounds."""
    if value < 0 and type_ == NATURAL:
        return "which is less than 0"
    return "more than an instance holds: an int is less than 2**60 in a check, and any in a proof"


def _scalar_freezer(type_: Type, instance: Instance) -> Callable[[Any, Any], Any]:
    if isinstance(type_, IntType):
        low, high = instance.interval(type_)

        def freeze_int(value: Any, _: Any) -> Any:
            if type(value) is not int:  # not by isinstance: True would pass as a number
                raise TypeError
            if not low <= value <= high and type_.is_unbounded:
                raise IllTypedError(f"would become {spelled(value)}, {_beyond(type_, value)}", "add a require")
            if not low <= value <= high:
                raise IllTypedError(
                    f"would become {spelled(value)}, outside of Range({low}, {high})",
                    "widen the range, or add a require",
                )
            return value

        return freeze_int
    contained = membership(type_, instance)
    holds_containers = any(map(is_container, subtypes(type_)))

    def freeze(value: Any, before: Any) -> Any:
        if value is before:
            return value
        kept = frozen(value) if holds_containers else value
        if not contained(kept):
            raise _ill_typed(f"is a {type_}, it cannot be", type_, kept, instance)
        return kept

    return freeze


def _ill_typed(message: str, type_: Type, value: Any, instance: Instance) -> IllTypedError:
    """Return the error for a value that is not of its type."""
    why = excess(type_, value, instance)
    return IllTypedError(
        f"{message} {spelled(value)}{f': {why}' if why else ''}",
        "widen the bound, or add a require" if why else origin_of(type_),
    )


def _set_freezer(element: Type, instance: Instance) -> Callable[[Any, Any], Any]:
    contained = membership(element, instance)

    def freeze(value: Any, before: Any) -> Any:
        if not isinstance(value, set | frozenset):
            raise TypeError
        new = value.difference(before if isinstance(before, frozenset) else ())
        if not all(map(contained, new)):
            _held(new, contained, f"a set of {element}", element, instance)
            return frozenset(map(frozen, value))
        return frozenset(value)

    return freeze


def _held(
    items: Iterable[Any], contained: Callable[[Any], bool], holder: str, element: Type, instance: Instance
) -> list[Any]:
    """Return the elements of a container in the form that values have, or refuse one that is not of its type.

    A plain frozenset is equal to the set inside a value for which it stands, but is not of that form.
    """
    held = list(map(frozen, items))
    for item in held:
        if not contained(item):
            raise _ill_typed(f"is {holder}, it cannot hold", element, item, instance)
    return held


def _demand_room(type_: Type, size: int, bound: int) -> None:
    if size > bound:
        raise IllTypedError(f"is a {type_}, it would hold {size} elements", "raise the bound, or add a require")


def _seq_freezer(type_: Type, element: Type, bound: int, instance: Instance) -> Callable[[Any, Any], Any]:
    contained = membership(element, instance)

    def freeze(value: Any, _: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise TypeError
        _demand_room(type_, len(value), bound)
        if not all(map(contained, value)):
            return tuple(_held(value, contained, f"a {type_}", element, instance))
        return tuple(value)

    return freeze


def _bag_freezer(type_: Type, element: Type, bound: int, instance: Instance) -> Callable[[Any, Any], Any]:
    contained = membership(element, instance)

    def freeze(value: Any, _: Any) -> Any:
        if not isinstance(value, Bag):
            raise TypeError
        _demand_room(type_, len(value), bound)
        if not all(map(contained, value.counts)):
            held = _held(value.counts, contained, f"a {type_}", element, instance)
            return frozenset(zip(held, value.counts.values(), strict=True))
        return frozenset(value.counts.items())

    return freeze


def _map_freezer(type_: Type, key: Type, value: Type, instance: Instance) -> Callable[[Any, Any], Any]:
    keys, inner = instance.universe(key), freezer(value, instance)

    def freeze(thawed: Any, before: Any) -> Any:
        if len(thawed) != len(keys):
            extra = [k for k in thawed if k not in keys]
            if extra:
                raise IllTypedError(
                    f"is a {type_}, it has no key {spelled(extra[0])}",
                    "ask `in` first; a map has the keys of its type only",
                )
            missing = next(k for k in keys if k not in thawed)
            raise IllTypedError(
                f"is a {type_}, it has no value for {spelled(missing)}", "a map is total: give every key a value"
            )
        old = before if isinstance(before, tuple) else (NOTHING,) * len(keys)
        return tuple([inner(thawed[k], b) for k, b in zip(keys, old, strict=True)])

    return freeze
