"""The register over quorums: against a second judge of linearizability, and broken in the ways that it breaks."""

from collections.abc import Iterator
from itertools import permutations

import pytest
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.models.quorum_register import (
    Operation,
    Phase,
    QuorumRegister,
    QuorumRegisterWithoutWriteBack,
    QuorumRegisterWithSmallQuorums,
)
from examination import counterexample, counts, examine, instance_of


def test_the_register_is_linearizable():
    result = examine(QuorumRegister, "smoke")
    assert result.as_expected
    assert counts(result) == (788, 1631, 15)


@pytest.mark.slow
def test_the_register_is_linearizable_with_three_operations():
    result = examine(QuorumRegister, "deep")
    assert result.as_expected
    assert result.exploration.distinct == 14_182_337


def test_small_quorums_miss_a_write():
    actions = counterexample(examine(QuorumRegisterWithSmallQuorums), "operations_see_what_returned_before")
    assert actions.count("finish") == 2


def test_reads_that_do_not_write_back_see_the_new_value_and_then_the_old_one():
    result = examine(QuorumRegisterWithoutWriteBack)
    actions = counterexample(result, "operations_see_what_returned_before")
    assert actions.count("keep") == 2
    assert "finish" not in actions  # the write has not returned, so one read may see it and the next may not


@pytest.mark.parametrize("quorums", [{"ReadQuorum": 1, "WriteQuorum": "all"}, {"ReadQuorum": "all", "WriteQuorum": 1}])
def test_reads_and_writes_may_ask_for_different_numbers(quorums):
    assert examine(QuorumRegister, "smoke", **quorums).as_expected


# A second judge: histories of invocations and responses, and every order that they allow.

Event = tuple[str, int]
Results = dict[int, tuple[bool, object]]
"""Of each operation: whether it writes, and the timestamp that it wrote or returned."""


def histories(
    interpreter: Interpreter, operations: tuple[Operation, ...]
) -> Iterator[tuple[tuple[Event, ...], Results]]:
    """Yield the history of each run to its end, with the timestamp that each operation wrote or returned."""
    seen: set[tuple[Frozen, tuple[Event, ...]]] = set()
    stack: list[tuple[Frozen, tuple[Event, ...]]] = [(state, ()) for state in interpreter.initial_states()]
    while stack:
        state, history = stack.pop()
        if (state, history) in seen:
            continue
        seen.add((state, history))
        thawed = interpreter.thaw(state)
        if all(thawed.phase[o] is Phase.DONE for o in operations):
            yield history, {o.index: (o in thawed.writes, thawed.stamp[o]) for o in operations}
        for (name, arguments), after in interpreter.successors(state):
            event = {"begin": ("begin", arguments[0].index), "finish": ("end", arguments[0].index)}.get(name)
            stack.append((after, history + ((event,) if event else ())))


def is_linearizable(history: tuple[Event, ...], results: Results) -> bool:
    """Return whether some order of the operations explains what they returned (Herlihy and Wing, 1990)."""
    position = {event: index for index, event in enumerate(history)}
    for order in permutations(results):
        rank = {operation: index for index, operation in enumerate(order)}
        in_time = all(
            rank[a] < rank[b] for a in results for b in results if a != b and position["end", a] < position["begin", b]
        )
        if in_time and explains(order, results):
            return True
    return False


def explains(order: tuple[int, ...], results: Results) -> bool:
    value = None
    for operation in order:
        writes, stamp = results[operation]
        if writes:
            value = stamp
        elif stamp != value:
            return False
    return True


@pytest.mark.parametrize(
    ("model", "settings", "sound"),
    [
        (QuorumRegister, {"Replica": 2, "Operation": 2, "Timestamp": 2}, True),
        pytest.param(
            QuorumRegisterWithSmallQuorums,
            {"Replica": 2, "Operation": 2, "Timestamp": 2},
            False,
            marks=pytest.mark.slow,
        ),
    ],
)
def test_the_invariant_says_what_histories_say(model, settings, sound):
    """Lemma 13.16 of Lynch: that timestamps grow in the order of time is linearizability."""
    instance = instance_of(model, **settings)
    with instance.active():
        interpreter = Interpreter(instance)
        judged = [is_linearizable(*history) for history in histories(interpreter, tuple(Operation))]
    assert judged
    assert all(judged) is sound
