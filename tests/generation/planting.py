"""Plant faults in the verifier, and count the invented models that bring each to light.

``python -m tests.generation.planting FAULTS COMPARISON FIRST LAST`` reads a TOML file with tables ``[[fault]]`` of a
``file`` of this tree, an ``old`` text that occurs in it once, and a ``new`` one. Each is planted in a copy of the tree,
where the comparison runs over the seeds. The first line is of the tree as it is, in which nothing should be found: a
fault counts for something only beside that. A fault that few seeds bring to light is one that the generators are to be
widened for.
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
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Fault", "copied", "plant"]

ROOT = Path(__file__).parents[2]
PACKAGES = ("checker", "impl", "models", "proofs")


@dataclass(frozen=True)
class Fault:
    """A text of one file, and what stands there instead."""

    file: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.file}: {self.new.strip().splitlines()[0] if self.new.strip() else 'nothing'}"


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


def found(fault: Fault | None, comparison: str, first: int, last: int) -> str:
    """Return how many seeds find something in a copy of the tree that has a fault, if there is one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site = copied(folder)
        if fault is not None:
            plant(fault, folder)
        environment = {**os.environ, "PYTHONPATH": str(site), "ASSAY_CACHE_DIR": str(folder / "cache")}
        command = [sys.executable, "-m", "tests.generation", comparison, str(first), str(last)]
        run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    counted = re.search(r"(\d+) of \d+ seeds, (\d+) found\n\Z", run.stdout)
    return f"{counted[2]} of {counted[1]}" if counted else f"did not run: {run.stderr.strip().splitlines()[-1:]}"


def main() -> None:
    """Plant each fault of a file, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.generation.planting", description=__doc__)
    parser.add_argument("faults", type=Path)
    parser.add_argument("comparison")
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    options = parser.parse_args()
    faults = [Fault(**each) for each in tomllib.loads(options.faults.read_text(encoding="utf-8"))["fault"]]
    for fault in (None, *faults):
        counted = found(fault, options.comparison, options.first, options.last)
        print(f"| {fault or 'none'} | {options.comparison} | {counted} |", flush=True)


if __name__ == "__main__":
    main()
