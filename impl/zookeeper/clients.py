"""Clients of the lock as processes that are controlled from here: given commands, paused, killed."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Any

from assay.impl.zookeeper.servers import die_with_parent

__all__ = ["Answer", "Client", "Silent"]


_STARTING = 30.0
"""Seconds within which a client must be up: a busy machine may take several to import its modules."""


class Silent(Exception):
    """A client has ended, or did not answer in time."""


@dataclass(frozen=True)
class Answer:
    """The answer of a client: a result, or the name and message of an error."""

    result: Any = None
    error: str = ""
    message: str = ""


@dataclass
class Client:
    """A client of the lock, as a process, for the length of a ``with`` block.

    Attributes
    ----------
    name : str
        The name of the client.
    hosts, path, resource : str
        The ZooKeeper servers, the path of the lock, and the address of the resource.
    session_timeout : float
        The session timeout in seconds.
    steps : list of dict
        The steps it has reported, named as in the model.
    lost : threading.Event
        Set when the client learns that the lock is lost.
    serials : dict from int to int
        The serial number of the node for each of its tokens.
    """

    name: str
    hosts: str
    path: str
    resource: str
    session_timeout: float = 1.0
    steps: list[dict[str, Any]] = field(default_factory=list)
    lost: threading.Event = field(default_factory=threading.Event)
    serials: dict[int, int] = field(default_factory=dict)

    @property
    def sessions(self) -> set[int]:
        """The sessions that it has reported."""
        return {step["session"] for step in self.steps}

    def __enter__(self) -> Client:
        arguments = (self.hosts, self.path, str(self.session_timeout), self.resource, self.name)
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "assay.impl.zookeeper.worker", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509
        )
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            self._answer(_STARTING)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        self.kill()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with contextlib.suppress(ValueError):  # the stream was closed
            for text in self.process.stdout:
                with contextlib.suppress(json.JSONDecodeError):  # cut off by a kill
                    self._take(json.loads(text))

    def _take(self, line: dict[str, Any]) -> None:
        if "step" in line:
            self.steps.append(line)
        elif "lost" in line:
            self.lost.set()
        else:
            if line.get("did") == "acquire" and "result" in line:
                self.serials[line["result"]] = self.steps[-1]["arguments"]["serial"]
            self._answers.put(line)

    def tell(self, words: str) -> None:
        """Send a command without waiting for the answer.

        Raises
        ------
        Silent
            If its process has ended.
        """
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{words}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Silent(f"{self.name} has ended") from None

    def answer(self, patience: float = 30.0) -> Answer:
        """Wait for the answer to a command.

        Raises
        ------
        Silent
            If it does not answer in time.
        """
        line = self._answer(patience)
        return Answer(line.get("result"), line.get("error", ""), line.get("message", ""))

    def _answer(self, patience: float) -> dict[str, Any]:
        try:
            return self._answers.get(timeout=patience)
        except queue.Empty:
            raise Silent(f"{self.name} did not answer within {patience:g} s") from None

    def do(self, words: str, patience: float = 30.0) -> Answer:
        """Send a command and wait for the answer."""
        self.tell(words)
        return self.answer(patience)

    def pause(self) -> None:
        """Stop its process with SIGSTOP."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let its process continue."""
        os.kill(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Kill its process."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
