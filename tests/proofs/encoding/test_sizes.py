"""The number of elements of a sort that a bound names is the one that the sort has."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.verdicts import Verdict
from claims import proved

UP = """
    default = {{"Node": 3}}
    k: Range[0, "Node"] = 0
    seen: Set[Node]

    @action
    def up(self) -> None:
        require(self.k < {limit})
        self.k += 1

    @invariant
    def small(self) -> bool:
        return self.k <= {limit}
"""


def test_every_sort_has_an_element(tmp_path: Path) -> None:
    assert proved(tmp_path, UP.format(limit=1)).verdict is Verdict.HOLDS


@pytest.mark.parametrize("limit", [2, 3])
def test_a_counterexample_is_in_an_instance_of_the_size_that_refutes(limit: int, tmp_path: Path) -> None:
    result = proved(tmp_path, UP.format(limit=limit), search=2.0)
    examples = [o.counterexample for o in result.obligations if o.counterexample is not None]
    assert examples
    for example in examples:
        sizes = example.instance.settings()
        assert sizes["Node"] < limit
