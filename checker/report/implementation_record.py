"""The report on a check of an implementation as JSON."""

from __future__ import annotations

from typing import Any

from assay.checker.implementations.growth import Growth
from assay.checker.implementations.results import ClaimResult
from assay.checker.outputs import JSON_VERSION
from assay.checker.report.implementations import ImplementationRun, model_renderer, why_not
from assay.checker.report.worlds import whole

__all__ = ["record"]


def record(run: ImplementationRun) -> dict[str, Any]:
    """Return the report as one JSON object."""
    e, result = run.result.exploration, run.result
    return {
        "version": JSON_VERSION,
        "implementation": run.named.name,
        "settings": run.named.sizes,
        "verdict": run.verdict.value,
        "exhaustive": run.is_exhaustive,
        "stopped": None if e.stop is None else {"reason": e.stop.reason.value, "detail": e.stop.detail},
        "expected": None if run.named.expected is None else list(run.named.expected.by),
        "caught": list(run.caught),
        "worlds": {
            "distinct": e.worlds,
            "generated": e.generated,
            "depth": e.depth,
            "frontier": e.frontier,
        },
        "seconds": round(e.seconds, 6),
        "memory": e.memory,
        "calls": e.calls,
        "evaluations": e.evaluations,
        "claims": [_claim_record(run, claim) for claim in result.claims],
        "steps": [{"what": name, "fired": f, "discovered": d} for name, (f, d) in e.actions.items()],
        "model": None if result.abstraction is None else _model_record(run),
        "unhandled": sorted([node.__name__, message.__name__] for node, message in e.unhandled),
        "not_checked": run.not_checked,
        "growth": [_growth_record(grown) for grown in e.growth],
        "command": run.command,
    }


def _growth_record(grown: Growth) -> dict[str, Any]:
    return {
        "node": grown.address,
        "attribute": grown.attribute,
        "values": grown.values,
        "largest": grown.largest,
        "per_step": round(grown.pace, 3),
        "goes_on": grown.goes_on,
    }


def _claim_record(run: ImplementationRun, claim: ClaimResult) -> dict[str, Any]:
    cluster = run.result.cluster
    renderer = model_renderer(run)
    states = () if claim.divergence is None else claim.divergence.states
    steps = [
        {
            "step": None if step is None else str(step),
            "world": [{"part": name, "value": value} for name, value in whole(cluster, world)],
            "model": dict(renderer.state(states[index])) if renderer is not None and states else None,
        }
        for index, (step, world) in enumerate(claim.trace)
    ]
    nearest = () if claim.divergence is None or renderer is None else claim.divergence.attempts
    return {
        "name": claim.name,
        "kind": claim.kind.name.lower(),
        "verdict": claim.verdict.value,
        "note": claim.note,
        "trace": steps,
        "nearest": [] if renderer is None else [{"action": renderer.call(a.call), "why": why_not(a)} for a in nearest],
    }


def _model_record(run: ImplementationRun) -> dict[str, Any]:
    result = run.result
    assert result.abstraction is not None
    return {
        "name": result.abstraction.model.name,
        "settings": result.abstraction.instance.settings(),
        "states": result.states,
        "steps": None if result.edges is None else {"taken": result.edges.taken, "all": result.edges.all},
        "never": list(result.never),
    }
