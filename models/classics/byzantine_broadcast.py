"""Asynchronous reliable broadcast with Byzantine processes, in one round.

What is modelled
    Of n processes up to t may be faulty, and n > 3t. A correct process that has heard the broadcaster, or n - 2t
    echoes, echoes to all; one that has n - t echoes accepts. The broadcaster itself is left out: some processes have
    heard it at the start. The two thresholds are quorum systems, `Few` and `Most`; what n > 3t is for is that every set
    of n - 2t processes has a correct one, for it meets every set of n - t, and the correct ones are such a set.
Faults
    A faulty process sends an echo to anybody, or not. Echoes of correct ones take any time: a step receives any of
    those that may arrive.
Source
    T. K. Srikanth, S. Toueg, *Simulating authenticated broadcasts to derive simple fault-tolerant algorithms*,
    Distributed Computing 2(2), 1987, figure 7; as in the TLA+ specification *bcastByz* of T. H. Tran, I. Konnov and
    J. Widder (2016), whose states are counted here.
"""

from __future__ import annotations

from assay.checker.language import (
    Enum,
    Map,
    Model,
    QuorumSystem,
    Set,
    Sort,
    Violates,
    action,
    axiom,
    everywhere,
    initial,
    invariant,
    lemma,
    reachable,
    record,
    removed,
    require,
)
from assay.checker.language.networks import SetNetwork

__all__ = ["AThirdFaulty", "ByzantineBroadcast", "Echo", "Few", "Most", "NothingBroadcast", "Phase", "Process"]


class Process(Sort):
    """A process, correct or faulty."""


class Few(QuorumSystem[Process]):
    """At least n - 2t processes: one of them is correct."""


class Most(QuorumSystem[Process]):
    """At least n - t processes: as many as a process can wait for."""


class Phase(Enum):
    """How far a process is."""

    WAITS = "waits"
    HEARD = "heard"
    ECHOED = "echoed"
    ACCEPTED = "accepted"


@record
class Echo:
    """What a correct process has sent to all."""

    sender: Process


class ByzantineBroadcast(SetNetwork[Echo], Model):
    """A message that one correct process accepts, all of them will: enough have echoed it."""

    default = {"Process": 4, "Few": 2, "Most": 3}
    smoke = {"Process": 3, "Few": 2, "Most": 3}
    deep = {"Process": 5, "Few": 2, "Most": 4}
    check_deadlock = False

    correct: Set[Process]
    phase: Map[Process, Phase] = everywhere(Phase.WAITS)
    received: Map[Process, Set[Process]]

    @initial
    def start(self, correct: Set[Process], heard: Set[Process]) -> None:
        require(any(correct == set(q) for q in Most))
        self.correct = set(correct)
        self.phase = {p: Phase.HEARD if p in heard else Phase.WAITS for p in Process}

    @axiom
    def one_of_few_is_correct(self) -> bool:
        """Few and most of the processes have one in common: n - 2t + n - t > n."""
        return all(any(p in few for p in most) for few in Few for most in Most)

    @axiom
    def few_of_most(self) -> bool:
        """Most of the processes are more than few."""
        return all(any(all(p in most for p in few) for few in Few) for most in Most)

    # What processes do

    def hear(self, p: Process, new: Set[Process]) -> None:
        """A correct process receives some echoes: of correct processes those that were sent, of others any."""
        require(p in self.correct, all(s not in self.correct or Echo(s) in self.messages for s in new))
        self.received[p] |= new

    def has_few(self, p: Process) -> bool:
        return any(all(s in self.received[p] for s in few) for few in Few)

    def has_most(self, p: Process) -> bool:
        return any(all(s in self.received[p] for s in most) for most in Most)

    @action
    def echo_what_was_heard(self, p: Process, new: Set[Process]) -> None:
        """A process echoes what the sender has broadcast to it."""
        require(self.phase[p] == Phase.HEARD)
        self.hear(p, new)
        self.phase[p] = Phase.ECHOED
        self.send(Echo(p))

    @action
    def echo_what_few_echo(self, p: Process, new: Set[Process]) -> None:
        """A process echoes what so many others have echoed that one of them is correct."""
        require(self.phase[p] in (Phase.WAITS, Phase.HEARD))
        self.hear(p, new)
        require(self.has_few(p), not self.has_most(p))
        self.phase[p] = Phase.ECHOED
        self.send(Echo(p))

    @action
    def accept(self, p: Process, new: Set[Process]) -> None:
        """A process has so many echoes that every correct one will have enough, and accepts."""
        require(self.phase[p] != Phase.ACCEPTED)
        self.hear(p, new)
        require(self.has_most(p))
        self.phase[p] = Phase.ACCEPTED
        self.send(Echo(p))

    # What is claimed

    def has_accepted(self, p: Process) -> bool:
        return p in self.correct and self.phase[p] == Phase.ACCEPTED

    @invariant
    def enough_for_all(self, p: Process) -> bool:
        """Where a correct process accepts, so many correct ones have echoed that all of them will: n - 2t."""
        return not self.has_accepted(p) or any(
            all(s not in self.correct or Echo(s) in self.messages for s in most) for most in Most
        )

    @lemma
    def echoes_are_sent(self, p: Process, s: Process) -> bool:
        """An echo of a correct process that a correct one has received was sent."""
        return not (p in self.correct and s in self.correct and s in self.received[p]) or Echo(s) in self.messages

    @lemma
    def accepted_with_most(self, p: Process) -> bool:
        return not self.has_accepted(p) or self.has_most(p)

    @lemma
    def enough_are_correct(self) -> bool:
        return any(all(p in self.correct for p in most) for most in Most)

    @lemma
    def senders_have_echoed(self, p: Process) -> bool:
        return Echo(p) not in self.messages or self.phase[p] in (Phase.ECHOED, Phase.ACCEPTED)

    @reachable
    def all_accept(self) -> bool:
        return all(self.has_accepted(p) for p in self.correct)


class NothingBroadcast(ByzantineBroadcast):
    """Where no process has heard the broadcaster, no correct one accepts."""

    all_accept = removed

    start = removed

    @initial
    def keep_silent(self, correct: Set[Process]) -> None:
        require(any(correct == set(q) for q in Most))
        self.correct = set(correct)

    @action(fires="never")
    def echo_what_was_heard(self, p: Process, new: Set[Process]) -> None:
        super().echo_what_was_heard(p, new)

    @action(fires="never")
    def echo_what_few_echo(self, p: Process, new: Set[Process]) -> None:
        super().echo_what_few_echo(p, new)

    @action(fires="never")
    def accept(self, p: Process, new: Set[Process]) -> None:
        super().accept(p, new)

    @invariant
    def unforgeability(self, p: Process) -> bool:
        return not self.has_accepted(p)

    @lemma
    def nothing_happens(self, p: Process) -> bool:
        return p not in self.correct or (self.phase[p] == Phase.WAITS and Echo(p) not in self.messages)


class AThirdFaulty(NothingBroadcast):
    """Broken: of three processes one is faulty, and its echo alone is believed."""

    default = {"Process": 3, "Few": 1, "Most": 2}
    smoke = {}
    deep = {}
    expected = Violates("unforgeability")
    one_of_few_is_correct = removed
