"""Empty sets and lists: what they are to hold is said where they are made, or where they are used."""

# ruff: noqa

from __future__ import annotations

from typing import Annotated, ClassVar

from assay.checker.language import *


class Node(Sort):
    """A sort."""


@record
class Note:
    nodes: frozenset[Node]
    log: Annotated[list[Node], AtMost(2)]


def few(nodes: set[Node], most: int) -> bool:
    return len(nodes) <= most


def joined(nodes: set[Node], n: Node) -> set[Node]:
    if n in nodes:
        return set()
    return nodes | {n}


def if_member(nodes: set[Node], n: Node) -> set[Node]:
    rest: set[Node] = set()
    if n in nodes:
        rest = nodes
    return rest


class Empties(Model):
    """Empty containers, wherever a container may be."""

    default: ClassVar = {"Node": 2}
    check_deadlock = False
    flag: bool
    seen: set[Node]
    kept: set[Node]
    queue: Annotated[list[Node], AtMost(2)]
    pairs: set[tuple[Node, frozenset[Node]]]
    note: Note | None
    held: dict[Node, set[Node]]

    @action
    def of_a_branch(self, n: Node) -> None:
        if self.flag:
            rest = {n}
        else:
            rest = set()
        self.flag = not self.flag
        self.seen = rest

    @action
    def of_the_other_branch(self, n: Node) -> None:
        if n in self.seen:
            rest = set()
        elif self.flag:
            rest = set()
        else:
            rest = {m for m in Node if m != n}
        self.kept = rest

    @action
    def before_a_branch(self, n: Node) -> None:
        rest = set()
        if self.flag:
            rest = self.seen | {n}
        self.held[n] = rest

    @action
    def of_every_branch(self, n: Node) -> None:
        if self.flag:
            rest = set()
        else:
            rest = set()
        self.held[n] = rest

    @action
    def of_a_case(self, n: Node) -> None:
        match self.note:
            case None:
                rest = []
            case Note(_, log):
                rest = log[1:]
        self.queue = rest

    @action
    def of_two_names(self, n: Node) -> None:
        rest, line = set(), [n]
        require(rest == self.kept or n in self.kept)
        self.seen = rest | self.seen if self.flag else self.seen | rest
        self.queue = line

    @action
    def with_a_type(self, n: Node) -> None:
        rest: set[Node] = set()
        line: list[Node] = []
        require(len(rest) == 0, n not in rest, len(line) == 0, few(rest, 0), not line)
        self.pairs.add((n, frozen(rest)))
        self.note = Note(frozenset[Node](), list[Node]())
        self.queue = line

    @action
    def made_with_a_type(self, n: Node) -> None:
        rest = set[Node]()
        require(few(set[Node](), 1), few(set(), 1), len(list[Node]()) == 0, n not in rest | set[Node]())
        self.pairs.discard((n, frozenset[Node]()))
        self.kept = joined(set(), n) if self.flag else joined(self.kept, n)
        self.seen = set[Node]()

    @action
    def beside_each_other(self, n: Node) -> None:
        self.flag, self.queue, self.held[n] = n in self.seen, [], set()

    @action
    def beside_what_it_held(self, n: Node) -> None:
        self.seen, rest = set(), set(self.seen)
        self.held[n] = rest

    @action
    def compared(self, n: Node) -> None:
        rest = set()
        require(rest <= self.seen)
        self.flag = self.kept == rest or rest < self.kept

    @invariant
    def helped(self, n: Node) -> bool:
        rest = set()
        line: list[Node] = []
        if self.flag:
            rest = self.seen
        return rest <= self.seen and if_member(self.seen, n) <= self.seen and len(line) == 0
