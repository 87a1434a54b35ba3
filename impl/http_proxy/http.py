"""As much of HTTP/1.1 (RFC 9112) as a proxy needs. Messages are read whole, since the proxy may have to repeat them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

__all__ = ["LINE", "BadMessage", "Closed", "Headers", "Message", "TooLarge", "read_message", "response"]

MOST = 16 * 1024 * 1024
"""Maximum size of a body, in bytes: whole messages are held in memory."""

LINE = 64 * 1024
"""Maximum size of a head, and of a line of a chunked body, in bytes: the limit of every stream that is read here."""

Headers = tuple[tuple[str, str], ...]

_OF_A_HOP = frozenset(
    (
        *("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
        *("content-length", "expect"),
    )
)
"""Headers about one connection or about the framing of the body, which are not forwarded."""

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""The name of a header. Whoever forwards another one may hide a header from whoever reads names more leniently."""


class Closed(Exception):
    """The peer closed the connection before a message began."""


class BadMessage(Exception):
    """A message is not HTTP, or is ambiguous."""


class TooLarge(BadMessage):
    """A head or body exceeds its maximum size."""


@dataclass(frozen=True)
class Message:
    """A request or a response.

    Attributes
    ----------
    start : str
        The first line.
    headers : tuple of (str, str)
        Names and values, in order, with the names as received.
    body : bytes
        The body, without any transfer coding.
    """

    start: str
    headers: Headers
    body: bytes = b""

    def all(self, name: str) -> list[str]:
        """Return all values of a header, ignoring the case of its name."""
        return [value for header, value in self.headers if header.lower() == name]

    def get(self, name: str) -> str | None:
        """Return the first value of a header, or None if there is none."""
        return next(iter(self.all(name)), None)

    @property
    def method(self) -> str:
        """The method of a request."""
        return self.start.partition(" ")[0]

    @property
    def status(self) -> int:
        """The status of a response."""
        return int(self.start.split(" ")[1])

    @property
    def keeps_alive(self) -> bool:
        """Whether the connection stays open for another message (RFC 9112, section 9.3)."""
        options = self.options
        return "close" not in options and (self.version == "HTTP/1.1" or "keep-alive" in options)

    @property
    def version(self) -> str:
        """The version: of a request the last word of its first line, of a response the first."""
        words = self.start.split(" ")
        return words[0] if words[0].startswith("HTTP/") else words[-1]

    @property
    def options(self) -> set[str]:
        """The options of the connection, among them the names of headers for this hop only."""
        return {word.strip().lower() for value in self.all("connection") for word in value.split(",")}

    def handed_on(self, *more: tuple[str, str]) -> Message:
        """Return the message for the next hop: of HTTP/1.1, without the headers of this hop, and with some added."""
        dropped = _OF_A_HOP | self.options
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in dropped)
        return replace(self, start=self._start_of_ours(), headers=(*kept, *more))

    def _start_of_ours(self) -> str:
        """Return the first line with the version that the proxy speaks (RFC 9110, section 2.5)."""
        old = len(self.version)
        return f"HTTP/1.1{self.start[old:]}" if self.start.startswith("HTTP/") else f"{self.start[:-old]}HTTP/1.1"

    def encoded(self, *, has_body: bool = True) -> bytes:
        """Return the bytes of the message, with the length of its body."""
        length = (("Content-Length", str(len(self.body))),) if has_body else ()
        lines = [self.start, *(f"{name}: {value}" for name, value in (*self.headers, *length)), "", ""]
        return "\r\n".join(lines).encode("latin-1") + self.body


def response(status: int, reason: str, body: str = "", *headers: tuple[str, str]) -> Message:
    """Return a plain-text response that the proxy or a backend itself makes."""
    return Message(f"HTTP/1.1 {status} {reason}", (("Content-Type", "text/plain"), *headers), body.encode())


