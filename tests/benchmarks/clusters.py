"""Measure the native explorer of implementations: Paxos as nodes, 3 acceptors and 2 proposers of 2 ballots each.

Usage: ``python -m tests.benchmarks.clusters``, from the root of the repository, with assay installed. Rates are in
processor time of the whole search, calls of handlers included; the plain explorer is measured on the first worlds.
"""

from __future__ import annotations

import sys
from time import process_time

from assay.checker.engine.limits import Limits
from assay.checker.implementations import plain
from assay.checker.implementations.native.explorer import explore
from assay.checker.implementations.native.findings import NativeExploration
from assay.impl.node import Address, Cluster, Durable, Network, Node, message, on, on_timeout

__all__ = ["basic_paxos", "measure", "rate_of_the_plain_explorer"]


@message
class Prepare:
    ballot: int


@message
class Promise:
    ballot: int
    accepted: tuple[int, str] | None


@message
class Accept:
    proposal: tuple[int, str]


@message
class Accepted:
    proposal: tuple[int, str]


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
        if self.promised <= message.proposal[0]:
            self.promised = message.proposal[0]
            self.accepted = message.proposal
            self.send(proposer, Accepted(message.proposal))


class Proposer(Node):
    acceptors: tuple[Address, ...]
    value: str
    ballots: tuple[int, ...]
    ballot: int = 0
    tried: int = 0
    promises: dict[Address, tuple[int, str] | None]
    proposed: bool = False

    def on_start(self) -> None:
        self.retry()

    @on_timeout("retry")
    def retry(self) -> None:
        self.ballot, self.promises, self.proposed = self.ballots[self.tried], {}, False
        self.tried += 1
        if self.tried < len(self.ballots):
            self.set_timer("retry", 1.0)
        self.send(self.acceptors, Prepare(self.ballot))

    @on(Promise)
    def promise(self, acceptor: Address, message: Promise) -> None:
        if message.ballot != self.ballot or self.proposed:
            return
        self.promises[acceptor] = message.accepted
        if 2 * len(self.promises) > len(self.acceptors):
            accepted = [proposal for proposal in self.promises.values() if proposal is not None]
            self.proposed = True
            self.send(self.acceptors, Accept((self.ballot, max(accepted)[1] if accepted else self.value)))

    @on(Accepted)
    def accepted(self, acceptor: Address, message: Accepted) -> None: ...


def basic_paxos(acceptors: int = 3, proposers: int = 2, ballots: int = 2) -> Cluster:
    """Return proposers that end with their proposal: nobody counts votes."""
    voters = tuple(f"a{number}" for number in range(acceptors))
    nodes: dict[Address, Node] = {address: Acceptor() for address in voters}
    for number in range(proposers):
        own = tuple(1 + number + turn * proposers for turn in range(ballots))
        nodes[f"p{number}"] = Proposer(acceptors=voters, value=f"v{number}", ballots=own)
    return Cluster(nodes, network=Network("set"))


def measure(cluster: Cluster, most: int | None = None) -> tuple[NativeExploration, float]:
    """Explore natively; return what was found and the processor time."""
    explore(cluster, limits=Limits(states=100))  # load or compile
    began = process_time()
    found = explore(cluster, limits=Limits(states=most))
    return found, process_time() - began


def rate_of_the_plain_explorer(cluster: Cluster, most: int = 2000) -> float:
    """Return the steps a second of processor time that the plain explorer takes."""
    began = process_time()
    found = plain.explore(cluster, max_worlds=most)
    return found.generated / (process_time() - began)


def main(most: int | None = None) -> None:
    """Print the report."""
    cluster = basic_paxos()
    found, seconds = measure(cluster, most)
    rate, of_plain = found.generated / seconds, rate_of_the_plain_explorer(cluster)
    print("| worlds | generated | calls | M generated/s | times the plain explorer | bytes/world | generated/call |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {found.worlds:,} | {found.generated:,} | {found.calls:,} | {rate / 1e6:.1f} | {rate / of_plain:,.0f} "
        f"| {found.memory / found.worlds:.1f} | {found.generated / found.calls:,.0f} |"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
