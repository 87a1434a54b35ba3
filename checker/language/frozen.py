"""Containers that are part of a value: of a record, a tuple, an optional, or an element of another container.

Such a container never changes, so the value can be compared and hashed. It reads like the container from which it was
made, and operators on it return mutable containers again: ``message.log + [entry]`` is a plain list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn, TypeVar, cast

from assay.checker.errors import ModelError
from assay.checker.language.bags import Bag
from assay.checker.language.types import BagType, MapType, SeqType, SetType, Type

__all__ = ["FrozenBag", "FrozenList", "FrozenMap", "FrozenSet", "counts_in", "entries_in", "frozen", "part_of"]
__all__ += ["whole_of"]

T = TypeVar("T")


def _unchangeable(container: str) -> Callable[..., NoReturn]:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise ModelError(
            f"this {container} is part of a value, which does not change",
            help=f"make a new one, or change a copy of it: {container}(...)",
        )

    return refuse


# They derive from the mutable types that they read like, so that models and Python's own functions accept them.


class FrozenList(list[Any]):
    """A sequence inside a value."""

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenList, (list(self),)  # unpickling a list appends item by item by default, which is refused here

    append = extend = insert = pop = remove = clear = sort = reverse = _unchangeable("list")
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _unchangeable("list")


class FrozenMap(dict[Any, Any]):
    """A map inside a value."""

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenMap, (dict(self),)

    update = pop = popitem = clear = setdefault = _unchangeable("dict")
    __setitem__ = __delitem__ = __ior__ = _unchangeable("dict")


class FrozenSet(frozenset[Any]):
    """A set inside a value. Unlike a plain frozenset's, its operators return mutable sets."""

    __slots__ = ()

    def __or__(self, other: Any) -> Any:
        return set(self) | other

    def __and__(self, other: Any) -> Any:
        return set(self) & other

    def __sub__(self, other: Any) -> Any:
        return set(self) - other

    def union(self, *others: Any) -> Any:
        """Return a set with the elements of all."""
        return set(self).union(*others)

    def intersection(self, *others: Any) -> Any:
        """Return a set with the elements that are in all."""
        return set(self).intersection(*others)

    def difference(self, *others: Any) -> Any:
        """Return a set with the elements that are in none of the others."""
        return set(self).difference(*others)


class FrozenBag(Bag[Any]):
    """A bag inside a value."""

    __slots__ = ()

    def __init__(self, counts: dict[Any, int]) -> None:
        self.counts = counts

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.counts.items()))

    add = remove = clear = _unchangeable("Bag")


def frozen(value: T) -> T:
    """Return a container as it is now, in the form that can be part of a value: of a tuple, or of a set.

    The containers in it are frozen, too. Any other value is returned as it is. The fields of records are frozen
    without a call.
    """
    return cast("T", _frozen(value))


def _frozen(value: Any) -> Any:
    match value:
        case FrozenList() | FrozenSet() | FrozenMap() | FrozenBag():
            return value
        case tuple():
            return tuple(map(_frozen, value))
        case list():
            return FrozenList(map(_frozen, value))
        case set() | frozenset():
            return FrozenSet(map(_frozen, value))
        case dict():
            return FrozenMap((key, _frozen(entry)) for key, entry in value.items())
        case Bag():
            return FrozenBag({_frozen(item): count for item, count in value.counts.items()})
        case _:
            return value


def entries_in(keys: Sequence[Any], value: Any) -> Iterable[tuple[Any, Any]]:
    """Pair the keys of a map with its entries: those of a variable, in their order, or of a map inside a value."""
    return [(key, value[key]) for key in keys] if isinstance(value, dict) else list(zip(keys, value, strict=True))


def counts_in(value: Any) -> Mapping[Any, int]:
    """Return how often each element is in a bag: that of a variable, as pairs, or one inside a value."""
    return value.counts if isinstance(value, Bag) else dict(value)


def part_of(type_: Type, value: Any, keys: Callable[[Type], Iterator[Any] | Sequence[Any]]) -> Any:
    """Convert the frozen value of a variable to the form that it has inside another value."""
    match type_:
        case SetType():
            return FrozenSet(value)
        case SeqType():
            return FrozenList(value)
        case BagType():
            return FrozenBag(dict(counts_in(value)))
        case MapType(key, entry):
            return FrozenMap((k, part_of(entry, v, keys)) for k, v in entries_in(tuple(keys(key)), value))
        case _:
            return value


def whole_of(type_: Type, value: Any, keys: Callable[[Type], Iterator[Any] | Sequence[Any]]) -> Any:
    """Convert a value to the form that a variable has; the inverse of `part_of`."""
    match type_:
        case SetType():
            return frozenset(value)
        case SeqType():
            return tuple(value)
        case BagType():
            return frozenset(counts_in(value).items())
        case MapType(key, entry):
            return tuple(whole_of(entry, v, keys) for _, v in entries_in(tuple(keys(key)), value))
        case _:
            return value
