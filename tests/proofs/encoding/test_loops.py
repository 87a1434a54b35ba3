"""Loops, all rounds at once or one by one: the formulas say what the code does."""

from __future__ import annotations

from pathlib import Path

from agreement import disagreements, some_states
from assay.checker.language.instance import instantiate
from assay.checker.language.loader import load
from assay.proofs.encoding.problem import encode

LOOPS = Path(__file__).parents[2] / "checker" / "language" / "constructs" / "loops.py"


def test_formulas_of_loops_say_what_the_code_does() -> None:
    specification = load(f"{LOOPS}:Loops").specification
    instance = instantiate(specification, {})
    problem = encode(specification, instance=instance)
    assert {t.name for t in problem.transitions} == {method.name for method in specification.actions}
    with instance.active():
        assert next(disagreements(problem, instance, some_states(instance, 60)), None) is None
