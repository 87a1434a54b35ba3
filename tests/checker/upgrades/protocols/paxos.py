"""Single-decree Paxos: a proposer with the promises of PREPARE acceptors, chosen by the votes of CHOOSE."""

from __future__ import annotations

from assay.impl.node import Address, Cluster, Durable, Node, World, message, on

PREPARE, CHOOSE = 2, 2


@message
class Prepare:
    ballot: int


@message
class Promise:
    ballot: int
    accepted: tuple[int, str] | None


@message
class Accept:
    ballot: int
    value: str


@message
class Accepted:
    ballot: int


class Acceptor(Node):
    promised: Durable[int] = 0
    accepted: Durable[tuple[int, str] | None] = None

    @on(Prepare)
    def prepare(self, proposer: Address, message: Prepare) -> None:
        if self.promised < message.ballot:
            self.promised = message.ballot
            self.send(proposer, Promise(message.ballot, self.accepted))

    @on(Accept)
    def accept(self, proposer: Address, message: Accept) -> None:
        if self.promised <= message.ballot:
            self.promised = message.ballot
            self.accepted = (message.ballot, message.value)
            self.send(proposer, Accepted(message.ballot))


class Proposer(Node):
    acceptors: tuple[Address, ...]
    ballot: int
    value: str
    promises: dict[Address, tuple[int, str] | None]
    votes: set[Address]
    proposed: str | None = None
    chosen: str | None = None

    def on_start(self) -> None:
        self.send(self.acceptors, Prepare(self.ballot))

    def on_recover(self) -> None: ...

    @on(Promise)
    def promise(self, acceptor: Address, message: Promise) -> None:
        if self.proposed is None:
            self.promises[acceptor] = message.accepted
            if len(self.promises) >= PREPARE:
                known = [vote for vote in self.promises.values() if vote is not None]
                self.proposed = max(known)[1] if known else self.value
                self.send(self.acceptors, Accept(self.ballot, self.proposed))

    @on(Accepted)
    def accepted(self, acceptor: Address, message: Accepted) -> None:
        self.votes.add(acceptor)
        if len(self.votes) >= CHOOSE and self.chosen is None:
            self.chosen = self.proposed


def agreement(world: World) -> bool:
    return len({node.chosen for node in world.of(Proposer).values()} - {None}) <= 1


def cluster(acceptors: int = 3) -> Cluster:
    voters = tuple(f"a{n}" for n in range(1, acceptors + 1))
    proposers = {f"p{n}": Proposer(acceptors=voters, ballot=n, value=f"v{n}") for n in (1, 2)}
    return Cluster({**{a: Acceptor() for a in voters}, **proposers}, invariants=(agreement,))
