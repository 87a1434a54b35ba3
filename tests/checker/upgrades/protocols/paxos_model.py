"""Single-decree Paxos with learners: a proposer leads one ballot, and decides by what it counts."""

from __future__ import annotations

from dataclasses import dataclass

from assay.checker.language import Model, Order, Set, Sort, action, invariant, reachable, require


class Acceptor(Sort):
    """Promises and votes."""


class Proposer(Order):
    """Leads the ballot of its own number."""


class Value(Sort):
    """What is decided."""


@dataclass(frozen=True)
class Vote:
    """An acceptor has accepted a value in a ballot."""

    acceptor: Acceptor
    ballot: Proposer
    value: Value


@dataclass(frozen=True)
class Promise:
    """An acceptor takes part in no earlier ballot any more; its votes so far are in the vote's field."""

    acceptor: Acceptor
    ballot: Proposer
    last: Vote | None


@dataclass(frozen=True)
class Proposal:
    """A ballot's leader asks for votes."""

    ballot: Proposer
    value: Value


class Paxos(Model):
    """Agreement, with majorities in both phases."""

    default = {"Acceptor": 3, "Proposer": 2, "Value": 2}
    check_deadlock = False
    promises: Set[Promise] = set()
    proposals: Set[Proposal] = set()
    votes: Set[Vote] = set()
    decided: Set[Proposal] = set()

    def is_enough_to_propose(self, count: int) -> bool:
        return count >= 2

    def is_enough_to_decide(self, count: int) -> bool:
        return count >= 2

    def has_left(self, acceptor: Acceptor, ballot: Proposer) -> bool:
        return any(p.acceptor == acceptor and p.ballot > ballot for p in self.promises)

    def is_last(self, vote: Vote | None, acceptor: Acceptor) -> bool:
        mine = {v for v in self.votes if v.acceptor == acceptor}
        if vote is None:
            return len(mine) == 0
        return vote in mine and all(other.ballot <= vote.ballot for other in mine)

    @action
    def promise(self, proposer: Proposer, acceptor: Acceptor, last: Vote | None) -> None:
        require(self.is_last(last, acceptor), not self.has_left(acceptor, proposer))
        require(not any(p.acceptor == acceptor and p.ballot == proposer for p in self.promises))
        self.promises.add(Promise(acceptor, proposer, last))

    @action
    def propose(self, proposer: Proposer, value: Value) -> None:
        mine = {p for p in self.promises if p.ballot == proposer}
        require(self.is_enough_to_propose(len(mine)), not any(p.ballot == proposer for p in self.proposals))
        told = {p.last for p in mine if p.last is not None}
        require(not told or any(v.value == value and all(other.ballot <= v.ballot for other in told) for v in told))
        self.proposals.add(Proposal(proposer, value))

    @action
    def vote(self, acceptor: Acceptor, proposal: Proposal) -> None:
        require(proposal in self.proposals, not self.has_left(acceptor, proposal.ballot))
        self.votes.add(Vote(acceptor, proposal.ballot, proposal.value))

    @action
    def decide(self, proposal: Proposal) -> None:
        require(proposal in self.proposals)
        count = len({v.acceptor for v in self.votes if v.ballot == proposal.ballot})
        require(self.is_enough_to_decide(count))
        self.decided.add(proposal)

    @invariant
    def agreement(self) -> bool:
        return all(one.value == other.value for one in self.decided for other in self.decided)

    @reachable
    def somebody_decides(self) -> bool:
        return len(self.decided) > 0
