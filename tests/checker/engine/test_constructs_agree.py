"""Both explorers agree on every construct of the language, one by one; random models combine them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.language.model import Model

from tests.checker.engine.test_engines_agree import assert_agreement

CONSTRUCTS = Path(__file__).parents[1] / "language" / "constructs"


def models_of(name: str) -> list[type[Model]]:
    spec = importlib.util.spec_from_file_location(f"constructs_{name}", CONSTRUCTS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return [
        cls
        for cls in vars(module).values()
        if isinstance(cls, type) and cls.__module__ == spec.name and issubclass(cls, Model)
    ]


@pytest.mark.parametrize("name", sorted(path.stem for path in CONSTRUCTS.glob("*.py") if path.stem != "shared"))
def test_explorers_agree_on_the_constructs_of(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(CONSTRUCTS))
    for cls in models_of(name):
        instance = instantiate(specify(cls))
        with instance.active():
            assert_agreement(instance)
