"""Duelling proposers: Paxos can run for ever without a decision, and decides once a single proposer is left.

What is modelled
    The two phases of Paxos, reduced to what matters for progress: for each acceptor, the proposer that it has promised
    to and the one whose proposal it has accepted; and the order of the proposers' ballots. A new ballot is higher than
    all others. A proposer that is outbid gives up its ballot and begins a new one; acceptors then forget what they
    promised it. Which value is decided is left out: that is the subject of `paxos`.
Faults
    Proposers that take each other for dead, for as long as they like; proposers that stop for good.
Source
    Lamport, *Paxos Made Simple* (2001), section 2.4: two proposers that keep outbidding each other, and why a
    distinguished proposer is needed. That no asynchronous protocol can do without such an assumption is Fischer,
    Lynch and Paterson, *Impossibility of distributed consensus with one faulty process* (1985).
"""

from __future__ import annotations

from typing import ClassVar

from assay.checker.language import (
    Annotated,
    Enum,
    Fairness,
    Formula,
    Map,
    Model,
    QuorumSystem,
    Range,
    Set,
    Sort,
    Violates,
    action,
    eventually,
    everywhere,
    implies,
    invariant,
    leads_to,
    reachable,
    require,
    temporal,
    terminal,
    weak,
)

__all__ = ["Acceptor", "DuellingProposers", "PaxosProgress", "Phase", "Proposer", "Quorum"]


class Proposer(Sort):
    """A process that wants a decision."""


class Acceptor(Sort):
    """A process that votes."""


class Quorum(QuorumSystem[Acceptor]):
    """Acceptors whose answers are enough to go on."""


class Phase(Enum):
    """What a proposer is doing."""

    IDLE = "nothing"
    PREPARING = "asks for promises"
    PROPOSING = "asks to accept its proposal"


# Every process takes the steps that it can take, and messages arrive in the end. Nothing here says that a
# proposer stops: that is what the progress of the protocol rests on.
_GOING_ON = (
    weak("prepare", each="proposer"),
    weak("promise", each=("acceptor", "proposer")),
    weak("propose", each="proposer"),
    weak("accept", each=("acceptor", "proposer")),
    weak("give_way", each="proposer"),
    weak("decide"),
)


class PaxosProgress(Model):
    """All proposers but one stop in the end, and the remaining one gets its decision."""

    default = {"Proposer": 2, "Acceptor": 3}
    smoke = {"Acceptor": 2}
    deep = {"Proposer": 3}
    fairness: ClassVar[tuple[Fairness, ...]] = (*_GOING_ON, weak("stop"))

    phase: Map[Proposer, Phase] = everywhere(Phase.IDLE)
    rank: Map[Proposer, Annotated[int, Range(0, "Proposer")]] = everywhere(0)  # its ballot's place among all; 0: none
    promised: Map[Acceptor, Proposer | None] = everywhere(None)
    accepted: Map[Acceptor, Proposer | None] = everywhere(None)
    stopped: Set[Proposer]
    decided: bool = False

    def may_answer(self, acceptor: Acceptor, proposer: Proposer) -> bool:
        """Whether the acceptor has promised no higher ballot."""
        promised = self.promised[acceptor]
        return promised is None or self.rank[promised] <= self.rank[proposer]

    def is_alone(self, proposer: Proposer) -> bool:
        """Whether every other proposer has stopped, and this one has not."""
        return all(p == proposer or p in self.stopped for p in Proposer) and proposer not in self.stopped

    @action
    def prepare(self, proposer: Proposer) -> None:
        """A proposer begins a ballot that is higher than all others."""
        require(not self.decided, proposer not in self.stopped, self.phase[proposer] is Phase.IDLE)
        old = self.rank[proposer]
        begun = sum(1 for p in Proposer if self.rank[p] != 0)
        for p in Proposer:
            if old != 0 and self.rank[p] > old:
                self.rank[p] -= 1
        self.rank[proposer] = begun if old != 0 else begun + 1
        self.phase[proposer] = Phase.PREPARING

    @action
    def promise(self, acceptor: Acceptor, proposer: Proposer) -> None:
        """An acceptor promises to take no part in lower ballots."""
        require(not self.decided, self.phase[proposer] is Phase.PREPARING, self.promised[acceptor] != proposer)
        require(self.may_answer(acceptor, proposer))
        self.promised[acceptor] = proposer

    @action
    def propose(self, proposer: Proposer, quorum: Quorum) -> None:
        """A proposer has promises from a quorum, and asks the acceptors to accept its proposal."""
        require(not self.decided, proposer not in self.stopped, self.phase[proposer] is Phase.PREPARING)
        require(all(self.promised[a] == proposer for a in quorum))
        self.phase[proposer] = Phase.PROPOSING

    @action
    def accept(self, acceptor: Acceptor, proposer: Proposer) -> None:
        """An acceptor accepts a proposal, unless it has promised a higher ballot."""
        require(not self.decided, self.phase[proposer] is Phase.PROPOSING, self.accepted[acceptor] != proposer)
        require(self.may_answer(acceptor, proposer))
        self.promised[acceptor] = proposer
        self.accepted[acceptor] = proposer

    @action
    def decide(self, proposer: Proposer, quorum: Quorum) -> None:
        """A quorum has accepted a proposal, and it is decided."""
        require(not self.decided, proposer not in self.stopped, self.phase[proposer] is Phase.PROPOSING)
        require(all(self.accepted[a] == proposer for a in quorum))
        self.decided = True

    @action
    def give_way(self, proposer: Proposer) -> None:
        """A proposer that is outbid gives up its ballot; it will begin another."""
        require(not self.decided, proposer not in self.stopped, self.phase[proposer] is not Phase.IDLE)
        require(any(not self.may_answer(a, proposer) for a in Acceptor))
        self.phase[proposer] = Phase.IDLE
        for a in Acceptor:
            if self.promised[a] == proposer:
                self.promised[a] = None
            if self.accepted[a] == proposer:
                self.accepted[a] = None

    @action
    def stop(self, proposer: Proposer) -> None:
        """A proposer stops for good, unless it is the last one."""
        require(not self.decided, proposer not in self.stopped)
        require(any(p != proposer and p not in self.stopped for p in Proposer))
        self.stopped.add(proposer)

    @invariant
    def decisions_rest_on_a_quorum(self) -> bool:
        """A decision rests on a quorum of acceptors that have accepted one proposer's proposal."""
        return implies(self.decided, any(all(self.accepted[a] == p for a in q) for p in Proposer for q in Quorum))

    @eventually
    def a_decision(self) -> bool:
        """A value is decided in the end."""
        return self.decided

    @temporal
    def whoever_is_alone_decides(self, proposer: Proposer) -> Formula:
        """Once a single proposer is left, a value is decided."""
        return leads_to(self.is_alone(proposer), self.decided)

    @reachable
    def outbid_while_proposing(self, proposer: Proposer, acceptor: Acceptor) -> bool:
        """An acceptor refuses a proposal, because it has promised a higher ballot since."""
        return self.phase[proposer] is Phase.PROPOSING and not self.may_answer(acceptor, proposer)

    @terminal
    def is_over(self) -> bool:
        return self.decided


class DuellingProposers(PaxosProgress):
    """Broken: no proposer has to stop, and two of them outbid each other for ever."""

    expected = Violates("a_decision")
    fairness = _GOING_ON
