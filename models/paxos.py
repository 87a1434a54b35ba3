"""Paxos: consensus over a network that loses, repeats and reorders messages.

What is modelled
    Single-decree Paxos. Proposers and learners are not modelled as processes: a proposer is its messages, and a
    value is chosen once a quorum has sent `Accepted` for it in one ballot. The network is a set of messages that
    only grows: a message can arrive late, more than once, or never.
Faults
    `Paxos`: loss, duplication and reordering of messages; acceptors and proposers that stop.
    `PaxosWithRestarts`: also acceptors that crash, lose their memory, and restart from their disk.
Source
    Lamport, *The Part-Time Parliament* (1998) and *Paxos Made Simple* (2001); actions as in his TLA+
    module Paxos in the TLA+ Examples, Paxos. It implements `voting`.
Counts
    As TLC counts the published specification: 25 states (82 generated, depth 9) for 1 acceptor, 2 ballots and
    1 value, and 185,369 states at depth 25 for 3 acceptors, 3 ballots and 2 values.
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
    refines,
    require,
    step_invariant,
)
from assay.models.consensus import Value
from assay.models.voting import Acceptor, Ballot, Quorum, Vote, Voting, joined, left

__all__ = [
    "Accept",
    "Accepted",
    "Paxos",
    "PaxosIgnoringVotes",
    "PaxosWithForgottenPromises",
    "PaxosWithHalfQuorums",
    "PaxosWithRestarts",
    "Prepare",
    "Promise",
    "Proposal",
]


@record
class Proposal:
    """A value, proposed in a ballot."""

    ballot: Ballot
    value: Value


@record
class Prepare:
    """Phase 1a: the leader of a ballot asks the acceptors to join it."""

    ballot: Ballot


@record
class Promise:
    """Phase 1b: an acceptor joins a ballot, and reports the last proposal that it has accepted."""

    acceptor: Acceptor
    ballot: Ballot
    accepted: Proposal | None


@record
class Accept:
    """Phase 2a: the leader of a ballot asks the acceptors to accept its proposal."""

    proposal: Proposal


@record
class Accepted:
    """Phase 2b: an acceptor has accepted a proposal."""

    acceptor: Acceptor
    proposal: Proposal


class Paxos(Model):
    """Single-decree Paxos."""

    default = {"Acceptor": 3, "Ballot": 2, "Value": 2}
    smoke = {"Acceptor": 2}
    deep = {"Ballot": 3}

    promised: Map[Acceptor, Ballot | None] = everywhere(None)
    accepted: Map[Acceptor, Proposal | None] = everywhere(None)
    messages: Set[Prepare | Promise | Accept | Accepted]

    @axiom
    def quorums_meet(self) -> bool:
        """Any two quorums have an acceptor in common."""
        return all(any(a in r for a in q) for q in Quorum for r in Quorum)

    def is_chosen(self, value: Value) -> bool:
        """Whether a quorum has accepted the value in one ballot."""
        return any(all(Accepted(a, Proposal(b, value)) in self.messages for a in q) for b in Ballot for q in Quorum)

    def is_free(self, ballot: Ballot) -> bool:
        """Whether nothing has been proposed in the ballot."""
        return all(Accept(Proposal(ballot, v)) not in self.messages for v in Value)

    def has_joined(self, acceptor: Acceptor, ballot: Ballot) -> bool:
        """Whether the acceptor has sent its promise for the ballot."""
        return any(isinstance(m, Promise) and m.acceptor == acceptor and m.ballot == ballot for m in self.messages)

    @action
    def prepare(self, ballot: Ballot) -> None:
        """A leader asks for promises in a ballot."""
        self.messages.add(Prepare(ballot))

    @action
    def promise(self, acceptor: Acceptor, ballot: Ballot) -> None:
        """An acceptor promises to take no part in earlier ballots, and reports its last vote."""
        require(Prepare(ballot) in self.messages, not joined(self.promised[acceptor], ballot))
        self.promised[acceptor] = ballot
        self.messages.add(Promise(acceptor, ballot, self.accepted[acceptor]))

    @action
    def propose(self, ballot: Ballot, value: Value, quorum: Quorum) -> None:
        """A leader proposes the value of the quorum's last vote, or any value if the quorum has not voted."""
        require(self.is_free(ballot), all(self.has_joined(a, ballot) for a in quorum))
        promises = {m for m in self.messages if isinstance(m, Promise) and m.ballot == ballot and m.acceptor in quorum}
        accepted = {m.accepted for m in promises if m.accepted is not None}
        require(
            not accepted
            or any(last.value == value and all(p.ballot <= last.ballot for p in accepted) for last in accepted)
        )
        self.messages.add(Accept(Proposal(ballot, value)))

    @action
    def accept(self, acceptor: Acceptor, proposal: Proposal) -> None:
        """An acceptor accepts a proposal, unless it has promised a later ballot."""
        require(Accept(proposal) in self.messages, not left(self.promised[acceptor], proposal.ballot))
        self.promised[acceptor] = proposal.ballot
        self.accepted[acceptor] = proposal
        self.messages.add(Accepted(acceptor, proposal))

    @invariant
    def agreement(self, v: Value, w: Value) -> bool:
        """At most one value is ever chosen."""
        return v == w or not (self.is_chosen(v) and self.is_chosen(w))

    @invariant
    def validity(self, value: Value) -> bool:
        """Only proposed values are chosen."""
        return not self.is_chosen(value) or any(Accept(Proposal(b, value)) in self.messages for b in Ballot)

    @step_invariant
    def choice_is_final(self, after: Self, value: Value) -> bool:
        """A value that is chosen stays chosen."""
        return implies(self.is_chosen(value), after.is_chosen(value))

    @lemma
    def one_proposal_per_ballot(self, ballot: Ballot, v: Value, w: Value) -> bool:
        """No ballot has two proposals."""
        return v == w or not (
            Accept(Proposal(ballot, v)) in self.messages and Accept(Proposal(ballot, w)) in self.messages
        )

    @lemma
    def accepted_was_proposed(self, acceptor: Acceptor, proposal: Proposal) -> bool:
        return implies(Accepted(acceptor, proposal) in self.messages, Accept(proposal) in self.messages)

    @lemma
    def acceptor_has_joined(self) -> bool:
        """An acceptor's promise is never behind a ballot that it has answered."""
        return all(
            (not isinstance(m, Promise) or joined(self.promised[m.acceptor], m.ballot))
            and (not isinstance(m, Accepted) or joined(self.promised[m.acceptor], m.proposal.ballot))
            for m in self.messages
        )

    @lemma
    def memory_is_the_last_vote(self, acceptor: Acceptor, proposal: Proposal) -> bool:
        """What an acceptor remembers is the last vote that it has sent."""
        last = self.accepted[acceptor]
        if last is None:
            return Accepted(acceptor, proposal) not in self.messages
        if last == proposal:
            return Accepted(acceptor, proposal) in self.messages
        return implies(Accepted(acceptor, proposal) in self.messages, proposal.ballot < last.ballot)

    @lemma
    def promise_tells_the_last_vote(self, proposal: Proposal) -> bool:
        """A promise reports the acceptor's last vote before its ballot, and no later vote makes that untrue."""
        return all(
            proposal.ballot >= m.ballot
            or (m.accepted is not None and proposal.ballot < m.accepted.ballot)
            or (Accepted(m.acceptor, proposal) in self.messages) == (m.accepted == proposal)
            for m in self.messages
            if isinstance(m, Promise)
        )

    @lemma
    def promise_tells_an_earlier_vote(self) -> bool:
        """The vote in a promise was cast in an earlier ballot than the promise."""
        return all(m.accepted is None or m.accepted.ballot < m.ballot for m in self.messages if isinstance(m, Promise))

    @lemma
    def no_other_value_is_choosable(self, proposal: Proposal, earlier: Proposal, quorum: Quorum) -> bool:
        """In ballots below a proposal, no quorum has accepted, or can still accept, another value."""
        return (
            Accept(proposal) not in self.messages
            or earlier.ballot >= proposal.ballot
            or earlier.value == proposal.value
            or any(left(self.promised[a], earlier.ballot) and Accepted(a, earlier) not in self.messages for a in quorum)
        )

    @reachable
    def a_value_is_chosen(self) -> bool:
        return any(self.is_chosen(v) for v in Value)

    @reachable
    def leaders_disagree(self, early: Proposal, late: Proposal) -> bool:
        """Two leaders propose different values, and the later one's is chosen."""
        return (
            early.ballot < late.ballot
            and early.value != late.value
            and Accept(early) in self.messages
            and Accept(late) in self.messages
            and self.is_chosen(late.value)
        )


