"""Lassos in files: written with their loop, executed again, and refused where they are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from assay.checker.engine.explorers import Engine
from assay.checker.engine.trace import Loop, Trace, TraceStep
from assay.checker.errors import InputError, InternalError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Options, check
from assay.checker.properties.lassos import demand_violation
from assay.checker.properties.replay import Replay, replay
from assay.checker.report.itf import decode_loop, decode_states, encode_file, parse
from assay.checker.verdicts import Verdict

from tests.checker.temporal import traps


def recorded(model: Any, name: str) -> dict[str, Any]:
    """Return the counterexample to a property as its file has it."""
    result = check(instantiate(specify(model)), Options(Engine.REFERENCE, keep_going=True))
    trace = next(found.trace for found in result.properties if found.name == name)
    assert trace is not None
    content: dict[str, Any] = json.loads(encode_file(trace))
    return content


def replayed(model: Any, content: dict[str, Any]) -> Replay:
    instance = instantiate(specify(model))
    read = parse(json.dumps(content), "trace.itf.json")
    return replay(instance, decode_states(read, instance), loop=decode_loop(read, instance))


def test_a_lasso_is_written_with_its_loop_and_violates_again() -> None:
    content = recorded(traps.SharedPrefix, "arrives")
    assert (content["loop"], content["#meta"]["back"]) == (1, {"action": "go", "arguments": {"to": {"#bigint": "1"}}})
    executed = replayed(traps.SharedPrefix, content)
    assert [(s.name, s.number) for s in executed.violations] == [("arrives", 2)]


def test_a_lasso_that_stays_has_no_way_back() -> None:
    content = recorded(traps.Deadlock, "arrives")
    assert content["loop"] == 2
    assert "back" not in content["#meta"]
    assert replayed(traps.Deadlock, content).verdict is Verdict.VIOLATED


def test_a_loop_that_is_not_fair_violates_nothing_and_says_to_what() -> None:
    content = recorded(traps.Line, "arrives")
    executed = replayed(traps.FairLine, content)
    assert executed.verdict is Verdict.HOLDS
    assert executed.unfair is not None
    assert str(executed.unfair.fairness) == "weak fairness of go_on"


def test_without_the_action_any_one_that_leads_back_will_do() -> None:
    content = recorded(traps.SharedPrefix, "arrives")
    del content["#meta"]["back"]
    assert replayed(traps.SharedPrefix, content).verdict is Verdict.VIOLATED


def test_a_loop_that_the_model_does_not_close_is_refused() -> None:
    content = recorded(traps.SharedPrefix, "arrives")
    executed = replayed(traps.SharedPrefix, {**content, "loop": 0})
    assert executed.refusal is not None
    assert executed.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("loop", [4, -1, True, "one", 1.5, [], "²", "9" * 5000])
def test_what_is_no_index_of_a_state_is_no_loop(loop: object) -> None:
    content = recorded(traps.SharedPrefix, "arrives")
    with pytest.raises(InputError, match="to be the index of a state"):
        parse(json.dumps({**content, "loop": loop}), "trace.itf.json")


def test_what_is_reported_is_held_against_the_model_first() -> None:
    """A lasso that is no path, one that is not fair, and one of which the property is true are our faults."""
    instance = instantiate(specify(traps.FairLine))
    (method,) = specify(traps.FairLine).temporals
    with instance.active():
        steps = [TraceStep(None, (0,)), *(TraceStep(("go_on", ()), (at,)) for at in (1, 2, 3))]
        for shown, loop, complaint in (
            (steps[:2], Loop(0, ("go_on", ())), "no path"),
            (steps[:2], Loop(1, None), "not fair"),
            (steps, Loop(3, None), "is true"),
        ):
            with pytest.raises(InternalError, match=complaint):
                demand_violation(Trace(instance, tuple(shown), loop), method, ())
