"""Clusters of automata that are drawn at random: each node follows a table of rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

from assay.impl.node import Cluster, Durable, Faults, Network, Node, World, freeze, message, on, on_timeout

__all__ = ["Automaton", "Memo", "Note", "Parcel", "draw_cluster"]

ADDRESSES = ("a", "b", "", "d é")


@message
class Note:
    """A message that is a number."""

    kind: int


@message
class Memo:
    """Another one."""

    kind: int


@dataclass
class Parcel:
    """A message that holds what can be changed: 1, 1.0 and True in it are told apart."""

    parts: list[Any]
    table: dict[Any, set[int]]


CONTENTS: tuple[Callable[[], Parcel], ...] = (
    lambda: Parcel([1], {}),
    lambda: Parcel([True], {}),
    lambda: Parcel([1.0, [None]], {(1, "x"): {1, 2}}),
)


class Automaton(Node):
    """Does what its rules say for its state and what happens."""

    rules: type  # whose `operations` they are: an explorer copies a value for each world, and a class is never copied
    state: int = 0
    kept: Durable[int] = 0
    tally: dict[str, list[int]]
    shelf: Durable[set[Any]]

    def perform(self, what: str, number: int = 0) -> None:
        for operation, *arguments in self.rules.operations.get((self.state % 2, what, number), ()):
            getattr(self, f"do_{operation}")(*arguments)

    def do_go(self, state: int) -> None:
        self.state = state

    def do_keep(self, number: int) -> None:
        self.kept = number

    def do_note(self, to: str, kind: int) -> None:
        self.send(to, Note(kind))

    def do_memo(self, to: str, kind: int) -> None:
        self.send(to, Memo(kind))

    def do_parcel(self, to: str, number: int) -> None:
        self.send(to, CONTENTS[number]())

    def do_several(self, to: str, count: int) -> None:
        for kind in range(2, 2 + count):
            self.send(to, Note(kind))

    def do_again(self, to: str, count: int) -> None:
        for _ in range(count):
            self.send(to, Note(0))

    def do_tally(self, number: int) -> None:
        self.tally.setdefault("total", []).append(number)
        del self.tally["total"][:-2]

    def do_shelve(self, number: int) -> None:
        self.shelf ^= {(number, frozenset({number}))}

    def do_tick(self, about: int) -> None:
        self.set_timer("tick", 1.0, about)

    def do_rest(self) -> None:
        self.cancel_timer("tick", 0)

    def do_alarm(self) -> None:
        self.set_timer("alarm", 1.0)

    def do_choose(self, states: tuple[int, ...]) -> None:
        self.state = self.choose("state", states)

    def do_ask(self, operation: int) -> None:
        self.invoke(operation)

    def do_answer(self, result: int) -> None:
        self.respond(result)

    def on_start(self) -> None:
        self.perform("start")

    def on_recover(self) -> None:
        self.state = self.kept
        self.perform("recover")

    @on(Note)
    def note(self, sender: str, message: Note) -> None:
        self.perform("note", message.kind % 2)

    @on(Parcel)
    def parcel(self, sender: str, message: Parcel) -> None:
        self.perform("parcel", [freeze(make()) for make in CONTENTS].index(freeze(message)))

    @on(Memo)
    def memo(self, sender: str, message: Memo) -> None:
        self.perform(f"memo from {sender}", message.kind)

    @on_timeout("tick")
    def tick(self, about: int) -> None:
        self.perform("tick", about)

    @on_timeout("alarm")
    def alarm(self) -> None:
        self.perform("alarm")


def _operation(random: Random, addresses: tuple[str, ...]) -> tuple[Any, ...]:
    number = random.randrange(2)
    return random.choice(
        [
            *[("go", random.randrange(3))] * 3,
            ("keep", number),
            *[("note", random.choice(addresses), number)] * 3,
            *[("memo", random.choice(addresses), number)] * 3,
            *[("parcel", random.choice(addresses), random.randrange(len(CONTENTS)))] * 2,
            *[("several", random.choice(addresses), random.choice([2, 3, 70]))] * (random.random() < 0.03),
            *[("again", random.choice(addresses), random.choice([2, 5, 20]))] * (random.random() < 0.05),
            ("tally", number),
            ("shelve", number),
            ("tick", number),
            ("rest",),
            ("alarm",),
            ("choose", random.choice([(0, 1), (0, 2), (1,)])),
            ("ask", number),
            ("answer", number),
        ]
    )


def _rules(random: Random, addresses: tuple[str, ...], density: float) -> type:
    whats = ["start", "recover", "note", "parcel", "tick", "alarm", *(f"memo from {address}" for address in addresses)]
    found: dict[Any, tuple[Any, ...]] = {}
    for key in product(range(2), whats, range(3)):
        if key[1] == "start" or random.random() < density:
            operations = [_operation(random, addresses) for _ in range(random.randint(1, 3))]
            if key[1] == "start":
                operations = [operation for operation in operations if operation[0] != "answer"]
            found[key] = tuple(operations)
    return type("Rules", (), {"operations": found})


def _budget(random: Random, most: int) -> int | None:
    return random.choice([0, None, *range(1, most + 1), *([1 << 40] if random.random() < 0.1 else [])])


def _faults(random: Random, addresses: tuple[str, ...]) -> Faults:
    sizes = [1, 1, 1, 0, len(addresses)]
    sides = tuple(
        frozenset(random.sample(addresses, min(random.choice(sizes), len(addresses))))
        for _ in range(random.randint(0, 3))
    )
    crashing = frozenset(random.sample(addresses, random.randint(0, 1)))
    return Faults(
        crashes=random.choice([0, 0, 1, 2, None]),
        crashing=crashing if random.random() < 0.3 else None,
        restarts=_budget(random, 1),
        timeouts={"tick": _budget(random, 2)} if random.random() < 0.5 else _budget(random, 2),
        partitions=random.choice([0, 1, 2, None]) if sides and random.random() < 0.5 else 0,
        sides=sides,
    )


def draw_cluster(random: Random) -> Cluster:
    """Draw a cluster of one to four automata with a network, faults and predicates."""
    addresses = ADDRESSES[: random.choice([1, 2, 2, 2, 3, 3, 4])]
    kind = random.choice(["set", "bag", "fifo"])
    density = random.choice([0.1, 0.2, 0.4, 0.6])
    return Cluster(
        {address: Automaton(rules=_rules(random, addresses, density)) for address in addresses},
        network=Network(
            kind=kind,
            loss=_budget(random, 2) if random.random() < 0.5 else 0,
            duplication=0 if kind == "set" else random.choice([0, 0, 1, 2]),
            remembers_last=random.random() < 0.2,
        ),
        faults=_faults(random, addresses),
        invariants=tuple(random.sample(PREDICATES, random.randint(0, 3))),
        reachable=tuple(random.sample(PREDICATES, random.randint(0, 3))),
        constraint=random.choice(CONSTRAINTS),
        history=random.random() < 0.5,
        ghosts=random.random() < 0.3,
        strict=random.random() < 0.05,
    )


def small(world: World) -> bool:
    """Keep worlds few: little is on its way, and clients saw little."""
    return len(world.network) <= 4 and len(world.history) <= 4


def small_of_one(world: World) -> bool:
    return len(world.network) <= 5 and len(world.history) <= 3 and world.nodes["a"].state < 2


def small_beside_what_repeats(world: World) -> bool:
    others = [envelope for envelope in world.network if not isinstance(envelope.message, Note)]
    different = len(set(map(repr, world.network)))
    return len(others) <= 3 and different <= 4 and len(world.network) <= 25 and len(world.history) <= 2


def small_from_one_on(world: World) -> bool:
    """Some first worlds may be outside."""
    return small(world) and (world.nodes["a"].state, world.nodes["a"].kept) != (1, 0)


def nobody_at_two(world: World) -> bool:
    return all(node.state != 2 for node in world.of(Automaton).values())


def kept_is_state(world: World) -> bool:
    first = world.nodes["a"]
    return first.kept == 0 or first.kept == list(world.nodes.values())[-1].state


def few_notes(world: World) -> bool:
    return len({envelope.message for envelope in world.messages(Note)}) < 2


def no_memo_under_way(world: World) -> bool:
    return not any(isinstance(envelope.message, Memo) for envelope in world.network)


def all_up(world: World) -> bool:
    return not world.down


def no_timers(world: World) -> bool:
    return not world.timers or "b" in world.down


def no_parcel_with_a_truth_value(world: World) -> bool:
    return not any(part is True for parcel in world.messages(Parcel) for part in parcel.message.parts)


def nothing_on_shelves(world: World) -> object:
    """Not every answer is True or False."""
    return () if any(node.shelf for node in world.of(Automaton).values()) else "nothing"


def tallies_end_with_zero(world: World) -> bool:
    return all(node.tally.get("total", [0])[-1] == 0 for node in world.nodes.values())


def raises_at_two(world: World) -> bool:
    return 1 // (world.nodes["a"].state - 2) <= 0


def nothing_seen(world: World) -> bool:
    return world.history == ()


def little_sent(world: World) -> bool:
    return len(world.sent) < 3


PREDICATES = [
    *(nobody_at_two, kept_is_state, few_notes, no_memo_under_way),
    *(all_up, no_timers, nothing_seen, little_sent),
    *(no_parcel_with_a_truth_value, nothing_on_shelves, tallies_end_with_zero),
]

CONSTRAINTS = [*[small, small_of_one] * 3, small_beside_what_repeats, small_from_one_on]
