"""Loops over lists that are written out: they have the order in which they are written, and may be left early."""

# ruff: noqa

from __future__ import annotations

from enum import Enum
from typing import Annotated

from assay.checker.language import *


class Color(Enum):
    RED, GREEN, BLUE = range(3)


LATER = (Color.GREEN, Color.RED, Color.BLUE)


class WrittenOut(Model):
    """Each action depends on the order of a list."""

    default = {}
    check_deadlock = False
    number: Annotated[int, Range(0, 99)] = 0
    done: Map[Color, bool]
    last: Color | None

    @action
    def turn(self, c: Color) -> None:
        self.done[c] = not self.done[c]

    @action
    def first_done(self) -> None:
        for c in [Color.BLUE, Color.RED, Color.GREEN]:
            if self.done[c]:
                self.last = c
                break
            self.number = 7

    @action
    def until_done(self) -> None:
        self.last = None
        for c in LATER:
            self.last = c
            if self.done[c]:
                return

    @action
    def digits(self) -> None:
        read = 0
        for k in [3, 1, 2]:
            read = read * 4 + k
            if read > 10 and self.done[Color.RED]:
                break
        self.number = read

    @action
    def searches(self) -> None:
        require(any(self.done[c] for c in [Color.RED, Color.GREEN]))
        self.last = next((c for c in [Color.GREEN, Color.RED] if self.done[c]), None)

    @invariant
    def read_from_the_left(self) -> bool:
        return self.number in {0, 7, 13, 54}
