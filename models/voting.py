"""Voting: acceptors that choose a value in numbered ballots, and see each other's votes.

What is modelled
    The algorithm underneath Paxos, without messages. An acceptor votes for a value in a ballot only if the
    promises and votes of a quorum show that no other value has been or ever will be chosen in an earlier
    ballot. It implements `consensus`, and `paxos` implements it.
Faults
    Any acceptor may stop for good at any time: a quorum is enough to go on.
Source
    Lamport's TLA+ module Voting in the TLA+ Examples, Paxos.
Counts
    Up to symmetry, 77 states (451 generated, depth 11) for 3 acceptors, 2 ballots and 2 values, as the TLA+
    Examples state for MCVoting.
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Map,
    Model,
    Order,
    QuorumSystem,
    Set,
    Sort,
    Violates,
    action,
    axiom,
    everywhere,
    implies,
    invariant,
    lemma,
    reachable,
    record,
    refines,
    require,
    step_invariant,
    terminal,
)
from assay.models.consensus import Consensus, Value

__all__ = ["Acceptor", "Ballot", "Quorum", "Vote", "VotesWithoutLooking", "Voting", "joined", "left"]


class Acceptor(Sort):
    """A process that votes."""


class Ballot(Order):
    """A ballot number. An acceptor only ever moves to a higher one."""


class Quorum(QuorumSystem[Acceptor]):
    """Acceptors whose votes are enough to choose a value."""


@record
class Vote:
    """A vote of an acceptor for a value in a ballot."""

    acceptor: Acceptor
    ballot: Ballot
    value: Value


def joined(promised: Ballot | None, ballot: Ballot) -> bool:
    """Whether an acceptor with this promise has joined the ballot or a later one."""
    return promised is not None and ballot <= promised


def left(promised: Ballot | None, ballot: Ballot) -> bool:
    """Whether an acceptor with this promise has left the ballot for a later one, and will not vote in it any more."""
    return promised is not None and ballot < promised


class Voting(Model):
    """Acceptors that see each other's votes choose at most one value."""

    default = {"Acceptor": 3, "Ballot": 2, "Value": 2}
    smoke = {"Acceptor": 2}
    deep = {"Ballot": 3}

    promised: Map[Acceptor, Ballot | None] = everywhere(None)
    votes: Set[Vote]

    @axiom
    def quorums_meet(self) -> bool:
        """Any two quorums have an acceptor in common."""
        return all(any(a in r for a in q) for q in Quorum for r in Quorum)

    def is_chosen(self, ballot: Ballot, value: Value) -> bool:
        """Whether a quorum has voted for the value in the ballot."""
        return any(all(Vote(a, ballot, value) in self.votes for a in q) for q in Quorum)

    def shows_safe(self, quorum: Quorum, ballot: Ballot, value: Value) -> bool:
        """Whether the quorum has joined the ballot, and its last earlier vote, if any, is for the value."""
        earlier = {vote for vote in self.votes if vote.acceptor in quorum and vote.ballot < ballot}
        return all(joined(self.promised[a], ballot) for a in quorum) and (
            not earlier
            or any(last.value == value and all(vote.ballot <= last.ballot for vote in earlier) for last in earlier)
        )

    @action
    def promise(self, acceptor: Acceptor, ballot: Ballot) -> None:
        """An acceptor joins a ballot, and votes in no lower one from then on."""
        require(not joined(self.promised[acceptor], ballot))
        self.promised[acceptor] = ballot

    @action
    def vote(self, acceptor: Acceptor, ballot: Ballot, value: Value) -> None:
        """An acceptor votes for a value that no earlier ballot can contradict."""
        require(not left(self.promised[acceptor], ballot))
        require(all(Vote(acceptor, ballot, v) not in self.votes for v in Value))
        require(all(vote.value == value for vote in self.votes if vote.ballot == ballot))
        require(any(self.shows_safe(q, ballot, value) for q in Quorum))
        self.votes.add(Vote(acceptor, ballot, value))
        self.promised[acceptor] = ballot

    @invariant
    def agreement(self, b: Ballot, v: Value, c: Ballot, w: Value) -> bool:
        """At most one value is chosen, in whichever ballots."""
        return v == w or not (self.is_chosen(b, v) and self.is_chosen(c, w))

    @lemma
    def one_value_per_ballot(self) -> bool:
        """All votes in a ballot are for one value."""
        return all(implies(x.ballot == y.ballot, x.value == y.value) for x in self.votes for y in self.votes)

    @lemma
    def votes_are_safe(self, quorum: Quorum, b: Ballot, other: Value) -> bool:
        """In ballots below a vote, no quorum has voted, or can still vote, for another value."""
        return all(
            any(left(self.promised[a], b) and Vote(a, b, other) not in self.votes for a in quorum)
            for vote in self.votes
            if b < vote.ballot and vote.value != other
        )

    @step_invariant
    def choice_is_final(self, after: Self, ballot: Ballot, value: Value) -> bool:
        """A value that is chosen in a ballot stays chosen in it."""
        return implies(self.is_chosen(ballot, value), after.is_chosen(ballot, value))

    @refines(Consensus)
    def implements_consensus(self) -> dict[str, object]:
        """The values that quorums have voted for are chosen as `Consensus` allows: at most one, for good."""
        return {"chosen": {v for v in Value if any(self.is_chosen(b, v) for b in Ballot)}}

    @reachable
    def chosen_again_later(self, first: Ballot, later: Ballot, value: Value) -> bool:
        """A value is chosen in two ballots: the later one could choose no other."""
        return first < later and self.is_chosen(first, value) and self.is_chosen(later, value)

    @terminal
    def out_of_ballots(self) -> bool:
        """A finite instance ends when the acceptors have reached its last ballot."""
        return all(joined(self.promised[a], b) for a in Acceptor for b in Ballot)


class VotesWithoutLooking(Voting):
    """Broken: an acceptor votes in a new ballot for any value, whatever was voted for in earlier ones."""

    expected = Violates("agreement")

    @action
    def vote(self, acceptor: Acceptor, ballot: Ballot, value: Value) -> None:
        """An acceptor votes for a value, whatever was chosen in earlier ballots."""
        require(not left(self.promised[acceptor], ballot))
        require(all(Vote(acceptor, ballot, v) not in self.votes for v in Value))
        require(all(vote.value == value for vote in self.votes if vote.ballot == ballot))
        self.votes.add(Vote(acceptor, ballot, value))
        self.promised[acceptor] = ballot
