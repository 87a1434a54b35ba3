"""Consensus: what it means to choose a value, without saying how.

What is modelled
    The set of chosen values, which grows from nothing to one value, once. This is what `voting` and
    `paxos` implement; it has no processes, so no faults either.
Source
    Lamport's TLA+ module Consensus, the most abstract of the three in the TLA+ Examples, Paxos.
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Model,
    Set,
    Sort,
    Violates,
    action,
    invariant,
    reachable,
    require,
    step_invariant,
    terminal,
)

__all__ = ["ChoosesTwice", "Consensus", "Value"]


class Value(Sort):
    """A value that can be chosen."""


class Consensus(Model):
    """At most one value is ever chosen."""

    default = {"Value": 3}
    smoke = {"Value": 2}
    deep = {"Value": 8}

    chosen: Set[Value]

    @action
    def choose(self, value: Value) -> None:
        """Choose a value, if none is chosen."""
        require(not self.chosen)
        self.chosen.add(value)

    @invariant
    def agreement(self) -> bool:
        """At most one value is chosen."""
        return all(v == w for v in self.chosen for w in self.chosen)

    @step_invariant
    def choice_is_final(self, after: Self) -> bool:
        return all(v in after.chosen for v in self.chosen)

    @reachable
    def any_value_can_be_chosen(self, value: Value) -> bool:
        return value in self.chosen

    @terminal
    def has_chosen(self) -> bool:
        return any(v in self.chosen for v in Value)


class ChoosesTwice(Consensus):
    """Broken: whoever comes chooses, without looking whether somebody has."""

    expected = Violates("agreement")

    @action
    def choose(self, value: Value) -> None:
        """Choose a value, whether or not one is chosen."""
        self.chosen.add(value)
