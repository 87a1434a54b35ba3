"""Each command in each format: they agree on what came of the run, and nothing but a green one looks green."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.checker.cli.test_check_implementation import OWN
from tests.checker.gate.projects import MUTEX
from tests.checker.upgrades.conftest import STORE
from tests.command_line import Assay, Ran
from tests.tiers import one_in

COUNTER = """
from assay.checker.language import *


class Counter(Model):
    default = {}
    count: Range[0, 3] = 0

    @action
    def up(self) -> None:
        require(self.count < 3)
        self.count += 1

    @terminal
    def is_full(self) -> bool:
        return self.count == 3

    @invariant
    def is_small(self) -> bool:
        return self.count < 4
"""

GUESS = """
from assay.checker.language import *


class Node(Sort): ...


class Guess(Model):
    default = {"Node": 2}
    some: Set[Node]
    others: Set[Node]

    @action
    def move(self, node: Node) -> None:
        require(node in self.others)
        self.some.add(node)

    @action
    def stay(self, node: Node) -> None:
        require(node not in self.others)

    @invariant
    def none_is_there(self) -> bool:
        return all(node not in self.some for node in Node)
"""

SILENT = OWN.replace("        self.send(self.peer, Hello(1))", "        pass")
LOG = '{"node": "n", "action": "up"}\n'

TRUSTED = {"threshold": 3, "validators": [*"abcde"]}  # of whom three are nowhere described

FILES = {
    "counter.py": COUNTER,
    "broken.py": COUNTER.replace("self.count < 4", "self.count < 3"),
    "twice.py": COUNTER.replace("self.count += 1", "self.count = 3"),
    "mutex.py": MUTEX,
    "open.py": MUTEX.replace("require(all(n not in self.inside for n in Node))", "pass"),
    "guess.py": GUESS,
    "nodes.py": OWN,
    "silent.py": SILENT,
    "old.py": STORE.read_text(),
    "new.py": STORE.read_text().replace("kept: Durable[int]", "kept: int"),
    "three.toml": '[assay]\nsystem = "majority"\nnodes = ["a", "b", "c"]\n',
    "some.json": json.dumps(
        [{"publicKey": node, "quorumSet": {"threshold": 3, "validators": [*"abcde"]}} for node in "ab"]
    ),
    "five.toml": '[assay]\nsystem = "majority"\nnodes = ["a", "b", "c", "d", "e"]\n',
    "good.jsonl": LOG,
    "bad.jsonl": LOG * 4,
}

CASES = {
    "check": (("counter.py",), ("broken.py",), ("counter.py", "--max-states", "1")),
    "check --all": (("counter.py",), ("broken.py",), ("counter.py", "--max-states", "1")),
    "check --implementation": (("nodes.py",), ("nodes.py:Deaf",), ("nodes.py", "--max-states", "2")),
    "prove": (("mutex.py",), ("open.py",), ("guess.py",)),
    "quorum": (("three.toml",), ("three.toml", "--fail-under", "f=2"), ("some.json",)),
    "quorum --against five.toml": (("five.toml",), ("three.toml",)),
    "conform counter.py": (("good.jsonl",), ("bad.jsonl",), ("good.jsonl", "--max-states", "1")),
    "diff counter.py": (("counter.py",), ("twice.py",), ("counter.py", "--max-states", "1")),
    "fuzz --walks 2": (("nodes.py",), ("nodes.py:Deaf",), ("silent.py",)),
    "gate": (("counter.py",), ("mutex.py",), ("twice.py",)),
    "upgrade old.py": (("old.py",), ("new.py",), ("old.py", "--max-states", "5")),
}
"""For each command what is as claimed, what is not, and what is unknown."""

SLOW = {"diff counter.py", "prove", "upgrade old.py"}

COMMANDS = [pytest.param(one, marks=[pytest.mark.slow] if one in SLOW else []) for one in CASES]


@pytest.fixture
def files(tmp_path: Path, assay: Assay) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    settings = '[[models]]\nfiles = ["counter.py"]\n[[models]]\nfiles = ["mutex.py"]\n'
    (tmp_path / "assay.toml").write_text(settings + '[[models]]\nfiles = ["twice.py"]\nmax-states = 1\n')
    return tmp_path


def junit(ran: Ran) -> None:
    suites = ElementTree.fromstring(ran.out)
    assert int(suites.get("tests", "0")) > 0
    assert (int(suites.get("failures", "0")) > 0) is (ran.status == 1)
    assert (int(suites.get("errors", "0")) > 0) is (ran.status == 3) or ran.status == 1


def sarif(ran: Ran) -> None:
    (run,) = json.loads(ran.out)["runs"]
    assert run["invocations"][0]["exitCode"] == ran.status
    assert any(result["level"] == "error" for result in run["results"]) is (ran.status != 0)


def github(ran: Ran) -> None:
    assert any(line.startswith("::error ") for line in ran.out.splitlines()) is (ran.status != 0)


def gitlab(ran: Ran) -> None:
    issues = json.loads(ran.out)
    assert any(issue["severity"] == "critical" for issue in issues) is (ran.status != 0)
    for issue in issues:
        assert {*issue} == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert not Path(issue["location"]["path"]).is_absolute()
        assert issue["location"]["lines"]["begin"] >= 1


def json_(ran: Ran) -> None:
    assert json.loads(ran.out)


def text(ran: Ran) -> None:
    assert ran.out.strip()


FORMATS: dict[str, Callable[[Ran], None]] = {
    "text": text,
    "json": json_,
    "markdown": text,
    "junit": junit,
    "sarif": sarif,
    "github": github,
    "gitlab": gitlab,
}


def run(assay: Assay, command: str, words: tuple[str, ...], format_: str) -> Ran:
    if command == "gate" and words == ("counter.py",):
        assert assay("gate", "--accept", *words).status == 0
    return assay(*command.split(), *words, "--format", format_)


@pytest.mark.parametrize("command", one_in(3, COMMANDS))
def test_a_command_comes_to_the_same_in_every_format(files: Path, assay: Assay, command: str) -> None:
    for status, words in zip((0, 1, 3), CASES[command], strict=False):
        for format_, look in FORMATS.items():
            ran = run(assay, command, words, format_)
            assert ran.status == status, (words, format_, ran)
            look(ran)


@pytest.mark.parametrize("command", COMMANDS)
def test_what_cannot_be_read_is_no_report_in_any_format(files: Path, assay: Assay, command: str) -> None:
    for format_ in FORMATS:
        ran = run(assay, command, ("nothing.py",), format_)
        assert (ran.status, ran.out) == (2, ""), ran
        assert ran.err.startswith("error: ")
        assert "Traceback" not in ran.err


def multitool() -> str | None:
    """Return Microsoft's SARIF multitool, if it is installed."""
    return shutil.which("Sarif.Multitool")


@pytest.mark.slow
@pytest.mark.skipif(multitool() is None, reason="Microsoft's SARIF multitool is not installed")
def test_microsofts_multitool_has_nothing_to_object_to_in_what_any_command_writes(files: Path, assay: Assay) -> None:
    written = []
    for number, (command, several) in enumerate(CASES.items()):
        for status, words in zip((0, 1, 3), several, strict=False):
            if command not in SLOW or status == 1:
                path = files / f"{number}-{status}.sarif"
                path.write_text(run(assay, command, words, "sarif").out)
                written.append(path.name)
    validate = [multitool() or "", "validate", *written, "--output", "said.sarif", "--log", "ForceOverwrite"]
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    ran = subprocess.run(validate, capture_output=True, text=True, env=environment, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"{len(written)} files scanned" in ran.stdout
    assert "skipped" not in ran.stdout
    (said,) = json.loads((files / "said.sarif").read_text())["runs"]
    found = {(result["ruleId"], result["message"].get("id")) for result in said["results"]}
    assert found <= {("SARIF2005", "Warning_ProvideToolnformationUri")}, found
