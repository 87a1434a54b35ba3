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
from tests.generation.invented import from_seed

__all__ = ["structured_differently"]

MOST = 3000
"""Structures up to which all are tried."""


def structured_differently(seed: int, folder: Path) -> str | None:
    """Compare the structures of a model with those that brute force finds; return what differs, or None."""
    path = save(from_seed(seed), folder, f"structured_{seed}")
    try:
        instance = instantiate(load(path).specification, {})
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
