"""Formulas of actions that choose on the way, or choose containers, say what the actions' own code does."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from agreement import disagreements, some_states
from assay.checker.language import Model
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.proofs.encoding.problem import encode

CONSTRUCTS = Path(__file__).parents[2] / "checker" / "language" / "constructs"
SIZES = {"Node": 2, "Ballot": 2, "Level": 2}
"""Small ones: every choice of every relation is looked at."""


def models_in(name: str) -> list[type[Model]]:
    spec = importlib.util.spec_from_file_location(f"formulas_{name}", CONSTRUCTS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return [c for c in vars(module).values() if isinstance(c, type) and issubclass(c, Model) and c is not Model]


REFUSED = {"TheFirstInsideOfValues": "the value [first(Ballot)]"}
"""Models of which the formulas cannot say everything, and what they say of it: the rest is not proved."""

MODELS = [cls for name in ("choices", "choosing", "kept", "neighbours", "structure") for cls in models_in(name)]
CASES = [cls for cls in MODELS if cls.__name__ not in REFUSED]


@pytest.mark.parametrize("cls", CASES, ids=lambda cls: cls.__name__)
def test_formulas_agree_with_the_code(cls: type[Model]) -> None:
    specification = specify(cls)
    sizes = {sort.__name__: SIZES[sort.__name__] for sort in specification.sorts}
    instance = instantiate(specification, sizes)
    problem = encode(specification, instance=instance)
    assert problem.unencodable == []
    with instance.active():
        assert next(disagreements(problem, instance, some_states(instance, 4)), None) is None


@pytest.mark.parametrize("cls", [cls for cls in MODELS if cls.__name__ in REFUSED], ids=lambda cls: cls.__name__)
def test_what_formulas_cannot_say_is_said(cls: type[Model]) -> None:
    specification = specify(cls)
    instance = instantiate(specification, {sort.__name__: SIZES[sort.__name__] for sort in specification.sorts})
    problem = encode(specification, instance=instance)
    assert REFUSED[cls.__name__] in [one.construct for one in problem.unencodable]
