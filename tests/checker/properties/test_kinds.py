"""What kinds of properties mean: in one place, for explorers, judge and reports alike."""

from dataclasses import replace

import pytest
from assay.checker.engine.explorers import Engine, Search, explore
from assay.checker.errors import InternalError, ModelError
from assay.checker.language import Model, Range, action, invariant, require, terminal
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.language.kinds import DEADLOCK, Judged, Kind
from assay.checker.properties.check import Options, check, judge
from assay.checker.verdicts import Verdict

from tests.checker.properties.namesakes import Ambiguous, Circle, DeadEnd

ENGINES = (Engine.REFERENCE, Engine.NATIVE)


def verdicts(cls: type[Model], engine: Engine) -> dict[tuple[Kind, str], Verdict]:
    result = check(instantiate(specify(cls)), Options(engine, keep_going=True))
    return {(found.kind, found.name): found.verdict for found in result.properties}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_reachable_property_called_deadlock_is_no_deadlock(engine):
    assert verdicts(Circle, engine) == {
        (Kind.REACHABLE, "deadlock"): Verdict.HOLDS,
        (Kind.DEADLOCK, "deadlock"): Verdict.HOLDS,
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_an_invariant_called_deadlock_and_a_deadlock_are_two_findings(engine):
    result = check(instantiate(specify(DeadEnd)), Options(engine, keep_going=True))
    lengths = {found.kind: len(found.trace) for found in result.properties if found.trace is not None}
    assert lengths == {Kind.INVARIANT: 3, Kind.DEADLOCK: 4}


def test_an_expectation_that_may_mean_either_is_refused():
    with pytest.raises(ModelError, match="may be its own property or a state where nothing can happen"):
        specify(Ambiguous)


def test_every_kind_that_is_judged_fires_for_exactly_one_of_the_verdicts():
    for kind in Kind:
        semantics = kind.semantics
        if semantics is not None:
            assert {semantics.fired, semantics.unfired} == {Verdict.HOLDS, Verdict.VIOLATED}
            assert kind.is_claim == (
                semantics.fired is Verdict.VIOLATED and semantics.judged_on not in (Judged.INSTANCE, Judged.COVERAGE)
            )


class Ends(Model):
    """Goes on at 0, and stops at 1, where that is fine."""

    x: Range[0, 1] = 0

    @action
    def up(self) -> None:
        require(self.x == 0)
        self.x = 1

    @invariant
    def small(self) -> bool:
        return self.x < 2

    @terminal
    def done(self) -> bool:
        return self.x == 1


@pytest.mark.parametrize(("subject", "path"), [(DEADLOCK, ((0,),)), (DEADLOCK, ((0,), (1,))), ("small", ((0,), (1,)))])
def test_what_an_explorer_claims_and_the_interpreter_denies_is_a_fault_of_ours(subject, path):
    instance = instantiate(specify(Ends))
    claimed = instance.specification.named(subject) if isinstance(subject, str) else subject
    with instance.active():
        exploration = replace(explore(instance, Search(), Engine.REFERENCE), found={claimed: path})
        with pytest.raises(InternalError, match="where the model's own code does not"):
            judge(instance, exploration)


def test_a_terminal_state_is_no_deadlock():
    assert verdicts(Ends, Engine.REFERENCE)[Kind.DEADLOCK, "deadlock"] is Verdict.HOLDS
    assert verdicts(Ends, Engine.NATIVE)[Kind.DEADLOCK, "deadlock"] is Verdict.HOLDS
