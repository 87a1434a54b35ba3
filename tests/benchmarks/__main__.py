"""Measure assay beside SPIN and TLC, on the same models, in turn.

Usage: ``python -m tests.benchmarks [PAIRS]``, from the root of the repository, with assay installed. SPIN is used if
``spin`` and ``gcc`` are there, TLC if ``TLA2TOOLS_JAR`` points to it. The report is Markdown, on standard output.

Rates are in processor time, which a busy machine distorts less than wall time, and the two that are compared run
one right after the other; each figure is the median.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isclose
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

from tests.benchmarks import spin, tlc
from tests.benchmarks.figures import Figures
from tests.benchmarks.ours import Case, bytes_a_state, run_assay, seconds_to_verdict
from tests.benchmarks.promela.paxos import paxos
from tests.benchmarks.promela.two_phase import two_phase


@dataclass(frozen=True)
class Row:
    """A case, and the same model for the others.

    Attributes
    ----------
    case : Case
        For assay.
    promela : str
        For SPIN.
    hash_bits : int
        The logarithm of the slots of SPIN's hash table: a little more than there are states.
    tlc : callable
        Runs TLC.
    same_steps : bool
        Whether the models have the same steps, and not only the same states.
    """

    case: Case
    promela: str
    hash_bits: int
    tlc: Callable[[], Figures]
    same_steps: bool


def rows() -> list[Row]:
    """Return what is measured."""
    two_phase_commit = [
        Row(
            Case("two_phase_commit", "TwoPhaseCommit", {"Participant": participants}),
            two_phase(participants),
            {8: 22, 9: 24}.get(participants, 20),
            lambda participants=participants: tlc.run_two_phase(participants),  # type: ignore[misc]
            same_steps=True,
        )
        for participants in (3, 7, 8, 9)
    ]
    small = {"Acceptor": 3, "Ballot": 3, "Value": 2}
    single = Row(Case("paxos", "Paxos", small), paxos(3), 20, lambda: tlc.run_single_decree(3), same_steps=False)
    return [*two_phase_commit, single]


_COLUMNS = ("model", "states", "generated", "M generated/s", "M states/s", "bytes/state", "verdict, s")
_COLUMNS += ("SPIN / assay", "TLC / assay")
_EXPLANATION = """\
assay: the library's models with all their properties, in processor time of the exploration; the verdict in wall time
of the whole command, with compiled code in the cache. SPIN: depth first, -O2 -DSAFETY -DNOREDUCE, the invariant as an
assertion, messages as bit masks. TLC: one worker. The last two columns are ratios of times, the runs in turn."""


def main(pairs: int = 3) -> None:
    """Print the report."""
    print(f"{platform.machine()}, {_processor()}, Python {platform.python_version()}, {os.cpu_count()} cores\n")
    print(f"| {' | '.join(_COLUMNS)} |")
    print("|---" * len(_COLUMNS) + "|")
    for row in rows():
        print(_line(row, pairs), flush=True)
    print()
    print(_EXPLANATION)


def _line(row: Row, pairs: int) -> str:
    runs, by_spin, by_tlc = [], [], []
    for _ in range(pairs):
        runs.append(run_assay(row.case))
        if spin.available():
            by_spin.append(_compared(runs[-1], _run_spin(row), row) / runs[-1].seconds)
    if tlc.available():
        by_tlc.append(_compared(runs[-1], row.tlc(), row) / runs[-1].seconds)
    ours = sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]
    verdict = median(seconds_to_verdict(row.case) for _ in range(pairs))
    cells = [
        str(row.case),
        f"{ours.distinct:,}",
        f"{ours.generated:,}",
        f"{ours.rate / 1e6:.1f}",
        f"{ours.distinct / ours.seconds / 1e6:.2f}",
        f"{bytes_a_state(row.case):.1f}",
        f"{verdict:.2f}",
        *(f"{median(ratios):.1f}" if ratios else "-" for ratios in (by_spin, by_tlc)),
    ]
    return f"| {' | '.join(cells)} |"


def _compared(ours: Figures, theirs: Figures, row: Row) -> float:
    """Return the other's time, after making sure that it did the same work."""
    same = isclose(ours.distinct, theirs.distinct, rel_tol=1e-6)
    if row.same_steps:
        same = same and isclose(ours.generated, theirs.generated, rel_tol=1e-6)
    if not same:
        raise RuntimeError(f"{row.case}: counted differently: {ours} and {theirs}")
    return theirs.seconds


def _run_spin(row: Row) -> Figures:
    with tempfile.TemporaryDirectory() as name:
        verifier = spin.build(Path(name), row.promela, breadth_first=False, memory_mib=16384)
        began = _of_children()
        figures = spin.verify(verifier, row.hash_bits)
        return replace(figures, seconds=_of_children() - began)


def _of_children() -> float:
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
