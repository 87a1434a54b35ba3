"""``assay graph``: what it writes, what it says, how it exits."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import get_args

import networkx as nx
import pytest
from assay.checker.cli.graph import Format
from assay.checker.report.graphs import FORMATS

from tests.tiers import one_in

COUNTER = """
from assay.checker.language import *


class Counter(Model):
    check_deadlock = False
    count: Range[0, 9] = 0

    @action
    def increase(self) -> None:
        require(self.count < 9)
        self.count += 1

    @invariant
    def is_no_one(self) -> bool:
        return self.count != 1

    @invariant
    def stays_small(self) -> bool:
        return self.count < 7
"""

needs_graphviz = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")

BROKEN = "atomic_commit:CommitsOnMajority"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the command runs: a directory that is empty."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    return empty


@pytest.fixture
def run(assay, folder):
    """Run a command line; return its exit status and what it wrote to each stream."""

    def run(*arguments):
        ran = assay("graph", *arguments)
        return ran.status, ran.out, ran.err

    return run


def content(path):
    return json.loads(path.read_text())


@pytest.mark.parametrize("suffix", ["dot", "json", "graphml", pytest.param("svg", marks=needs_graphviz)])
def test_the_suffix_tells_the_format(run, folder, suffix):
    status, out, err = run("consensus", "--output", f"graph.{suffix}")
    assert (status, out) == (0, "")
    assert err == f"wrote graph.{suffix}: 4 states, 3 steps\n"
    text = (folder / f"graph.{suffix}").read_text()
    readers = {
        "dot": lambda: text.startswith("digraph"),
        "json": lambda: len(json.loads(text)["nodes"]) == 4,
        "graphml": lambda: len(nx.parse_graphml(text)) == 4,
        "svg": lambda: ET.fromstring(text).tag.endswith("svg"),
    }
    assert readers[suffix]()
    assert [path.name for path in folder.iterdir()] == [f"graph.{suffix}"]


def test_the_format_goes_before_the_suffix(run, folder):
    assert run("consensus", "--output", "graph.txt", "--format", "json")[0] == 0
    assert content(folder / "graph.txt")["model"] == "Consensus"


def test_standard_output_gets_dot(run):
    status, out, err = run("consensus", "--set", "Value=2")
    assert status == 0
    assert out.startswith('digraph "Consensus" {')
    assert err == "3 states, 2 steps\n"


@pytest.mark.parametrize("output", ["graph.png", "graph"])
def test_an_unknown_suffix_lists_the_possible_ones(run, folder, output):
    status, _, err = run("consensus", "--output", output)
    assert status == 2
    assert output in err
    assert ".dot, .graphml, .json, .svg" in err
    assert not list(folder.iterdir())


def test_an_unwritable_output_is_told_and_nothing_is_left(run, folder):
    status, _, err = run("consensus", "--output", "missing/graph.dot")
    assert status == 2
    assert err.startswith("error: cannot write missing/graph.dot")


def test_a_model_must_be_named(run):
    status, _, err = run()
    assert status == 2
    assert "MODEL" in err


def test_until_violation_marks_the_shortest_path(run, folder):
    assert run(BROKEN, "--until-violation", "-o", "graph.json")[0] == 0
    graph = content(folder / "graph.json")
    path = [node for node in graph["nodes"] if node.get("path")]
    depth = max(node["depth"] for node in graph["nodes"])
    assert [node["depth"] for node in path] == list(range(1, depth + 1))
    assert [node["violates"] for node in path] == [[]] * (depth - 1) + [["atomicity"]]
    assert not graph["complete"]


def test_until_violation_with_depth_stays_near_the_path(run, folder):
    assert run(BROKEN, "--until-violation", "--depth", "0", "-o", "path.json")[0] == 0
    path = content(folder / "path.json")
    assert all(node["path"] for node in path["nodes"])
    assert all(edge["path"] for edge in path["edges"])
    assert len(path["edges"]) == len(path["nodes"]) - 1
    assert run(BROKEN, "--until-violation", "--depth", "1", "-o", "around.json")[0] == 0
    assert len(content(folder / "around.json")["nodes"]) > len(path["nodes"])


def test_a_property_by_name_may_be_a_reachable_one(run, folder):
    assert run("two_phase_commit", "--property", "all_abort", "--depth", "0", "-o", "graph.json")[0] == 0
    last = content(folder / "graph.json")["nodes"][-1]["state"]["state"]["#map"]
    assert {state for _, state in last} == {"ABORTED"}


def test_where_nothing_is_violated_there_is_nothing_to_cut_at(run):
    status, _, err = run("two_phase_commit", "--until-violation", "-o", "graph.dot")
    assert status == 2
    assert "no property of TwoPhaseCommit is violated" in err
    status, _, err = run("two_phase_commit", "--property", "atomicity", "-o", "graph.dot")
    assert status == 2
    assert "atomicity of TwoPhaseCommit holds" in err


def test_a_limit_that_hides_the_violation_is_unknown(run, folder):
    status, _, err = run(BROKEN, "--until-violation", "--max-states", "5", "-o", "graph.dot")
    assert status == 3
    assert "unknown" in err
    assert not list(folder.iterdir())


def test_a_property_that_a_limit_leaves_open_is_not_said_to_hold(run, folder):
    """Another property is violated before the limit, which decides nothing about this one."""
    (folder / "counter.py").write_text(COUNTER)
    status, _, err = run("counter.py", "--property", "stays_small", "-o", "graph.dot")
    assert (status, "holds" in err) == (0, False)
    status, _, err = run("counter.py", "--property", "stays_small", "--max-states", "4", "-o", "limited.dot")
    assert (status, err) == (3, "unknown: stays_small: the limit of 4 states was reached\n")
    assert not (folder / "limited.dot").exists()


def test_from_a_property_and_from_a_state(run, folder):
    assert run("two_phase_commit", "--from", "all_commit", "-o", "graph.json")[0] == 0
    nodes = content(folder / "graph.json")["nodes"]
    assert len(nodes) == 1
    assert run("two_phase_commit", "--from", str(nodes[0]["id"]), "-o", "again.json")[0] == 0
    assert content(folder / "again.json")["nodes"] == nodes


def test_depth_counts_steps_from_the_start(run, folder):
    assert run("two_phase_commit", "--depth", "1", "-o", "graph.json")[0] == 0
    graph = content(folder / "graph.json")
    assert {node["depth"] for node in graph["nodes"]} == {1, 2}
    assert run("two_phase_commit", "--from", "0", "--depth", "1", "-o", "again.json")[0] == 0
    assert content(folder / "again.json")["edges"] == graph["edges"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "99999"], "numbered from 0 to"),
        (["--from", "9" * 5000], "numbered from 0 to"),
        (["--from", "nowhere"], "no property of states 'nowhere'"),
        (["--from", "atomicity"], "no such state"),
        (["--property", "atomicty"], "did you mean 'atomicity'"),
        (["--depth", "-1"], "0 or more"),
        (["--from", "0", "--until-violation"], "exclude each other"),
        (["--max-states", "many"], "--max-states many"),
        (["--set", "Participants=3"], "did you mean 'Participant'"),
    ],
)
def test_what_makes_no_sense_is_one_clear_line(run, folder, arguments, message):
    status, out, err = run("two_phase_commit", *arguments, "-o", "graph.dot")
    assert (status, out) == (2, "")
    assert message in err.splitlines()[0]
    assert not list(folder.iterdir())


def test_a_limit_leaves_the_graph_incomplete_and_says_so(run, folder):
    status, _, err = run("two_phase_commit", "--max-states", "20", "-o", "graph.json")
    assert status == 3
    assert "incomplete: the limit of 20 states was reached" in err
    graph = content(folder / "graph.json")
    assert len(graph["nodes"]) == 20
    assert graph["complete"] is False


def test_an_unreadable_picture_asks_to_be_cut(run, folder):
    status, _, err = run("two_phase_commit", "--set", "Participant=4", "-o", "graph.dot")
    assert status == 2
    assert "more than 500 states is unreadable" in err
    for remedy in ("--until-violation", "--depth", "--from", "--large", "--format"):
        assert remedy in err
    assert not list(folder.iterdir())
    assert run("two_phase_commit", "--set", "Participant=4", "--large", "-o", "graph.dot")[0] == 0


def test_without_graphviz_nothing_is_explored(run, folder, monkeypatch):
    monkeypatch.setenv("PATH", str(folder))
    status, _, err = run("two_phase_commit", "-o", "graph.svg")
    assert status == 2
    assert "Graphviz" in err
    assert "--format dot" in err


def test_a_deadlock_counts_unless_it_is_told_not_to(run, assay, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("lease.py:NeverReleases", "--until-violation")[0] == 0
    status, _, said = run("lease.py:NeverReleases", "--until-violation", "--no-deadlock")
    assert (status, said.startswith("error: no property of NeverReleases is violated")) == (2, True)
    marked = json.loads(run("lease.py:NeverReleases", "--format", "json")[1])["nodes"]
    unmarked = json.loads(run("lease.py:NeverReleases", "--format", "json", "--no-deadlock")[1])["nodes"]
    assert any("deadlock" in node["violates"] for node in marked)
    assert not any(node["violates"] for node in unmarked)


def test_a_deadlock_is_no_property_where_it_does_not_count(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, _, said = run("lease.py", "--property", "deadlock", "--no-deadlock")
    assert (status, "has no property 'deadlock'" in said) == (2, True)


CONSTRAINED = """
from assay.checker.language import *

