"""Follow one refuted obligation through `proofs/induction`: which modules it passes, and how often it comes back.

Usage: ``python -m tests.benchmarks.way [MODEL]``, with assay installed. Every call from one module to another is seen
by the interpreter's profiler while a model is proved: once as it is, and once more where no process can be forked,
since what a forked process calls is not seen. A path is a pair of modules of which one calls the other, however often;
a return is a path into a module that was called before.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from unittest.mock import patch

import assay.proofs
from assay.checker.language.loader import load
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model

INDUCTION = Path(assay.proofs.__path__[0]) / "induction"


def paths(work: Callable[[], object]) -> list[tuple[str, str]]:
    """Return the pairs of modules of which the first calls the second, in the order in which that is seen."""
    seen: dict[tuple[str, str], None] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and (callee := _module(frame)) and (caller := _caller(frame)) not in ("", callee):
            seen[caller, callee] = None

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return list(seen)


def _module(frame: FrameType) -> str:
    """Return the name of the module of the package that a frame is in, or nothing."""
    file = Path(frame.f_code.co_filename)
    return file.stem if file.parent == INDUCTION else ""


def _caller(frame: FrameType) -> str:
    """Return the module of the package that called, over what lies between."""
    outer = frame.f_back
    while outer is not None and not _module(outer):
        outer = outer.f_back
    return "" if outer is None else _module(outer)


@dataclass(frozen=True)
class CallPaths:
    """The paths that are taken while a model is proved, in their order."""

    paths: tuple[tuple[str, str], ...]

    @property
    def figures(self) -> tuple[int, int, int, int]:
        """How many modules, paths, returns, and pairs of modules that call each other."""
        modules = {module for path in self.paths for module in path}
        back = sum((second, first) in self.paths for first, second in self.paths) // 2
        return len(modules), len(self.paths), len(self.paths) - (len(modules) - 1), back


def call_paths(model: str = "consensus:ChoosesTwice") -> CallPaths:
    """Return the paths through the package while a model is proved."""
    specification = load(model).specification
    found = dict.fromkeys(paths(lambda: prove_model(specification, ProofOptions(workers=1))))
    with patch("multiprocessing.get_all_start_methods", return_value=["spawn"]):
        found.update(dict.fromkeys(paths(lambda: prove_model(specification, ProofOptions(workers=1)))))
    return CallPaths(tuple(found))


def report(found: CallPaths) -> str:
    """Return the paths, and their figures."""
    names = ("modules", "paths", "returns", "both ways")
    lines = [f"{first} -> {second}" for first, second in found.paths]
    return "\n".join([*lines, ", ".join(f"{n} {name}" for n, name in zip(found.figures, names, strict=True))])


if __name__ == "__main__":
    print(report(call_paths(*sys.argv[1:2])))
