"""The host of one node: it handles messages and timers one at a time, and carries out the node's effects.

Explorers rely on the order within a step: the handler runs, then its changes are on disk, and only then do its messages
leave. A node that ends between two of these has taken the whole step, and its messages are lost, or none of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from assay.impl.node.attributes import declared
from assay.impl.node.errors import NodeError
from assay.impl.node.freezing import Frozen, freeze, freeze_attributes
from assay.impl.node.handling import handlers, timeout_handlers
from assay.impl.node.node import Address, Node, Timer
from assay.impl.node.thawing import thaw
from assay.impl.runtime.codec import Codec
from assay.impl.runtime.frames import LARGEST_FRAME, BadFrame, Frame, InOrder, read_frame
from assay.impl.runtime.link import Link
from assay.impl.runtime.store import Store

__all__ = ["Host", "Peer"]

T = TypeVar("T")
Peer = tuple[str, int]
"""Host and port."""


class Host:
    """Runs one node.

    Parameters
    ----------
    address : Address
        The address of the node.
    node : Node
        The node in its state before the first start.
    peers : mapping of Address to Peer
        The host and port of each node of the cluster, including this one.
    codec : Codec
        Encodes messages and durable attributes.
    store : Store
        The node's database. If it has steps, the node recovers instead of starting.
    seed : int
        Seed of the node's choices.
    is_fifo : bool
        Whether a message that a later one of its sender has overtaken is dropped, as `Cluster.network` claims.
    """

    def __init__(
        self,
        address: Address,
        node: Node,
        peers: Mapping[Address, Peer],
        codec: Codec,
        store: Store,
        seed: int,
        *,
        is_fifo: bool = False,
    ) -> None:
        self.address = address
        self.node = node
        self.codec = codec
        self.store = store
        self.links = {peer: Link(*where) for peer, where in peers.items() if peer != address}
        self.starts = store.count_start()
        self.random = random.Random(f"{seed} {address} {self.starts}")
        self.events: asyncio.Queue[_Arrived | _Due] = asyncio.Queue()
        self.timers: dict[Timer, asyncio.TimerHandle] = {}
        self.step = _Step()
        self._sent = itertools.count()
        self._in_order = InOrder() if is_fifo else None
        self._durable = {name for name, attribute in declared(type(node)).items() if attribute.durable}
        self._before: dict[str, Frozen] = {}
        node.bind(address, self)

    async def run(self, listening: socket.socket) -> None:
        """Start or recover, and serve until cancelled.

        Raises
        ------
        NodeError
            If a handler breaks a rule.
        OSError
            If the disk fails; no message that depends on the failed write has left.
        """
        self._begin()
        server = await asyncio.start_server(self._receive, sock=listening, limit=LARGEST_FRAME)
        async with server:
            while True:
                self._take(await self.events.get())

    def _begin(self) -> None:
        recovers = self.store.steps() > 0
        stored = self.store.durable()
        for name, text in stored.items():
            if name in self._durable:  # another release may have stored more
                vars(self.node)[name] = self.codec.read(text)
        # An attribute that only this release has counts as changed, so that its default is on disk from now on.
        self._before = {name: freeze(vars(self.node)[name], name) for name in self._durable & stored.keys()}
        method = self.node.on_recover if recovers else self.node.on_start
        self._handle({"kind": "recover" if recovers else "start"}, method)

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, ValueError):  # the sender was killed, or its line is longer than a frame
                while (line := await reader.readline()).endswith(b"\n"):  # else it was killed in the middle of a line
                    self._hear(line)
        finally:
            writer.close()

    def _hear(self, line: bytes) -> None:
        """Queue the message in a frame; one that this node cannot read is dropped, as one it does not handle is."""
        try:
            frame = read_frame(line)
            if frame.source not in self.links:
                raise BadFrame(f"its sender {frame.source!r} is no node of the cluster")
            message = self.codec.decode(frame.message)
            thaw(message)  # here a class may refuse its parts; in `_take` that would count as an error of the handler
        except Exception as error:  # whatever a class says of its parts
            print(f"{self.address} drops {line[:80]!r}: {error}", file=sys.stderr, flush=True)
            return
        if self._in_order is None or self._in_order.admits(frame):
            self.events.put_nowait(_Arrived(frame.source, message))

    def _take(self, event: _Arrived | _Due) -> None:
        """Take a step for an event; a timer that was cancelled or set again after it became due is ignored."""
        if isinstance(event, _Arrived):
            told = {"kind": "receive", "from": event.source, "message": self.codec.encode(event.message)}
            self._handle(told, lambda: self._dispatch(event.source, thaw(event.message)))
        elif self.timers.get(event.timer) is event.handle:
            del self.timers[event.timer]
            name, *about = event.timer
            told = {"kind": "timer", "timer": [name, *(self.codec.encode(freeze(part)) for part in about)]}
            self._handle(told, lambda: getattr(self.node, timeout_handlers(type(self.node))[name])(*about))

    def _dispatch(self, sender: Address, message: object) -> None:
        handled = handlers(type(self.node))
        for cls in type(message).__mro__:
            if cls in handled:
                getattr(self.node, handled[cls])(sender, message)
                return

    def _handle(self, event: dict[str, Any], handle: Callable[[], None]) -> None:
        """Take one step: run the handler, write to disk, and then send."""
        self.step = _Step()
        handle()
        attributes = dict(freeze_attributes(self.node.attributes()))
        changed = {name: value for name, value in attributes.items() if self._before.get(name, _ABSENT) != value}
        self._before = attributes
        durable = {n: json.dumps(self.codec.encode(v)) for n, v in changed.items() if n in self._durable}
        frames = [(destination, self._frame(message)) for destination, message in self.step.sends]
        self.store.commit(durable, self._line(event, changed))
        for (destination, frame), (_, message) in zip(frames, self.step.sends, strict=True):
            self._leave(destination, frame, message)

    def _frame(self, message: Frozen) -> bytes:
        """Return a message as it leaves.

        Raises
        ------
        NodeError
            If no receiver would take it: it is too large.
        """
        frame = Frame(self.address, (self.starts, next(self._sent)), self.codec.encode(message)).encoded()
        if len(frame) > LARGEST_FRAME:
            raise NodeError(
                f"{self.address} sends a message of {len(frame)} bytes, more than {LARGEST_FRAME}",
                help="send it in parts",
            )
        return frame

    def _line(self, event: dict[str, Any], changed: Mapping[str, Frozen]) -> dict[str, Any]:
        step, encode = self.step, self.codec.encode
        return {
            "node": self.address,
            "time": time.monotonic_ns(),
            "event": event,
            "choices": [[name, encode(option)] for name, option in step.choices],
            "changed": {name: encode(value) for name, value in changed.items()},
            "sends": [[destination, encode(message)] for destination, message in step.sends],
            "client": [[word, encode(value)] for word, value in step.client],
            "timers": len(self.timers),
        }

    def _leave(self, destination: Address, frame: bytes, message: Frozen) -> None:
        if destination == self.address:
            self.events.put_nowait(_Arrived(self.address, message))
        else:
            self.links[destination].send(frame)

    # The node's port

    def send(self, destination: Address, message: object) -> None:
        """Record a message in its present state; it leaves when the step is on disk."""
        if destination != self.address and destination not in self.links:
            raise NodeError(f"{self.address} sends to {destination!r}, which is no node of the cluster")
        self.step.sends.append((destination, freeze(message, type(message).__name__)))

    def set_timer(self, timer: Timer, after: float) -> None:
        """Set a timer, in place of one that is already set."""
        self.cancel_timer(timer)
        due = _Due(timer)
        due.handle = asyncio.get_running_loop().call_later(after, self.events.put_nowait, due)
        self.timers[timer] = due.handle

    def cancel_timer(self, timer: Timer) -> None:
        """Cancel a timer, even one that is due but not handled yet."""
        handle = self.timers.pop(timer, None)
        if handle is not None:
            handle.cancel()

    def choose(self, name: str, options: Sequence[T]) -> T:
        """Choose at random."""
        option = options[self.random.randrange(len(options))]
        self.step.choices.append((name, freeze(option, name)))
        return option

    def invoke(self, operation: object) -> None:
        """Record the start of an operation."""
        self.step.client.append(("invoke", freeze(operation)))

    def respond(self, result: object) -> None:
        """Record the end of an operation."""
        self.step.client.append(("respond", freeze(result)))


_ABSENT = object()


@dataclass
class _Arrived:
    """The event that a message has arrived."""

    source: Address
    message: Frozen


@dataclass
class _Due:
    """The event that a timer is due; it is identified by its handle."""

    timer: Timer
    handle: asyncio.TimerHandle | None = None


class _Step:
    """The effects of a handler."""

    def __init__(self) -> None:
        self.sends: list[tuple[Address, Frozen]] = []
        self.choices: list[tuple[str, Frozen]] = []
        self.client: list[tuple[str, Frozen]] = []
