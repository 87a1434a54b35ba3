"""Every option of every command, in every mode: it has an effect there, or it is refused in a line that says why.

The table is written by hand, apart from the tables of the commands. A new option must be entered here for each mode,
which is when one thinks about what it means there.
"""

from __future__ import annotations

import importlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from assay.checker.cli.application import application
from assay.checker.cli.modes import Mode, demand_effect
from assay.checker.cli.registry import COMMANDS
from assay.checker.errors import UsageError
from assay.impl import two_phase_commit

from tests.command_line import Assay, timeless
from tests.tiers import one_in

EXAMPLE = {
    "accept": "",
    "actors": "act=node",
    "all": "",
    "against": "other.env",
    "addresses": "a1=127.0.0.1:7001",
    "as": "etcd",
    "backend": "sockets",
    "bounded": "2",
    "budget": "3s",
    "cache": "",
    "certificate": "certificates",
    "check": "",
    "connect": "127.0.0.1:2181",
    "deadlock": None,  # without a value, and only --no-deadlock says something
    "deep": "",
    "depth": "3",
    "downgrades": "",
    "duration": "10s",
    "engine": "auto",
    "fail-under": "f=1",
    "failure": "0.01",
    "faults": "kill",
    "fencing": None,
    "folder": "somewhere",
    "format": "json",
    "from": "1",
    "full": "",
    "implementation": "",
    "induction": "2",
    "infer": "",
    "init": "",
    "initial": "0",
    "instance": "default",
    "itf": "trace.itf.json",
    "keep-going": "",
    "large": "",
    "lines": "auto",
    "map": "map.toml",
    "max-configurations": "10k",
    "max-depth": "3",
    "max-states": "10",
    "max-steps": "100",
    "max-worlds": "20k",
    "memory-limit": "2GiB",
    "model": "paxos",
    "mutant": "Hasty",
    "mutants": "",
    "nodes": "3",
    "object": "queue",
    "only": "safe",
    "output": "report",
    "property": "safe",
    "prove": "",
    "quorums": "etcd.env",
    "read-fraction": "0.9",
    "recheck": "certificates",
    "replay": "trace.itf.json",
    "requests": "3",
    "run": "",
    "schema": "",
    "seed": "0",
    "sequential": "",
    "set": "Node=2",
    "sets-up-to": "3",
    "skew": "0",
    "steps": "200",
    "time-limit": "5s",
    "timeout": "30s",
    "through": "restart",
    "trees": "",
    "unknown-nodes": "absent",
    "unlogged": "act",
    "until-violation": "",
    "versions": "Node",
    "walks": "3",
    "workers": "1",
}
"""For each option a value, often its default: that an option says nothing new is no reason to ignore it."""

OTHERWISE = {("fuzz", "engine"): "seeded"}
"""Values of options that mean something else in one command."""

JOURNAL = '{"node": "a1", "event": {"kind": "start"}, "changed": {}}\n'


HISTORY = '{"client": 1, "type": "invoke", "operation": "enqueue", "value": 1}\n{"client": 1, "type": "ok"}\n'


@dataclass(frozen=True)
class Case:
    """A mode of a command.

    Attributes
    ----------
    line : str
        A command line in this mode.
    words : str
        How the command names the mode; empty if it is the only one.
    takes : str
        The options that have an effect.
    ignores : str
        Those that would have none, and are refused.
    turns : str
        Those that make it another mode.
    """

    line: str
    words: str
    takes: str
    ignores: str = ""
    turns: str = ""

    @property
    def command(self) -> str:
        """The name of the command."""
        return self.line.split()[0]


SEARCH = "instance deep engine max-states max-depth time-limit memory-limit keep-going deadlock format output full"
SOLVER = "timeout memory-limit format output"
RULES = "against as set unknown-nodes fail-under certificate only trees format output time-limit"

