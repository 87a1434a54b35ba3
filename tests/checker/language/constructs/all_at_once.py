"""Maps that get one value at every key: `dict.fromkeys` evaluates it once."""

# ruff: noqa

from __future__ import annotations

from typing import Annotated, ClassVar

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Phase(Enum):
    IDLE, BUSY = range(2)


@record
class Note:
    counts: dict[Node, Annotated[int, Range(0, 3)]]


class AllAtOnce(Model):
    """The value reads the map that it replaces, is chosen, or is None where none is written."""

    default: ClassVar = {"Node": 2}
    limit: Parameter[int] = 2
    counts: dict[Node, Annotated[int, Range(0, 3)]] = everywhere(0)
    steps: dict[Annotated[int, Range(0, "limit")], bool] = everywhere(False)
    phases: dict[Phase, Node | None] = everywhere(None)
    note: Note | None = None
    views: dict[Node, dict[Node, bool]] = everywhere(everywhere(False))

    @action
    def put(self, n: Node) -> None:
        require(self.counts[n] < 3)
        self.counts[n] += 1

    @action
    def level(self, n: Node) -> None:
        self.counts = dict.fromkeys(Node, self.counts[n])

    @action
    def choose_one(self) -> None:
        """One choice for all keys, not one for each."""
        self.counts = dict.fromkeys(Node, choose(k for k in range(2)))

    @action
    def mark(self, n: Node) -> None:
        self.steps = dict.fromkeys(range(self.limit + 1), self.counts[n] > 1)
        self.phases = dict.fromkeys(Phase, n)
        self.views[n] = dict.fromkeys(Node, self.steps[0])

    @action
    def forget(self) -> None:
        self.phases = dict.fromkeys(Phase)
        self.note = Note(dict.fromkeys(Node, 1)) if self.note is None else None

    @invariant
    def marks_are_alike(self) -> bool:
        return all(self.steps[k] == self.steps[0] for k in range(self.limit + 1))

    @invariant
    def noted(self) -> bool:
        return self.note is None or self.note == Note(dict.fromkeys(Node, 1))


class Together(Model):
    """Several variables are assigned at once, also in tuples of tuples; containers are emptied."""

    default: ClassVar = {"Node": 2}
    seen: set[Node]
    kept: dict[Node, set[Node]]
    bag: Annotated[Bag[Node], AtMost(2)]
    queue: Annotated[list[Node], AtMost(2)]
    first: Node | None = None
    second: Node | None = None

    @action
    def put(self, n: Node) -> None:
        require(n not in self.seen, len(self.bag) < 2, len(self.queue) < 2)
        self.seen.add(n)
        self.kept[n] = set(self.seen)
        self.bag.add(n)
        self.queue.append(n)

    @action
    def turn(self, n: Node) -> None:
        (self.first, (self.second, m)) = self.second, (n, self.first)
        require(m is None or m in self.seen)

    @action
    def empty(self, n: Node) -> None:
        (self.seen, (self.bag, self.kept[n])), self.queue = (set(), (Bag(), set())), []
        self.bag.add(n)

    @invariant
    def in_step(self, n: Node) -> bool:
        return n not in self.seen or n in self.queue
