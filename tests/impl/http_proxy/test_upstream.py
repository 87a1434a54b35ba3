"""Connections to a backend that are kept: only what was asked for is taken for a response."""

from __future__ import annotations

import asyncio

from assay.impl.http_proxy.http import Message, read_message, response
from assay.impl.http_proxy.upstream import Upstream

GET = Message("GET / HTTP/1.1", (("Host", "x"),))


def asked(*answers: bytes, times: int) -> tuple[list[bytes], int]:
    """Ask a backend which answers each request with all of these bytes; return bodies and how many connections."""
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        try:
            while True:
                await read_message(reader)
                writer.writelines(answers)
        except Exception:
            writer.close()

    async def all_() -> list[bytes]:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            upstream = Upstream(*server.sockets[0].getsockname())
            found = [(await upstream.ask(GET)).body for _ in range(times)]
            upstream.close()
            return found

    return asyncio.run(all_()), connections


def test_a_connection_is_used_again() -> None:
    assert asked(response(200, "OK", "own").encoded(), times=3) == ([b"own"] * 3, 1)


def test_a_second_response_is_not_taken_for_that_to_the_next_request() -> None:
    found = asked(response(200, "OK", "own").encoded(), response(200, "OK", "of another").encoded(), times=3)
    assert found == ([b"own"] * 3, 3)