async def read_message(
    reader: asyncio.StreamReader, *, of: str | None = None, writer: asyncio.StreamWriter | None = None
) -> Message:
    """Read a complete message.

    Parameters
    ----------
    reader : StreamReader
        The connection, with the limit `LINE`.
    of : str, optional
        For a response, the method of its request; None for a request.
    writer : StreamWriter, optional
        Where to answer ``Expect: 100-continue``.

    Raises
    ------
    Closed
        If the connection ends before the message begins.
    BadMessage
        If it is not HTTP, ends in the middle, or is ambiguous.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if not error.partial:
            raise Closed from None
        raise BadMessage("the connection ended within the head") from None
    except asyncio.LimitOverrunError:
        raise TooLarge("the head is too large") from None
    message = _head(head, is_request=of is None)
    if writer is not None and (message.get("expect") or "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        return replace(message, body=await _body(reader, message, of))
    except asyncio.LimitOverrunError:
        raise TooLarge("a line of the body is too large") from None
    except (asyncio.IncompleteReadError, ValueError):  # ValueError: a length of more digits than Python converts
        raise BadMessage("the body is not what its head says") from None


def _head(head: bytes, *, is_request: bool) -> Message:
    start, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    form = r"[!-~]+ [!-~]+ HTTP/1\.[01]" if is_request else r"HTTP/1\.[01] [1-9][0-9]{2}( [^\r\n]*)?"
    if re.fullmatch(form, start) is None:
        raise BadMessage("the first line is not HTTP/1")
    return Message(start, tuple(_headers(lines)))


def _headers(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or _TOKEN.fullmatch(name) is None or any(bad in value for bad in "\r\n\0"):
            raise BadMessage("a header is malformed")
        yield name, value.strip(" \t")


async def _body(reader: asyncio.StreamReader, message: Message, of: str | None) -> bytes:
    lengths, codings = set(message.all("content-length")), message.all("transfer-encoding")
    # A reader that believes the other length sees other requests in the same bytes: request smuggling.
    if len(lengths) > 1 or (lengths and codings):
        raise BadMessage("the length of the body is stated in two ways")
    if of is not None and (of == "HEAD" or message.status in (204, 304) or message.status < 200):
        return b""
    if codings:
        if [coding.lower() for coding in codings] != ["chunked"]:
            raise BadMessage("the coding of the body is unknown")
        return await _chunks(reader)
    if lengths:
        (text,) = lengths
        if not text.isascii() or not text.isdigit():
            raise BadMessage("the length of the body is no number")
        # `int` refuses thousands of digits with an error that is no BadMessage.
        return await _exactly(reader, int(text) if len(text) < 20 else MOST + 1)
    return b"" if of is None else await _rest(reader)


async def _exactly(reader: asyncio.StreamReader, length: int) -> bytes:
    if length > MOST:
        raise TooLarge("the body is too large")
    return await reader.readexactly(length)


async def _rest(reader: asyncio.StreamReader) -> bytes:
    found = bytearray()
    while more := await reader.read(LINE):
        found += more
        if len(found) > MOST:
            raise TooLarge("the body is too large")
    return bytes(found)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    found = bytearray()  # bytes would be copied for each chunk, of which there may be millions
    while True:
        digits = (await reader.readuntil(b"\r\n")).removesuffix(b"\r\n").partition(b";")[0].rstrip(b" \t")
        # Python's int would also accept signs, underscores and 0x. Whoever reads the size differently can be tricked
        # into seeing another request (smuggling).
        if re.fullmatch(rb"[0-9A-Fa-f]{1,16}", digits) is None:
            raise BadMessage("the size of a chunk is no number")
        size = int(digits, 16)
        if len(found) + size > MOST:
            raise TooLarge("the body is too large")
        if size == 0:
            break
        found += await reader.readexactly(size)
        if await reader.readexactly(2) != b"\r\n":
            raise BadMessage("a chunk does not end where it says")
    await _skip_trailers(reader)
    return bytes(found)


async def _skip_trailers(reader: asyncio.StreamReader) -> None:
    """Read the trailers, which are not forwarded."""
    size = 0
    while (line := await reader.readuntil(b"\r\n")) != b"\r\n":
        size += len(line)
        if size > LINE:
            raise TooLarge("the trailers are too large")
