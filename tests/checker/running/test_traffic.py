from __future__ import annotations

from collections import Counter

import pytest
from assay.checker.implementations.networks import MEDIA, Flight
from assay.checker.running.traffic import no_traffic
from assay.impl.node import Cluster, Network, Node
from assay.impl.node.errors import NodeError
from hypothesis import given
from hypothesis import strategies as st

FLIGHTS = [Flight(a, b, message) for a, b in (("a", "b"), ("b", "a")) for message in (1, 2)]


def traffic(kind):
    return no_traffic(Cluster({"a": Node(), "b": Node()}, network=Network(kind)))


@given(kind=st.sampled_from(["set", "bag", "fifo"]), told=st.lists(st.tuples(st.booleans(), st.integers(0, 3))))
def test_what_is_on_its_way_is_what_explorers_have(kind, told):
    """Only what arrives in order: then nothing was lost."""
    medium, ours = MEDIA[kind], traffic(kind)
    state = medium.empty
    ever, seen = set(), []
    for is_sent, number in told:
        flight = FLIGHTS[number]
        possible = dict(medium.deliveries(state))
        if is_sent:
            state = medium.send(state, [flight])
            ours.send([flight])
            ever.add(flight)
        elif flight in possible:
            state = possible[flight]
            ours.take(flight)
        seen.append((ours.network, medium.contents(state), ours.sent, frozenset(ever)))
    for network, contents, sent, all_ in seen:  # later steps change nothing of what was
        assert medium.contents(network) == contents
        assert frozenset(sent) == all_
        assert len(sent) == len(all_)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=40))
def test_on_a_fifo_network_a_message_that_arrives_was_not_overtaken(told):
    """The oracle is a list for each channel: whatever stands before the message that arrives is lost."""
    ours = traffic("fifo")
    channels = {(flight.source, flight.destination): [] for flight in FLIGHTS}
    for is_sent, number in told:
        flight = FLIGHTS[number]
        channel = channels[flight.source, flight.destination]
        if is_sent:
            ours.send([flight])
            channel.append(flight)
        elif flight in channel:
            ours.take(flight)
            del channel[: channel.index(flight) + 1]
        else:
            with pytest.raises(NodeError, match="arrived more often than it was sent, or after a later message"):
                ours.take(flight)
    left = Counter(flight for channel in channels.values() for flight in channel)
    assert Counter(MEDIA["fifo"].contents(ours.network)) == left
