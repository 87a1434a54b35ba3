"""The registers that quorums implement: against every order that explains a history, and broken."""

from __future__ import annotations

import itertools

import pytest
from assay.checker.language.execution.interpreter import Interpreter
from assay.models.atomic_register import AtomicRegister, AtomicRegisterReadingAnything
from assay.models.versioned_register import (
    VersionedRegister,
    VersionedRegisterForetold,
    VersionedRegisterReadingBack,
    VersionedRegisterReadingBackForetold,
)
from examination import counterexample, examine, instance_of

ENDS = ("end", "end_read", "end_write", "end_read_of_nothing")


def explains(order, operations):
    """Return whether operations that take effect in an order return what they did; a write that is pending may."""
    value = None
    for operation in order:
        writes, version = operations[operation]
        if writes:
            value = version
        elif version != value:
            return False
    return True


def is_linearizable(history, operations):
    """Return whether some order of the operations that ended, and of any pending writes, explains a history."""
    begun = {name: index for index, (what, name) in enumerate(history) if what == "begin"}
    ended = {name: index for index, (what, name) in enumerate(history) if what == "end"}
    pending = [name for name in begun if name not in ended and operations[name][0] and operations[name][1] is not None]
    for count in range(len(pending) + 1):
        for more in itertools.combinations(pending, count):
            for order in itertools.permutations([*ended, *more]):
                ranks = {name: rank for rank, name in enumerate(order)}
                in_time = all(ended[a] > begun[b] or ranks[a] < ranks[b] for a in ended for b in order if a != b)
                if in_time and explains(order, operations):
                    return True
    return False


def histories(model, operations=3, timestamps=1):
    """Yield what was begun and ended, in order, in each run of a small instance, with what operations did."""
    instance = instance_of(model, Operation=operations, Timestamp=timestamps)
    with instance.active():
        interpreter = Interpreter(instance)
        seen, stack = set(), [(state, ()) for state in interpreter.initial_states()]
        while stack:
            state, history = stack.pop()
            if (state, history) in seen:
                continue
            seen.add((state, history))
            now = interpreter.thaw(state)
            yield history, {o: (o in now.writes, now.version[o]) for o in now.begun}
            for (name, arguments), after in interpreter.successors(state):
                kind = "end" if name in ENDS else name
                stack.append((after, history if kind == "choose" else (*history, (kind, arguments[0]))))


@pytest.mark.parametrize(
    ("model", "operations", "timestamps"),
    [(AtomicRegister, 2, 2), (VersionedRegister, 3, 1), (VersionedRegister, 2, 2)],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_histories_are_linearizable(model, operations, timestamps):
    assert all(is_linearizable(*found) for found in histories(model, operations, timestamps))


@pytest.mark.slow
def test_histories_of_three_operations_are_linearizable():
    assert all(is_linearizable(*found) for found in histories(AtomicRegister))


@pytest.mark.parametrize(
    "model", [AtomicRegisterReadingAnything, VersionedRegisterReadingBack], ids=lambda model: model.__name__
)
def test_histories_of_what_is_broken_are_not(model):
    assert not all(is_linearizable(*found) for found in histories(model, timestamps=2))


def test_the_prophecy_leaves_no_run_out():
    """Whatever operations do without it, some prophecy lets them do."""
    assert {h for h, _ in histories(VersionedRegisterForetold)} == {h for h, _ in histories(VersionedRegister)}


@pytest.mark.slow
def test_with_the_prophecy_there_is_a_mapping_and_without_floors_there_is_none():
    assert examine(VersionedRegisterForetold, "smoke").as_expected
    broken = examine(VersionedRegisterReadingBackForetold)
    assert "begin" in counterexample(broken, "implements_an_atomic_register")
