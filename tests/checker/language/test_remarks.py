"""What is odd about a model's source, and no error, is said beside the verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Assay, assay, in_a_project_of_its_own
from tests.tiers import one_in

__all__ = ["assay", "in_a_project_of_its_own"]

MODEL = """
from assay.checker.language import *


class Node(Sort):
    pass


@record
class Grant:
    node: Node
    uses: Range[0, 2]


class Leases(Model):
    default = {{"Node": 1}}
    lease: Grant | None = None
    queue: Seq[Node, 2]
    count: Range[0, 2] = 1

    @initial
    def one(self, n: Node) -> None:
        self.lease = Grant(n, 1)
        self.queue = [n]

    @action
    def act(self) -> None:
        {action}

    @invariant
    def safe(self) -> bool:
        return {invariant}
"""

BOTH, ALL = "implies evaluates both of its arguments", "require evaluates all of its conditions"


def module(action: str = "pass", invariant: str = "True") -> None:
    Path("leases.py").write_text(MODEL.format(action=action, invariant=invariant))


@pytest.mark.parametrize(
    ("parts", "said"),
    one_in(
        2,
        [
            ({"invariant": "implies(self.lease is not None, self.lease.uses < 2)"}, BOTH),
            ({"invariant": "implies(len(self.queue) > 0, self.queue[0] == self.queue[0])"}, BOTH),
            ({"invariant": "implies(self.count != 0, 2 // self.count > 0)"}, BOTH),
            ({"action": "require(self.lease is not None, self.lease.uses < 2)"}, ALL),
            ({"action": "require(self.count == 1, len(self.queue) > 0, self.queue[0] == self.queue[0])"}, ALL),
        ],
    ),
)
def test_an_argument_that_an_earlier_one_seems_to_guard_is_remarked_on(
    assay: Assay, parts: dict[str, str], said: str
) -> None:
    module(**parts)
    for command in ("check", "prove"):
        ran = assay(f"{command} leases.py")
        assert ran.out.count(said) == 1, ran
        assert f"warning: {Path('leases.py').resolve()}:" in ran.out


@pytest.mark.parametrize(
    "parts",
    [
        {"invariant": "self.lease is None or self.lease.uses < 2"},
        {"invariant": "implies(self.count == 1, self.lease is None or self.lease.uses < 2)"},
        {"invariant": "implies(self.count != 0, 2 // 2 > 0)"},
        {"action": "require(self.lease is not None and self.lease.uses < 2)"},
        {"action": "require(self.lease is not None)\n        require(self.lease.uses < 2)"},
    ],
)
def test_what_stops_where_it_decides_is_not(assay: Assay, parts: dict[str, str]) -> None:
    module(**parts)
    assert "evaluates" not in assay("check leases.py").out
