"""Run assay on its own library's models, and read what it counted."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter, process_time

from assay.checker.engine.limits import Limits
from assay.checker.engine.native.explorer import CompiledInstance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify

from tests.benchmarks.figures import Figures

__all__ = ["Case", "bytes_a_state", "run_assay", "seconds_to_verdict"]


@dataclass(frozen=True)
class Case:
    """A model of the library and an instance of it.

    Attributes
    ----------
    module, cls : str
        Where the model is: ``assay.models.{module}``, and its class.
    settings : mapping from str to int
        The instance.
    """

    module: str
    cls: str
    settings: Mapping[str, int]

    def __str__(self) -> str:
        return f"{self.module} {' '.join(f'{name}={value}' for name, value in self.settings.items())}"

    def compiled(self) -> CompiledInstance:
        """Return the instance, to be compiled when it is first used."""
        model = getattr(importlib.import_module(f"assay.models.{self.module}"), self.cls)
        return CompiledInstance(instantiate(specify(model), self.settings))


def run_assay(case: Case) -> Figures:
    """Explore exhaustively with the native explorer, all properties checked, in processor time."""
    compiled = case.compiled()
    with compiled.instance.active():
        compiled.search(Limits(depth=1))  # load or compile
        began = process_time()
        outcome = compiled.search(Limits())
        seconds = process_time() - began
    if outcome.stop is not None:
        raise RuntimeError(f"not exhaustive: {outcome.stop}")
    return Figures(outcome.distinct, outcome.generated, seconds)


def bytes_a_state(case: Case) -> float:
    """Return the bytes that the explorer holds for each state at its peak."""
    compiled = case.compiled()
    with compiled.instance.active():
        outcome = compiled.search(Limits())
    return outcome.memory / outcome.distinct


def seconds_to_verdict(case: Case) -> float:
    """Return the wall time of the whole command ``assay check``, with compiled code in the cache."""
    settings = [f"{name}={value}" for name, value in case.settings.items()]
    command = [sys.executable, "-m", "assay.checker.cli", "check", case.module, "--set", *settings]
    began = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"})
    return perf_counter() - began
