"""Measure the native kernel beside SPIN: two-phase commit, in turn, so that both see the same machine.

Both are measured in processor time, which a busy machine distorts less than wall time.

Usage: ``python -m tests.benchmarks.run_kernel [PARTICIPANTS] [PAIRS]``, from the root of the repository.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from math import isclose
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import process_time

from assay.checker.engine.limits import Limits
from assay.checker.engine.native.search import search

from tests.benchmarks import spin
from tests.benchmarks.figures import Figures
from tests.benchmarks.promela.two_phase import two_phase
from tests.checker.engine.native.two_phase import INITIAL, two_phase_commit

HASH_BITS = {7: 20, 8: 22, 9: 24}


def run_native(participants: int) -> Figures:
    """Explore with the native kernel, checking the same invariant."""
    program = two_phase_commit(participants)
    search(program, INITIAL, check_deadlock=False, limits=Limits(depth=1))  # load or compile the kernel
    began = process_time()
    outcome = search(program, INITIAL, stop_on=0b01, check_deadlock=False)
    seconds = process_time() - began
    if outcome.stop or 0 in outcome.found:
        raise RuntimeError(f"not exhaustive: {outcome}")
    return Figures(outcome.distinct, outcome.generated, seconds)


def run_spin(verifier: Path, participants: int) -> Figures:
    """Run SPIN's verifier."""
    began = _of_children()
    figures = spin.verify(verifier, HASH_BITS.get(participants, 20))
    return replace(figures, seconds=_of_children() - began)


def _of_children() -> float:
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main(participants: int = 8, pairs: int = 5) -> None:
    """Print a row for each pair, and the median ratio."""
    with tempfile.TemporaryDirectory() as name:
        verifier = spin.build(Path(name), two_phase(participants), breadth_first=False, memory_mib=16384)
        ratios = [_pair(verifier, participants) for _ in range(pairs)]
    print(f"median ratio {median(ratios):.1f}")


def _pair(verifier: Path, participants: int) -> float:
    ours, theirs = run_native(participants), run_spin(verifier, participants)
    if not (isclose(ours.distinct, theirs.distinct) and isclose(ours.generated, theirs.generated, rel_tol=1e-7)):
        raise RuntimeError(f"the two count differently: {ours} and {theirs}")
    rows = (
        f"{name} {row.seconds:6.2f} s {row.rate / 1e6:6.1f} M/s" for name, row in (("native", ours), ("SPIN", theirs))
    )
    print("   ".join(rows))
    return theirs.seconds / ours.seconds


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