class PaxosWithHalfQuorums(Paxos):
    """Broken: n/2 acceptors count as a quorum. If n is even, two such quorums need not meet."""

    expected = Violates("agreement")
    default = {"Acceptor": 2, "Quorum": 1, "Ballot": 2, "Value": 2}
    smoke = {}
    deep = {"Acceptor": 4, "Quorum": 2}

    @axiom
    def quorums_meet(self) -> bool:
        """A quorum is at least half of the acceptors."""
        return all(2 * len(q) >= len(Acceptor) for q in Quorum)


class PaxosIgnoringVotes(Paxos):
    """Broken: a leader proposes its own value, whatever the acceptors have accepted before."""

    expected = Violates("agreement")
    default = {"Acceptor": 2, "Ballot": 2, "Value": 2}
    smoke = {}
    deep = {"Acceptor": 3}

    @action
    def propose(self, ballot: Ballot, value: Value, quorum: Quorum) -> None:
        """A leader proposes any value, whatever the quorum has accepted."""
        require(self.is_free(ballot), all(self.has_joined(a, ballot) for a in quorum))
        self.messages.add(Accept(Proposal(ballot, value)))


class PaxosAsVoting(Paxos):
    """Paxos, with a refinement mapping to `Voting`: its acceptors vote as if they saw each other's votes."""

    @invariant
    def proposals_are_safe(self, proposal: Proposal) -> bool:
        """Every proposal rests on a quorum that shows it to be safe."""
        return implies(Accept(proposal) in self.messages, any(self.shows_safe(q, proposal) for q in Quorum))

    def shows_safe(self, quorum: Quorum, proposal: Proposal) -> bool:
        """Whether the quorum has joined the proposal's ballot, and its last earlier vote, if any, is for its value."""
        return all(joined(self.promised[a], proposal.ballot) for a in quorum) and (
            all(
                Accepted(a, Proposal(b, v)) not in self.messages
                for a in quorum
                for b in Ballot
                for v in Value
                if b < proposal.ballot
            )
            or any(
                any(Accepted(a, Proposal(last, proposal.value)) in self.messages for a in quorum)
                and all(
                    Accepted(a, Proposal(b, v)) not in self.messages
                    for a in quorum
                    for b in Ballot
                    for v in Value
                    if last < b < proposal.ballot
                )
                for last in Ballot
                if last < proposal.ballot
            )
        )

    @refines(Voting)
    def implements_voting(self) -> dict[str, object]:
        """Promises and votes are those of `Voting`."""
        return {
            "promised": self.promised,
            "votes": {
                Vote(m.acceptor, m.proposal.ballot, m.proposal.value) for m in self.messages if isinstance(m, Accepted)
            },
        }


