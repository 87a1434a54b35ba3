"""What is said in an action is said the same way in a property, and the other way round."""

# ruff: noqa

from __future__ import annotations

from typing import Annotated, ClassVar

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Phase(Enum):
    IDLE, BUSY, DONE = range(3)


@record
class Ask:
    node: Node


@record
class Answer:
    node: Node
    value: bool


Pair = tuple[bool, Phase]


class Even(Model):
    MOST: ClassVar[int] = 2
    default = {"Node": 1}
    phase: Phase = Phase.IDLE
    flag: bool
    count: Annotated[int, Range(0, 2)] = 0
    other: Annotated[int, Range(0, 1)] = 0
    pair: tuple[bool, Phase] = (False, Phase.IDLE)
    seen: Set[Node]
    kept: Set[Node]
    queue: Annotated[list[Node], AtMost(2)]
    head: Node | None
    level: Map[Node, Annotated[int, Range(0, 2)]] = everywhere(0)
    last: Ask | Answer | None

    # Sets and values of one branch or another

    @action
    def set_of_a_branch(self, n: Node) -> None:
        if self.flag:
            chosen = {n}
        else:
            chosen = self.seen | {n}
        self.flag = not self.flag
        self.kept = chosen

    @action
    def set_of_a_branch_or_before(self, n: Node) -> None:
        chosen = {n}
        if n in self.seen:
            chosen = set(Node)
        elif self.flag:
            chosen = {m for m in self.kept if m != n}
        self.seen |= chosen
        require(len(self.seen) < 2)

    @action
    def value_of_a_branch(self, n: Node) -> None:
        if n in self.seen:
            where, many = n, len(self.seen)
        elif self.head is not None:
            where, many = self.head, 1
        else:
            return
        self.level[where] = many

    @action
    def value_of_two_branches(self, n: Node) -> None:
        if n in self.seen:
            flag = self.flag
        else:
            flag = n in self.kept
        match flag, self.flag:
            case True, other if n in self.kept:
                after = other
            case False, _:
                after = flag
            case _:
                after = not flag
        self.flag = after

    @action
    def set_of_a_case(self, n: Node) -> None:
        match self.phase:
            case Phase.IDLE:
                rest = {n}
            case Phase.BUSY:
                rest = set(self.kept)
            case Phase.DONE:
                rest = {m for m in Node if m != n}
        self.seen = rest

    def size_by_branch(self, n: Node) -> int:
        if self.flag:
            chosen = {n}
        else:
            chosen = self.seen | {n}
        return len(chosen)

    @invariant
    def sizes(self, n: Node) -> bool:
        return 0 < self.size_by_branch(n) <= 2

    # Assignments

    @action
    def several_targets(self) -> None:
        self.count = self.other = many = len(self.seen)
        require(many < 2)

    @action
    def nested_targets(self, n: Node) -> None:
        (flag, phase), (self.count, self.level[n]) = self.pair, (self.other, self.count)
        self.flag, self.phase = flag, phase

    @action
    def of_a_tuple(self) -> None:
        self.flag, self.phase = self.pair
        self.pair = (not self.flag, self.phase)

    @action
    def taken_from_a_queue(self) -> None:
        require(len(self.queue) > 0)
        self.head = self.queue.pop(0)

    @action
    def added(self, n: Node) -> None:
        require(len(self.queue) < self.MOST, n not in self.queue)
        self.queue.append(n)
        many = 1
        many += self.count
        many *= 2
        self.count = min(many, 2)

    @invariant
    def assignments(self, n: Node) -> bool:
        low = lowest = 0
        (flag, phase), (first, second) = self.pair, (self.count, self.level[n])
        first += 1
        first *= 2
        known: bool = flag or not flag or phase == Phase.IDLE
        return known and low == lowest and first >= 2 and second < 3

    # Matching

    @action
    def of_two(self, n: Node) -> None:
        match self.flag, self.phase:
            case True, Phase.IDLE:
                self.phase = Phase.BUSY
            case False, _:
                self.phase = Phase.IDLE
            case _, phase if phase != Phase.DONE:
                self.phase = Phase.DONE
            case _:
                self.seen.discard(n)

    @action
    def leaves(self, n: Node) -> None:
        match self.last:
            case None:
                self.last = Ask(n)
                return
            case Ask(node) if node == n:
                self.last = Answer(n, self.flag)
            case Ask():
                return
            case Answer(value=value):
                require(value == self.flag)
        self.flag = not self.flag

    def rank(self) -> int:
        match self.phase:
            case Phase.IDLE:
                return 0
            case Phase.BUSY | Phase.DONE:
                return 1

    def is_asked(self) -> bool:
        match self.last, self.flag:
            case None, _:
                return False
            case Ask(), False:
                return True
            case Ask(node), True:
                return node in self.seen
            case Answer(_, value), flag:
                return value and flag
            case _:
                return False

    def reads(self) -> bool:
        match self.flag:
            case True:
                return self.rank() == 1
            case False:
                return self.rank() == 0

    @invariant
    def matched(self) -> bool:
        match self.last:
            case None:
                return True
            case Ask(node):
                return node == node if self.flag else not self.reads() or self.is_asked() or self.rank() < 2
            case Answer():
                return self.rank() in (0, 1)

    @reachable
    def asked(self) -> bool:
        return self.is_asked() and not self.reads()


