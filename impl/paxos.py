"""Paxos: proposers collect promises and then votes from a majority of acceptors; learners learn the chosen value.

Source
    Lamport, *Paxos Made Simple* (2001), sections 2.2 and 2.3, with its names. A proposer without a majority tries again
    with a higher ballot, and doubles its patience each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assay.impl.node import (
    Address,
    Caught,
    Cluster,
    Durable,
    Envelope,
    Faults,
    Network,
    Node,
    Record,
    World,
    message,
    on,
    on_timeout,
    record,
)

__all__ = ["Acceptor", "Ballot", "Learner", "Proposer", "cluster"]

Ballot = int
Value = str


@dataclass(frozen=True)
class Proposal:
    """A value proposed in a ballot."""

    ballot: Ballot
    value: Value


@message
class Prepare:
    """Phase 1a: a proposer asks the acceptors to join its ballot."""

    ballot: Ballot


@message
class Promise:
    """Phase 1b: an acceptor joins a ballot and reports the last proposal it accepted."""

    ballot: Ballot
    accepted: Proposal | None


@message
class Accept:
    """Phase 2a: a proposer asks the acceptors to accept its proposal."""

    proposal: Proposal


@message
class Accepted:
    """Phase 2b: an acceptor has accepted a proposal."""

    proposal: Proposal


class Acceptor(Node):
    """Votes. Its promises and votes are on disk before its answers leave."""

    learners: tuple[Address, ...] = ()
    promised: Durable[Ballot | None] = None
    accepted: Durable[Proposal | None] = None

    @on(Prepare)
    def prepare(self, proposer: Address, message: Prepare) -> None:
        if self.promised is None or self.promised < message.ballot:
            self.promised = message.ballot
            self.send(proposer, Promise(message.ballot, self.accepted))

    @on(Accept)
    def accept(self, proposer: Address, message: Accept) -> None:
        if self.promised is None or self.promised <= message.proposal.ballot:
            self.promised = message.proposal.ballot
            self.accepted = message.proposal
            self.send((proposer, *self.learners), Accepted(message.proposal))


class Proposer(Node):
    """Proposes its own value, or one that may already be chosen, in ballots that no other proposer uses."""

    acceptors: tuple[Address, ...]
    value: Value
    ballots: tuple[Ballot, ...]
    """Its own ballots, in ascending order; after the last one it gives up."""
    patience: float = 0.5
    """Seconds that it waits in its first ballot; the wait doubles with each further ballot."""

    tried: Durable[int] = 0
    """The number of ballots begun. Durable: a proposer that forgot a ballot could propose a second value in it."""
    ballot: Ballot | None = None
    promises: dict[Address, Proposal | None]
    proposed: Proposal | None = None
    votes: set[Address]
    chosen: Value | None = None

    def on_start(self) -> None:
        self.invoke(("propose", self.value))
        self.begin()

    def on_recover(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin the next ballot."""
        if self.tried == len(self.ballots):
            self.ballot = None
            return
        self.ballot = self.ballots[self.tried]
        self.tried += 1
        self.promises = {}
        self.proposed = None
        self.votes = set()
        self.set_timer("retry", self.patience * 2 ** (self.tried - 1))
        self.send(self.acceptors, Prepare(self.ballot))

    @on(Promise)
    def promise(self, acceptor: Address, message: Promise) -> None:
        if self.ballot is None or message.ballot != self.ballot or self.proposed is not None:
            return
        self.promises[acceptor] = message.accepted
        if self.is_majority(len(self.promises)):
            self.proposed = Proposal(self.ballot, self.value_to_propose())
            self.send(self.acceptors, Accept(self.proposed))

    def value_to_propose(self) -> Value:
        """Return the value of the latest proposal that the promises report, or its own value if they report none."""
        accepted = [proposal for proposal in self.promises.values() if proposal is not None]
        return max(accepted, key=lambda proposal: proposal.ballot).value if accepted else self.value

    @on(Accepted)
    def accepted(self, acceptor: Address, message: Accepted) -> None:
        if self.proposed is None or message.proposal != self.proposed or self.chosen is not None:
            return
        self.votes.add(acceptor)
        if self.is_majority(len(self.votes)):
            self.chosen = self.proposed.value
            self.cancel_timer("retry")
            self.respond(self.chosen)

    def is_majority(self, count: int) -> bool:
        return 2 * count > len(self.acceptors)

    @on_timeout("retry")
    def retry(self) -> None:
        self.begin()


