"""What an event's vector clock has seen happened before it, in whichever chain it stands."""

from __future__ import annotations

from assay.checker.conformance.events import Demand, Event, When
from assay.checker.conformance.ordering import arrange
from assay.checker.errors import Location


def _event(line: int, node: str, **clock: int) -> Event:
    return Event(Location("log", line, 1), node, "act", Demand((), (), ()), When(clock=clock))


def test_what_was_seen_of_one_node_counts_among_the_events_of_another() -> None:
    """Seven events stand in one file, in this order; the one in the other file has seen only the third of them."""
    nodes = ["a", "a", "b", "a", "a", "a", "a"]
    counts = [1, 2, 1, 3, 4, 5, 6]
    mixed = [_event(n, node, **{node: count}) for n, (node, count) in enumerate(zip(nodes, counts, strict=True), 1)]
    other = [_event(1, "c", b=1, c=1)]
    chains = arrange([mixed, other], lines="ordered")
    own = next(n for n, chain in enumerate(chains.chains) if chain[0].node == "c")
    assert chains.needs[own][0][1 - own] == 3
