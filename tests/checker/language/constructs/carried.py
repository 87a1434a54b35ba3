"""Networks that carry messages of several kinds, some with numbers without bounds."""

# ruff: noqa

from __future__ import annotations

from assay.checker.language import *
from assay.checker.language.networks import BagNetwork, QueueNetwork


class Node(Sort):
    """A node."""


@record
class Ask:
    to: Node
    number: Nat


@record
class Told:
    by: Node


class Asks(BagNetwork[Ask | Told], Model):
    """A message of an unbounded number is received, as one of those that the network carries."""

    default = {"Node": 2, "capacity": 2}
    asked: Map[Node, Nat] = everywhere(0)
    newest: Map[Node, Nat] = everywhere(0)

    @action
    def ask(self, a: Node, b: Node) -> None:
        require(self.asked[a] < 2, self.room())
        self.asked[a] += 1
        self.send(Ask(b, self.asked[a]))

    @action
    def take(self, ask: Ask) -> None:
        node = ask.to
        self.receive(ask)
        self.newest[node] = ask.number

    @terminal
    def nothing_is_sent(self) -> bool:
        return len(self.messages) == 0


class AsksInOrder(QueueNetwork[Node, Ask | Told], Model):
    """The same over queues."""

    default = {"Node": 2, "capacity": 1}
    asked: Map[Node, Nat] = everywhere(0)
    newest: Map[Node, Nat] = everywhere(0)

    @action
    def ask(self, a: Node, b: Node) -> None:
        require(self.asked[a] < 2, self.room(a, b))
        self.asked[a] += 1
        self.send(a, b, Ask(b, self.asked[a]))

    @action
    def take(self, a: Node, b: Node, ask: Ask) -> None:
        self.receive(a, b, ask)
        self.newest[b] = ask.number

    @terminal
    def all_have_asked(self) -> bool:
        return all(self.asked[n] == 2 for n in Node)
