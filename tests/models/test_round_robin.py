"""Round robin over a queue: against a program of a few lines, and broken in the ways that it breaks."""

import itertools
import random

import pytest
from assay.checker.language import action, require
from assay.checker.language.execution.interpreter import Interpreter
from assay.models.round_robin import (
    Backend,
    Request,
    RoundRobin,
    RoundRobinByIndex,
    RoundRobinForgettingOnRestart,
    RoundRobinOverMessages,
    RoundRobinWithoutAcknowledgement,
    RoundRobinWithoutDeduplication,
    Sent,
)
from examination import catches, counterexample, counts, examine, instance_of


def test_every_request_is_executed_once_and_turns_are_fair():
    result = examine(RoundRobin, "smoke")
    assert result.as_expected
    assert counts(result)[0] == 786


def test_suspicion_and_late_acknowledgements_do_no_harm():
    result = examine(RoundRobinOverMessages, "smoke")
    assert result.as_expected
    assert counts(result)[0] == 76


@pytest.mark.slow
def test_four_backends():
    result = examine(RoundRobin, "deep")
    assert result.as_expected
    assert counts(result) == (415_036, 4_992_292, 24)


def test_without_acknowledgement_a_crash_loses_a_request():
    actions = counterexample(examine(RoundRobinWithoutAcknowledgement), "nothing_is_lost")
    assert sorted(actions) == ["accept", "crash", "dispatch", "start"]


def test_without_deduplication_a_lost_acknowledgement_executes_a_request_twice():
    actions = counterexample(examine(RoundRobinWithoutDeduplication), "nothing_is_executed_twice")
    assert actions.count("dispatch") == 2
    assert "crash" not in actions


def test_deduplication_in_memory_is_lost_on_restart():
    actions = counterexample(examine(RoundRobinForgettingOnRestart), "nothing_is_executed_twice")
    assert "start" in actions[actions.index("dispatch") :]


def test_an_index_into_those_that_are_up_passes_somebody_over():
    actions = counterexample(examine(RoundRobinByIndex), "turns_are_fair")
    assert actions.count("dispatch") >= 2


class ServesWhoeverIsUp(RoundRobin):
    """Turns are not looked at."""

    def is_next(self, backend: Backend) -> bool:
        return backend in self.up


class KeepsWhatCrashed(RoundRobin):
    """Who comes back is still counted as it was before."""

    @action
    def crash(self, backend: Backend) -> None:
        require(backend in self.up)
        self.up.discard(backend)
        self.taken = {s for s in self.taken if s.backend != backend}


class AcknowledgesBeforeItExecutes(RoundRobin):
    """A backend acknowledges what it has only taken."""

    @action
    def dispatch(self, request: Request, backend: Backend) -> None:
        require(request in self.queue, self.is_next(backend), Sent(request, backend) not in self.taken)
        self.taken.add(Sent(request, backend))
        self.queue.discard(request)
        self.count_turn(backend)


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (ServesWhoeverIsUp, "turns_are_fair"),
        (KeepsWhatCrashed, "who_is_ahead_comes_later"),
        (AcknowledgesBeforeItExecutes, "nothing_is_lost"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by)


@pytest.mark.parametrize("seed", range(20))
def test_turns_are_those_of_a_ring(seed):
    """The next backend is the one that walking round a ring, from the last one on, meets first."""
    chance = random.Random(seed)
    instance = instance_of(RoundRobin, Backend=5, Request=1)
    with instance.active():
        state = next(iter(Interpreter(instance).initial_states()))
        thawed = Interpreter(instance).thaw(state)
        backends = list(Backend)
        thawed.up = {b for b in backends if chance.random() < 0.6}
        thawed.last = chance.choice(backends)
        ring = itertools.islice(itertools.cycle(backends), thawed.last.index + 1, thawed.last.index + 6)
        expected = next((b for b in ring if b in thawed.up), None)
        assert [b for b in backends if thawed.is_next(b)] == ([expected] if expected else [])
