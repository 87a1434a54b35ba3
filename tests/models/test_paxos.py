"""Paxos, against the counts published for it; each of its guards is needed."""

import pytest
from assay.checker.errors import ModelError
from assay.checker.language import action, require
from assay.models.consensus import Value
from assay.models.paxos import (
    Accept,
    Accepted,
    Paxos,
    PaxosIgnoringVotes,
    PaxosWithForgottenPromises,
    PaxosWithHalfQuorums,
    PaxosWithRestarts,
    Prepare,
    Promise,
    Proposal,
)
from assay.models.voting import Acceptor, Ballot, Quorum, joined, left
from examination import counterexample, counts, examine


def test_counts_of_mc_paxos():
    """TLA+ Examples, Paxos, MCPaxos: 1 acceptor, 2 ballots, 1 value."""
    result = examine(Paxos, Acceptor=1, Ballot=2, Value=1)
    assert counts(result) == (25, 82, 9)
    assert result.violated == ("leaders_disagree",), "it needs two values"


def test_counts_with_three_acceptors():
    assert counts(examine(Paxos)) == (3921, 23467, 17)


@pytest.mark.slow
def test_counts_with_three_acceptors_and_three_ballots():
    """The published specification, without symmetry, has as many distinct states, at the same depth, in TLC.

    It generates more there: one for each vote that shows a value safe. Ours are those of both explorers.
    """
    result = examine(Paxos, "deep")
    assert result.as_expected
    assert counts(result) == (185_369, 1_350_916, 25)


def test_restarts_are_harmless_with_promises_on_disk():
    result = examine(PaxosWithRestarts)
    assert result.as_expected
    assert counts(result) == (580, 3049, 15)


def test_restarts_of_sound_acceptors_add_nothing_but_who_is_down():
    plain, restarting = examine(Paxos, "smoke"), examine(PaxosWithRestarts, Acceptor=2)
    assert restarting.exploration.distinct == 2**2 * plain.exploration.distinct


@pytest.mark.slow
def test_restarts_are_harmless_with_three_acceptors():
    result = examine(PaxosWithRestarts, "deep")
    assert result.as_expected
    assert counts(result) == (2**3 * 3921, 225_193, 20)


def test_half_quorums_violate_agreement():
    result = examine(PaxosWithHalfQuorums)
    assert result.violated == ("agreement",)
    assert sorted(counterexample(result, "agreement")) == sorted(["prepare", "promise", "propose", "accept"] * 2)


def test_half_quorums_are_refused_where_quorums_must_meet():
    with pytest.raises(ModelError, match="the axiom quorums_meet is false"):
        examine(Paxos, Acceptor=4, Quorum=2)


@pytest.mark.slow
def test_half_quorums_meet_if_the_number_is_odd():
    assert "agreement" not in examine(PaxosWithHalfQuorums, Acceptor=3, Quorum=2).violated


def test_ignoring_votes_violates_agreement():
    result = examine(PaxosIgnoringVotes)
    assert result.violated == ("agreement",)
    actions = counterexample(result, "agreement")
    assert sorted(actions) == sorted(["prepare", "promise", "promise", "propose", "accept", "accept"] * 2)


def test_forgotten_promises_violate_agreement():
    result = examine(PaxosWithForgottenPromises)
    assert result.violated == ("agreement",)
    actions = counterexample(result, "agreement")
    assert len(actions) == 16
    assert {"crash", "restart"} <= set(actions)


@pytest.mark.slow
def test_one_forgetful_acceptor_of_three_is_enough():
    actions = counterexample(examine(PaxosWithForgottenPromises, "deep"), "agreement")
    assert len(actions) == 14
    assert actions.count("crash") == actions.count("restart") == 1


class KeepsNoPromise(Paxos):
    """An acceptor tells its promise and does not keep it."""

    @action
    def promise(self, acceptor: Acceptor, ballot: Ballot) -> None:
        require(Prepare(ballot) in self.messages, not joined(self.promised[acceptor], ballot))
        self.messages.add(Promise(acceptor, ballot, self.accepted[acceptor]))


class AcceptsBelowItsPromise(Paxos):
    """An acceptor accepts whatever is proposed."""

    @action
    def accept(self, acceptor: Acceptor, proposal: Proposal) -> None:
        require(Accept(proposal) in self.messages)
        self.promised[acceptor] = proposal.ballot
        self.accepted[acceptor] = proposal
        self.messages.add(Accepted(acceptor, proposal))


