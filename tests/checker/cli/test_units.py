"""Limits as people write them."""

from __future__ import annotations

import pytest
from assay.checker.cli import units
from assay.checker.errors import UsageError


@pytest.mark.parametrize(
    ("text", "value"), [("1", 1), ("1_000", 1000), ("1,000", 1000), ("10k", 10_000), ("1.5k", 1500), ("2M", 2_000_000)]
)
def test_counts(text: str, value: int) -> None:
    assert units.count("--max-states", text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("30", 30), ("30s", 30), ("1.5m", 90), ("5 min", 300), ("2h", 7200), ("500ms", 0.5)]
)
def test_durations(text: str, value: float) -> None:
    assert units.duration("--time-limit", text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("1024", 1024), ("1KiB", 1024), ("2GiB", 2 << 30), ("2g", 2 << 30), ("2GB", 2 * 10**9), ("0.5MiB", 1 << 19)],
)
def test_sizes(text: str, value: int) -> None:
    assert units.memory("--memory-limit", text) == value


@pytest.mark.parametrize("text", ["", "k", "1e3", "ten", "1kk", "0", "-1", "--", "1.2.3", "∞", "nan"])
def test_what_is_no_positive_amount_is_refused(text: str) -> None:
    for read in (units.count, units.duration, units.memory):
        with pytest.raises(UsageError, match="expected"):
            read("--limit", text)


@pytest.mark.parametrize(
    "text", ["9223372036854775808", "1" + "0" * 99, "9" * 400, "1." + "5" * 200, "999999999999h", "9" * 5000 + "k"]
)
def test_what_no_machine_holds_is_refused_in_one_short_line(text: str) -> None:
    for read in (units.count, units.duration, units.memory):
        with pytest.raises(UsageError, match="expected") as caught:
            read("--limit", text)
        assert len(str(caught.value)) < 150


def test_the_largest_limits_are_taken_exactly() -> None:
    assert units.count("--max-states", "999999999999999") == 999_999_999_999_999
    assert units.duration("--time-limit", "876000h") == 876_000 * 3600
    assert units.memory("--memory-limit", "1024TiB") == 1024 * 1024**4
