"""Refinement between models: against a search that asks about every step, and in the ways that it fails."""

from __future__ import annotations

import pytest
from assay.checker.engine.explorers import Engine
from assay.checker.errors import ModelError
from assay.checker.language import Model
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Options, check
from assay.checker.properties.refinement_mapping import RefinementMapping
from assay.checker.properties.result import PropertyResult
from assay.checker.report.values import Renderer
from assay.checker.verdicts import Verdict
from assay.models import lock, multi_paxos, paxos, raft, replication, two_phase_commit, voting

from tests.checker.properties import refinement_models as models
from tests.tiers import one_in

HOLDS, VIOLATED, UNKNOWN = Verdict.HOLDS, Verdict.VIOLATED, Verdict.UNKNOWN


def judged(
    model: type[Model], engine: Engine = Engine.REFERENCE, instance: str = "default"
) -> dict[str, PropertyResult]:
    made = instantiate(specify(model), name=instance)
    result = check(made, Options(engine, keep_going=True, deadlock=False))
    return {found.name: found for found in result.properties if found.subject in specify(model).refinements}


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE], ids=lambda engine: engine.value)
@pytest.mark.parametrize(
    ("model", "hours", "running"),
    [
        (models.Minutes, HOLDS, VIOLATED),
        (models.RunningMinutes, HOLDS, HOLDS),
        (models.Jumping, VIOLATED, VIOLATED),
        (models.BeginningLate, VIOLATED, VIOLATED),
        (models.Busy, HOLDS, VIOLATED),
        (models.Bounded, UNKNOWN, UNKNOWN),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_clocks(model: type[Model], hours: Verdict, running: Verdict, engine: Engine) -> None:
    found = judged(model, engine)
    assert (found["shows_hours"].verdict, found["goes_on"].verdict) == (hours, running)


def test_a_clock_that_stands_still_is_seen_as_one_that_is_not_fair() -> None:
    found = judged(models.Minutes)["goes_on"]
    assert found.trace is not None
    assert found.trace.loop is not None
    assert found.implementation is not None
    assert found.implementation.unfair is not None
    assert str(found.implementation.unfair.fairness) == "weak fairness of tick"


def test_the_nearest_action_is_shown_with_its_first_guard_that_is_false() -> None:
    implementation = judged(models.MinutesAsGuarded)["shows_guarded_hours"].implementation
    assert implementation is not None
    (attempt,) = implementation.attempts
    assert attempt.call == ("tick", ())
    assert attempt.after == implementation.trace.last
    assert attempt.guard is not None
    assert attempt.guard.text == "require(self.hour % 2 == 1)"


def test_of_calls_that_come_as_near_the_one_is_shown_that_names_what_changes_and_misses_least() -> None:
    """A follower applies an entry too early: *apply* of that follower and that entry, which is not decided."""
    implementation = judged(raft.RaftApplyingAtOnce)["implements_consensus_in_order"].implementation
    assert implementation is not None
    (applied,) = [attempt for attempt in implementation.attempts if attempt.call[0] == "apply"]
    assert Renderer(implementation.trace.instance).call(applied.call) == "apply(server=s2, end=1)"
    assert applied.guard is not None
    assert applied.guard.text == "require(end <= len(self.decided))"


def test_an_initial_state_that_is_none_of_the_other_model_is_shown() -> None:
    implementation = judged(models.BeginningLate)["shows_hours"].implementation
    assert implementation is not None
    assert implementation.refused == (2,)


@pytest.mark.parametrize(
    ("model", "complaint"),
    [
        (models.Lacking, "the mapping to Hour gives no value to 'hour'"),
        (models.Unknown, "the mapping to Hour gives a value to 'day', which Hour does not have"),
        (models.TooLate, "hour"),
        (models.Nothing, "returned 0"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_mapping_that_gives_no_state_is_refused(model: type[Model], complaint: str) -> None:
    with pytest.raises(ModelError, match=complaint):
        judged(model)


IMPLEMENTED = [
    (two_phase_commit.TwoPhaseCommitWithCrashes, HOLDS),
    (two_phase_commit.ForgetfulParticipant, VIOLATED),
    (two_phase_commit.ForgetfulCoordinator, VIOLATED),
    (voting.Voting, HOLDS),
    (voting.VotesWithoutLooking, VIOLATED),
    (paxos.PaxosAsVoting, HOLDS),
    (paxos.PaxosIgnoringVotesAsVoting, VIOLATED),
    (multi_paxos.MultiPaxos, HOLDS),
    (multi_paxos.MultiPaxosExecutingWhatIsProposed, VIOLATED),
    (raft.Raft, HOLDS),
    (raft.RaftApplyingAtOnce, VIOLATED),
    (lock.Lock, HOLDS),
    (lock.LockKeptAcrossSessions, VIOLATED),
    (lock.LockWithoutFencing, VIOLATED),
    (replication.Replication, HOLDS),
    (replication.ReplicationCountingWhoJoins, VIOLATED),
    (replication.ReplicationAcknowledgingAtOnce, VIOLATED),
]


@pytest.mark.parametrize(
    ("model", "verdict"), one_in(3, IMPLEMENTED), ids=lambda value: getattr(value, "__name__", None)
)
def test_the_library_implements_what_it_says_as_a_search_step_by_step_does(
    model: type[Model], verdict: Verdict
) -> None:
    smoke = "smoke" if model.smoke else "default"
    (found,) = judged(model, Engine.NATIVE, smoke).values()
    assert found.verdict is verdict
    assert every_step_is_allowed(model, smoke) is (verdict is HOLDS)


def every_step_is_allowed(model: type[Model], name: str) -> bool:
    """Return whether every reachable step is one of the other model's, asked one after the other."""
    instance = instantiate(specify(model), name=name)
    (method,) = specify(model).refinements
    with instance.active():
        interpreter, mapping = Interpreter(instance), RefinementMapping(instance, method)
        pending = interpreter.initial_states()
        reached, seen = set(pending), {state: mapping.view(state)[0] for state in pending}
        if not all(mapping.is_initial(view) for view in seen.values()):
            return False
        while pending:
            before = pending.pop()
            for _, after in interpreter.successors(before):
                if after not in seen:
                    seen[after] = mapping.view(after)[0]
                    pending.append(after)
                    reached.add(after)
                if not mapping.allows(seen[before], seen[after]):
                    return False
    return True
