"""Counts of what sets are made of say what the code says, also of numbers of several ranges."""

from __future__ import annotations

from pathlib import Path

from agreement import disagreements, scattered_states
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.proofs.encoding.problem import encode

COUNTS = Path(__file__).parent / "models" / "counts.py"


def test_formulas_count_what_the_code_counts() -> None:
    specification = load(f"{COUNTS}:Counts").specification
    instance = instantiate(specification, {})
    problem = encode(specification, instance=instance)
    assert problem.unencodable == []
    with instance.active():
        assert next(disagreements(problem, instance, scattered_states(instance, 120)), None) is None