@record
class Note:
    """A message with a list in it."""

    log: Annotated[list[Node], AtMost(2)]


class Searches(Model):
    """Properties and helpers that look for something in a loop, and return when they have found it."""

    default: ClassVar = {"Node": 2}
    check_deadlock = False
    flag: bool
    seen: Set[Node]
    queue: Annotated[list[Node], AtMost(2)]
    level: Map[Node, Annotated[int, Range(0, 2)]] = everywhere(0)
    head: Node | None

    @action
    def see(self, n: Node) -> None:
        require(len(self.queue) < 2)
        self.seen.add(n)
        self.queue.append(n)
        self.flag = self.busy(n)
        if self.highest_seen() == 2:
            self.head = n

    @action
    def raise_level(self, n: Node) -> None:
        require(self.level[n] < 2)
        self.level[n] += 1

    def busy(self, n: Node) -> bool:
        for m in self.seen:
            if m == n:
                for k, level in self.level.items():
                    if level == 2 and k == m:
                        return True
        for m in Node:
            rest = {k for k in Node if k != m}
            if rest <= self.seen and self.flag:
                return False
        return self.level[n] == 1

    def highest_seen(self) -> int:
        for i, n in enumerate(self.queue):
            match self.level[n]:
                case 2:
                    return 2
                case 0 if i == 0 and n not in self.seen:
                    return 2
        return 0

    @invariant
    def only_seen(self) -> bool:
        for n in self.queue:
            if n not in self.seen:
                return False
        return True

    @invariant
    def as_a_quantifier(self, n: Node) -> bool:
        found = any(level == 2 and k == n for k, level in self.level.items()) and n in self.seen
        full = any({k for k in Node if k != m} <= self.seen and self.flag for m in Node)
        return self.busy(n) == (True if found else False if full else self.level[n] == 1)

    @invariant
    def few(self) -> bool:
        """Violated."""
        for n in Node:
            x = self.level[n]
            if self.head is not None and x == 2:
                if n in self.seen and n != self.head:
                    return False
        return True


class ListsEverywhere(Model):
    """Lists that are chosen by a condition, named several at once, displayed, turned round; numbers that are chosen."""

    default: ClassVar = {"Node": 2}
    check_deadlock = False
    flag: bool
    q: Annotated[list[Node], AtMost(3)]
    r: Annotated[list[Node], AtMost(3)]
    notes: set[Note]
    n: Annotated[int, Range(0, 3)] = 0
    level: dict[Node, Annotated[int, Range(0, 2)]] = everywhere(0)

    def picked(self) -> list[Node]:
        if self.flag:
            part = list(self.q)
        else:
            part = self.r[1:]
        return part

    @action
    def add(self, x: Node) -> None:
        require(len(self.q) < 2)
        self.q.append(x)
        self.flag = not self.flag

    @action
    def move(self) -> None:
        a, (k, other), b = list(self.q), (self.n, self.flag), [*self.r]
        self.r = (a[1:] if other else a[:1] + b)[: k + 1]

    @action
    def note(self) -> None:
        self.r = list(self.picked())
        self.notes.add(Note((self.q if self.flag else [*self.r, *self.q])[:2]))

    @action
    def count(self) -> None:
        self.n = max([self.n, 1, len(self.q)])
        require(any([self.flag, self.n > 1]), all((self.n < 3, not self.flag or self.n > 0)))
        self.q = list(reversed(self.q))

    @action
    def choose_numbers(self) -> None:
        self.n = choose(k for k in range(1, 3))
        self.level = {x: choose(k for k in range(2) if k < self.n) for x in Node}

    @action
    def choose_others(self, x: Node) -> None:
        self.level[x] = choose({0, 2})
        self.n = choose([1, 3])

    @invariant
    def short(self) -> bool:
        left, right = self.q[1:], self.r
        whole = left if self.flag else right
        return len(whole) < 3 and min((self.n, 0)) == 0 and len(self.picked() if self.flag else self.q) < 4

    @invariant
    def sorted_backwards(self) -> bool:
        return max(x for x in sorted({3, 1, 2})) == 3

    @invariant
    def few_notes(self) -> bool:
        """Violated."""
        return len(self.notes) < 3 or self.n < 2 or max([self.level[x] for x in self.q], default=0) == 0


