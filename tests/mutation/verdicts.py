"""What the checker and the prover say of a mutant, and whether they can both be right."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.checker.cli import main

__all__ = ["Findings", "judge"]

FAULT = 70
CLAIMS = ("invariant", "lemma", "step invariant")
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


def _run(*arguments: str) -> tuple[int, dict[str, Any] | None, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main([*arguments, "--format", "json"])
    text = out.getvalue()
    return int(status), json.loads(text) if text.strip() else None, err.getvalue()


def _checked(name: str, instance: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    return tuple(_facts(*_run("check", name, "--engine", engine, *BOUNDS, *instance)) for engine in ENGINES)  # type: ignore[return-value]


ENGINES = ("reference", "native")


def _facts(status: int, document: dict[str, Any] | None, error: str) -> dict[str, Any]:
    if document is None:
        return {"status": status, "broken": frozenset({"(error)"}) if status == 2 else frozenset(), "error": error}
    broken = {p["name"] for p in document["properties"] if p["kind"] in CLAIMS and p["verdict"] == "violated"}
    return {"status": status, "broken": frozenset(broken), "states": document["states"], "stopped": document["stopped"]}


def _between_engines(checks: list[tuple[tuple[str, ...], tuple[dict[str, Any], dict[str, Any]]]]) -> Iterator[str]:
    for instance, (reference, native) in checks:
        if FAULT in (reference["status"], native["status"]):
            yield f"a fault of ours, {' '.join(instance)}: {reference.get('error') or native.get('error')}"
        elif reference.get("stopped") or native.get("stopped"):
            continue
        elif reference["broken"] != native["broken"] or reference.get("states") != native.get("states"):
            yield f"the engines disagree, {' '.join(instance)}: {reference} and {native}"


def _proved(name: str) -> str:
    status, document, error = _run("prove", name, "--timeout", "5s", "--workers", "1")
    if status == FAULT:
        return f"fault: {error.strip()}"
    return "error" if document is None else str(document["verdict"])
