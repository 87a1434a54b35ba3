"""Verify each request in a process of its own, several at a time.

Two files may import different modules of the same name, and a file may do anything to its process, which must not
affect the others. A process sends a sign of life for every decided item and now and then; a silent one is killed.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import msgspec
from assay.checker.changes.lifeline import lifeline
from assay.checker.gate.requests import Answer, Refusal, Request
from assay.checker.verdicts import ExitStatus

__all__ = ["GRACE", "answers"]

GRACE = 60.0
"""Seconds of silence allowed beyond the time limit: to import, to compile, to replay runs."""


@dataclass
class _Running:
    """A worker process."""

    number: int
    request: Request
    process: subprocess.Popen[bytes]
    complaints: IO[bytes]
    deadline: float
    said: bytearray = field(default_factory=bytearray)

    @property
    def patience(self) -> float:
        """Seconds of silence after which it is killed."""
        return max(self.request.seconds, self.request.proof_seconds) + GRACE


def answers(requests: Sequence[Request], root: Path, workers: int) -> Iterator[tuple[int, Answer]]:
    """Verify requests, and yield each answer with the index of its request as it arrives.

    Parameters
    ----------
    requests : sequence of Request
        The requests.
    root : Path
        The project's root.
    workers : int
        Number of concurrent processes.
    """
    waiting = deque(enumerate(requests))
    with lifeline() as line, selectors.DefaultSelector() as selector, contextlib.ExitStack() as stack:
        running: list[_Running] = []
        stack.callback(_end_all, running)
        while waiting or running:
            while waiting and len(running) < workers:
                running.append(_started(*waiting.popleft(), root, line))
                assert running[-1].process.stdout is not None
                selector.register(running[-1].process.stdout, selectors.EVENT_READ, running[-1])
            for one in _finished(selector, running):
                assert one.process.stdout is not None
                selector.unregister(one.process.stdout)
                running.remove(one)
                yield one.number, _answer(one)


def _started(number: int, request: Request, root: Path, line: int) -> _Running:
    # -P: a file of the project called enum.py must not stand for a module of Python's own.
    command = [sys.executable, "-P", "-m", "assay.checker.gate.worker", str(line)]
    complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        cwd=root,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        pass_fds=(line,),
    )
    assert process.stdin is not None
    with (
        contextlib.suppress(BrokenPipeError),
        process.stdin as asked,
    ):  # it may have died already: `_answer` reports why
        asked.write(msgspec.json.encode(request))
    running = _Running(number, request, process, complaints, 0.0)
    running.deadline = time.monotonic() + running.patience
    return running


def _finished(selector: selectors.BaseSelector, running: Sequence[_Running]) -> list[_Running]:
    """Wait for output or the next deadline; return the processes that have finished or run out of time."""
    patience = min(one.deadline for one in running) - time.monotonic()
    over = []
    for key, _ in selector.select(max(0.0, patience)):
        one: _Running = key.data
        said = os.read(key.fd, 1 << 16)
        one.said += said
        one.deadline = time.monotonic() + one.patience
        if not said:
            over.append(one)
    return over + [one for one in running if one not in over and one.deadline <= time.monotonic()]


def _answer(one: _Running) -> Answer:
    """Return a process's answer, or a refusal that says why there is none."""
    is_silent = one.deadline <= time.monotonic()
    if is_silent:
        one.process.kill()
    status = one.process.wait()
    last = bytes(one.said).rstrip(b"\n").rpartition(b"\n")[2]
    words = _last_words(one)
    _end(one)
    if is_silent:
        why = f"it did not come to an end in {one.patience:g} s, importing it included"
        return Answer(refusal=Refusal(f"{one.request.reference}: {why}", status=ExitStatus.UNKNOWN))
    if last and status == 0:
        # A model may write to a descriptor that is not its own: what cannot be read is no answer.
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.json.decode(last, type=Answer)
        words = "its answer cannot be read; does the file, or what it imports, write to descriptors of others?"
    elif status == 0:
        words = "its process ended without an answer; does the file, or what it imports, call os._exit?"
    elif status < 0:
        words = f"its process was killed by signal {-status}"
    words = words or f"its process ended with status {status}"
    return Answer(
        refusal=Refusal(
            f"{one.request.reference} could not be verified: {words}",
            help="see what its code does when it is imported, and whether there is memory enough",
            status=ExitStatus.UNKNOWN,
        )
    )


def _last_words(one: _Running) -> str:
    one.complaints.seek(0)
    lines = one.complaints.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


def _end_all(running: Sequence[_Running]) -> None:
    for one in running:
        _end(one)


def _end(one: _Running) -> None:
    """Kill a process if it still runs, reap it and close its files."""
    with contextlib.suppress(ProcessLookupError):
        one.process.kill()
    one.process.wait()
    assert one.process.stdout is not None
    one.process.stdout.close()
    one.complaints.close()