class PaxosIgnoringVotesAsVoting(PaxosAsVoting):
    """Broken: a leader proposes its own value, and acceptors cast votes that `Voting` does not allow."""

    expected = Violates("implements_voting")
    default = {"Acceptor": 2, "Ballot": 2, "Value": 2}
    smoke = {}

    @action
    def propose(self, ballot: Ballot, value: Value, quorum: Quorum) -> None:
        """A leader proposes any value, whatever the quorum has accepted."""
        require(self.is_free(ballot), all(self.has_joined(a, ballot) for a in quorum))
        self.messages.add(Accept(Proposal(ballot, value)))


class PaxosWithRestarts(Paxos):
    """Paxos whose acceptors crash and restart, and write their promises and votes to disk before they send them.

    A crash between the write and the message needs no step of its own: it is a message that is lost. An acceptor that
    is down takes no step and nobody reads its memory, so the memory is not cleared when it crashes: `restart`
    overwrites it from the disk.
    """

    default = {"Acceptor": 2, "Ballot": 2, "Value": 2}
    smoke = {}
    deep = {"Acceptor": 3}

    down: Set[Acceptor]
    promised_on_disk: Map[Acceptor, Ballot | None] = everywhere(None)
    accepted_on_disk: Map[Acceptor, Proposal | None] = everywhere(None)

    @action
    def promise(self, acceptor: Acceptor, ballot: Ballot) -> None:
        require(acceptor not in self.down)
        require(Prepare(ballot) in self.messages, not joined(self.promised[acceptor], ballot))
        self.promised[acceptor] = ballot
        self.promised_on_disk[acceptor] = ballot
        self.messages.add(Promise(acceptor, ballot, self.accepted[acceptor]))

    @action
    def accept(self, acceptor: Acceptor, proposal: Proposal) -> None:
        require(acceptor not in self.down)
        require(Accept(proposal) in self.messages, not left(self.promised[acceptor], proposal.ballot))
        self.promised[acceptor] = proposal.ballot
        self.accepted[acceptor] = proposal
        self.promised_on_disk[acceptor] = proposal.ballot
        self.accepted_on_disk[acceptor] = proposal
        self.messages.add(Accepted(acceptor, proposal))

    @action
    def crash(self, acceptor: Acceptor) -> None:
        """An acceptor crashes."""
        require(acceptor not in self.down)
        self.down.add(acceptor)

    @action
    def restart(self, acceptor: Acceptor) -> None:
        """An acceptor restarts with what is on its disk."""
        require(acceptor in self.down)
        self.down.discard(acceptor)
        self.promised[acceptor] = self.promised_on_disk[acceptor]
        self.accepted[acceptor] = self.accepted_on_disk[acceptor]

    @lemma
    def disk_is_up_to_date(self, acceptor: Acceptor) -> bool:
        """Disk and memory agree, so a restart changes nothing."""
        return (
            self.promised_on_disk[acceptor] == self.promised[acceptor]
            and self.accepted_on_disk[acceptor] == self.accepted[acceptor]
        )

    @reachable
    def chosen_and_all_down(self) -> bool:
        """All acceptors are down, and yet a value is chosen for good."""
        return all(a in self.down for a in Acceptor) and any(self.is_chosen(v) for v in Value)


class PaxosWithForgottenPromises(PaxosWithRestarts):
    """Broken: only votes are written to disk, so an acceptor that restarts has forgotten the promises it made since."""

    expected = Violates("agreement")

    @action
    def promise(self, acceptor: Acceptor, ballot: Ballot) -> None:
        """An acceptor promises, in memory only, to take no part in earlier ballots, and reports its last vote."""
        require(acceptor not in self.down)
        require(Prepare(ballot) in self.messages, not joined(self.promised[acceptor], ballot))
        self.promised[acceptor] = ballot
        self.messages.add(Promise(acceptor, ballot, self.accepted[acceptor]))
