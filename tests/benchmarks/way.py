"""Follow one refuted obligation through `proofs/induction`: which modules it passes, and how often it comes back.

Usage: ``python -m tests.benchmarks.way [MODEL]``, with assay installed. Every call from one module to another is seen
by the interpreter's profiler while a model is proved in one process. A path is a pair of modules of which one calls
the other, however often; a return is a path into a module where the way has been before.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import assay.proofs
from assay.checker.language.loader import load
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model

ROOM = Path(assay.proofs.__path__[0]) / "induction"


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
    """Return the name of the module of the room that a frame is in, or nothing."""
    file = Path(frame.f_code.co_filename)
    return file.stem if file.parent == ROOM else ""


def _caller(frame: FrameType) -> str:
    """Return the module of the room that called, over what lies between."""
    outer = frame.f_back
    while outer is not None and not _module(outer):
        outer = outer.f_back
    return "" if outer is None else _module(outer)


def report(model: str) -> str:
    """Return the way through the room when a model is proved."""
    specification = load(model).specification
    found = paths(lambda: prove_model(specification, ProofOptions(workers=1)))
    modules = dict.fromkeys(module for path in found for module in path)
    back = sum((second, first) in found for first, second in found) // 2
    lines = [f"{first} -> {second}" for first, second in found]
    returns = len(found) - (len(modules) - 1)
    return "\n".join([*lines, f"{len(modules)} modules, {len(found)} paths, {returns} returns, {back} both ways"])


if __name__ == "__main__":
    print(report(sys.argv[1] if len(sys.argv) > 1 else "consensus:ChoosesTwice"))
