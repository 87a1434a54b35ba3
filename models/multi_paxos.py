"""Multi-Paxos: a log of values, each slot decided by Paxos, with a single first phase for all slots.

What is modelled
    A leader takes over with one `Prepare` for the whole log. Each acceptor of a quorum answers with everything that
    it has accepted, one `Promise` for each slot. From then on the leader proposes in any slot with a single
    round: the value of the quorum's last vote in the slot, or any command if the quorum has not voted there. Learners
    execute the log in order, without gaps. The network is a set of messages that only grows: a message can arrive
    late, more than once, or never. In `MultiPaxosWithLogs` a single message answers for the whole log. A ballot stands
    for its leader. Learners see what acceptors have accepted, without a message that tells what is chosen. Left out
    are the election of leaders, refusals that name a later ballot, no-ops as a kind of their own (what fills a gap is
    any command), and changes of the acceptors.
Faults
    Loss, duplication and reordering of messages; leaders, acceptors and learners that stop; several
    leaders at a time.
Source
    Lamport, *The Part-Time Parliament* (1998) and *Paxos Made Simple* (2001), section 3; van Renesse and
    Altinbuken, *Paxos Made Moderately Complex* (2015). It implements `consensus_sequence`.
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
    first,
    implies,
    invariant,
    lemma,
    reachable,
    record,
    refines,
    removed,
    require,
    step_invariant,
)
from assay.models.consensus import Value
from assay.models.consensus_sequence import ConsensusSequence, Decision, Learner, Slot
from assay.models.paxos import Proposal
from assay.models.voting import Acceptor, Ballot, Quorum, joined, left

__all__ = [
    "Accept",
    "Accepted",
    "Learner",
    "MultiPaxos",
    "MultiPaxosExecutingOverGaps",
    "MultiPaxosExecutingWhatIsProposed",
    "MultiPaxosExecutingWhatWasAccepted",
    "MultiPaxosIgnoringVotes",
    "MultiPaxosPreparingOneSlot",
    "MultiPaxosWithLogs",
    "Prepare",
    "Promise",
    "PromiseWithLog",
    "Slot",
]


@record
class Prepare:
    """Phase 1a: a leader asks the acceptors to join its ballot, for all slots."""

    ballot: Ballot


@record
class Promise:
    """Phase 1b: an acceptor joins a ballot, and reports its last vote in one slot."""

    acceptor: Acceptor
    ballot: Ballot
    slot: Slot
    accepted: Proposal | None


@record
class Accept:
    """Phase 2a: the leader of a ballot asks the acceptors to accept its proposal in a slot."""

    slot: Slot
    proposal: Proposal


@record
class Accepted:
    """Phase 2b: an acceptor has accepted a proposal in a slot."""

    acceptor: Acceptor
    slot: Slot
    proposal: Proposal


class MultiPaxos(Model):
    """Multi-Paxos."""

    default = {"Acceptor": 2, "Ballot": 2, "Value": 2, "Slot": 2, "Learner": 1}
    smoke = {"Acceptor": 1}
    deep = {"Acceptor": 3}

    promised: Map[Acceptor, Ballot | None] = everywhere(None)
    accepted: Map[Acceptor, Map[Slot, Proposal | None]] = everywhere(everywhere(None))
    messages: Set[Prepare | Promise | Accept | Accepted]
    executed: Map[Learner, Map[Slot, Value | None]] = everywhere(everywhere(None))

    @axiom
    def quorums_meet(self) -> bool:
        """Any two quorums have an acceptor in common."""
        return all(any(a in r for a in q) for q in Quorum for r in Quorum)

    def is_chosen(self, slot: Slot, value: Value) -> bool:
        """Whether a quorum has accepted the value in the slot, in one ballot."""
        return any(
            all(Accepted(a, slot, Proposal(b, value)) in self.messages for a in q) for b in Ballot for q in Quorum
        )

    def is_free(self, slot: Slot, ballot: Ballot) -> bool:
        """Whether nothing has been proposed in the slot in this ballot."""
        return all(Accept(slot, Proposal(ballot, v)) not in self.messages for v in Value)

    def has_told(self, acceptor: Acceptor, slot: Slot, ballot: Ballot) -> bool:
        """Whether the acceptor has joined the ballot, and reported its last vote in the slot."""
        return any(
            isinstance(m, Promise) and m.acceptor == acceptor and m.ballot == ballot and m.slot == slot
            for m in self.messages
        )

    @action
    def prepare(self, ballot: Ballot) -> None:
        """A leader asks for promises in a ballot, for all slots."""
        self.messages.add(Prepare(ballot))

    @action
    def promise(self, acceptor: Acceptor, ballot: Ballot) -> None:
        """An acceptor promises to take no part in earlier ballots, and reports its last vote in each slot."""
        require(Prepare(ballot) in self.messages, not joined(self.promised[acceptor], ballot))
        self.promised[acceptor] = ballot
        self.messages.update({Promise(acceptor, ballot, s, self.accepted[acceptor][s]) for s in Slot})

    @action
    def propose(self, slot: Slot, ballot: Ballot, value: Value, quorum: Quorum) -> None:
        """A leader proposes the value of the quorum's last vote in the slot, or any value if it has not voted there."""
        require(self.is_free(slot, ballot), all(self.has_told(a, slot, ballot) for a in quorum))
        promises = {
            m
            for m in self.messages
            if isinstance(m, Promise) and m.ballot == ballot and m.slot == slot and m.acceptor in quorum
        }
        accepted = {m.accepted for m in promises if m.accepted is not None}
        require(
            not accepted
            or any(last.value == value and all(p.ballot <= last.ballot for p in accepted) for last in accepted)
        )
        self.messages.add(Accept(slot, Proposal(ballot, value)))

    @action
    def accept(self, acceptor: Acceptor, slot: Slot, proposal: Proposal) -> None:
        """An acceptor accepts a proposal, unless it has promised a later ballot."""
        require(Accept(slot, proposal) in self.messages, not left(self.promised[acceptor], proposal.ballot))
        self.promised[acceptor] = proposal.ballot
        self.accepted[acceptor][slot] = proposal
        self.messages.add(Accepted(acceptor, slot, proposal))

    @action
    def execute(self, learner: Learner, slot: Slot, value: Value) -> None:
        """A learner executes the next command of the log."""
        require(self.is_chosen(slot, value), self.executed[learner][slot] is None)
        require(all(self.executed[learner][s] is not None for s in Slot if s < slot))
        self.executed[learner][slot] = value

    @invariant
    def agreement(self, slot: Slot, v: Value, w: Value) -> bool:
        """In each slot at most one value is ever chosen."""
        return v == w or not (self.is_chosen(slot, v) and self.is_chosen(slot, w))

    @invariant
    def learners_execute_the_same(self, learner: Learner, other: Learner, slot: Slot) -> bool:
        """No two learners execute different commands in a slot."""
        mine, theirs = self.executed[learner][slot], self.executed[other][slot]
        return mine is None or theirs is None or mine == theirs

    @invariant
    def logs_have_no_gaps(self, learner: Learner, early: Slot, late: Slot) -> bool:
        """A learner that has executed a slot has executed all slots before it."""
        return early >= late or self.executed[learner][late] is None or self.executed[learner][early] is not None

    @step_invariant
    def executed_is_final(self, after: Self, learner: Learner, slot: Slot) -> bool:
        """What a learner has executed in a slot never changes."""
        return self.executed[learner][slot] is None or after.executed[learner][slot] == self.executed[learner][slot]

    @refines(ConsensusSequence)
    def implements_consensus_in_each_slot(self) -> dict[str, object]:
        """Chosen values are decided, and learners execute only those."""
        return {
            "decided": {Decision(s, v) for s in Slot for v in Value if self.is_chosen(s, v)},
            "executed": {x: {s: self.executed[x][s] for s in Slot} for x in Learner},
        }

    @lemma
    def one_proposal_per_ballot(self, slot: Slot, ballot: Ballot, v: Value, w: Value) -> bool:
        """No ballot has two proposals in a slot."""
        return v == w or not (
            Accept(slot, Proposal(ballot, v)) in self.messages and Accept(slot, Proposal(ballot, w)) in self.messages
        )

    @lemma
    def accepted_was_proposed(self, acceptor: Acceptor, slot: Slot, proposal: Proposal) -> bool:
        return implies(Accepted(acceptor, slot, proposal) in self.messages, Accept(slot, proposal) in self.messages)

    @lemma
    def acceptor_has_joined(self) -> bool:
        """An acceptor's promise is never behind a ballot that it has answered."""
        return all(
            (not isinstance(m, Promise) or joined(self.promised[m.acceptor], m.ballot))
            and (not isinstance(m, Accepted) or joined(self.promised[m.acceptor], m.proposal.ballot))
            for m in self.messages
        )

    @lemma
    def memory_is_the_last_vote(self, acceptor: Acceptor, slot: Slot, proposal: Proposal) -> bool:
        """What an acceptor remembers of a slot is the last vote that it has sent there."""
        last = self.accepted[acceptor][slot]
        if last is None:
            return Accepted(acceptor, slot, proposal) not in self.messages
        if last == proposal:
            return Accepted(acceptor, slot, proposal) in self.messages
        return implies(Accepted(acceptor, slot, proposal) in self.messages, proposal.ballot < last.ballot)

    @lemma
    def promise_tells_the_last_vote(self, proposal: Proposal) -> bool:
        """A promise reports the last vote in its slot before its ballot, and no later vote makes that untrue."""
        return all(
            proposal.ballot >= m.ballot
            or (m.accepted is not None and proposal.ballot < m.accepted.ballot)
            or (Accepted(m.acceptor, m.slot, proposal) in self.messages) == (m.accepted == proposal)
            for m in self.messages
            if isinstance(m, Promise)
        )

    @lemma
    def promise_tells_an_earlier_vote(self) -> bool:
        """The vote in a promise was cast in an earlier ballot than the promise."""
        return all(m.accepted is None or m.accepted.ballot < m.ballot for m in self.messages if isinstance(m, Promise))

    @lemma
    def no_other_value_is_choosable(self, slot: Slot, proposal: Proposal, earlier: Proposal, quorum: Quorum) -> bool:
        """In ballots below a proposal, no quorum has accepted, or can still accept, another value in its slot."""
        return (
            Accept(slot, proposal) not in self.messages
            or earlier.ballot >= proposal.ballot
            or earlier.value == proposal.value
            or any(
                left(self.promised[a], earlier.ballot) and Accepted(a, slot, earlier) not in self.messages
                for a in quorum
            )
        )

    @lemma
    def executed_was_chosen(self, learner: Learner, slot: Slot, value: Value) -> bool:
        return self.executed[learner][slot] != value or self.is_chosen(slot, value)

    @reachable
    def log_is_executed(self) -> bool:
        return all(self.executed[x][s] is not None for x in Learner for s in Slot)

    @reachable
    def later_leader_fills_a_gap(self, early: Slot, late: Slot, ballot: Ballot) -> bool:
        """A leader finds the later slot taken and the earlier one empty, and proposes in both."""
        return early < late and any(
            Accept(late, Proposal(b, v)) in self.messages
            and Accept(late, Proposal(ballot, v)) in self.messages
            and self.is_free(early, b)
            and not self.is_free(early, ballot)
            for b in Ballot
            for v in Value
            if b < ballot
        )


