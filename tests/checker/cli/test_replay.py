"""``--itf`` and ``--replay``: a counterexample is written, executed again, and judged honestly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Assay


@pytest.fixture
def trace(assay: Assay, tmp_path: Path) -> Path:
    assert assay("check lease.py:GrantsTwice --itf trace.itf.json").status == 1
    return tmp_path / "trace.itf.json"


def edit(trace: Path, change: Any) -> None:
    content = json.loads(trace.read_text())
    change(content)
    trace.write_text(json.dumps(content))


def test_writing_a_trace_says_so_and_replaying_it_finds_the_violation_again(assay: Assay) -> None:
    written = assay("check lease.py:GrantsTwice --itf t.json")
    assert written.err == "wrote t.json: the counterexample to one_holder\n"
    ran = assay("check lease.py:GrantsTwice --replay t.json")
    assert ran.status == 1
    assert "  7  take(n=n2)\n       phase[n2]: WAITING -> HOLDING\n" in ran.out
    assert "\nviolated: one_holder in state 7\n" in ran.out


def test_a_replay_uses_the_parameters_that_the_trace_was_recorded_with(assay: Assay) -> None:
    assay("check lease.py:GrantsTwice --set Node=3 --itf t.json")
    assert "instance  Node=3\n" in assay("check lease.py:GrantsTwice --replay t.json").out


def test_parameters_that_only_the_variant_has_are_passed_over_aloud(assay: Assay, trace: Path) -> None:
    edit(trace, lambda content: content["#meta"]["parameters"].update(Quorum="majority"))
    ran = assay("check lease.py --replay trace.itf.json")
    assert ran.status == 3
    assert ran.err == "trace.itf.json has Quorum=majority, which lease.py does not know\n"


def test_no_counterexample_writes_no_trace(assay: Assay, tmp_path: Path) -> None:
    ran = assay("check lease.py --itf t.json")
    assert (ran.status, ran.err) == (0, "there is no counterexample, so t.json was not written\n")
    assert not (tmp_path / "t.json").exists()


def test_a_trace_that_the_model_no_longer_allows_names_the_step_and_the_guard(assay: Assay, trace: Path) -> None:
    ran = assay("check lease.py --replay trace.itf.json")
    assert ran.status == 3
    assert "  5  grant(n=n2): the action is not enabled\n" in ran.out
    assert "this is false: require(self.holder is None)\n" in ran.out
    assert "unknown: not a path of the model, which does not allow state 5 of 7\n" in ran.out
    assert "not checked: the last 3 states of the trace, any other path of the model\n" in ran.out


def test_a_trace_without_violation_holds(assay: Assay, trace: Path) -> None:
    edit(trace, lambda content: content["states"].__delitem__(slice(5, None)))
    ran = assay("check lease.py:GrantsTwice --replay trace.itf.json")
    assert ran.status == 0
    assert "holds along this trace: all 5 states are a path of the model, no property is violated\n" in ran.out


def test_a_trace_without_action_names_is_replayed_by_its_states(assay: Assay, trace: Path) -> None:
    def forget(content: Any) -> None:
        del content["#meta"]
        for state in content["states"]:
            del state["#meta"]

    edit(trace, forget)
    ran = assay("check lease.py:GrantsTwice --replay trace.itf.json")
    assert ran.status == 1
    assert "  5  grant(n=n2)\n" in ran.out


def test_an_action_that_leads_elsewhere_is_told_from_one_that_is_disabled(assay: Assay, trace: Path) -> None:
    edit(trace, lambda content: content["states"][1].update(holder={"tag": "Some", "value": "n2"}))
    ran = assay("check lease.py:GrantsTwice --replay trace.itf.json")
    assert ran.status == 3
    assert "  2  ask(n=n1): the action leads elsewhere\n" in ran.out
    assert "       holder: None -> n2\n" in ran.out


def test_a_start_that_is_not_initial_is_refused(assay: Assay, trace: Path) -> None:
    edit(trace, lambda content: content["states"][0].update(holder={"tag": "Some", "value": "n2"}))
    ran = assay("check lease.py:GrantsTwice --replay trace.itf.json")
    assert ran.status == 3
    assert "  1  it is no initial state of the model\n" in ran.out


def test_an_unknown_action_and_a_step_that_no_action_takes_are_told(assay: Assay, trace: Path) -> None:
    edit(trace, lambda content: content["states"][1]["#meta"].update(action="asks"))
    out = assay("check lease.py:GrantsTwice --replay trace.itf.json").out
    assert "the model has no action 'asks'; the nearest is 'ask'" in out
    edit(trace, lambda content: content["states"].pop(1))
    edit(trace, lambda content: content["states"][1].pop("#meta"))
    out = assay("check lease.py:GrantsTwice --replay trace.itf.json").out
    assert "no action leads there; enabled are ask" in out


def test_a_deadlock_is_found_again(assay: Assay) -> None:
    assay("check lease.py:NeverReleases --itf t.json")
    assert "violated: deadlock in state 5\n" in assay("check lease.py:NeverReleases --replay t.json").out


def test_replay_speaks_json_and_markdown(assay: Assay, trace: Path) -> None:
    report = json.loads(assay("check lease.py --replay trace.itf.json --format json").out)
    assert (report["verdict"], report["executed"], report["refusal"]["state"]) == ("unknown", 4, 5)
    page = assay("check lease.py:GrantsTwice --replay trace.itf.json --format markdown").out
    assert page.startswith("### `lease.py:GrantsTwice`: violated along a recorded trace\n")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "trace.itf.json:1:2: not valid JSON"),
        ("[]", "expected an object with the keys vars and states"),
        ("{}", 'expected "states" to be a list of objects'),
        ('{"states": []}', "expected at least one state"),
        ('{"states": [{}]}', "state 1 lacks 'phase'"),
        (
            '{"states": [{"phase": 1, "holder": 1, "messages": 1}]}',
            "state 1: phase: 1 is not a value of Map[Node, Phase]",
        ),
        ('{"states": [{"phase": {"#map": []}, "holder": 1, "messages": 1, "x": 1}]}', "state 1 has 'x'"),
        ('{"states": [{}], "loop": 1}', 'expected "loop" to be the index of a state'),
        ('{"states": [{}], "loop": "-1"}', 'expected "loop" to be the index of a state'),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_a_malformed_trace_is_refused_in_one_line(assay: Assay, trace: Path, content: str, complaint: str) -> None:
    trace.write_text(content)
    ran = assay("check lease.py --replay trace.itf.json")
    assert (ran.status, ran.out) == (2, "")
    assert complaint in ran.err.splitlines()[0]


def test_a_trace_that_cannot_be_read_is_refused(assay: Assay) -> None:
    ran = assay("check lease.py --replay nowhere.json")
    assert (ran.status, ran.err) == (2, "error: cannot read nowhere.json: no such file or directory\n")


REFINING = """
from assay.checker.language import *


