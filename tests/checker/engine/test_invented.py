"""Both engines say the same of models that nobody would write, with structure and choices in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generation.agreement import disagreement, save
from tests.generation.invented import from_seed

DRAWN = (
    *("Relation[", "Function[", "Parameter[", "Perm[", "@axiom"),
    *("= choose(", ": choose(", "= anything()\n", "some(self.", "@constraint", "@step_constraint"),
)


def test_structure_and_choices_of_every_form_are_drawn() -> None:
    sources = [from_seed(seed).source for seed in range(250)]
    assert [words for words in DRAWN if not any(words in source for source in sources)] == []


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 60, 20))
def test_engines_agree_on_invented_models(first: int, tmp_path: Path) -> None:
    limits = ("--max-depth", "3", "--max-states", "2000")
    for seed in range(first, first + 20):
        model = save(from_seed(seed), tmp_path, f"invented_{seed}")
        assert disagreement(model, *limits) is None, f"seed {seed}"
