"""Bounds of numbers that are inferred: no state holds a number beyond, and a search that ends is begun."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from assay.checker.engine.bounds.inference import inferred_bounds
from assay.checker.engine.bounds.intervals import Interval, join
from assay.checker.engine.bounds.values import numbers_in
from assay.checker.errors import ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import specify
from assay.checker.language.loader import load

from tests.command_line import Assay, assay, in_a_project_of_its_own
from tests.generation.agreement import save
from tests.generation.invented import from_seed

__all__ = ["assay", "in_a_project_of_its_own"]

HEAD = '''from assay.checker.language import *


class Node(Sort):
    """Whoever counts."""


@record
class Note:
    node: Node
    time: Nat


class Counting(Model):
    """Counters without declared bounds."""

    default = {"Node": 2}
    most: Parameter[int] = 3
'''


def model(variables: str, body: str, parameters: str = "n: Node") -> str:
    lines = [f"    {line.strip()}" for line in variables.split(";")]
    lines += ["", "    @action", f"    def act(self{', ' if parameters else ''}{parameters}) -> None:"]
    return HEAD + "\n".join([*lines, *(f"        {line}" for line in body.split("\n")), ""])


BOUNDED = {
    "a guard": ("x: Nat = 0", "require(self.x < self.most)\nself.x += 1", (0, 3)),
    "a guard the other way round": ("x: int = 5", "require(0 < self.x)\nself.x -= 1", (0, 5)),
    "a guard that tells apart": ("x: int = 3", "require(self.x != 0)\nself.x -= 1", (0, 3)),
    "a guard on the sum": ("x: Nat = 0", "require(self.x + 2 <= 7)\nself.x += 2", (0, 7)),
    "a guard on the sum of two": ("x: Nat = 0; y: Nat = 0", "require(self.x + self.y < 5)\nself.x += 1", (0, 5)),
    "the other of the two": ("x: Nat = 0; y: Nat = 0", "require(self.y + self.x < 5)\nself.x += 1", (0, 5)),
    "a guard on a difference": ("x: int = 9; y: Nat = 0", "require(self.x - self.y > 0)\nself.x -= 1", (0, 9)),
    "the other side of a difference": ("x: Nat = 0; y: Nat = 9", "require(self.y - self.x >= 2)\nself.x += 1", (0, 8)),
    "a branch": ("x: Nat = 0", "if self.x < 4:\n    self.x += 1", (0, 4)),
    "a branch back": ("x: Nat = 0", "self.x += 1\nif self.x > 5:\n    self.x = 0", (0, 5)),
    "a remainder": ("x: Nat = 0", "self.x = (self.x + 1) % 4", (0, 3)),
    "a minimum": ("x: Nat = 0", "self.x = min(self.x + 1, 3)", (0, 3)),
    "a conditional": ("x: Nat = 0", "self.x = self.x + 1 if self.x < 3 else 0", (0, 3)),
    "a size": ("x: Nat = 0; seen: Set[Node]", "self.seen.add(n)\nself.x = len(self.seen)", (0, 2)),
    "entries of a map": ("x: Map[Node, Nat] = everywhere(0)", "require(self.x[n] < 3)\nself.x[n] += 1", (0, 3)),
    "every entry": (
        "x: Map[Node, Nat] = everywhere(0)",
        "require(all(self.x[m] < 3 for m in Node))\nself.x[n] = max(self.x[m] for m in Node) + 1",
        (0, 3),
    ),
    "one counter behind another": (
        "x: Nat = 0; y: Nat = 0",
        "if self.y < 3:\n    self.y += 1\nrequire(self.x < self.y)\nself.x += 1",
        (0, 3),
    ),
    "what messages carry": (
        "x: Map[Node, Nat] = everywhere(0); sent: Set[Note]",
        "require(self.x[n] < 2)\nself.x[n] = max((s.time for s in self.sent if s.time < 2), default=0) + 1\n"
        "self.sent.add(Note(n, self.x[n]))",
        (0, 2),
    ),
    "a loop": ("x: Nat = 0", "total = 0\nfor m in Node:\n    total += 2\nself.x = total", (0, 4)),
    "a sum": ("x: int = 0; y: Map[Node, Range[0, 3]] = anything()", "self.x = sum(self.y[m] for m in Node)", (0, 6)),
    "a queue": (
        "x: int = 0; q: Seq[Nat, 2]",
        "if len(self.q) < 2:\n    self.q.append(7)\nelse:\n    self.x = self.q.pop(0)",
        (0, 7),
    ),
}

OPEN = {
    "nothing": ("x: Nat = 0", "self.x += 1"),
    "a guard that does not hold it": ("x: Nat = 0", "require(self.x != 3)\nself.x += 2"),
    "a guard of another entry": ("x: Map[Node, Nat] = everywhere(0)", "for m in Node:\n    self.x[m] += 1"),
    "a set counted by itself": ("x: Set[Nat]", "self.x.add(len(self.x))"),
    "a doubling": ("x: int = 1", "self.x *= -2"),
    "each the other": ("x: Nat = 0; y: Nat = 0", "self.x, self.y = self.y, self.x + 1"),
}


def instance_of(source: str, path: Path) -> Instance:
    (path / "counting.py").write_text(source)
    return instantiate(specify(load(f"{path / 'counting.py'}").cls))


def bounds(instance: Instance) -> dict[str, Interval | None]:
    with instance.active():
        return dict(inferred_bounds(compile_model(instance.specification), instance))


@pytest.mark.parametrize("name", BOUNDED)
def test_what_guards_keep_is_bounded(name: str, tmp_path: Path) -> None:
    variables, body, (low, high) = BOUNDED[name]
    instance = instance_of(model(variables, body), tmp_path)
    assert bounds(instance)["x"] == Interval(low, high)


@pytest.mark.parametrize("name", OPEN)
def test_what_nothing_keeps_is_not(name: str, tmp_path: Path, assay: Assay) -> None:
    instance = instance_of(model(*OPEN[name]), tmp_path)
    found = bounds(instance)["x"]
    assert found is not None
    assert not found.is_finite
    ran = assay("check", str(tmp_path / "counting.py"))
    assert ran.status == 2
    assert "x is a" in ran.err
    assert "as by require(" in ran.err


def held_in(instance: Instance, depth: int, most: int) -> dict[str, Interval | None]:
    """Return the hull of all numbers in the first states of an instance, found by the interpreter."""
    interpreter = Interpreter(instance)
    level: list[Frozen] = list(islice(interpreter.each_initial_state(), most))
    found = set(level)
    for _ in range(depth):
        after = [outcome for state in level for _, outcome in interpreter.attempts(state)]
        level = [s for s in dict.fromkeys(s for s in after if isinstance(s, tuple)) if s not in found][:most]
        found.update(level)
    names = interpreter.names
    hulls: dict[str, Interval | None] = dict.fromkeys(names)
    for state in found:
        thawed = interpreter.thaw(state)
        for name in names:
            hulls[name] = join(hulls[name], numbers_in(getattr(thawed, name)))
    return hulls


def assert_within(instance: Instance, depth: int = 4, most: int = 60) -> None:
    try:
        inferred = bounds(instance)
    except ModelError:
        return  # no structure satisfies its axioms, or its code fails at once
    with instance.active():
        for name, hull in held_in(instance, depth, most).items():
            assert join(inferred[name], hull) == inferred[name], f"{name}: {hull} is beyond {inferred[name]}"


@pytest.mark.parametrize("name", [*BOUNDED, *OPEN])
def test_no_reachable_number_is_beyond_what_is_inferred(name: str, tmp_path: Path) -> None:
    variables, body = (BOUNDED[name] if name in BOUNDED else OPEN[name])[:2]
    assert_within(instance_of(model(variables, body), tmp_path), depth=8)


@pytest.mark.parametrize("seed", [1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (0, *range(3, 12)))])
def test_nor_in_invented_models(seed: int, tmp_path: Path) -> None:
    reference = save(from_seed(seed), tmp_path, f"invented_{seed}")
    assert_within(instantiate(specify(load(reference).cls)), depth=2, most=20)


def test_a_search_that_guards_end_needs_no_limit(tmp_path: Path, assay: Assay) -> None:
    variables, body, _ = BOUNDED["what messages carry"]
    instance_of(model(variables, body), tmp_path)
    for engine in ("reference", "native"):
        ran = assay("check", str(tmp_path / "counting.py"), "--no-deadlock", "--engine", engine)
        assert ran.status == 0
        assert "exhaustive" in ran.out
