"""The claims as SMT-LIB 2 scripts with their expected answers, which ``assay prove --recheck`` compares with cvc5's."""

from __future__ import annotations

from collections.abc import Sequence

from assay.checker.verdicts import Verdict
from assay.proofs.induction import certificates
from assay.proofs.induction.certificates import Certificate
from assay.proofs.theorems.deciding import ConjectureResult, Judgement
from assay.proofs.theorems.theorem import Theorem
from assay.proofs.theorems.venn import reduced

__all__ = ["certificate", "write_certificates"]

_ANSWERS = {Verdict.HOLDS: "unsat", Verdict.VIOLATED: "sat", Verdict.UNKNOWN: None}


def certificate(theorem: Theorem, finding: ConjectureResult) -> Certificate:
    """Return the script that denies a claim: unsatisfiable if and only if the claim's formula is valid."""
    claim = finding.claim
    comments = [
        f"{theorem.name}: {claim.words}",
        f"the formula: {claim.formula}",
        "this script denies it: $size.A&~B is the number of nodes in A and not in B",
    ]
    if finding.counterexample is not None:
        comments.append(f"refuted by: {finding.counterexample}")
    query = reduced(claim.denial).query
    return Certificate(f"{theorem.name}: {claim.name}", query, comments, _ANSWERS[finding.truth])


def write_certificates(judgements: Sequence[Judgement], directory: str) -> int:
    """Write the scripts and an index into a directory, and return the number of scripts.

    Raises
    ------
    UsageError
        If the directory cannot be written.
    """
    verdict = Verdict.HOLDS
    for judgement in judgements:
        verdict = verdict & judgement.verdict
    written = (certificate(judgement.theorem, finding) for judgement in judgements for finding in judgement.findings)
    return certificates.write_certificates("theorems", verdict, written, directory)
