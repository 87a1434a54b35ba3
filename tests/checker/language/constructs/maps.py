"""Maps that get all their values at once, also nested ones, and before they have any."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from assay.checker.language import *
from shared import Node


class Ballot(Order):
    """An order."""


class Nested(Model):
    default = {"Node": 2, "Ballot": 2}
    m: Map[Node, Map[Node, Ballot]]
    heard: Map[Node, Set[Node]]
    steps: Map[Range[0, 2], Range[0, 2]] = everywhere(0)
    queue: Seq[Range[0, 2], 2]
    flags: Map[Node, bool]
    flag: bool

    @initial
    def start(self) -> None:
        self.m = {n: {k: first(Ballot) for k in Node} for n in Node}

    @action
    def up(self, n: Node, k: Node, b: Ballot) -> None:
        require(self.m[n][k] < b)
        self.m[n][k] = b
        self.heard[n].add(k)

    @action
    def reset(self) -> None:
        self.m = everywhere(everywhere(max(self.m[n][n] for n in Node)))
        self.heard = {n: {k for k in Node if k != n} for n in Node}
        self.heard = {n: set() for n in Node}

    @action
    def row(self, n: Node) -> None:
        self.m[n] = {k: first(Ballot) for k in Node}
        self.steps = {k: (k + 1) % 3 for k in range(3)}
        self.steps = {k: 2 - k for k in range(0, 3)}

    @action
    def fill(self) -> None:
        require(not self.flag)
        for k in range(len(self.queue)):
            self.queue.pop(0)
        self.queue = [1, 2]
        self.flags = everywhere(self.flag)
        self.flag = True

    @action
    def take(self) -> None:
        require(len(self.queue) > 0)
        self.steps[self.queue[-1]] = self.queue.pop(0)
        self.flag = False

    def pair(self, n: Node, k: Node) -> bool:
        first_one, second = self.m[n][k], self.m[k][n]
        first_one, second = second, first_one
        a, b = (n, first_one)
        return first_one == second or a == k or b <= second

    def among(self, n: Node) -> Set[Node]:
        a, b = n, self.flag
        return {k for k in Node if k != a and b}

    @reachable
    def paired(self, n: Node, k: Node) -> bool:
        return n != k and not self.pair(n, k) and len(self.among(n)) == 1

    @invariant
    def cases(self) -> bool:
        match self.flag:
            case True:
                return len(self.queue) == 2
            case _:
                return True


class Loops(Nested):
    @initial
    def start(self) -> None:
        for n in Node:
            for k in Node:
                self.m[n][k] = first(Ballot)


class Rows(Nested):
    @initial
    def start(self) -> None:
        for n in Node:
            self.m[n] = {k: first(Ballot) for k in Node}


class Everywhere(Nested):
    @initial
    def start(self) -> None:
        self.m = everywhere(everywhere(first(Ballot)))


class Chosen(Nested):
    @initial
    def start(self, n: Node, b: Ballot) -> None:
        self.m = {k: {l: first(Ballot) for l in Node} for k in Node}
        self.m[n][n] = b



class KeysAreNumbers(Model):
    """A comprehension runs over all numbers of a range, whose bounds are expressions, however it writes them."""

    default = {"Node": 2, "most": 1}
    most: Parameter[int] = 1
    up_to: Map[Range[0, "most"], bool]
    round: Map[Range[1, "2 * most"], Range[0, 4]] = everywhere(0)
    of_all: Map[Range["-most", "Node - 1"], Node | None]

    @action
    def act(self, n: Node) -> None:
        self.up_to = {i: i != self.most for i in range(self.most + 1)}
        self.round = {i: min(4, self.round[i] + i) for i in range(1, self.most + 1 + self.most)}
        self.of_all = {i: n if i >= 0 else None for i in range(0 - self.most, len(Node))}


@record
class Heard:
    of: Map[Node, tuple[Ballot, bool] | None]


class NarrowsEntries(Model):
    """What is known not to be None is an entry of a map inside a value, too."""

    default = {"Node": 2, "Ballot": 2}
    heard: Heard | None = None
    best: Ballot | None = None
    all_of_them: Set[tuple[Ballot, bool]]

    @action
    def hear(self, n: Node, b: Ballot) -> None:
        require(self.heard is None)
        self.heard = Heard({k: (b, k == n) for k in Node})

    @action
    def forget(self, n: Node) -> None:
        require(self.heard is not None)
        self.heard = Heard({k: None if k == n else self.heard.of[k] for k in Node})

    @action
    def look(self, n: Node) -> None:
        heard = some(self.heard)
        require(heard.of[n] is not None)
        self.best = heard.of[n][0]
        self.all_of_them = {e for e in heard.of.values() if e is not None}

    @terminal
    def whenever(self) -> bool:
        return True


class FromItself(Model):
    """Entries that are containers, computed from the entries that they replace."""

    default = {"Node": 2}
    next: Function[Node, Node]
    held: Map[Node, Set[Node]]
    view: Map[Node, Map[Node, bool]] = everywhere(False)
    logs: Map[Node, Seq[Node, 2]]
    flag: bool

    @initial
    def begin(self) -> None:
        self.held = {n: self.held[self.next[n]] | {n} for n in Node}

    @action
    def put(self, n: Node, m: Node) -> None:
        self.held[n].add(m)
        self.view[n][m] = True
        self.logs[n] = [m]

    @action
    def turn(self) -> None:
        self.view = {n: {m: self.view[m][n] for m in Node} for n in Node}
        self.held = {n: set(self.held[self.next[n]]) for n in Node}

    @action
    def shift(self, m: Node) -> None:
        if self.flag:
            self.held = {n: self.held[m] | {n} for n in Node}
        else:
            self.held = {n: {k for k in Node if all(k in self.held[j] for j in Node)} for n in Node}
        self.logs = {n: (self.logs[m] + self.logs[n])[:2] for n in Node}
        self.flag = not self.flag
