"""Commands on models of every construct: what `check` says of a model, no other command contradicts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.checker.cli.cases import Case, make_case
from tests.command_line import Assay
from tests.tiers import first_tier

MODELS = {
    "claims.py": "assert and some",
    "composed.py:Lock": "parts with type parameters, a network that is a set",
    "composed.py:NoLoss": "queues between nodes, an action that is taken away",
    "drawn_from_bags.py:Letters": "a bag of which few of many are there, parameters that are drawn from it",
    "evenness.py:Lengthened": "a list that a loop makes longer",
    "inheritance.py:Middle": "claims and actions that are inherited",
    "kept.py:EachChosen": "choices in loops, a set that is made from them",
    "large_choices.py": "parameters that are drawn from large sets",
    "maps.py:NarrowsEntries": "optional entries of maps",
    "neighbours.py:Steps": "successors and predecessors in an order",
    "quantified.py": "containers that are quantified: sets, maps, sequences, permutations",
    "structure.py": "a relation, functions and axioms that an instance chooses",
    "structure.py:Everything": "constants of every type, and a quorum system",
    "structure.py:BoundsByExpressions": "numbers whose bounds are computed from constants",
    "unbounded.py:Answers": "numbers without bounds, in messages of two kinds",
    "written_out.py": "loops over what is written out",
}
"""Models of the tests of constructs, each with what it has that others have not."""

FEW = (("neighbours.py:Steps", "alone"), ("structure.py", "default"))
"""The models and sizes on which the first tier shows every command."""


def counts(case: Case) -> None:
    """Both explorers count the same states and judge alike, and the graph has these states."""
    one, two = (
        case.told("check", case.reference, "--keep-going", "--engine", engine) for engine in ("reference", "native")
    )
    assert one["states"] == two["states"]
    assert verdicts(one) == verdicts(two)
    case.ran("graph", case.reference, "--output", "graph.json")
    assert len(json.loads(Path("graph.json").read_text())["nodes"]) == one["states"]["distinct"]


def verdicts(told: dict[str, Any]) -> dict[str, str]:
    """Return the verdict on each property, and on the whole."""
    return {"": told["verdict"], **{each["name"]: each["verdict"] for each in told["properties"]}}


def replays(case: Case) -> None:
    """A counterexample is violated again by what it was found in, and is a path of the model that it violates not."""
    found = case.ran("check", "stuck.py:Stuck", "--no-deadlock", "--itf", "trace.json")
    assert found.status == 1
    if "wrote trace.json" not in found.err:
        pytest.skip("nothing ever changes in it")
    assert "\nviolated: " in case.ran("check", "stuck.py:Stuck", "--replay", "trace.json").out
    again = case.ran("check", case.reference, "--replay", "trace.json")
    assert "holds along this trace" in again.out


def conforms(case: Case) -> None:
    """The log of a run conforms, with all arguments or none; not one in which it is elsewhere than it was."""
    start, *steps = case.walk
    if not steps:
        pytest.skip("nothing ever changes in it")
    for says_all in (True, False):
        lines = [case.line(call, state, says_all=says_all) for call, state in steps if call]
        assert logged(case, lines) == "holds"
        assert logged(case, [*lines, {**lines[-1], "before": case.seen(start[1])}]) == "violated"


def logged(case: Case, lines: Iterable[dict[str, Any]]) -> str:
    """Return the verdict on the log of some lines."""
    write("run.jsonl", lines)
    return str(case.told("conform", case.reference, "run.jsonl")["verdict"])


def write(name: str, lines: Iterable[dict[str, Any]]) -> None:
    Path(name).write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def remembers(case: Case) -> None:
    """A register holds the states of a run, whatever is in them: the last one that was written, and not the first."""
    states = [case.seen(state) for _, state in case.walk]
    written = [line for state in states for line in operation("write", state, None)]
    for state, verdict in ((states[-1], "holds"), (states[0], "holds" if len(states) == 1 else "violated")):
        write("history.jsonl", [*written, *operation("read", None, state)])
        assert case.told("linearizable", "history.jsonl")["verdict"] == verdict


def operation(name: str, value: Any, response: Any) -> Iterable[dict[str, Any]]:
    """Return the lines of an operation and its response."""
    yield {"client": 1, "type": "invoke", "operation": name, "value": value}
    yield {"client": 1, "type": "ok", "value": response}


def implements(case: Case) -> None:
    """Nodes that go through states of the model implement it, and nodes that jump do not."""
    play = case.write_nodes()
    told = case.told("check", "nodes.py", "--implementation")
    assert told["verdict"] == "holds"
    assert told["worlds"]["distinct"] == len(play.states)
    if play.jumps[0]:
        assert case.told("check", "nodes.py:Jumper", "--implementation")["caught"] == ["refinement"]


def plays(case: Case) -> None:
    """Random schedules, and schedules that cover the model, say the same of these nodes."""
    play = case.write_nodes()
    assert case.told("fuzz", "nodes.py", "--walks", "20")["verdict"] == ("holds" if play.steps else "unknown")
    if play.jumps[0]:
        assert case.told("fuzz", "nodes.py:Jumper", "--walks", "200")["finding"] == "refinement"
    covered = case.told("tests", "nodes.py")
    assert covered["verdict"] == "holds"


def runs(case: Case) -> None:
    """They do so as a process that is killed, too, and their journal says the same."""
    case.write_nodes()
    ran = case.ran("run", "nodes.py", "--duration", "3s", "--folder", "left", "--faults", "kill")
    assert ran.status == 0, ran.out
    assert case.ran("conform", "nodes.py", "left/run.jsonl").status == 0


def proves(case: Case) -> None:
    """A proof for the sizes of the instance says what was explored of it; what is violated is proved for no size."""
    sizes = [f"{name}={size}" for name, size in case.instance.settings().items() if name in case.sorts]
    for reference in (case.reference, "stuck.py:Stuck"):
        explored = case.told("check", reference, "--no-deadlock", "--keep-going")
        of_these = proved(case, reference, "--set", *sizes)
        assert (explored["verdict"], of_these) != ("holds", "violated")
        assert safe(explored) != "violated" or "holds" not in (of_these, proved(case, reference))


def infers(case: Case) -> None:
    """Lemmas are found for nothing that is violated."""
    explored = safe(case.told("check", "stuck.py:Stuck", "--no-deadlock", "--keep-going"))
    assert (explored, proved(case, "stuck.py:Stuck", "--infer", "--budget", "2s")) != ("violated", "holds")


def safe(told: dict[str, Any]) -> str:
    """Return the verdict on what every proof is about: not on what is to be reached, nor on actions that fire."""
    judged = {each["verdict"] for each in told["properties"] if each["kind"] not in ("reachable", "action")}
    return "violated" if "violated" in judged else str(told["verdict"] if told["verdict"] != "violated" else "holds")


def proved(case: Case, *words: str) -> str:
    """Return the verdict of a proof; unknown if the model is refused."""
    ran = case.tried("prove", *words, "--timeout", "200ms", "--format", "json")
    return "unknown" if ran.status == 2 else str(json.loads(ran.out)["verdict"])


def changes(case: Case) -> None:
    """A model behaves as itself; what is newly claimed of it is told."""
    assert "none: both versions have the same behaviours" in case.ran("diff", case.reference, case.reference).out
    assert "is newly stated" in case.ran("diff", case.reference, "stuck.py:Stuck").out


def upgrades(case: Case) -> None:
    """Beside itself, a model violates nothing that it does not violate alone."""
    if not case.sorts:
        pytest.skip("nothing in it may run one version or the other")
    told = case.tried("upgrade", case.reference, case.reference, "--versions", case.sorts[0], "--max-states", "300")
    assert "only while mixed" not in told.out


def gates(case: Case) -> None:
    """What is accepted is as it was, and a change of what it says is told."""
    file, _, _ = case.reference.partition(":")
    Path("assay.toml").write_text(f'[[models]]\nfiles = ["{file}"]\n')
    accepted = case.ran("gate", case.reference, "--accept")
    assert case.ran("gate", case.reference, "--check").status == accepted.status


SEARCHES: tuple[Callable[[Case], None], ...] = (counts, replays, conforms, remembers, implements, plays)

OTHERS: tuple[Callable[[Case], None], ...] = (runs, proves, infers, changes, upgrades, gates)
"""Those that start processes, which takes seconds."""

SIZES = ("default", "alone")

NOT_ALONE = {
    "structure.py": "no node is the next of itself",
    "structure.py:Everything": "a constant is the second level",
    "structure.py:BoundsByExpressions": "a queue is too short for what an action puts there",
}
"""Models that have no instance with one element of each sort."""

CELLS = [
    pytest.param(command, reference, size, id=f"{command.__name__}-{reference}-{size}", marks=marks)
    for commands, marks in ((SEARCHES, []), (OTHERS, [pytest.mark.slow]))
    for command in commands
    for reference in MODELS
    for size in SIZES
    if size == "default" or reference not in NOT_ALONE
]


@pytest.mark.parametrize(("command", "reference", "size"), first_tier(CELLS, lambda cell: cell.values[1:] in FEW))
def test_commands_agree(command: Callable[[Case], None], reference: str, size: str, assay: Assay) -> None:
    command(make_case(reference, assay, is_alone=size == "alone"))


@pytest.mark.parametrize(
    "words",
    [
        "check",
        "graph",
        *(pytest.param(w, marks=pytest.mark.slow) for w in ("diff alone.py", "upgrade alone.py --versions Node")),
    ],
)
def test_what_has_no_instance_is_refused_by_every_command(words: str, assay: Assay) -> None:
    case = make_case("structure.py", assay, is_alone=True)
    command, *rest = words.split()
    ran = case.tried(command, case.reference, *rest)
    assert ran.status == 2
    assert "no structure (next) satisfies the axioms in this instance" in ran.err


@pytest.mark.parametrize("command", ["check", "graph", "prove"])
def test_an_empty_sort_is_refused_by_every_command(command: str, assay: Assay) -> None:
    ran = make_case("claims.py", assay, is_alone=False).tried(command, "claims.py", "--set", "Node=0")
    assert ran.status == 2
    assert "Node=0: a sort has between 1 and 4096 elements" in ran.err
