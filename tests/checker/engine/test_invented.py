"""Both engines say the same of models that nobody would write, with structure and choices in them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from assay.checker.language.frontend.expressions import functions

from tests.checker.language.test_documentation import METHODS
from tests.generation.agreement import disagreement, save
from tests.generation.choices import Seeded
from tests.generation.invented import WIDE, from_seed
from tests.generation.parts import structured_model

DRAWN = (
    *("Relation[", "Function[", "Parameter[", "Perm[", "@axiom"),
    *("= choose(", ": choose(", "= anything()\n", "some(self.", "@constraint", "@step_constraint"),
)

DRAWN_WIDELY = (
    *("class Part:", r"\(Part, Model\)", r"limit: Parameter\[int\]", r'Range\[0, "limit', "self.MOST", "self.limit"),
    *(r"\w = self\.\w+\.pop\(", r"\w+, \w+ = self\.\w+\.pop\(", r"self\.\w+ = self\.\w+\.pop\("),
    *(r"require\(self\S+ is not None\)\n", r"line\d+ = \[", r"for \w+ in Ballot:", r"= \{choose\(", r"case 0 \| 1:"),
    *(r"@invariant\n.*\n        for ", r"    a\d = removed", r"values_of\(", r"= dict\.fromkeys\("),
    *(r"copy\d+ = (list|set)\(", r" copy\d+\.(append|add)\(", r"self\.\w+ = copy\d+", r"copy\d+ == self\."),
)
"""Patterns of what is drawn from `WIDE` on."""


@cache
def sources() -> list[str]:
    """Return many invented models; to write them all takes seconds, which is not for whoever only lists the tests."""
    return [*(from_seed(seed).source for seed in range(400)), *(structured_model(Seeded(seed)) for seed in range(100))]


UNDRAWN = {"bool", "values_of", "symmetric_difference", "symmetric_difference_update"}
"""`bool` is a type first, and `bool(...)` says no more than the value itself; `values_of` is drawn from `WIDE` on.

Symmetric differences are drawn by their operator, `^`, in `tests/checker/language/random_models.py`.
"""


def test_structure_and_choices_of_every_form_are_drawn() -> None:
    assert [words for words in DRAWN if not any(words in source for source in sources())] == []


def test_mixins_constants_pops_and_searches_are_drawn() -> None:
    wide = [from_seed(seed).source for seed in range(WIDE, WIDE + 300)]
    assert [words for words in DRAWN_WIDELY if not any(re.search(words, source) for source in wide)] == []


def test_whatever_the_front_end_accepts_by_name_is_drawn() -> None:
    drawn = {name for source in sources() for name in re.findall(r"\b(\w+)\(", source)}
    assert sorted({*functions.FUNCTIONS, *METHODS} - UNDRAWN - drawn) == []


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 60, 20))
def test_engines_agree_on_invented_models(first: int, tmp_path: Path) -> None:
    limits = ("--max-depth", "3", "--max-states", "2000")
    for seed in range(first, first + 20):
        model = save(from_seed(seed), tmp_path, f"invented_{seed}")
        assert disagreement(model, *limits) is None, f"seed {seed}"
