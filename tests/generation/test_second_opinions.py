"""Random models beside walks, matchers, brute force and what is written out by hand: see `comparisons`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generation.comparisons import COMPARISONS
from tests.tiers import one_in

FEW = {
    "upgrades": range(100, 106),
    "logs": range(100, 106),
    "structures": range(20_000, 20_010),
    "draws": range(2007, 2009),
    "composed": range(100, 104),
    "pruned": range(100, 103),
    "chosen": range(100, 108),
    "arranged": range(100, 102),
    "copies": range(103, 105),
    "engines-protocols": range(100, 101),
    "steps-wide": range(100, 101),
    "memory-wide": range(100, 101),
    "formulas-protocols": range(102, 103),
}


@pytest.mark.parametrize("what", one_in(3, FEW))
def test_a_few_seeds(what: str, tmp_path: Path) -> None:
    compare, _ = COMPARISONS[what]
    assert [compare(seed, tmp_path) for seed in FEW[what]] == [None] * len(FEW[what])


@pytest.mark.slow
@pytest.mark.parametrize("what", FEW)
def test_many_seeds(what: str, tmp_path: Path) -> None:
    compare, _ = COMPARISONS[what]
    seeds = range(FEW[what].start + 1000, FEW[what].start + 1040)
    assert [compare(seed, tmp_path) for seed in seeds] == [None] * len(seeds)
