"""The proxy between real clients and real backends: turns, failures, what is sent again and what is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from assay.impl.http_proxy.http import Message, read_message, response
from assay.impl.http_proxy.proxy import Proxy
from assay.impl.http_proxy.trial import Plan, carry_out
from assay.impl.http_proxy.upstream import Upstream

from tests.command_line import Assay

Answer = Callable[[Message], Message | None]


class Servers:
    """Backends in this process; an answer None breaks the connection off."""

    def __init__(self, answers: list[Answer]) -> None:
        self.answers = answers
        self.seen: list[list[Message]] = [[] for _ in answers]

    async def __aenter__(self) -> list[tuple[str, int]]:
        self.servers = [
            await asyncio.start_server(self._serving(number), "127.0.0.1", 0) for number in range(len(self.answers))
        ]
        return [("127.0.0.1", server.sockets[0].getsockname()[1]) for server in self.servers]

    async def __aexit__(self, *_: object) -> None:
        for server in self.servers:
            server.close()

    def _serving(self, number: int) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while True:
                    request = await read_message(reader)
                    if "/health" not in request.start:
                        self.seen[number].append(request)
                        answer = self.answers[number](request)
                    else:
                        answer = response(200, "OK")
                    if answer is None:
                        break
                    writer.write(answer.encoded())
            except Exception:
                pass
            writer.close()

        return serve


def saying(word: str) -> Answer:
    return lambda request: response(200, "OK", word)


async def well(proxy: Proxy) -> None:
    """Wait until every backend gets turns."""
    while not all(proxy.turns.values()):
        await asyncio.sleep(0.01)


def run(answers: list[Answer], *requests: Message, deadline: float = 30.0) -> tuple[list[Message], Servers]:
    """Send requests through a proxy, one after the other; return the responses, and what backends saw."""

    async def sent() -> tuple[list[Message], Servers]:
        servers = Servers(answers)
        async with servers as where, Proxy(where, patience=30, silence=30, deadline=deadline) as proxy:
            await asyncio.wait_for(well(proxy), 30)
            upstream = Upstream("127.0.0.1", proxy.port)
            found = [await upstream.ask(request) for request in requests]
            upstream.close()
            return found, servers

    return asyncio.run(sent())


def get(path: str = "/") -> Message:
    return Message(f"GET {path} HTTP/1.1", (("Host", "x"),))


def post(*headers: tuple[str, str]) -> Message:
    return Message("POST / HTTP/1.1", (("Host", "x"), *headers), b"body")


def test_backends_have_their_turns() -> None:
    found, _ = run([saying("a"), saying("b"), saying("c")], *[get()] * 7)
    assert "".join(answer.body.decode() for answer in found) in ("abcabca", "bcabcab", "cabcabc")


def test_what_is_idempotent_is_sent_again_when_a_backend_breaks_off() -> None:
    found, servers = run([lambda _: None, saying("b")], *[get()] * 4)
    assert [answer.body for answer in found] == [b"b"] * 4
    assert len(servers.seen[0]) <= 1 + 4


def test_what_has_a_key_is_sent_again() -> None:
    found, _ = run([lambda _: None, saying("b")], *[post(("Idempotency-Key", "1"))] * 2)
    assert [answer.status for answer in found] == [200, 200]


def test_what_is_neither_is_sent_once_and_its_client_told() -> None:
    found, servers = run([lambda _: None, lambda _: None], post())
    assert found[0].status == 502
    assert sum(map(len, servers.seen)) == 1


def test_bodies_and_headers_go_through_and_hop_headers_do_not() -> None:
    request = post(("X-Kept", "1"), ("Connection", "keep-alive, X-Hop"), ("X-Hop", "1"))
    _, servers = run([saying("a")], request)
    (seen,) = servers.seen[0]
    assert seen.body == b"body"
    assert seen.get("x-kept") == "1"
    assert seen.get("x-hop") is None
    assert seen.get("x-forwarded-for") == "127.0.0.1"


def test_a_response_without_a_body_goes_through() -> None:
    found, _ = run([lambda _: Message("HTTP/1.1 204 No Content", ())], get(), get())
    assert [answer.status for answer in found] == [204, 204]


def test_no_answer_in_time_is_said() -> None:
    async def sent() -> Message:
        async with Proxy([("127.0.0.1", 1)], deadline=0.01) as proxy:
            return await Upstream("127.0.0.1", proxy.port).ask(get())

    assert asyncio.run(sent()).status == 504


def said(*requests: bytes, **options: float) -> bytes:
    """Return all that a proxy without backends answers to bytes."""

    async def sent() -> bytes:
        async with Proxy([("127.0.0.1", 1)], **options) as proxy:
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.writelines(requests)
            found = await reader.read()
            writer.close()
            return found

    return asyncio.run(sent())


@pytest.mark.parametrize(
    "request_",
    [
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n",
    ],
)
def test_what_is_no_http_or_names_no_host_or_two_is_refused(request_: bytes) -> None:
    assert said(request_).startswith(b"HTTP/1.1 400 Bad Request\r\n")


def test_a_head_or_body_that_is_too_large_is_refused() -> None:
    assert said(b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000).startswith(b"HTTP/1.1 413 Content Too Large\r\n")
    large = b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n"
    assert said(large).startswith(b"HTTP/1.1 413 Content Too Large\r\n")


def test_a_client_that_says_nothing_is_not_waited_for() -> None:
    assert said(b"GET / HTT", idleness=0.05) == b""


def test_a_client_of_an_older_version_is_served_and_told_that_its_connection_stays_open() -> None:
    request = Message("GET / HTTP/1.0", (("Connection", "keep-alive"),))
    found, servers = run([saying("a")], request, request)
    assert [(answer.start, answer.get("connection")) for answer in found] == [("HTTP/1.1 200 OK", "keep-alive")] * 2
    assert [(seen.start, seen.get("host")) for seen in servers.seen[0]] == [("GET / HTTP/1.1", "")] * 2


def test_nothing_is_lost_or_executed_twice_while_backends_are_killed_and_paused(tmp_path: Path) -> None:
    trial = asyncio.run(carry_out(Plan(tmp_path, requests=200, faults=("kill", "pause"), deadline=600)))
    assert trial.done["kill"] >= 1
    assert trial.done["pause"] >= 1
    assert trial.is_as_claimed, trial


def test_a_backend_that_executes_what_is_sent_again_is_found(tmp_path: Path) -> None:
    """A backend is paused, its requests are executed by others, and by itself when it goes on."""

    def tried(number: int) -> list[str]:
        plan = Plan(tmp_path / str(number), requests=200, faults=("pause",), seed=number, careless=True)
        return asyncio.run(carry_out(plan)).twice

    assert any(tried(number) for number in range(5))  # the trial may end before the backend has gone on


def test_the_command_tells_how_it_went(assay: Assay) -> None:
    ran = assay("run round_robin --backend http --requests 100 --nodes 2 --duration 10m --format json --folder here")
    report = json.loads(ran.out)
    assert (ran.status, report["verdict"], report["sent"], report["answered"]) == (0, "holds", 100, 100)
    assert sum(report["by"].values()) == 100


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("run paxos --backend http", "--backend http runs round_robin, and not paxos"),
        ("run round_robin --backend http --faults drop", "--faults drop: with --backend http there is kill, pause"),
        ("run round_robin --backend http --nodes 0", "--nodes 0: expected a number from 1"),
        ("run round_robin --backend http --mutant Hasty", "--mutant has no effect with --backend http"),
    ],
)
def test_wrong_usage_is_said(assay: Assay, words: str, said: str) -> None:
    ran = assay(words)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err
