"""Raft with its logs: what figure 3 of the paper claims, how large it is, and what breaks it."""

import pytest
from assay.checker.properties.check import Engine, Options
from assay.models.raft import (
    Append,
    Entry,
    Raft,
    RaftCommittingByCounting,
    RaftElectingAnyLog,
    RaftForgettingVotes,
    RaftWithRestarts,
)
from examination import counterexample, counts, examine
from raft_runs import begun, elected, kind, reached

NATIVE = Options(engine=Engine.NATIVE)


def test_all_that_the_paper_claims_holds_in_every_state():
    assert counts(examine(Raft)) == (602, 3_256, 15)
    assert counts(examine(RaftWithRestarts, options=NATIVE)) == (1_338, 7_330, 16)


@pytest.mark.slow
def test_it_holds_over_two_elections_too():
    assert counts(examine(Raft, options=NATIVE, Term=3)) == (50_667, 236_863, 24)


@pytest.mark.slow
def test_it_holds_for_logs_of_two_entries():
    result = examine(Raft, "deep", NATIVE)
    assert result.as_expected
    assert result.exhaustive  # how many states that are, no second count has confirmed


def test_both_engines_see_the_same_of_it():
    assert counts(examine(Raft, options=NATIVE)) == counts(examine(Raft))


class CountingItsOwnTerm(RaftCommittingByCounting):
    """The sound rule, from the middle of figure 8 on."""

    commit_entries = Raft.commit_entries


def test_figure_8_goes_well_where_leaders_count_entries_of_their_own_term_only():
    result = examine(CountingItsOwnTerm, options=NATIVE)
    assert result.exploration.is_exhaustive
    assert "commit_entries" in result.violated  # it never happens: the log is full of what is of earlier terms
    assert not {"leader_completeness", "state_machine_safety", "log_matching"} & set(result.violated)


def test_figure_8_ends_with_a_leader_that_misses_what_was_committed():
    actions = counterexample(examine(RaftCommittingByCounting), "leader_completeness")
    assert [actions.count(name) for name in ("commit_entries", "time_out", "lead")] == [1, 1, 1]


def test_a_candidate_without_what_is_committed_is_elected_by_voters_who_do_not_ask():
    assert "vote" in counterexample(examine(RaftElectingAnyLog), "leader_completeness")


def test_a_forgotten_vote_makes_two_leaders():
    actions = counterexample(examine(RaftForgettingVotes), "election_safety")
    assert len(actions) == 8
    assert actions.count("lead") == 2


def half_of_figure_8(instance):
    """The first three terms of figure 8: one leads, two leads, one leads again."""
    servers, terms = instance.elements(kind(instance, "Server")), instance.elements(kind(instance, "Term"))
    value = instance.elements(kind(instance, "Value"))[0]
    yield from elected(instance, 0, [2], 1)
    yield "request", (servers[0], value)
    yield "adopt", (servers[1], terms[1])
    yield from elected(instance, 1, [2], 2)
    yield "request", (servers[1], value)
    yield "adopt", (servers[0], terms[2])
    yield from elected(instance, 0, [2], 3, 1, 1)


def test_the_middle_of_figure_8_is_reached_from_the_beginning():
    assert reached(Raft, half_of_figure_8, Term=5) in begun(RaftCommittingByCounting, Term=5)


def first_commitment(instance):
    servers, terms = instance.elements(kind(instance, "Server")), instance.elements(kind(instance, "Term"))
    value, quorum = instance.elements(kind(instance, "Value"))[0], instance.elements(kind(instance, "Quorum"))[0]
    follower = next(s for s in servers[1:] if s in instance.members(quorum))
    yield from elected(instance, 0, [1, 2], 1)
    yield "request", (servers[0], value)
    yield "send", (servers[0], 0)
    yield "append", (follower, Append(terms[1], servers[0], 0, terms[0], [Entry(terms[1], value)], 0))
    yield "commit_entries", (servers[0], quorum, 1)


def test_the_first_commitment_is_reached_from_the_beginning():
    assert reached(Raft, first_commitment, Term=5) in begun(RaftElectingAnyLog, Term=5)


class IgnoringTheEntryBefore(Raft):
    """A follower that puts entries where they belong whatever stands before them."""

    def matches(self, m, server):
        return m.previous_index <= len(self.log[server])


class CommittingAlone(Raft):
    """A leader that asks nobody before it commits."""

    def has_appended(self, follower, server, index):
        return True


@pytest.mark.slow
def test_a_follower_that_ignores_the_entry_before_breaks_log_matching():
    result = examine(IgnoringTheEntryBefore, options=NATIVE, Term=3, entries=2)
    assert result.violated == ("log_matching",)


@pytest.mark.slow
def test_a_leader_that_asks_nobody_breaks_leader_completeness():
    assert examine(CommittingAlone, options=NATIVE, Term=3).violated == ("leader_completeness",)
