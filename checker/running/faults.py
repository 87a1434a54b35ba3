"""Inject faults into a running cluster; a seed decides which, when and where."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from assay.checker.running.fleet import Fleet
from assay.impl.node.cluster import Cluster
from assay.impl.node.node import Address
from assay.impl.runtime.frames import LARGEST_FRAME, BadFrame, InOrder, read_frame
from assay.impl.runtime.host import Peer
from assay.impl.runtime.link import Link
from assay.impl.runtime.store import read_journal

__all__ = ["Fault", "Mischief", "Network"]


class Fault(Enum):
    """Kinds of faults."""

    KILL = "kill"
    PAUSE = "pause"
    DROP = "drop"
    DELAY = "delay"
    PARTITION = "partition"

    @property
    def is_of_the_network(self) -> bool:
        """Whether it needs a proxy between the nodes."""
        return self in (Fault.DROP, Fault.DELAY, Fault.PARTITION)


Serve: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

# The patience of the library's nodes is between 0.2 and 1 s. Faults last from less than that to a bit more: some go
# unnoticed, and others make nodes give up, repeat and take over.
_DROPPED = 0.05
"""The part of all messages that is dropped: few enough for an operation that takes a dozen to succeed at times."""
_LONGEST_DELAY = 0.1
"""Seconds; messages on a network without order overtake each other."""
_LANES = 4
"""Ways between two nodes on a network without order: what goes one way overtakes what goes another."""
_PAUSES = (0.1, 0.6)
"""Seconds for which a node is stopped."""
_DOWN = (0.05, 0.4)
"""Seconds from the end of a node that is killed to its restart."""
_CUTS = (0.2, 0.8)
"""Seconds for which a partition lasts."""
_BETWEEN = (0.1, 0.5)
"""Seconds from the end of one fault of a kind to the next."""


@dataclass
class Mischief:
    """The fault injector.

    Attributes
    ----------
    done : dict of Fault to int
        Number of injected faults of each kind.
    """

    cluster: Cluster
    fleet: Fleet
    faults: Sequence[Fault]
    random: random.Random
    network: Network | None = None
    done: dict[Fault, int] = field(default_factory=dict)

    def tasks(self) -> list[asyncio.Task[None]]:
        """Start injecting faults, each kind in a task of its own."""
        made = {Fault.KILL: self._kills, Fault.PAUSE: self._pauses, Fault.PARTITION: self._partitions}
        return [asyncio.create_task(made[fault]()) for fault in self.faults if fault in made]

    async def _kills(self) -> None:
        while True:
            await self._wait(_BETWEEN)
            crashing = self.cluster.faults.crashing
            address = self._somebody(None if crashing is None else sorted(crashing))
            if address is None:
                continue
            self.fleet.kill(address)
            self._count(Fault.KILL)
            await self._wait(_DOWN)
            await self._back(address)

    async def _back(self, address: Address) -> None:
        """Restart a node and wait until it has taken a step: else a slow machine might kill it before it is up."""
        database = self.fleet.deployment.database(address)
        before = len(read_journal(database))
        self.fleet.start(address)
        while self.fleet.state(address) != "failed" and len(read_journal(database, waits=False)) <= before:
            await asyncio.sleep(_DOWN[0])

    async def _pauses(self) -> None:
        while True:
            await self._wait(_BETWEEN)
            address = self._somebody()
            if address is None:
                continue
            self.fleet.pause(address)
            self._count(Fault.PAUSE)
            try:
                await self._wait(_PAUSES)
            finally:
                self.fleet.resume(address)

    async def _partitions(self) -> None:
        assert self.network is not None
        addresses = sorted(self.cluster.nodes)
        while len(addresses) > 1:
            await self._wait(_BETWEEN)
            self.network.side = frozenset(self.random.sample(addresses, self.random.randrange(1, len(addresses))))
            self._count(Fault.PARTITION)
            await self._wait(_CUTS)
            self.network.side = frozenset()

    def _somebody(self, among: Sequence[Address] | None = None) -> Address | None:
        up = [a for a in (sorted(self.cluster.nodes) if among is None else among) if self.fleet.state(a) == "up"]
        return self.random.choice(up) if up else None

    def _count(self, fault: Fault) -> None:
        self.done[fault] = self.done.get(fault, 0) + 1

    async def _wait(self, between: tuple[float, float]) -> None:
        await asyncio.sleep(self.random.uniform(*between))


class Network:
    """A proxy before each node, which drops, delays and holds back what passes.

    Parameters
    ----------
    cluster : Cluster
        On a FIFO network delays keep the order of each channel.
    faults : sequence of Fault
    random : Random
    """

    def __init__(self, cluster: Cluster, faults: Sequence[Fault], random: random.Random) -> None:
        self.is_fifo = cluster.network.kind == "fifo"
        self.faults = faults
        self.random = random
        self.side: frozenset[Address] = frozenset()
        self.dropped = 0
        self.delayed = 0
        self._channels: dict[tuple[Any, ...], asyncio.Queue[tuple[float, bytes]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._servers: list[asyncio.Server] = []

    async def stand_before(self, fleet: Fleet) -> None:
        """Listen in place of each node."""
        for address, where in list(fleet.peers.items()):
            listening = socket.create_server(("127.0.0.1", 0))
            serve = self._serve(address, where)
            self._servers.append(await asyncio.start_server(serve, sock=listening, limit=LARGEST_FRAME))
            fleet.peers[address] = listening.getsockname()[:2]

    async def end(self) -> None:
        """Stop forwarding messages."""
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.sleep(0)  # a connection accepted just now has a task by now, cancelled with the others

    def _serve(self, destination: Address, where: Peer) -> Serve:
        # A receiver that restarts forgets what it has heard; this proxy stays, and keeps the order across restarts.
        in_order = InOrder()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                # the end of the run; or a node was killed, perhaps in the middle of a line
                with contextlib.suppress(asyncio.CancelledError, OSError, ValueError, BadFrame):
                    while line := await reader.readline():
                        frame = read_frame(line)
                        if not self.is_fifo or in_order.admits(frame):
                            self._pass(frame.source, destination, where, line)
            finally:
                writer.close()

        return serve

    def _pass(self, source: Address, destination: Address, where: Peer, line: bytes) -> None:
        if Fault.DROP in self.faults and self.random.random() < _DROPPED:
            self.dropped += 1
            return
        delay = self.random.uniform(0, _LONGEST_DELAY) if Fault.DELAY in self.faults else 0.0
        self.delayed += delay > 0
        lane = (source, destination) if self.is_fifo else (source, destination, self.random.randrange(_LANES))
        if lane not in self._channels:
            self._channels[lane] = asyncio.Queue()
            self._tasks.add(asyncio.create_task(self._carry(lane, Link(*where))))
        self._channels[lane].put_nowait((asyncio.get_running_loop().time() + delay, line))

    async def _carry(self, lane: tuple[Any, ...], link: Link) -> None:
        """Forward the messages of one lane in order; a cut delays them on a FIFO network and drops them otherwise."""
        clock = asyncio.get_running_loop().time
        while True:
            due, line = await self._channels[lane].get()
            await asyncio.sleep(max(0.0, due - clock()))
            while self._is_cut(*lane[:2]) and self.is_fifo:
                await asyncio.sleep(_LONGEST_DELAY)
            if self._is_cut(*lane[:2]):
                self.dropped += 1
            else:
                link.send(line)

    def _is_cut(self, source: Address, destination: Address) -> bool:
        return (source in self.side) != (destination in self.side)
