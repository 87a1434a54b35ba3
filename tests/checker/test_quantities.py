"""Counts, times and sizes as reports write them."""

from __future__ import annotations

import pytest
from assay.checker.quantities import ordinal, size


@pytest.mark.parametrize(
    ("count", "text"),
    [(12, "12 B"), (1023, "1023 B"), (3 << 20, "3 MiB"), (7 << 29, "3.5 GiB"), (5 << 50, "5120 TiB")],
)
def test_sizes_are_rendered_in_the_largest_unit_that_leaves_them_readable(count: int, text: str) -> None:
    assert size(count) == text


def test_ordinals_end_as_they_are_said() -> None:
    assert [*map(ordinal, (1, 2, 3, 4, 11, 12, 13, 21, 101, 112, 1002))] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "101st", "112th", "1,002nd"]
    )
