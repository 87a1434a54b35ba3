"""Numbers without bounds in proofs: all integers, and natural numbers as a claim."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.verdicts import Verdict
from claims import open_claims, proved

COUNTERS = """
    up: int = 0
    twice: int = 0
    left: Nat = 3

    @action
    def go(self) -> None:
        self.up += 1
        self.twice += 2

    @action
    def back(self) -> None:
        self.up -= 1
        self.twice -= 2

    @action
    def use(self) -> None:
        require(self.left > 0)
        self.left -= 1

    @invariant
    def double(self) -> bool:
        return self.twice == 2 * self.up
"""


def test_an_invariant_of_all_integers_is_proved(tmp_path: Path) -> None:
    result = proved(tmp_path, COUNTERS)
    assert result.verdict is Verdict.HOLDS
    assert result.instance is None


def test_no_bound_of_an_instance_is_assumed(tmp_path: Path) -> None:
    """What holds up to 2**60 only is not proved."""
    body = (
        COUNTERS
        + "\n    @invariant\n    def small(self) -> bool:\n        return self.up < 2 ** 0 * 1152921504606846976\n"
    )
    body = body.replace("2 ** 0 * ", "")
    result = proved(tmp_path, body)
    assert result.verdict is not Verdict.HOLDS
    assert any("small" in name for name in open_claims(result))


def test_a_natural_number_stays_one(tmp_path: Path) -> None:
    result = proved(tmp_path, COUNTERS.replace("require(self.left > 0)", "require(self.up > 0)"))
    assert result.verdict is not Verdict.HOLDS
    assert "left in range: preserved use" in open_claims(result)


@pytest.mark.parametrize("change", ["self.up += self.left", "self.left = self.up * self.up", "self.left += self.left"])
def test_arithmetic_of_naturals(tmp_path: Path, change: str) -> None:
    body = COUNTERS.replace(
        "        self.up += 1\n        self.twice += 2", f"        {change}\n        self.twice = 2 * self.up"
    )
    assert [name for name in open_claims(proved(tmp_path, body)) if name.startswith("left")] == []


@pytest.mark.parametrize(("low", "high"), [(0, 2**60 - 1), (-(2**60), 2**60 - 1), (-(2**19), 2**19 - 1)])
def test_a_range_is_one_even_if_its_bounds_are_those_of_packed_numbers(tmp_path: Path, low: int, high: int) -> None:
    """In an instance, `int`, `Nat` and computed numbers have these bounds; a range that ends there does end."""
    body = f"\n    up: Range[{low}, {high}] = 0\n\n    @action\n    def go(self) -> None:\n        self.up += 1\n"
    for wrong in (body, body.replace("+=", "-=")):  # an instance shows it after all those steps: none is searched
        assert open_claims(proved(tmp_path, wrong, search=0.0)) == ["up in range: preserved go"]
    guarded = body.replace("        self.up +=", f"        require(self.up < {high})\n        self.up +=")
    assert proved(tmp_path, guarded, search=0.0).verdict is Verdict.HOLDS
