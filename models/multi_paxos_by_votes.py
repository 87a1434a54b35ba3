"""Multi-Paxos without a table of votes: a promise carries all votes of its acceptor.

What is modelled
    An acceptor that joins a ballot sends every vote that it has cast, in all slots, as a set. A leader picks the last
    vote in a slot from the sets of a quorum. No acceptor keeps a table of its last votes: votes that were sent are
    what there is to remember, so no lemma has to say that a table agrees with them. A leader proposes slot by slot,
    where the specification of FM 2016 has one message for all slots; preemption is left out.
Faults
    Loss, duplication and reordering of messages; leaders and acceptors that stop; several leaders at a time.
Source
    Chand, Liu and Stoller, *Formal Verification of Multi-Paxos for Distributed Consensus* (FM 2016), whose promises
    carry sets of votes; Chand and Liu, *Simpler Specifications and Easier Proofs of Distributed Algorithms Using
    History Variables* (NFM 2018), which derives what an acceptor has voted from the messages that it has sent.
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Map,
    Model,
    Set,
    Violates,
    action,
    axiom,
    everywhere,
    implies,
    invariant,
    lemma,
    reachable,
    record,
    require,
    step_invariant,
)
from assay.models.consensus import Value
from assay.models.consensus_sequence import Slot
from assay.models.voting import Acceptor, Ballot, Quorum, joined, left

__all__ = [
    "Accept",
    "MultiPaxosByVotes",
    "MultiPaxosByVotesTakingAnyVote",
    "Promise",
    "Vote",
    "Voted",
]


@record
class Vote:
    """A vote for a value in a slot, in some ballot."""

    slot: Slot
    ballot: Ballot
    value: Value


@record
class Promise:
    """Phase 1b: an acceptor joins a ballot, and reports all votes that it has cast."""

    acceptor: Acceptor
    ballot: Ballot
    votes: Set[Vote]


@record
class Accept:
    """Phase 2a: the leader of a ballot asks the acceptors to vote for a value in a slot."""

    slot: Slot
    ballot: Ballot
    value: Value


@record
class Voted:
    """Phase 2b: an acceptor has cast a vote."""

    acceptor: Acceptor
    vote: Vote


class MultiPaxosByVotes(Model):
    """Multi-Paxos whose promises carry sets of votes."""

    default = {"Acceptor": 2, "Ballot": 2, "Value": 2, "Slot": 2}
    smoke = {"Slot": 1}
    deep = {"Acceptor": 3, "Slot": 1}

    promised: Map[Acceptor, Ballot | None] = everywhere(None)
    prepared: Set[Ballot]
    promises: Set[Promise]
    proposals: Set[Accept]
    voted: Set[Voted]

    @axiom
    def quorums_meet(self) -> bool:
        """Any two quorums have an acceptor in common."""
        return all(any(a in r for a in q) for q in Quorum for r in Quorum)

    def is_chosen(self, slot: Slot, value: Value) -> bool:
        """Whether a quorum has voted for the value in the slot, in one ballot."""
        return any(all(Voted(a, Vote(slot, b, value)) in self.voted for a in q) for b in Ballot for q in Quorum)

    def is_free(self, slot: Slot, ballot: Ballot) -> bool:
        """Whether nothing has been proposed in the slot in this ballot."""
        return all(Accept(slot, ballot, v) not in self.proposals for v in Value)

    def has_told(self, acceptor: Acceptor, ballot: Ballot) -> bool:
        """Whether the acceptor has joined the ballot, and reported its votes."""
        return any(m.acceptor == acceptor and m.ballot == ballot for m in self.promises)

    @action
    def prepare(self, ballot: Ballot) -> None:
        """A leader asks for promises in a ballot, for all slots."""
        self.prepared.add(ballot)

    @action
    def promise(self, acceptor: Acceptor, ballot: Ballot) -> None:
        """An acceptor promises to take no part in earlier ballots, and reports all its votes."""
        require(ballot in self.prepared, not joined(self.promised[acceptor], ballot))
        self.promised[acceptor] = ballot
        self.promises.add(Promise(acceptor, ballot, {m.vote for m in self.voted if m.acceptor == acceptor}))

    @action
    def propose(self, slot: Slot, ballot: Ballot, value: Value, quorum: Quorum) -> None:
        """A leader proposes the value of the last vote that a quorum reports in the slot; if there is none, any."""
        require(self.is_free(slot, ballot), all(self.has_told(a, ballot) for a in quorum))
        promises = {m for m in self.promises if m.ballot == ballot and m.acceptor in quorum}
        votes = {v for m in promises for v in m.votes if v.slot == slot}
        require(not votes or any(last.value == value and all(v.ballot <= last.ballot for v in votes) for last in votes))
        self.proposals.add(Accept(slot, ballot, value))

    @action
    def accept(self, acceptor: Acceptor, slot: Slot, ballot: Ballot, value: Value) -> None:
        """An acceptor votes for a proposal, unless it has promised a later ballot."""
        require(Accept(slot, ballot, value) in self.proposals, not left(self.promised[acceptor], ballot))
        self.promised[acceptor] = ballot
        self.voted.add(Voted(acceptor, Vote(slot, ballot, value)))

    @invariant
    def agreement(self, slot: Slot, v: Value, w: Value) -> bool:
        """In each slot at most one value is ever chosen."""
        return v == w or not (self.is_chosen(slot, v) and self.is_chosen(slot, w))

    @step_invariant
    def chosen_is_final(self, after: Self, slot: Slot, value: Value) -> bool:
        """What is chosen in a slot stays chosen."""
        return implies(self.is_chosen(slot, value), after.is_chosen(slot, value))

    @lemma
    def one_proposal_per_ballot(self, slot: Slot, ballot: Ballot, v: Value, w: Value) -> bool:
        """No ballot has two proposals in a slot."""
        return v == w or Accept(slot, ballot, v) not in self.proposals or Accept(slot, ballot, w) not in self.proposals

    @lemma
    def votes_were_proposed(self) -> bool:
        return all(Accept(m.vote.slot, m.vote.ballot, m.vote.value) in self.proposals for m in self.voted)

    @lemma
    def who_promised_has_joined(self) -> bool:
        """An acceptor's promise is never behind a ballot that it has answered."""
        return all(joined(self.promised[m.acceptor], m.ballot) for m in self.promises)

    @lemma
    def who_voted_has_joined(self) -> bool:
        """An acceptor's promise is never behind a ballot that it has voted in."""
        return all(joined(self.promised[m.acceptor], m.vote.ballot) for m in self.voted)

    @lemma
    def promises_tell_the_votes(self, vote: Vote) -> bool:
        """A promise reports all votes in earlier ballots, and no later vote makes that untrue."""
        return all(
            (vote in m.votes) == (Voted(m.acceptor, vote) in self.voted)
            for m in self.promises
            if vote.ballot < m.ballot
        )

    @lemma
    def promises_tell_earlier_votes(self) -> bool:
        """The votes in a promise were cast in earlier ballots than the promise."""
        return all(v.ballot < m.ballot for m in self.promises for v in m.votes)

    @lemma
    def no_other_value_is_choosable(
        self, slot: Slot, late: Ballot, v: Value, early: Ballot, w: Value, q: Quorum
    ) -> bool:
        """In ballots below a proposal, no quorum has accepted, or can still accept, another value in its slot."""
        return (
            Accept(slot, late, v) not in self.proposals
            or early >= late
            or v == w
            or any(left(self.promised[a], early) and Voted(a, Vote(slot, early, w)) not in self.voted for a in q)
        )

    @reachable
    def vote_is_taken_over(self, slot: Slot, early: Ballot, late: Ballot, value: Value) -> bool:
        """A value is proposed again, in a later ballot."""
        return early < late and all(Accept(slot, b, value) in self.proposals for b in Ballot if b in (early, late))


class MultiPaxosByVotesTakingAnyVote(MultiPaxosByVotes):
    """Broken: a leader proposes the value of any vote that the quorum reports in the slot, not of the last one."""

    expected = Violates("agreement")
    default = {"Acceptor": 3, "Ballot": 3, "Value": 2, "Slot": 1}
    smoke = {}

    @action
    def propose(self, slot: Slot, ballot: Ballot, value: Value, quorum: Quorum) -> None:
        """A leader proposes the value of some vote that a quorum reports in the slot; if there is none, any."""
        require(self.is_free(slot, ballot), all(self.has_told(a, ballot) for a in quorum))
        promises = {m for m in self.promises if m.ballot == ballot and m.acceptor in quorum}
        votes = {v for m in promises for v in m.votes if v.slot == slot}
        require(not votes or any(v.value == value for v in votes))
        self.proposals.add(Accept(slot, ballot, value))
