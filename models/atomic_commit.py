"""Atomic commit: either all participants commit or all abort, whatever protocol makes them.

What is modelled
    The participants of one transaction. Each decides by looking at the states of all others, which no
    distributed program could do: this is a specification, and `two_phase_commit` implements it.
Faults
    A participant may abort at any time before one has committed; this stands for every failure.
Source
    Gray and Lamport, *Consensus on Transaction Commit* (2006), and its TLA+ module TCommit in the TLA+
    Examples, transaction_commit.
Counts
    34 states for 3 participants (94 generated, depth 7), as the TLA+ Examples state for TCommit.
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Enum,
    Map,
    Model,
    QuorumSystem,
    Sort,
    Violates,
    action,
    everywhere,
    invariant,
    reachable,
    require,
    step_invariant,
    terminal,
)

__all__ = [
    "AbortsWhenOthersCommitted",
    "AtomicCommit",
    "CommitsOnMajority",
    "Majority",
    "Participant",
    "ParticipantState",
]


class Participant(Sort):
    """A resource manager: a database, a queue, whatever takes part in the transaction."""


class ParticipantState(Enum):
    """How far a participant has come: working, prepared for either outcome, or decided."""

    WORKING, PREPARED, COMMITTED, ABORTED = range(4)


class AtomicCommit(Model):
    """All participants commit, or all abort."""

    default = {"Participant": 3}
    smoke = {"Participant": 2}
    deep = {"Participant": 6}

    state: Map[Participant, ParticipantState] = everywhere(ParticipantState.WORKING)

    def is_ready(self, p: Participant) -> bool:
        """Whether the participant has agreed to commit."""
        return self.state[p] is ParticipantState.PREPARED or self.state[p] is ParticipantState.COMMITTED

    def has_decided(self, p: Participant) -> bool:
        """Whether the participant has committed or aborted."""
        return self.state[p] is ParticipantState.COMMITTED or self.state[p] is ParticipantState.ABORTED

    def can_commit(self) -> bool:
        """Whether every participant has agreed to commit."""
        return all(self.is_ready(p) for p in Participant)

    def can_abort(self) -> bool:
        """Whether no participant has committed."""
        return all(self.state[p] is not ParticipantState.COMMITTED for p in Participant)

    @action
    def prepare(self, p: Participant) -> None:
        """A participant agrees to commit."""
        require(self.state[p] is ParticipantState.WORKING)
        self.state[p] = ParticipantState.PREPARED

    @action
    def commit(self, p: Participant) -> None:
        """A participant commits, once every one has agreed to."""
        require(self.state[p] is ParticipantState.PREPARED, self.can_commit())
        self.state[p] = ParticipantState.COMMITTED

    @action
    def abort(self, p: Participant) -> None:
        """A participant aborts, as long as none has committed."""
        require(not self.has_decided(p), self.can_abort())
        self.state[p] = ParticipantState.ABORTED

    @invariant
    def atomicity(self) -> bool:
        """No participant has aborted while another has committed."""
        return not any(
            self.state[p] is ParticipantState.ABORTED and self.state[q] is ParticipantState.COMMITTED
            for p in Participant
            for q in Participant
        )

    @step_invariant
    def decisions_are_final(self, after: Self) -> bool:
        """A participant that has committed or aborted never changes its mind."""
        return all(after.state[p] is self.state[p] for p in Participant if self.has_decided(p))

    @reachable
    def all_commit(self) -> bool:
        return all(self.state[p] is ParticipantState.COMMITTED for p in Participant)

    @reachable
    def all_abort(self) -> bool:
        return all(self.state[p] is ParticipantState.ABORTED for p in Participant)

    @terminal
    def all_have_decided(self) -> bool:
        return all(self.has_decided(p) for p in Participant)


class Majority(QuorumSystem[Participant]):
    """More than half of the participants."""


class CommitsOnMajority(AtomicCommit):
    """Broken: a participant commits once a majority has agreed to."""

    expected = Violates("atomicity")
    smoke = {}

    def can_commit(self) -> bool:
        return any(all(self.is_ready(p) for p in majority) for majority in Majority)


class AbortsWhenOthersCommitted(AtomicCommit):
    """Broken: a participant that has agreed to commit aborts after others have committed."""

    expected = Violates("atomicity")

    def can_abort(self) -> bool:
        return True
