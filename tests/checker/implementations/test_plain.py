"""The plain explorer: published counts, each kind of network and fault by hand, and what nodes do wrong."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from assay.checker.implementations.plain import explore
from assay.checker.implementations.steps import Act, Crash
from assay.impl.node import Address, Cluster, Durable, Faults, Network, Node, NodeError, World, message, on, on_timeout


@message
class Ping:
    number: int


@message
class Pong:
    number: int


class Player(Node):
    """Ping-pong, as in the tests of Stateright."""

    opponent: Address
    serves: bool = False
    count: int = 0

    def on_start(self) -> None:
        if self.serves:
            self.send(self.opponent, Ping(0))

    @on(Ping)
    def ping(self, sender: Address, message: Ping) -> None:
        if message.number == self.count:
            self.send(sender, Pong(self.count))
            self.count += 1

    @on(Pong)
    def pong(self, sender: Address, message: Pong) -> None:
        if message.number == self.count:
            self.count += 1
            self.send(sender, Ping(self.count))


def ping_pong(bound: int, network: Network) -> Cluster:
    return Cluster(
        {"first": Player(opponent="second", serves=True), "second": Player(opponent="first")},
        network=network,
        constraint=lambda world: all(node.count <= bound for node in world.nodes.values()),
    )


LOSSY_SET = Network("set", loss=None, remembers_last=True)


@pytest.mark.parametrize(
    ("bound", "network", "counts"),
    [(1, LOSSY_SET, (14, 21, 6)), (5, LOSSY_SET, (4094, 21505, 22)), (5, Network("bag"), (11, 11, 11))],
)
def test_ping_pong_has_the_counts_of_stateright(bound: int, network: Network, counts: tuple[int, int, int]) -> None:
    found = explore(ping_pong(bound, network))
    assert (found.worlds, found.generated, found.depth) == counts
    assert found.complete


@dataclass(frozen=True)
class Put:
    request: int
    value: str


@dataclass(frozen=True)
class Get:
    request: int


@dataclass(frozen=True)
class Reply:
    request: int
    value: str | None = None


class Server(Node):
    value: str = "?"

    @on(Put)
    def put(self, client: Address, message: Put) -> None:
        self.value = message.value
        self.send(client, Reply(message.request))

    @on(Get)
    def get(self, client: Address, message: Get) -> None:
        self.send(client, Reply(message.request, self.value))


class Client(Node):
    letter: str
    waiting: int | None = None
    done: int = 0

    def on_start(self) -> None:
        self.waiting = 1
        self.invoke(("write", self.letter))
        self.send("server", Put(1, self.letter))

    @on(Reply)
    def reply(self, server: Address, message: Reply) -> None:
        if message.request != self.waiting:
            return
        self.done += 1
        self.respond(message.value)
        self.waiting = 2 if self.done == 1 else None
        if self.waiting == 2:
            self.invoke("read")
            self.send("server", Get(2))


def test_a_single_copy_register_has_the_counts_of_stateright() -> None:
    nodes = {"server": Server(), "a": Client(letter="A"), "b": Client(letter="B")}
    found = explore(Cluster(nodes, network=Network("bag"), history=True))
    assert (found.worlds, found.generated, found.depth) == (93, 121, 9)


class Counter_(Node):
    """Counts in memory and on disk, and tells each time."""

    peer: Address
    memory: int = 0
    disk: Durable[int] = 0

    def on_start(self) -> None: ...

    def on_recover(self) -> None: ...

    @on(Ping)
    def ping(self, sender: Address, message: Ping) -> None:
        self.memory += 1
        self.disk += 1
        self.send(self.peer, Pong(1))
        self.send(self.peer, Pong(2))


class Sink(Node):
    heard: tuple[int, ...] = ()

    @on(Pong)
    def pong(self, sender: Address, message: Pong) -> None:
        self.heard = (*self.heard, message.number)


class Source(Node):
    peers: tuple[Address, ...]

    def on_start(self) -> None:
        self.send(self.peers, Ping(0))


NO_FAULTS = Faults()
BAG = Network("bag")


def relay(network: Network, faults: Faults = NO_FAULTS, **claims: Any) -> Cluster:
    nodes = {"source": Source(peers=("counter",)), "counter": Counter_(peer="sink"), "sink": Sink()}
    return Cluster(nodes, network=network, faults=faults, **claims)


def reached(cluster: Cluster, of: Callable[[World], object]) -> set[object]:
    """Return the values that a function has in the reachable worlds."""
    values: set[object] = set()

    def note(world: World) -> bool:
        values.add(of(world))
        return True

    found = explore(
        Cluster(**{**{f: getattr(cluster, f) for f in ("nodes", "network", "faults")}, "invariants": (note,)})
    )
    assert found.complete
    return values


def heard(world: World) -> object:
    return world.nodes["sink"].heard


def test_a_bag_delivers_in_any_order_and_fifo_in_one() -> None:
    assert reached(relay(Network("bag")), heard) == {(), (1,), (2,), (1, 2), (2, 1)}
    assert reached(relay(Network("fifo")), heard) == {(), (1,), (1, 2)}


def test_a_fifo_loses_any_of_its_messages_within_the_budget() -> None:
    assert reached(relay(Network("fifo", loss=1)), heard) == {(), (1,), (2,), (1, 2)}
    assert reached(relay(Network("fifo", duplication=1)), heard) >= {(1, 1, 2), (1, 2, 2), (1, 2)}


def test_a_crash_keeps_what_is_durable_and_loses_the_rest() -> None:
    def memory_and_disk(world: World) -> object:
        return world.nodes["counter"].memory, world.nodes["counter"].disk

    assert reached(relay(Network("bag")), memory_and_disk) == {(0, 0), (1, 1)}
    faults = Faults(crashes=1, crashing=frozenset({"counter"}))
    assert reached(relay(Network("bag"), faults), memory_and_disk) == {(0, 0), (1, 1), (0, 1)}


def test_a_crash_after_the_handler_loses_any_part_of_what_it_sent() -> None:
    faults = Faults(crashes=1, crashing=frozenset({"counter"}), restarts=0)

    def after_the_crash(world: World) -> object:
        counted = "counter" in world.down and world.nodes["counter"].disk == 1
        return tuple(sorted(e.message.number for e in world.network)) if counted else None

    in_flight = {None, (), (1,), (2,), (1, 2)}
    assert reached(relay(Network("bag"), faults), after_the_crash) == in_flight
    assert reached(relay(Network("fifo"), faults), after_the_crash) == in_flight  # (2,): the first was delivered
    assert (2,) in reached(relay(Network("bag"), faults), heard)
    assert (2,) not in reached(relay(Network("fifo"), faults), heard)


def test_what_arrives_at_a_node_that_is_down_is_lost() -> None:
    faults = Faults(crashes=1, crashing=frozenset({"counter"}))

    def lost(world: World) -> object:
        return not world.network and world.nodes["counter"].disk == 0

    assert reached(relay(Network("bag"), faults), lost) == {True, False}
    assert reached(relay(Network("bag")), lost) == {False}


def test_nothing_passes_a_cut_and_what_is_sent_over_it_is_lost() -> None:
    faults = Faults(partitions=1, sides=(frozenset({"sink"}),))

    def lost(world: World) -> object:
        return not world.network and world.nodes["counter"].disk == 1 and heard(world) == ()

    assert True in reached(relay(Network("bag"), faults), lost)
    assert True not in reached(relay(Network("bag")), lost)


class Chooser(Node):
    picked: tuple[str, ...] = ()

    def on_start(self) -> None:
        self.set_timer("pick", 1.0)

    @on_timeout("pick")
    def pick(self) -> None:
        letter = self.choose("letter", "ab")
        self.picked = (letter, self.choose("number", "12" if letter == "a" else "3"))


def test_every_choice_is_made() -> None:
    cluster = Cluster({"one": Chooser()})
    assert reached(cluster, lambda world: world.nodes["one"].picked) == {(), ("a", "1"), ("a", "2"), ("b", "3")}


@pytest.mark.parametrize(("budget", "values"), [(0, 1), ({"pick": 0}, 1), ({"other": 0}, 4), (1, 4), (None, 4)])
def test_timers_fire_as_often_as_the_budget_allows(budget: Any, values: int) -> None:
    cluster = Cluster({"one": Chooser()}, faults=Faults(timeouts=budget))
    assert len(reached(cluster, lambda world: world.nodes["one"].picked)) == values


def test_a_violation_has_a_shortest_trace() -> None:
    def sink_hears_nothing(world: World) -> bool:
        return heard(world) == ()

    found = explore(relay(Network("bag"), Faults(crashes=1), invariants=(sink_hears_nothing,)))
    violation = found.violations[0]
    assert violation.name == "sink_hears_nothing"
    steps = [step for step, _ in violation.trace]
    assert steps[0] is None
    assert [type(step) for step in steps[1:]] == [Act, Act]
    assert str(steps[1]) == "counter receives Ping(number=0) from source"
    assert str(Crash("a")) == "a crashes"


# What nodes do wrong

COUNT = {"calls": 0}


class Faulty(Node):
    log: list[Any]
    names: set[str] = {"x", "y", "z"}
    table: dict[str, int] = {"x": 1, "y": 2}
    target: Address = "b"

    def on_start(self) -> None:
        if self.address == "a":
            self.set_timer("go", 1)

    @on_timeout("go")
    def go(self) -> None:
        self.send("b", Box([1]))

    @on(Pong)
    def pong(self, sender: Address, message: Pong) -> None: ...


@dataclass
class Box:
    items: list[int]


def make(method: Callable[..., None]) -> type[Faulty]:
    return type("Mistaken", (Faulty,), {"go": method, "__module__": __name__})


def first_error(node: type[Faulty], network: Network = BAG, **options: Any) -> NodeError:
    found = explore(Cluster({"a": node(), "b": node()}, network=network, **options))
    assert [violation.name for violation in found.violations] == ["error"]
    error = found.violations[0].error
    assert error is not None
    return error


def raises(self: Any) -> None:
    raise ValueError("no such thing\nat all")


def exits(self: Any) -> None:
    raise SystemExit(0)


def is_random(self: Any) -> None:
    self.log.append(random.random())


def counts_in_a_global(self: Any) -> None:
    COUNT["calls"] += 1
    self.log.append(COUNT["calls"])


def depends_on_the_order_of_a_set(self: Any) -> None:
    self.log.append(next(iter(self.names)))


def depends_on_the_order_of_a_dict(self: Any) -> None:
    self.log.append(next(iter(self.table)))


def holds_a_file(self: Any) -> None:
    self.log.append(open(__file__))  # noqa: SIM115


def holds_a_node(self: Any) -> None:
    self.log.append(self)


def shares_a_list(self: Any) -> None:
    self.log.append(self.log)


def sends_to_nobody(self: Any) -> None:
    self.send("c", Pong(1))


def sets_an_unknown_timer(self: Any) -> None:
    self.set_timer("snooze", 1)


def chooses_from_nothing(self: Any) -> None:
    self.choose("leader", [])


def changes_its_address(self: Any) -> None:
    self.address = "b"


@pytest.mark.parametrize(
    ("method", "said"),
    [
        (raises, "it raised ValueError: no such thing at "),
        (exits, "it raised SystemExit"),
        (is_random, "two calls of the same on the same differ: log is"),
        (counts_in_a_global, "two calls of the same on the same differ: log is"),
        (depends_on_the_order_of_a_set, "two calls of the same on the same differ: log is"),
        (depends_on_the_order_of_a_dict, "two calls of the same on the same differ: log is"),
        (holds_a_file, "TextIOWrapper, which cannot be compared, stored or sent"),
        (holds_a_node, "Mistaken, which cannot be compared"),
        (shares_a_list, "are one list"),
        (sends_to_nobody, "it sends to 'c', which is no node of the cluster"),
        (sets_an_unknown_timer, "it sets the timer 'snooze', and Mistaken has no method for it"),
        (chooses_from_nothing, "is to choose leader, and there is nothing to choose from"),
        (changes_its_address, "sets address, which its driver sets"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_a_handler_does_wrong_is_named_with_node_and_event(method: Callable[..., None], said: str) -> None:
    error = first_error(make(method))
    assert error.message.startswith("a, timer go: ")
    assert said in error.message


class Spoiler(Faulty):
    @on(Box)
    def box(self, sender: Address, message: Box) -> None:
        message.items.append(2)


def test_a_handler_that_changes_its_message_is_refused() -> None:
    assert "it has changed the message: now it is Box(items=[1, 2])" in first_error(Spoiler).message


def test_a_message_that_nobody_handles_is_a_warning_or_an_error() -> None:
    found = explore(Cluster({"a": Faulty(), "b": Faulty()}, network=Network("bag")))
    assert found.unhandled == {(Faulty, Box)}
    assert "Faulty has no method for Box" in first_error(Faulty, strict=True).message


class Rememberer(Faulty):
    """Keeps state in a global, which shows only when another handler has run."""

    def go(self) -> None:
        self.send("b", Pong(COUNT["flag"]))
        self.set_timer("go", 1)

    @on(Pong)
    def pong(self, sender: Address, message: Pong) -> None:
        COUNT["flag"] = message.number + 1
        self.log = ["heard"]


def test_state_in_a_global_is_found_when_a_later_call_differs() -> None:
    COUNT["flag"] = 0
    assert "a later call of the same on the same gave another result" in first_error(Rememberer).message


def test_claims_that_share_a_name_are_judged_each() -> None:
    def said(*bounds: int) -> tuple[Callable[[World], bool], ...]:
        return tuple(lambda world, bound=bound: world.nodes["first"].count < bound for bound in bounds)

    def reached(*bounds: int) -> tuple[Callable[[World], bool], ...]:
        return tuple(lambda world, bound=bound: world.nodes["first"].count >= bound for bound in bounds)

    found = explore(
        replace(ping_pong(3, Network("bag")), invariants=said(1, 2, 9), reachable=reached(1, 3, 9)), keep_going=True
    )
    assert [(each.name, len(each.trace)) for each in found.violations] == [("<lambda>", 3), ("<lambda>", 5)]
    assert [(name, len(trace)) for name, trace in found.reached] == [("<lambda>", 3), ("<lambda>", 7)]
