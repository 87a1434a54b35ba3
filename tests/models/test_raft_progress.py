"""Raft's elections end under the fairness that is stated; each part of it is needed, and so is each guard."""

import pytest
from assay.checker.language import Violates, action, removed, require
from assay.models.classics.raft_election import Role, Server
from assay.models.raft_progress import Granted, RaftProgress, RaftSplittingVotes, RaftVotingOnce
from examination import NATIVE, REFERENCE, counterexample, counts, examine

FAIRNESS = RaftProgress.fairness


def verdicts(result):
    return {p.name: p.verdict for p in result.properties}


@pytest.mark.slow
def test_both_explorers_see_the_same_states_and_judge_alike():
    by_hand, natively = examine(RaftProgress, "smoke", REFERENCE), examine(RaftProgress, "smoke", NATIVE)
    assert by_hand.as_expected
    assert counts(by_hand) == counts(natively)
    assert verdicts(by_hand) == verdicts(natively)


@pytest.mark.slow
def test_four_servers_elect_a_leader():
    result = examine(RaftProgress, "deep")
    assert result.as_expected
    assert result.exploration.distinct == 1_278_372


def fair_but_for(lacking):
    """Return Raft's progress without one of its assumptions."""
    fairness = tuple(stated for stated in FAIRNESS if stated != lacking)
    assert len(fairness) == len(FAIRNESS) - 1
    return variant(RaftProgress, "somebody_leads", fairness=fairness)


def variant(base, caught_by, **members):
    """Return a variant that is searched for what it is caught by."""
    namespace = {"__module__": base.__module__, "__doc__": base.__doc__, "expected": Violates(caught_by), **members}
    return type(base.__name__, (base,), namespace)


@pytest.mark.slow
@pytest.mark.parametrize("lacking", [stated for stated in FAIRNESS if "hear_of_leader" not in stated.actions], ids=str)
def test_each_assumption_is_needed(lacking):
    logs = 2 if "end_head_start" in lacking.actions else 1  # some servers are refused for their logs
    assert "somebody_leads" in examine(fair_but_for(lacking), logs=logs).violated


@pytest.mark.slow
def test_candidates_need_not_hear_who_leads_for_somebody_to_lead():
    (lacking,) = [stated for stated in FAIRNESS if "hear_of_leader" in stated.actions]
    assert not examine(fair_but_for(lacking), logs=1).violated


def test_votes_are_split_for_ever():
    """All that happens for ever is that two servers stand in the same term, one after the other."""
    result = examine(RaftSplittingVotes)
    assert result.as_expected
    trace = next(p.trace for p in result.properties if p.name == "somebody_is_elected")
    loop = [step.call for step in trace.steps[trace.loop.start + 1 :]] + [trace.loop.call]
    assert [name for name, _ in loop] == ["time_out", "time_out"]
    assert sorted(joins for _, (_, joins) in loop) == [False, True]


@pytest.mark.slow
def test_who_keeps_its_vote_elects_nobody():
    result = examine(RaftVotingOnce)
    assert result.as_expected
    assert "vote" not in counterexample(result, "somebody_leads")[-3:]


class GrantsToShortLogs(RaftProgress):
    def would_grant(self, voter, candidate):
        return self.voted[voter] is None


class GrantsAgain(RaftProgress):
    def would_grant(self, voter, candidate):
        return self.log[voter] <= self.log[candidate]


class VotesFromOtherTerms(RaftProgress):
    @action
    def vote(self, voter: Server, candidate: Server) -> None:
        require(voter not in self.stopped, candidate not in self.stopped, self.role[candidate] is Role.CANDIDATE)
        require(self.would_grant(voter, candidate))
        self.voted[voter] = candidate
        self.granted.add(Granted(voter, candidate))


class LeadsWithoutVotes(RaftProgress):
    @action
    def lead(self, server: Server) -> None:
        require(server not in self.stopped, self.role[server] is Role.CANDIDATE)
        self.role[server] = Role.LEADER


class NeverEndsAHeadStart(RaftProgress):
    fairness = FAIRNESS[:-1]
    end_head_start = removed


class StopsAnybody(RaftProgress):
    @action
    def stop(self, server: Server) -> None:
        require(server not in self.stopped)
        self.leave_term(server)
        self.stopped.add(server)
        self.term[server] = 0
        self.voted[server] = None
        self.role[server] = Role.FOLLOWER
        if self.ahead == server:
            self.ahead = None


class CountsOldVotes(RaftProgress):
    def leave_term(self, server):
        if self.is_alone(server):
            left = self.term[server]
            self.term = {s: self.term[s] - 1 if self.term[s] > left else self.term[s] for s in Server}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (GrantsToShortLogs, "leaders_miss_nothing"),
        (GrantsAgain, "election_safety"),
        (VotesFromOtherTerms, "election_safety"),
        (LeadsWithoutVotes, "election_safety"),
        (NeverEndsAHeadStart, "deadlock"),
        (StopsAnybody, "deadlock"),
        (CountsOldVotes, "election_safety"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert caught_by in examine(variant(mutant, caught_by)).violated
