"""Asynchronous reliable broadcast with Byzantine processes, in one round.

What is modelled
    Of n processes up to t may be faulty, and n > 3t. A correct process that has the broadcaster's message, or
    n - 2t echoes, echoes to all; one that has n - t echoes accepts. The broadcaster itself is left out: some processes
    have its message initially. The two thresholds are quorum systems: `Few` for n - 2t and `Most` for n - t. Since
    n > 3t, every set of n - 2t processes contains a correct one: it meets every set of n - t, and the correct
    processes are such a set. `enough_for_all` is what relay says of a single state. That correct processes accept in
    the end, which takes fairness, is claimed of `FairByzantineBroadcast`.
Faults
    A faulty process sends an echo to any process, or none. Echoes of correct processes take any time: a step receives
    any of those that may arrive.
Source
    T. K. Srikanth, S. Toueg, *Simulating authenticated broadcasts to derive simple fault-tolerant algorithms*,
    Distributed Computing 2(2), 1987, figure 7; as in the TLA+ specification *bcastByz* of T. H. Tran, I. Konnov and
    J. Widder (2016).
Counts
    14,424 states for 4 processes, as TLC counts in *bcastByz*. It generates one successor more for each state there,
    a step in which nothing happens.
"""

from __future__ import annotations

from assay.checker.language import (
    Enum,
    Formula,
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
    leads_to,
    lemma,
    reachable,
    record,
    removed,
    require,
    temporal,
)
from assay.checker.language.networks import SetNetwork

__all__ = ["AThirdFaulty", "ByzantineBroadcast", "Echo", "EchoingOnlyTheBroadcaster", "FairByzantineBroadcast", "Few"]
__all__ += ["Most", "NothingBroadcast", "Phase", "Process"]


class Process(Sort):
    """A process, correct or faulty."""


class Few(QuorumSystem[Process]):
    """At least n - 2t processes, so at least one of them is correct."""


class Most(QuorumSystem[Process]):
    """At least n - t processes, as many as a process can wait for."""


class Phase(Enum):
    """How far a process has come."""

    WAITS = "waits"
    HEARD = "heard"
    ECHOED = "echoed"
    ACCEPTED = "accepted"


@record
class Echo:
    """From a correct process to all."""

    sender: Process


class ByzantineBroadcast(SetNetwork[Echo], Model):
    """If one correct process accepts the message, enough have echoed it for all correct ones to accept."""

    default = {"Process": 4, "Few": 2, "Most": 3}
    smoke = {"Process": 3, "Few": 2, "Most": 3}
    deep = {"Process": 5, "Few": 2, "Most": 4}
    check_deadlock = False

    correct: Set[Process]
    phase: Map[Process, Phase] = everywhere(Phase.WAITS)
    received: Map[Process, Set[Process]]

    @initial
    def start(self, correct: Set[Process], heard: Set[Process]) -> None:
        """A set of n - t processes is correct, and some processes have the broadcaster's message."""
        require(any(correct == set(q) for q in Most))
        self.correct = set(correct)
        self.phase = {p: Phase.HEARD if p in heard else Phase.WAITS for p in Process}

    @axiom
    def one_of_few_is_correct(self) -> bool:
        """Every `Few` meets every `Most`: n - 2t + n - t > n."""
        return all(any(p in few for p in most) for few in Few for most in Most)

    @axiom
    def few_of_most(self) -> bool:
        """Every `Most` contains a `Few`."""
        return all(any(all(p in most for p in few) for few in Few) for most in Most)

    # Steps of a process

    def hear(self, p: Process, new: Set[Process]) -> None:
        """A correct process receives some echoes: of correct processes only those sent, of faulty ones any."""
        require(p in self.correct, all(s not in self.correct or Echo(s) in self.messages for s in new))
        self.received[p] |= new

    def has_few(self, p: Process) -> bool:
        """Whether the process has n - 2t echoes."""
        return any(all(s in self.received[p] for s in few) for few in Few)

    def has_most(self, p: Process) -> bool:
        """Whether the process has n - t echoes."""
        return any(all(s in self.received[p] for s in most) for most in Most)

    @action
    def echo_what_was_heard(self, p: Process, new: Set[Process]) -> None:
        """A process echoes the broadcaster's message."""
        require(self.phase[p] == Phase.HEARD)
        self.hear(p, new)
        self.phase[p] = Phase.ECHOED
        self.send(Echo(p))

    @action
    def echo_what_few_echo(self, p: Process, new: Set[Process]) -> None:
        """A process echoes what n - 2t others have echoed: one of them is correct."""
        require(self.phase[p] in (Phase.WAITS, Phase.HEARD))
        self.hear(p, new)
        require(self.has_few(p), not self.has_most(p))
        self.phase[p] = Phase.ECHOED
        self.send(Echo(p))

    @action
    def accept(self, p: Process, new: Set[Process]) -> None:
        """A process that has n - t echoes accepts: every correct process will get enough."""
        require(self.phase[p] != Phase.ACCEPTED)
        self.hear(p, new)
        require(self.has_most(p))
        self.phase[p] = Phase.ACCEPTED
        self.send(Echo(p))

    # Properties

    def has_accepted(self, p: Process) -> bool:
        """Whether the process is correct and has accepted."""
        return p in self.correct and self.phase[p] == Phase.ACCEPTED

    @invariant
    def enough_for_all(self, p: Process) -> bool:
        """If a correct process has accepted, the correct processes of some `Most`, at least n - 2t, have echoed."""
        return not self.has_accepted(p) or any(
            all(s not in self.correct or Echo(s) in self.messages for s in most) for most in Most
        )

    @lemma
    def echoes_are_sent(self, p: Process, s: Process) -> bool:
        """An echo that a correct process has received from another correct one was sent."""
        return not (p in self.correct and s in self.correct and s in self.received[p]) or Echo(s) in self.messages

    @lemma
    def accepted_with_most(self, p: Process) -> bool:
        """A correct process that has accepted has n - t echoes."""
        return not self.has_accepted(p) or self.has_most(p)

    @lemma
    def enough_are_correct(self) -> bool:
        """At least n - t processes are correct."""
        return any(all(p in self.correct for p in most) for most in Most)

    @lemma
    def senders_have_echoed(self, p: Process) -> bool:
        """A process that has sent an echo has echoed or accepted."""
        return Echo(p) not in self.messages or self.phase[p] in (Phase.ECHOED, Phase.ACCEPTED)

    @reachable
    def all_accept(self) -> bool:
        return all(self.has_accepted(p) for p in self.correct)


