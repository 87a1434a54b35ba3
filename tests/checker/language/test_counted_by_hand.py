"""What choices and idioms mean, counted a second time: by a search over plain Python values that is written by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterable, Iterator

import pytest
from assay.checker.language import (
    Bag,
    Enum,
    Map,
    Model,
    Perm,
    Range,
    Seq,
    Set,
    Sort,
    Violates,
    action,
    anything,
    choose,
    everywhere,
    invariant,
    record,
    require,
    some,
)
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict

Successors = Callable[[Hashable], Iterable[Hashable]]


class Node(Sort):
    """A sort."""


class Color(Enum):
    RED, GREEN, BLUE = range(3)


NODES, COLORS = range(3), range(3)


def subsets(items: Iterable[int]) -> Iterator[frozenset[int]]:
    found = list(items)
    return (frozenset(c) for n in range(len(found) + 1) for c in itertools.combinations(found, n))


class Chosen(Model):
    """Each action chooses a container of one kind."""

    default = {"Node": 3}
    check_deadlock = False
    up: Set[Node]
    color: Map[Node, Color] = everywhere(Color.RED)
    line: Seq[Node, 2]

    @action
    def subset(self, new: Set[Node]) -> None:
        require(len(new) == 2, not new <= self.up)
        self.up = new

    @action
    def onto(self, colors: Map[Node, Color]) -> None:
        require(all(any(colors[n] == c for n in Node) for c in Color), len(self.up) == 2)
        self.color = colors

    @action
    def ranked(self, order: Perm[Node]) -> None:
        require(order[0] in self.up, order[2] not in self.up)
        self.line = order[:2]

    @action
    def listed(self, line: Seq[Node, 2]) -> None:
        require(len(line) == 2, all(n not in self.line for n in line))
        self.line = list(line)

    @action
    def counted(self, bag: Bag[Node, 2]) -> None:
        require(any(bag.count(n) == 2 for n in Node))
        self.up = {n for n in Node if n in bag}


def chosen(state: Hashable) -> Iterator[Hashable]:
    up, color, line = state
    for new in subsets(NODES):
        if len(new) == 2 and not new <= up:
            yield new, color, line
    if len(up) == 2:
        for colors in itertools.permutations(COLORS):
            yield up, colors, line
    for order in itertools.permutations(NODES):
        if order[0] in up and order[2] not in up:
            yield up, color, order[:2]
    for new_line in itertools.product(NODES, repeat=2):
        if not {*new_line} & {*line}:
            yield up, color, new_line
    for n in NODES:
        yield frozenset({n}), color, line


class ChosenInside(Model):
    """Choices on the way: of what guards leave, of one for each element, of anything."""

    default = {"Node": 3}
    check_deadlock = False
    up: Set[Node]
    owner: Map[Node, Node | None]
    last: Node | None

    @action
    def rise(self) -> None:
        n = choose(n for n in Node if n not in self.up)
        self.up.add(n)
        self.last = n

    @action
    def hand_out(self) -> None:
        require(len(self.up) == 2, self.last is not None)
        self.owner = {n: choose(m for m in Node if m in self.up and m != n) for n in Node}

    @action
    def gather(self) -> None:
        require(len(self.up) > 1)
        self.up = {choose(m for m in Node if m not in (n, self.last)) for n in self.up}

    @action
    def forget(self) -> None:
        require(len(self.up) == 1)
        self.last = anything()


def chosen_inside(state: Hashable) -> Iterator[Hashable]:
    up, owner, last = state
    for n in NODES:
        if n not in up:
            yield up | {n}, owner, n
    if len(up) == 2 and last is not None:
        for new in itertools.product(*([m for m in up if m != n] for n in NODES)):
            yield up, new, last
    if len(up) > 1:
        for kept in itertools.product(*([m for m in NODES if m not in (n, last)] for n in up)):
            yield frozenset(kept), owner, last
    if len(up) == 1:
        for n in (*NODES, None):
            yield up, owner, n


class AtOnce(Model):
    """Maps get one value at all keys, and variables theirs in tuples of tuples."""

    default = {"Node": 3}
    color: Map[Node, Color | None] = everywhere(None)
    up: Set[Node]
    bag: Bag[Node, 1]
    line: Seq[Node, 2]
    last: Node | None

    @action
    def paint(self, n: Node, c: Color) -> None:
        self.color[n] = c
        self.up.add(n)

    @action
    def paint_all(self) -> None:
        self.color = dict.fromkeys(Node, choose(c for c in Color if c != Color.BLUE))

    @action
    def copy_one(self, n: Node) -> None:
        require(self.color[n] is not None)
        self.color = dict.fromkeys(Node, self.color[n])

    @action
    def put(self, n: Node) -> None:
        require(len(self.bag) < 1, len(self.line) < 2, n in self.up)
        self.bag.add(n)
        self.line.append(n)

    @action
    def empty(self, n: Node) -> None:
        ((self.last, self.up), (self.bag, self.line)), m = ((n, set()), (Bag(), [])), self.last
        require(m != n)
        self.color = dict.fromkeys(Node)


def at_once(state: Hashable) -> Iterator[Hashable]:
    color, up, bag, line, last = state  # type: ignore[misc]
    for n in NODES:
        for c in COLORS:
            yield (tuple(c if k == n else color[k] for k in NODES), up | {n}, bag, line, last)
        if color[n] is not None:
            yield ((color[n],) * 3, up, bag, line, last)
        if not bag and len(line) < 2 and n in up:
            yield (color, up, (n,), (*line, n), last)
        if last != n:
            yield ((None,) * 3, frozenset(), (), (), n)
    for c in (0, 1):
        yield ((c,) * 3, up, bag, line, last)


@record
class Lease:
    owner: Node
    uses: Range[0, 2]


class Optionals(Model):
    """Values that may be None: required, narrowed, matched."""

    default = {"Node": 2}
    check_deadlock = False
    lease: Lease | None
    waiting: Node | None
    open: bool = True

    @action
    def take(self, n: Node) -> None:
        require(self.lease is None, self.open)
        self.lease = Lease(n, 0)

    @action
    def use(self) -> None:
        lease = some(self.lease)
        require(lease.uses < 2)
        self.lease = Lease(lease.owner, lease.uses + 1)

    @action
    def wait(self, n: Node) -> None:
        require(self.lease is not None)
        require(n != self.lease.owner and self.waiting is None)
        self.waiting = n

    @action
    def hand_on(self) -> None:
        require(self.lease is not None and self.lease.uses == 2)
        match self.waiting:
            case None:
                self.lease = None
            case n:
                self.lease, self.waiting = Lease(n, 1), None

    @action
    def turn(self) -> None:
        match self.open, self.lease is None:
            case True, True:
                self.open = False
            case False, _:
                self.open = True
            case _:
                require(False)

    @invariant
    def waits_for_another(self) -> bool:
        return self.lease is None or self.waiting is None or self.waiting != self.lease.owner


def optionals(state: Hashable) -> Iterator[Hashable]:
    lease, waiting, is_open = state
    if lease is None:
        if is_open:
            yield from (((n, 0), waiting, is_open) for n in range(2))
    else:
        owner, uses = lease
        if uses < 2:
            yield (owner, uses + 1), waiting, is_open
        if waiting is None:
            yield lease, 1 - owner, is_open
        if uses == 2:
            yield (None, None, is_open) if waiting is None else ((waiting, 1), None, is_open)
    if lease is None or not is_open:
        yield lease, waiting, not is_open


CASES: list[tuple[type[Model], Hashable, Successors]] = [
    (Chosen, (frozenset(), (0, 0, 0), ()), chosen),
    (ChosenInside, (frozenset(), (None,) * 3, None), chosen_inside),
    (Optionals, (None, None, True), optionals),
    (AtOnce, ((None,) * 3, frozenset(), (), (), None), at_once),
]


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE], ids=lambda engine: engine.value)
@pytest.mark.parametrize(("cls", "start", "successors"), CASES, ids=[cls.__name__ for cls, *_ in CASES])
def test_counts_are_those_of_a_search_by_hand(
    cls: type[Model], start: Hashable, successors: Successors, engine: Engine
) -> None:
    result = check(instantiate(specify(cls)), Options(engine))
    assert result.verdict is Verdict.HOLDS
    exploration = result.exploration
    assert (exploration.distinct, exploration.generated, exploration.depth) == _searched(start, successors)


def _searched(start: Hashable, successors: Successors) -> tuple[int, int, int]:
    seen, level, generated, depth = {start}, [start], 1, 0
    while level:
        found = [after for state in level for after in successors(state)]
        generated, depth = generated + len(found), depth + 1
        level = list(dict.fromkeys(after for after in found if after not in seen))
        seen.update(level)
    return len(seen), generated, depth


class Claims(Optionals):
    """Broken: a lease is handed on to who waits, and nobody need wait."""

    expected = Violates("assertions")

    @action
    def hand_on(self) -> None:
        require(self.lease is not None and self.lease.uses == 2)
        assert self.waiting is not None, "somebody waits"
        self.lease, self.waiting = Lease(self.waiting, 1), None


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE], ids=lambda engine: engine.value)
def test_a_false_claim_is_found_on_a_shortest_way(engine: Engine) -> None:
    result = check(instantiate(specify(Claims)), Options(engine))
    assert result.verdict is Verdict.VIOLATED
    trace = next(p.trace for p in result.properties if p.name == "assertions")
    assert trace is not None
    assert [step.call[0] for step in trace if step.call is not None][:3] == ["take", "use", "use"]
