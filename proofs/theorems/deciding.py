"""Decide claims: prove them with Z3, or find a smallest counterexample and confirm it by enumeration."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import z3
from assay.checker.errors import InternalError
from assay.checker.verdicts import Verdict
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.terms import Term, number
from assay.proofs.logic.z3_backend import Z3
from assay.proofs.theorems.evaluation import Interpretation, is_true
from assay.proofs.theorems.theorem import Conjecture, Theorem
from assay.proofs.theorems.venn import Reduction, reduced

__all__ = ["ConjectureResult", "Judgement", "decide", "judge"]

LARGEST = 64
"""Only values below this are tried to make a number in a counterexample smaller: each takes a call of the solver."""


@dataclass(frozen=True)
class ConjectureResult:
    """The result for one claim.

    Attributes
    ----------
    claim : Conjecture
    truth : Verdict
        Whether the formula is valid.
    seconds : float
    counterexample : Interpretation or None
        A smallest one, with the fewest nodes first, if the formula is not valid.
    reason : str
        Why the truth is unknown.
    """

    claim: Conjecture
    truth: Verdict
    seconds: float
    counterexample: Interpretation | None = None
    reason: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether the truth is as claimed."""
        if self.truth is Verdict.UNKNOWN:
            return Verdict.UNKNOWN
        return Verdict.HOLDS if (self.truth is Verdict.HOLDS) == self.claim.holds else Verdict.VIOLATED


@dataclass(frozen=True)
class Judgement:
    """The results for all claims of a theorem."""

    theorem: Theorem
    findings: tuple[ConjectureResult, ...]

    @property
    def verdict(self) -> Verdict:
        """Whether all claims are as claimed; unknown for a theorem without any."""
        verdict = Verdict.HOLDS if self.findings else Verdict.UNKNOWN
        for finding in self.findings:
            verdict = verdict & finding.verdict
        return verdict

    @property
    def seconds(self) -> float:
        """The time for all claims."""
        return sum(finding.seconds for finding in self.findings)


def judge(theorem: Theorem, seconds: float = 30.0) -> Judgement:
    """Decide every claim of a theorem, each within the given time."""
    return Judgement(theorem, tuple(decide(claim, seconds) for claim in theorem.claims))


def decide(claim: Conjecture, seconds: float = 30.0) -> ConjectureResult:
    """Decide whether a claim's formula is true for all sets and numbers.

    Raises
    ------
    InternalError
        If a counterexample, as sets of nodes, does not refute the formula.
    """
    started = time.perf_counter()
    truth, example, reason = _decided(claim, started + seconds)
    return ConjectureResult(claim, truth, time.perf_counter() - started, example, reason)


def _decided(claim: Conjecture, deadline: float) -> tuple[Verdict, Interpretation | None, str]:
    # A theorem with contradictory hypotheses would be proved whatever it says.
    hypotheses = _Question(reduced(claim.hypotheses), deadline)
    if hypotheses.answer() == "unsat":
        return Verdict.UNKNOWN, None, "the hypotheses contradict each other, so anything follows"
    denial = _Question(reduced(claim.denial), deadline)
    match denial.answer():
        case "unsat":
            return Verdict.HOLDS, None, ""
        case "sat":
            return Verdict.VIOLATED, _counterexample(claim, denial), ""
        case reason:
            return Verdict.UNKNOWN, None, reason


class _Question:
    """The question whether a formula is satisfiable. Each answer comes from a new solver: Z3 decides more that way."""

    def __init__(self, reduction: Reduction, deadline: float) -> None:
        self.reduction = reduction
        self.deadline = deadline
        self._translation = Z3()
        self._is_quantified = any(term.depth for term in reduction.query)
        self._model: Any = None

    def answer(self, also: Sequence[Term] = ()) -> str:
        """Return *sat*, *unsat*, or why neither is known."""
        solver = z3.Solver() if self._is_quantified else z3.SimpleSolver()
        solver.set("timeout", max(1, int((self.deadline - time.perf_counter()) * 1000)))
        solver.add([self._translation.expression(term) for term in (*self.reduction.query, *also)])
        try:
            answer = str(solver.check())
        except z3.Z3Exception as error:
            return f"the solver gave up: {error}"
        if answer == "sat":
            self._model = solver.model()
        return f"not decided: {solver.reason_unknown()}" if answer == "unknown" else answer

    def value(self, term: Term) -> int:
        """Return the value of a term in the latest model."""
        return int(self._model.eval(self._translation.expression(term), model_completion=True).as_long())


def _counterexample(claim: Conjecture, question: _Question) -> Interpretation:
    """Return a counterexample with the fewest nodes, and then the least numbers, confirmed by enumeration."""
    known: list[Term] = []
    for unknown in question.reduction.unknowns:
        found = question.value(unknown)
        for value in range(min(found, LARGEST)):
            if question.answer([*known, logic.equal(unknown, number(value))]) == "sat":
                found = value
                break
        known.append(logic.equal(unknown, number(found)))
    example = question.reduction.structure(question.value)
    if is_true(claim.formula, example, range(-1, example.nodes + 2)):
        raise InternalError(f"{example} does not refute {claim.formula}, although the solver says so")
    return example
