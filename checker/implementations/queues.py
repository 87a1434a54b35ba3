"""Immutable queues that pop from the front and append at the back in constant time.

With tens of thousands of messages on one channel, each world has a queue of its own; as tuples these would take
quadratic time and memory.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from itertools import chain, repeat
from typing import Generic, TypeVar

__all__ = ["Queue"]

T = TypeVar("T", bound=Hashable)

_PRIME = (1 << 61) - 1
"""The modulus of CPython's own hashes of numbers, so that a hash of a queue is one of Python's."""

_BASE = 0x0F3A_5D1B_96C7_E24B % _PRIME
"""The base of hashes of queues, which are polynomials: they are updated when an item is added or removed (Rabin and
Karp, 1987). Any number without pattern will do: equal hashes are only a reason to compare the items."""


class Queue(Generic[T]):
    """An immutable queue; two queues are equal if they hold equal items in the same order.

    Parameters
    ----------
    things : iterable
        The items.

    Notes
    -----
    A queue is a section of a list that it shares with the queues it was made from. `followed_by` appends to that list
    if no other queue has done so yet, and copies its section otherwise. Equality compares items only if the hashes are
    equal.
    """

    __slots__ = ("_end", "_hash", "_more", "_shared", "_start")

    def __init__(self, things: Iterable[T] = ()) -> None:
        shared = list(things)
        self._set(shared, 0, len(shared), 0, _extended(0, shared))

    def _set(self, shared: list[T], start: int, end: int, more: int, hash_: int) -> Queue[T]:
        self._shared, self._start, self._end = shared, start, end
        self._more = more  # additional copies of the first item
        self._hash = hash_
        return self

    @staticmethod
    def _made(shared: list[T], start: int, end: int, more: int, hash_: int) -> Queue[T]:
        new: Queue[T] = Queue.__new__(Queue)
        return new._set(shared, start, end, more, hash_)

    @property
    def first(self) -> T:
        """The first item; the queue must not be empty."""
        return self._shared[self._start]

    def rest(self) -> Queue[T]:
        """Return the queue without its first item; it must not be empty."""
        hash_ = (self._hash - hash(self.first) * pow(_BASE, len(self) - 1, _PRIME)) % _PRIME
        if self._more:
            return self._made(self._shared, self._start, self._end, self._more - 1, hash_)
        return self._made(self._shared, self._start + 1, self._end, 0, hash_)

    def with_first_twice(self) -> Queue[T]:
        """Return the queue with its first item duplicated; it must not be empty."""
        hash_ = (self._hash + hash(self.first) * pow(_BASE, len(self), _PRIME)) % _PRIME
        return self._made(self._shared, self._start, self._end, self._more + 1, hash_)

    def followed_by(self, things: Iterable[T]) -> Queue[T]:
        """Return the queue with items appended."""
        new = list(things)
        shared, start = self._shared, self._start
        if len(shared) != self._end:
            shared, start = shared[start : self._end], 0
        shared.extend(new)
        return self._made(
            shared, start, start + len(self) - self._more + len(new), self._more, _extended(self._hash, new)
        )

    def __len__(self) -> int:
        return self._more + self._end - self._start

    def __iter__(self) -> Iterator[T]:
        there = self._shared[self._start : self._end]
        return chain(repeat(there[0], self._more), there) if self._more else iter(there)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Queue):
            return NotImplemented
        if self._hash != other._hash or len(self) != len(other):
            return False
        is_same = self._shared is other._shared and (self._end, self._more) == (other._end, other._more)
        return is_same or list(self) == list(other)

    def __repr__(self) -> str:
        return f"Queue({list(self)!r})"


def _extended(hash_: int, things: Iterable[object]) -> int:
    for thing in things:
        hash_ = (hash_ * _BASE + hash(thing)) % _PRIME
    return hash_
