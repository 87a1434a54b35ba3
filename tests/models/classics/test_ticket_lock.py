"""The ticket lock: its counters, and that each guard is needed."""

import pytest
from assay.checker.language import action, require
from assay.models.classics.ticket_lock import Thread, Ticket, TicketLock, TicketLockWithTornIncrement, is_next
from examination import catches, counterexample, counts, examine


def test_counts():
    assert counts(examine(TicketLock)) == (58, 100, 10)


@pytest.mark.parametrize("tickets", [2, 3, 4, 5])
def test_one_thread_draws_enters_and_leaves_until_its_tickets_run_out(tickets):
    result = examine(TicketLock, Thread=1, Ticket=tickets)
    assert counts(result) == (3 * (tickets - 1) + 1, 3 * (tickets - 1) + 1, 3 * (tickets - 1) + 1)


def test_torn_increment_violates_mutual_exclusion():
    result = examine(TicketLockWithTornIncrement)
    assert result.violated == ("mutual_exclusion",)
    actions = counterexample(result, "mutual_exclusion")
    assert sorted(actions) == ["draw", "draw", "enter", "enter", "fetch", "fetch"]


class EntersEarly(TicketLock):
    """A thread enters when its turn has come or is still to come."""

    @action
    def enter(self, thread: Thread) -> None:
        ticket = self.ticket[thread]
        require(ticket is not None and self.now_serving <= ticket, thread not in self.inside)
        self.inside.add(thread)


class CallsTheNextOnEntering(TicketLock):
    """The counter moves on when a thread enters, not when it leaves."""

    @action
    def leave(self, thread: Thread, after: Ticket) -> None:
        require(self.ticket[thread] == self.now_serving, is_next(self.now_serving, after))
        self.inside.discard(thread)
        self.now_serving = after


class SkipsTickets(TicketLock):
    """The counter of turns may move on by more than one."""

    @action
    def leave(self, thread: Thread, after: Ticket) -> None:
        require(thread in self.inside, self.now_serving < after)
        self.inside.discard(thread)
        self.ticket[thread] = None
        self.now_serving = after


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (EntersEarly, "mutual_exclusion"),
        (EntersEarly, "first_come_first_served"),
        (CallsTheNextOnEntering, "tickets_are_between_the_counters"),
        (SkipsTickets, "counters_are_in_order"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by)
