"""The step of a counterexample is the one that the model's own code takes, whatever numbers it counts with."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.verdicts import Verdict
from claims import proved

COUNTING = """
    default = dict(Node=1)
    a: Range[0, 3] = anything()
    b: Range[0, 3] = anything()
    seen: Set[Node]
    found: bool = False
    @action
    def see(self, n: Node):
        for k in {numbers}:
            self.seen.add(n)
    @action
    def find(self):
        self.found = any(k > {most} for k in {numbers})
    @invariant
    def nobody(self):
        return not self.seen
    @invariant
    def not_found(self):
        return not self.found
"""


@pytest.mark.parametrize(
    ("numbers", "most"),
    [("range(7, 9)", 7), ("range(-3, -1)", -3), ("range(self.a + self.b + 5)", 5), ("range(self.a, 30 * self.b)", 20)],
)
def test_numbers_beyond_all_ranges_count(tmp_path: Path, numbers: str, most: int) -> None:
    result = proved(tmp_path, COUNTING.format(numbers=numbers, most=most))
    assert result.verdict is Verdict.VIOLATED
    assert set(result.violated) == {"nobody", "not_found"}
