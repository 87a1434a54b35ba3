"""The native explorer on random transition systems, against an explorer in plain Python."""

from __future__ import annotations

from dataclasses import replace
from functools import partialmethod

import numpy as np
import pytest
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.engine.native import abi
from assay.checker.engine.native.edges import edges
from assay.checker.engine.native.outcome import FailureKind
from assay.checker.engine.native.search import Tuning, search
from assay.checker.engine.native.store import GrowingMemory, Store, _anonymous
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checker.engine.native.oracle import Stand, assert_agrees, assert_is_run, explore
from tests.checker.engine.native.table_driven import FAILED, Fault, System

MASKS = st.integers(0, 7)
TINY = st.builds(Tuning, states=st.integers(1, 8), batch=st.integers(1, 6), successors=st.integers(1, 4))


@st.composite
def systems(draw: st.DrawFn) -> System:
    count = draw(st.integers(1, 40))
    states = st.integers(0, count - 1)
    out = st.lists(st.tuples(st.integers(0, 2), states), max_size=6)
    return System(
        edges=draw(st.lists(out, min_size=count, max_size=count)),
        initial=draw(st.lists(states, min_size=1, max_size=5)),
        words=draw(st.integers(1, 3)),
        fires=draw(st.dictionaries(states, MASKS, max_size=4)),
        outside=draw(st.frozensets(states, max_size=6)),
        terminal=draw(st.frozensets(states)),
        kept_out=draw(st.frozensets(st.tuples(states, states), max_size=12)),
        step_fires=draw(st.dictionaries(st.tuples(states, states), st.integers(0, 3), max_size=8)),
    )


def line(length: int, **options: object) -> System:
    """One path 0, 1, …, and a loop at its end."""
    edges = [[(0, state + 1)] for state in range(length - 1)] + [[(1, length - 1)]]
    return System(edges=edges, **options)


@settings(max_examples=120, deadline=None)
@given(systems(), TINY)
def test_agrees_with_a_plain_explorer_however_small_the_buffers(system, tuning):
    assert_agrees(system.program(), system.packed(system.initial), tuning=tuning)


@settings(max_examples=120, deadline=None)
@given(systems(), st.integers(1, 200), TINY)
def test_agrees_with_a_plain_explorer_whenever_functions_answer_the_alarm(system, alarm, tuning):
    asked = replace(system, alarm=alarm)
    assert_agrees(asked.program(), asked.packed(asked.initial), tuning=tuning)


@st.composite
def faulty_systems(draw: st.DrawFn) -> System:
    """Systems whose functions have no answer in some states, and return early from time to time."""
    system = draw(systems())
    faults = draw(st.dictionaries(st.integers(0, len(system.edges) - 1), st.integers(1, sum(Fault)), max_size=6))
    # Where steps are kept out, the kernel does not skip what it has just seen, and cannot skip too much.
    kept_out = draw(st.sampled_from([frozenset(), system.kept_out]))
    return replace(system, kept_out=kept_out, faults=faults, alarm=draw(st.integers(0, 60)))


@settings(max_examples=200, deadline=None)
@given(faulty_systems(), TINY)
def test_what_functions_do_not_answer_is_handed_over_whenever_they_answer_the_alarm(system, tuning):
    program = system.program()
    assert_agrees(program, system.packed(system.initial), tuning=tuning, handover=Stand(program))


@settings(max_examples=200, deadline=None)
@given(faulty_systems(), TINY)
def test_what_functions_lack_is_supplied_whenever_they_answer_the_alarm(system, tuning):
    program, starts = system.program(), system.packed(system.initial)

    def supply(path):
        assert_is_run(program, path(), [tuple(row) for row in starts.tolist()])
        system.mend(path()[-1])

    assert_agrees(program, starts, tuning=tuning, supply=supply)


