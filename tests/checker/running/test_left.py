"""Journals that a run has left are judged again by `assay conform`, and refused where no node has written them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.checker.running.test_journals import a_run, encoded
from tests.command_line import Assay


def left(folder: Path, lines: list[Any], name: str = "run.jsonl") -> str:
    file = folder / name
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(file)


def merged() -> list[dict[str, Any]]:
    return sorted((line for lines in a_run().values() for line in lines), key=lambda line: line["time"])


def test_a_journal_of_all_nodes_is_judged_again(assay: Assay, tmp_path: Path) -> None:
    file = left(tmp_path, merged())
    ran = assay("conform", "two_phase_commit", file, "--set", "nodes=1", "--format", "json")
    found = json.loads(ran.out)
    assert ran.status == 0, ran.err
    assert (found["verdict"], found["refines"], found["steps"]) == ("holds", "holds", 7)
    assert found["version"] == 1
    assert found["command"] == f"assay conform two_phase_commit {file} --set nodes=1"


def test_journals_of_single_nodes_and_of_all_together_are_one_run(assay: Assay, tmp_path: Path) -> None:
    files = [left(tmp_path, lines, f"{node}.jsonl") for node, lines in a_run().items()]
    for given in (files, [*files, left(tmp_path, merged())]):
        ran = assay("conform", "two_phase_commit", *given, "--set", "nodes=1")
        assert ran.status == 0, ran.out + ran.err
        assert ran.out.endswith("this run did what was claimed\n")


def test_a_run_of_other_nodes_is_a_finding(assay: Assay, tmp_path: Path) -> None:
    lines = merged()
    next(line for line in lines if line["node"] == "c" and line["changed"])["changed"] = {}
    ran = assay("conform", "two_phase_commit", left(tmp_path, lines), "--set", "nodes=1")
    assert ran.status == 1
    assert "decision became another value when it ran than it does now" in ran.out


def test_a_run_in_which_nothing_happened_has_no_events_and_its_nodes_are_no_model(assay: Assay, tmp_path: Path) -> None:
    nodes = tmp_path / "nodes.py"
    nodes.write_text("from assay.impl.two_phase_commit import cluster\n")
    ran = assay("conform", str(nodes), left(tmp_path, []), "--set", "nodes=1")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {tmp_path / 'run.jsonl'}: the log has no events\nhelp: ")
    ran = assay("conform", str(nodes), left(tmp_path, [{"node": "p1", "action": "prepare"}]))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {nodes} defines an implementation, and no model\nhelp: name the model")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"node": "p7"}, "the cluster has no node 'p7'"),
        ({"time": "late"}, "no line of a journal: time is no int"),
        ({"time": True}, "no line of a journal: time is no int"),
        ({"event": {"kind": "nap"}}, "no line of a journal: there is no event 'nap'"),
        ({"event": {"kind": ["start"]}}, "no line of a journal: there is no event ['start']"),
        ({"event": {"kind": "timer", "timer": []}}, "no line of a journal: its timer has no name"),
        ({"time": 10**400}, "no line of a journal: time is out of range"),
        ({"changed": {"state": {"is": "builtins:dict", "of": [3]}}}, "no line of a journal: "),
        ({"changed": {"state": {"is": "assay.impl.two_phase_commit:State", "of": ["ASLEEP"]}}}, "no value that a node"),
        ({"event": {"kind": "receive"}}, "no line of a journal: from is no str"),
        ({"choices": [["vote"]]}, "no line of a journal: a choice, a message or an operation is no pair"),
        ({"changed": {"state": {"is": "os:system", "of": []}}}, "no line of a journal: there is no class 'os:system'"),
        ({"changed": {"state": 1.5}}, "no line of a journal: 1.5 is no value that a node has written"),
    ],
)
def test_what_no_node_has_written_is_refused_with_its_line(
    change: dict[str, Any], said: str, assay: Assay, tmp_path: Path
) -> None:
    lines = merged()
    lines[2] |= change
    file = left(tmp_path, lines)
    ran = assay("conform", "two_phase_commit", file, "--set", "nodes=1")
    assert ran.status == 2
    assert f"{file}:3: " in ran.err
    assert said in ran.err


def test_two_steps_of_a_node_at_one_time_are_no_journal(assay: Assay, tmp_path: Path) -> None:
    lines = merged()
    lines[3]["time"] = next(line["time"] for line in lines if line["node"] == lines[3]["node"])
    assert assay("conform", "two_phase_commit", left(tmp_path, lines), "--set", "nodes=1").status == 2


def test_the_journals_of_some_of_the_nodes_are_refused(assay: Assay, tmp_path: Path) -> None:
    files = {node: left(tmp_path, lines, f"{node}.jsonl") for node, lines in a_run().items()}
    for node, other in (("c", "p1"), ("p1", "c")):
        ran = assay("conform", "two_phase_commit", files[node], "--set", "nodes=1")
        assert ran.status == 2
        assert f"there is no journal of {other}" in ran.err


@pytest.mark.parametrize("node", ["c", "p1"])
def test_a_journal_without_its_beginning_is_refused(node: str, assay: Assay, tmp_path: Path) -> None:
    """What a node did before it was not judged, or what it sent was said to be sent by nobody."""
    lines = merged()
    lines.remove(next(line for line in lines if line["node"] == node))
    ran = assay("conform", "two_phase_commit", left(tmp_path, lines), "--set", "nodes=1")
    assert (ran.status, ran.out) == (2, "")
    assert f"the journal of {node} does not begin with its start: lines are missing" in ran.err


def test_a_node_that_never_started_has_an_empty_journal(assay: Assay, tmp_path: Path) -> None:
    started = [line for line in merged() if line["node"] == "c"][:1]
    files = [left(tmp_path, [], "p1.jsonl"), left(tmp_path, started, "c.jsonl")]
    assert assay("conform", "two_phase_commit", *files, "--set", "nodes=1").status == 0
    assert assay("conform", "two_phase_commit", left(tmp_path, started), "--set", "nodes=1").status == 0
    of_one = left(tmp_path, [line for line in merged() if line["node"] == "c"])
    assert "there is no journal of p1" in assay("conform", "two_phase_commit", of_one, "--set", "nodes=1").err


def test_journals_of_two_runs_are_refused(assay: Assay, tmp_path: Path) -> None:
    later = [{**line, "time": line["time"] + 100} for line in merged()]
    both = [left(tmp_path, merged(), "first.jsonl"), left(tmp_path, later, "second.jsonl")]
    joined = left(tmp_path, [*merged(), *later])
    for files in (both, [joined]):
        ran = assay("conform", "two_phase_commit", *files, "--set", "nodes=1")
        assert ran.status == 2
        assert "c starts for the first time, as it does at" in ran.err
        assert "these are journals of two runs" in ran.err


def test_journals_are_judged_in_the_formats_of_other_programs(assay: Assay, tmp_path: Path) -> None:
    ran = assay("conform", "two_phase_commit", left(tmp_path, merged()), "--set", "nodes=1", "--format", "junit")
    assert ran.status == 0
    assert '<testsuites name="assay run" tests="1" failures="0" errors="0">' in ran.out


def test_other_sizes_and_other_implementations_are_refused(assay: Assay, tmp_path: Path) -> None:
    file = left(tmp_path, merged())
    assert "expected a whole number" in assay("conform", "two_phase_commit", file, "--set", "nodes=many").err
    assert "there is no implementation 'nothing'" in assay("conform", "nothing", file).err
    (tmp_path / "model.py").write_text("from assay.models.lock import *\n")
    model = str(tmp_path / "model.py")
    assert f"{model} is no implementation, and {file} is the journal" in assay("conform", model, file).err


def test_a_message_of_no_class_is_no_crash(assay: Assay, tmp_path: Path) -> None:
    lines = merged()
    received = next(line for line in lines if line["event"]["kind"] == "receive")
    received["event"]["message"] = encoded("a text")
    ran = assay("conform", "two_phase_commit", left(tmp_path, lines), "--set", "nodes=1")
    assert ran.status == 1
    assert "arrived, and nobody has sent it" in ran.out


def test_a_timer_that_no_node_has_is_no_crash(assay: Assay, tmp_path: Path) -> None:
    lines = merged()
    later = next(line for line in lines if line["event"]["kind"] != "start")
    later["event"] = {"kind": "timer", "timer": ["nothing", 3]}
    ran = assay("conform", "two_phase_commit", left(tmp_path, lines), "--set", "nodes=1")
    assert ran.status == 1
    assert "the timer was not set" in ran.out
