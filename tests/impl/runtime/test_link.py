"""Links: frames arrive in order, over a new connection where the last one broke."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import struct
from typing import Any

from assay.impl.runtime.link import Link


async def _received(server: socket.socket, count: int) -> tuple[list[bytes], socket.socket]:
    """Accept a connection and return the first lines from it."""
    loop = asyncio.get_running_loop()
    connection, _ = await loop.sock_accept(server)
    found = b""
    while found.count(b"\n") < count:
        found += await loop.sock_recv(connection, 4096)
    return found.splitlines(), connection


def _break(connection: socket.socket) -> None:
    """Reset a connection instead of closing it, as the end of a process with unread input does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_a_link_connects_again_when_its_connection_is_reset_and_complains_of_nothing() -> None:
    complaints: list[dict[str, Any]] = []

    async def talk() -> list[list[bytes]]:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.setblocking(False)
            link, heard = Link(*server.getsockname()), []
            for _ in range(3):
                link.send(b"one\n")
                link.send(b"two\n")
                lines, connection = await asyncio.wait_for(_received(server, 2), 30)
                heard.append(lines)
                _break(connection)
                await asyncio.sleep(0.05)
            assert link.task is not None
            link.task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await link.task
        del link
        gc.collect()
        return heard

    assert asyncio.run(talk()) == [[b"one", b"two"]] * 3
    assert complaints == []
