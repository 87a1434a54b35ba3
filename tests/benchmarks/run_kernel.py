"""Measure the native kernel beside SPIN: two-phase commit, in turn, so that both see the same machine.

Usage: ``python -m tests.benchmarks.run_kernel [PARTICIPANTS] [PAIRS]``, from the root of the repository.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median

from assay.checker.engine.native.search import search

from tests.benchmarks import spin
from tests.benchmarks.figures import Figures
from tests.benchmarks.promela.two_phase import two_phase
from tests.checker.engine.native.two_phase import INITIAL, two_phase_commit

HASH_BITS = {7: 20, 8: 22, 9: 24}


def run_native(participants: int) -> Figures:
    """Explore with the native kernel, checking the same invariant."""
    outcome = search(two_phase_commit(participants), INITIAL, stop_on=0b01, check_deadlock=False)
    if outcome.stop or 0 in outcome.found:
        raise RuntimeError(f"not exhaustive: {outcome}")
    return Figures(outcome.distinct, outcome.generated, outcome.seconds)


def main(participants: int = 8, pairs: int = 5) -> None:
    """Print a row for each pair, and the medians."""
    with tempfile.TemporaryDirectory() as name:
        source = two_phase(participants)
        verifier = spin.build(Path(name), source, breadth_first=False, memory_mib=16384)
        rows = []
        for _ in range(pairs):
            ours, theirs = run_native(participants), spin.verify(verifier, HASH_BITS.get(participants, 20))
            if (ours.distinct, ours.generated) != (theirs.distinct, theirs.generated):
                raise RuntimeError(f"the two count differently: {ours} and {theirs}")
            rows.append((ours, theirs))
            print(f"native {ours.seconds:6.2f} s {ours.rate / 1e6:6.1f} M/s   ", end="")
            print(f"SPIN {theirs.seconds:6.2f} s {theirs.rate / 1e6:6.1f} M/s")
    ratio = median(theirs.seconds / ours.seconds for ours, theirs in rows)
    print(f"{rows[0][0].generated:,} generated, {rows[0][0].distinct:,} distinct; median ratio {ratio:.1f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