class Counter(Model):
    x: Range[0, 9] = 0

    @action
    def up(self) -> None:
        self.x += 1

    @constraint
    def few(self) -> bool:
        return self.x < 3

    @invariant
    def small(self) -> bool:
        return self.x != 3
"""


@pytest.mark.parametrize("engine", ["auto", "reference", "native"])
@pytest.mark.parametrize("depth", ["", " --depth 0"])
def test_a_violation_outside_of_the_constraint_is_the_end_of_the_path(assay, folder, engine, depth):
    (folder / "counter.py").write_text(CONSTRAINED)
    ran = assay(f"graph counter.py --engine {engine} --until-violation --format json{depth}")
    nodes = json.loads(ran.out)["nodes"]
    assert (ran.status, [node["path"] for node in nodes]) == (0, [True] * 4)
    assert (nodes[-1]["violates"], nodes[-1]["outside"]) == (["small"], True)


@pytest.mark.parametrize("engine", ["auto", "reference", "native"])
def test_a_graph_that_a_constraint_cut_off_says_so(assay, folder, engine):
    (folder / "counter.py").write_text(CONSTRAINED)
    ran = assay(f"graph counter.py --engine {engine} --format json")
    graph = json.loads(ran.out)
    assert (graph["complete"], graph["cut"], [node["frontier"] for node in graph["nodes"]]) == (
        False,
        1,
        [False, False, True],
    )
    assert "1 way out of the constraint not followed" in ran.err


FAILING = """
from assay.checker.language import *

