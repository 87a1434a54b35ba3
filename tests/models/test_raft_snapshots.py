"""Raft with snapshots: what section 7 of the paper must not lose, how large it is, and what loses it."""

import pytest
from assay.checker.engine.limits import Limits
from assay.checker.language import Violates, action, require
from assay.checker.properties.check import Engine, Options
from assay.models.classics.raft_election import Role, Server
from assay.models.raft import Append, Entry
from assay.models.raft_snapshots import (
    InstallSnapshot,
    RaftDiscardingWhatFollows,
    RaftForgettingTheLastTerm,
    RaftSnapshottingUncommitted,
    RaftWithSnapshots,
)
from examination import counterexample, counts, examine
from raft_runs import begun, elected, kind, reached

from tests.tiers import one_in

NATIVE = Options(engine=Engine.NATIVE)


def test_what_the_paper_claims_of_logs_holds_of_logs_with_snapshots():
    assert counts(examine(RaftWithSnapshots, options=NATIVE)) == (5_574, 38_668, 19)


@pytest.mark.slow
def test_it_holds_for_logs_of_two_entries():
    result = examine(RaftWithSnapshots, "deep", NATIVE)
    assert result.as_expected
    assert result.exploration.distinct == 108_395


def test_both_engines_see_the_same_of_it():
    few = {"Server": 2}
    assert counts(examine(RaftWithSnapshots, options=NATIVE, **few)) == counts(examine(RaftWithSnapshots, **few))


def test_a_snapshot_of_what_is_not_committed_is_applied_by_one_server_alone():
    assert counterexample(examine(RaftSnapshottingUncommitted), "state_machine_safety")[-1] == "take_snapshot"


def test_a_leader_that_has_discarded_what_followed_a_snapshot_misses_what_was_committed():
    actions = counterexample(examine(RaftDiscardingWhatFollows, options=NATIVE), "leader_completeness")
    assert actions[0] == "install_snapshot"
    assert actions[-1] == "lead"


def test_who_forgets_the_last_term_of_its_snapshot_votes_for_a_log_without_what_was_committed():
    actions = counterexample(examine(RaftForgettingTheLastTerm, options=NATIVE), "leader_completeness")
    assert {"vote", "lead"} <= set(actions)


class KeepingWhatFollows(RaftDiscardingWhatFollows):
    """The sound rule, from a delayed snapshot on."""

    install_snapshot = RaftWithSnapshots.install_snapshot


class KnowingTheLastTerm(RaftForgettingTheLastTerm):
    """The sound rule, from a compacted log on."""

    last_term = RaftWithSnapshots.last_term


@pytest.mark.slow
@pytest.mark.parametrize("model", [KeepingWhatFollows, KnowingTheLastTerm])
def test_nothing_is_lost_from_there_by_the_sound_rule(model):
    few_levels = Options(engine=Engine.NATIVE, limits=Limits(depth=8))
    result = examine(model, options=few_levels)
    assert result.violated == ()
    assert result.exploration.depth == 8  # the broken variants are refuted in six


def first_two_committed(instance):
    """Two entries are committed, and the snapshot of the first is on its way."""
    servers, terms = instance.elements(kind(instance, "Server")), instance.elements(kind(instance, "Term"))
    value = instance.elements(kind(instance, "Value"))[0]
    entry = Entry(terms[1], value)
    yield from elected(instance, 0, [1, 2], 1)
    yield from [("request", (servers[0], value))] * 2
    yield "send", (servers[0], 0)
    yield "append", (servers[1], Append(terms[1], servers[0], 0, terms[0], [entry, entry], 0))
    yield "commit_entries", (servers[0], of_two(instance, 0, 1), 2)
    yield "take_snapshot", (servers[0], 1)
    yield "send_snapshot", (servers[0],)


def of_two(instance, *places):
    servers = instance.elements(kind(instance, "Server"))
    quorums = instance.elements(kind(instance, "Quorum"))
    return next(q for q in quorums if instance.members(q) == {servers[place] for place in places})


def compacted(instance):
    """An entry that never got anywhere, a later one that is committed, and a snapshot of that."""
    servers, terms = instance.elements(kind(instance, "Server")), instance.elements(kind(instance, "Term"))
    value = instance.elements(kind(instance, "Value"))[0]
    yield from elected(instance, 2, [0], 1)
    yield "request", (servers[2], value)
    yield from elected(instance, 0, [1], 2)
    yield "adopt", (servers[2], terms[2])
    yield "request", (servers[0], value)
    yield "send", (servers[0], 0)
    yield "append", (servers[1], Append(terms[2], servers[0], 0, terms[0], [Entry(terms[2], value)], 0))
    yield "commit_entries", (servers[0], of_two(instance, 0, 1), 1)
    yield "send", (servers[0], 1)
    yield "append", (servers[1], Append(terms[2], servers[0], 1, terms[2], [], 1))
    yield "take_snapshot", (servers[1], 1)


@pytest.mark.parametrize(
    ("run", "model"), [(first_two_committed, RaftDiscardingWhatFollows), (compacted, RaftForgettingTheLastTerm)]
)
def test_where_the_broken_variants_begin_is_reached_from_the_beginning(run, model):
    settings = {"Term": 4, "entries": 2}
    assert reached(RaftWithSnapshots, run, **settings) in begun(model, **settings)


class TakingTheOlder(RaftWithSnapshots):
    """A server that installs whatever snapshot it is sent."""

    @action
    def install_snapshot(self, server: Server, m: InstallSnapshot) -> None:
        require(m in self.snapshots)
        require(m.term == self.term[server], m.leader != server, self.snapshot[server] != m.snapshot)
        self.log[server] = []
        self.snapshot[server] = m.snapshot
        self.commit[server] = m.snapshot.index


class RestartingAtZero(RaftWithSnapshots):
    """A server that begins to apply at its snapshot, and takes nothing for committed."""

    @action
    def restart(self, server: Server) -> None:
        require(self.commit[server] > 0)
        self.role[server] = Role.FOLLOWER
        self.commit[server] = 0


@pytest.mark.parametrize(
    ("mutant", "violated"),
    one_in(
        2,
        [
            (TakingTheOlder, "nothing_is_forgotten"),
            (RestartingAtZero, "state_machine_safety"),
        ],
    ),
    ids=lambda value: getattr(value, "__name__", value),
)
def test_what_figure_13_guards_is_lost_without_it(mutant, violated):
    mutant.expected = Violates(violated)
    assert violated in examine(mutant, "deep", NATIVE).violated
