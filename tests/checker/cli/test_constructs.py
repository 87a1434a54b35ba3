"""Commands on models of every construct: what `check` says of a model, no other command contradicts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from assay.checker.conformance.values import Values
from assay.checker.errors import ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.loader import load
from assay.checker.language.types import SortType

from tests.checker.engine.test_constructs_agree import CONSTRUCTS
from tests.command_line import Assay, Ran
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
    "neighbours.py": "successors and predecessors in an order",
    "quantified.py": "containers that are quantified: sets, maps, sequences, permutations",
    "structure.py": "a relation, functions and axioms that an instance chooses",
    "structure.py:Everything": "constants of every type, and a quorum system",
    "structure.py:BoundsByExpressions": "numbers whose bounds are computed from constants",
    "unbounded.py:Answers": "numbers without bounds, in messages of two kinds",
    "written_out.py": "loops over what is written out",
}
"""Models of the tests of constructs, each with what it has that others have not."""

FEW = ("neighbours.py", "structure.py")
"""The models on which the first tier shows every command."""

STUCK = '''

class Stuck({name}):
    """What no model says of itself: that nothing ever changes."""
{claims}'''

CLAIM = """
    @step_invariant
    def {name}_stays(self, after: Self) -> bool:
        return after.{name} == self.{name}
