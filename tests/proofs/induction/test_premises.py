"""Which hypotheses a claim needs, as small structures tell: never more than it was given, and enough where they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.symbols.universes import numbers
from assay.proofs.induction import strategies
from assay.proofs.induction.obligations import consecution
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.premises import premises
from assay.proofs.induction.prover import encoded
from assay.proofs.induction.strategies import GOAL_FIRST, Reach, Strategy, hypotheses_of
from assay.proofs.logic.z3_backend import Z3
from claims import open_claims, proved, specified

CHAIN = """
    a: Set[Node]
    b: Set[Node]
    c: Set[Node]
    d: Set[Node]

    @action
    def move(self, n: Node) -> None:
        require(n in self.a)
        self.d.add(n)

    @action
    def grow(self, n: Node) -> None:
        self.a.add(n)
        self.b.add(n)
        self.c.add(n)

    @invariant
    def a_is_in_b(self, n: Node) -> bool:
        return n not in self.a or n in self.b

    @invariant
    def b_is_in_c(self, n: Node) -> bool:
        return n not in self.b or n in self.c

    @invariant
    def d_is_in_c(self, n: Node) -> bool:
        return n not in self.d or n in self.c

    @invariant
    def c_is_in_a(self, n: Node) -> bool:
        return n not in self.c or n in self.a
"""

FALSE = CHAIN.replace("require(n in self.a)", "require(n not in self.a)")

PREMISES_FIRST = (Strategy(False, GOAL_FIRST, 1, Reach.NEEDED), Strategy(False, GOAL_FIRST, 1))


def test_what_is_left_out_was_optional_and_what_is_kept_has_no_model(tmp_path: Path) -> None:
    problem, _ = encoded(specified(tmp_path, CHAIN), ProofOptions())
    names = {p.formula: p.name for p in problem.invariants}
    goal = next(p for p in problem.invariants if p.name == "d_is_in_c")
    (obligation,) = (o for o in consecution(problem, goal, problem.invariants) if o.claim.action == "move")
    query = (*problem.assumptions, *obligation.query)
    parts = [part for part in premises(query, hypotheses_of(problem), numbers(problem.theory), 10.0) if part]
    assert parts
    for part in parts:
        assert set(part) <= set(query)
        assert all(formula in part for formula in query if formula not in names)
    assert {names[f] for f in parts[-1] if f in names} < set(names.values()), "some are not needed"
    solver = Z3()
    solver.declare(parts[-1])
    solver.add(parts[-1])
    assert solver.check(10.0) == "unsat"


def test_what_is_false_has_no_premises(tmp_path: Path) -> None:
    problem, _ = encoded(specified(tmp_path, FALSE), ProofOptions())
    goal = next(p for p in problem.invariants if p.name == "d_is_in_c")
    (obligation,) = (o for o in consecution(problem, goal, problem.invariants) if o.claim.action == "move")
    query = (*problem.assumptions, *obligation.query)
    assert list(premises(query, hypotheses_of(problem), numbers(problem.theory), 10.0)) == [None]


def test_a_model_is_proved_by_selected_premises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strategies, "PORTFOLIO", PREMISES_FIRST)
    result = proved(tmp_path, CHAIN)
    assert open_claims(result) == []
    assert result.verdict is Verdict.HOLDS
    assert any(r.decision.kept is not None for r in result.obligations)


def test_selected_premises_prove_nothing_that_is_false(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strategies, "PORTFOLIO", PREMISES_FIRST)
    result = proved(tmp_path, FALSE)
    assert result.verdict is Verdict.VIOLATED
    assert "d_is_in_c" in result.violated
