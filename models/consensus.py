"""Consensus: at most one value is chosen, whatever protocol chooses it.

What is modelled
    The set of chosen values. It is empty at first, and gets one value, once. This is a specification, which
    `voting` and `paxos` implement; it has no processes, and so no faults.
Source
    Lamport's TLA+ module Consensus, the most abstract of the three in the TLA+ Examples, Paxos.
Counts
    From every state that satisfies the invariant, as MCConsensus starts: 4 states (7 generated, depth 1) for
    3 values.
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
        """Choose a value, unless one is chosen."""
        require(not self.chosen)
        self.chosen.add(value)

    @invariant
    def agreement(self) -> bool:
        """At most one value is chosen."""
        return all(v == w for v in self.chosen for w in self.chosen)

    @step_invariant
    def choice_is_final(self, after: Self) -> bool:
        """A value that is chosen stays chosen."""
        return all(v in after.chosen for v in self.chosen)

    @reachable
    def any_value_can_be_chosen(self, value: Value) -> bool:
        return value in self.chosen

    @terminal
    def has_chosen(self) -> bool:
        return any(v in self.chosen for v in Value)


class ChoosesTwice(Consensus):
    """Broken: a value is chosen without looking whether one has been."""

    expected = Violates("agreement")

    @action
    def choose(self, value: Value) -> None:
        """Choose a value, whether or not one is chosen."""
        self.chosen.add(value)
