"""Linearizability and sequential consistency, compared with every permutation of small histories."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest
from assay.checker.errors import InputError
from assay.checker.histories.history import ANYTHING, Invoked, Operation, Returned, identity, operations_of
from assay.checker.histories.linearizability import is_linearizable, linearize
from assay.checker.histories.searching import Limit
from assay.checker.histories.sequential import order_sequentially
from assay.checker.histories.specifications import KeyValue, Lock, Queue, Register
from assay.checker.verdicts import Verdict
from hypothesis import given, settings
from hypothesis import strategies as st

_CALLS = {
    "register": (
        Register(0),
        st.one_of(
            st.just(("read", ())),
            st.tuples(st.just("write"), st.tuples(st.integers(0, 2))),
            st.tuples(st.just("cas"), st.tuples(st.integers(0, 2), st.integers(0, 2))),
        ),
        st.one_of(st.integers(0, 2), st.booleans(), st.none()),
    ),
    "key-value": (
        KeyValue(),
        st.one_of(
            st.tuples(st.just("get"), st.tuples(st.sampled_from("xy"))),
            st.tuples(st.just("put"), st.tuples(st.sampled_from("xy"), st.integers(0, 1))),
            st.tuples(st.just("delete"), st.tuples(st.sampled_from("xy"))),
        ),
        st.one_of(st.integers(0, 1), st.none()),
    ),
    "queue": (
        Queue(),
        st.one_of(
            st.just(("dequeue", ())),
            st.tuples(st.just("enqueue"), st.tuples(st.integers(0, 1))),
        ),
        st.one_of(st.integers(0, 1), st.none()),
    ),
    "lock": (
        Lock(),
        st.sampled_from([("acquire", ()), ("try_acquire", ()), ("release", ())]),
        st.booleans(),
    ),
}


@st.composite
def histories(draw, kind):
    """Draw a well-formed history of at most six operations of three clients, some of them without response."""
    _, calls, results = _CALLS[kind]
    events, waiting = [], set()
    for _ in range(draw(st.integers(1, 11))):
        client = draw(st.integers(0, 2))
        if client in waiting:
            events.append(Returned(client, draw(results)))
            waiting.remove(client)
        elif sum(isinstance(event, Invoked) for event in events) < 6:
            name, arguments = draw(calls)
            events.append(Invoked(client, name, arguments))
            waiting.add(client)
    return operations_of(events)


def _explains(specification, order):
    """Whether an object that is asked in this order may answer so: all states it may be in, one after the other."""
    states = [specification.initial]
    for operation in order:
        states = [
            after
            for state in states
            for result, after in specification.apply(state, operation)
            if operation.is_pending or result is ANYTHING or identity(result) == identity(operation.result)
        ]
    return bool(states)


def _in_real_time(earlier, later):
    return later.returned is not None and later.returned < earlier.invoked


def _in_program_order(earlier, later):
    return earlier.client == later.client and later.invoked < earlier.invoked


def _by_permutations(operations, specification, is_out_of_order):
    answered = [operation for operation in operations if not operation.is_pending]
    pending = [operation for operation in operations if operation.is_pending]
    return any(
        _explains(specification, order)
        for count in range(len(pending) + 1)
        for some in combinations(pending, count)
        for order in permutations([*answered, *some])
        if not any(is_out_of_order(a, b) for a, b in combinations(order, 2))
    )


def _cut(operations, responses):
    """Return the beginning of a history: so many responses, and what was invoked before the next one."""
    ends = sorted(operation.returned for operation in operations if operation.returned is not None)
    end = ends[responses] if responses < len(ends) else max(ends, default=0) + 100
    return [
        operation
        if operation.returned is not None and operation.returned < end
        else Operation(
            *(getattr(operation, f) for f in ("number", "client", "name", "arguments", "result", "invoked")), None
        )
        for operation in operations
        if operation.invoked < end
    ]


@pytest.mark.parametrize("kind", _CALLS)
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_linearizability_is_what_permutations_say(kind, data):
    operations, specification = data.draw(histories(kind)), _CALLS[kind][0]
    expected = _by_permutations(operations, specification, _in_real_time)
    judgement = linearize(operations, specification)
    assert judgement.verdict is (Verdict.HOLDS if expected else Verdict.VIOLATED)
    assert is_linearizable(operations, specification) is expected


@pytest.mark.parametrize("kind", _CALLS)
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_sequential_consistency_is_what_permutations_say(kind, data):
    operations, specification = data.draw(histories(kind)), _CALLS[kind][0]
    expected = _by_permutations(operations, specification, _in_program_order)
    judgement = order_sequentially(operations, specification)
    assert judgement.verdict is (Verdict.HOLDS if expected else Verdict.VIOLATED)


@pytest.mark.parametrize("kind", _CALLS)
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_an_order_explains_all_responses_and_a_prefix_as_many_as_can_be(kind, data):
    specification = _CALLS[kind][0]
    for part in linearize(data.draw(histories(kind)), specification).parts:
        orders = [part.order] if part.verdict is Verdict.HOLDS else [prefix.order for prefix in part.prefixes]
        for order in orders:
            assert len(set(order)) == len(order)
            assert _explains(specification, [o for o in order if o.returned is None or o is not part.stuck])
            assert not any(_in_real_time(a, b) for a, b in combinations(order, 2))
        if part.verdict is Verdict.VIOLATED:
            assert part.stuck is not None
            assert _by_permutations(_cut(part.operations, part.explained), specification, _in_real_time)
            assert not _by_permutations(_cut(part.operations, part.explained + 1), specification, _in_real_time)


def _register(*events):
    return operations_of(events)


def test_a_stale_read_is_sequentially_consistent_and_not_linearizable():
    operations = _register(
        Invoked("a", "write", (1,)),
        Returned("a"),
        Invoked("b", "read"),
        Returned("b", 0),
        Invoked("b", "read"),
        Returned("b", 1),
    )
    assert linearize(operations, Register(0)).verdict is Verdict.VIOLATED
    assert order_sequentially(operations, Register(0)).verdict is Verdict.HOLDS


def test_two_queues_are_sequentially_consistent_alone_and_not_together():
    """The example of Herlihy and Wing that sequential consistency is not local."""

    class TwoQueues:
        initial = ((), ())

        def apply(self, state, operation):
            which = operation.arguments[0]
            rest = Operation(0, operation.client, operation.name, operation.arguments[1:], None, 0, None)
            for result, after in Queue().apply(state[which], rest):
                yield result, (after, state[1]) if which == 0 else (state[0], after)

    def run(client, name, *arguments, result=None):
        return [Invoked(client, name, arguments), Returned(client, result)]

    operations = operations_of(
        [
            *run("a", "enqueue", 0, "x"),
            *run("b", "enqueue", 1, "y"),
            *run("a", "enqueue", 1, "x"),
            *run("b", "enqueue", 0, "y"),
            *run("a", "dequeue", 0, result="y"),
            *run("b", "dequeue", 1, result="x"),
        ]
    )
    assert order_sequentially(operations, TwoQueues()).verdict is Verdict.VIOLATED
    for which in (0, 1):
        alone = [operation for operation in operations if operation.arguments[0] == which]
        assert order_sequentially(alone, TwoQueues()).verdict is Verdict.HOLDS


def test_an_operation_without_response_may_take_effect_much_later_or_never():
    late = _register(
        Invoked("a", "write", (1,)), Invoked("b", "read"), Returned("b", 0), Invoked("b", "read"), Returned("b", 1)
    )
    never = late[:2]
    assert is_linearizable(late, Register(0))
    assert is_linearizable(never, Register(0))


def test_true_is_no_answer_where_one_was_written():
    operations = _register(Invoked("a", "write", (1,)), Returned("a"), Invoked("a", "read"), Returned("a", True))
    assert not is_linearizable(operations, Register(0))


def test_values_that_python_takes_for_equal_are_two_states():
    operations = _register(
        Invoked("a", "write", (1,)),
        Invoked("b", "write", (True,)),
        Returned("a"),
        Returned("b"),
        Invoked("a", "read"),
        Returned("a", 1),
    )
    assert is_linearizable(operations, Register(0))


@pytest.mark.parametrize("judge", [linearize, order_sequentially])
def test_keys_that_python_takes_for_equal_are_two_keys(judge):
    puts = [Invoked("a", "put", (1, "x")), Returned("a"), Invoked("a", "put", (True, "x")), Returned("a")]
    gets = [event for key in (1, True) for event in (Invoked("a", "get", (key,)), Returned("a", "x"))]
    assert judge(operations_of([*puts, *gets]), KeyValue()).verdict is Verdict.HOLDS
    deleted = [Invoked("a", "delete", (True,)), Returned("a")]
    assert judge(operations_of([*puts, *deleted, *gets[:2]]), KeyValue()).verdict is Verdict.HOLDS
    assert judge(operations_of([*puts, *deleted, *gets]), KeyValue()).verdict is Verdict.VIOLATED


def test_keys_are_judged_one_by_one():
    events = [
        event for key in range(300) for event in (Invoked(key, "put", (key, 1)), Invoked(-1 - key, "get", (key,)))
    ]
    events += [event for key in range(300) for event in (Returned(-1 - key, None), Returned(key))]
    judgement = linearize(operations_of(events), KeyValue())
    assert judgement.verdict is Verdict.HOLDS
    assert len(judgement.parts) == 300
    assert judgement.configurations < 3000


def test_a_long_history_takes_a_configuration_or_two_for_each_operation():
    events = [event for i in range(5000) for event in (Invoked("a", "write", (i,)), Returned("a"))]
    judgement = linearize(operations_of(events), Register(0))
    assert judgement.verdict is Verdict.HOLDS
    assert judgement.configurations <= 2 * 5000 + 1


def test_at_a_limit_the_answer_is_unknown():
    writes = [Invoked(client, "write", (client,)) for client in range(12)]
    operations = operations_of([*writes, Invoked("r", "read"), Returned("r", "never written")])
    assert linearize(operations, Register(0), Limit(configurations=100)).verdict is Verdict.UNKNOWN
    asked = iter([False, True])
    judged = linearize(operations, Register(0), Limit(give_up=lambda: next(asked)))
    assert judged.verdict is Verdict.UNKNOWN


def test_a_client_does_one_thing_at_a_time():
    with pytest.raises(InputError, match="client a invokes read while it waits for the response to write"):
        operations_of([Invoked("a", "write", (1,)), Invoked("a", "read")])
    with pytest.raises(InputError, match="client a gets a response without an invocation"):
        operations_of([Returned("a", 1)])


def test_a_specification_that_fails_is_an_error_that_says_where():
    class Broken:
        initial = 0

        def apply(self, state, operation):
            return [(None, [state])]

    operations = _register(Invoked("a", "write", (1,)), Returned("a"))
    with pytest.raises(InputError, match="the specification Broken fails on write in state 0"):
        linearize(operations, Broken())
    with pytest.raises(InputError, match="a queue has no operation 'write'"):
        linearize(operations, Queue())
    with pytest.raises(InputError, match=r"read\(1\): expected read\(\)"):
        linearize(_register(Invoked("a", "read", (1,)), Returned("a")), Register())
