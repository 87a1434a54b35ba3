"""Choices of containers that are declared, changed or shared wrongly."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from typing import Self

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Color(Enum):
    RED, GREEN = range(2)


class Base(Model):
    """What the others change."""

    default = {"Node": 2}
    up: Set[Node]
    seen: Set[Node]
    color: Map[Node, Color] = everywhere(Color.RED)
    other: Map[Node, Color] = everywhere(Color.RED)
    queue: Seq[Node, 2]

    @action
    def rise(self, n: Node) -> None:
        self.up.add(n)


class InvariantOfSubsets(Base):
    @invariant
    def fine(self, some: Set[Node]) -> bool:
#   ^ the parameter some of fine is a Set[Node]; an invariant is about scalars
#     help: an action may choose a container; here, take an element at a time, or a quorum of a QuorumSystem
        return some <= self.up


class PermutationOfNumbers(Base):
    @action
    def act(self, order: Perm[Range[0, 2]]) -> None:
#   ^ Perm[Range[0, 2]] has no fixed length
#     help: permute a Sort, an Order or an Enum
#     instead: def act(self, order: Perm[Node]) -> None:
        self.up.clear()


class PermutationInTheState(Base):
    order: Perm[Node]
#   ^ order holds a permutation, which cannot change item by item
#     help: make it a Seq; a Perm is the parameter of an action, or a Parameter of the model
#     instead: order: Seq[Node, 3]


class ChosenSetChanged(Base):
    @action
    def act(self, some: Set[Node], n: Node) -> None:
        some.add(n)
#       ^ a local set or sequence is not changed in place
#         help: compute it at once: {...} | {...}


class ChosenMapChanged(Base):
    @action
    def act(self, colors: Map[Node, Color], n: Node) -> None:
        colors[n] = Color.RED
#       ^ what an action chooses does not change
#         help: assign it to a variable, and change that


class ChosenSequencePopped(Base):
    @action
    def act(self, some: Seq[Node, 2]) -> None:
        n = some.pop(0)
#           ^ a local set or sequence is not changed in place
#             help: compute it at once: {...} | {...}
        self.up.add(n)


class ChosenSetShared(Base):
    @action
    def act(self, some: Set[Node]) -> None:
        self.up = some
        self.seen = some
#                   ^ some is the container in self.up since it was assigned to it
#                     help: assign a copy: self.up = set(some)
#                     instead: self.seen = set(self.up)


class ChosenMapShared(Base):
    @action
    def act(self, colors: Map[Node, Color]) -> None:
        self.color = colors
        self.other = colors
#                    ^ colors is the container in self.color since it was assigned to it
#                      help: assign a copy: self.color = dict(colors)
#                      above: self.color = dict(colors)


class MapsOfTheStateShared(Base):
    @action
    def act(self) -> None:
        self.color = self.other
#                    ^ this would make two variables share one map
#                      help: copy it: dict(self.other)
#                      instead: self.color = dict(self.other)


class ChosenNameAssigned(Base):
    @action
    def act(self, some: Set[Node]) -> None:
        some = {n for n in some if n in self.up}
#       ^ some is a parameter or the variable of a loop, which is not assigned to
#         help: use another name
#         instead: others = {n for n in some if n in self.up}
        self.up = some


class SequenceWithoutBound(Base):
    @action
    def act(self, some: list[Node]) -> None:
#   ^ a list has no bound
#     help: state it: Seq[T, 3] or Annotated[list[T], AtMost(3)]
        self.up.clear()


class ChosenMapSharedByAHelper(Base):
    def take(self, colors: Map[Node, Color]) -> None:
        self.color = colors

    @action
    def act(self, colors: Map[Node, Color], n: Node) -> None:
        self.take(colors)
        self.color[n] = Color.RED
        self.other[n] = colors[n]
#                       ^ colors is the container in self.color since it was assigned to it
#                         help: assign a copy: self.color = dict(...)
