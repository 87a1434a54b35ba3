"""Raft's election: each of its rules is needed."""

import pytest
from assay.checker.language import action, reachable, require
from assay.models.classics.raft_election import (
    Quorum,
    RaftElection,
    RaftElectionForgettingVotes,
    RaftElectionWithHalfQuorums,
    RequestVote,
    Role,
    Server,
    VoteGranted,
)
from examination import catches, counterexample, counts, examine


def test_counts():
    assert counts(examine(RaftElection)) == (138, 940, 7)


def test_forgotten_vote_violates_election_safety():
    result = examine(RaftElectionForgettingVotes)
    assert result.violated == ("election_safety",)
    actions = counterexample(result, "election_safety")
    assert actions == ["stand", "stand", "learn_of_term", "grant", "lead", "restart", "grant", "lead"]


def test_forgotten_vote_shows_no_error_with_two_servers():
    """A small instance hides what a larger one shows: both candidates have voted, and nobody else is there."""
    assert "election_safety" not in examine(RaftElectionForgettingVotes, Server=2).violated


def test_half_quorums_violate_election_safety():
    result = examine(RaftElectionWithHalfQuorums)
    assert result.violated == ("election_safety",)
    assert sorted(counterexample(result, "election_safety")) == ["lead", "lead", "stand", "stand"]


@pytest.mark.slow
def test_leader_that_does_not_know_of_a_newer_one():
    class WithTwoTerms(RaftElection):
        """Leaders of different terms may take themselves for the leader at the same time."""

        @reachable
        def two_leaders(self, old: Server, new: Server) -> bool:
            return self.role[old] is Role.LEADER and self.role[new] is Role.LEADER and self.term[old] < self.term[new]

    result = examine(WithTwoTerms, "deep")
    assert result.as_expected
    assert counts(result) == (4513, 35_452, 12)


class GrantsToAll(RaftElection):
    """A server does not look whom it has voted for."""

    @action
    def grant(self, server: Server, request: RequestVote) -> None:
        require(request in self.messages, self.term[server] == request.term)
        self.voted_for[server] = request.candidate
        self.messages.add(VoteGranted(server, request.candidate, request.term))


class GrantsInOldTerms(RaftElection):
    """A server grants votes also in terms that it has left."""

    @action
    def grant(self, server: Server, request: RequestVote) -> None:
        require(request in self.messages, self.term[server] >= request.term)
        require(self.voted_for[server] is None or self.voted_for[server] == request.candidate)
        self.voted_for[server] = request.candidate
        self.messages.add(VoteGranted(server, request.candidate, request.term))


class LeadsByOneVote(RaftElection):
    """A candidate leads by the vote of any member of a quorum."""

    @action
    def lead(self, server: Server, quorum: Quorum) -> None:
        require(self.role[server] is Role.CANDIDATE)
        require(any(VoteGranted(s, server, self.term[server]) in self.messages for s in quorum))
        self.role[server] = Role.LEADER


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (GrantsToAll, "one_vote_per_term"),
        (GrantsToAll, "election_safety"),
        (LeadsByOneVote, "leaders_were_elected"),
        (LeadsByOneVote, "election_safety"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_rule_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by)


@pytest.mark.slow
def test_votes_in_a_term_that_was_left_are_found_where_there_are_terms_to_leave():
    assert "one_vote_per_term" not in examine(GrantsInOldTerms).violated
    assert catches(GrantsInOldTerms, "one_vote_per_term", "deep")