class MultiPaxosIgnoringVotes(MultiPaxos):
    """Broken: a leader proposes its own command in every slot, whatever the acceptors have accepted."""

    expected = Violates("agreement")
    smoke = {}

    @action
    def propose(self, slot: Slot, ballot: Ballot, value: Value, quorum: Quorum) -> None:
        """A leader proposes any value in the slot, whatever the quorum has accepted there."""
        require(self.is_free(slot, ballot), all(self.has_told(a, slot, ballot) for a in quorum))
        self.messages.add(Accept(slot, Proposal(ballot, value)))


class MultiPaxosPreparingOneSlot(MultiPaxos):
    """Broken: a leader takes promises for one slot as promises for all."""

    expected = Violates("agreement")
    smoke = {}

    @action
    def propose(self, slot: Slot, ballot: Ballot, value: Value, quorum: Quorum) -> None:
        """A leader proposes, in any slot, by the quorum's votes in the first one."""
        require(self.is_free(slot, ballot), all(self.has_told(a, first(Slot), ballot) for a in quorum))
        promises = {
            m
            for m in self.messages
            if isinstance(m, Promise) and m.ballot == ballot and m.slot == first(Slot) and m.acceptor in quorum
        }
        accepted = {m.accepted for m in promises if m.accepted is not None}
        require(
            not accepted
            or any(last.value == value and all(p.ballot <= last.ballot for p in accepted) for last in accepted)
        )
        self.messages.add(Accept(slot, Proposal(ballot, value)))


