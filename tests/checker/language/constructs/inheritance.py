"""Helpers that call what they replace, about the state before and after a step."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from typing import Self

from assay.checker.language import *
from shared import Node


def twice(state: Grounds, n: Node) -> bool:
    return state.is_up(n) and state.is_up(n)


class Grounds(Model):
    default = {"Node": 2}
    started: bool = False
    up: Set[Node]

    def is_idle(self) -> bool:
        return not self.started

    def is_up(self, n: Node) -> bool:
        return n in self.up

    @staticmethod
    def chosen(flag: bool) -> bool:
        return not flag

    @property
    def quiet(self) -> bool:
        return not self.up

    def raise_flag(self, n: Node) -> None:
        self.up.add(n)

    @action
    def start(self, n: Node) -> None:
        self.started = True
        self.raise_flag(n)

    @action
    def stop(self, n: Node) -> None:
        require(self.is_up(n))
        self.up.discard(n)

    @invariant
    def idle_if_quiet(self) -> bool:
        return self.chosen(self.started) or self.is_idle()

    @step_invariant
    def grows(self, after: Self) -> bool:
        return self.is_idle() or not after.is_idle()


class Middle(Grounds):
    def is_idle(self) -> bool:
        return super().is_idle()

    def raise_flag(self, n: Node) -> None:
        super().raise_flag(n)

    @staticmethod
    def chosen(flag: bool) -> bool:
        return flag


class Upstairs(Middle):
    def is_idle(self) -> bool:
        return self.quiet and super().is_idle()

    def is_up(self, n: Node) -> bool:
        return super().chosen(True) and super().is_up(n)

    @property
    def quiet(self) -> bool:
        return super().chosen(flag=True) and not self.up

    @step_invariant
    def grows(self, after: Self) -> bool:
        return super().grows(after)

    @step_invariant
    def stays_idle(self, after: Self) -> bool:
        return not self.is_idle() or after.is_idle()

    @step_invariant
    def falls(self, after: Self) -> bool:
        return all(not twice(self, n) or twice(after, n) for n in Node)

    @step_invariant
    def turned(self, later: Self) -> bool:
        return super().grows(self) and Grounds.grows(later, self)


class Shared(Upstairs):
    """Takes back what a base of its base says, which goes on from the bases of its own class."""

    is_idle = Middle.is_idle
