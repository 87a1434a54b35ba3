"""Measure liveness beside TLC: of two-phase commit, with and without crashes, and of ZooKeeper's lock.

Usage: ``python -m tests.benchmarks.liveness [--jar JAR] [CASE...]``, from the root of the repository, with assay
installed. Both check the same invariant and the same property under the same fairness, and must count the same states
and steps. TLC is used if Java is there and its jar is given, by the option or by ``TLA2TOOLS_JAR``; one worker each.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import process_time

from assay.checker.engine.explorers import Engine
from assay.checker.engine.limits import Limits
from assay.checker.language import Formula, Model, leads_to, temporal, weak
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.language.kinds import Kind
from assay.checker.properties.check import Options, check
from assay.checker.verdicts import Verdict
from assay.models.atomic_commit import Participant
from assay.models.lock import Lock
from assay.models.two_phase_commit import Decision, TwoPhaseCommit, TwoPhaseCommitWithCrashes

from tests.benchmarks import tlc
from tests.benchmarks.figures import Figures

__all__ = ["CASES", "Case", "Live", "main", "run_assay"]


_SYSTEM = (Kind.ACTION, Kind.INITIAL, Kind.TERMINAL)
"""What a model is, as opposed to what is claimed of it."""


class Live(TwoPhaseCommit):
    """Two-phase commit, in which every decision reaches everybody."""

    fairness = (weak("learn_commit", "learn_abort", each="p"), weak("decide_commit", "decide_abort"))

    @temporal
    def everybody_learns(self) -> Formula:
        return leads_to(self.decision is not Decision.NONE, all(self.has_decided(p) for p in Participant))


@dataclass(frozen=True)
class Case:
    """A model, what is asked of it, and the same for TLC.

    Attributes
    ----------
    model : type of Model
        The model.
    claims : tuple of str
        The properties that are checked, and no others.
    settings : mapping from str to int
        The instance.
    tlc : callable
        Runs TLC.
    """

    model: type[Model]
    claims: tuple[str, ...]
    settings: Mapping[str, int]
    tlc: Callable[[], Figures]

    def instance(self) -> Instance:
        """Return the instance, about these claims alone."""
        specification = specify(self.model)
        asked = tuple(m for m in specification.methods if m.kind in _SYSTEM or m.name in self.claims)
        return instantiate(specification, self.settings).about(replace(specification, methods=asked))

    def __str__(self) -> str:
        return f"{self.model.__name__} {' '.join(f'{name}={value}' for name, value in self.settings.items())}"


def two_phase(participants: int) -> Case:
    """Return two-phase commit under fairness."""
    run = partial(tlc.run_two_phase_liveness, participants)
    return Case(Live, ("atomicity", "everybody_learns"), {"Participant": participants}, run)


def with_crashes(participants: int) -> Case:
    """Return two-phase commit with crashes, where the coordinator returns."""
    claims = ("atomicity", "who_voted_learns_the_decision")
    run = partial(tlc.run_crashes_liveness, participants)
    return Case(TwoPhaseCommitWithCrashes, claims, {"Participant": participants}, run)


def lock(clients: int, serials: int) -> Case:
    """Return ZooKeeper's lock, with a bounded number of serial numbers."""
    claims = ("one_holder_is_connected", "whoever_waits_gets_the_lock")
    settings = {"Client": clients, "Serial": serials}
    return Case(Lock, claims, settings, partial(tlc.run_lock_liveness, clients, serials))


CASES = {
    "two-phase": two_phase(8),
    "two-phase-with-crashes": with_crashes(5),
    "lock": lock(3, 4),
    "two-phase-10-million": two_phase(9),
}
"""What can be measured; the last one takes 5 GiB, and TLC more, so it is measured only where it is named."""


def run_assay(case: Case) -> Figures:
    """Check a case natively, in processor time; compiled code is in the cache."""
    check(case.instance(), Options(Engine.NATIVE, Limits(depth=1)))
    instance, began = case.instance(), process_time()
    result = check(instance, Options(Engine.NATIVE, Limits()))
    if result.verdict is not Verdict.HOLDS:
        raise RuntimeError(f"{case} is not as expected: {result.verdict.value}")
    return Figures(result.exploration.distinct, result.exploration.generated, process_time() - began)


def main(cases: Sequence[Case]) -> None:
    """Print the figures of both.

    Raises
    ------
    RuntimeError
        If they count different states or steps: then they have not done the same work.
    """
    for case in cases:
        ours = run_assay(case)
        print(f"{case}\n  assay: {_described(ours)}", flush=True)
        if not tlc.available():
            print("  TLC: not here; --jar or TLA2TOOLS_JAR names its jar, and Java runs it")
            continue
        theirs = case.tlc()
        if (theirs.distinct, theirs.generated) != (ours.distinct, ours.generated):
            raise RuntimeError(f"{case}: counted differently: {ours} and {theirs}")
        print(f"  TLC: {_described(theirs)}\n  TLC / assay: {theirs.seconds / ours.seconds:.0f}", flush=True)


def _described(figures: Figures) -> str:
    return f"{figures.distinct:,} states, {figures.generated:,} generated, {figures.seconds:.1f} s"


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.liveness", description=__doc__)
    parser.add_argument("--jar", help="where TLC is")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; by default all but the last")
    return parser.parse_args()


if __name__ == "__main__":
    asked = _parsed()
    if asked.jar is not None:
        os.environ["TLA2TOOLS_JAR"] = asked.jar
    main([CASES[name] for name in asked.cases or list(CASES)[:-1]])