class MultiPaxosExecutingOverGaps(MultiPaxos):
    """Broken: a learner executes commands as it learns of them, in any order."""

    expected = Violates("logs_have_no_gaps")
    smoke = {}

    @action
    def execute(self, learner: Learner, slot: Slot, value: Value) -> None:
        """A learner executes a chosen command, even before those of earlier slots."""
        require(self.is_chosen(slot, value), self.executed[learner][slot] is None)
        self.executed[learner][slot] = value


class MultiPaxosExecutingWhatWasAccepted(MultiPaxos):
    """Broken: a learner executes what a single acceptor has accepted, before it is chosen."""

    expected = Violates("learners_execute_the_same")
    default = {"Acceptor": 3, "Ballot": 2, "Value": 2, "Slot": 1, "Learner": 2}
    smoke = {}

    @action
    def execute(self, learner: Learner, slot: Slot, value: Value) -> None:
        """A learner executes what one acceptor has accepted in the next slot."""
        require(any(Accepted(a, slot, Proposal(b, value)) in self.messages for a in Acceptor for b in Ballot))
        require(self.executed[learner][slot] is None)
        require(all(self.executed[learner][s] is not None for s in Slot if s < slot))
        self.executed[learner][slot] = value


class MultiPaxosExecutingWhatIsProposed(MultiPaxos):
    """Broken: a learner executes what a leader proposes, as if it were chosen."""

    expected = Violates("implements_consensus_in_each_slot")
    default = {"Acceptor": 2, "Ballot": 2, "Value": 2, "Slot": 1, "Learner": 1}
    smoke = {}
    later_leader_fills_a_gap = removed

    @action
    def execute(self, learner: Learner, slot: Slot, value: Value) -> None:
        """A learner executes what a leader has proposed in the next slot."""
        require(any(Accept(slot, Proposal(b, value)) in self.messages for b in Ballot))
        require(self.executed[learner][slot] is None)
        require(all(self.executed[learner][s] is not None for s in Slot if s < slot))
        self.executed[learner][slot] = value


