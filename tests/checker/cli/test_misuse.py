"""Bad input: one clear line on standard error, exit status 2, nothing on standard output, nothing half-written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Assay


def refused(assay: Assay, *words: str) -> str:
    """Run a command line that must be refused, and return the line that says why and what follows it."""
    ran = assay(*words)
    message, _, _trace = ran.err.partition("\nhow it gets there:\n")
    lines = message.splitlines()
    assert (ran.status, ran.out) == (2, "")
    assert lines[0].startswith("error: ")
    assert len(lines) == 1 or (len(lines) == 2 and lines[1].startswith("help: "))
    return ran.err


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("chek", "there is no command 'chek'; did you mean 'check'?"),
        ("--vers", "there is no option '--vers'"),
        ("check two_phase_comit", "there is no model 'two_phase_comit'; did you mean 'two_phase_commit'?"),
        ("check leese.py", "leese.py does not exist; did you mean 'lease.py'?"),
        ("check lease.py:Leese", "lease.py has no model 'Leese'; did you mean 'Lease'?"),
        ("check no.such:Model", "there is no model 'no.such'"),
        ("check .", ". is a directory"),
        ("check pyproject.toml", "pyproject.toml is not a Python file"),
        ("check json", "json defines no model"),
        ("check lease.py --fulll", "there is no option '--fulll'; did you mean '--full'?"),
        ("check lease.py --formt=json", "there is no option '--formt'; did you mean '--format'?"),
        ("check lease.py more", "unexpected argument 'more'"),
        ("check lease.py --engine fast", "--engine fast: expected auto, reference or native"),
        ("check lease.py --engine", "--engine needs a value"),
        ("check lease.py --format yaml", "--format yaml: expected text, json, markdown, junit, sarif, github or"),
        ("check lease.py --instance big", "--instance big: expected default, smoke or deep"),
        ("check lease.py --instance depe", "expected default, smoke or deep; did you mean 'deep'?"),
        ("check lease.py --deep --instance smoke", "--deep means --instance deep, not --instance smoke"),
        ("check lease --implementation --deep", "--deep has no effect with --implementation"),
        ("check lease.py --full=maybe", "--full maybe: expected true or false"),
        ("check lease.py --set Nodes=3", "Lease has no parameter 'Nodes'; did you mean 'Node'?"),
        ("check lease.py --set Node", "--set Node: expected NAME=VALUE"),
        ("check lease.py --set Node=", "--set Node=: expected NAME=VALUE"),
        ("check lease.py --set =3", "--set =3: expected NAME=VALUE"),
        ("check lease.py --set Node=2 --set Node=3", "Node is set twice"),
        ("check lease.py --set Node=three", "Node=three: expected a whole number"),
        ("check lease.py --set Node=0", "Node=0: a sort has between 1 and 4096 elements"),
        ("check lease.py --set Node=99999", "Node=99999: a sort has between 1 and 4096 elements"),
        ("check lease.py --max-states many", "--max-states many: expected a number such as"),
        ("check lease.py --max-states 0", "--max-states 0: expected more than zero"),
        ("check lease.py --max-states 1.5", "--max-states 1.5: expected a whole number"),
        ("check lease.py --max-depth -1", "--max-depth -1: expected more than zero"),
        ("check lease.py --time-limit 30x", "--time-limit 30x: expected a time such as"),
        ("check lease.py --time-limit -3s", "--time-limit -3s: expected more than zero"),
        ("check lease.py --memory-limit 2Gi", "--memory-limit 2Gi: expected a size such as"),
        ("check --set Node=3", "--set has no effect without MODEL"),
        ("check --itf t.json", "--itf has no effect without MODEL"),
        ("check lease.py --all --replay t.json", "--replay has no effect with --all"),
        ("list --formt json", "there is no option '--formt'; did you mean '--format'?"),
    ],
)
def test_misuse_is_refused_with_the_nearest_thing_that_exists(assay: Assay, command: str, complaint: str) -> None:
    assert complaint in refused(assay, command)


def test_an_empty_value_is_no_limit(assay: Assay) -> None:
    assert "--max-states : expected a number" in refused(assay, "check", "lease.py", "--max-states", "")


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("class Broken(Model:\n", "bad.py:1:19: not valid Python"),
        ("import numpyy\n", "bad.py:1:1: it imports 'numpyy', which is not installed"),
        ("x = 1\ny = 1 / 0\n", "bad.py:2:5: importing it raised ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)\n", "bad.py:1:1: importing it raised SystemExit: 3"),
        ("from assay.checker.language import *\nn = list(Sort)\n", "bad.py:2:5: Sort has no elements outside"),
        ("x = 1\n", "bad.py defines no model"),
        ("\0", "bad.py"),
        (
            "from assay.checker.language import *\nclass M(Model):\n    x: bool = False\n",
            "bad.py:2:1: M has no actions, so nothing can happen",
        ),
        (
            "from assay.checker.language import *\nclass M(Model):\n    @action\n    def a(self): ...\n",
            "bad.py:2:1: M has no state variables",
        ),
        (
            "from assay.checker.language import *\nclass M(Model):\n    x: int\n    @action\n    def a(self): ...\n",
            "bad.py:3:5: x has no initial value",
        ),
    ],
)
def test_a_file_that_is_no_model_is_refused_at_its_line(
    assay: Assay, tmp_path: Path, source: str, complaint: str
) -> None:
    (tmp_path / "bad.py").write_text(source)
    assert complaint in refused(assay, "check bad.py")


RAISES = """\
from assay.checker.language import *

