"""Paxos Commit: a transaction commit that does not depend on any single coordinator.

What is modelled
    One transaction. What two-phase commit keeps in the coordinator's log is the outcome of Paxos here: one
    instance for each participant decides on its vote. The participant proposes its vote itself in the first
    ballot, which needs no first phase. A leader that misses a vote completes the instance in a later ballot, and
    proposes to abort if no vote was accepted. Any process may lead, several at a time. The network is a set of messages
    that only grows: a message can arrive late, more than once, or never.
Faults
    Loss, duplication and reordering of messages; leaders, acceptors and participants that stop. Unlike
    two-phase commit it does not block while a quorum of acceptors is up.
Source
    Gray and Lamport, *Consensus on Transaction Commit* (2006); actions as in their TLA+ module
    PaxosCommit in the TLA+ Examples, transaction_commit. It implements `atomic_commit`.
Counts
    As TLC counts the published specification: 1,321,761 states at depth 28. TLC generates more successors there,
    one for each way in which a quantified conjunct holds.
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Enum,
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
    require,
    step_invariant,
)
from assay.models.atomic_commit import Majority, Participant, ParticipantState
from assay.models.voting import Acceptor, Ballot, Quorum, joined, left

__all__ = [
    "Abort",
    "Accept",
    "Accepted",
    "Commit",
    "PaxosCommit",
    "PaxosCommitAbortingUnheard",
    "PaxosCommitForgettingPromises",
    "PaxosCommitIgnoringVotes",
    "PaxosCommitOnMajority",
    "Prepare",
    "Promise",
    "Vote",
    "VoteIn",
]


class Vote(Enum):
    """The value that a participant's instance decides on: its vote."""

    PREPARED, ABORTED = range(2)


@record
class VoteIn:
    """A vote, and the ballot in which it was accepted."""

    ballot: Ballot
    vote: Vote


@record
class Prepare:
    """Phase 1a: a leader asks the acceptors to join a ballot of the participant's instance."""

    instance: Participant
    ballot: Ballot


@record
class Promise:
    """Phase 1b: an acceptor joins a ballot, and reports its last vote in the instance."""

    instance: Participant
    ballot: Ballot
    acceptor: Acceptor
    accepted: VoteIn | None


@record
class Accept:
    """Phase 2a: the participant itself, or a leader in a later ballot, proposes a vote."""

    instance: Participant
    ballot: Ballot
    vote: Vote


@record
class Accepted:
    """Phase 2b: an acceptor has accepted a vote."""

    instance: Participant
    ballot: Ballot
    acceptor: Acceptor
    vote: Vote


@record
class Commit:
    """All participants are ordered to commit."""


@record
class Abort:
    """All participants are ordered to abort."""