class Learner(Node):
    """Learns the chosen value: the one that a majority of the acceptors has accepted in the same ballot."""

    acceptors: tuple[Address, ...]
    votes: dict[Proposal, set[Address]]
    learned: Value | None = None

    @on(Accepted)
    def accepted(self, acceptor: Address, message: Accepted) -> None:
        if self.learned is not None:
            return
        self.votes.setdefault(message.proposal, set()).add(acceptor)
        if 2 * len(self.votes[message.proposal]) > len(self.acceptors):
            self.learned = message.proposal.value
            self.votes = {}


# What it is checked against

EXPLORED = {"acceptors": 3, "proposers": 2}
"""The sizes at which a test explores every world and checks every step against the model."""


def cluster(acceptors: int = 3, proposers: int = 2, ballots: int = 1, learners: int = 0, crashes: int = 0) -> Cluster:
    """Return acceptors, proposers and learners.

    Parameters
    ----------
    acceptors, proposers, learners : int
        The number of nodes of each kind; each proposer has a value of its own.
    ballots : int
        The number of ballots of each proposer.
    crashes : int
        The number of crashes.
    """
    voters = tuple(f"a{number}" for number in range(1, acceptors + 1))
    listeners = tuple(f"l{number}" for number in range(1, learners + 1))
    numbers = range(1, proposers + 1)
    nodes: dict[Address, Node] = {address: Acceptor(learners=listeners) for address in voters}
    for number in numbers:
        own = tuple(number + turn * proposers for turn in range(ballots))
        nodes[f"p{number}"] = Proposer(acceptors=voters, value=f"v{number}", ballots=own)
    nodes |= {address: Learner(acceptors=voters) for address in listeners}
    return Cluster(
        nodes,
        network=Network("set"),
        faults=Faults(crashes=crashes),
        invariants=(agreement,),
        reachable=(something_is_chosen,),
        refines="paxos",
        instance={"Acceptor": acceptors, "Ballot": proposers * ballots, "Value": proposers},
        elements={
            "Acceptor": voters,
            "Ballot": range(1, proposers * ballots + 1),
            "Value": [f"v{number}" for number in numbers],
        },
        abstract=abstract,
    )


def deployment(nodes: int = 3, requests: int = 2) -> Cluster:
    """Return acceptors, one proposer per request, and a learner, with enough ballots to outlast faults."""
    return cluster(acceptors=nodes, proposers=requests, ballots=12, learners=1)


def agreement(world: World) -> bool:
    """All proposers and learners that know a chosen value know the same one."""
    known = {node.chosen for node in world.of(Proposer).values()} | {n.learned for n in world.of(Learner).values()}
    return len(known - {None}) <= 1


def something_is_chosen(world: World) -> bool:
    return any(node.chosen is not None for node in world.of(Proposer).values())


def abstract(world: World) -> dict[str, Any]:
    """Return the model's state that nodes and messages stand for."""
    acceptors = world.of(Acceptor)
    return {
        "promised": {address: node.promised for address, node in acceptors.items()},
        "accepted": {address: node.accepted for address, node in acceptors.items()},
        "messages": {_message(envelope) for envelope in world.sent},
    }


def _message(envelope: Envelope[Any]) -> Record:
    match envelope.message:
        case Prepare(ballot):
            return record("Prepare", ballot=ballot)
        case Promise(ballot, accepted):
            return record("Promise", acceptor=envelope.source, ballot=ballot, accepted=accepted)
        case Accept(proposal):
            return record("Accept", proposal=proposal)
        case Accepted(proposal):
            return record("Accepted", acceptor=envelope.source, proposal=proposal)
    raise AssertionError(envelope)


