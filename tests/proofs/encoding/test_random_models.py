"""The formulas of random models say what the models' own code does, state by state."""

from __future__ import annotations

import hashlib
from pathlib import Path
from unittest import mock

import pytest
from agreement import disagreements, some_states
from assay.checker.errors import ModelError
from assay.checker.language.instance import instantiate
from assay.checker.language.loader import load
from assay.proofs.encoding.problem import encode
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from random_models import VARIABLES, models

QUIET = [
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.function_scoped_fixture,
    HealthCheck.filter_too_much,
]


UNORDERED = {name: type_ for name, type_ in VARIABLES.items() if not ("Seq" in type_ or "Bag" in type_)}


@st.composite
def encodable(draw: DrawFn) -> str:
    """Draw a model without sequences and bags, which have no formulas."""
    with mock.patch.dict(VARIABLES, UNORDERED, clear=True):
        return draw(models())


def agree(source: str, folder: Path) -> None:
    path = folder / f"random_{hashlib.sha256(source.encode()).hexdigest()[:12]}.py"
    path.write_text(source)
    try:
        specification = load(f"{path}:Random").specification
        instance = instantiate(specification, {"Node": 2, "Ballot": 2})
        problem = encode(specification, instance=instance)
        with instance.active():
            states = some_states(instance, 12)
    except ModelError:
        assume(False)
    with instance.active():
        assert next(disagreements(problem, instance, states), None) is None


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=QUIET,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
)
@given(source=encodable())
def test_formulas_of_random_models_agree_with_their_code(source: str, tmp_path: Path) -> None:
    agree(source, tmp_path)


@pytest.mark.slow
@settings(max_examples=1500, deadline=None, suppress_health_check=QUIET)
@given(source=encodable())
def test_formulas_of_many_random_models_agree_with_their_code(source: str, tmp_path: Path) -> None:
    agree(source, tmp_path)