@settings(max_examples=60, deadline=None)
@given(systems(), st.integers(0, 7), st.integers(0, 3), TINY)
def test_what_ends_a_search_is_found_on_a_shortest_path(system, stop_on, stop_on_steps, tuning):
    program, initial = system.program(), system.packed(system.initial)
    starts = [tuple(row) for row in initial.tolist()]
    expected = explore(program, starts)
    outcome = search(program, initial, stop_on=stop_on, stop_on_steps=stop_on_steps, tuning=tuning)
    ended = (
        any(stop_on >> bit & 1 for bit in outcome.found)
        or any(stop_on_steps >> bit & 1 for bit in outcome.found_steps)
        or outcome.deadlock is not None
    )
    possible = (
        any(stop_on >> bit & 1 for bit in expected.found)
        or any(stop_on_steps >> bit & 1 for bit in expected.found_steps)
        or expected.deadlock is not None
    )
    assert ended == possible
    assert ended or outcome.frontier == 0
    for bit, path in outcome.found.items():
        assert len(path) == expected.found[bit]
        assert_is_run(program, path, starts)
    for bit, path in outcome.found_steps.items():
        assert len(path) == expected.found_steps[bit]
    if outcome.deadlock is not None:
        assert len(outcome.deadlock) == expected.deadlock


@settings(max_examples=60, deadline=None)
@given(systems(), st.integers(0, 45), TINY)
def test_never_stores_more_states_than_allowed(system, most, tuning):
    program, initial = system.program(), system.packed(system.initial)
    total = len(explore(program, [tuple(row) for row in initial.tolist()]).distance)
    outcome = search(program, initial, keep_going=True, limits=Limits(states=most), tuning=tuning)
    assert outcome.distinct == min(most, total)
    assert (outcome.stop is not None) == (total > most)
    if outcome.stop:
        assert outcome.stop.reason is StopReason.STATES


@settings(max_examples=60, deadline=None)
@given(systems(), st.integers(1, 8), TINY)
def test_stops_before_the_first_level_that_is_too_deep(system, most, tuning):
    program, initial = system.program(), system.packed(system.initial)
    distances = explore(program, [tuple(row) for row in initial.tolist()]).distance.values()
    outcome = search(program, initial, keep_going=True, limits=Limits(depth=most), tuning=tuning)
    assert outcome.distinct == sum(1 for distance in distances if distance <= most)
    assert outcome.depth == min(most, max(distances, default=0))
    assert outcome.frontier == sum(1 for distance in distances if distance == most)
    assert (outcome.stop is not None) == (outcome.frontier > 0)


@pytest.mark.parametrize("words", [1, 2, 3])
def test_a_fault_of_an_action_ends_the_search_with_the_path_to_it(words):
    system = line(10, words=words, faults={6: Fault.EXPAND})
    outcome = search(system.program(), system.packed([0]))
    assert outcome.failure is not None
    assert outcome.failure.kind is FailureKind.EXPAND
    assert outcome.failure.index == FAILED
    assert outcome.failure.path.tolist() == system.packed([0, 1, 2, 3, 4, 5, 6]).tolist()


def test_a_fault_of_a_predicate_ends_the_search_with_the_path_to_it():
    system = line(10, faults={3: Fault.INSPECT})
    outcome = search(system.program(), system.packed([0]))
    assert outcome.failure is not None
    assert outcome.failure.kind is FailureKind.INSPECT
    assert outcome.failure.index == FAILED
    assert outcome.failure.path.tolist() == system.packed([0, 1, 2, 3]).tolist()


def test_a_violation_outside_the_constraint_is_found_at_the_end_of_its_path():
    system = line(10, outside=frozenset({4}), fires={4: 1})
    outcome = search(system.program(), system.packed([0]))
    assert outcome.found[0].tolist() == system.packed([0, 1, 2, 3, 4]).tolist()
    assert outcome.distinct == 4


def test_what_one_path_may_not_take_is_stored_on_another_one_of_the_same_batch():
    system = System(edges=[[(0, 1), (0, 2)], [(0, 3)], [(0, 3)], []], kept_out=frozenset({(1, 3)}))
    outcome = assert_agrees(system.program(), system.packed([0]))
    assert (outcome.distinct, outcome.cut) == (4, 1)


# The kernel skips what it has just seen, as it is stored by then: unless what came after it could not be judged.
@pytest.mark.parametrize("fault", [Fault.STEPS, Fault.WITHIN], ids=["steps", "within"])
def test_what_is_reached_before_a_failure_in_the_same_batch_is_stored_when_it_is_expanded_again(fault):
    system = System(edges=[[(0, 1), (0, 2)], [(0, 3)], [(0, 4)], [], []], faults={4: fault})
    program = system.program()
    outcome = assert_agrees(program, system.packed([0]), handover=Stand(program))
    assert outcome.distinct == 5


