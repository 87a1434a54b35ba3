"""Messages of HTTP/1.1, and what is none."""

from __future__ import annotations

import asyncio

import pytest
from assay.impl.http_proxy import http
from assay.impl.http_proxy.http import BadMessage, Closed, Message, read_message


def read(data: bytes, of: str | None = None) -> Message:
    async def fed() -> Message:
        reader = asyncio.StreamReader(limit=65536)
        reader.feed_data(data)
        reader.feed_eof()
        return await read_message(reader, of=of)

    return asyncio.run(fed())


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b""),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcd", b"abc"),
        (b"POST / HTTP/1.1\r\ncontent-length: 3\r\nContent-Length: 3\r\n\r\nabc", b"abc"),
        (
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: 1\r\n\r\n",
            b"abcde",
        ),
    ],
)
def test_a_request_is_read_whole(data: bytes, body: bytes) -> None:
    assert read(data).body == body


@pytest.mark.parametrize(
    ("data", "of", "body"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nto the end", "GET", b"to the end"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", "HEAD", b""),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "GET", b""),
        (b"HTTP/1.0 200\r\nContent-Length: 1\r\n\r\nx", "GET", b"x"),
    ],
)
def test_a_response_is_read_whole(data: bytes, of: str, body: bytes) -> None:
    assert read(data, of).body == body


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n\r\n",
        b"GET / HTTP/2\r\n\r\n",
        b"GET  / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nName : x\r\n\r\n",
        b"GET / HTTP/1.1\r\n folded: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n: nameless\r\n\r\n",
        b"GET / HTTP/1.1\r\nTransfer-Encoding\0: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nTransfer-Encoding\xa0: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: a\0b\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: a\nY: b\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 3\xa0\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcde\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0_3\r\nabc\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 200_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 5_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"Trailer: 1\r\n" * 10_000 + b"\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a",
    ],
)
def test_what_is_no_message_or_may_mean_two_things_is_refused(data: bytes) -> None:
    with pytest.raises(BadMessage):
        read(data)


def test_a_connection_that_ends_between_messages_is_closed() -> None:
    with pytest.raises(Closed):
        read(b"")


def test_headers_of_one_hop_are_not_handed_on() -> None:
    message = read(
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Own\r\nX-Own: 1\r\nTE: trailers\r\nX-Other: 2\r\n\r\n"
    )
    assert message.handed_on(("Via", "1.1 p")).headers == (("Host", "a"), ("X-Other", "2"), ("Via", "1.1 p"))
    assert not message.keeps_alive


def test_what_is_encoded_is_read_again() -> None:
    message = http.response(200, "OK", "body", ("X", "y"))
    assert read(message.encoded(), "GET").body == b"body"


@pytest.mark.parametrize(
    ("start", "connection", "kept"),
    [
        ("GET / HTTP/1.1", "", True),
        ("GET / HTTP/1.1", "x, Close", False),
        ("GET / HTTP/1.1", "close-not", True),
        ("GET / HTTP/1.0", "", False),
        ("GET / HTTP/1.0", "Keep-Alive", True),
        ("GET /HTTP/1.1 HTTP/1.0", "", False),
        ("HTTP/1.0 200 HTTP/1.1", "", False),
        ("HTTP/1.1 200 HTTP/1.0", "", True),
    ],
)
def test_a_connection_stays_open_by_version_and_option(start: str, connection: str, kept: bool) -> None:
    assert Message(start, (("Connection", connection),)).keeps_alive is kept


@pytest.mark.parametrize(
    ("start", "handed"),
    [
        ("GET /HTTP/1.0 HTTP/1.0", "GET /HTTP/1.0 HTTP/1.1"),
        ("HTTP/1.0 200 Of HTTP/1.0", "HTTP/1.1 200 Of HTTP/1.0"),
        ("HTTP/1.0 200", "HTTP/1.1 200"),
    ],
)
def test_what_is_handed_on_is_of_the_version_that_the_proxy_speaks(start: str, handed: str) -> None:
    assert Message(start, ()).handed_on().start == handed


@pytest.mark.slow
def test_a_body_of_a_million_chunks_is_read_in_time_that_grows_with_its_size() -> None:
    """Bytes that were copied for each chunk would take minutes."""
    chunks = b"1\r\nx\r\n" * 1_000_000
    assert read(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n").body == b"x" * 10**6
