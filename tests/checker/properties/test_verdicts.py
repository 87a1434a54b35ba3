"""The verdict on all properties together."""

import pytest
from assay.checker.engine.limits import Limits
from assay.checker.language import Model, Range, action, reachable
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Engine, Options, check
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
