"""A client has a server keep two values, one after the other: what the server has acknowledged it must not lose."""

from __future__ import annotations

from assay.impl.node import Address, Cluster, Durable, Faults, Network, Node, World, message, on


@message
class Put:
    value: int


@message
class Stored:
    value: int


class Server(Node):
    kept: Durable[int] = 0

    @on(Put)
    def put(self, client: Address, message: Put) -> None:
        self.kept = max(self.kept, message.value)
        self.send(client, Stored(message.value))


class Client(Node):
    server: Address
    acknowledged: Durable[int] = 0

    def on_start(self) -> None:
        self.send(self.server, Put(1))

    def on_recover(self) -> None:
        if self.acknowledged < 2:
            self.send(self.server, Put(self.acknowledged + 1))

    @on(Stored)
    def stored(self, server: Address, message: Stored) -> None:
        if message.value == self.acknowledged + 1:
            self.acknowledged = message.value
            if message.value < 2:
                self.send(server, Put(message.value + 1))


def nothing_is_lost(world: World) -> bool:
    server, client = world.nodes["server"], world.nodes["client"]
    return client.acknowledged <= server.kept


def all_is_kept(world: World) -> bool:
    return world.nodes["client"].acknowledged == 2


def cluster(crashes: int = 0) -> Cluster:
    return Cluster(
        {"server": Server(), "client": Client(server="server")},
        network=Network("set"),
        faults=Faults(crashes=crashes),
        invariants=(nothing_is_lost,),
        reachable=(all_is_kept,),
    )