CASES = (
    Case("list", "", "format output"),
    Case("explain", "", ""),
    Case("help", "", ""),
    Case("tests two_phase_commit", "", "set max-worlds format output"),
    Case("check lease.py", "for MODEL alone", f"set itf {SEARCH}", "as", "quorums replay implementation all"),
    Case(
        "check lease.py --quorums etcd.env",
        "for MODEL with --quorums",
        f"set itf quorums as {SEARCH}",
        turns="replay implementation all",
    ),
    Case("check lease.py --all", "with --all", f"all {SEARCH}", "set itf quorums as replay", "implementation"),
    Case("check", "without MODEL", f"all {SEARCH}", "set itf quorums as replay", "implementation"),
    Case(
        "check lease.py --replay trace.itf.json",
        "for MODEL with --replay",
        "set instance deep deadlock format output full replay",
        "engine max-states max-depth time-limit memory-limit keep-going itf quorums as",
        "implementation all",
    ),
    Case(
        "check paxos --implementation",
        "with --implementation",
        "set max-states max-depth time-limit memory-limit keep-going format output full implementation",
        "instance deep all engine deadlock itf replay quorums as",
    ),
    Case(
        "conform lease.py run.log",
        "on logs",
        "set instance map unlogged lines skew max-states time-limit memory-limit format output",
        turns="schema",
    ),
    Case(
        "conform paxos run.jsonl",
        "on journals of assay run",
        "set format output",
        "instance unlogged lines skew max-states time-limit memory-limit",
        "map schema",
    ),
    Case(
        "conform --schema",
        "with --schema",
        "schema output",
        "set instance map unlogged lines skew max-states time-limit memory-limit format",
    ),
    Case(
        "graph lease.py",
        "on pictures, dot and SVG",
        "set instance output format until-violation property from depth max-states time-limit memory-limit engine "
        "deadlock large",
    ),
    Case(
        "graph lease.py --format json",
        "on GraphML and JSON",
        "set instance output format until-violation property from depth max-states time-limit memory-limit engine "
        "deadlock",
        "large",
    ),
    Case(
        "prove lease.py",
        "for MODEL alone",
        f"set only workers cache certificate full {SOLVER}",
        "budget",
        "bounded induction infer all recheck quorums",
    ),
    Case(
        "prove lease.py --bounded 2",
        "for MODEL with --bounded",
        f"set only bounded full {SOLVER}",
        "induction infer workers cache certificate budget",
        "all recheck quorums",
    ),
    Case(
        "prove lease.py --induction 2",
        "for MODEL with --induction",
        f"set only induction full {SOLVER}",
        "infer workers cache certificate budget",
        "bounded all recheck quorums",
    ),
    Case(
        "prove lease.py --infer",
        "for MODEL with --infer",
        f"set infer budget workers cache certificate full {SOLVER}",
        "only",
        "bounded induction all recheck quorums",
    ),
    Case(
        "prove",
        "on several models",
        f"all workers cache {SOLVER}",
        "set only bounded induction budget certificate full",
        "infer recheck quorums",
    ),
    Case(
        "prove lease.py --all --infer",
        "on several models with --infer",
        f"all infer budget workers cache {SOLVER}",
        "set only bounded induction certificate full",
        "recheck quorums",
    ),
    Case(
        "prove theorems",
        "on theorems",
        "only timeout certificate format output",
        "set all memory-limit workers cache bounded induction infer budget full",
        "recheck quorums",
    ),
    Case(
        "prove --recheck certificates",
        "with --recheck",
        "recheck format output",
        "set all only timeout memory-limit workers cache bounded induction infer budget certificate full",
        "quorums",
    ),
    Case("quorum etcd.env", "without --only", f"{RULES} failure read-fraction sets-up-to"),
    Case("quorum etcd.env --only safe", "with --only safe", RULES, "failure read-fraction sets-up-to"),
    Case("quorum etcd.env --only survival", "with --only survival", f"{RULES} sets-up-to", "failure read-fraction"),
    Case("quorum etcd.env --only splitting", "with --only splitting", f"{RULES} sets-up-to", "failure read-fraction"),
    Case("quorum etcd.env --only sizes", "with --only sizes", RULES, "failure read-fraction sets-up-to"),
    Case("quorum etcd.env --only latency", "with --only latency", f"{RULES} failure", "read-fraction sets-up-to"),
    Case(
        "quorum etcd.env --only availability",
        "with --only availability",
        f"{RULES} failure",
        "read-fraction sets-up-to",
    ),
    Case("quorum etcd.env --only load", "with --only load", f"{RULES} read-fraction", "failure sets-up-to"),
    Case(
        "run paxos",
        "with --backend sockets",
        "backend nodes requests set faults duration seed mutant addresses folder format output",
        "connect fencing",
    ),
    Case(
        "run round_robin --backend http",
        "with --backend http",
        "backend nodes requests faults duration seed folder format output",
        "set mutant addresses connect fencing",
    ),
    Case(
        "run lock --backend zookeeper",
        "with --backend zookeeper",
        "backend nodes folder fencing format output",
        "requests set faults duration seed mutant addresses",
        "connect",
    ),
    Case(
        "run lock --backend zookeeper --connect 127.0.0.1:2181",
        "with --backend zookeeper --connect",
        "backend folder connect fencing format output",
        "nodes requests set faults duration seed mutant addresses",
    ),
    Case("diff lease.py lease.py", "on models", "set instance prove max-states time-limit memory-limit format output"),
    Case(
        "diff nodes.py nodes.py",
        "on implementations",
        "set max-states time-limit memory-limit format output",
        "instance prove",
    ),
    Case(
        "diff etcd.env other.env",
        "on quorum configurations",
        "set time-limit format output",
        "instance prove max-states memory-limit",
    ),
    Case("diff HEAD~1 HEAD", "on revisions", "set instance prove max-states time-limit memory-limit format output"),
    Case(
        "upgrade nodes.py nodes.py",
        "on implementations",
        "nodes downgrades set max-states time-limit memory-limit format output",
        "actors through only instance as",
        "versions model",
    ),
    Case(
        "upgrade lease.py lease.py --versions Client",
        "with --versions",
        "nodes downgrades versions actors through only instance set max-states time-limit memory-limit format output",
        "as",
        "model",
    ),
    Case(
        "upgrade etcd.env other.env --model paxos",
        "with --model",
        "model as instance set max-states time-limit memory-limit format output",
        "nodes downgrades versions actors through only",
    ),
    Case(
        "fuzz two_phase_commit",
        "without --mutants",
        "nodes set duration walks max-steps steps seed engine format output",
        "run",
        "mutants",
    ),
    Case(
        "fuzz two_phase_commit --mutants",
        "with --mutants",
        "mutants run nodes set duration walks max-steps steps seed format output",
        "engine",
    ),
    Case(
        "linearizable history.jsonl",
        "with --object register",
        "object initial sequential max-configurations time-limit format output",
    ),
    Case(
        "linearizable history.jsonl --object queue",
        "with another --object",
        "object sequential max-configurations time-limit format output",
        "initial",
    ),
    Case("gate", "on what is gated", "accept check workers format output", turns="init"),
    Case("gate --init", "with --init", "init", "accept check workers format output"),
)

