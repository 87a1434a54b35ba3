"""Structure that an instance chooses, of every type, with axioms that take parameters."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from typing import Self

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Level(Order):
    """An order."""


class Quorum(QuorumSystem[Node]):
    """Quorums."""


class Color(Enum):
    RED, GREEN = range(2)


@record
class Mark:
    node: Node
    level: Level


class Rings(Model):
    """Tokens go round every ring; a structure by three relations of one sort."""

    default = {"Node": 4}
    next: Function[Node, Node]
    token: Node = anything()
    been: Set[Node]

    @axiom
    def different(self, a: Node, b: Node) -> bool:
        return a == b or self.next[a] != self.next[b]

    @axiom
    def nobody_alone(self, a: Node) -> bool:
        return self.next[a] != a

    @action
    def pass_on(self) -> None:
        self.been.add(self.token)
        self.token = self.next[self.token]

    @step_invariant
    def moves(self, after: Self) -> bool:
        return after.token == after.next[self.token] and after.next[self.token] == self.next[self.token]

    @reachable
    def all_round(self) -> bool:
        return self.been == set(Node)


class Everything(Model):
    """Constants of every type, given and open ones side by side."""

    default = {"Node": 2, "Level": 2, "chief": "n2", "levels": {"n1": 2, "n2": 1}, "log": ["RED", "GREEN"]}
    chief: Parameter[Node]
    favourite: Parameter[Color]
    best: Parameter[Level | None]
    mark: Parameter[Mark] = Mark("n1", "l2")
    some: Parameter[Set[Node]]
    levels: Function[Node, Level]
    sides: Parameter[Map[Node, Set[Color]]] = everywhere({Color.RED})
    log: Parameter[Seq[Color, 3]]
    limit: Parameter[Range[1, 2]] = 2
    member: Relation[Node, Quorum]
    heard: Set[tuple[Node, Color]]
    last: Level | None
    count: Range[0, 3] = 0

    @axiom
    def some_are_below_the_chief(self, n: Node) -> bool:
        return implies(n in self.some, self.levels[n] >= self.levels[self.chief])

    @axiom
    def members(self, n: Node, q: Quorum) -> bool:
        return self.member(n, q) == (n in q)

    @action
    def hear(self, n: Node, c: Color) -> None:
        require(n in self.some or c in self.sides[n], self.count < self.limit)
        self.heard.add((n, c))
        self.count += 1

    @action
    def remember(self, q: Quorum) -> None:
        require(self.mark.node == self.chief or all(self.member(n, q) for n in self.some))
        self.last = self.best if self.last is None else self.levels[self.chief]

    @action
    def echo(self, n: Node) -> None:
        require((n, self.favourite) in self.heard, self.log[0] == Color.RED, len(self.log) == 2)
        self.heard.discard((n, self.favourite))

    @invariant
    def few(self) -> bool:
        return self.count <= self.limit and self.mark.level in {self.levels[n] for n in Node}


class BoundsByExpressions(Model):
    """Ranges, sequences and bags whose bounds are expressions of parameters and sizes."""

    default = {"Node": 2, "limit": 1}
    limit: Parameter[int] = 2
    clock: Range[0, "2 * limit + 1"] = 0
    queue: Seq[Node, "limit + len(Node) - 1"]
    bag: Bag[Range["-limit", "(Node - 1) // 2"], "limit"]

    @action
    def tick(self, n: Node, k: Range["-limit", "Node - 1"]) -> None:
        require(self.clock + 1 <= 2 * self.limit + 1, k >= 0)
        self.clock += 1
        if len(self.queue) <= self.limit:
            self.queue.append(n)

    @action
    def drop(self, k: Range["0 - limit", 0]) -> None:
        require(len(self.bag) < self.limit)
        self.bag.add(k)
