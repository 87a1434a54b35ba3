"""The native explorer of clusters finds what the plain one finds, world by world."""

from __future__ import annotations

import copy
import gc
import operator
from collections.abc import Iterator
from random import Random

import pytest
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.engine.native import cache
from assay.checker.engine.native.objects import ObjectCode, link_object
from assay.checker.implementations import plain
from assay.checker.implementations.native import entries, loading
from assay.checker.implementations.native.explorer import explore
from assay.checker.implementations.native.findings import NativeExploration, Watched
from assay.checker.implementations.semantics import Semantics
from assay.impl.node import Address, Cluster, Network, Node, NodeError, World, on
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.checker.implementations.automata import draw_cluster
from tests.checker.implementations.test_plain import LOSSY_SET, Client, Ping, Server, ping_pong
from tests.tiers import one_in

_MOST = 300


@pytest.fixture
def few_objects() -> Iterator[None]:
    """Hide what earlier tests have left: each explorer looks through all objects for caches, and automata have none."""
    gc.freeze()
    yield
    gc.unfreeze()


def watched(cluster: Cluster) -> list[Watched]:
    invariants = [Watched(f.__name__, f, fires=False) for f in cluster.invariants]
    return invariants + [Watched(f.__name__, f, fires=True, ends=False) for f in cluster.reachable]


def _natively(cluster: Cluster, **options):
    try:
        return explore(cluster, watched(cluster), **options)
    except NodeError as error:
        return str(error)


def _plainly(cluster: Cluster, most: int):
    try:
        search = plain._Search(Semantics(cluster, remembers=True), most, keep_going=True)
        return search.run(), search
    except NodeError as error:
        return str(error), None


@pytest.mark.usefixtures("few_objects")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(seed=st.integers(0, 1 << 32))
def test_random_clusters_have_the_same_worlds_steps_and_verdicts(seed):
    assume(_agree(draw_cluster(Random(seed)), _MOST))


@pytest.mark.slow
@pytest.mark.usefixtures("few_objects")
def test_many_random_clusters_have_the_same_worlds_steps_and_verdicts():
    for seed in range(100):
        _agree(draw_cluster(Random(seed)), 10 * _MOST)


def _agree(cluster: Cluster, most: int) -> bool:
    """Explore a cluster twice and compare; return False if it is too large."""
    expected, search = _plainly(cluster, most)
    if isinstance(expected, str):
        assert _natively(cluster) == expected
        return True
    errors = [violation for violation in expected.violations if violation.error is not None]
    if not errors and len(search.parents) >= most:
        return False
    found = _natively(cluster, keep_going=True)
    _demand_truth(cluster, found)
    if errors:
        assert str(found.error) == str(errors[0].error) or len(found.error_trace) == len(errors[0].trace)
        return True
    assert found.complete
    assert (found.worlds, found.generated, found.depth) == (expected.worlds, expected.generated, expected.depth)
    assert set(found.all_worlds()) == set(search.parents)
    lengths = sorted((violation.name, len(violation.trace)) for violation in expected.violations)
    reached = sorted((name, len(trace)) for name, trace in expected.reached)
    assert sorted((each.watched.name, len(each.trace)) for each in found.found if each.watched.ends) == lengths
    assert sorted((each.watched.name, len(each.trace)) for each in found.found if not each.watched.ends) == reached
    _agree_at_a_limit(cluster, found.worlds)
    return True


def _demand_truth(cluster: Cluster, found: NativeExploration) -> None:
    semantics = Semantics(cluster)
    for each in found.found:
        assert bool(each.watched.predicate(semantics.observed(each.trace[-1][1]))) is each.watched.fires


def _agree_at_a_limit(cluster: Cluster, worlds: int) -> None:
    """What was found before a limit is true, and nothing is complete there."""
    most = worlds // 2 + 1
    found = _natively(cluster, keep_going=True, limits=Limits(states=most))
    assert found.worlds == min(most, worlds)
    assert most >= worlds or not found.complete
    _demand_truth(cluster, found)


@pytest.mark.usefixtures("few_objects")
def test_calls_are_the_same_in_a_hash_table(monkeypatch):
    monkeypatch.setattr(entries, "_MOST", 1)
    for seed in range(10):
        _agree(draw_cluster(Random(seed)), _MOST)


@pytest.mark.parametrize(
    ("bound", "network", "counts"),
    [(1, LOSSY_SET, (14, 21, 6)), (5, LOSSY_SET, (4094, 21505, 22)), (5, Network("bag"), (11, 11, 11))],
)
def test_ping_pong_has_the_counts_of_stateright(bound, network, counts):
    found = explore(ping_pong(bound, network))
    assert (found.worlds, found.generated, found.depth) == counts
    assert found.complete


def test_a_single_copy_register_has_the_counts_of_stateright():
    nodes = {"server": Server(), "a": Client(letter="A"), "b": Client(letter="B")}
    found = explore(Cluster(nodes, network=Network("bag"), history=True))
    assert (found.worlds, found.generated, found.depth) == (93, 121, 9)


def test_a_handler_is_called_once_for_a_local_state_and_an_event():
    found = explore(ping_pong(5, LOSSY_SET))
    assert found.calls < found.generated / 100
    assert found.evaluations < found.worlds / 10


def test_a_limit_ends_the_search_with_what_was_found():
    found = explore(ping_pong(5, LOSSY_SET), limits=Limits(states=1000))
    assert found.worlds == 1000
    assert found.stop is not None
    assert found.stop.reason is StopReason.STATES
    assert not found.complete