class Lengthened(Model):
    """A sequence is lengthened by an operator, also by itself, and in an entry of a map."""

    default = {"Node": 2}
    line: Annotated[list[Node], AtMost(4)]
    lines: Map[Node, Annotated[list[Node], AtMost(2)]]
    old: Annotated[list[Node], AtMost(4)]

    @action
    def act(self, n: Node) -> None:
        require(len(self.line) < 3, len(self.lines[n]) < 2)
        self.line += [n]
        self.lines[n] += self.line[:1]

    @action
    def twice(self, n: Node) -> None:
        require(len(self.line) == 1)
        self.old = list(self.line)
        self.line += self.line + [n]

    @invariant
    def grows(self) -> bool:
        return len(self.old) <= 1 and (len(self.old) == 0 or len(self.line) >= 3)

    @terminal
    def whenever(self) -> bool:
        return True


class Positions(Model):
    """Lists with an item for each item of another, whatever that is."""

    queue: Annotated[list[bool], AtMost(3)]
    marks: Annotated[list[bool], AtMost(3)]

    @action
    def grow(self, flag: bool) -> None:
        require(len(self.queue) < 3)
        self.queue.append(flag)
        self.marks = [True for x in reversed(self.queue)][1:] + [flag for x, y in zip(self.queue, self.queue[1:])][:1]

    @terminal
    def full(self) -> bool:
        return len([1 for i, x in enumerate(self.queue)] + [2 for i in range(len(self.queue))]) == 6


@record
class Entry:
    rank: Annotated[int, Range(0, 2)]
    of: Node
    seen: Map[Node, bool]


class RequiredBehindEntries(Model):
    """`some` behind entries whose keys are numbers: both orders of what might raise and what disables are Python's."""

    default = {"Node": 2}
    rank: Map[Annotated[int, Range(0, 2)], Annotated[int, Range(0, 2)]] = everywhere(0)
    holder: Map[Annotated[int, Range(0, 2)], Node | None]
    log: Map[Annotated[int, Range(0, 2)], Annotated[list[Entry], AtMost(1)]]
    total: Annotated[int, Range(0, 9)] = 0

    @action
    def hold(self, i: Annotated[int, Range(0, 2)], n: Node) -> None:
        require(self.holder[i] is None)
        self.holder[i] = n
        self.rank[i] = min(2, self.rank[i] + i)

    @action
    def write(self, i: Annotated[int, Range(0, 2)]) -> None:
        require(not self.log[i])
        self.log[i].append(Entry(self.rank[i], some(self.holder[i]), {n: n == self.holder[i] for n in Node}))

    @action
    def turn(self, i: Annotated[int, Range(0, 2)]) -> None:
        require(len(self.log[i]) == 1)
        entry = self.log[i][0]
        self.log[i] = [Entry(entry.rank, entry.of, {n: not yes for n, yes in entry.seen.items()})]

    @action
    def add_up(self) -> None:
        require(self.total == 0)
        self.total = sum([self.rank[0], self.rank[1], self.rank[0] == self.rank[1], 1]) + sum((self.rank[2], 1))

    @invariant
    def adds_up(self) -> bool:
        return self.total <= 8 and sum([self.total, self.total]) == 2 * self.total

    @terminal
    def whenever(self) -> bool:
        return True
