"""What is computed where Python would not evaluate it reads nothing outside of a state.

Conditions are computed for all elements at once, and sets before the guard that they are a part of. So code runs for an
absent value, for a message of another kind, or for a position where there is no item; the result is not used, but an
index that is made of it must not point out of the state.
"""

from __future__ import annotations

import pytest
from assay.checker.language import (
    Enum,
    Map,
    Model,
    Seq,
    Set,
    Sort,
    action,
    everywhere,
    invariant,
    record,
    require,
)
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify

from tests.checker.engine.test_engines_agree import assert_agreement


class Node(Sort):
    """A node."""


class Color(Enum):
    RED, BLUE = range(2)


@record
class Ask:
    node: Node


@record
class Tell:
    to: Node
    color: Color


@record
class Box:
    items: Seq[Color, 2]


class Voting(Model):
    """The votes are too many for a register, and what selects among them may be absent, or a message of either kind."""

    default = {"Node": 9}
    up: Set[Node]
    leader: Node | None
    last: Ask | Tell | None
    votes: Map[Node, Set[Node]]

    @action
    def rise(self, n: Node) -> None:
        require(len(self.up) < 2)
        self.up.add(n)

    @action
    def lead(self, n: Node) -> None:
        require(n in self.up)
        self.leader = n

    @action
    def ask(self, n: Node) -> None:
        self.last = Ask(n)

    @action
    def tell(self, n: Node, color: Color) -> None:
        self.last = Tell(n, color)

    @action
    def vote(self, n: Node, m: Node) -> None:
        require(m in self.up, len(self.votes[n]) == 0)
        self.votes[n].add(m)

    @action
    def leave(self, n: Node) -> None:
        require(self.leader is None or len({m for m in self.up if m in self.votes[self.leader]}) > 1)
        self.up.discard(n)

    @invariant
    def led(self) -> bool:
        return all(p not in self.up or (self.leader is not None and p in self.votes[self.leader]) for p in Node)

    @invariant
    def asked(self) -> bool:
        last = self.last
        return all(p not in self.up or (isinstance(last, Ask) and p in self.votes[last.node]) for p in Node)

    @invariant
    def told(self) -> bool:
        last = self.last
        return any(p in self.up and isinstance(last, Tell) and p in self.votes[last.to] for p in Node)


class Positions(Model):
    """The first item that fits is read at -1 where none does."""

    default = {"Node": 3}
    queue: Seq[Node, 2]
    wide: Seq[Node, 40]
    box: Box | None
    seen: Map[Node, bool] = everywhere(False)

    @action
    def push(self, n: Node) -> None:
        require(len(self.queue) < 2)
        self.queue.append(n)

    @action
    def push_wide(self, n: Node) -> None:
        require(len(self.wide) < 2)
        self.wide.append(n)

    @action
    def fill(self, color: Color) -> None:
        self.box = Box([color, color])

    @action
    def empty(self) -> None:
        self.box = Box([])

    @invariant
    def first_unseen(self) -> bool:
        return any(not self.seen[p] and next((m == p for m in self.queue if not self.seen[m]), False) for p in Node)

    @invariant
    def first_unseen_of_many(self) -> bool:
        return any(not self.seen[p] and next((m == p for m in self.wide if not self.seen[m]), False) for p in Node)

    @invariant
    def first_in_box(self) -> bool:
        return all(
            self.box is not None and next((c == color for c in self.box.items if c != Color.RED), False)
            for color in Color
        )


@pytest.mark.parametrize("model", [Voting, Positions])
def test_explorers_agree(model: type[Model]) -> None:
    instance = instantiate(specify(model))
    with instance.active():
        assert_agreement(instance)
