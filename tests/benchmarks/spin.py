"""Run SPIN on Promela source, and read what it counted.

SPIN verifies safety only (``-DSAFETY``), without partial order reduction (``-DNOREDUCE``), so that it
explores what the others explore, and with a hash table that the states fit into. Its time is its own,
without generating and compiling the verifier.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.benchmarks.figures import Figures

__all__ = ["available", "run_spin"]


def available() -> bool:
    """Tell whether SPIN and a C compiler are installed."""
    return shutil.which("spin") is not None and shutil.which("gcc") is not None


def run_spin(source: str, *, hash_bits: int, breadth_first: bool = False, memory_mib: int = 8192) -> Figures:
    """Verify a model exhaustively.

    Parameters
    ----------
    source : str
        Promela.
    hash_bits : int
        The hash table has ``2 ** hash_bits`` slots.
    breadth_first : bool
        Search breadth first, and not depth first, which is SPIN's way and faster.
    memory_mib : int
        Memory that it may take.
    """
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        verifier = build(directory, source, breadth_first=breadth_first, memory_mib=memory_mib)
        return verify(verifier, hash_bits)


def build(directory: Path, source: str, *, breadth_first: bool, memory_mib: int) -> Path:
    """Generate and compile the verifier."""
    (directory / "model.pml").write_text(source)
    subprocess.run(["spin", "-a", "model.pml"], cwd=directory, check=True, stdout=subprocess.DEVNULL)
    options = ["-O2", "-DSAFETY", "-DNOREDUCE", f"-DMEMLIM={memory_mib}", *(["-DBFS"] if breadth_first else [])]
    subprocess.run(["gcc", *options, "-w", "-o", "pan", "pan.c"], cwd=directory, check=True)
    return directory / "pan"


def verify(verifier: Path, hash_bits: int) -> Figures:
    """Run a verifier and read its report."""
    command = [str(verifier), f"-w{hash_bits}", "-m2000000"]
    report = subprocess.run(command, cwd=verifier.parent, check=True, capture_output=True, text=True).stdout
    return read_report(report)


def read_report(report: str) -> Figures:
    """Read SPIN's report, which rounds counts to eight digits; refuse one of a run that was cut short."""
    if "errors: 0" not in report or "Search not completed" in report or "too small" in report:
        raise ValueError(f"SPIN did not complete its search:\n{report}")
    distinct = _number(r"([\d.e+]+) states, stored", report)
    transitions = _number(r"([\d.e+]+) transitions", report)
    seconds = _number(r"elapsed time ([\d.]+) seconds", report)
    return Figures(int(distinct), int(transitions), seconds)  # an initial state counts as a transition


def _number(pattern: str, report: str) -> float:
    match = re.search(pattern, report)
    if match is None:
        raise ValueError(f"SPIN's report has no {pattern}:\n{report}")
    return float(match[1])