REFUSED = [(case, option) for case in CASES for option in case.ignores.split()]


@pytest.fixture
def files(tmp_path: Path) -> None:
    """Write the files that the command lines name."""
    (tmp_path / "run.log").write_text('{"action": "grant"}\n')
    (tmp_path / "run.jsonl").write_text(JOURNAL)
    (tmp_path / "history.jsonl").write_text(HISTORY)
    for name in ("etcd.env", "other.env"):
        (tmp_path / name).write_text("ETCD_INITIAL_CLUSTER=a=http://a:1,b=http://b:1,c=http://c:1\n")
    shutil.copy(str(two_phase_commit.__file__), tmp_path / "nodes.py")


def options_of(command: str) -> set[str]:
    """Return the names of a command's options."""
    arguments = application()[command].assemble_argument_collection()
    return {argument.name.removeprefix("--") for argument in arguments if argument.parse and argument.name[0] == "-"}


def modes_of(command: str) -> dict[str, Mode]:
    """Return the modes that a command declares, by their words."""
    module = importlib.import_module(COMMANDS[command].target.partition(":")[0])
    return {mode.words: mode for mode in getattr(module, "MODES", ())}


def test_the_table_has_every_mode_of_every_command() -> None:
    declared = {(name, words) for name in COMMANDS for words in modes_of(name) or {""}}
    assert {(case.command, case.words) for case in CASES} == declared


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.line)
def test_every_option_has_an_effect_or_is_refused_or_makes_it_another_mode(case: Case) -> None:
    groups = [case.takes.split(), case.ignores.split(), case.turns.split()]
    assert sorted(option for group in groups for option in group) == sorted(options_of(case.command))


@pytest.mark.parametrize("case", [case for case in CASES if case.words], ids=lambda case: case.line)
def test_the_commands_know_of_the_same_options(case: Case) -> None:
    assert modes_of(case.command)[case.words].options == {f"--{option}" for option in case.takes.split()}


@pytest.mark.parametrize(
    ("case", "option"), one_in(4, REFUSED), ids=[f"{case.line} --{option}" for case, option in REFUSED]
)
@pytest.mark.usefixtures("files")
def test_an_option_without_effect_is_refused(assay: Assay, case: Case, option: str) -> None:
    value = OTHERWISE.get((case.command, option), EXAMPLE[option])
    typed = f"--no-{option}" if value is None else f"--{option}"
    ran = assay(*case.line.split(), typed, *([value] if value else []))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.splitlines()[-2] == f"error: {typed} has no effect {case.words}"
    assert ran.err.splitlines()[-1].startswith("help: leave it out")


