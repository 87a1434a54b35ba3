"""A proxy between a client and a ZooKeeper server that cuts the connection instead of forwarding one reply."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from types import TracebackType

__all__ = ["Proxy"]

_CREATES = (1, 15)
"""The request types that create a node, without and with its metadata in the reply."""

_EPHEMERAL_SEQUENTIAL = struct.pack(">i", 3)
"""The last bytes of such a request if the node is to be ephemeral and sequential."""


class Proxy:
    """Forwards requests and replies, for the duration of a ``with`` block.

    Parameters
    ----------
    port : int
        The port of the server, on loopback.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._is_over = threading.Event()
        self._armed = threading.Event()
        self.cut = threading.Event()
        """Set once a reply was cut off."""

    @property
    def address(self) -> str:
        """Where clients reach it."""
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def cut_next_create(self) -> None:
        """Cut the connection when the reply to the next request for an ephemeral sequential node is due."""
        self._armed.set()

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_over.set()
        for end in [self._listener, *self._open]:
            _close(end)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._port))
                except OSError:
                    client.close()
                    continue
                self._open |= {client, server}
                if self._is_over.is_set():  # it may have been too late for `__exit__` to close these two
                    _close(client)
                    _close(server)
                    return
                waiting: set[int] = set()
                for source, target, note in ((client, server, True), (server, client, False)):
                    arguments = (source, target, waiting, note)
                    threading.Thread(target=self._hand_on, args=arguments, daemon=True).start()

    def _hand_on(self, source: socket.socket, target: socket.socket, waiting: set[int], is_request: bool) -> None:
        """Forward frames from one end to the other; the first in each direction opens the session."""
        is_first = True
        with contextlib.suppress(OSError, struct.error):  # an end was closed, or what it sent is no frame
            while frame := _frame(source):
                if not is_first and is_request:
                    self._note(frame, waiting)
                elif not is_first and self._is_cut(frame, waiting):
                    break
                is_first = False
                target.sendall(struct.pack(">i", len(frame)) + frame)
        _close(source)
        _close(target)

    def _note(self, frame: bytes, waiting: set[int]) -> None:
        xid, kind = struct.unpack(">ii", frame[:8])
        if kind in _CREATES and frame.endswith(_EPHEMERAL_SEQUENTIAL) and self._armed.is_set():
            waiting.add(xid)

    def _is_cut(self, frame: bytes, waiting: set[int]) -> bool:
        (xid,) = struct.unpack(">i", frame[:4])
        if xid not in waiting or not self._armed.is_set():
            return False
        self._armed.clear()
        self.cut.set()
        return True


def _frame(source: socket.socket) -> bytes:
    """Return the next frame without its length, or nothing at the end."""
    head = _exactly(source, 4)
    return _exactly(source, struct.unpack(">i", head)[0]) if head else b""


def _exactly(source: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        chunk = source.recv(size - len(found))
        if not chunk:
            return b""
        found += chunk
    return found


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
