"""Measure liveness beside TLC: two-phase commit under fairness, whose participants all learn what was decided.

Usage: ``python -m tests.benchmarks.liveness [PARTICIPANTS]``, from the root of the repository, with assay installed.
TLC is used if ``TLA2TOOLS_JAR`` names its jar and Java is there. Eight participants have 1.7 million states and 18.5
million steps, and take assay about 1.5 GiB.
"""

from __future__ import annotations

import sys
from time import process_time

from assay.checker.engine.explorers import Engine
from assay.checker.engine.limits import Limits
from assay.checker.language import Formula, leads_to, temporal, weak
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Options, check
from assay.checker.verdicts import Verdict
from assay.models.atomic_commit import Participant
from assay.models.two_phase_commit import Decision, TwoPhaseCommit

from tests.benchmarks.figures import Figures
from tests.benchmarks.tlc import available, run_two_phase_liveness

__all__ = ["Live", "main", "run_assay"]


class Live(TwoPhaseCommit):
    """Two-phase commit, in which every decision reaches everybody."""

    fairness = (weak("learn_commit", "learn_abort", each="p"), weak("decide_commit", "decide_abort"))

    @temporal
    def everybody_learns(self) -> Formula:
        return leads_to(self.decision is not Decision.NONE, all(self.has_decided(p) for p in Participant))


def run_assay(participants: int) -> Figures:
    """Check the model with its liveness, in processor time; compiled code is in the cache."""
    specification = specify(Live)
    small = instantiate(specification, {"Participant": 2})
    check(small, Options(Engine.NATIVE, Limits()))
    instance, began = instantiate(specification, {"Participant": participants}), process_time()
    result = check(instance, Options(Engine.NATIVE, Limits()))
    if result.verdict is not Verdict.HOLDS:
        raise RuntimeError(f"not as expected: {result.verdict.value}")
    return Figures(result.exploration.distinct, result.exploration.generated, process_time() - began)


def main(participants: int = 8) -> None:
    """Print the figures of both."""
    ours = run_assay(participants)
    print(f"assay: {ours.distinct:,} states, {ours.generated:,} generated, {ours.seconds:.1f} s")
    if not available():
        print("TLC: not here; TLA2TOOLS_JAR names its jar, and Java runs it")
        return
    theirs = run_two_phase_liveness(participants)
    print(f"TLC: {theirs.distinct:,} states, {theirs.generated:,} generated, {theirs.seconds:.1f} s")
    print(f"TLC / assay: {theirs.seconds / ours.seconds:.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
