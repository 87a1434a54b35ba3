"""Formulas of invented models say what their code says, state by state: no solver is involved."""

from __future__ import annotations

from pathlib import Path

import pytest
from agreement import disagreements, scattered_states
from assay.checker.errors import AssayError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.proofs.encoding.problem import Problem, encode

from tests.generation.agreement import save
from tests.generation.invented import from_seed
from tests.tiers import one_in


def encoded(seed: int, folder: Path) -> tuple[Problem, Instance]:
    """Return an invented model as formulas, and its instance."""
    specification = load(save(from_seed(seed), folder, f"invented_{seed}")).specification
    instance = instantiate(specification, {})
    return encode(specification, instance=instance), instance


@pytest.mark.parametrize("seeds", one_in(2, [range(first, first + 8) for first in (40, 120, 160, 200)]), ids=str)
def test_formulas_say_what_the_code_says(seeds: range, tmp_path: Path) -> None:
    held = 0
    for seed in seeds:
        try:
            problem, instance = encoded(seed, tmp_path)
            with instance.active():
                states = scattered_states(instance, 8, 3)
        except AssayError:  # no model of the language, or one without an initial state
            continue
        with instance.active():
            assert next(disagreements(problem, instance, states), None) is None, f"seed {seed}"
        held += not problem.unencodable
    assert held > len(seeds) // 2


@pytest.mark.slow
@pytest.mark.parametrize("first", [80, *range(1000, 1400, 50)])
def test_formulas_of_many_models_say_what_the_code_says(first: int, tmp_path: Path) -> None:
    test_formulas_say_what_the_code_says(range(first, first + 50), tmp_path)
