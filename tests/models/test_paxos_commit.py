"""Paxos Commit, against the counts published for it, and what each guard is for."""

import pytest
from assay.checker.language import action, first, require
from assay.models.atomic_commit import Participant, ParticipantState
from assay.models.paxos_commit import (
    Abort,
    Accept,
    Accepted,
    Commit,
    PaxosCommit,
    PaxosCommitAbortingUnheard,
    PaxosCommitForgettingPromises,
    PaxosCommitIgnoringVotes,
    PaxosCommitOnMajority,
    Promise,
    Vote,
    VoteIn,
)
from assay.models.voting import Acceptor, Ballot, Quorum, joined, left
from examination import catches, counterexample, counts, examine


@pytest.mark.slow
def test_counts_of_paxos_commit():
    """TLA+ Examples, transaction_commit, PaxosCommit: 1,321,761 distinct states and depth 28.

    TLC generates 16,959,159 states there, since it takes each way in which a conjunct of *for all
    participants, some ballot and quorum* is true for a step of its own; here that is one step.
    """
    result = examine(PaxosCommit, "deep")
    assert result.as_expected
    assert counts(result) == (1_321_761, 16_375_079, 28)


def test_counts_with_two_acceptors():
    assert counts(examine(PaxosCommit))[::2] == (10_821, 22)


def test_commit_on_majority_commits_what_somebody_refused():
    actions = counterexample(examine(PaxosCommitOnMajority), "atomicity")
    assert actions.count("prepare") == 2
    assert {"refuse", "decide_commit", "learn_commit"} <= set(actions)


def test_a_leader_that_aborts_for_the_unheard_contradicts_the_one_that_heard():
    actions = counterexample(examine(PaxosCommitAbortingUnheard), "atomicity")
    assert {"decide_commit", "decide_abort", "learn_commit", "learn_abort"} <= set(actions)
    assert "refuse" not in actions


def test_a_leader_that_ignores_what_was_accepted_chooses_twice():
    actions = counterexample(examine(PaxosCommitIgnoringVotes), "agreement")
    assert actions.count("propose") == 1
    assert actions.count("accept") == 4


def test_an_acceptor_that_goes_back_to_the_first_ballot_lets_two_votes_be_chosen():
    actions = counterexample(examine(PaxosCommitForgettingPromises), "agreement")
    assert actions.index("promise") < len(actions) - 1 - actions[::-1].index("accept")


class VotesTwice(PaxosCommit):
    """A participant that is prepared refuses."""

    @action
    def refuse(self, p: Participant) -> None:
        require(self.state[p] is ParticipantState.WORKING or self.state[p] is ParticipantState.PREPARED)
        self.state[p] = ParticipantState.ABORTED
        self.messages.add(Accept(p, first(Ballot), Vote.ABORTED))


class PromisesBackwards(PaxosCommit):
    """An acceptor joins a ballot that it has left: here, again, and forgets which it was in."""

    @action
    def promise(self, acceptor: Acceptor, p: Participant, ballot: Ballot) -> None:
        require(not joined(self.promised[p][acceptor], ballot))
        self.messages.add(Promise(p, ballot, acceptor, self.accepted[p][acceptor]))


class PromisesNothing(PaxosCommit):
    """An acceptor does not tell what it has accepted."""

    @action
    def promise(self, acceptor: Acceptor, p: Participant, ballot: Ballot) -> None:
        require(not joined(self.promised[p][acceptor], ballot))
        self.promised[p][acceptor] = ballot
        self.messages.add(Promise(p, ballot, acceptor, None))


class DoesNotRemember(PaxosCommit):
    """An acceptor forgets what it has accepted."""

    @action
    def accept(self, acceptor: Acceptor, p: Participant, ballot: Ballot, vote: Vote) -> None:
        require(Accept(p, ballot, vote) in self.messages, not left(self.promised[p][acceptor], ballot))
        self.promised[p][acceptor] = ballot
        self.messages.add(Accepted(p, ballot, acceptor, vote))


class AcceptsWhatNobodyProposed(PaxosCommit):
    """An acceptor accepts anything."""

    @action
    def accept(self, acceptor: Acceptor, p: Participant, ballot: Ballot, vote: Vote) -> None:
        require(not left(self.promised[p][acceptor], ballot))
        self.promised[p][acceptor] = ballot
        self.accepted[p][acceptor] = VoteIn(ballot, vote)
        self.messages.add(Accepted(p, ballot, acceptor, vote))


class ProposesTwice(PaxosCommit):
    """A leader proposes both votes in its ballot, if its promises leave it free to abort."""

    @action
    def propose(self, p: Participant, ballot: Ballot, vote: Vote, quorum: Quorum) -> None:
        require(ballot != first(Ballot), all(self.has_joined(a, p, ballot) for a in quorum))
        self.messages.add(Accept(p, ballot, vote))


class CommitsEarly(PaxosCommit):
    """A leader commits on what was proposed, before it is chosen."""

    @action
    def decide_commit(self) -> None:
        require(all(Accept(p, first(Ballot), Vote.PREPARED) in self.messages for p in Participant))
        self.messages.add(Commit())


class AbortsEarly(PaxosCommit):
    """A leader aborts on a proposal that is not chosen yet."""

    @action
    def decide_abort(self, p: Participant, ballot: Ballot, quorum: Quorum) -> None:
        require(any(self.has_accepted(a, p, ballot, Vote.ABORTED) for a in quorum))
        self.messages.add(Abort())


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (VotesTwice, "one_proposal_per_ballot"),
        (PromisesBackwards, "acceptor_has_joined"),
        (PromisesNothing, "promise_tells_the_last_vote"),
        (DoesNotRemember, "memory_is_the_last_vote"),
        (AcceptsWhatNobodyProposed, "accepted_was_proposed"),
        (ProposesTwice, "one_proposal_per_ballot"),
        pytest.param(CommitsEarly, "atomicity", marks=pytest.mark.slow),
        (AbortsEarly, "abort_was_chosen"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by)
