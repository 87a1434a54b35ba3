"""Holding the readings of a model against each other from outside, by what the commands report."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.checker.cli import main

from tests.generation.invented import Invented

__all__ = ["CLAIMS", "Report", "checked", "disagreement", "false_proof", "proved", "reported", "save", "tested"]

CLAIMS = ("invariant", "lemma", "step invariant")


@dataclass(frozen=True)
class Report:
    """What a command said: its exit status, its document (None where it ended with an error), its error."""

    status: int
    document: dict[str, Any] | None
    error: str

    @property
    def is_refusal(self) -> bool:
        """Whether an engine or the prover says that it cannot take the model on."""
        return self.status == 2 and any(words in self.error for words in REFUSALS)


REFUSALS = (
    "--engine reference",
    "the native explorer",
    "has no translation to logic",
    "cannot be proved",
    "assay check",
)


def save(model: Invented, folder: Path, name: str) -> str:
    """Write a model to a file and return what the commands call it."""
    source = model.source
    if model.apart is not None:
        (folder / f"{name}_apart.py").write_text(model.apart)
        source = source.replace("import apart\n", f"import {name}_apart as apart\n")
    path = folder / f"{name}.py"
    path.write_text(source)
    return f"{path}:Invented"


def reported(*arguments: str) -> Report:
    """Run a command line in this process and return what it said, as JSON."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main([*arguments, "--format", "json"])
    text = out.getvalue()
    return Report(int(status), json.loads(text) if text.strip() else None, err.getvalue())


def checked(model: str, engine: str, *options: str) -> Report:
    """Check a model with an engine."""
    return reported("check", model, "--engine", engine, "--keep-going", *options)


def tested(model: str, engine: str, *options: str) -> dict[str, Any]:
    """Return what an engine sees of a model, whatever the order in which it tries the actions."""
    return _seen(checked(model, engine, *options), choosing=True)


def proved(model: str, *options: str) -> Report:
    """Prove a model."""
    return reported("prove", model, "--workers", "1", *options)


def disagreement(model: str, *options: str, choosing: bool = False) -> str | None:
    """Return where the engines differ: in status, counts, verdicts or coverage; None where they agree.

    Where actions choose on the way, the engines try the choices in different orders. So a state that two actions reach
    on one level may be discovered by either.
    """
    slow = checked(model, "reference", *options)
    if slow.status == 70:
        return f"reference: {slow.error}"
    if _cut_by_time(slow):
        return None
    fast = checked(model, "native", *options)
    if fast.is_refusal or _cut_by_time(fast):
        return None
    if fast.status == 70:
        return f"native: {fast.error}"
    left, right = _seen(slow, choosing), _seen(fast, choosing)
    return None if left == right else f"reference {left}\nnative {right}"


def _cut_by_time(report: Report) -> bool:
    return report.document is not None and "time" in str(report.document["stopped"])


def _seen(report: Report, choosing: bool) -> dict[str, Any]:
    if report.document is None:
        return {"status": report.status}  # which of a model's errors is met first depends on the order of search
    document = report.document
    return {
        "status": report.status,
        "states": document["states"],
        "warnings": document["warnings"],  # such as that the greatest element of an order was used
        "properties": {(p["name"], p["kind"]): (p["verdict"], p["length"]) for p in document["properties"]},
        "actions": {a["name"]: (a["fired"], None if choosing else a["discovered"]) for a in document["actions"]},
    }


def false_proof(model: str, sizes: Sequence[str], *options: str) -> str | None:
    """Return what is proved of a model although an instance contradicts it, or refuted although none does.

    ``sizes`` are the settings of the instance; an empty sequence asks for a proof for any sizes.
    """
    proof = proved(model, *(["--set", *sizes] if sizes else []), *options)
    if proof.status == 70:
        return f"prove: {proof.error}"
    if proof.document is None or proof.status not in (0, 1):
        return None
    facts = checked(model, "reference", "--no-deadlock", "--max-states", "2000", "--time-limit", "10s")
    if facts.status == 70:
        return f"reference: {facts.error}"
    if proof.document["verdict"] == "holds":
        return _contradiction(facts)
    return None


def _contradiction(facts: Report) -> str | None:
    if facts.document is None:
        return f"proved, and its code fails: {facts.error}"
    broken = [p["name"] for p in facts.document["properties"] if p["kind"] in CLAIMS and p["verdict"] == "violated"]
    return f"proved, and violated: {', '.join(broken)}" if broken else None
