"""The structures of instances beside all that there are: each is tried, and each axiom is asked about all of it."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

from assay.checker.errors import AssayError, ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.kinds import Kind
from assay.checker.language.loader import load
from assay.checker.properties.check import demand_axioms

from tests.generation.agreement import save
from tests.generation.choices import Seeded
from tests.generation.invented import from_seed
from tests.generation.protocols import HEAD

__all__ = ["structured_differently"]

MOST = 3000
"""Structures up to which all are tried."""

MODEL = """

class Chosen(Model):
    default = {"Node": 2}
    ring: Function[Node, Node]
    mood: Function[Node, Phase]
    near: Relation[Node, Node]
    chief: Parameter[Node]
    up: bool = False

    @action
    def rise(self, n: Node) -> None:
        self.up = True
"""

AXIOMS = {
    "": (
        "any(self.ring[k] == self.chief for k in Node)", "self.mood[self.chief] == Phase.DONE",
        "sum(1 for k in Node if self.mood[k] == Phase.IDLE) == 1", "(self.chief, self.chief) not in self.near",
        "len({self.mood[k] for k in Node}) > 1 or self.ring[self.chief] == self.chief",
    ),
    ", n: Node": (
        "self.ring[n] != n", "self.ring[self.ring[n]] == n", "self.mood[n] != self.mood[self.ring[n]]",
        "(n, self.ring[n]) in self.near", "n == self.chief or (self.chief, n) in self.near",
        "self.mood[n] != Phase.READY or self.ring[n] == self.chief",
        "all((n, k) in self.near or self.ring[k] == n for k in Node)",
    ),
    ", n: Node, m: Node": (
        "n == m or not ((n, m) in self.near and (m, n) in self.near)", "self.ring[n] != self.ring[m] or n == m",
        "(n, m) not in self.near or self.mood[n] == self.mood[m]", "(n, m) in self.near or self.ring[m] != n",
    ),
}  # fmt: skip
"""What may be claimed of the structure, by the parameters of the axiom."""


def _saved(seed: int, folder: Path) -> str:
    """Write the model of a seed: every other one is about nothing but its structure."""
    if seed % 2:
        return save(from_seed(seed), folder, f"structured_{seed}")
    choices, path = Seeded(seed), folder / f"structured_{seed}.py"
    lines = [HEAD, MODEL]
    for index in range(choices.number(1, 3)):
        signature = choices.pick([*AXIOMS])
        lines += ["    @axiom", f"    def fact_{index}(self{signature}) -> bool:"]
        lines += [f"        return {choices.pick(AXIOMS[signature])}", ""]
    path.write_text("\n".join(lines))
    return f"{path}:Chosen"


def structured_differently(seed: int, folder: Path) -> str | None:
    """Compare the structures of a model with those that brute force finds; return what differs, or None."""
    try:
        instance = instantiate(load(_saved(seed, folder)).specification, {})
    except AssayError:  # no model of the language
        return None
    if not instance.specification.of(Kind.AXIOM):
        return None
    with instance.active():
        return _differing(instance)


def _differing(instance: Instance) -> str | None:
    structure = instance.specification.structure
    universes = [instance.universe(variable.type) for variable in structure]
    if math.prod(map(len, universes)) > MOST:
        return None
    every = [dict(zip((v.name for v in structure), values, strict=True)) for values in itertools.product(*universes)]
    try:
        wanted = [each for each in every if _is_allowed(instance, each)]
    except ModelError:  # an axiom that raises somewhere need not be asked there
        return None
    try:
        demand_axioms(instance)
        found = Interpreter(instance).structures
    except ModelError as error:
        return f"{len(wanted)} of {len(every)} structures are allowed, but {error.message}" if wanted else None
    if sorted(map(repr, found)) != sorted(map(repr, wanted)):
        return f"{len(found)} structures are found, {len(wanted)} of {len(every)} are allowed"
    return None


def _is_allowed(instance: Instance, structure: dict[str, Any]) -> bool:
    """Return whether all axioms are true of a structure, in a state of which nothing else is asked."""
    interpreter = Interpreter(instance)
    thawed = interpreter.thaw(tuple(structure.get(name) for name in interpreter.names))
    return all(interpreter.truth(axiom, thawed) for axiom in instance.specification.of(Kind.AXIOM))
