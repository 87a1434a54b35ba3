"""The known traps of liveness checking, on both explorers."""

from __future__ import annotations

import pytest
from assay.checker.engine.explorers import Engine
from assay.checker.engine.limits import Limits
from assay.checker.language import Model
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Options, check
from assay.checker.properties.result import CheckResult, PropertyResult
from assay.checker.verdicts import Verdict

from tests.checker.temporal import traps

HOLDS, VIOLATED, UNKNOWN = Verdict.HOLDS, Verdict.VIOLATED, Verdict.UNKNOWN

EXPECTED: dict[type[Model], dict[str, Verdict]] = {
    traps.Line: {"arrives": VIOLATED},
    traps.FairLine: {"arrives": HOLDS},
    traps.Deadlock: {"arrives": VIOLATED},
    traps.SelfLoop: {"arrives": HOLDS},
    traps.FairSelfLoop: {"arrives": VIOLATED},
    traps.FairTogether: {"arrives": HOLDS},
    traps.Blinking: {"leaves": VIOLATED},
    traps.BlinkingStrongly: {"leaves": HOLDS},
    traps.EachStrong: {"leaves": HOLDS},
    traps.Served: {"everybody_is_served": VIOLATED, "somebody_is_served": HOLDS},
    traps.ServedEach: {"everybody_is_served": HOLDS, "somebody_is_served": HOLDS},
    traps.Vacuous: {
        "arrives": HOLDS,
        "after_the_end": HOLDS,
        "after_it_goes_back": HOLDS,
        "after_it_went_on": HOLDS,
    },
    traps.SharedPrefix: {"arrives": VIOLATED},
    traps.Growing: {"starts_anew": UNKNOWN, "moves": UNKNOWN},
    traps.Resting: {"starts_anew": VIOLATED, "moves": VIOLATED},
    traps.Rotating: {"comes_round": HOLDS},
    traps.RotatingAmongThree: {"comes_round": VIOLATED},
    traps.Formulas: {
        "arrives": HOLDS,
        "is_low_until_it_arrives": HOLDS,
        "stays": HOLDS,
        "never_rests": VIOLATED,
        "only_after_going_on": HOLDS,
        "begins_with_a_step": VIOLATED,
    },
}


def checked(model: type[Model], engine: Engine = Engine.REFERENCE, limits: Limits = Limits()) -> CheckResult:  # noqa: B008
    return check(instantiate(specify(model)), Options(engine, limits, keep_going=True))


def found(result: CheckResult, name: str) -> PropertyResult:
    return next(found for found in result.properties if found.name == name)


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE], ids=lambda engine: engine.value)
@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_verdicts_are_those_of_tla(model: type[Model], engine: Engine) -> None:
    result = checked(model, engine)
    assert {p.name: p.verdict for p in result.properties if p.kind.is_temporal} == EXPECTED[model]


def test_a_lasso_shows_where_it_stays_or_goes_round() -> None:
    stays = found(checked(traps.Deadlock), "arrives").trace
    assert stays is not None
    assert (stays.states, stays.loop.stays if stays.loop else None) == (((0,), (1,), (2,)), True)
    round_ = found(checked(traps.SharedPrefix), "arrives").trace
    assert round_ is not None
    assert round_.loop is not None
    assert (round_.states, round_.loop.start, round_.loop.call) == (((0,), (1,), (3,), (4,)), 1, ("go", (1,)))


def test_a_fairness_for_each_value_says_for_which_it_is_fulfilled() -> None:
    result = found(checked(traps.Served), "everybody_is_served")
    assert result.arguments == (traps.Node.at(0),)
    assert [bool(fulfilment.taken) for fulfilment in result.fulfilments] == [True]


def test_what_is_vacuous_is_said_to_be() -> None:
    for name in ("after_the_end", "after_it_goes_back"):
        assert found(checked(traps.Vacuous), name).note == "vacuous: nothing ever satisfies its left side"
    for name in ("arrives", "after_it_went_on"):
        assert not found(checked(traps.Vacuous), name).note


def test_under_a_constraint_the_verdict_says_why_it_is_unknown() -> None:
    result = checked(traps.Growing)
    assert "behaviours that leave it were not followed" in found(result, "moves").note
    assert result.verdict is UNKNOWN


def test_a_step_that_a_constraint_keeps_out_enables_its_action() -> None:
    assert found(checked(traps.LeftOut), "arrives").verdict is UNKNOWN


def test_a_search_that_ended_at_a_limit_decides_nothing() -> None:
    result = checked(traps.FairLine, limits=Limits(states=2))
    assert found(result, "arrives").verdict is UNKNOWN