class Node(Sort):
    pass


class Turns(Model):
    default = {"Node": 2}
    check_deadlock = False
    up: Set[Node]
    turn: Node | None

    @action
    def start(self, some: Set[Node]) -> None:
        require(len(self.up) == 0)
        self.up = some

    @action
    def take(self) -> None:
        self.turn = choose(self.up)


class Hasty(Turns):
    expected = Violates("is_turns")

    @action(fires="maybe")
    def take(self, n: Node) -> None:
        require(len(self.up) > 0)
        self.turn = n

    @refines(Turns)
    def is_turns(self) -> dict[str, object]:
        return {"up": self.up, "turn": self.turn}


class Early(Hasty):
    @initial
    def begin(self, n: Node) -> None:
        self.turn = n
"""


@pytest.mark.parametrize(("variant", "state"), [("Hasty", 3), ("Early", 1)])
def test_a_refinement_that_was_violated_is_violated_again(
    assay: Assay, tmp_path: Path, variant: str, state: int
) -> None:
    (tmp_path / "turns.py").write_text(REFINING)
    assert assay(f"check turns.py:{variant} --itf t.json").status == 1
    ran = assay(f"check turns.py:{variant} --replay t.json")
    assert ran.status == 1
    assert f"\nviolated: is_turns in state {state}\n" in ran.out


def test_a_trace_that_refines_the_other_model_holds(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "turns.py").write_text(REFINING)
    assert assay("check turns.py:Hasty --itf t.json").status == 1
    edit(tmp_path / "t.json", lambda content: content["states"].pop())
    ran = assay("check turns.py:Hasty --replay t.json")
    assert (ran.status, "\nholds along this trace: all 2 states" in ran.out) == (0, True)
