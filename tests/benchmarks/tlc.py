"""Run TLC on our TLA+ modules, where ``TLA2TOOLS_JAR`` says where it is, and read what it counted."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.benchmarks.figures import Figures

__all__ = [
    "available",
    "run_crashes_liveness",
    "run_lock_liveness",
    "run_single_decree",
    "run_tlc",
    "run_two_phase",
    "run_two_phase_liveness",
]

MODULES = Path(__file__).parent / "tla"
_HOURS_MINUTES_SECONDS = re.compile(r"Finished in (?:(\d+)h )?(?:(\d+)min )?(\d+)s")

_COUNTS = re.compile(r"^(\d+) states generated, (\d+) distinct states found, 0 states left on queue", re.MULTILINE)
"""What a run ends with. The last line of progress may say the same, with commas in the numbers and before a date."""


def available() -> bool:
    """Tell whether Java and TLC are there."""
    return shutil.which("java") is not None and Path(os.environ.get("TLA2TOOLS_JAR", "")).is_file()


def run_two_phase(participants: int, workers: int = 1) -> Figures:
    """Check two-phase commit."""
    constants = {"RM": _set("r", participants)}
    return run_tlc("TwoPhase", constants, "Atomicity", workers)


def run_two_phase_liveness(participants: int, workers: int = 1) -> Figures:
    """Check two-phase commit under fairness, with its liveness."""
    constants = {"RM": _set("r", participants)}
    return run_tlc("TwoPhase", constants, "Atomicity", workers, specification="LiveSpec", temporal="EverybodyLearns")


def run_crashes_liveness(participants: int, workers: int = 1) -> Figures:
    """Check two-phase commit with crashes under fairness, with its liveness."""
    return run_tlc(
        "TwoPhaseWithCrashes",
        {"RM": _set("r", participants)},
        "Atomicity",
        workers,
        specification="LiveSpec",
        temporal="WhoVotedLearnsTheDecision",
    )


def run_lock_liveness(clients: int, serials: int, workers: int = 1) -> Figures:
    """Check ZooKeeper's lock under fairness, with its liveness."""
    return run_tlc(
        "ZooKeeperLock",
        {"Client": _set("c", clients), "Serials": str(serials)},
        "OneHolderIsConnected",
        workers,
        specification="LiveSpec",
        temporal="WhoeverWaitsGetsTheLock",
    )


def run_single_decree(ballots: int, workers: int = 1) -> Figures:
    """Check single-decree Paxos with three acceptors and two values."""
    constants = {"Acceptor": _set("a", 3), "Value": _set("v", 2), "Ballots": str(ballots)}
    return run_tlc("SingleDecree", constants, "Agreement", workers)


def _set(letter: str, size: int) -> str:
    return "{" + ", ".join(f"{letter}{number}" for number in range(1, size + 1)) + "}"


def run_tlc(
    module: str,
    constants: dict[str, str],
    invariant: str,
    workers: int,
    *,
    specification: str = "Spec",
    temporal: str = "",
) -> Figures:
    """Check one module exhaustively.

    Parameters
    ----------
    module : str
        Its name.
    constants : dict from str to str
        What its constants are, in TLA+.
    invariant : str
        The invariant.
    workers : int
        Threads.
    specification : str
        The formula that is checked.
    temporal : str
        A temporal property, if one is.
    """
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        shutil.copy(MODULES / f"{module}.tla", directory)
        assignments = "".join(f"CONSTANT {constant} = {value}\n" for constant, value in constants.items())
        asked = f"SPECIFICATION {specification}\nINVARIANT {invariant}\n"
        asked += f"PROPERTY {temporal}\n" if temporal else ""
        (directory / f"{module}.cfg").write_text(asked + assignments)
        command = ["java", "-XX:+UseParallelGC", "-cp", os.environ["TLA2TOOLS_JAR"], "tlc2.TLC"]
        options = ["-workers", str(workers), "-deadlock", module]
        report = subprocess.run([*command, *options], cwd=directory, check=False, capture_output=True, text=True)
        return read_report(report.stdout + report.stderr)


def read_report(report: str) -> Figures:
    """Read TLC's report; refuse one of a run that found an error."""
    counts = _COUNTS.search(report)
    elapsed = _HOURS_MINUTES_SECONDS.search(report)
    if counts is None or elapsed is None or "No error has been found" not in report:
        raise ValueError(f"TLC did not complete its search:\n{report}")
    hours, minutes, seconds = (int(part or 0) for part in elapsed.groups())
    return Figures(int(counts[2]), int(counts[1]), 3600 * hours + 60 * minutes + seconds)
