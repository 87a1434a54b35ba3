"""The claims as SMT-LIB 2 scripts with the answers that are claimed: ``assay prove --recheck`` has cvc5 answer them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

from assay.checker.errors import UsageError
from assay.checker.verdicts import Verdict
from assay.proofs.induction.certificates import FORMAT, INDEX
from assay.proofs.logic.smtlib import script
from assay.proofs.theorems.deciding import Finding, Judgement
from assay.proofs.theorems.theorem import Theorem
from assay.proofs.theorems.venn import reduced

__all__ = ["certificate", "write_certificates"]

_ANSWERS = {Verdict.HOLDS: "unsat", Verdict.VIOLATED: "sat", Verdict.UNKNOWN: "unknown"}


def certificate(theorem: Theorem, finding: Finding) -> str:
    """Return the script that denies a claim: unsatisfiable if and only if the claim's formula is valid."""
    claim = finding.claim
    answer = _ANSWERS[finding.truth]
    comments = [
        f"{theorem.name}: {claim.words}",
        f"the formula: {claim.formula}",
        "this script denies it: $size.A&~B is the number of nodes in A and not in B",
    ]
    if finding.counterexample is not None:
        comments.append(f"refuted by: {finding.counterexample}")
    return script(reduced(claim.denial).query, comments=comments, expected=None if answer == "unknown" else answer)


def write_certificates(judgements: Sequence[Judgement], directory: str) -> int:
    """Write the scripts and an index into a directory, and return how many there are.

    Raises
    ------
    UsageError
        If the directory cannot be written.
    """
    place, entries = Path(directory), []
    try:
        place.mkdir(parents=True, exist_ok=True)
        for judgement in judgements:
            for finding in judgement.findings:
                entries.append(_written(place, judgement.theorem, finding))
        verdict = Verdict.HOLDS
        for judgement in judgements:
            verdict = verdict & judgement.verdict
        index = {"format": FORMAT, "model": "theorems", "verdict": verdict.value, "obligations": entries}
        (place / INDEX).write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {directory}: {error.strerror or error}") from None
    return len(entries)


def _written(place: Path, theorem: Theorem, finding: Finding) -> dict[str, str]:
    name = f"{theorem.name}-{re.sub('[^a-z0-9]+', '_', finding.claim.name.lower())}.smt2"
    text = certificate(theorem, finding)
    (place / name).write_text(text, encoding="utf-8")
    return {
        "file": name,
        "name": f"{theorem.name}: {finding.claim.name}",
        "expected": _ANSWERS[finding.truth],
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
