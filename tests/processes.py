"""The command as a process of its own, which never outlives the test that started it."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

__all__ = ["ASSAY", "Terminal", "is_running", "on_a_terminal", "run", "started"]

ASSAY = [sys.executable, "-m", "assay.checker.cli"]
PATIENCE = 60
"""Seconds after which a process hangs."""


def hear_signals() -> None:
    """Undo what a shell, or nohup, does to what it starts in the background: ignore signals."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def is_running(process: int) -> bool:
    """Return whether a process runs; one that has ended and waits for its parent does not. Linux only."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextlib.contextmanager
def started(command: Sequence[str], prepare: Callable[[], Any] = hear_signals, **options: Any) -> Iterator[Any]:
    """Start a process in a session of its own; at the end of the block it and all that it started are killed."""
    process = subprocess.Popen(command, start_new_session=True, preexec_fn=prepare, **options)  # noqa: PLW1509
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def run(*arguments: str, patience: float = PATIENCE, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run ``assay`` to its end, and return what it wrote."""
    settings: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
    with started([*ASSAY, *arguments], **settings) as process:
        out, err = process.communicate(timeout=patience)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)


class Terminal:
    """A process on a pseudo-terminal, and what it has shown so far."""

    def __init__(self, process: subprocess.Popen[bytes], reader: IO[bytes]) -> None:
        self.process = process
        self.shown = ""
        self._reader = reader

    def read(self) -> bool:
        """Wait for more to be shown; return whether there was anything."""
        try:
            chunk = os.read(self._reader.fileno(), 65536)
        except OSError:  # the process closed its end
            return False
        self.shown += chunk.decode(errors="replace")
        return bool(chunk)

    def read_until(self, is_there: Callable[[str], object]) -> None:
        """Read until something is shown; a process that ends before has failed."""
        while not is_there(self.shown):
            assert self.read(), self.shown

    def read_all(self) -> str:
        """Read to the end, and return all of it."""
        while self.read():
            pass
        self.process.wait(timeout=PATIENCE)
        return self.shown


@contextlib.contextmanager
def on_a_terminal(*arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    """Run ``assay`` on a pseudo-terminal, for the length of the block."""
    ours, theirs = pty.openpty()
    variables = {**os.environ, "TERM": "xterm", "COLUMNS": "100", **(environment or {})}
    with os.fdopen(ours, "rb", buffering=0) as reader:
        command = [*ASSAY, *arguments]
        with started(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=variables) as process:
            os.close(theirs)
            yield Terminal(process, reader)