class PaxosCommit(Model):
    """Paxos Commit."""

    default = {"Participant": 2, "Acceptor": 2, "Ballot": 2}
    smoke = {"Participant": 1}
    deep = {"Acceptor": 3}

    state: Map[Participant, ParticipantState] = everywhere(ParticipantState.WORKING)
    promised: Map[Participant, Map[Acceptor, Ballot | None]] = everywhere(everywhere(None))
    accepted: Map[Participant, Map[Acceptor, VoteIn | None]] = everywhere(everywhere(None))
    messages: Set[Prepare | Promise | Accept | Accepted | Commit | Abort]

    @axiom
    def quorums_meet(self) -> bool:
        """Any two quorums have an acceptor in common."""
        return all(any(a in r for a in q) for q in Quorum for r in Quorum)

    def has_accepted(self, acceptor: Acceptor, p: Participant, ballot: Ballot, vote: Vote) -> bool:
        """Whether the acceptor has accepted the participant's vote in the ballot."""
        return Accepted(p, ballot, acceptor, vote) in self.messages

    def is_chosen_in(self, p: Participant, ballot: Ballot, vote: Vote, quorum: Quorum) -> bool:
        """Whether the quorum has accepted the participant's vote in the ballot."""
        return all(self.has_accepted(a, p, ballot, vote) for a in quorum)

    def is_chosen(self, p: Participant, vote: Vote) -> bool:
        """Whether a quorum has accepted the participant's vote in one ballot."""
        return any(self.is_chosen_in(p, b, vote, q) for b in Ballot for q in Quorum)

    def has_joined(self, acceptor: Acceptor, p: Participant, ballot: Ballot) -> bool:
        """Whether the acceptor has sent its promise for a ballot of the participant's instance."""
        return any(
            isinstance(m, Promise) and m.instance == p and m.ballot == ballot and m.acceptor == acceptor
            for m in self.messages
        )

    @action
    def prepare(self, p: Participant) -> None:
        """A participant votes to commit, by a proposal in the first ballot of its instance."""
        require(self.state[p] is ParticipantState.WORKING)
        self.state[p] = ParticipantState.PREPARED
        self.messages.add(Accept(p, first(Ballot), Vote.PREPARED))

    @action
    def refuse(self, p: Participant) -> None:
        """A participant votes to abort, and aborts."""
        require(self.state[p] is ParticipantState.WORKING)
        self.state[p] = ParticipantState.ABORTED
        self.messages.add(Accept(p, first(Ballot), Vote.ABORTED))

    @action
    def learn_commit(self, p: Participant) -> None:
        """A participant receives the order to commit."""
        require(Commit() in self.messages)
        self.state[p] = ParticipantState.COMMITTED

    @action
    def learn_abort(self, p: Participant) -> None:
        """A participant receives the order to abort."""
        require(Abort() in self.messages)
        self.state[p] = ParticipantState.ABORTED

    @action
    def lead(self, p: Participant, ballot: Ballot) -> None:
        """A leader misses the outcome of an instance, and starts a ballot to complete it."""
        require(ballot != first(Ballot))
        self.messages.add(Prepare(p, ballot))

    @action
    def promise(self, acceptor: Acceptor, p: Participant, ballot: Ballot) -> None:
        """An acceptor promises to take no part in earlier ballots of the instance, and reports its last vote."""
        require(Prepare(p, ballot) in self.messages, not joined(self.promised[p][acceptor], ballot))
        self.promised[p][acceptor] = ballot
        self.messages.add(Promise(p, ballot, acceptor, self.accepted[p][acceptor]))

    @action
    def propose(self, p: Participant, ballot: Ballot, vote: Vote, quorum: Quorum) -> None:
        """A leader proposes what the quorum has accepted last in the instance, or to abort if that is nothing."""
        require(ballot != first(Ballot), all(Accept(p, ballot, v) not in self.messages for v in Vote))
        require(all(self.has_joined(a, p, ballot) for a in quorum))
        promises = {
            m
            for m in self.messages
            if isinstance(m, Promise) and m.instance == p and m.ballot == ballot and m.acceptor in quorum
        }
        accepted = {m.accepted for m in promises if m.accepted is not None}
        require(
            any(last.vote is vote and all(v.ballot <= last.ballot for v in accepted) for last in accepted)
            or (not accepted and vote is Vote.ABORTED)
        )
        self.messages.add(Accept(p, ballot, vote))

    @action
    def accept(self, acceptor: Acceptor, p: Participant, ballot: Ballot, vote: Vote) -> None:
        """An acceptor accepts a proposed vote, unless it has promised a later ballot."""
        require(Accept(p, ballot, vote) in self.messages, not left(self.promised[p][acceptor], ballot))
        self.promised[p][acceptor] = ballot
        self.accepted[p][acceptor] = VoteIn(ballot, vote)
        self.messages.add(Accepted(p, ballot, acceptor, vote))

    @action
    def decide_commit(self) -> None:
        """Every participant's vote to commit is chosen, and the transaction commits."""
        require(all(self.is_chosen(p, Vote.PREPARED) for p in Participant))
        self.messages.add(Commit())

    @action
    def decide_abort(self, p: Participant, ballot: Ballot, quorum: Quorum) -> None:
        """A participant's vote to abort is chosen, and the transaction aborts."""
        require(self.is_chosen_in(p, ballot, Vote.ABORTED, quorum))
        self.messages.add(Abort())

    @invariant
    def atomicity(self) -> bool:
        """No participant has aborted while another has committed."""
        return not any(
            self.state[p] is ParticipantState.ABORTED and self.state[q] is ParticipantState.COMMITTED
            for p in Participant
            for q in Participant
        )

    @invariant
    def agreement(self, p: Participant) -> bool:
        """In each instance at most one vote is ever chosen."""
        return not (self.is_chosen(p, Vote.PREPARED) and self.is_chosen(p, Vote.ABORTED))

    @step_invariant
    def outcome_is_final(self, after: Self) -> bool:
        """A participant that has committed or aborted never changes its mind."""
        return all(
            after.state[p] is self.state[p]
            for p in Participant
            if self.state[p] is ParticipantState.COMMITTED or self.state[p] is ParticipantState.ABORTED
        )

    @lemma
    def one_proposal_per_ballot(self, p: Participant, ballot: Ballot) -> bool:
        """No ballot of an instance has two proposals."""
        return not (
            Accept(p, ballot, Vote.PREPARED) in self.messages and Accept(p, ballot, Vote.ABORTED) in self.messages
        )

    @lemma
    def accepted_was_proposed(self, p: Participant, ballot: Ballot, acceptor: Acceptor, vote: Vote) -> bool:
        """Only proposed votes are accepted."""
        return implies(self.has_accepted(acceptor, p, ballot, vote), Accept(p, ballot, vote) in self.messages)

    @lemma
    def acceptor_has_joined(self) -> bool:
        """An acceptor's promise is never behind a ballot that it has answered."""
        return all(
            (not isinstance(m, Promise) or joined(self.promised[m.instance][m.acceptor], m.ballot))
            and (not isinstance(m, Accepted) or joined(self.promised[m.instance][m.acceptor], m.ballot))
            for m in self.messages
        )

    @lemma
    def memory_is_the_last_vote(self, p: Participant, acceptor: Acceptor, ballot: Ballot, vote: Vote) -> bool:
        """What an acceptor remembers of an instance is the last vote that it has sent."""
        last = self.accepted[p][acceptor]
        if last is None:
            return not self.has_accepted(acceptor, p, ballot, vote)
        if last == VoteIn(ballot, vote):
            return self.has_accepted(acceptor, p, ballot, vote)
        return implies(self.has_accepted(acceptor, p, ballot, vote), ballot < last.ballot)

    @lemma
    def promise_tells_the_last_vote(self, ballot: Ballot, vote: Vote) -> bool:
        """A promise reports the last vote before its ballot, and no later vote makes that untrue."""
        return all(
            ballot >= m.ballot
            or (m.accepted is not None and ballot < m.accepted.ballot)
            or self.has_accepted(m.acceptor, m.instance, ballot, vote) == (m.accepted == VoteIn(ballot, vote))
            for m in self.messages
            if isinstance(m, Promise)
        )

    @lemma
    def promise_tells_an_earlier_vote(self) -> bool:
        """The vote in a promise was cast in an earlier ballot than the promise."""
        return all(m.accepted is None or m.accepted.ballot < m.ballot for m in self.messages if isinstance(m, Promise))

    @lemma
    def no_other_vote_is_choosable(self, p: Participant, ballot: Ballot, earlier: Ballot, quorum: Quorum) -> bool:
        """In ballots below a proposal, no quorum has accepted, or can still accept, the other vote."""
        return earlier >= ballot or all(
            Accept(p, ballot, vote) not in self.messages
            or any(left(self.promised[p][a], earlier) and not self.has_accepted(a, p, earlier, other) for a in quorum)
            for vote in Vote
            for other in Vote
            if other is not vote
        )

    @lemma
    def only_the_participant_prepares(self, p: Participant, ballot: Ballot) -> bool:
        """A vote to commit is proposed only if the participant itself has cast it."""
        return implies(
            Accept(p, ballot, Vote.PREPARED) in self.messages,
            Accept(p, first(Ballot), Vote.PREPARED) in self.messages,
        )

    @lemma
    def who_voted_has_stopped_working(self, p: Participant, vote: Vote) -> bool:
        """A participant that has voted is not working any more."""
        return implies(Accept(p, first(Ballot), vote) in self.messages, self.state[p] is not ParticipantState.WORKING)

    @lemma
    def who_aborted_refused_or_was_told(self, p: Participant) -> bool:
        """A participant has aborted only by its own vote or by order."""
        return implies(
            self.state[p] is ParticipantState.ABORTED,
            Abort() in self.messages or Accept(p, first(Ballot), Vote.ABORTED) in self.messages,
        )

    @lemma
    def who_committed_was_told(self, p: Participant) -> bool:
        """A participant has committed only by order."""
        return implies(self.state[p] is ParticipantState.COMMITTED, Commit() in self.messages)

    @lemma
    def commit_was_chosen(self, p: Participant) -> bool:
        """If the transaction commits, every vote to commit is chosen."""
        return implies(Commit() in self.messages, self.is_chosen(p, Vote.PREPARED))

    @lemma
    def abort_was_chosen(self) -> bool:
        """If the transaction aborts, a vote to abort is chosen."""
        return implies(Abort() in self.messages, any(self.is_chosen(p, Vote.ABORTED) for p in Participant))

    @reachable
    def all_commit(self) -> bool:
        return all(self.state[p] is ParticipantState.COMMITTED for p in Participant)

    @reachable
    def leader_aborts_for_the_silent(self, p: Participant) -> bool:
        """The transaction aborts although a participant has never voted."""
        return Abort() in self.messages and self.state[p] is ParticipantState.WORKING

    @reachable
    def leader_completes_a_vote(self, p: Participant) -> bool:
        """A leader completes the instance of a participant that is prepared, and the transaction commits."""
        return Commit() in self.messages and any(
            ballot != first(Ballot)
            and self.is_chosen(p, Vote.PREPARED)
            and Accept(p, ballot, Vote.PREPARED) in self.messages
            for ballot in Ballot
        )


