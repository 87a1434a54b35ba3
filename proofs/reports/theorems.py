"""The reports on the theorems: text, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from assay.checker.outputs import JSON_VERSION
from assay.checker.report.parts import STYLE, Cell, Table
from assay.checker.report.run import plural, seconds
from assay.checker.verdicts import Verdict, exit_status
from assay.proofs.theorems.deciding import ConjectureResult, Judgement
from assay.proofs.theorems.evaluation import Interpretation
from rich.text import Text

__all__ = ["render_theorems", "theorems_page", "theorems_record"]

_WORDS = {Verdict.HOLDS: "proved", Verdict.VIOLATED: "refuted", Verdict.UNKNOWN: "unknown"}
"""The words for the verdict on a formula."""

_STATUS = {Verdict.HOLDS: "proved", Verdict.VIOLATED: "not as claimed", Verdict.UNKNOWN: "unknown"}
"""The words for the verdict on a theorem."""


def render_theorems(judgements: Sequence[Judgement]) -> Iterator[Text]:
    """Yield the lines of the text report."""
    for judgement in judgements:
        yield from _theorem(judgement)
        yield Text()
    yield Text(_conclusion(judgements), style=STYLE[_verdict(judgements)])


def _theorem(judgement: Judgement) -> Iterator[Text]:
    theorem = judgement.theorem
    status = (_STATUS[judgement.verdict], STYLE[judgement.verdict])
    yield Text.assemble((theorem.name, "bold"), "  ", status, f"  {seconds(judgement.seconds)}")
    yield Text(f"  {theorem.statement}")
    yield Text(f"  {theorem.source}", style="dim")
    for finding in judgement.findings:
        yield from _finding(finding)


def _finding(finding: ConjectureResult) -> Iterator[Text]:
    belief = "" if finding.claim.holds else "false: "
    style = "" if finding.verdict is Verdict.HOLDS else STYLE[finding.verdict]
    status = (f"{_WORDS[finding.truth]:<7}", style)
    yield Text.assemble("    ", status, f"  {belief}{finding.claim.words}  ", (seconds(finding.seconds), "dim"))
    indent = " " * 13
    if finding.verdict is not Verdict.HOLDS:
        yield Text(f"{indent}{_trouble(finding)}", style=style)
    elif finding.claim.example:
        yield Text(f"{indent}{finding.claim.example}")


def _trouble(finding: ConjectureResult) -> str:
    if finding.truth is Verdict.UNKNOWN:
        return finding.reason
    if finding.truth is Verdict.HOLDS:
        return "this was claimed to be false, and is true"
    return f"counterexample: {finding.counterexample}"


def _verdict(judgements: Sequence[Judgement]) -> Verdict:
    verdict = Verdict.HOLDS
    for judgement in judgements:
        verdict = verdict & judgement.verdict
    return verdict


def _conclusion(judgements: Sequence[Judgement]) -> str:
    failed = [judgement.theorem.name for judgement in judgements if judgement.verdict is not Verdict.HOLDS]
    if failed:
        return f"not as claimed: {', '.join(failed)}"
    findings = [finding for judgement in judgements for finding in judgement.findings]
    beliefs = sum(not finding.claim.holds for finding in findings)
    spent = seconds(sum(judgement.seconds for judgement in judgements))
    return (
        f"proved for every number of nodes: {plural(len(judgements), 'theorem')} by "
        f"{plural(len(findings) - beliefs, 'formula')}; refuted: {plural(beliefs, 'belief')}; {spent}"
    )


def theorems_record(judgements: Sequence[Judgement]) -> dict[str, Any]:
    """Return the report for JSON."""
    return {
        "version": JSON_VERSION,
        "as_claimed": exit_status(judgement.verdict for judgement in judgements) == 0,
        "seconds": round(sum(judgement.seconds for judgement in judgements), 6),
        "theorems": [_theorem_record(judgement) for judgement in judgements],
    }


def _theorem_record(judgement: Judgement) -> dict[str, Any]:
    theorem = judgement.theorem
    return {
        "name": theorem.name,
        "statement": theorem.statement,
        "source": theorem.source,
        "verdict": judgement.verdict.value,
        "seconds": round(judgement.seconds, 6),
        "claims": [_claim_record(finding) for finding in judgement.findings],
    }


def _claim_record(finding: ConjectureResult) -> dict[str, Any]:
    claim, example = finding.claim, finding.counterexample
    return {
        "name": claim.name,
        "words": claim.words,
        "formula": str(claim.formula),
        "claimed": "true" if claim.holds else "false",
        "verdict": _WORDS[finding.truth],
        "as_claimed": finding.verdict is Verdict.HOLDS,
        "seconds": round(finding.seconds, 6),
        "example": claim.example or None,
        "counterexample": None if example is None else _structure_record(example),
        "reason": finding.reason or None,
    }


def _structure_record(structure: Interpretation) -> dict[str, Any]:
    return {
        "nodes": structure.nodes,
        "numbers": dict(structure.numbers),
        "sets": {name: sorted(nodes) for name, nodes in structure.sets.items()},
        "weights": {str(node): value for node, value in structure.weights.items()},
    }


def theorems_page(judgements: Sequence[Judgement]) -> str:
    """Return the report as Markdown: a table of the theorems, and one of the beliefs that are false."""
    lines = [f"{_conclusion(judgements)}.", ""]
    heads = ("theorem", "statement", "status", "formulas", "seconds")
    lines += Table(heads, tuple(map(_row, judgements)), frozenset({3, 4})).markdown()
    beliefs = [finding for judgement in judgements for finding in judgement.findings if not finding.claim.holds]
    if beliefs:
        lines += ["", *Table(("false", "status", "because"), tuple(map(_belief, beliefs))).markdown()]
    return "\n".join(lines) + "\n"


def _row(judgement: Judgement) -> tuple[Cell, ...]:
    theorem = judgement.theorem
    return (
        Cell(theorem.name, is_code=True),
        Cell(f"{theorem.statement} ({theorem.source})"),
        Cell(_STATUS[judgement.verdict]),
        Cell(str(len(judgement.findings))),
        Cell(f"{judgement.seconds:.3f}"),
    )


def _belief(finding: ConjectureResult) -> tuple[Cell, ...]:
    return Cell(finding.claim.words), Cell(_WORDS[finding.truth]), Cell(finding.claim.example)
