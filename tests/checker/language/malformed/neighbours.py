"""What has no last element, and nothing that comes next."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


class Base(Model):
    """What the others change."""

    default = {"Node": 2, "Ballot": 2}
    at: Ballot = first(Ballot)
    best: Ballot | None
    node: Node = anything()
    count: Range[0, 3] = 0

    @action
    def act(self) -> None:
        self.count = 1


class LastOfASort(Base):
    @action
    def act(self) -> None:
        self.node = last(Node)
#                   ^ last takes an Order
#                     help: an element of a Sort or set is chosen by a parameter of the action


class LastOfAValue(Base):
    @action
    def act(self) -> None:
        self.at = last(self.at)
#                      ^ a Ballot is no collection
#                        help: possible are sets, sorts, enums, quorums, maps, sequences, bags and range(...)
#                        instead: self.at = last(Ballot)


class SuccessorOfANumber(Base):
    @action
    def act(self) -> None:
        self.count = succ(self.count)
#                         ^ a Range[0, 3] has no succ
#                           help: the elements of an Order have; a number has n + 1
#                           instead: self.count = self.count + 1


class SuccessorOfWhatMayBeNone(Base):
    @action
    def act(self) -> None:
        self.at = succ(self.best)
#                      ^ a Ballot | None has no succ
#                        help: it may be None: ask `is not None` first; in an action, some(...) does
#                        instead: self.at = succ(some(self.best))


class PredecessorOfASort(Base):
    @invariant
    def claim(self) -> bool:
        return pred(self.node) == self.node
#                   ^ a Node has no pred
#                     help: the elements of an Order have; a number has n - 1


class PredecessorOfANumber(Base):
    @action
    def act(self) -> None:
        self.count = pred(self.count)
#                         ^ a Range[0, 3] has no pred
#                           help: the elements of an Order have; a number has n - 1
#                           instead: self.count = self.count - 1


class SuccessorOfTwo(Base):
    @action
    def act(self) -> None:
        self.at = succ(self.at, 2)
#                 ^ succ takes one argument
#                   help: succ(self.ballot)
#                   instead: self.at = succ(self.at)


class SuccessorOfTheLast(Base):
    @action
    def act(self) -> None:
        self.at = succ(self.at)
#                 ^ act(): raised LookupError: b2 is the last Ballot, it has no successor
#                   help: compare it with last(...) or first(...) before
#                   instead: require(self.at != last(Ballot))
#                   instead: self.at = succ(self.at)


class PredecessorOfTheFirst(Base):
    @invariant
    def claim(self) -> bool:
        return pred(self.at) < self.at
#              ^ claim(): raised LookupError: b1 is the first Ballot, it has no predecessor
#                help: compare it with last(...) or first(...) before


LEAST = first(Ballot)


class TheFirstAsAConstant(Base):
    @action
    def act(self) -> None:
        self.at = LEAST
#                 ^ first(Ballot) is another element in each instance, so it is no constant
#                   help: write first(Ballot) here
#                   instead: self.at = first(Ballot)
