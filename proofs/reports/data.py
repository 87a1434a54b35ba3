"""The JSON and the Markdown report on a proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from assay.checker.engine.trace import Trace, TraceStep
from assay.checker.outputs import JSON_VERSION
from assay.checker.report.itf import encode_trace
from assay.checker.report.parts import escape
from assay.checker.report.run import Refused
from assay.checker.verdicts import Verdict, exit_status
from assay.proofs.induction.results import Counterexample, InstanceExploration, ObligationResult, Refutation
from assay.proofs.reports.inference import inferred_record
from assay.proofs.reports.run import ProofRun
from assay.proofs.reports.text import render_proof

__all__ = ["proof_page", "proof_record", "proofs_page", "proofs_record"]


def proof_record(run: ProofRun) -> dict[str, Any]:
    """Return the report on one model."""
    result = run.result
    return {
        "version": JSON_VERSION,
        "model": run.model.name,
        "class": run.model.cls.__name__,
        "for": run.scope,
        "unbounded": result.instance is None,
        "verdict": run.verdict.value,
        "expected": str(result.expected),
        "as_expected": result.as_expected,
        "seconds": round(result.seconds, 6),
        "bounded": result.bounded or None,
        "interrupted": result.interrupted,
        "epr": not result.cycle,
        "cycle": list(result.cycle),
        "relations": list(result.relational),
        "assumptions": list(result.axioms),
        "constraints": list(result.constraints),
        "unproved_lemmas": list(result.unproved_lemmas),
        "only_steps_of": list(result.partial),
        "barriers": [
            {"method": b.method, "construct": b.construct, "location": str(b.location) if b.location else None}
            for b in result.unencodable
        ],
        "obligations": [_obligation(run, o) for o in result.obligations],
        "gaps": [_gap(run, gap) for gap in result.gaps],
        "violations": [_violation(run, r) for r in result.refutations],
        "explorations": [_exploration(e) for e in result.explorations],
        "warnings": list(result.warnings),
        "not_proved": run.not_proved,
        "command": run.command,
        **({} if run.inferred is None else {"inferred": inferred_record(run.inferred)}),
    }


def proofs_record(runs: Sequence[ProofRun], refused: Sequence[Refused]) -> dict[str, Any]:
    """Return the report on several models."""
    verdicts = [*(run.expectation for run in runs), *(Verdict.UNKNOWN for _ in refused)]
    return {
        "version": JSON_VERSION,
        "as_expected": exit_status(verdicts) == 0,
        "unproved": [{**model.record, "why": model.sentence} for model in refused],
        "models": [proof_record(run) for run in runs],
    }


def _obligation(run: ProofRun, result: ObligationResult) -> dict[str, Any]:
    claim, decision = result.claim, result.decision
    return {
        "name": claim.name,
        "claim": claim.kind.value,
        "subject": claim.subject,
        "action": claim.action or None,
        "case": claim.case or None,
        "steps": claim.steps,
        "guard": result.guard,
        "supporting": result.obligation.supporting,
        "verdict": {True: "proved", False: "refuted", None: "unknown"}[result.proved],
        "seconds": round(decision.seconds, 6),
        "note": decision.note,
        "epr": None if result.guard else not result.cycle,
        "cycle": list(result.cycle),
        "counterexample": None if result.counterexample is None else _example(run, result.counterexample),
    }


def _exploration(exploration: InstanceExploration) -> dict[str, Any]:
    return {
        "source": exploration.source,
        "states": exploration.states,
        "seconds": round(exploration.seconds, 6),
        "trouble": exploration.trouble or None,
    }


def _gap(run: ProofRun, gap: Counterexample) -> dict[str, Any]:
    """Return a state in which all lemmas are true, and an invariant is not."""
    return {"invariant": gap.claim.subject, **_example(run, gap)}


def _example(run: ProofRun, example: Counterexample) -> dict[str, Any]:
    steps = [TraceStep(None, example.before)]
    if example.after is not None:
        steps.append(TraceStep(example.call, example.after))
    trace = Trace(example.instance, tuple(steps))
    violated = example.claim.subject
    return {
        "violated": violated,
        "part": example.part,
        "location": str(example.location) if example.location else None,
        "reachable": example.reachable,
        "failure": example.failure or None,
        "parameters": dict(example.instance.settings()),
        "states": encode_trace(trace, model=run.model.name, property=violated, kind="induction"),
    }


def _violation(run: ProofRun, refutation: Refutation) -> dict[str, Any]:
    kind = refutation.kind.value
    trace = encode_trace(refutation.trace, model=run.model.name, property=refutation.name, kind=kind)
    return {
        "name": refutation.name,
        "kind": kind,
        "source": refutation.source,
        "failure": refutation.failure or None,
        "trace": trace,
    }


def proof_page(run: ProofRun, *, full: bool = False) -> str:
    """Return the report on one model as Markdown."""
    lines = [line.plain.rstrip() for line in render_proof(run, full=full)]
    return f"## {run.model.name}\n\n{run.sentence}\n\n```text\n" + "\n".join(lines) + "\n```\n"


def proofs_page(runs: Sequence[ProofRun], refused: Sequence[Refused]) -> str:
    """Return a table of models as Markdown."""
    return "\n".join(_table(runs, refused)) + "\n"


def _shown(run: ProofRun) -> str:
    return ", ".join(run.result.violated) or run.shown


def _table(runs: Sequence[ProofRun], refused: Sequence[Refused]) -> Iterator[str]:
    yield "| model | proved for | expected | shown | obligations | seconds | EPR |"
    yield "| --- | --- | --- | --- | ---: | ---: | --- |"
    for run in runs:
        proved, total = run.counts
        epr = "no" if run.result.cycle else "with relations" if run.result.relational else "yes"
        cells = [run.model.name, run.scope, str(run.result.expected), _shown(run), f"{proved}/{total}"]
        yield f"| {' | '.join([*cells, f'{run.result.seconds:.2f}', epr])} |"
    for model in refused:
        yield f"| {model.name} | | | cannot be proved: {escape(model.sentence)} | | | |"