class PaxosCommitOnMajority(PaxosCommit):
    """Broken: the transaction commits once a majority of the participants is prepared."""

    expected = Violates("atomicity")
    default = {"Participant": 3, "Acceptor": 1, "Ballot": 2}
    smoke = {}

    @action
    def decide_commit(self) -> None:
        """The votes to commit of a majority are chosen, and the transaction commits."""
        require(any(all(self.is_chosen(p, Vote.PREPARED) for p in majority) for majority in Majority))
        self.messages.add(Commit())


class PaxosCommitAbortingUnheard(PaxosCommit):
    """Broken: a leader that misses a vote aborts, without a ballot that would have found it.

    This is two-phase commit with a second coordinator.
    """

    expected = Violates("atomicity")
    smoke = {}

    @action
    def decide_abort(self, p: Participant, ballot: Ballot, quorum: Quorum) -> None:
        """No acceptor of a quorum has accepted a vote to commit in this ballot; they may have in an earlier one."""
        require(all(not self.has_accepted(a, p, ballot, Vote.PREPARED) for a in quorum))
        self.messages.add(Abort())


class PaxosCommitIgnoringVotes(PaxosCommit):
    """Broken: a leader proposes to abort, whatever the acceptors have accepted."""

    expected = Violates("agreement")
    smoke = {}

    @action
    def propose(self, p: Participant, ballot: Ballot, vote: Vote, quorum: Quorum) -> None:
        """A leader proposes to abort, whatever the quorum has accepted."""
        require(ballot != first(Ballot), all(Accept(p, ballot, v) not in self.messages for v in Vote))
        require(all(self.has_joined(a, p, ballot) for a in quorum), vote is Vote.ABORTED)
        self.messages.add(Accept(p, ballot, vote))


class PaxosCommitForgettingPromises(PaxosCommit):
    """Broken: an acceptor that has joined a later ballot still accepts the participant's own proposal."""

    expected = Violates("agreement")
    smoke = {}

    @action
    def accept(self, acceptor: Acceptor, p: Participant, ballot: Ballot, vote: Vote) -> None:
        """An acceptor accepts a participant's own proposal, whatever it has promised since."""
        require(Accept(p, ballot, vote) in self.messages)
        require(ballot == first(Ballot) or not left(self.promised[p][acceptor], ballot))
        if not left(self.promised[p][acceptor], ballot):
            self.promised[p][acceptor] = ballot
        self.accepted[p][acceptor] = VoteIn(ballot, vote)
        self.messages.add(Accepted(p, ballot, acceptor, vote))
