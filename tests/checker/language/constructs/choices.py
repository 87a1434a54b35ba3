"""Choices on the way: of a set that is computed, in a branch, in a loop, in a comprehension; and any value at all."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


class Quorum(QuorumSystem[Node]):
    """Quorums."""


class Color(Enum):
    RED, GREEN, BLUE = range(3)


@record
class Vote:
    node: Node
    ballot: Ballot


class Plain(Model):
    """Choices from sorts, sets of the state, comprehensions, sets of records; some in branches."""

    default = {"Node": 3, "Ballot": 2}
    heard: Set[Node]
    votes: Set[Vote]
    best: Ballot | None
    color: Color = Color.RED

    @action
    def hear(self) -> None:
        self.heard.add(choose(n for n in Node if n not in self.heard))

    @action
    def vote(self, n: Node) -> None:
        require(n in self.heard, all(v.node != n for v in self.votes))
        b = choose(Ballot)
        self.votes.add(Vote(n, b))

    @action
    def decide(self) -> None:
        q = choose(q for q in Quorum if all(any(v.node == n for v in self.votes) for n in q))
        if self.best is None:
            self.best = choose(v.ballot for v in self.votes if v.node in q)
        elif self.color == Color.RED:
            self.color = choose(c for c in Color if c != self.color)
        else:
            self.best = None

    @action
    def forget(self) -> None:
        vote = choose(self.votes)
        require(self.best is not None)
        self.votes.discard(vote)
        if vote.ballot == self.best:
            return
        other = choose(self.heard - {vote.node})
        self.heard.discard(other)

    @invariant
    def voters_were_heard_or_forgotten(self) -> bool:
        return len(self.votes) <= 3


class InLoops(Model):
    """Choices for each element of a sort, of a set, of a filtered loop; in comprehensions; under branches."""

    default = {"Node": 2, "Ballot": 2}
    value: Map[Node, Color] = everywhere(Color.RED)
    ballot: Map[Node, Ballot | None]
    seen: Map[Node, Set[Color]]
    up: Set[Node]
    pairs: Map[Node, Map[Ballot, bool]] = everywhere(everywhere(False))

    @action
    def mix(self) -> None:
        require(len(self.up) == 2)
        self.value = {n: choose(c for c in Color if c != self.value[n]) for n in Node}

    @action
    def rise(self, n: Node) -> None:
        require(n not in self.up)
        self.up.add(n)

    @action
    def loop(self) -> None:
        require(len(self.up) > 0)
        for n in self.up:
            if self.value[n] != Color.GREEN:
                b = choose(b for b in Ballot if self.ballot[n] is None or b > self.ballot[n])
                self.ballot[n] = b
            else:
                self.seen[n].add(choose(self.value[m] for m in Node))

    @action
    def nested(self) -> None:
        require(all(self.value[n] == Color.GREEN for n in Node))
        for n in Node:
            for b in Ballot:
                if n in self.up and self.ballot[n] == b:
                    self.pairs[n][b] = choose({True, self.pairs[n][b]})

    @action
    def fall(self) -> None:
        require(self.up == set(Node))
        for n in Node:
            if self.value[n] == Color.BLUE:
                self.up.discard(n)

    @terminal
    def stop(self) -> bool:
        return True


class Anything(Model):
    """Any value of every type of variable."""

    default = {"Node": 2, "Ballot": 2}
    some: Set[Node]
    color: Map[Node, Color] = everywhere(Color.RED)
    queue: Seq[Node, 2]
    number: Range[-1, 1] = 0
    last: Vote | None
    bag: Bag[Node, 2]
    turn: bool

    @initial
    def begin(self, n: Node) -> None:
        self.number = anything()
        require(self.number <= 0)

    @action
    def scalars(self) -> None:
        require(not self.turn)
        self.number = anything()
        self.last = anything()
        require(self.last is None or self.number > 0)
        self.turn = True

    @action
    def containers(self) -> None:
        require(self.turn)
        self.some = anything()
        require(len(self.some) == 1)
        if self.number == 0:
            self.color = anything()
            require(all(self.color[n] != Color.RED for n in self.some))
        else:
            self.queue = anything()
        self.turn = False

    @action
    def refill(self) -> None:
        require(self.turn, len(self.queue) == 2)
        self.bag = anything()
        require(len(self.bag) == 2)
        self.queue = []


class MayRaise(Model):
    """A choice from what raises in some states, and an outcome beyond a range for some choices."""

    numbers: Set[Range[0, 2]]
    count: Range[0, 3] = 0

    color: Color = Color.RED

    @action
    def add(self, n: Range[0, 2]) -> None:
        require(n not in self.numbers)
        self.numbers.add(n)

    @action
    def grow(self) -> None:
        require(len(self.numbers) > 1)
        self.count += choose(self.numbers)

    @action
    def divide(self) -> None:
        require(2 in self.numbers)
        self.color = choose(c for c in Color if c != self.color and 6 // self.count > 1)