class M(Model):
    x: bool = False
    @action
    def flip(self):
        self.x = not self.x
    @invariant
    def divides(self):
        return 1 // (0 if self.x else 1) == 1
"""


def test_a_property_that_raises_is_refused_at_its_line_and_writes_nothing(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(RAISES)
    error = refused(assay, "check bad.py --output report.txt --itf t.json")
    assert "bad.py:10:16: divides(): raised ZeroDivisionError" in error
    assert error.endswith("  1  initial state\n       x = False\n  2  flip()\n       x: False -> True\n")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "bad.py",
        "lease.py",
        "pyproject.toml",
    ]


COUNTS = """\
from assay.checker.language import *

class Node(Sort): ...

class M(Model):
    default = {"Node": 2}
    count: Map[Node, Range[0, 1]] = everywhere(0)
    @action
    def up(self, n: Node):
        self.count[n] += 1
"""


@pytest.mark.parametrize("engine", ["reference", "native"])
def test_a_value_beyond_its_bound_is_shown_with_the_shortest_trace_to_it(
    assay: Assay, tmp_path: Path, engine: str
) -> None:
    (tmp_path / "bad.py").write_text(COUNTS)
    error = refused(assay, f"check bad.py --engine {engine}")
    assert error.splitlines() == [
        f"error: {tmp_path}/bad.py:9:5: up(n=n1): count would become 2, outside of Range(0, 1)",
        "help: widen the range, or add a require",
        "",
        "how it gets there:",
        "  1  initial state",
        "       count = {n1: 0, n2: 0}",
        "  2  up(n=n1)",
        "       count[n1]: 0 -> 1",
    ]


ABSURD = """\
from assay.checker.language import *

class Node(Sort): ...

class M(Model):
    paths: Map[tuple[Node, Node, Node, Node], bool]
    @action
    def walk(self, a: Node, b: Node):
        self.paths[(a, a, b, b)] = True
