"""What a proxy owes its clients besides responses: refusals, the framing of a response, and an orderly end."""

from __future__ import annotations

import asyncio
import contextlib

from assay.impl.http_proxy.http import LINE, BadMessage, Headers, Message

__all__ = ["connection_header", "demand_host", "linger", "to_client"]

_LINGERING = 1.0
"""Seconds for which a connection stays open after a request that was refused: a round trip or a few."""


async def linger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Let a client read the last response before its connection is closed.

    Closing one with unread input resets it, and the client may never see the response (RFC 9112, section 9.6).
    """
    await writer.drain()
    writer.write_eof()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGERING):
            while await reader.read(LINE):
                pass


def demand_host(request: Message) -> None:
    """Refuse a request without a host, or with two, of which a backend might choose the other (RFC 9112, section 3.2).

    Raises
    ------
    BadMessage
        If it has none, unless it is of HTTP/1.0, or several.
    """
    hosts = len(request.all("host"))
    if hosts > 1 or (hosts == 0 and request.version == "HTTP/1.1"):
        raise BadMessage("a request names one host")


def connection_header(request: Message) -> Headers:
    """Return the header that tells a client what becomes of its connection, where that is not its version's default."""
    if not request.keeps_alive:
        return (("Connection", "close"),)
    return () if request.version == "HTTP/1.1" else (("Connection", "keep-alive"),)


def to_client(answer: Message, method: str, more: Headers) -> bytes:
    """Return a backend's answer as a client gets it: without a body where the request or the status rules one out."""
    handed = answer.handed_on(*more)
    # To a HEAD, the length is that of the body that a GET would have; a 204 has no length at all.
    if method == "HEAD" or answer.status in (204, 304):
        length = answer.get("content-length")
        kept = (("Content-Length", length),) if length is not None and method == "HEAD" else ()
        return Message(handed.start, (*handed.headers, *kept)).encoded(has_body=False)
    return handed.encoded()