class Sender(Node):
    """Sends the same again and again, from the start on."""

    times: int
    content: object = 0

    def on_start(self) -> None:
        for _ in range(self.times):
            self.send("hearer", Ping(self.content))


class Hearer(Node):
    heard: int = 0

    @on(Ping)
    def ping(self, sender: Address, message: Ping) -> None:
        self.heard += 1


def little_heard(world: World) -> bool:
    return world.nodes["hearer"].heard <= 2


@pytest.mark.parametrize("times", [3, 4, 15, 16, 70])
def test_as_many_equal_messages_are_on_their_way_as_were_sent_at_the_start(times):
    def all_heard(world: World) -> bool:
        return world.nodes["hearer"].heard == times

    nodes = {"sender": Sender(times=times), "hearer": Hearer(), "other": Sender(times=1)}
    found = explore(Cluster(nodes, network=Network("bag")), [Watched("all_heard", all_heard, fires=True)])
    assert [len(each.trace) for each in found.found] == [times + 1]
    assert all(len(world.network) <= times + 1 for world in found.all_worlds())


def test_more_different_messages_than_are_asked_about_at_once():
    many = 1100  # beyond `abi.MOST_MISSING`

    class Counting(Sender):
        def on_start(self) -> None:
            for number in range(many):
                self.send("hearer", Ping(number))

    def at_most_one(world: World) -> bool:
        return world.nodes["hearer"].heard < 2

    nodes = {"sender": Counting(times=1), "hearer": Hearer()}
    found = explore(Cluster(nodes, constraint=at_most_one))
    assert found.complete
    assert (found.worlds, found.generated) == (2, 1 + many)


@pytest.mark.parametrize("ghosts", [False, True])
@pytest.mark.parametrize("kind", ["set", "bag", "fifo"])
def test_messages_that_can_be_changed_or_are_equal_are_told_apart_in_what_was_sent(kind, ghosts):
    """1 is True, and a list has no hash."""

    def only_a_truth_value(world: World) -> bool:
        return [repr(envelope.message.number) for envelope in world.messages(Ping)] == ["[True]"]

    nodes = {"s": Sender(times=1, content=[1]), "t": Sender(times=1, content=[True]), "hearer": Hearer()}
    cluster = Cluster(nodes, network=Network(kind), ghosts=ghosts, constraint=little_heard)
    found = explore(cluster, [Watched("only_a_truth_value", only_a_truth_value, fires=True, ends=False)])
    assert found.complete
    assert found.found == ()
    expected = 2 if ghosts or kind == "set" else 0
    assert all(len(Semantics(cluster).observed(world).sent) == expected for world in found.all_worlds())


class Careless(Node):
    """Fails when it has heard three times."""

    heard: int = 0

    def on_start(self) -> None:
        self.send(self.address, Ping(0))

    @on(Ping)
    def ping(self, sender: Address, message: Ping) -> None:
        self.heard += 1
        if self.heard == 3:
            raise ValueError("three")


def test_what_a_handler_raises_comes_with_the_way_there():
    found = explore(Cluster({"one": Careless()}))
    assert "one, Ping(number=0) from one: it raised ValueError: three" in str(found.error)
    assert len(found.error_trace) == 3
    assert not found.complete


def test_a_predicate_that_looks_at_the_type_of_a_node_depends_on_what_it_reads_then():
    def of_exact_type(world: World) -> bool:
        return all(type(node) is not Careless or node.heard < 2 for node in world.nodes.values())

    found = explore(Cluster({"one": Careless()}), [Watched("of_exact_type", of_exact_type, fires=False)])
    assert [len(each.trace) for each in found.found] == [3]


@pytest.mark.parametrize(
    "look",
    one_in(
        2,
        [
            lambda node: vars(node)["heard"],
            lambda node: node.attributes()["heard"],
            lambda node: copy.copy(node).heard,
            lambda node: copy.deepcopy(node.attributes())["heard"],
            lambda node: getattr(node, "heard"),  # noqa: B009
            operator.attrgetter("heard"),
            lambda node: int(repr(node).partition("heard=")[2].rstrip(")")),
        ],
    ),
)
def test_however_a_predicate_looks_at_a_node_it_is_noted(look):
    def first(world: World) -> bool:
        return look(world.nodes["one"]) < 2

    found = explore(Cluster({"one": Careless()}), [Watched("first", first, fires=False)])
    assert [len(each.trace) for each in found.found] == [3]


def test_noting_ends_with_the_evaluation():
    def raises(world: World) -> bool:
        raise NodeError(f"it has {world.nodes['one'].heard}")

    found = explore(Cluster({"one": Careless()}), [Watched("raises", raises, fires=False)])
    assert "it has 0" in str(found.error)
    assert "__getattribute__" not in vars(Node)
    assert "__getattribute__" not in vars(World)


def test_compiled_functions_need_nothing_of_numba(monkeypatch):
    """Else they are compiled anew by every process, for they cannot be linked without importing it."""
    linked: list[ObjectCode] = []
    monkeypatch.setattr(cache, "_linked", {})  # where nothing can be kept, what was linked before
    monkeypatch.setattr(cache, "link_object", lambda code: linked.append(code) or link_object(code))
    assert {"expand", "inspect", "within", "steps"} <= loading.functions.__wrapped__().keys()
    assert [code.imports for code in linked] == [()]