"""


@pytest.mark.parametrize(
    ("size", "complaint"), [(20, "bad.py:6:5: a state would take 160,000 bits"), (50, "more than a million values")]
)
def test_a_size_that_makes_the_packed_state_absurd_is_refused(
    assay: Assay, tmp_path: Path, size: int, complaint: str
) -> None:
    (tmp_path / "bad.py").write_text(ABSURD)
    assert complaint in refused(assay, f"check bad.py --engine native --set Node={size}")


def test_a_size_that_nothing_states_is_asked_for(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(ABSURD)
    error = refused(assay, "check bad.py")
    line = 1 + ABSURD.splitlines().index("class M(Model):")
    assert f"bad.py:{line}:1: M does not say how many elements Node has" in error
    assert "or pass --set Node=3" in error


@pytest.mark.parametrize("option", ["--output", "--itf"])
@pytest.mark.parametrize(("target", "why"), [("no/where/x", "no such file or directory"), (".", "it is a directory")])
def test_an_output_that_cannot_be_written_is_refused_before_the_exploration(
    assay: Assay, monkeypatch: pytest.MonkeyPatch, option: str, target: str, why: str
) -> None:
    def explore(*_: object) -> None:
        raise AssertionError("explored")

    monkeypatch.setattr("assay.checker.cli.request.explore_and_judge", explore)
    assert f"cannot write {target}: {why}" in refused(assay, f"check lease.py {option} {target}")


def test_an_existing_output_stays_as_it_was_when_the_run_fails(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(RAISES)
    (tmp_path / "report.txt").write_text("before")
    refused(assay, "check bad.py --output report.txt")
    assert (tmp_path / "report.txt").read_text() == "before"


def test_an_unexpected_exception_is_one_line_and_status_70(assay: Assay, monkeypatch: pytest.MonkeyPatch) -> None:
    def explore(*_: object) -> None:
        raise RuntimeError("out of luck")

    monkeypatch.setattr("assay.checker.cli.request.explore_and_judge", explore)
    ran = assay("check lease.py")
    assert (ran.status, ran.out) == (70, "")
    expected = (
        "error: RuntimeError: out of luck; this is a bug in assay, please report it (ASSAY_DEBUG=1 shows where)\n"
    )
    assert ran.err == expected
    monkeypatch.setenv("ASSAY_DEBUG", "1")
    assert "Traceback" in assay("check lease.py").err


def test_a_fault_of_an_engine_asks_for_a_report(assay: Assay, monkeypatch: pytest.MonkeyPatch) -> None:
    from assay.checker.errors import InternalError

    def explore(*_: object) -> None:
        raise InternalError("the explorers disagree")

    monkeypatch.setattr("assay.checker.cli.request.explore_and_judge", explore)
    ran = assay("check lease.py")
    assert (ran.status, ran.err.splitlines()) == (
        70,
        ["error: the explorers disagree", "help: this is a bug in assay, please report it"],
    )


UNKNOWN_CONSTRUCT = """\
from assay.checker.language import *

class M(Model):
    x: bool = False
    @action
    def flip(self):
        while not self.x:
            self.x = True
"""


@pytest.mark.parametrize("command", ["check", "check --engine reference", "graph"])
def test_what_is_not_of_the_language_is_refused_however_small_the_model(
    assay: Assay, tmp_path: Path, command: str
) -> None:
    (tmp_path / "bad.py").write_text(UNKNOWN_CONSTRUCT)
    words = command.split()
    error = refused(assay, *words[:1], "bad.py", *words[1:])
    assert "bad.py:7:9: `while` is not part of the language" in error


MANY_STARTS = """\
from assay.checker.language import *

class Node(Sort): ...

class M(Model):
    default = {"Node": 5}
    next: Map[Node, Node] = anything()
    other: Map[Node, Node] = anything()
    @action
    def swap(self, n: Node):
        self.next[n] = n
"""


def test_more_initial_states_than_can_be_enumerated_are_refused_at_once(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "many.py").write_text(MANY_STARTS)
    error = refused(assay, "check many.py --time-limit 5s")
    assert "M has 9,765,625 choices of an initial state in this instance" in error


def test_a_misspelt_decorator_is_refused_with_the_nearest_one(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(RAISES.replace("@action", "@actoin"))
    error = refused(assay, "check bad.py")
    assert "bad.py:5:6: importing it raised NameError: name 'actoin' is not defined; did you mean 'action'?" in error


def test_a_type_that_is_not_imported_is_refused_with_its_import(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(RAISES.replace("@action", "def same(self, after: Self) -> bool: return True"))
    error = refused(assay, "check bad.py")
    assert "importing it raised NameError: name 'Self' is not defined\nhelp:" in error
    assert "import it: from typing import Self" in error


def test_a_number_that_nobody_reads_to_the_end_is_cut_short(assay: Assay) -> None:
    ran = assay("check", "lease.py", "--set", f"Node={'9' * 5000}")
    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err) < 200


@pytest.mark.parametrize("raised", ["SystemExit(0)", "BaseException('no')", "GeneratorExit"])
def test_a_file_that_raises_anything_is_refused_at_its_line(assay: Assay, tmp_path: Path, raised: str) -> None:
    (tmp_path / "raises.py").write_text(f"\nraise {raised}\n")
    ran = assay("check raises.py")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("error: raises.py:2:1: importing it raised ")
