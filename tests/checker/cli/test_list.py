"""``assay list``: what there is, without loading what only an exploration needs."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from assay.checker.language import loader
from assay.checker.language.loader import load

from tests.command_line import Assay


def test_list_shows_models_instances_and_expectations(assay: Assay) -> None:
    assert assay("list lease.py").out == (
        "lease.py                holds\n"
        "    A lease that one node holds at a time.\n"
        "    default Node=2; smoke Node=1; deep Node=3\n"
        "lease.py:GrantsTwice    violates one_holder\n"
        "    Broken: grants without looking whether the lease is taken.\n"
        "    default Node=2; smoke Node=1; deep Node=3\n"
        "lease.py:NeverReleases  violates deadlock\n"
        "    Broken: who holds the lease keeps it for ever.\n"
        "    default Node=2; smoke Node=1; deep Node=3\n"
    )


def test_list_without_a_model_shows_the_library(assay: Assay) -> None:
    ran = assay("list")
    assert ran.status == 0
    assert "two_phase_commit" in ran.out
    assert "paxos" in ran.out


def test_list_as_json_names_actions_and_properties(assay: Assay) -> None:
    report = json.loads(assay("list lease.py --format json").out)
    first = report["models"][0]
    assert first["model"] == "lease.py"
    assert first["expected"] == "holds"
    assert first["instances"]["deep"] == {"Node": 3}
    assert first["actions"] == ["ask", "grant", "take", "release"]
    assert {"name": "someone_holds", "kind": "reachable", "doc": ""} in first["properties"]


def test_list_as_markdown_is_a_table(assay: Assay) -> None:
    lines = assay("list lease.py --format markdown").out.splitlines()
    assert lines[0] == "| model | expected | default instance | what it is |"
    assert lines[2] == "| `lease.py` | holds | `Node=2` | A lease that one node holds at a time. |"


def test_list_loads_neither_compiler_nor_solver() -> None:
    script = (
        "import sys; from assay.checker.cli import main; main(['list']); "
        "print([m for m in ('numba', 'z3', 'scipy', 'networkx', 'numpy') if m in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stderr == "[]\n"


@pytest.mark.parametrize("command", ["check", "graph", "list", "prove", "quorum"])
def test_every_model_that_a_help_text_names_exists(assay: Assay, command: str) -> None:
    text = assay(command, "--help").out
    named = set(re.findall(r"\b[a-z_]+:[A-Z][A-Za-z]+\b", text)) - {"module:Class"}
    for name in named:
        assert load(name).name == name
    assert named or command in ("list", "quorum")


def test_every_model_that_the_loader_names_as_an_example_exists() -> None:
    for name in re.findall(r"two_phase_commit:\w+", loader.__doc__ or ""):
        assert load(name).name == "two_phase_commit:CommitsOnMajority"


def test_it_tells_what_stands_for_each_implementation(assay: Assay) -> None:
    found = json.loads(assay("list", "--format", "json").out)["implementations"]
    listed = {entry["implementation"]: entry for entry in found}
    assert listed["paxos"]["refines"] == "paxos"
    assert listed["abd"]["linearizable"] == "register"
    assert listed["paxos"]["provable"]
    assert not listed["raft"]["provable"]
    assert all(entry["refines"] and entry["explored"] for entry in listed.values())
    assert all(len(entry["mutants"]) >= 6 and entry["runs"] for entry in listed.values())
    assert "implementations" not in json.loads(assay("list", "paxos", "--format", "json").out)
    assert "refines two_phase_commit:TwoPhaseCommitWithCrashes" in assay("list").out
