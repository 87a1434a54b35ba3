"""Hold the readings of invented models against each other, for as long as one likes.

``python -m tests.generation engines 0 2000`` compares the two explorers on the models of these seeds,
``python -m tests.generation proofs 0 200`` what is proved with what an instance shows, and
``python -m tests.generation show 17`` prints the model of a seed. What is found is printed with its seed; the exit
status is 1 if something was.
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import sys
import tempfile
from pathlib import Path

from tests.generation.agreement import disagreement, false_proof, save
from tests.generation.invented import from_seed

LIMITS = ("--max-depth", "3", "--max-states", "3000", "--time-limit", "10s")
"""The same levels for both engines, so that the counts are comparable where a model is large."""

MEMORY = 6 << 30
"""Bytes of address space: what grows beyond them ends as a finding, and not with the machine."""


def _engines(seed: int, folder: Path) -> str | None:
    return disagreement(save(from_seed(seed), folder, f"invented_{seed}"), *LIMITS)


def _proofs(seed: int, folder: Path) -> str | None:
    model = from_seed(seed)
    path = save(model, folder, f"invented_{seed}")
    found = (false_proof(path, sizes, "--timeout", "2s") for sizes in (model.sizes, ()))
    return next((text for text in found if text is not None), None)


def _show(seed: int, _: Path) -> str | None:
    model = from_seed(seed)
    print(model.source, f"\n# apart:\n{model.apart}" if model.apart else "")
    return None


def main() -> int:
    """Run the comparison that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.generation", description=__doc__)
    parser.add_argument("what", choices=["engines", "proofs", "show"])
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int, nargs="?", help="the seed after the last")
    options = parser.parse_args()
    compare = {"engines": _engines, "proofs": _proofs, "show": _show}[options.what]
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    found = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.first, options.last or options.first + 1):
            text = compare(seed, Path(folder))
            if text is not None:
                found += 1
                print(f"seed {seed}: {text.strip()}\n", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