class NothingBroadcast(ByzantineBroadcast):
    """If the broadcaster has sent nothing, no correct process accepts."""

    all_accept = removed

    start = removed

    @initial
    def keep_silent(self, correct: Set[Process]) -> None:
        """A set of n - t processes is correct, and no process has the broadcaster's message."""
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
        """No correct process accepts."""
        return not self.has_accepted(p)

    @lemma
    def nothing_happens(self, p: Process) -> bool:
        """No correct process takes a step."""
        return p not in self.correct or (self.phase[p] == Phase.WAITS and Echo(p) not in self.messages)


class AThirdFaulty(NothingBroadcast):
    """Broken: n = 3t. Of three processes one is faulty, and its echo alone is believed."""

    default = {"Process": 3, "Few": 1, "Most": 2}
    smoke = {}
    deep = {}
    expected = Violates("unforgeability")
    one_of_few_is_correct = removed


class FairByzantineBroadcast(ByzantineBroadcast):
    """The echoes of correct processes arrive in the end, whatever the faulty ones send, and then the correct accept.

    Fairness is asked of steps that receive all echoes of correct processes and no others. If it were asked of `accept`,
    which may receive the echo of a faulty process, it would have faulty processes help.
    """

    def sent(self) -> set[Process]:
        """The correct processes whose echoes were sent."""
        return {s for s in self.correct if Echo(s) in self.messages}

    @action(fair="weak", each="p")
    def echo_what_was_heard_in_the_end(self, p: Process) -> None:
        """A process that has all echoes of correct processes echoes the broadcaster's message."""
        self.echo_what_was_heard(p, self.sent())

    @action(fair="weak", each="p")
    def echo_what_few_echo_in_the_end(self, p: Process) -> None:
        """A process that has all echoes of correct processes echoes what n - 2t have."""
        self.echo_what_few_echo(p, self.sent())

    @action(fair="weak", each="p")
    def accept_in_the_end(self, p: Process) -> None:
        """A process that has all echoes of correct processes accepts, if they are n - t."""
        self.accept(p, self.sent())

    def all_have_accepted(self) -> bool:
        """Whether all correct processes have accepted."""
        return all(self.has_accepted(p) for p in self.correct)

    @temporal
    def correctness(self) -> Formula:
        """If all correct processes have the broadcaster's message or have echoed, all of them accept."""
        return leads_to(all(self.phase[p] != Phase.WAITS for p in self.correct), self.all_have_accepted())

    @temporal
    def relay(self) -> Formula:
        """If a correct process accepts, all of them do."""
        return leads_to(any(self.has_accepted(p) for p in Process), self.all_have_accepted())


class EchoingOnlyTheBroadcaster(FairByzantineBroadcast):
    """Broken: processes echo what they have from the broadcaster only, not what n - 2t others have echoed."""

    smoke = {}
    deep = {}
    expected = Violates("relay")
    echo_what_few_echo = removed
    echo_what_few_echo_in_the_end = removed
