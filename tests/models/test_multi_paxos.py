"""Multi-Paxos: one phase for all slots, told slot by slot or in one message, and what each guard is for."""

import pytest
from assay.checker.language import action, removed, require
from assay.models.consensus import Value
from assay.models.multi_paxos import (
    Accept,
    Accepted,
    Learner,
    MultiPaxos,
    MultiPaxosExecutingOverGaps,
    MultiPaxosExecutingWhatWasAccepted,
    MultiPaxosIgnoringVotes,
    MultiPaxosPreparingOneSlot,
    MultiPaxosWithLogs,
    Promise,
    Slot,
)
from assay.models.paxos import Paxos, Proposal
from assay.models.voting import Acceptor, Ballot, joined
from examination import catches, counterexample, counts, examine


class WithoutLearners(MultiPaxos):
    """Nobody executes the log."""

    execute = removed


def test_one_slot_without_learners_is_paxos():
    """Its states are those of Paxos, which has published counts."""
    one = examine(WithoutLearners, Slot=1, Acceptor=2)
    assert counts(one) == counts(examine(Paxos, Acceptor=2))


def test_a_promise_may_carry_the_log_or_be_told_slot_by_slot():
    slots, logs = examine(MultiPaxos), examine(MultiPaxosWithLogs)
    assert slots.as_expected
    assert logs.as_expected
    assert counts(slots) == counts(logs) == (5629, 37_297, 21)


def test_ignoring_what_was_accepted_chooses_twice_in_a_slot():
    actions = counterexample(examine(MultiPaxosIgnoringVotes), "agreement")
    assert actions.count("propose") == 2


def test_promises_for_one_slot_are_not_enough_for_another():
    actions = counterexample(examine(MultiPaxosPreparingOneSlot), "agreement")
    assert actions.count("propose") == 2


def test_executing_over_gaps_is_seen():
    assert counterexample(examine(MultiPaxosExecutingOverGaps), "logs_have_no_gaps")[-1] == "execute"


def test_executing_what_is_not_chosen_makes_learners_differ():
    found = examine(MultiPaxosExecutingWhatWasAccepted)
    assert counterexample(found, "learners_execute_the_same").count("execute") == 2


class PromisesTwice(MultiPaxos):
    """An acceptor forgets which ballot it has joined."""

    @action
    def promise(self, acceptor: Acceptor, ballot: Ballot) -> None:
        require(not joined(self.promised[acceptor], ballot))
        self.messages.update({Promise(acceptor, ballot, s, self.accepted[acceptor][s]) for s in Slot})


class TellsNothing(MultiPaxos):
    """An acceptor does not tell what it has accepted."""

    @action
    def promise(self, acceptor: Acceptor, ballot: Ballot) -> None:
        require(not joined(self.promised[acceptor], ballot))
        self.promised[acceptor] = ballot
        self.messages.update({Promise(acceptor, ballot, s, None) for s in Slot})


class AcceptsInBallotsItHasLeft(MultiPaxos):
    """An acceptor accepts whatever it is asked to."""

    @action
    def accept(self, acceptor: Acceptor, slot: Slot, proposal: Proposal) -> None:
        require(Accept(slot, proposal) in self.messages)
        self.accepted[acceptor][slot] = proposal
        self.messages.add(Accepted(acceptor, slot, proposal))


class AcceptsInAnotherSlot(MultiPaxos):
    """An acceptor does not look for which slot a proposal is."""

    @action
    def accept(self, acceptor: Acceptor, slot: Slot, proposal: Proposal) -> None:
        require(any(Accept(s, proposal) in self.messages for s in Slot))
        require(not joined(self.promised[acceptor], proposal.ballot) or self.promised[acceptor] == proposal.ballot)
        self.promised[acceptor] = proposal.ballot
        self.accepted[acceptor][slot] = proposal
        self.messages.add(Accepted(acceptor, slot, proposal))


class ExecutesAgain(MultiPaxos):
    """A learner executes a slot although it is not chosen."""

    @action
    def execute(self, learner: Learner, slot: Slot, value: Value) -> None:
        require(self.executed[learner][slot] is None)
        require(all(self.executed[learner][s] is not None for s in Slot if s < slot))
        self.executed[learner][slot] = value


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (PromisesTwice, "acceptor_has_joined"),
        (TellsNothing, "promise_tells_the_last_vote"),
        (AcceptsInBallotsItHasLeft, "memory_is_the_last_vote"),
        (AcceptsInAnotherSlot, "accepted_was_proposed"),
        (ExecutesAgain, "executed_was_chosen"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by, "smoke")
