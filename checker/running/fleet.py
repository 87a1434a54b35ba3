"""Manage the processes of a cluster: start, kill, pause and resume them by process id, and leave none behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay.checker.errors import InputError
from assay.impl.node.node import Address
from assay.impl.runtime.__main__ import DISKLESS
from assay.impl.runtime.host import Peer

__all__ = ["Deployment", "Failure", "Fleet", "fleet"]


@dataclass(frozen=True)
class Deployment:
    """How to make the cluster of a run.

    Attributes
    ----------
    reference : str
        The module of the protocol, as an argument of `load_module`.
    function : str
        The function in it that makes the cluster.
    settings : mapping of str to int
        Arguments of the function.
    mutant : str or None
        A class that replaces its base class.
    seed : int
        Seed of random choices.
    folder : Path
        The folder for databases and logs.
    """

    reference: str
    function: str
    settings: Mapping[str, int]
    mutant: str | None
    seed: int
    folder: Path

    def database(self, address: Address) -> Path:
        """Return the database with a node's durable attributes and its journal."""
        return self.folder / f"{address}.db"

    def errors(self, address: Address) -> Path:
        """Return the file of a node's standard error."""
        return self.folder / f"{address}.err"


@dataclass(frozen=True)
class Failure:
    """The unexpected end of a node's process.

    Attributes
    ----------
    said : str
        The last line that it wrote.
    is_of_the_disk : bool
        Whether its disk failed, which is no fault of the protocol: it was full or not writable.
    """

    said: str
    is_of_the_disk: bool


@dataclass
class _Running:
    process: subprocess.Popen[bytes]
    paused: bool = False


@dataclass
class Fleet:
    """The processes of a cluster.

    Attributes
    ----------
    listening : dict of Address to socket
        Each node's listening socket. It outlives the process, so that a restarted node has the same port.
    peers : dict of Address to Peer
        The host and port at which the others reach each node.
    """

    deployment: Deployment
    listening: dict[Address, socket.socket]
    peers: dict[Address, Peer]
    life: tuple[int, int] = field(default_factory=os.pipe)
    running: dict[Address, _Running] = field(default_factory=dict)

    def start(self, address: Address) -> None:
        """Start a node, for the first time or again."""
        listening = self.listening[address].fileno()
        command = [sys.executable, "-m", "assay.impl.runtime", json.dumps(self._configuration(address, listening))]
        with self.deployment.errors(address).open("ab") as errors:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=(listening, self.life[0]),
            )
        self.running[address] = _Running(process)

    def _configuration(self, address: Address, listening: int) -> dict[str, Any]:
        deployment = self.deployment
        return {
            "reference": deployment.reference,
            "function": deployment.function,
            "settings": dict(deployment.settings),
            "mutant": deployment.mutant,
            "address": address,
            "peers": {name: list(where) for name, where in self.peers.items()},
            "database": str(deployment.database(address)),
            "seed": deployment.seed,
            "listening": listening,
            "life": self.life[0],
            "parent": os.getpid(),
        }

    def kill(self, address: Address) -> None:
        """Kill a node with SIGKILL."""
        running = self.running.pop(address, None)
        if running is not None:
            running.process.kill()
            running.process.wait()

    def pause(self, address: Address) -> None:
        """Stop a node's process with SIGSTOP, which it does not notice."""
        self.running[address].process.send_signal(signal.SIGSTOP)
        self.running[address].paused = True

    def resume(self, address: Address) -> None:
        """Let a stopped node continue."""
        if address in self.running:
            self.running[address].process.send_signal(signal.SIGCONT)
            self.running[address].paused = False

    def state(self, address: Address) -> str:
        """Return the state of a node's process: *up*, *paused*, *down* or *failed*."""
        running = self.running.get(address)
        if running is None:
            return "down"
        if running.process.poll() is not None:
            return "failed"
        return "paused" if running.paused else "up"

    def failures(self) -> dict[Address, Failure]:
        """Return the nodes whose processes ended on their own."""
        failed = [address for address in self.running if self.state(address) == "failed"]
        return {a: Failure(self._said(a), self.running[a].process.returncode == DISKLESS) for a in failed}

    def _said(self, address: Address) -> str:
        text = self.deployment.errors(address).read_text(encoding="utf-8", errors="replace").strip()
        if text:
            return text.splitlines()[-1]
        is_of_the_disk = self.running[address].process.returncode == DISKLESS
        return f"{address}: its disk cannot be written" if is_of_the_disk else f"{address} ended without a word"

    def end(self) -> None:
        """Kill all processes, wait for them, and close the sockets."""
        for address in list(self.running):
            self.kill(address)
        for descriptor in self.life:
            with contextlib.suppress(OSError):
                os.close(descriptor)
        for listening in self.listening.values():
            listening.close()


@contextlib.contextmanager
def fleet(deployment: Deployment, addresses: Mapping[Address, Peer]) -> Iterator[Fleet]:
    """Listen at each node's address, and end all processes with the block.

    Raises
    ------
    InputError
        If an address is in use or does not belong to this machine.
    """
    listening: dict[Address, socket.socket] = {}
    try:
        for address, where in addresses.items():
            listening[address] = _listen(address, where)
    except BaseException:
        for opened in listening.values():
            opened.close()
        raise
    peers = {address: opened.getsockname()[:2] for address, opened in listening.items()}
    started = Fleet(deployment, listening, peers)
    try:
        yield started
    finally:
        started.end()


def _listen(address: Address, where: Peer) -> socket.socket:
    family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET
    opened = socket.socket(family)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(where)
        opened.listen(128)
        opened.setblocking(False)
    except (OSError, OverflowError) as error:
        opened.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"{address} cannot listen at {where[0]}:{where[1]}: {reason.lower()}",
            help="choose another with --addresses, or leave that out for free ports on loopback",
        ) from None
    return opened
