from __future__ import annotations

from itertools import product

import pytest
from assay.checker.implementations.networks import MEDIA, Flight
from assay.checker.implementations.queues import Queue
from hypothesis import given
from hypothesis import strategies as st

OPERATIONS = st.lists(
    st.tuples(st.integers(0, 100), st.sampled_from(["rest", "twice", "add"]), st.lists(st.integers(0, 2), max_size=3)),
    max_size=30,
)


@given(OPERATIONS)
def test_queues_are_what_lists_are(operations):
    """Every version stays what it was, also where several were made of one."""
    made: list[tuple[Queue[int], tuple[int, ...]]] = [(Queue(), ())]
    for number, kind, more in operations:
        queue, known = made[number % len(made)]
        if kind == "add":
            made.append((queue.followed_by(more), (*known, *more)))
        elif known and kind == "rest":
            made.append((queue.rest(), known[1:]))
        elif known:
            made.append((queue.with_first_twice(), (known[0], *known)))
    for queue, known in made:
        assert (tuple(queue), len(queue), bool(queue)) == (known, len(known), bool(known))
        assert not known or queue.first == known[0]
    for (a, x), (b, y) in product(made, made):
        assert (a == b) == (x == y)
        assert x != y or hash(a) == hash(b)


def test_a_long_channel_is_not_copied_for_each_of_its_messages():
    """Otherwise, of ten thousand messages, every delivery would touch all that are behind it."""
    hashed = []

    class Message:
        def __hash__(self) -> int:
            hashed.append(self)
            return id(self)

    fifo = MEDIA["fifo"]
    state = fifo.send(fifo.empty, [Flight("a", "b", Message()) for _ in range(1_000)])
    while state:
        ((_, state),) = fifo.deliveries(state)
    assert len(hashed) <= 2_000


@pytest.mark.parametrize("taken", [(0, 1, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)])
def test_equal_queues_are_equal_whatever_order_of_channels_they_came_from(taken):
    fifo = MEDIA["fifo"]
    flights = [Flight("a", "b", 1), Flight("b", "a", 2), Flight("a", "c", 3)]
    assert fifo.send(fifo.empty, [flights[i] for i in taken]) == fifo.send(fifo.empty, flights)
