"""The process in which one request is verified: ``python -m assay.checker.gate.worker LIFELINE``.

The request comes from standard input. Standard output carries empty lines, as signs of life, and finally one line,
the answer. What a model prints goes to standard error.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from assay.checker.changes.lifeline import end_with_the_parent
from assay.checker.changes.places import line_of
from assay.checker.errors import AssayError
from assay.checker.gate.dependencies import Watch
from assay.checker.gate.facts import ItemKind
from assay.checker.gate.requests import Answer, Refusal, Request, Verified
from assay.checker.verdicts import ExitStatus

__all__ = ["Verify", "main"]

Verify = Callable[[Request, Callable[[], None]], Iterator[Verified]]
"""Verifies a request item by item, and calls the given function from time to time as a sign of life."""

DEEPEST = 20_000
"""Recursion limit: an expression may be nested 200 levels deep, and each level takes many Python calls to compile."""

VERIFIERS = {
    ItemKind.MODEL: "assay.checker.gate.verifying.models",
    ItemKind.PROOF: "assay.proofs.gating.models",
    ItemKind.IMPLEMENTATION: "assay.checker.gate.verifying.implementations",
    ItemKind.QUORUM: "assay.proofs.gating.quorums",
}
"""For each kind, the module whose function `verify` is in charge; imported on demand."""


def main(line: int) -> None:
    """Verify the request on standard input and write the answer."""
    end_with_the_parent(line)
    said = os.dup(1)
    os.dup2(2, 1)  # what a model or its libraries print must not be taken for the answer
    sys.setrecursionlimit(DEEPEST)
    root = Path.cwd()
    sys.path += [str(root), str(root / "src")]
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=Request)
    answer = msgspec.json.encode(_answer(request, root, lambda: _say(said, b"")))
    _say(said, answer)


def _answer(request: Request, root: Path, is_alive: Callable[[], None]) -> Answer:
    watch, began = Watch(root), time.time()
    try:
        verified = []
        for one in _verifier(request)(request, is_alive):
            verified.append(one)
            is_alive()
    except AssayError as error:
        return Answer(refusal=_refusal(error))
    except (MemoryError, RecursionError) as error:
        return Answer(refusal=Refusal(f"{type(error).__name__}: nothing was decided", status=ExitStatus.UNKNOWN))
    dependencies = () if watch.has_changed_since(began) else watch.dependencies()
    return Answer(tuple(verified), dependencies)


def _verifier(request: Request) -> Verify:
    verify: Verify = importlib.import_module(VERIFIERS[ItemKind(request.kind)]).verify
    return verify


def _refusal(error: AssayError) -> Refusal:
    return Refusal(error.message, error.help, line_of(error.location), error.exit_status)


def _say(descriptor: int, words: bytes) -> None:
    """Write a whole line: os.write may stop short when the pipe is full."""
    left = memoryview(words + b"\n")
    while left:
        left = left[os.write(descriptor, left) :]


if __name__ == "__main__":
    main(int(sys.argv[1]))
