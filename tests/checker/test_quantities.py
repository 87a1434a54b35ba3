"""Counts, times and sizes as reports write them."""

from __future__ import annotations

import pytest
from assay.checker.quantities import size


@pytest.mark.parametrize(
    ("count", "text"),
    [(12, "12 B"), (1023, "1023 B"), (3 << 20, "3 MiB"), (7 << 29, "3.5 GiB"), (5 << 50, "5120 TiB")],
)
def test_sizes_are_rendered_in_the_largest_unit_that_leaves_them_readable(count: int, text: str) -> None:
    assert size(count) == text
