"""Choices from sets of which few of very many possible elements are there."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from assay.checker.language import *


class Node(Sort):
    """A sort."""


@record
class Letter:
    to: Node
    log: Seq[Node, 12]


class FromLargeSets(Model):
    """Letters that carry a log of up to twelve."""

    default = {"Node": 3}
    sent: Set[Letter]
    last: Letter | None
    log: Seq[Node, 12]

    @action
    def write(self, n: Node) -> None:
        require(len(self.log) < 2)
        self.log.append(n)

    @action
    def send(self, n: Node) -> None:
        require(len(self.sent) < 2)
        self.sent.add(Letter(n, frozen(self.log)))

    @action
    def receive(self) -> None:
        letter = choose(self.sent)
        self.last = letter
        self.sent.discard(letter)

    @action
    def keep(self) -> None:
        self.last = choose(x for x in self.sent if len(x.log) > 0 and x != self.last)

    @constraint
    def short(self) -> bool:
        return len(self.log) < 2
