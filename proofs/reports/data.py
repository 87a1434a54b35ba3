"""The JSON and the Markdown report on a proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from assay.checker.engine.trace import Trace, TraceStep
from assay.checker.report.itf import encode_trace
from assay.checker.report.machine import VERSION
from assay.checker.verdicts import Verdict, exit_status
from assay.proofs.induction.results import Counterexample, ObligationResult, Refutation
from assay.proofs.reports.run import ProofRun
from assay.proofs.reports.text import render_proof

__all__ = ["proof_page", "proof_record", "proofs_page", "proofs_record"]


def proof_record(run: ProofRun) -> dict[str, Any]:
    """Return the report on one model."""
    result = run.result
    return {
        "version": VERSION,
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
        "assumptions": list(result.assumptions),
        "barriers": [
            {"method": b.method, "construct": b.construct, "location": str(b.location) if b.location else None}
            for b in result.barriers
        ],
        "obligations": [_obligation(run, o) for o in result.obligations],
        "violations": [_violation(run, r) for r in result.refutations],
        "warnings": list(result.warnings),
        "not_proved": run.not_proved,
        "command": run.command,
    }


def proofs_record(runs: Sequence[ProofRun], unproved: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return the report on several models."""
    verdicts = [*(run.expectation for run in runs), *(Verdict.UNKNOWN for _ in unproved)]
    return {
        "version": VERSION,
        "as_expected": exit_status(verdicts) == 0,
        "unproved": [{"model": name, "why": why} for name, why in unproved],
        "models": [proof_record(run) for run in runs],
    }


def _obligation(run: ProofRun, result: ObligationResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "claim": result.claim,
        "subject": result.subject,
        "action": result.action or None,
        "guard": result.guard,
        "verdict": {True: "proved", False: "refuted", None: "unknown"}[result.proved],
        "seconds": round(result.seconds, 6),
        "note": result.note,
        "epr": None if result.guard else not result.cycle,
        "cycle": list(result.cycle),
        "counterexample": None if result.counterexample is None else _example(run, result.counterexample),
    }


def _example(run: ProofRun, example: Counterexample) -> dict[str, Any]:
    steps = [TraceStep(None, example.before)]
    if example.after is not None:
        steps.append(TraceStep(example.call, example.after))
    trace = Trace(example.instance, tuple(steps))
    return {
        "violated": example.violated,
        "part": example.part,
        "location": str(example.location) if example.location else None,
        "reachable": example.reachable,
        "note": example.note,
        "parameters": dict(example.instance.settings()),
        "states": encode_trace(trace, model=run.model.name, property=example.violated, kind="induction"),
    }


def _violation(run: ProofRun, refutation: Refutation) -> dict[str, Any]:
    trace = encode_trace(refutation.trace, model=run.model.name, property=refutation.name, kind=refutation.kind)
    return {
        "name": refutation.name,
        "kind": refutation.kind,
        "source": refutation.source,
        "failure": refutation.failure or None,
        "trace": trace,
    }


def proof_page(run: ProofRun, *, full: bool = False) -> str:
    """Return the report on one model as Markdown."""
    lines = [line.plain.rstrip() for line in render_proof(run, full=full)]
    return f"## {run.model.name}\n\n{run.sentence}\n\n```text\n" + "\n".join(lines) + "\n```\n"


def proofs_page(runs: Sequence[ProofRun], unproved: Sequence[tuple[str, str]]) -> str:
    """Return a table of models as Markdown."""
    return "\n".join(_table(runs, unproved)) + "\n"


def _table(runs: Sequence[ProofRun], unproved: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield "| model | proved for | expected | shown | obligations | seconds | EPR |"
    yield "| --- | --- | --- | --- | ---: | ---: | --- |"
    for run in runs:
        proved, total = run.counts
        shown = {Verdict.HOLDS: "proved", Verdict.UNKNOWN: "not proved"}.get(
            run.verdict, ", ".join(run.result.violated)
        )
        epr = "no" if run.result.cycle else "with relations" if run.result.relational else "yes"
        cells = [run.model.name, run.scope, str(run.result.expected), shown, f"{proved}/{total}"]
        yield f"| {' | '.join([*cells, f'{run.result.seconds:.2f}', epr])} |"
    for name, why in unproved:
        yield f"| {name} | | | cannot be proved: {why} | | | |"
