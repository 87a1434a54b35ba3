"""The process in which one request is verified: ``python -m assay.checker.gate.worker LIFELINE``.

The request comes from standard input. What is said on standard output is empty lines, as signs of life, and in the
end one line: the answer. What a model prints goes to standard error.
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
from assay.checker.gate.facts import Kind
from assay.checker.gate.requests import Answer, Refusal, Request, Verified
from assay.checker.verdicts import ExitStatus

__all__ = ["Verify", "main"]

Verify = Callable[[Request, Callable[[], None]], Iterator[Verified]]
"""Verifies what is asked for, item by item; it calls what it is given as a sign of life, from time to time."""

DEEPEST = 20_000
"""Calls in each other: what a property says may be nested 200 levels deep, and is written down part by part."""

VERIFIERS = {
    Kind.MODEL: "assay.checker.gate.verifying.models",
    Kind.PROOF: "assay.proofs.gating.models",
    Kind.IMPLEMENTATION: "assay.checker.gate.verifying.implementations",
    Kind.QUORUM: "assay.proofs.gating.quorums",
}
"""Who verifies what: modules with a function `verify`, imported when they are needed."""


def main(line: int) -> None:
    """Verify what standard input asks for, and say what was found."""
    end_with_the_parent(line)
    said = os.dup(1)
    os.dup2(2, 1)  # nothing that a model prints, nor a library of its, is an answer
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
    verify: Verify = importlib.import_module(VERIFIERS[Kind(request.kind)]).verify
    return verify


def _refusal(error: AssayError) -> Refusal:
    return Refusal(error.message, error.help, line_of(error.location), error.exit_status)


def _say(descriptor: int, words: bytes) -> None:
    """Write a line, all of it."""
    left = memoryview(words + b"\n")
    while left:
        left = left[os.write(descriptor, left) :]


if __name__ == "__main__":
    main(int(sys.argv[1]))
