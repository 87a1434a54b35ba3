"""Explanations of actions that choose, or are given containers: of all ways to choose, the nearest is shown."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Assay

HEAD = """
from assay.checker.language import *


class Node(Sort):
    pass


class Color(Enum):
    RED, GREEN = range(2)

"""

MARKS = (
    HEAD
    + """
class Marks(Model):
    default = {"Node": 3}
    check_deadlock = False
    mark: Map[Node, Color] = everywhere(Color.RED)
    line: Seq[Node, 3]
    turns: Range[0, 2] = 0

    @action
    def paint(self) -> None:
        require(self.turns < 2)
        self.mark = anything()
        self.turns += 1

    @action
    def stand(self, order: Perm[Node], who: Map[Node, Color]) -> None:
        require(self.mark == who)
        first = order[0]
        k = choose(k for k in [1, 2] if k > self.turns)
        require(who[first] == Color.GREEN)
        self.line = order[:k]

    @invariant
    def few(self) -> bool:
        return len(self.line) < 2
"""
)


@pytest.fixture
def recorded(assay: Assay) -> dict[str, Any]:
    Path("marks.py").write_text(MARKS)
    assert assay("check marks.py --itf trace.json").status == 1
    content: dict[str, Any] = json.loads(Path("trace.json").read_text())
    return content


def replayed(assay: Assay, content: dict[str, Any]) -> str:
    Path("trace.json").write_text(json.dumps(content))
    ran = assay("check marks.py --replay trace.json")
    assert ran.status == 3
    return ran.out


def test_a_trace_whose_action_is_given_containers_is_replayed(assay: Assay, recorded: dict[str, Any]) -> None:
    Path("trace.json").write_text(json.dumps(recorded))
    ran = assay("check marks.py --replay trace.json")
    assert ran.status == 1
    assert "violated: few in state 3\n" in ran.out


def test_of_all_values_that_may_be_assigned_the_nearest_is_compared(assay: Assay, recorded: dict[str, Any]) -> None:
    """With the first one, every entry of the map that the trace paints would be told to differ."""
    second = recorded["states"][1]
    second["mark"]["#map"] = [[node, "GREEN"] for node, _ in second["mark"]["#map"]]
    second["turns"] = {"#bigint": "2"}
    out = replayed(assay, recorded)
    assert "paint(): the action leads elsewhere\n" in out
    assert "turns: 1 -> 2\n" in out
    assert "mark[" not in out.partition("from what the model gives to what the trace has:")[2]


def test_a_guard_behind_arguments_that_are_containers_is_named(assay: Assay, recorded: dict[str, Any]) -> None:
    recorded["states"][2]["#meta"]["arguments"]["who"]["#map"] = [[f"n{i}", "GREEN"] for i in (1, 2, 3)]
    out = replayed(assay, recorded)
    assert "the action is not enabled\n" in out
    assert "this is false: require(self.mark == who)\n" in out


CHOOSING = (
    HEAD
    + """
class Pick(Model):
    default = {"Node": 3}
    check_deadlock = False
    up: Set[Node]
    picked: Node | None = None
    partner: Node | None = None
    again: bool

    @action
    def raise_(self, some: Set[Node]) -> None:
        require(len(some) > 1)
        self.up = some

    @action
    def pick(self) -> None:
        n = choose(n for n in Node)
        require(n in self.up)
        m = choose(self.up)
        require(m != n, m == self.picked)
        self.picked = n
        self.again = True

    @action
    def partner_of(self) -> None:
        self.partner = some(self.picked)
"""
)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "this is false: require(n in self.up)"),
        (["raise_"], "this is false: require(m == self.picked)"),
    ],
)
def test_the_guard_that_choosing_well_gets_furthest_to_is_named(assay: Assay, lines: list[str], said: str) -> None:
    """The first node is not up, but others are."""
    Path("pick.py").write_text(CHOOSING)
    up = [{"node": "x", "action": name, "arguments": {"some": ["n2", "n3"]}} for name in lines]
    log = [*up, {"node": "x", "action": "pick"}]
    Path("run.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in log))
    ran = assay("conform pick.py run.jsonl")
    assert ran.status == 1
    assert said in ran.out


def test_what_is_none_is_told_to_be_none(assay: Assay) -> None:
    Path("pick.py").write_text(CHOOSING)
    Path("run.jsonl").write_text('{"node": "x", "action": "partner_of"}\n')
    ran = assay("conform pick.py run.jsonl")
    assert ran.status == 1
    assert "this is None: self.partner = some(self.picked)\n" in ran.out


FAILING = (
    HEAD
    + """
class Fails(Model):
    default = {"Node": 2}
    check_deadlock = False
    line: Seq[Node, 2]

    @action
    def stand(self, order: Perm[Node], marks: Map[Node, Color | None], some: Bag[Node, 1]) -> None:
        k = choose(k for k in [0, 1, 2])
        self.line = [order[k]]
"""
)


@pytest.mark.parametrize("engine", ["reference", "native"])
def test_an_error_tells_the_arguments_and_choices_as_reports_do(assay: Assay, engine: str) -> None:
    Path("fails.py").write_text(FAILING)
    ran = assay(f"check fails.py --engine {engine}")
    marks, bag = r"\{n1: (RED|GREEN|None), n2: (RED|GREEN|None)\}", r"\{(n. x1)?\}"
    call = rf"stand\(order=\[n1, n2\], marks={marks}, some={bag}\), choosing k=2: raised IndexError"
    assert ran.status == 2
    assert re.search(call, ran.err)


REFINING = (
    HEAD
    + """
class Wide(Model):
    default = {"Node": 3}
    check_deadlock = False
    marks: Map[Node, Color] = everywhere(Color.RED)
    few: Set[Node]
    count: Range[0, 3] = 0

    @action
    def change(self, few: Set[Node]) -> None:
        self.marks = anything()
        k = choose(k for k in [1, 2, 3])
        require(k > 1)
        require(len(few) < k)
        self.few = few
        self.count += k


class Narrow(Model):
    expected = Violates("is_wide")
    default = {"Node": 3}
    check_deadlock = False
    green: bool

    @action
    def go(self) -> None:
        require(not self.green)
        self.green = True

    @refines(Wide)
    def is_wide(self) -> dict[str, object]:
        return {
            "marks": {n: Color.GREEN if self.green else Color.RED for n in Node},
            "few": {n for n in Node if self.green},
            "count": 3 if self.green else 0,
        }
"""
)


def test_the_nearest_call_of_another_model_is_sought_among_all_that_it_may_choose(assay: Assay) -> None:
    """Its first choice is refused by another guard than the one that leads where the step does."""
    Path("narrow.py").write_text(REFINING)
    ran = assay("check narrow.py:Narrow")
    assert ran.status == 1
    assert "change(few={n1, n2, n3})" in ran.out
    assert "this is false: require(len(few) < k)" in ran.out