@pytest.mark.parametrize(
    ("line", "option", "formats"),
    [
        ("check lease.py", "--full", "text or markdown"),
        ("check lease.py --replay trace.itf.json", "--full", "text or markdown"),
        ("check two_phase_commit --implementation --max-states 9", "--full", "text or markdown"),
        ("prove two_phase_commit", "--full", "text or markdown"),
        ("quorum etcd.env", "--trees", "text, markdown or html"),
    ],
)
@pytest.mark.usefixtures("files")
def test_what_the_format_of_the_report_does_not_show_is_not_asked_for(
    assay: Assay, line: str, option: str, formats: str
) -> None:
    for form in ("json", "junit", "github", *(["svg"] if option == "--trees" else [])):
        ran = assay(f"{line} {option} --format {form}")
        assert (ran.status, ran.out) == (2, "")
        assert f"error: {option} has no effect in --format {form}\n" in ran.err
        assert f"help: leave it out; it has one in --format {formats}\n" in ran.err


@pytest.mark.parametrize("line", ["check lease.py", "prove two_phase_commit"])
def test_a_project_may_set_whole_states_and_ask_for_data(assay: Assay, tmp_path: Path, line: str) -> None:
    plain = assay(f"{line} --format json")
    (tmp_path / "pyproject.toml").write_text(f"[tool.assay.{line.partition(' ')[0]}]\nfull = true\n")
    assert assay(f"{line} --format json").status == plain.status


def test_settings_are_defaults_of_the_modes_that_have_them(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.assay]\nengine = "native"\nmax-states = "20k"\n[tool.assay.check]\nset = ["Node=2"]\nas = "etcd"\n'
    )
    assert assay("check two_phase_commit --implementation --set participants=1").status == 0
    assert assay("check lease.py --engine reference").status == 0
    assert "--as has no effect" in assay("check lease.py --as etcd").err


@pytest.mark.usefixtures("files")
def test_the_share_of_reads_that_a_project_sets_is_about_the_load_only(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.assay.quorum]\nread-fraction = "0.9"\n')
    assert assay("quorum etcd.env --only safe").status == 0
    assert "--read-fraction is about the classes read and write" in assay("quorum etcd.env --only load").err


ELSEWHERE = (
    ("diff etcd.env other.env", 'instance = "smoke"\nprove = true\nmax-states = "9k"\nmemory-limit = "3GiB"'),
    ("diff nodes.py nodes.py", 'instance = "smoke"\nprove = true'),
    ("upgrade nodes.py nodes.py --max-states 9", 'instance = "smoke"\nonly = ["safe"]\nthrough = "x"\nas = "etcd"'),
    ("upgrade lease.py lease.py --versions Node", 'as = "etcd"'),
    ("linearizable history.jsonl --object queue", 'initial = "0"'),
)
"""Command lines, and settings that have an effect in other modes only."""


@pytest.mark.parametrize(("line", "settings"), one_in(3, ELSEWHERE), ids=[line for line, _ in ELSEWHERE])
@pytest.mark.usefixtures("files")
def test_a_report_says_nothing_of_settings_without_effect(
    assay: Assay, tmp_path: Path, line: str, settings: str
) -> None:
    without = assay(line)
    (tmp_path / "pyproject.toml").write_text(f"[tool.assay.{line.partition(' ')[0]}]\n{settings}\n")
    ran = assay(line)
    assert (ran.status, timeless(ran.out), ran.err) == (without.status, timeless(without.out), without.err)
    assert ran.status in (0, 3)
    (again,) = re.findall(r"(?:again|reproduce): assay (.*)", ran.out)
    assert again.startswith(line)


def test_what_is_typed_chooses_the_mode_before_what_a_project_sets(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.assay.prove]\nbounded = 2\n")
    assert "two_phase_commit --bounded 2" in assay("prove two_phase_commit").out
    assert "inductive over 2 states" in assay("prove two_phase_commit --induction 2").out


def test_a_short_name_is_told_as_it_was_typed() -> None:
    with pytest.raises(UsageError, match="-o has no effect with --nothing"):
        demand_effect({"--output": "-o"}, Mode.of("with --nothing", ""), ())
