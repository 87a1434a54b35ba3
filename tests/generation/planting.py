"""Plant faults in the verifier, and count the invented models that bring each to light.

``python -m tests.generation.planting FIRST LAST`` plants each fault of the catalogue, `faults.toml`, in a copy of the
tree, where the comparison that is to find it runs over the seeds. The first line of a comparison is of the tree as it
is, in which nothing should be found: a fault counts for something only beside that. A fault that few seeds bring to
light is one that the generators are to be widened for. With ``--until-found`` a table takes a fraction of the time:
*1 of 3* then says that the third seed was the first to find the fault.

A catalogue is a TOML file with tables ``[[fault]]``: what the fault means for a user (``said``), the ``comparison``, a
``file`` of this tree, an ``old`` text that occurs in it once, and a ``new`` one.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CATALOGUE", "Fault", "catalogue", "copied", "plant"]

ROOT = Path(__file__).parents[2]
CATALOGUE = Path(__file__).with_name("faults.toml")
PATIENCE = 3600
"""Seconds for the seeds of one fault."""

PACKAGES = ("checker", "impl", "models", "proofs")


@dataclass(frozen=True)
class Fault:
    """A text of one file, and what stands there instead; what that means, and the comparison that is to find it."""

    file: str
    old: str
    new: str
    said: str = ""
    comparison: str = ""

    def __str__(self) -> str:
        first = self.new.strip().splitlines()[0] if self.new.strip() else "nothing"
        return self.said or f"{self.file}: {first}"


def catalogue(path: Path = CATALOGUE) -> list[Fault]:
    """Return the faults of a file."""
    return [Fault(**each) for each in tomllib.loads(path.read_text(encoding="utf-8"))["fault"]]


def copied(folder: Path) -> Path:
    """Copy the packages and the tests; return what has to be on the path of modules for `assay` to be the copy."""
    for name in (*PACKAGES, "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    package = folder / "site" / "assay"
    package.mkdir(parents=True)
    for name in PACKAGES:
        (package / name).symlink_to(folder / name)
    return package.parent


def plant(fault: Fault, folder: Path) -> None:
    """Put a fault into a copy.

    Raises
    ------
    ValueError
        If its old text does not occur exactly once.
    """
    path = folder / fault.file
    text = path.read_text(encoding="utf-8")
    if text.count(fault.old) != 1:
        raise ValueError(f"{fault.file}: the text occurs {text.count(fault.old)} times, not once: {fault.old}")
    path.write_text(text.replace(fault.old, fault.new), encoding="utf-8")


def found(fault: Fault | None, comparison: str, seeds: Sequence[str], cache: str) -> str:
    """Return how many seeds find something in a copy of the tree that has a fault, if there is one.

    What is compiled is kept in one folder for all faults: it is found by the code that it was made from.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site = copied(folder)
        try:
            if fault is not None:
                plant(fault, folder)
        except ValueError as error:
            return f"not planted: {error}"
        environment = {**os.environ, "PYTHONPATH": str(site), "ASSAY_CACHE_DIR": cache}
        command = [sys.executable, "-m", "tests.generation", comparison, *seeds]
        try:
            run = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
            )
        except subprocess.TimeoutExpired:  # some faults show in that a search has no end
            return f"no end within {PATIENCE} seconds"
    counted = re.search(r"(\d+) of \d+ seeds, (\d+) found\n\Z", run.stdout)
    return f"{counted[2]} of {counted[1]}" if counted else f"did not run: {run.stderr.strip().splitlines()[-1:]}"


def _chosen(faults: Sequence[Fault], options: argparse.Namespace) -> list[tuple[Fault | None, str]]:
    """Return what to plant for which comparison: first nothing, for each comparison."""
    kept = [fault for fault in faults if options.only in str(fault)]
    pairs: list[tuple[Fault | None, str]] = [(fault, options.comparison or fault.comparison) for fault in kept]
    return [*((None, name) for name in dict.fromkeys(name for _, name in pairs)), *pairs]


def main() -> None:
    """Plant each fault of a catalogue, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.generation.planting", description=__doc__)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int, help="the seed after the last")
    parser.add_argument("--faults", type=Path, default=CATALOGUE, help="another catalogue")
    parser.add_argument("--comparison", default="", help="run this one, whichever a fault names")
    parser.add_argument("--only", default="", help="plant the faults in whose words this occurs")
    parser.add_argument("--until-found", action="store_true", help="of each fault, run the seeds up to the first find")
    options = parser.parse_args()
    seeds = [str(options.first), str(options.last), *(["--until-found"] if options.until_found else [])]
    with tempfile.TemporaryDirectory() as cache:
        for fault, comparison in _chosen(catalogue(options.faults), options):
            counted = found(fault, comparison, seeds, cache)
            print(f"| {fault or 'none'} | {comparison} | {counted} |", flush=True)


if __name__ == "__main__":
    main()
