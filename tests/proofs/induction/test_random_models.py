"""The formulas of random models say what the models' own code does, state by state."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from agreement import disagreements, some_states
from assay.checker.engine import reference
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.errors import ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.checker.language.model import Kind
from assay.proofs.encoding.problem import encode
from assay.proofs.induction.bounded import search_steps
from assay.proofs.induction.prover import ProofOptions
from hypothesis import HealthCheck, Phase, assume, given, settings
from random_models import models

QUIET = [
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.function_scoped_fixture,
    HealthCheck.filter_too_much,
]


def agree(source: str, folder: Path) -> None:
    path = folder / f"random_{hashlib.sha256(source.encode()).hexdigest()[:12]}.py"
    path.write_text(source)
    specification = load(f"{path}:Random").specification
    instance = instantiate(specification, {"Node": 2, "Ballot": 2})
    problem = encode(specification, instance=instance)
    assert problem.unencodable == []
    with instance.active():
        try:
            states = some_states(instance, 12)
        except ModelError:  # no initial state, because the model's own code fails
            assume(False)
        assert next(disagreements(problem, instance, states), None) is None


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=QUIET,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
)
@given(source=models())
def test_formulas_of_random_models_agree_with_their_code(source: str, tmp_path: Path) -> None:
    agree(source, tmp_path)


@pytest.mark.slow
@settings(max_examples=800, deadline=None, suppress_health_check=QUIET)
@given(source=models())
def test_formulas_of_many_random_models_agree_with_their_code(source: str, tmp_path: Path) -> None:
    agree(source, tmp_path)


def depth_of_violation(specification, instance, steps: int) -> int | None:
    """Return after how many steps the explorer first sees ``invariant_0`` violated, up to a bound."""
    kept = tuple(m for m in specification.methods if m.kind in (Kind.ACTION, Kind.INITIAL) or m.name == "invariant_0")
    alone = Instance(replace(specification, methods=kept), instance.sizes, instance.constants, instance.quorums)
    with alone.active():
        found = reference.explore(alone, Limits(depth=steps + 1, states=3000, seconds=3), deadlock=False)
    assume(found.failure is None)  # a property that raises is found by the solver, too, but no violation
    assume(found.stop is None or found.stop.reason is StopReason.DEPTH)
    violated = alone.specification.named("invariant_0")
    return len(found.found[violated]) - 1 if violated in found.found else None


def searches_agree(source: str, folder: Path) -> None:
    path = folder / f"random_{hashlib.sha256(source.encode()).hexdigest()[:12]}.py"
    path.write_text(source)
    sizes = {"Node": "2", "Ballot": "2"}
    try:
        specification = load(f"{path}:Random").specification
        expected = depth_of_violation(specification, instantiate(specification, sizes), 2)
        result = search_steps(specification, 2, ProofOptions(only=("invariant_0",), fixed=sizes, timeout=10.0))
    except ModelError:  # the model fails in a state, or has no translation
        assume(False)
    assume(all(o.proved is not None for o in result.obligations))
    refuted = [o.claim.steps for o in result.obligations if o.proved is False]
    assert refuted == ([] if expected is None else [expected])


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=QUIET,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
)
@given(source=models())
def test_bounded_search_and_exploration_find_violations_at_the_same_depth(source: str, tmp_path: Path) -> None:
    searches_agree(source, tmp_path)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=QUIET)
@given(source=models())
def test_bounded_search_and_exploration_agree_on_many_models(source: str, tmp_path: Path) -> None:
    searches_agree(source, tmp_path)
