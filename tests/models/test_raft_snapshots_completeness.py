"""Raft with snapshots and with history: the protocol without, how large it is, and what its lemmas depend on."""

import pytest
from assay.checker.language import action, require
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.properties.check import Engine, Options
from assay.models.classics.raft_election import Role, Server
from assay.models.raft import Append
from assay.models.raft_snapshots import RaftWithSnapshots
from assay.models.raft_snapshots_completeness import (
    RaftSnapshotsCompleteness,
    RaftSnapshotsCompletenessUncommitted,
)
from examination import catches, counterexample, counts, examine, instance_of

NATIVE = Options(engine=Engine.NATIVE)


def seen_by_servers(model, **settings):
    """Return what the reachable states say of the variables of Raft with snapshots."""
    with (instance := instance_of(model, **settings)).active():
        interpreter = Interpreter(instance)
        places = [interpreter.names.index(name) for name in Interpreter(instance_of(RaftWithSnapshots)).names]
        found = set(interpreter.initial_states())
        pending = list(found)
        while pending:
            new = {after for _, after in interpreter.successors(pending.pop())} - found
            found |= new
            pending += new
        return {tuple(state[place] for place in places) for state in found}


def test_history_changes_nothing_that_servers_do():
    """Neither what they reach, nor what they do not: history neither forbids nor allows a step."""
    few = {"Server": 2}
    states = seen_by_servers(RaftSnapshotsCompleteness, **few)
    assert states == seen_by_servers(RaftWithSnapshots, **few)
    assert len(states) == examine(RaftWithSnapshots, **few).exploration.distinct


def test_lemmas_hold_of_three_servers():
    assert counts(examine(RaftSnapshotsCompleteness, options=NATIVE)) == (5_601, 38_692, 19)


@pytest.mark.slow
def test_lemmas_hold_where_two_terms_have_leaders():
    result = examine(RaftSnapshotsCompleteness, "deep", NATIVE)
    assert result.as_expected
    assert result.exploration.distinct == 1_862_537


@pytest.mark.slow
def test_lemmas_hold_of_logs_of_two_entries():
    result = examine(RaftSnapshotsCompleteness, options=NATIVE, Server=2, entries=2)
    assert result.as_expected
    assert result.exploration.distinct == 108_397


def test_a_snapshot_of_what_is_not_committed_is_applied_by_one_server_alone():
    result = examine(RaftSnapshotsCompletenessUncommitted)
    assert counterexample(result, "state_machine_safety")[-1] == "take_snapshot"


class LosingTheSnapshot(RaftSnapshotsCompleteness):
    """A server that restarts with nothing applied, not even what its snapshot covers."""

    @action
    def restart(self, server: Server) -> None:
        require(self.role[server] != Role.FOLLOWER or self.commit[server] > 0)
        self.role[server] = Role.FOLLOWER
        self.commit[server] = 0


class SkippingWhatIsCovered(RaftSnapshotsCompleteness):
    """A server that appends all entries that it is sent, even those that its snapshot covers."""

    @action
    def append(self, server: Server, m: Append) -> None:
        require(m in self.messages)
        require(m.term == self.term[server], m.leader != server, self.matches(m, server))
        if self.log[server][: len(m.entries)] != m.entries:
            self.log[server] = m.entries


@pytest.mark.parametrize(
    ("mutant", "lemma"),
    [
        (LosingTheSnapshot, "snapshots_are_applied"),
        (SkippingWhatIsCovered, "whole_logs_are_kept"),
    ],
)
def test_without_a_rule_a_lemma_about_snapshots_is_false(mutant, lemma):
    assert catches(mutant, lemma, Server=2)