class AcceptsWithoutJoining(Paxos):
    """An acceptor accepts in a ballot, and still joins or accepts in lower ones."""

    @action
    def accept(self, acceptor: Acceptor, proposal: Proposal) -> None:
        require(Accept(proposal) in self.messages, not left(self.promised[acceptor], proposal.ballot))
        self.accepted[acceptor] = proposal
        self.messages.add(Accepted(acceptor, proposal))


class TellsNoVote(Paxos):
    """An acceptor's promise does not tell what it has accepted."""

    @action
    def promise(self, acceptor: Acceptor, ballot: Ballot) -> None:
        require(Prepare(ballot) in self.messages, not joined(self.promised[acceptor], ballot))
        self.promised[acceptor] = ballot
        self.messages.add(Promise(acceptor, ballot, None))


class ProposesTwice(Paxos):
    """A leader proposes what it may, though it has proposed something else."""

    @action
    def propose(self, ballot: Ballot, value: Value, quorum: Quorum) -> None:
        require(all(self.has_joined(a, ballot) for a in quorum))
        promises = {m for m in self.messages if isinstance(m, Promise) and m.ballot == ballot and m.acceptor in quorum}
        accepted = {m.accepted for m in promises if m.accepted is not None}
        require(all(p.value == value or any(p.ballot < later.ballot for later in accepted) for p in accepted))
        self.messages.add(Accept(Proposal(ballot, value)))


class ProposesWithoutQuorum(Paxos):
    """A leader does not wait for a quorum to join its ballot."""

    @action
    def propose(self, ballot: Ballot, value: Value, quorum: Quorum) -> None:
        require(self.is_free(ballot), any(self.has_joined(a, ballot) for a in quorum))
        promises = {m for m in self.messages if isinstance(m, Promise) and m.ballot == ballot and m.acceptor in quorum}
        accepted = {m.accepted for m in promises if m.accepted is not None}
        require(all(p.value == value or any(p.ballot < later.ballot for later in accepted) for p in accepted))
        self.messages.add(Accept(Proposal(ballot, value)))


class AcceptsAnything(Paxos):
    """An acceptor accepts what nobody has proposed."""

    @action
    def accept(self, acceptor: Acceptor, proposal: Proposal) -> None:
        require(not left(self.promised[acceptor], proposal.ballot))
        self.promised[acceptor] = proposal.ballot
        self.accepted[acceptor] = proposal
        self.messages.add(Accepted(acceptor, proposal))


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (KeepsNoPromise, "acceptor_has_joined"),
        (AcceptsBelowItsPromise, "acceptor_has_joined"),
        (AcceptsWithoutJoining, "acceptor_has_joined"),
        (TellsNoVote, "promise_tells_the_last_vote"),
        (ProposesTwice, "one_proposal_per_ballot"),
        (ProposesWithoutQuorum, "no_other_value_is_choosable"),
        (AcceptsAnything, "accepted_was_proposed"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert caught_by in examine(mutant, "smoke", Acceptor=3).violated


@pytest.mark.parametrize("mutant", [KeepsNoPromise, TellsNoVote, ProposesTwice], ids=lambda mutant: mutant.__name__)
def test_a_missing_guard_costs_agreement(mutant):
    class WithoutLemmas(mutant):
        """Expected to violate agreement, so it is not checked for anything else."""

        expected = PaxosIgnoringVotes.expected

    assert examine(WithoutLemmas, "smoke").violated == ("agreement",)


def test_two_acceptors_of_whom_both_must_vote_need_only_one_to_join():
    """So a mutant that survives on two acceptors shows a strength of the quorums, not a weakness of the test."""
    assert examine(ProposesWithoutQuorum, "smoke").as_expected


class ProposesAnyVote(Paxos):
    """A leader proposes what some acceptor of its quorum has accepted, not what was accepted last."""

    expected = PaxosIgnoringVotes.expected

    @action
    def propose(self, ballot: Ballot, value: Value, quorum: Quorum) -> None:
        require(self.is_free(ballot), all(self.has_joined(a, ballot) for a in quorum))
        promises = {m for m in self.messages if isinstance(m, Promise) and m.ballot == ballot and m.acceptor in quorum}
        accepted = {m.accepted for m in promises if m.accepted is not None}
        require(not accepted or any(p.value == value for p in accepted))
        self.messages.add(Accept(Proposal(ballot, value)))


def test_adopting_any_vote_shows_no_error_in_two_ballots():
    """A small instance hides what a larger one shows."""
    assert "agreement" not in examine(ProposesAnyVote, "smoke").violated


@pytest.mark.slow
def test_adopting_any_vote_violates_agreement_in_three_ballots():
    result = examine(ProposesAnyVote, "deep")
    assert result.violated == ("agreement",)
    assert counterexample(result, "agreement").count("propose") == 3
