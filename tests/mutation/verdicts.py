"""What the checker and the prover say of a mutant, and whether they can both be right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.generation.agreement import CLAIMS, Report, reported

__all__ = ["Findings", "judge"]

FAULT = 70
BOUNDS = ("--no-deadlock", "--keep-going", "--time-limit", "20s", "--max-states", "200000")


@dataclass(frozen=True)
class Findings:
    """What was said of a mutant.

    Attributes
    ----------
    proof : str
        The verdict of ``prove``: ``"holds"``, ``"violated"``, ``"unknown"``, or ``"error"``.
    broken : frozenset of str
        The claims that an instance violates, by the reference engine or the native one; ``"(error)"`` where the model's
        own code fails.
    contradictions : tuple of str
        What cannot all be true, in words; empty if all is well.
    """

    proof: str
    broken: frozenset[str]
    contradictions: tuple[str, ...]


def judge(path: Path, model: str, instances: Sequence[tuple[str, ...]]) -> Findings:
    """Hold the verdicts on one model of a file against each other.

    Parameters
    ----------
    path : Path
        The file.
    model : str
        The name of the class.
    instances : sequence of tuples of options
        The instances to check; the reference engine and the native one check each.
    """
    name = f"{path}:{model}"
    checks = [(instance, _checked(name, instance)) for instance in instances]
    proof = _proved(name)
    broken = frozenset(name for _, (reference, _) in checks for name in reference["broken"])
    contradictions = [*_between_engines(checks)]
    if proof == "holds" and broken:
        contradictions.append(f"proved, and violated: {', '.join(sorted(broken))}")
    if proof.startswith("fault"):
        contradictions.append(proof)
    return Findings(proof, broken, tuple(contradictions))


def _checked(name: str, instance: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    return tuple(_facts(reported("check", name, "--engine", engine, *BOUNDS, *instance)) for engine in ENGINES)  # type: ignore[return-value]


ENGINES = ("reference", "native")


def _facts(report: Report) -> dict[str, Any]:
    status, document = report.status, report.document
    if document is None:
        broken = frozenset({"(error)"}) if status == 2 else frozenset()
        return {"status": status, "broken": broken, "error": report.error}
    broken = frozenset(p["name"] for p in document["properties"] if p["kind"] in CLAIMS and p["verdict"] == "violated")
    return {"status": status, "broken": broken, "states": document["states"], "stopped": document["stopped"]}


def _between_engines(checks: list[tuple[tuple[str, ...], tuple[dict[str, Any], dict[str, Any]]]]) -> Iterator[str]:
    for instance, (reference, native) in checks:
        if FAULT in (reference["status"], native["status"]):
            yield f"a fault of ours, {' '.join(instance)}: {reference.get('error') or native.get('error')}"
        elif reference.get("stopped") or native.get("stopped"):
            continue
        elif reference["broken"] != native["broken"] or reference.get("states") != native.get("states"):
            yield f"the engines disagree, {' '.join(instance)}: {reference} and {native}"


def _proved(name: str) -> str:
    report = reported("prove", name, "--timeout", "5s", "--workers", "1")
    if report.status == FAULT:
        return f"fault: {report.error.strip()}"
    return "error" if report.document is None else str(report.document["verdict"])
