"""Start ZooKeeper servers on loopback, one or an ensemble of three, and remove them afterwards."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType

from assay.impl.zookeeper.installation import NoZooKeeper, classpath, find_java

__all__ = ["Server", "Servers", "die_with_parent"]

_LOOPBACK = "127.0.0.1"
_MAIN = "org.apache.zookeeper.server.quorum.QuorumPeerMain"
_TRIES = 5
"""Attempts to start, since another process may take a free port before the server does."""


@dataclass
class Server:
    """A server process.

    Attributes
    ----------
    number : int
        Its number in the ensemble, from 1.
    folder : Path
        Where its data is.
    port, peer_port, election_port : int
        Where clients, followers and voters reach it.
    """

    number: int
    folder: Path
    port: int
    peer_port: int
    election_port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        """Where clients reach it."""
        return f"{_LOOPBACK}:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self.process is not None and self.process.poll() is None

    @property
    def mode(self) -> str | None:
        """Return ``standalone``, ``leader`` or ``follower``, or None while it serves nobody."""
        try:
            with socket.create_connection((_LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(b"srvr")
                answer = b"".join(iter(lambda: connection.recv(4096), b"")).decode(errors="replace")
        except OSError:
            return None
        lines = [line for line in answer.splitlines() if line.startswith("Mode: ")]
        return lines[0].removeprefix("Mode: ").strip() if lines else None

    def kill(self) -> None:
        """Kill its process, as a crash would."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def said(self) -> str:
        """Return the last line of its log that reports an error."""
        lines = (self.folder / "server.log").read_text(errors="replace").splitlines()
        return next((line for line in reversed(lines) if "ERROR" in line or "Exception" in line), "")[:200]


class Servers:
    """A new ZooKeeper, for the duration of a ``with`` block.

    Parameters
    ----------
    size : int
        The number of servers: 1 is standalone, 3 form an ensemble.
    folder : Path, optional
        Where their data is kept; by default a folder that is removed at the end.
    tick : int
        ZooKeeper's unit of time in milliseconds: sessions last from 2 to 300 of them.
    patience : float
        Seconds to wait for the servers.

    Raises
    ------
    NoZooKeeper
        If there is no ZooKeeper or no Java, or the servers do not start.

    Notes
    -----
    The servers are killed when the block ends, however it ends, and by the kernel if this process is killed. They must
    be started from a thread that outlives them, since the kernel kills them when that thread ends.
    """

    def __init__(self, size: int = 1, *, folder: Path | None = None, tick: int = 200, patience: float = 30.0) -> None:
        self.size = size
        self.tick = tick
        self.patience = patience
        self._given = folder
        self._java, self._classpath = find_java(), classpath()
        self.folder = Path()
        self.servers: tuple[Server, ...] = ()

    @property
    def hosts(self) -> str:
        """All servers, as clients name them."""
        return ",".join(server.address for server in self.servers)

    def __enter__(self) -> Servers:
        self.folder = Path(tempfile.mkdtemp(prefix="zookeeper-")) if self._given is None else self._given
        try:
            self._start_somewhere()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Kill all servers, and remove their data unless a folder was given."""
        for server in self.servers:
            server.kill()
        if self._given is None and self.folder != Path():
            shutil.rmtree(self.folder, ignore_errors=True)

    def _start_somewhere(self) -> None:
        for tries in range(_TRIES):
            ports = iter(_free_ports(3 * self.size))
            self.servers = tuple(
                Server(number, self.folder / str(number), next(ports), next(ports), next(ports))
                for number in range(1, self.size + 1)
            )
            for server in self.servers:
                self._prepare(server)
                self.start(server)
            try:
                self.wait()
            except NoZooKeeper:
                for server in self.servers:
                    server.kill()
                if tries + 1 == _TRIES or not any("BindException" in _log(server) for server in self.servers):
                    raise
            else:
                return

    def _prepare(self, server: Server) -> None:
        server.folder.mkdir(parents=True, exist_ok=True)
        (server.folder / "myid").write_text(f"{server.number}\n")
        settings = {
            "tickTime": self.tick,
            "dataDir": server.folder,
            "clientPort": server.port,
            "clientPortAddress": _LOOPBACK,
            "4lw.commands.whitelist": "*",
            "admin.enableServer": "false",
            "minSessionTimeout": 2 * self.tick,
            "maxSessionTimeout": 300 * self.tick,
            "maxClientCnxns": 0,  # no limit: all clients of a case come from one address
        }
        if self.size > 1:
            # in ticks: seconds enough for a follower to start, and to fall behind, on a busy machine
            settings |= {"initLimit": 25, "syncLimit": 10, "quorumListenOnAllIPs": "false"}
            settings |= {
                f"server.{peer.number}": f"{_LOOPBACK}:{peer.peer_port}:{peer.election_port}" for peer in self.servers
            }
        lines = (f"{name}={value}\n" for name, value in settings.items())
        (server.folder / "zoo.cfg").write_text("".join(lines))

    def start(self, server: Server) -> None:
        """Start a server, possibly again after it was killed."""
        # A small heap, one thread to collect it, and no optimising compiler: it lives briefly, and is to start quickly.
        command = [self._java, "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        command += ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", self._classpath, _MAIN]
        with open(server.folder / "server.log", "ab") as log:
            server.process = subprocess.Popen(
                [*command, str(server.folder / "zoo.cfg")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509
            )

    def wait(self) -> None:
        """Wait until a server stands alone, or those that were started and not killed have a leader and serve.

        Raises
        ------
        NoZooKeeper
            If one ends, or they do not serve in time.
        """
        deadline = time.monotonic() + self.patience
        # Started rather than running ones: a server that has already ended must be noticed, not left out.
        started = [server for server in self.servers if server.process is not None]
        if not started:
            raise NoZooKeeper("no ZooKeeper server was started")
        while time.monotonic() < deadline:
            modes = [server.mode for server in started]
            for server in started:
                if not server.is_running:
                    raise NoZooKeeper(f"a ZooKeeper server ended at once: {server.said() or 'it says nothing'}")
            if None not in modes and ("standalone" in modes or "leader" in modes):
                return
            time.sleep(0.05)
        raise NoZooKeeper(f"the ZooKeeper servers did not serve within {self.patience:g} s: {started[0].said()}")

    def leader(self) -> Server:
        """Return the server that leads, or stands alone.

        Raises
        ------
        NoZooKeeper
            If there is none.
        """
        for server in self.servers:
            if server.is_running and server.mode in ("leader", "standalone"):
                return server
        raise NoZooKeeper("no ZooKeeper server leads")


def _log(server: Server) -> str:
    return (server.folder / "server.log").read_text(errors="replace")


def _free_ports(count: int) -> Iterator[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for taken in sockets:
            taken.bind((_LOOPBACK, 0))
        ports = [taken.getsockname()[1] for taken in sockets]
    return iter(ports)


_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded here: after a fork there may be no loading


def die_with_parent(parent: int) -> None:
    """Let the system kill this process, a fork that is to become another program, when its parent ends.

    Only Linux offers this.

    Parameters
    ----------
    parent : int
        The process that forked. If it has ended already, so does this one.
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
