"""Sets of few elements among many: stored as lists, with more room where they outgrow it, and explored as any other."""

import pytest
from assay.checker.engine import reference
from assay.checker.engine.limits import Limits
from assay.checker.engine.native import explorer as native
from assay.checker.engine.native.codegen.packing.layout import FIRST_ROOM
from assay.checker.engine.native.codegen.packing.slots import Listed
from assay.checker.engine.native.explorer import CompiledInstance
from assay.checker.errors import Unsupported
from assay.checker.language import (
    Bag,
    Enum,
    Map,
    Model,
    Parameter,
    Range,
    Seq,
    Set,
    Sort,
    action,
    invariant,
    record,
    require,
    terminal,
)
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify


class Node(Sort):
    """A node."""


class Side(Enum):
    """A side."""

    LEFT = 1
    RIGHT = 2


@record
class Ping:
    """One of 240,198 messages."""

    node: Node
    log: Seq[Range[0, 48], 2]
    number: Range[0, 48]


@record
class Pong:
    """One of 98."""

    node: Node
    number: Range[0, 48]


class Messages(Model):
    """Every operation on such sets."""

    default = {"Node": 2}

    sent: Set[Ping | Pong]
    inbox: Map[Node, Set[Ping]]
    letters: Bag[Ping, 2]
    count: Range[0, 4] = 0

    def step(self) -> None:
        require(self.count < 4)
        self.count += 1

    @action
    def ping(self, node: Node, side: Side) -> None:
        self.step()
        number = self.count if side == Side.LEFT else 0
        self.sent.add(Ping(node, [number, 48], 48))
        self.inbox[node].add(Ping(node, [number], 1))

    @action
    def pong(self, m: Ping) -> None:
        require(m in self.sent)
        self.step()
        self.sent.discard(m)
        self.sent.add(Pong(m.node, self.count))
        require(len(self.letters) < 2)
        self.letters.add(m)

    @action
    def forward(self, node: Node, m: Ping) -> None:
        require(m in self.inbox[node])
        self.step()
        require(len(m.log) < 2)
        for other in Node:
            self.inbox[other].add(Ping(other, [*m.log, m.number], len(self.sent)))
        self.sent |= {m}

    @action
    def prune(self, side: Side) -> None:
        self.step()
        require(len(self.sent) > 1)
        if side == Side.LEFT:
            self.sent &= {m for m in self.sent if isinstance(m, Ping)}
        else:
            self.sent = {m for m in self.sent if isinstance(m, Pong) or m.log[0] > 0}
            self.inbox = {n: {m for m in self.sent if isinstance(m, Ping) and m.node == n} for n in Node}

    @action
    def read(self, m: Ping) -> None:
        require(m in self.sent, m in self.letters)
        self.step()
        self.letters.remove(m)

    @invariant
    def found(self) -> bool:
        return all(m in self.sent for m in self.sent) and len({m.node for m in self.sent}) <= len(self.sent) <= 5

    @invariant
    def parts(self, node: Node) -> bool:
        mine = {m for m in self.sent if m.node == node}
        return mine <= self.sent and (mine == self.sent or any(m.node != node for m in self.sent))

    @invariant
    def copies(self) -> bool:
        return all(self.letters.count(m) >= 1 for m in self.letters) and sum(1 for m in self.letters) <= 2

    @terminal
    def over(self) -> bool:
        return self.count == 4


def explored(explorer, cls, **settings):
    instance = instantiate(specify(cls), settings)
    with instance.active():
        return explorer.explore(instance, Limits())


def test_every_operation_on_listed_sets_is_as_the_interpreter_has_it():
    slow, fast = explored(reference, Messages), explored(native, Messages)
    assert fast.engine == "native"
    assert fast.failure is slow.failure is None
    assert (fast.distinct, fast.generated, fast.depth) == (slow.distinct, slow.generated, slow.depth)
    assert fast.fired == slow.fired
    assert all(slow.fired.values())
    assert fast.found.keys() == slow.found.keys() == set()


def test_a_set_of_few_among_many_is_stored_as_a_list():
    layout = CompiledInstance(instantiate(specify(Messages))).layout
    assert isinstance(layout.places["sent"].slot, Listed)
    assert layout.words < 100


class Growing(Model):
    """A set that grows by one element a step, beyond any room that is given first."""

    seen: Set[tuple[Range[0, 99], Range[0, 99]]]
    shrinks: bool

    @action
    def grow(self) -> None:
        require(not self.shrinks, len(self.seen) < 70)
        self.seen.add((99 - len(self.seen), len(self.seen)))
        self.shrinks = len(self.seen) == 70

    @action
    def shrink(self, pair: tuple[Range[0, 99], Range[0, 99]]) -> None:
        require(pair in self.seen)
        require(self.shrinks, all(pair[0] <= other[0] for other in self.seen))
        self.seen.discard(pair)

    @invariant
    def ordered(self) -> bool:
        return all(a + b == 99 for a, b in self.seen)

    @terminal
    def gone(self) -> bool:
        return self.shrinks and not self.seen


def test_a_set_that_outgrows_its_room_gets_more():
    found = explored(native, Growing)
    assert FIRST_ROOM < 70
    assert (found.engine, found.distinct, found.depth, found.failure) == ("native", 141, 141, None)
    assert explored(reference, Growing).distinct == 141


class Crowded(Model):
    """A set that comes to hold more than any packed state."""

    width: Parameter[int] = 2000
    seen: Set[tuple[Range[0, "width"], Range[0, "width"]]]

    @action
    def fill(self) -> None:
        self.seen = {(n, m) for n in range(60) for m in range(60)}


def test_a_set_beyond_any_packed_state_is_left_to_the_interpreter():
    with pytest.raises(Unsupported, match="a state would take"):
        explored(native, Crowded)
    assert explored(reference, Crowded).distinct == 2


class Wide(Model):
    """A set of pairs, as many as the square of a number."""

    width: Parameter[int] = 30
    seen: Set[tuple[Range[0, "width"], Range[0, "width"]]]

    @action
    def add(self, n: Range[0, 3]) -> None:
        self.seen.add((n * (self.width // 3), self.width - n))

    @action
    def drop(self, n: Range[0, 3]) -> None:
        self.seen.discard((n * (self.width // 3), self.width - n))


@pytest.mark.parametrize(("width", "listed"), [(31, False), (32, True)])
def test_a_bound_beside_another_changes_nothing_but_the_packing(width, listed):
    layout = CompiledInstance(instantiate(specify(Wide), {"width": width})).layout
    assert isinstance(layout.places["seen"].slot, Listed) is listed
    assert explored(native, Wide, width=width).distinct == 16
