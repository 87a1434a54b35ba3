"""The verdict on all properties together."""

from dataclasses import replace

import pytest
from assay.checker.engine.explorers import Search, explore
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.errors import InternalError
from assay.checker.language import Model, Range, action, eventually, invariant, reachable, weak
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Engine, Options, check, judge
from assay.checker.temporal.search import Searches
from assay.checker.verdicts import Verdict


class Counter(Model):
    """Claims nothing."""

    x: Range[0, 99] = 0

    @action
    def up(self) -> None:
        self.x = (self.x + 1) % 100


class Reaches(Counter):
    """Claims what shows soon."""

    @reachable
    def three(self) -> bool:
        return self.x == 3


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
@pytest.mark.parametrize("cls", [Counter, Reaches])
@pytest.mark.parametrize("limits", [Limits(states=50), Limits(depth=50), Limits(seconds=0)])
def test_what_a_limit_ended_never_holds_even_if_nothing_is_claimed(cls, engine, limits):
    result = check(instantiate(specify(cls)), Options(engine, limits, deadlock=False))
    assert result.verdict is Verdict.UNKNOWN
    assert not result.as_expected


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
def test_limits_beyond_any_count_are_no_limits(engine):
    limits = Limits(states=10**30, depth=10**400, seconds=1e300, memory=10**40)
    result = check(instantiate(specify(Counter)), Options(engine, limits))
    assert result.verdict is Verdict.HOLDS


class Lives(Model):
    """Claims something of states, and two things of behaviours."""

    fairness = (weak("up"),)
    x: Range[0, 3] = 0

    @action
    def up(self) -> None:
        self.x = (self.x + 1) % 4

    @invariant
    def small(self) -> bool:
        return self.x <= 3

    @eventually
    def one(self) -> bool:
        return self.x == 1

    @eventually
    def two(self) -> bool:
        return self.x == 2


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
def test_an_interrupt_while_behaviours_are_judged_costs_no_verdict_that_was_reached(engine, monkeypatch):
    violation = Searches.violation

    def interrupted(searches, claim):
        if claim.method.name == "two":
            raise KeyboardInterrupt
        return violation(searches, claim)

    monkeypatch.setattr(Searches, "violation", interrupted)
    result = check(instantiate(specify(Lives)), Options(engine))
    verdicts = {found.name: found.verdict for found in result.properties}
    assert verdicts == {
        "deadlock": Verdict.HOLDS,
        "small": Verdict.HOLDS,
        "one": Verdict.HOLDS,
        "two": Verdict.UNKNOWN,
    }
    assert result.verdict is Verdict.UNKNOWN
    assert result.exploration.stop.reason is StopReason.INTERRUPT


def test_what_is_about_behaviours_never_holds_because_no_steps_were_recorded():
    instance = instantiate(specify(Lives))
    with instance.active():
        exploration = replace(explore(instance, Search(), Engine.REFERENCE), behaviours=None)
        with pytest.raises(InternalError, match="one is about steps, and the explorer recorded none"):
            judge(instance, exploration)
