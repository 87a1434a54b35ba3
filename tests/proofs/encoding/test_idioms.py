"""Required values, assertions, names of branches and cases, composed models: formulas say what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest
from agreement import disagreements, some_states
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.proofs.encoding.problem import encode

CONSTRUCTS = Path(__file__).parents[2] / "checker" / "language" / "constructs"
MODELS = [
    "optionals.py:Leases",
    "empties.py:Empties",
    "claims.py:Counted",
    "empties.py:Empties",
    "evenness.py:Even",
    "evenness.py:ListsEverywhere",
    "methods.py:Sets",
    "composed.py:Lock",
    "composed.py:Queues",
]


@pytest.mark.parametrize("model", MODELS)
def test_formulas_of_idioms_say_what_the_code_does(model: str) -> None:
    specification = load(f"{CONSTRUCTS / model}").specification
    instance = instantiate(specification, {})
    problem = encode(specification, instance=instance)
    assert problem.unencodable == []
    with instance.active():
        assert next(disagreements(problem, instance, some_states(instance, 12)), None) is None