def test_initial_states_that_are_handed_over_are_stored():
    system = System(edges=[[(0, 2)], [(0, 3)], [], []], initial=[0, 1], faults={1: Fault.WITHIN})
    program = system.program()
    outcome = assert_agrees(program, system.packed([0, 1]), handover=Stand(program))
    assert outcome.distinct == 4


@pytest.mark.parametrize("batch", [1, 64])
def test_successors_that_are_handed_over_are_stored(batch):
    system = System(edges=[[(0, 1), (0, 2)], [], []], faults={2: Fault.STEPS})
    program = system.program()
    outcome = assert_agrees(program, system.packed([0]), tuning=Tuning(batch=batch), handover=Stand(program))
    assert outcome.distinct == 3


@pytest.mark.parametrize("fault", [Fault.STEPS, Fault.WITHIN], ids=["steps", "within"])
def test_what_is_reached_before_a_failure_is_stored_once_what_lacked_is_supplied(fault):
    system = System(edges=[[(0, 1), (0, 2)], [(0, 3)], [(0, 4)], [], []], faults={4: fault})
    outcome = assert_agrees(system.program(), system.packed([0]), supply=lambda path: system.mend(path()[-1]))
    assert outcome.distinct == 5


def test_an_initial_state_outside_the_constraint_is_counted_but_not_stored():
    system = line(3, outside=frozenset({0}))
    outcome = search(system.program(), system.packed([0]), check_deadlock=False)
    assert (outcome.distinct, outcome.generated, outcome.depth) == (0, 1, 0)


def test_more_initial_states_than_fit_into_the_buffer_are_all_taken():
    system = System(edges=[[(0, i)] for i in range(50)], initial=list(range(50)))
    tuning = Tuning(states=2, batch=3, successors=4)
    outcome = search(system.program(), system.packed(system.initial), tuning=tuning)
    assert (outcome.distinct, outcome.generated, outcome.depth) == (50, 100, 1)


def test_ctrl_c_keeps_what_was_counted():
    def interrupt(progress):
        raise KeyboardInterrupt

    system = line(60)
    outcome = search(system.program(), system.packed([0]), watch=interrupt)
    assert outcome.stop is not None
    assert outcome.stop.reason is StopReason.INTERRUPT


@pytest.mark.parametrize("grown", ["_states", "_parents"])
def test_an_interrupt_while_the_store_grows_leaves_no_address_of_freed_memory(grown, monkeypatch):
    """What an interrupted search has stored is expanded once more, for its state graph."""
    grow, done = GrowingMemory.grow, []

    def interrupted(memory, size):
        larger = _anonymous(size)  # wherever the system would grow it in place, it may move
        larger[: len(memory._map)] = memory._map
        memory._map = larger
        done.append(memory)
        if memory is getattr(stores[-1], grown):
            raise KeyboardInterrupt

    stores: list[Store] = []
    monkeypatch.setattr(GrowingMemory, "grow", interrupted)
    monkeypatch.setattr(Store, "__init__", partialmethod(_noted, Store.__init__, stores))
    system = line(60)
    outcome = search(system.program(), system.packed([0]), tuning=Tuning(states=4))
    monkeypatch.setattr(GrowingMemory, "grow", grow)
    assert done
    assert outcome.stop.reason is StopReason.INTERRUPT
    control = np.zeros(abi.FIELDS, np.int64)
    outcome.store.publish(control)
    assert control[abi.LOG] == outcome.store._states.address
    assert control[abi.PARENTS] == outcome.store._parents.address
    assert edges(outcome).targets.tolist() == [*range(1, outcome.distinct)]


def _noted(store, make, stores, *arguments):
    stores.append(store)
    make(store, *arguments)


def test_a_limit_on_time_is_kept():
    system = line(60)
    outcome = search(system.program(), system.packed([0]), limits=Limits(seconds=0))
    assert outcome.stop is not None
    assert outcome.stop.reason is StopReason.TIME