@record
class PromiseWithLog:
    """Phase 1b: an acceptor joins a ballot, and reports its last vote in every slot."""

    acceptor: Acceptor
    ballot: Ballot
    log: Map[Slot, Proposal | None]


class MultiPaxosWithLogs(MultiPaxos):
    """Multi-Paxos whose promises carry the acceptor's whole log, as in the papers."""

    smoke = {}

    promises: Set[PromiseWithLog]

    def has_told(self, acceptor: Acceptor, slot: Slot, ballot: Ballot) -> bool:  # noqa: ARG002 - reports all slots
        return any(m.acceptor == acceptor and m.ballot == ballot for m in self.promises)

    @action
    def promise(self, acceptor: Acceptor, ballot: Ballot) -> None:
        """An acceptor promises to take no part in earlier ballots, and sends its whole log."""
        require(Prepare(ballot) in self.messages, not joined(self.promised[acceptor], ballot))
        self.promised[acceptor] = ballot
        self.promises.add(PromiseWithLog(acceptor, ballot, self.accepted[acceptor]))

    @action
    def propose(self, slot: Slot, ballot: Ballot, value: Value, quorum: Quorum) -> None:
        require(self.is_free(slot, ballot), all(self.has_told(a, slot, ballot) for a in quorum))
        promises = {m for m in self.promises if m.ballot == ballot and m.acceptor in quorum}
        accepted = {p for p in {m.log[slot] for m in promises} if p is not None}
        require(
            not accepted
            or any(last.value == value and all(p.ballot <= last.ballot for p in accepted) for last in accepted)
        )
        self.messages.add(Accept(slot, Proposal(ballot, value)))

    @lemma
    def who_promises_has_joined(self) -> bool:
        """An acceptor's promise is never behind a ballot that it has answered."""
        return all(joined(self.promised[m.acceptor], m.ballot) for m in self.promises)

    @lemma
    def log_tells_the_last_votes(self, slot: Slot, proposal: Proposal) -> bool:
        """A promise reports the last vote in each slot before its ballot, and no later vote makes that untrue."""
        return all(self.tells_the_last_vote(m, slot, proposal) for m in self.promises if proposal.ballot < m.ballot)

    def tells_the_last_vote(self, m: PromiseWithLog, slot: Slot, proposal: Proposal) -> bool:
        """Whether what a promise reports of a slot accounts for a vote, cast or not."""
        told = m.log[slot]
        if told is not None and proposal.ballot < told.ballot:
            return True
        return (Accepted(m.acceptor, slot, proposal) in self.messages) == (told == proposal)

    @lemma
    def log_tells_earlier_votes(self, slot: Slot) -> bool:
        """The votes in a promise were cast in earlier ballots than the promise."""
        return all(self.was_told_before(m.log[slot], m.ballot) for m in self.promises)

    def was_told_before(self, told: Proposal | None, ballot: Ballot) -> bool:
        return told is None or told.ballot < ballot
