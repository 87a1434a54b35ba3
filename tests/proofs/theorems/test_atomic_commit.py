"""The theorem on unanimity against the model of two-phase commit: the run that it says there is, is one."""

import pytest
from assay.checker.language import Parameter, action, require
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Engine, Options, check
from assay.models.atomic_commit import ParticipantState
from assay.models.two_phase_commit import Commit, CommitsOnMajority, Decision, TwoPhaseCommit
from assay.proofs.theorems.atomic_commit import BROKEN, POSSIBLE, UNANIMITY, Refused, Told, Voted
from assay.proofs.theorems.deciding import decide
from assay.proofs.theorems.statements import EVERYTHING, all_of, equal, size
from assay.proofs.theorems.theorem import Conjecture

SIZES = [(n, k) for n in range(1, 7) for k in range(1, n + 1)]


class CommitsAfter(TwoPhaseCommit):
    """The coordinator commits after so many votes."""

    needed: Parameter[int] = 1

    @action
    def decide_commit(self) -> None:
        require(self.decision is Decision.NONE, len(self.votes) >= self.needed)
        self.decision = Decision.COMMIT
        self.messages.add(Commit())


def breaking_run(n, k):
    """Return who voted, who refused and who was told in a run that breaks atomicity, or None."""
    run = all_of(equal(size(EVERYTHING), n), size(Voted) >= k, *POSSIBLE, BROKEN)
    example = decide(Conjecture("no run", "no run breaks atomicity", ~run, example="there is one")).counterexample
    return None if example is None else tuple(example.sets[name.name] for name in (Voted, Refused, Told))


def calls(voted, refused, told, participants):
    """Return the run as actions of the model, in an order in which each is possible."""
    order = [("prepare", voted), ("receive_vote", voted), ("refuse", refused)]
    for name, who in order:
        yield from ((name, (participants[p - 1],)) for p in sorted(who))
    yield "decide_commit", ()
    yield from (("learn_commit", (participants[p - 1],)) for p in sorted(told))


def final_state(instance, run):
    """Return the state in which the model is after a run; every action must be enabled."""
    interpreter = Interpreter(instance)
    (state,) = interpreter.initial_states()
    for call in run:
        state = interpreter.step(state, call)
        assert state is not None, call
    return interpreter.thaw(state)


@pytest.mark.parametrize(("n", "k"), SIZES)
def test_the_run_of_the_theorem_breaks_the_model_exactly_if_votes_are_missing(n, k):
    found = breaking_run(n, k)
    assert (found is not None) == (k < n)
    if found is None:
        return
    instance = instantiate(specify(CommitsAfter), {"Participant": n, "needed": k})
    with instance.active():
        participants = list(instance.universe(specify(CommitsAfter).variables[0].type.key))
        state = final_state(instance, calls(*found, participants))
        assert not state.atomicity()


@pytest.mark.parametrize(("n", "k"), [(n, k) for n, k in SIZES if n <= 3])
def test_all_runs_of_the_model_agree_with_the_theorem(n, k):
    instance = instantiate(specify(CommitsAfter), {"Participant": n, "needed": k})
    result = check(instance, Options(engine=Engine.REFERENCE, keep_going=True))
    assert ("atomicity" in result.violated) == (k < n)


def test_the_counterexample_to_a_majority_is_a_run_of_the_broken_model():
    belief = next(claim for claim in UNANIMITY.claims if not claim.holds)
    example = decide(belief).counterexample
    instance = instantiate(specify(CommitsOnMajority), {"Participant": example.nodes})
    with instance.active():
        participants = list(instance.universe(specify(CommitsOnMajority).variables[0].type.key))
        run = calls(*(example.sets[name] for name in ("Voted", "Refused", "Told")), participants)
        state = final_state(instance, run)
        assert not state.atomicity()
        states = [state.state[p] for p in participants]
        assert {ParticipantState.COMMITTED, ParticipantState.ABORTED} <= set(states)
