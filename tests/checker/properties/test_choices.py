"""Actions that choose on the way have several outcomes, and what executes a step again must not stop at the first."""

from __future__ import annotations

import json
from pathlib import Path

from tests.command_line import Assay

CHOOSES = """\
from assay.checker.language import *

class M(Model):
    x: Range[0, 2] = 0
    smoke = {}

    @action(fair="weak")
    def move(self):
        require(self.x == 0)
        other = choose([False, True])
        self.x = 1 if other else 2

    @terminal
    def moved(self) -> bool:
        return self.x > 0

    @eventually
    def one(self) -> bool:
        return self.x == 1
"""

RAISES = """\
from assay.checker.language import *

class M(Model):
    q: Seq[bool, 2]
    x: bool = False
    smoke = {}

    @action
    def fill(self):
        require(len(self.q) == 0)
        self.q.append(True)

    @action
    def read(self):
        require(len(self.q) > 0)
        late = choose([False, True])
        self.x = self.q[1] if late else self.q[0]

    @invariant
    def fine(self) -> bool:
        return len(self.q) <= 1
"""


def test_lasso_may_take_any_outcome_of_a_step(tmp_path: Path, assay: Assay) -> None:
    (tmp_path / "chooses.py").write_text(CHOOSES)
    ran = assay("check chooses.py --engine reference")
    assert (ran.status, ran.err) == (1, "")
    assert "counterexample to one" in ran.out


def test_proof_shows_the_choice_that_raises(tmp_path: Path, assay: Assay) -> None:
    (tmp_path / "raises.py").write_text(RAISES)
    ran = assay("prove raises.py")
    assert ran.status == 1
    assert "IndexError" in ran.out


QUORUMS = """\
from assay.checker.language import *

class Node(Sort):
    pass

class Quorum(QuorumSystem[Node]):
    pass

class M(Model):
    default = {"Node": 3}
    smoke = {}
    check_deadlock = False
    asked: Set[Node]
    log: Seq[Node, 2]
    steps: Range[0, 2] = 0

    @action
    def ask(self, n: Node) -> None:
        require(self.steps < 2)
        quorum = choose(
            q
            for q in Quorum
            if n in q
        )
        self.asked.add(choose(m for m in quorum if m != n))
        self.steps += 1

    @action
    def forget(self) -> None:
        require(self.steps == 2)
        self.log = anything()

    @invariant
    def short(self) -> bool:
        return len(self.log) < 2
"""


def test_a_trace_tells_what_its_actions_chose(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(QUORUMS)
    for engine in ("reference", "native"):
        ran = assay(f"check m.py --engine {engine}")
        assert "  2  ask(n=n1), choosing quorum={n1, n2}, choose=n2\n" in ran.out
        assert "  4  forget(), choosing log=[n1, n1]\n" in ran.out


def test_what_was_chosen_is_recorded_and_demanded_when_the_trace_is_executed_again(
    assay: Assay, tmp_path: Path
) -> None:
    (tmp_path / "m.py").write_text(QUORUMS)
    assay("check m.py --itf t.json")
    trace = json.loads((tmp_path / "t.json").read_text())
    chosen = trace["states"][1]["#meta"]["chosen"]
    assert chosen == [{"name": "quorum", "value": "{n1, n2}"}, {"name": "choose", "value": "n2"}]
    assert assay("check m.py --replay t.json").status == 1
    chosen[0]["value"] = "{n1, n3}"  # node 2 is in no such quorum
    (tmp_path / "t.json").write_text(json.dumps(trace))
    ran = assay("check m.py --replay t.json")
    assert ran.status == 3
    assert "  2  ask(n=n1): the action does not lead there by choosing quorum={n1, n3}, choose=n2\n" in ran.out
    del trace["states"][1]["#meta"]["chosen"]
    (tmp_path / "t.json").write_text(json.dumps(trace))
    assert "  2  ask(n=n1), choosing quorum={n1, n2}, choose=n2\n" in assay("check m.py --replay t.json").out


def test_the_way_back_of_a_lasso_tells_what_is_chosen_too(assay: Assay, tmp_path: Path) -> None:
    source = CHOOSES.replace("require(self.x == 0)", "require(self.x == 0 or self.x == 2)").replace(
        "self.x = 1 if other else 2", "self.x = 1 if other else 2 - self.x"
    )
    (tmp_path / "m.py").write_text(source)
    assert "move(), choosing other=False" in assay("check m.py --itf t.json").out
    assert json.loads((tmp_path / "t.json").read_text())["#meta"]["back"]["chosen"]
    assert assay("check m.py --replay t.json").status == 1