"""


@dataclass(frozen=True)
class Case:
    """A model in a folder of its own, beside its variant `stuck.py:Stuck`, which is violated."""

    reference: str
    assay: Assay

    def told(self, *words: str) -> dict[str, Any]:
        """Return what a command says of the model, as data."""
        return json.loads(self.ran(*words, "--format", "json").out)  # type: ignore[no-any-return]

    def ran(self, *words: str) -> Ran:
        """Return what a command returns, which neither fails nor misses what it was asked."""
        ran = self.assay(*words)
        assert ran.status in (0, 1, 3), ran.err
        assert "Traceback" not in ran.err
        return ran

    @cached_property
    def instance(self) -> Instance:
        """The default instance."""
        return instantiate(load(self.reference).specification)

    @cached_property
    def walk(self) -> list[tuple[Call | None, Frozen]]:
        """A run of at most six steps that ends elsewhere than it began: an action, and the state after it."""
        with self.instance.active():
            interpreter = Interpreter(self.instance)
            found: list[tuple[Call | None, Frozen]] = [(None, interpreter.initial_states()[-1])]
            for number in range(6):
                steps = [s for s in interpreter.attempts(found[-1][1]) if not isinstance(s[1], ModelError)]
                kinds = list(dict.fromkeys(call[0] for call, _ in steps))
                found += [s for s in steps if s[0][0] == kinds[number % len(kinds)]][-1:] if kinds else []  # type: ignore[misc]
        while found[-1][1] == found[0][1]:
            found.pop()
        return found

    def line(self, call: Call, state: Frozen, *, says_all: bool) -> dict[str, Any]:
        """Return the line of a log that tells an action and the state after it, with or without its arguments."""
        values, specification = Values(self.instance), self.instance.specification
        parameters = next(action.parameters for action in specification.actions if action.name == call[0])
        arguments = {n: values.encode(t, given) for (n, t), given in zip(parameters, call[1], strict=True)}
        acting = next((arguments[name] for name, type_ in parameters if isinstance(type_, SortType)), "somebody")
        line = {"node": acting, "action": call[0], "state": self.seen(state)}
        return {**line, "arguments": arguments} if says_all else line

    def seen(self, state: Frozen) -> dict[str, Any]:
        """Return a state as a log tells it."""
        values = Values(self.instance)
        pairs = zip(self.instance.specification.variables, state, strict=True)
        return {variable.name: values.encode(variable.type, value) for variable, value in pairs}


def counts(case: Case) -> None:
    """Both explorers count the same states, and the graph has them."""
    one, two = (
        case.told("check", case.reference, "--keep-going", "--engine", engine) for engine in ("reference", "native")
    )
    assert one["states"] == two["states"]
    assert one["verdict"] == two["verdict"]
    case.ran("graph", case.reference, "--output", "graph.json")
    assert len(json.loads(Path("graph.json").read_text())["nodes"]) == one["states"]["distinct"]


def replays(case: Case) -> None:
    """A counterexample is violated again by what it was found in, and is a path of the model that it violates not."""
    assert case.ran("check", "stuck.py:Stuck", "--itf", "trace.json").status == 1
    assert "\nviolated: " in case.ran("check", "stuck.py:Stuck", "--replay", "trace.json").out
    again = case.ran("check", case.reference, "--replay", "trace.json")
    assert "holds along this trace" in again.out


def conforms(case: Case) -> None:
    """The log of a run conforms, with all arguments or none; not one in which it is elsewhere than it was."""
    start, *steps = case.walk
    for says_all in (True, False):
        lines = [case.line(call, state, says_all=says_all) for call, state in steps if call]
        assert logged(case, lines) == "holds"
        assert logged(case, [*lines, {**lines[-1], "before": case.seen(start[1])}]) == "violated"


def logged(case: Case, lines: list[dict[str, Any]]) -> str:
    """Return the verdict on the log of some lines."""
    Path("run.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return str(case.told("conform", case.reference, "run.jsonl")["verdict"])


def proves(case: Case) -> None:
    """What a finite instance violates is not proved, and nothing else keeps a proof from a verdict."""
    assert case.told("check", "stuck.py:Stuck", "--no-deadlock")["verdict"] == "violated"
    assert case.told("prove", "stuck.py:Stuck", "--timeout", "200ms")["verdict"] != "holds"
    case.ran("prove", case.reference, "--timeout", "200ms")


def changes(case: Case) -> None:
    """A model behaves as itself; what is newly claimed of it is told."""
    assert "none: both versions have the same behaviours" in case.ran("diff", case.reference, case.reference).out
    assert "is newly stated" in case.ran("diff", case.reference, "stuck.py:Stuck").out


def upgrades(case: Case) -> None:
    """Beside itself, a model violates nothing that it does not violate alone."""
    nodes = [sort.__name__ for sort in case.instance.specification.sorts]
    if not nodes:
        pytest.skip("nothing in it may run one version or the other")
    told = case.assay("upgrade", case.reference, case.reference, "--versions", nodes[0], "--max-states", "300")
    assert "Traceback" not in told.err
    assert told.status in (0, 1, 2, 3), told.err
    assert "only while mixed" not in told.out


SEARCHES: tuple[Callable[[Case], None], ...] = (counts, replays, conforms)

OTHERS: tuple[Callable[[Case], None], ...] = (proves, changes, upgrades)
"""Those that start processes, which takes seconds: on few models."""


@pytest.fixture
def case(reference: str, assay: Assay, tmp_path: Path) -> Case:
    path = CONSTRUCTS / reference.partition(":")[0]
    for file in (path, CONSTRUCTS / "shared.py"):
        shutil.copy(file, tmp_path)
    model = load(reference)
    claims = "".join(CLAIM.format(name=variable.name) for variable in model.specification.variables)
    body = path.read_text().replace("\nfrom typing import", "\nfrom typing import Self\nfrom typing import", 1)
    body = body if "Self" in body else body.replace("\nfrom assay.", "\nfrom typing import Self\nfrom assay.", 1)
    Path("stuck.py").write_text(body + STUCK.format(name=model.cls.__name__, claims=claims))
    return Case(reference, assay)


CELLS = [
    pytest.param(command, reference, id=f"{command.__name__}-{reference}", marks=marks)
    for commands, models, marks in ((SEARCHES, MODELS, []), (OTHERS, FEW, [pytest.mark.slow]))
    for command in commands
    for reference in models
]


@pytest.mark.parametrize(("command", "reference"), first_tier(CELLS, lambda cell: cell.values[1] in FEW))
def test_commands_agree(command: Callable[[Case], None], reference: str, case: Case) -> None:
    command(case)
