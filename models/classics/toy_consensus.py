"""Toy consensus: one round of votes, in which a value with the votes of a quorum is decided.

What is modelled
    Each node votes at most once. There is only one round, so a split vote never decides anything: what
    is missing from a real consensus protocol is a way to try again.
Faults
    Any node may stop for good at any time: a quorum is enough. Votes may be counted late and repeatedly.
Source
    The toy consensus of the Ivy and mypyvy suites; its quorums are as in Padon, Losa, Sagiv, Shoham,
    *Paxos Made EPR* (2017).
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Model,
    QuorumSystem,
    Set,
    Sort,
    Violates,
    action,
    axiom,
    implies,
    invariant,
    lemma,
    reachable,
    record,
    require,
    step_invariant,
    terminal,
)
from assay.models.consensus import Value

__all__ = ["Node", "Quorum", "ToyConsensus", "ToyConsensusVotingTwice", "ToyConsensusWithHalfQuorums", "Vote"]


class Node(Sort):
    """A process that votes."""


class Quorum(QuorumSystem[Node]):
    """Nodes whose votes are enough to decide."""


@record
class Vote:
    """A vote of a node for a value."""

    node: Node
    value: Value


class ToyConsensus(Model):
    """One round of votes decides on at most one value."""

    default = {"Node": 3, "Value": 2}
    smoke = {"Node": 2}
    deep = {"Node": 5}

    votes: Set[Vote]
    decided: Set[Value]

    @axiom
    def quorums_meet(self) -> bool:
        """Any two quorums have a node in common."""
        return all(any(n in r for n in q) for q in Quorum for r in Quorum)

    def is_supported(self, value: Value) -> bool:
        """Whether a quorum has voted for the value."""
        return any(all(Vote(n, value) in self.votes for n in q) for q in Quorum)

    @action
    def vote(self, node: Node, value: Value) -> None:
        """A node votes for a value, unless it has voted."""
        require(all(Vote(node, v) not in self.votes for v in Value))
        self.votes.add(Vote(node, value))

    @action
    def decide(self, value: Value, quorum: Quorum) -> None:
        """A value has the votes of a quorum, and is decided."""
        require(all(Vote(n, value) in self.votes for n in quorum))
        self.decided.add(value)

    @invariant
    def agreement(self) -> bool:
        """At most one value is decided."""
        return all(v == w for v in self.decided for w in self.decided)

    @step_invariant
    def decision_is_final(self, after: Self) -> bool:
        """A decision stays."""
        return all(v in after.decided for v in self.decided)

    @lemma
    def one_vote_per_node(self) -> bool:
        """No node votes for two values."""
        return all(implies(v.node == w.node, v.value == w.value) for v in self.votes for w in self.votes)

    @lemma
    def decisions_are_supported(self) -> bool:
        """A decided value has the votes of a quorum."""
        return all(self.is_supported(v) for v in self.decided)

    @reachable
    def any_value_can_be_decided(self, value: Value) -> bool:
        return value in self.decided

    @terminal
    def all_have_voted(self) -> bool:
        """The vote is over, and may be split."""
        return all(any(Vote(n, v) in self.votes for v in Value) for n in Node)


class ToyConsensusVotingTwice(ToyConsensus):
    """Broken: a node that is asked again votes again, perhaps for another value."""

    expected = Violates("agreement")
    smoke = {}
    deep = {}

    @action
    def vote(self, node: Node, value: Value) -> None:
        """A node votes for any value, whether or not it has voted."""
        self.votes.add(Vote(node, value))


class ToyConsensusWithHalfQuorums(ToyConsensus):
    """Broken: half of the nodes are a quorum. If their number is even, two quorums need not meet."""

    expected = Violates("agreement")
    default = {"Node": 4, "Quorum": 2, "Value": 2}
    smoke = {"Node": 2, "Quorum": 1}
    deep = {}

    @axiom
    def quorums_meet(self) -> bool:
        """They need not: without counting, all that is known of halves is that they are not empty."""
        return all(any(n in q for n in Node) for q in Quorum)
