"""Thaw frozen values: make new, mutable ones, whose dicts and sets are filled in a chosen order.

A handler whose outcome depends on the order in which a set is iterated does something else in the next process. It is
found by thawing its arguments in different orders (`Order`).
"""

from __future__ import annotations

import enum
import re
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from assay.impl.node.freezing import FORMS, Frozen, freeze, freeze_frozenset, freeze_set, rank
from assay.impl.node.literals import LITERALS, flag_of

__all__ = ["Order", "thaw", "words"]


class Order(enum.Enum):
    """The order in which thawed dicts and sets are filled."""

    CANONICAL = "smallest first"
    REVERSED = "greatest first"
    ROTATED = "second first, smallest last"
    SHOWN = "smallest first, also where a set is written out"

    def arrange(self, items: Iterable[Any], key: Callable[[Any], Any]) -> list[Any]:
        """Return the items in this order."""
        arranged = sorted(items, key=key)
        if self is Order.REVERSED:
            arranged.reverse()
        elif self is Order.ROTATED:
            arranged = arranged[1:] + arranged[:1]
        return arranged


def _rank_of_value(value: object) -> tuple[Any, ...]:
    return rank(freeze(value))


class _ArrangedSet(set[Any]):
    """A set with a fixed order of iteration."""

    order = Order.CANONICAL

    def __iter__(self) -> Iterator[Any]:
        return iter(self.order.arrange(set.__iter__(self), _rank_of_value))

    def pop(self) -> Any:
        for item in self:
            self.discard(item)
            return item
        return set.pop(self)


class _ArrangedFrozenSet(frozenset[Any]):
    """A frozenset with a fixed order of iteration."""

    order = Order.CANONICAL

    def __iter__(self) -> Iterator[Any]:
        return iter(self.order.arrange(frozenset.__iter__(self), _rank_of_value))


class _ReversedSet(_ArrangedSet):
    order = Order.REVERSED


class _RotatedSet(_ArrangedSet):
    order = Order.ROTATED


class _ReversedFrozenSet(_ArrangedFrozenSet):
    order = Order.REVERSED


class _RotatedFrozenSet(_ArrangedFrozenSet):
    order = Order.ROTATED


class _ShownSet(_ArrangedSet):
    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self))}}}" if self else "set()"


class _ShownFrozenSet(_ArrangedFrozenSet):
    def __repr__(self) -> str:
        return f"frozenset({{{', '.join(map(repr, self))}}})" if self else "frozenset()"


_SETS: dict[tuple[type[Any], Order], type[Any]] = {
    (set, Order.CANONICAL): set,
    (set, Order.REVERSED): _ReversedSet,
    (set, Order.ROTATED): _RotatedSet,
    (set, Order.SHOWN): _ShownSet,
    (frozenset, Order.CANONICAL): frozenset,
    (frozenset, Order.REVERSED): _ReversedFrozenSet,
    (frozenset, Order.ROTATED): _RotatedFrozenSet,
    (frozenset, Order.SHOWN): _ShownFrozenSet,
}
FORMS.update({cls: freeze_set for (kind, _), cls in _SETS.items() if kind is set})
FORMS.update({cls: freeze_frozenset for (kind, _), cls in _SETS.items() if kind is frozenset})


def thaw(frozen: Frozen, order: Order = Order.CANONICAL) -> Any:
    """Return a new value with the given frozen form, its dicts and sets filled in the given order."""
    if not isinstance(frozen, tuple):
        return frozen
    cls, rest = frozen[0], frozen[1:]
    form = _THAWED.get(cls)
    if form is not None:
        return form(rest, order)
    if cls in LITERALS:
        return LITERALS[cls][1](*rest)
    if issubclass(cls, enum.Enum):
        return flag_of(cls, rest[0])
    if issubclass(cls, tuple):
        return cls(*(thaw(part, order) for part in rest))
    return _thaw_object(cls, rest, order)


def words(frozen: Frozen) -> str:
    """Return the `repr` of a value, with its sets sorted, so that the text is the same in every process.

    An object without a `__repr__` of its own is shown as its class with its attributes. If a user's `__repr__` raises,
    as that of another release may, only the class is shown.
    """
    value = thaw(frozen, Order.SHOWN)
    own: object = type(value).__repr__
    if own is object.__repr__ and isinstance(frozen, tuple):
        return f"{type(value).__name__}({', '.join(f'{name}={words(part)}' for name, part in frozen[1:])})"
    try:
        written = repr(value)
    except Exception:  # a repr of the user's own
        written = f"a {type(value).__name__}"
    return re.sub(r"<(?:[\w.<>]*\.)?(\w+) object at 0x[0-9a-f]+>", r"\1(...)", written)


def _thaw_object(cls: Any, fields: Iterable[tuple[str, Frozen]], order: Order) -> Any:
    thawed = {name: thaw(part, order) for name, part in fields}
    if hasattr(cls, "__struct_fields__"):  # a msgspec.Struct, which is made in one way only
        return cls(**thawed)
    value = cls.__new__(cls)
    for name, part in thawed.items():
        object.__setattr__(value, name, part)
    return value


def _thaw_dict(cls: Callable[[], Any]) -> Callable[[Any, Order], Any]:
    def form(rest: Any, order: Order) -> Any:
        thawed = cls()
        for key, value in order.arrange(rest[0], rank):
            thawed[thaw(key, order)] = thaw(value, order)
        return thawed

    return form


def _thaw_default_dict(rest: Any, order: Order) -> Any:
    factory = thaw(rest[1], order)
    thawed: defaultdict[Any, Any] = defaultdict(factory)
    thawed.update(_thaw_dict(dict)(rest, order))
    return thawed


def _thaw_set(kind: type[Any]) -> Callable[[Any, Order], Any]:
    return lambda rest, order: _SETS[kind, order](thaw(part, order) for part in order.arrange(rest[0], rank))


_THAWED: dict[Any, Callable[[Any, Order], Any]] = {
    tuple: lambda rest, order: tuple(thaw(part, order) for part in rest),
    list: lambda rest, order: [thaw(part, order) for part in rest],
    deque: lambda rest, order: deque((thaw(part, order) for part in rest[1:]), rest[0]),
    dict: _thaw_dict(dict),
    Counter: _thaw_dict(Counter),
    OrderedDict: lambda rest, order: OrderedDict((thaw(k, order), thaw(v, order)) for k, v in rest),
    defaultdict: _thaw_default_dict,
    set: _thaw_set(set),
    frozenset: _thaw_set(frozenset),
    bytearray: lambda rest, _: bytearray(rest[0]),
    type: lambda rest, _: rest[0],
}
