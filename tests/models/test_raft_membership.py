"""Changes of Raft's membership: the bug of 2015, majorities that do not meet, and what each guard is for."""

import pytest
from assay.checker.language import Set, action, require
from assay.models.raft_membership import (
    Entry,
    RaftChangingBeforeItsTerm,
    RaftChangingManyAtOnce,
    RaftJointConsensus,
    RaftJointWithoutOldMajority,
    RaftMembership,
    Server,
    Term,
    is_majority,
)
from examination import catches, counterexample, counts, examine


def test_one_at_a_time_is_safe():
    result = examine(RaftMembership)
    assert result.as_expected
    assert counts(result) == (1900, 3697, 11)


@pytest.mark.slow
def test_one_at_a_time_is_safe_over_two_elections():
    result = examine(RaftMembership, "deep")
    assert result.as_expected
    assert counts(result) == (15_223, 38_599, 12)


def test_joint_consensus_is_safe():
    result = examine(RaftJointConsensus)
    assert result.as_expected
    assert counts(result)[::2] == (1019, 13)


def test_a_leader_that_changes_the_members_before_its_term_is_the_bug_of_2015():
    actions = counterexample(examine(RaftChangingBeforeItsTerm), "leader_completeness")
    assert sorted(actions) == ["commit_entries", "elect", "remove", "replicate"]


class ChangesBeforeItsTerm(RaftMembership):
    """The bug, without a scenario to begin from."""

    expected = RaftChangingBeforeItsTerm.expected

    def may_change(self, server: Server) -> bool:
        return self.commit[server] == len(self.log[server])


def test_the_bug_of_2015_needs_no_more_than_two_members_and_one_to_come():
    """It was published with four. Here who is to come is elected by the two, and has itself added."""
    found = examine(ChangesBeforeItsTerm, Server=3, Term=4, entries=2)
    actions = counterexample(found, "leader_completeness")
    assert sorted(actions) == ["add", "commit_entries", "elect", "elect", "elect", "remove"]


@pytest.mark.parametrize("model", [RaftChangingManyAtOnce, RaftJointWithoutOldMajority])
def test_members_that_are_replaced_at_once_elect_a_leader_beside_the_old_ones(model):
    actions = counterexample(examine(model), "leader_completeness")
    assert actions.count("elect") == 2
    assert "commit_entries" in actions


class ElectsWithoutItsVote(RaftMembership):
    """A leader needs one vote less than a majority."""

    def is_quorum(self, servers: Set[Server], entry: Entry) -> bool:
        return 2 * len(servers & entry.new) >= len(entry.new)


class ElectsAnyLog(RaftMembership):
    """Voters do not compare logs."""

    def is_up_to_date(self, server: Server, voter: Server) -> bool:
        return self.log[server] == self.log[server] or self.log[voter] == self.log[voter]


class VotesAgain(RaftMembership):
    """A voter does not look at its term."""

    @action
    def elect(self, server: Server, term: Term, voters: Set[Server]) -> None:
        require(server in voters, all(self.term[v] <= term and self.is_up_to_date(server, v) for v in voters))
        require(is_majority(voters, self.log[server][-1].new))
        for voter in voters:
            self.term[voter] = term
            self.leads[voter] = voter == server or self.leads[voter]


class CommitsAlone(RaftMembership):
    """A leader does not wait for others."""

    @action
    def commit_entries(self, server: Server, acknowledged: Set[Server]) -> None:
        require(self.leads[server], self.commit[server] < len(self.log[server]), acknowledged == {server})
        self.commit[server] = len(self.log[server])
        if len(self.chosen) < len(self.log[server]):
            self.chosen = self.log[server][:]


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (ElectsWithoutItsVote, "election_safety"),
        (ElectsAnyLog, "leader_completeness"),
        (VotesAgain, "election_safety"),
        (CommitsAlone, "leader_completeness"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by, "deep")
