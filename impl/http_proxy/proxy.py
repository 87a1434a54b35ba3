"""A reverse proxy that takes its turns from the verified balancer.

`Balancer` decides whose turn it is, what to keep, and what to send again. Here it works over HTTP: a client's request
is its *submit*, a backend's response its *acknowledgement*, and a healthy answer a *hello*. The proxy sends a request
again if its method is idempotent (RFC 9110, section 9.2.2), or if it carries an ``Idempotency-Key``, by which backends
recognise what they have executed. It sends any other request only once, and answers 502 or 504 if the outcome is
unknown.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from assay.impl.http_proxy.answering import connection_header, demand_host, linger, to_client
from assay.impl.http_proxy.http import LINE, BadMessage, Closed, Message, TooLarge, read_message, response
from assay.impl.http_proxy.upstream import Unreachable, Upstream
from assay.impl.node import Address, on
from assay.impl.node.handling import timeout_handlers
from assay.impl.node.node import Timer
from assay.impl.round_robin import Acknowledge, Balancer, Done, Hello, Request, Submit, Work

__all__ = ["Proxy"]

_IDEMPOTENT = frozenset(("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"))
_HEALTH = Message("GET /health HTTP/1.1", (("Host", "backend"),))


class HttpBalancer(Balancer):
    """The balancer, which also forgets a request once it is done: an HTTP server would otherwise keep every one."""

    @on(Acknowledge)
    def acknowledge(self, backend: Address, message: Acknowledge) -> None:
        super().acknowledge(backend, message)
        self.clients.pop(message.request, None)

    def abandon(self, request: Request) -> None:
        """Forget a request that has ended: answered, failed or timed out."""
        if request in self.queue:
            self.queue.remove(request)
        self.clients.pop(request, None)
        self.cancel_timer("redeliver", request)


@dataclass
class _Exchange:
    """A request, and what has become of it."""

    request: Message
    done: asyncio.Future[Message]
    answer: Message | None = None
    tries: int = 0
    running: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def may_repeat(self) -> bool:
        """Whether sending the request again is harmless."""
        return self.request.method in _IDEMPOTENT or self.request.get("idempotency-key") is not None


class Proxy:
    """A reverse proxy that runs for the length of an ``async with`` block.

    Parameters
    ----------
    backends : sequence of (str, int)
        The host and port of each, in the order in which they take turns.
    host, port
        Where it listens; port 0 stands for any free port.
    patience : float
        Seconds after which a request without a response is sent to another backend too, if it may be repeated.
    silence : float
        Seconds without a healthy answer after which a backend gets no more turns.
    rhythm : float
        Seconds between two health checks of a backend, at ``/health``.
    deadline : float
        Seconds after which a client is told that no backend has answered.
    idleness : float
        Seconds that a client may take for a request, from the one before; then its connection is closed.
    """

    def __init__(
        self,
        backends: Sequence[tuple[str, int]],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        patience: float = 5.0,
        silence: float = 1.0,
        rhythm: float = 0.2,
        deadline: float = 30.0,
        idleness: float = 60.0,
    ) -> None:
        names = tuple(f"{host}:{port}" for host, port in backends)
        self.balancer = HttpBalancer(backends=names, patience=patience, silence=silence)
        self.balancer.bind("balancer", self)
        self._upstreams = {name: Upstream(*where) for name, where in zip(names, backends, strict=True)}
        self._host, self._port = host, port
        self._rhythm, self._silence, self._deadline, self._idleness = rhythm, silence, deadline, idleness
        self._exchanges: dict[Request, _Exchange] = {}
        self._timers: dict[Timer, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port on which it listens."""
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def turns(self) -> Mapping[str, bool]:
        """Each backend, and whether it gets turns."""
        return {name: name in self.balancer.healthy for name in self._upstreams}

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_server(self._serve, self._host, self._port, backlog=1024, limit=LINE)
        self.balancer.on_start()
        for name in self._upstreams:
            self._start(self._watch(name))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for handle in self._timers.values():
            handle.cancel()
        for upstream in self._upstreams.values():
            upstream.close()

    def _start(self, work: Any) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # What the balancer acts through, as any node does through its host

    def send(self, destination: Address, message: object) -> None:
        """Carry out what the balancer sends: give a backend a request, or a client its response."""
        match message:
            case Work(request):
                self._give(destination, request)
            case Done(request):
                exchange = self._exchanges.get(request)
                if exchange is not None and exchange.answer is not None and not exchange.done.done():
                    exchange.done.set_result(exchange.answer)

    def set_timer(self, timer: Timer, after: float) -> None:
        """Have one of the balancer's timers fire once, after some seconds."""
        self.cancel_timer(timer)
        self._timers[timer] = asyncio.get_running_loop().call_later(after, self._fire, timer)

    def cancel_timer(self, timer: Timer) -> None:
        """Stop a timer, if it is set."""
        handle = self._timers.pop(timer, None)
        if handle is not None:
            handle.cancel()

    def choose(self, name: str, options: Sequence[Any]) -> Any:
        """Return the first option; the balancer has no choice to make."""
        return options[0]

    def invoke(self, operation: object) -> None:
        """Record nothing: only clients have a history."""

    def respond(self, result: object) -> None:
        """Record nothing: only clients have a history."""

    def _fire(self, timer: Timer) -> None:
        self._timers.pop(timer, None)
        name, *about = timer
        getattr(self.balancer, timeout_handlers(HttpBalancer)[name])(*about)

    # Backends

    async def _watch(self, name: str) -> None:
        """Check the health of a backend periodically."""
        while True:
            with contextlib.suppress(Unreachable, TimeoutError):
                async with asyncio.timeout(self._silence):
                    answer = await self._upstreams[name].ask(_HEALTH)
                if answer.status < 400:
                    self.balancer.hello(name, Hello())
            await asyncio.sleep(self._rhythm)

    def _give(self, backend: Address, request: Request) -> None:
        exchange = self._exchanges.get(request)
        if exchange is None or (exchange.tries and not exchange.may_repeat):
            return
        exchange.tries += 1
        task = self._start(self._forward(backend, request, exchange))
        exchange.running.add(task)
        task.add_done_callback(exchange.running.discard)

    async def _forward(self, backend: Address, request: Request, exchange: _Exchange) -> None:
        try:
            answer = await self._upstreams[backend].ask(exchange.request, fresh=not exchange.may_repeat)
        except Unreachable:
            self._failed(backend, request, exchange)
            return
        exchange.answer = exchange.answer or answer
        self.balancer.acknowledge(backend, Acknowledge(request))

    def _failed(self, backend: Address, request: Request, exchange: _Exchange) -> None:
        """Treat a backend that broke a connection as silent, and send the request to the next if it may be repeated."""
        self.cancel_timer(("silent", backend))
        self.balancer.silent(backend)
        if exchange.may_repeat:
            self.balancer.redeliver(request)
        elif not exchange.done.done():
            exchange.done.set_result(response(502, "Bad Gateway", "the backend broke off; it may have executed it\n"))

    # Clients

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            with contextlib.suppress(Closed, OSError, asyncio.CancelledError):
                while await self._answer(reader, writer):
                    pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the connection stays open for another."""
        try:
            async with asyncio.timeout(self._idleness):  # a TimeoutError is an OSError, and ends the connection
                request = await read_message(reader, writer=writer)
            demand_host(request)
        except BadMessage as bad:
            is_large = isinstance(bad, TooLarge)
            status, reason = (413, "Content Too Large") if is_large else (400, "Bad Request")
            writer.write(response(status, reason, f"{bad}\n", ("Connection", "close")).encoded())
            await linger(reader, writer)
            return False
        peer = writer.get_extra_info("peername") or ("unknown",)  # None if the client has left already
        host = () if request.all("host") else (("Host", ""),)
        answer = await self._through(request.handed_on(("X-Forwarded-For", str(peer[0])), *host))
        writer.write(to_client(answer, request.method, connection_header(request)))
        await writer.drain()
        return request.keeps_alive

    async def _through(self, request: Message) -> Message:
        name = uuid.uuid4().hex
        exchange = _Exchange(request, asyncio.get_running_loop().create_future())
        self._exchanges[name] = exchange
        self.balancer.submit(name, Submit(name))
        try:
            async with asyncio.timeout(self._deadline):
                return await exchange.done
        except TimeoutError:
            return response(504, "Gateway Timeout", "no backend answered; the request may be executed\n")
        finally:
            self.balancer.abandon(name)
            del self._exchanges[name]
            for task in list(exchange.running):
                task.cancel()
