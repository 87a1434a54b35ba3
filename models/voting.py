"""Voting: acceptors that choose a value in numbered ballots, looking at each other's votes.

What is modelled
    The algorithm under Paxos without its messages. An acceptor votes for a value in a ballot only if a
    quorum's promises and votes show that no other value was or ever will be chosen in an earlier one.
    It implements `consensus`, and `paxos` implements it.
Faults
    Any acceptor may stop for good at any time: nobody waits for all of them, a quorum is enough.
Source
    Lamport's TLA+ module Voting in the TLA+ Examples, Paxos.
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
    """A ballot number. An acceptor moves from lower ones to higher ones, never back."""


class Quorum(QuorumSystem[Acceptor]):
    """Acceptors whose votes are enough to choose a value."""


@record
class Vote:
    """A vote of an acceptor for a value in a ballot."""

    acceptor: Acceptor
    ballot: Ballot
    value: Value


def joined(promised: Ballot | None, ballot: Ballot) -> bool:
    """Whether an acceptor with this promise has come as far as the ballot."""
    return promised is not None and ballot <= promised


def left(promised: Ballot | None, ballot: Ballot) -> bool:
    """Whether an acceptor with this promise has gone beyond the ballot, and will not vote in it any more."""
    return promised is not None and ballot < promised


class Voting(Model):
    """Acceptors that look at each other's votes choose at most one value."""

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
        """Whether the quorum has come to the ballot, and its last vote before it, if any, is for the value."""
        earlier = {vote for vote in self.votes if vote.acceptor in quorum and vote.ballot < ballot}
        return all(joined(self.promised[a], ballot) for a in quorum) and (
            not earlier
            or any(last.value == value and all(vote.ballot <= last.ballot for vote in earlier) for last in earlier)
        )

    @action
    def promise(self, acceptor: Acceptor, ballot: Ballot) -> None:
        """Move on to a ballot: no vote in a lower one any more."""
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
        return all(implies(x.ballot == y.ballot, x.value == y.value) for x in self.votes for y in self.votes)

    @lemma
    def votes_are_safe(self, quorum: Quorum, b: Ballot, other: Value) -> bool:
        """Where a vote was cast, no quorum has voted, or can still vote, for another value in an earlier ballot."""
        return all(
            any(left(self.promised[a], b) and Vote(a, b, other) not in self.votes for a in quorum)
            for vote in self.votes
            if b < vote.ballot and vote.value != other
        )

    @step_invariant
    def choice_is_final(self, after: Self, ballot: Ballot, value: Value) -> bool:
        return implies(self.is_chosen(ballot, value), after.is_chosen(ballot, value))

    @refines(Consensus)
    def implements_consensus(self) -> dict[str, object]:
        """What is chosen is chosen as consensus allows: at most one value, once and for all."""
        return {"chosen": {v for v in Value if any(self.is_chosen(b, v) for b in Ballot)}}

    @reachable
    def chosen_again_later(self, first: Ballot, later: Ballot, value: Value) -> bool:
        """A value is chosen in two ballots: the second could choose nothing else."""
        return first < later and self.is_chosen(first, value) and self.is_chosen(later, value)

    @terminal
    def out_of_ballots(self) -> bool:
        """A finite instance ends when the acceptors have reached its last ballot."""
        return all(joined(self.promised[a], b) for a in Acceptor for b in Ballot)


class VotesWithoutLooking(Voting):
    """Broken: an acceptor votes for what it likes where nobody has voted, whatever was voted before."""

    expected = Violates("agreement")

    @action
    def vote(self, acceptor: Acceptor, ballot: Ballot, value: Value) -> None:
        """An acceptor votes for a value, whatever was chosen in earlier ballots."""
        require(not left(self.promised[acceptor], ballot))
        require(all(Vote(acceptor, ballot, v) not in self.votes for v in Value))
        require(all(vote.value == value for vote in self.votes if vote.ballot == ballot))
        self.votes.add(Vote(acceptor, ballot, value))
        self.promised[acceptor] = ballot