class Fails(Model):
    x: Range[0, 9] = 1

    @action
    def bad(self) -> None:
        require(self.x == 1)
        self.x = 2

    @action
    def fails(self) -> None:
        require(self.x == 1)
        self.x = 4 // (self.x - 1)

    @invariant
    def safe(self) -> bool:
        return self.x != 2
"""


@pytest.mark.parametrize("engine", ["auto", "reference", "native"])
def test_the_path_to_a_violation_is_shown_beside_an_error(assay, folder, engine):
    (folder / "fails.py").write_text(FAILING)
    ran = assay(f"graph fails.py --engine {engine} --until-violation --format json")
    assert (ran.status, len(json.loads(ran.out)["nodes"])) == (0, 2)
    assert "the model's own code fails, too" in ran.err
    assert assay(f"graph fails.py --engine {engine}").status == 2


@pytest.mark.parametrize("engine", one_in(2, ["native", "reference"]))
def test_a_memory_limit_is_kept_also_while_the_graph_is_written(folder, engine):
    command = ["assay", "graph", "two_phase_commit", "--set", "Participant=6", "--engine", engine, "--format", "json"]
    probe = "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); "
    probe += "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    limited = subprocess.run(
        [sys.executable, "-c", probe, *command, "--memory-limit", "150MiB"], capture_output=True, text=True, check=True
    )
    status, peak = map(int, limited.stdout.split())
    assert status == 3
    assert "the limit is 150 MiB" in limited.stderr
    assert peak < 200 * 1024


def test_every_format_that_can_be_asked_for_can_be_written():
    assert set(get_args(Format)) == set(FORMATS)
