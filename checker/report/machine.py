"""The JSON report: one object per model, with keys that programs may rely on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assay.checker.engine.trace import Failed
from assay.checker.outputs import JSON_VERSION
from assay.checker.properties.implementation import Implementation
from assay.checker.properties.result import PropertyResult
from assay.checker.report.itf import encode_trace
from assay.checker.report.lassos import assumed, named
from assay.checker.report.run import CheckRun, Refused
from assay.checker.report.values import Renderer
from assay.checker.verdicts import Verdict, exit_status

__all__ = ["library_record", "run_record"]


def run_record(run: CheckRun) -> dict[str, Any]:
    """Return the report on one model."""
    exploration, result = run.result.exploration, run.result
    return {
        "version": JSON_VERSION,
        "model": run.model.name,
        "class": run.model.cls.__name__,
        "parameters": dict(result.parameters),
        "structures": run.structures,
        "given": dict(run.given),
        "engine": exploration.engine,
        "verdict": run.verdict.value,
        "exhaustive": result.exhaustive,
        "stopped": None if exploration.stop is None else _stop(run),
        "expected": str(result.expected),
        "as_expected": run.as_expected,
        "states": {
            "distinct": exploration.distinct,
            "generated": exploration.generated,
            "depth": exploration.depth,
            "frontier": exploration.frontier,
            "cut": exploration.cut,
        },
        "seconds": round(exploration.seconds, 6),
        "elapsed": round(run.elapsed, 6),
        "memory": exploration.memory,
        "bounds": _bounds(run),
        "properties": [_property(run, found) for found in result.properties],
        "failure": None if exploration.failure is None else _failure(run, exploration.failure),
        "actions": [
            {
                "name": action.name,
                "fired": action.fired,
                "discovered": action.discovered,
                "claimed": action.fires,
            }
            for action in result.actions
        ],
        "warnings": list(result.warnings),
        "not_checked": run.not_checked,
        "command": run.command,
    }


def library_record(shown: Sequence[CheckRun | Refused], unchecked: Sequence[str] = ()) -> dict[str, Any]:
    """Return the report on several models, each compared with what its model says to expect."""
    runs = [run for run in shown if isinstance(run, CheckRun)]
    errors = [model.record for model in shown if isinstance(model, Refused)]
    verdicts = [*(run.expectation for run in runs), *(Verdict.UNKNOWN for _ in unchecked)]
    return {
        "version": JSON_VERSION,
        "as_expected": exit_status(verdicts) == 0 and not errors,
        "unchecked": list(unchecked),
        "errors": errors,
        "models": [run_record(run) for run in runs],
    }


def _stop(run: CheckRun) -> dict[str, str]:
    stop = run.result.exploration.stop
    assert stop is not None
    return {"reason": stop.reason.value, "detail": stop.detail}


def _bounds(run: CheckRun) -> dict[str, Any]:
    limits = run.options.limits
    return {
        "max_states": limits.states,
        "max_depth": limits.depth,
        "time_limit": limits.seconds,
        "memory_limit": limits.memory,
        "deadlock": run.options.deadlock,
        "keep_going": run.options.keep_going,
    }


def _failure(run: CheckRun, failure: Failed) -> dict[str, Any]:
    """Return where the model's own code fails, in addition to what is violated."""
    trace = failure.trace()
    return {
        "message": failure.message,
        "location": None if failure.location is None else str(failure.location),
        "help": failure.help,
        "length": len(trace),
        "trace": encode_trace(trace, model=run.model.name, property=failure.message, kind="error"),
    }


def _property(run: CheckRun, found: PropertyResult) -> dict[str, Any]:
    trace = None
    if found.trace is not None:
        trace = encode_trace(found.trace, model=run.model.name, property=found.name, kind=found.kind.value)
    return {
        "name": found.name,
        "kind": found.kind.value,
        "verdict": found.verdict.value,
        "note": found.note,
        "length": None if found.trace is None else len(found.trace),
        "trace": trace,
        **_behaviour(found),
        **({} if found.implementation is None else {"seen": _seen(run, found.implementation)}),
    }


def _seen(run: CheckRun, seen: Implementation) -> dict[str, Any]:
    """Return a counterexample as the abstract model sees it."""
    renderer = Renderer(seen.trace.instance)
    attempts = [
        {
            "call": renderer.call(attempt.call),
            "guard": None if attempt.guard is None else attempt.guard.text,
            "location": None if attempt.guard is None else str(attempt.guard.location),
            "differs": list(map(str, renderer.changes(attempt.after, seen.trace.last))),
        }
        for attempt in seen.attempts
    ]
    return {
        "reason": seen.reason,
        "trace": encode_trace(seen.trace, model=run.model.name, kind="refinement"),
        "unfair": None if seen.unfair is None else str(seen.unfair.fairness),
        "nearest": attempts,
    }


def _behaviour(found: PropertyResult) -> dict[str, Any]:
    """Return what is known about a violated property besides its trace: for which choice, and why a loop is fair."""
    if found.trace is None or found.verdict is not Verdict.VIOLATED:
        return {}
    if found.trace.loop is None:
        return {"violated_for": named(found)} if found.arguments else {}
    renderer = Renderer(found.trace.instance)
    fair = [
        {
            "assumption": assumed(fulfilment.assumption, renderer),
            "taken": [index + 1 for index in fulfilment.taken],
            "disabled": None if fulfilment.disabled is None else fulfilment.disabled + 1,
        }
        for fulfilment in found.fulfilments
    ]
    return {"violated_for": named(found), "loop": found.trace.loop.start + 1, "fairness": fair}
