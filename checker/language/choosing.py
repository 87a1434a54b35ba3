"""``choose``: a choice that an action makes while it runs, in every possible way.

CPython runs an action once for each way to choose. Its choices are on a *tape*: the first run takes the first option of
each choice that it comes to, and each later run differs from the previous one in the last choice that has an option
left. This is a depth-first search of the tree of choices.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from assay.checker.errors import ModelError
from assay.checker.immutable import immutable
from assay.checker.language.model import Disabled

__all__ = ["Picked", "Tape", "choose", "each_way", "each_way_told", "pick", "picked"]

T = TypeVar("T")
R = TypeVar("R")


@immutable
class Picked:
    """A choice that a run of an action made, and the file and line in the model's code where it did."""

    value: Any
    path: str
    line: int


class Tape:
    """The choices of one run of an action: first those it is given, then the first option each time.

    Attributes
    ----------
    taken : list of (int, int)
        For each choice so far, the option that was taken and the number of options.
    picked : list of Picked
        The values that were taken, in the same order.
    """

    def __init__(self, told: Sequence[int] = ()) -> None:
        self._told = told
        self.taken: list[tuple[int, int]] = []
        self.picked: list[Picked] = []

    def take(self, count: int) -> int:
        """Return the index of the option to take, given the number of options."""
        position = len(self.taken)
        index = self._told[position] if position < len(self._told) else 0
        self.taken.append((index, count))
        return index

    def following(self) -> list[int] | None:
        """Return the choices to give to the next run; None after the last."""
        left = list(self.taken)
        while left and left[-1][0] + 1 == left[-1][1]:
            left.pop()
        return [index for index, _ in left[:-1]] + [left[-1][0] + 1] if left else None


_tape: ContextVar[Tape | None] = ContextVar("assay_tape", default=None)


def each_way(run: Callable[[], R]) -> Iterator[R]:
    """Yield what a run returns, for every way to choose in it."""
    return (result for result, _ in each_way_told(run))


def each_way_told(run: Callable[[], R]) -> Iterator[tuple[R, Sequence[Picked]]]:
    """Yield what a run returns, together with its choices, for every way to choose in it."""
    told: list[int] | None = []
    while told is not None:
        tape = Tape(told)
        with _recording(tape):
            result = run()
        yield result, tape.picked
        told = tape.following()


@contextmanager
def _recording(tape: Tape) -> Iterator[None]:
    token = _tape.set(tape)
    try:
        yield
    finally:
        _tape.reset(token)


def picked() -> Sequence[Picked]:
    """Return the choices that the running action has made so far."""
    tape = _tape.get()
    return () if tape is None else tuple(tape.picked)


def pick(options: Sequence[T], read: Callable[[T], T] = lambda value: value) -> T:
    """Return one of the options, each in a run of its own; without options, the run is disabled.

    Parameters
    ----------
    options : sequence
        The options, in a fixed order.
    read : callable
        From an option to the value that the model's code gets.
    """
    tape = _tape.get()
    if tape is None:
        raise ModelError("choose has no meaning outside of an action", help="quantify: any(... for q in Quorum)")
    if not options:
        raise Disabled
    # Two frames up is the model's code, past the function of the language that it called.
    value, caller = read(options[tape.take(len(options))]), sys._getframe(2)
    tape.picked.append(Picked(value, caller.f_code.co_filename, caller.f_lineno))
    return value


def choose(options: Iterable[T]) -> T:
    """Return one of the options: the action happens for each of them, and is disabled if there is none.

    ``quorum = choose(q for q in Quorum if all(a in self.heard for a in q))``.
    """
    # The order of a set differs between processes, and with it the exploration would; so options are sorted by name.
    return pick(sorted(dict.fromkeys(options), key=_name))


def _name(value: Any) -> str:
    return repr(value)
