"""Measure refinement in machine code beside the interpreter, on models of the library, with the same states and steps.

Usage: ``python -m tests.benchmarks.refinement``, from the root of the repository, with assay installed. Processor time
of judging what is explored already, as Markdown; compiled code is in the cache.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import process_time

from assay.checker.engine.explorers import Engine, Search, explore
from assay.checker.engine.limits import Limits
from assay.checker.language import Model
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.refinement import judge_refinements
from assay.checker.verdicts import Verdict
from assay.models.lock import Lock
from assay.models.multi_paxos import MultiPaxos
from assay.models.paxos import PaxosAsVoting
from assay.models.versioned_register import VersionedRegisterForetold

__all__ = ["CASES", "Case", "main", "measured"]


@dataclass(frozen=True)
class Case:
    """A model that implements another one, and its instance."""

    model: type[Model]
    settings: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join((self.model.__name__, *(f"{name}={value}" for name, value in self.settings.items())))


CASES = (Case(PaxosAsVoting), Case(MultiPaxos), Case(VersionedRegisterForetold), Case(Lock, {"Client": 3, "Serial": 3}))


def measured(case: Case) -> tuple[int, float, float]:
    """Return how many states there are, and the seconds by the interpreter and by machine code.

    Raises
    ------
    RuntimeError
        If a refinement does not hold, either way.
    """
    instance = instantiate(specify(case.model), case.settings)
    with instance.active():
        found = explore(instance, Search(Limits(), keep_going=True, deadlock=False), Engine.NATIVE)
        assert found.behaviours is not None
        behaviours = found.behaviours()
        seconds = []
        for few in (-1, 1 << 62, -1):  # the first one only fills the cache
            began = process_time()
            judged = [result.verdict for result in judge_refinements(instance, found, behaviours, few=few)]
            seconds.append(process_time() - began)
            if set(judged) != {Verdict.HOLDS}:
                raise RuntimeError(f"{case} is not as expected: {judged}")
    return found.distinct, seconds[1], seconds[2]


def main() -> None:
    """Print a line for each model."""
    print("| model | states | interpreter, s | machine code, s | ratio |\n| --- | ---: | ---: | ---: | ---: |")
    for case in CASES:
        states, slow, fast = measured(case)
        print(f"| {case} | {states:,} | {slow:.2f} | {fast:.2f} | {slow / fast:.0f} |", flush=True)


if __name__ == "__main__":
    main()
