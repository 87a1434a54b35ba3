"""The resource that the lock protects: it remembers the greatest token it has seen, and refuses lower ones.

It speaks lines of JSON over TCP: ``{"do": "begin" | "write", "client": ..., "token": ...}``, answered by
``{"taken": true, "version": ...}``.
"""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

__all__ = ["Deed", "Resource", "ask"]


_PATIENCE = 10.0
"""Seconds to wait for the resource, which answers at once unless its machine is busy."""


@dataclass(frozen=True)
class Deed:
    """A request to the resource.

    Attributes
    ----------
    client : str
        The client.
    what : {"begin", "write"}
        The request.
    token : int
        The client's token.
    taken : bool
        Whether the request was accepted.
    """

    client: str
    what: str
    token: int
    taken: bool


@dataclass
class Resource:
    """A server for the resource, for the duration of a ``with`` block.

    Parameters
    ----------
    fencing : bool
        Whether it checks tokens.
    """

    fencing: bool = True
    deeds: list[Deed] = field(default_factory=list)
    fence: int = -1
    version: int = -1
    writes: int = 0

    def __post_init__(self) -> None:
        self._guard = threading.Lock()
        resource = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                # what is no request ends its connection; so does the end of a client that was killed
                with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
                    for line in self.rfile:
                        self.wfile.write(json.dumps(resource.answer(json.loads(line))).encode() + b"\n")

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        """Where clients reach it."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Resource:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Accept or refuse a request; requests are handled one at a time."""
        client, what, token = str(asked["client"]), str(asked["do"]), int(asked["token"])
        with self._guard:
            taken = not self.fencing or token >= self.fence
            self.deeds.append(Deed(client, what, token, taken))
            if taken:
                self.fence = max(self.fence, token)
                if what == "write":
                    self.version = token
                    self.writes += 1
            return {"taken": taken, "version": self.version}

    @property
    def stale_writes(self) -> tuple[Deed, ...]:
        """The writes accepted after a write with a later token."""
        found, greatest = [], -1
        for deed in self.deeds:
            if deed.what == "write" and deed.taken:
                if deed.token < greatest:
                    found.append(deed)
                greatest = max(greatest, deed.token)
        return tuple(found)


def ask(address: str, what: str, client: str, token: int) -> bool:
    """Send a request to a resource; return whether it was accepted.

    Raises
    ------
    OSError
        If it does not answer.
    """
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=_PATIENCE) as connection:
        connection.sendall(json.dumps({"do": what, "client": client, "token": token}).encode() + b"\n")
        with connection.makefile() as lines:
            line = lines.readline()
    if not line.endswith("\n"):
        raise ConnectionError(f"the resource at {address} has closed the connection")
    return bool(json.loads(line)["taken"])
