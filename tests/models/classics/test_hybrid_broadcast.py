"""Hybrid reliable broadcast: which failures an instance has room for, and what its guards are for."""

from assay.checker.properties.check import Engine, Options
from assay.models.classics.hybrid_broadcast import HybridBroadcast, HybridBroadcastOnHearsay
from examination import counterexample, counts, examine

NATIVE = Options(engine=Engine.NATIVE)


def fired(**settings):
    return {a.name for a in examine(HybridBroadcast, options=NATIVE, **settings).actions if a.fired}


def test_counts():
    assert counts(examine(HybridBroadcast, options=NATIVE)) == (24_064, 552_248, 12)


def test_two_nodes_have_no_room_for_failures():
    assert fired(Node=2, Some=1, Enough=2) == {"hear", "relay"}


def test_three_have_room_for_a_crash_and_for_one_that_lies_to_all():
    assert fired() == {"hear", "relay", "crash", "lie_to_all", "invent"}


def test_relaying_hearsay_forges_a_message():
    result = examine(HybridBroadcastOnHearsay)
    assert result.violated == ("unforgeability",)
    assert counterexample(result, "unforgeability") == ["lie_to_all", "relay", "relay"]
