"""Loops, all rounds at once or one by one: the formulas say what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest
from agreement import disagreements, some_states
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import encode
from assay.proofs.induction.bounded import search_steps
from assay.proofs.induction.prover import ProofOptions, prove_model
from assay.proofs.induction.several_steps import induct

LOOPS = Path(__file__).parents[2] / "checker" / "language" / "constructs" / "loops.py"
MOVES = Path(__file__).parent / "models" / "moves.py"


@pytest.mark.parametrize("model", [f"{LOOPS}:Loops", f"{MOVES}:Moves"])
def test_formulas_of_loops_say_what_the_code_does(model: str) -> None:
    specification = load(model).specification
    instance = instantiate(specification, {})
    problem = encode(specification, instance=instance)
    assert {t.name for t in problem.transitions} == {method.name for method in specification.actions}
    with instance.active():
        assert next(disagreements(problem, instance, some_states(instance, 80)), None) is None


def test_a_loop_that_moves_elements_from_one_set_to_another_is_proved() -> None:
    assert prove_model(load(f"{MOVES}:Served").specification).verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    "search", [lambda s: search_steps(s, 4, ProofOptions()), lambda s: induct(s, 5, ProofOptions())]
)
def test_each_step_moves_elements_of_its_own(search) -> None:
    """Rounds of different steps have nothing in common: here the second loop moves another element than the first."""
    result = search(load(f"{MOVES}:ServedTwice").specification)
    assert result.verdict is Verdict.VIOLATED
    assert [len(refutation.trace.steps) for refutation in result.refutations] == [5]
