"""Three-phase commit: it does not block where only processes fail, and what each guard is for."""

import networkx as nx
import pytest
from assay.checker.language import action, require
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.models.atomic_commit import Participant
from assay.models.three_phase_commit import (
    Leader,
    Plan,
    PreCommit,
    State,
    ThreePhaseCommit,
    ThreePhaseCommitDecidingAlone,
    ThreePhaseCommitTakingOverEarly,
    ThreePhaseCommitUnderPartition,
    ThreePhaseCommitWithoutAcknowledgements,
)
from examination import catches, counterexample, counts, examine, instance_of

from tests.tiers import one_in


def test_atomicity_and_nobody_blocked():
    result = examine(ThreePhaseCommit)
    assert result.as_expected
    assert counts(result) == (73_168, 214_261, 25)


@pytest.mark.slow
def test_from_every_state_where_nothing_fails_any_more_all_decide():
    """No deadlock says that something can happen; this says what."""
    instance = instance_of(ThreePhaseCommit, "smoke")
    with instance.active():
        interpreter = Interpreter(instance)
        graph = nx.DiGraph(
            (state, after)
            for state in reached(interpreter)
            for _, after in interpreter.successors(state)
            if interpreter.thaw(state).calm
        )
        over = [state for state in graph if interpreter.thaw(state).over()]
        graph.add_edges_from((state, "over") for state in over)
        assert len(graph) > len(over) > 1000
        assert nx.ancestors(graph, "over") == set(graph) - {"over"}


def reached(interpreter: Interpreter) -> set[Frozen]:
    """Return all states that are reachable."""
    found, frontier = set(interpreter.initial_states()), interpreter.initial_states()
    while frontier:
        for _, after in interpreter.successors(frontier.pop()):
            if after not in found:
                found.add(after)
                frontier.append(after)
    return found


def test_without_acknowledgements_it_is_two_phase_commit():
    actions = counterexample(examine(ThreePhaseCommitWithoutAcknowledgements), "atomicity")
    assert {"crash", "crash_leader", "learn_commit", "learn_abort"} <= set(actions)


def test_timeouts_of_each_alone_are_not_enough():
    actions = counterexample(examine(ThreePhaseCommitDecidingAlone), "atomicity")
    assert actions.count("time_out") == 2
    assert actions.count("learn_votes") == 1


@pytest.mark.slow
def test_a_message_that_arrives_after_its_leader_is_given_up_makes_two_outcomes():
    actions = counterexample(examine(ThreePhaseCommitTakingOverEarly), "atomicity")
    assert actions.index("precommit") < actions.index("learn_abort")


@pytest.mark.slow
def test_a_partition_commits_on_one_side_and_aborts_on_the_other():
    actions = counterexample(examine(ThreePhaseCommitUnderPartition), "atomicity")
    assert {"split", "commit", "abort"} <= set(actions)
    assert not {"crash", "crash_leader"} & set(actions)


class PrecommitsOnMissingVotes(ThreePhaseCommit):
    """A leader does not wait for all votes."""

    @action
    def precommit(self, leader: Leader) -> None:
        require(self.may_begin(leader))
        require(not any(self.reaches(leader, p) and self.has_decided(p) for p in Participant))
        self.plan[leader] = Plan.PRECOMMIT


class PrecommitsWhereSomebodyAborted(ThreePhaseCommit):
    """A leader that hears of all votes does not look whether somebody has aborted."""

    @action
    def precommit(self, leader: Leader) -> None:
        require(self.may_begin(leader))
        require(any(self.reaches(leader, p) and self.state[p] is State.PREPARED for p in Participant))
        self.plan[leader] = Plan.PRECOMMIT


class AbortsWhatIsKnown(ThreePhaseCommit):
    """A leader aborts although somebody knows of all votes."""

    @action
    def abort(self, leader: Leader) -> None:
        require(self.may_begin(leader))
        self.plan[leader] = Plan.ABORT


class LeadsBesideAnother(ThreePhaseCommit):
    """A leader begins although another one leads."""

    def may_begin(self, leader: Leader) -> bool:
        return leader not in self.leaders_down and self.plan[leader] is Plan.NONE


class RefusesAfterItsVote(ThreePhaseCommit):
    """A participant that has voted to commit aborts."""

    @action
    def refuse(self, p: Participant) -> None:
        require(p not in self.down, not self.has_decided(p))
        self.state[p] = State.ABORTED


class LearnsVotesAfterAborting(ThreePhaseCommit):
    """A participant takes a late message for its state."""

    @action
    def learn_votes(self, p: Participant) -> None:
        require(p not in self.down, PreCommit(p) in self.messages)
        self.state[p] = State.PRECOMMITTED


class WaitsForTheVotesOfThoseWhoAreDown(ThreePhaseCommit):
    """A leader never gives up, so one participant that crashes before its vote blocks all."""

    @action
    def abort(self, leader: Leader) -> None:
        require(self.may_begin(leader), any(self.state[p] is State.ABORTED for p in Participant))
        self.plan[leader] = Plan.ABORT


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    one_in(
        3,
        [
            (PrecommitsOnMissingVotes, "precommit_needs_all_votes"),
            (PrecommitsWhereSomebodyAborted, "never_both"),
            (AbortsWhatIsKnown, "never_both"),
            (LeadsBesideAnother, "one_leads"),
            (RefusesAfterItsVote, "atomicity"),
            (LearnsVotesAfterAborting, "decisions_are_final"),
            (WaitsForTheVotesOfThoseWhoAreDown, "deadlock"),
        ],
    ),
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by, "smoke")