# Mutants, modelled on mistakes that were made


class ForgetfulPromise(Acceptor):
    """Broken: the promise is not on disk. After a restart the acceptor votes in a ballot it had left."""

    expected = Caught("agreement", "refinement", crashes=1)
    promised: Ballot | None = None


class ForgetfulVote(Acceptor):
    """Broken: the vote is not on disk. After a restart the acceptor promises as if it had never voted."""

    expected = Caught("agreement", "refinement", crashes=1)
    accepted: Proposal | None = None


class VotingBelowThePromise(Acceptor):
    """Broken: the acceptor votes for any proposal, even below its promise."""

    expected = Caught("agreement", "refinement")

    def accept(self, proposer: Address, message: Accept) -> None:
        self.promised = message.proposal.ballot
        self.accepted = message.proposal
        self.send((proposer, *self.learners), Accepted(message.proposal))


class PromiseKeptByVoting(Acceptor):
    """Broken: a vote does not count as a promise, so the acceptor still answers an earlier ballot.

    Breaking agreement takes three ballots; refinement fails at the first such answer.
    """

    expected = Caught("refinement")

    def accept(self, proposer: Address, message: Accept) -> None:
        if self.promised is None or self.promised <= message.proposal.ballot:
            self.accepted = message.proposal
            self.send((proposer, *self.learners), Accepted(message.proposal))


class IgnoringVotes(Proposer):
    """Broken: the proposer proposes its own value, whatever the promises report."""

    expected = Caught("agreement", "refinement")

    def value_to_propose(self) -> Value:
        return self.value


class BelievingTheEarliestVote(Proposer):
    """Broken: the proposer adopts the earliest vote that the promises report, not the latest.

    Breaking agreement takes three ballots.
    """

    expected = Caught("refinement", proposers=3)

    def value_to_propose(self) -> Value:
        accepted = [proposal for proposal in self.promises.values() if proposal is not None]
        return min(accepted, key=lambda proposal: proposal.ballot).value if accepted else self.value


class CountingPromisesTwice(Proposer):
    """Broken: the proposer counts promises rather than acceptors. A promise delivered twice makes a majority."""

    expected = Caught("agreement", "refinement")
    counted: int = 0

    def begin(self) -> None:
        self.counted = 0
        super().begin()

    @on(Promise)
    def promise(self, acceptor: Address, message: Promise) -> None:
        if self.ballot is None or message.ballot != self.ballot or self.proposed is not None:
            return
        self.promises[acceptor] = message.accepted
        self.counted += 1
        if self.is_majority(self.counted):
            self.proposed = Proposal(self.ballot, self.value_to_propose())
            self.send(self.acceptors, Accept(self.proposed))


class TakingPromisesOfAnyBallot(Proposer):
    """Broken: the proposer ignores which ballot a promise is for. A late one counts in its next ballot."""

    expected = Caught("refinement", ballots=2)

    @on(Promise)
    def promise(self, acceptor: Address, message: Promise) -> None:
        if self.ballot is None or self.proposed is not None:
            return
        self.promises[acceptor] = message.accepted
        if self.is_majority(len(self.promises)):
            self.proposed = Proposal(self.ballot, self.value_to_propose())
            self.send(self.acceptors, Accept(self.proposed))


class ContentWithHalf(Proposer):
    """Broken: half of the acceptors count as a majority. If their number is even, two halves need not meet."""

    expected = Caught("agreement", "refinement", acceptors=2)

    def is_majority(self, count: int) -> bool:
        return 2 * count >= len(self.acceptors)


class ForgettingItsBallots(Proposer):
    """Broken: the ballots begun are not on disk. After a restart the proposer proposes twice in the same ballot."""

    expected = Caught("refinement", crashes=1)
    tried: int = 0


class RefusingEverything(Acceptor):
    """Broken: the acceptor never answers. Nothing bad ever happens, and nothing good either."""

    expected = Caught("something_is_chosen")

    def prepare(self, proposer: Address, message: Prepare) -> None: ...
