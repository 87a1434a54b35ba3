"""A model of every form of container inside of a value, which both engines must explore alike."""

from assay.checker.language import (
    Bag,
    Enum,
    Map,
    Model,
    Order,
    Range,
    Seq,
    Set,
    Sort,
    action,
    first,
    frozen,
    implies,
    invariant,
    record,
    require,
    terminal,
)


class Node(Sort): ...


class Ballot(Order): ...


class Color(Enum):
    RED = 1
    BLUE = 2


@record
class Entry:
    ballot: Ballot
    n: Range[0, 2]


@record
class Append:
    to: Node
    entries: Seq[Entry, 2]


@record
class Votes:
    who: Set[Node]
    by: Map[Node, Ballot | None]
    some: Bag[Color, 2]
    best: Seq[Color, 2] | None = None


class Structured(Model):
    """Containers in records, tuples and optionals, as elements, and what is computed from them."""

    default = {"Node": 2, "Ballot": 2}
    log: Map[Node, Seq[Entry, 2]]
    msgs: Set[Append | Votes]
    best: Set[Node] | None = None
    last: Map[Node, Ballot | None]
    pairs: Set[tuple[Node, Seq[Color, 2]]]
    sets: Set[Set[Node]]
    bag: Bag[Color, 2]
    q: Seq[Color, 3]
    steps: Range[0, 3] = 0

    def step(self) -> None:
        require(self.steps < 3)
        self.steps += 1

    @action
    def go(self, n: Node, b: Ballot) -> None:
        self.step()
        require(len(self.log[n]) < 2)
        self.log[n].append(Entry(b, len(self.log[n])))
        self.msgs.add(Append(n, self.log[n]))

    @action
    def take(self, n: Node, k: Range[0, 2]) -> None:
        self.step()
        require(any(isinstance(m, Append) and m.to != n for m in self.msgs))
        self.log[n] = [Entry(first(Ballot), 2), *self.log[n][:k][-1:]]
        self.last[n] = max((e.ballot for e in self.log[n]), default=None)
        require(self.log[n][-1] != Entry(first(Ballot), 1) or k > 0)

    @action
    def votes(self, n: Node, c: Color) -> None:
        self.step()
        require(len(self.bag) < 2)
        self.bag.add(c)
        self.best = frozen({n} | {m for m in Node if self.last[m] is not None})
        self.msgs.add(Votes({m for m in Node if m != n}, self.last, self.bag, [c, c] if len(self.bag) == 1 else None))
        self.sets.add(self.best)

    @action
    def queue(self, c: Color) -> None:
        self.step()
        require(len(self.q) < 2)
        self.q = [x for x in self.q if x != c] + [c, Color.RED]
        self.pairs = {(n, frozen(self.q[1:])) for n in Node if n not in self.sets_all()}

    def sets_all(self) -> Set[Node]:
        return {n for s in self.sets for n in s}

    @action
    def learn(self, n: Node) -> None:
        self.step()
        require(self.best is not None and n in self.best)
        for m in self.msgs:
            require(not isinstance(m, Votes) or m.by[n] is None or m.some.count(Color.RED) < 2)
        self.best = None
        self.last = {k: None for k in Node}  # noqa: C420

    @action
    def index(self) -> None:
        self.step()
        require(Color.BLUE in self.q)
        i = self.q.index(Color.BLUE)
        self.q[i] = Color.RED

    @invariant
    def a(self) -> bool:
        return all(
            len(m.entries) <= 2 and all(m.entries[i].n < 3 for i in range(len(m.entries)))
            for m in self.msgs
            if isinstance(m, Append)
        )

    @invariant
    def b(self) -> bool:
        return all(all(x.count(c) + x[0:1].count(c) <= 3 for c in Color) and (n in Node) for n, x in self.pairs)

    @invariant
    def c(self, n: Node) -> bool:
        return sum(e.n for e in self.log[n]) <= 4 and sum(1 for _ in self.bag) == len(self.bag)

    @invariant
    def d(self) -> bool:
        return all(frozen({n}) not in self.sets or {n} <= s or len(s) <= 2 for n in Node for s in self.sets)

    @invariant
    def e(self) -> bool:
        return all(
            a.some == b.some or a.who == b.who or a.by == b.by or a.best != b.best or a != b
            for a in self.msgs
            if isinstance(a, Votes)
            for b in self.msgs
            if isinstance(b, Votes)
        )

    @invariant
    def f(self, n: Node) -> bool:
        return (
            all(
                implies(x == y, i == j or x.n == y.n)
                for i, x in enumerate(self.log[n])
                for j, y in enumerate(backwards(self.log[n]))
            )
            and all(x == y for x, y in zip(self.log[n], self.log[n], strict=False))
            and all(c in Color for c in reversed(self.q))
        )

    @invariant
    def g(self) -> bool:
        return all(
            Append(m.to, m.entries[1:]) not in self.msgs or m.entries + m.entries[:0] == m.entries
            for m in self.msgs
            if isinstance(m, Append)
        )

    @terminal
    def done(self) -> bool:
        return self.steps == 3


def backwards(q: Seq[Entry, 2]) -> Seq[Entry, 2]:
    return [x for x in reversed(q) if x == x]


class Ordered(Model):
    """What an order makes definite."""

    default = {"Ballot": 2}
    q: Seq[Entry, 3]
    s: Set[Range[0, 2]]
    o: Seq[Ballot, 3]
    got: Range[0, 2] | None = None

    @action
    def put(self, b: Ballot, n: Range[0, 2]) -> None:
        require(len(self.q) < 2)
        self.q.append(Entry(b, n))
        self.s.add(n)
        self.got = next((e.n for e in self.q if e.ballot == b), None)

    @action
    def sortit(self) -> None:
        require(self.q)
        self.o = sorted([e.ballot for e in self.q])
        e = max(self.q, key=lambda e: e.n)
        self.got = e.n
        self.q = [x for x in self.q if x != e]

    @action
    def three(self) -> None:
        self.got = next((i for i, e in enumerate(self.q) if e.n == 1), 2)
        b = next((x for x in Ballot if all(e.ballot != x for e in self.q)), first(Ballot))
        require(b == next(x for x in Ballot if x == b))
        self.s = set(sorted(self.s)[1:])

    @invariant
    def i(self) -> bool:
        return len(self.q) <= 2 and sorted(self.s) == [n for n in range(3) if n in self.s]

    @invariant
    def j(self) -> bool:
        return not self.q or min(self.q, key=lambda e: e.ballot).ballot <= self.q[-1].ballot


class Moved(Model):
    """Sets in a sequence become elements of a set."""

    default = {"Node": 2}
    history: Seq[Set[Node], 2]
    seen: Set[Set[Node]]

    @action
    def note(self, n: Node) -> None:
        require(len(self.history) < 2)
        self.history.append(frozen({n}))

    @action
    def move(self) -> None:
        require(self.history)
        moved = self.history.pop()
        self.seen.add(moved)
