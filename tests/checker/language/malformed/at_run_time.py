"""Models that are well formed, and raise, or leave their types, in a state that is reached."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


@record
class Vote:
    ballot: Ballot
    node: Node


@record
class Note:
    flag: bool


@record
class Tick:
    count: Range[0, 2]


class Base(Model):
    """What the others change: something happens first, so that the error is not in the initial state."""

    default = {"Node": 2, "Ballot": 2}
    started: bool
    count: Range[0, 3] = 0
    leader: Node | None
    best: Ballot | None
    last: Vote | Note = Note(False)
    queue: Seq[Node, 2]
    bag: Bag[Node, 2]
    nodes: Set[Node]
    numbers: Set[Range[0, 2]]
    ticks: Set[Tick]
    slots: Map[Range[0, 2], bool]
    up: Map[Node, bool]

    @action
    def start(self) -> None:
        require(not self.started)
        self.started = True

    @terminal
    def anything_goes(self) -> bool:
        return True


class RangeExceeded(Base):
    @action
    def act(self) -> None:
#   ^ act(): count would become 4, outside of Range(0, 3)
#     help: widen the range, or add a require
        require(self.started)
        self.count += 1


class RangeUndercut(Base):
    @action
    def act(self) -> None:
#   ^ act(): count would become -1, outside of Range(0, 3)
#     help: widen the range, or add a require
        require(self.started)
        self.count = self.count - 1


class SequenceTooLong(Base):
    @action
    def act(self, n: Node) -> None:
#   ^ act(n=n1): queue is a Seq[Node, 2], it would hold 3 elements
#     help: raise the bound, or add a require
        require(self.started)
        self.queue.append(n)


class BagTooLarge(Base):
    @action
    def act(self, n: Node) -> None:
#   ^ act(n=n1): bag is a Bag[Node, 2], it would hold 3 elements
#     help: raise the bound, or add a require
        require(self.started)
        self.bag.add(n)


class PopsTheEmpty(Base):
    @action
    def act(self) -> None:
        require(self.started)
        self.queue.pop(0)
#       ^ act(): raised IndexError: pop from empty list
#         help: it may be empty: require that it is not


class LooksForWhatIsNotThere(Base):
    @action
    def act(self, n: Node) -> None:
        require(self.started)
        self.count = self.queue.index(n)
#                    ^ act(n=n1): raised ValueError: n1 is not in list
#                      help: ask `in` first


class TakesTheFirstOfNothing(Base):
    @action
    def act(self) -> None:
        require(self.started)
        self.best = next(b for b in Ballot if b < first(Ballot))
#                   ^ act(): raised StopIteration
#                     help: next of what may be nothing needs a default: next((x for x in xs if ...), None)
#                     instead: self.best = next((b for b in Ballot if b < first(Ballot)), None)


class RemovesWhatIsNotThere(Base):
    @action
    def act(self, n: Node) -> None:
        require(self.started)
        self.bag.remove(n)
#       ^ act(n=n1): raised KeyError: n1
#         help: ask `in` first; a map has the keys of its type only


class RemovesAnElementThatIsNotThere(Base):
    @action
    def act(self, n: Node) -> None:
        require(self.started)
        self.nodes.remove(n)
#       ^ act(n=n1): raised KeyError: n1
#         help: ask `in` first; a map has the keys of its type only


class ComparesNone(Base):
    @action
    def act(self, b: Ballot) -> None:
        require(self.started)
        require(self.best < b)
#               ^ act(b=b1): raised TypeError: '<' not supported between instances of 'NoneType' and 'Ballot'
#                 help: it may be None: ask `is not None` first
        self.best = b


class IndexesByNone(Base):
    @action
    def act(self) -> None:
        require(self.started)
        self.started = self.up[self.leader]
#                      ^ act(): raised KeyError: None
#                        help: ask `in` first; a map has the keys of its type only


class ReadsAFieldOfTheOther(Base):
    @action
    def act(self) -> None:
        require(self.started)
        self.leader = self.last.node
#                     ^ act(): raised AttributeError: 'Note' object has no attribute 'node'
#                       help: it may be another record of the union: ask isinstance first


class IndexesOutside(Base):
    @action
    def act(self) -> None:
        require(self.started)
        self.leader = self.queue[0]
#                     ^ act(): raised IndexError: list index out of range
#                       help: the sequence may be shorter: ask for its len(...) first
#                       instead: require(len(self.queue) > 0)
#                       instead: self.leader = self.queue[0]


class DividesByZero(Base):
    @action
    def act(self) -> None:
        require(self.started)
        self.count = 3 // self.count
#                    ^ act(): raised ZeroDivisionError: integer division or modulo by zero
#                      help: ask whether it is 0 first


class KeyOutside(Base):
    @action
    def act(self) -> None:
        require(self.started)
        require(self.slots[self.count + 3])
#               ^ act(): raised KeyError: 3
#                 help: ask `in` first; a map has the keys of its type only
        self.started = False


class WritesAKeyOutside(Base):
    @action
    def act(self) -> None:
#   ^ act(): slots is a Map[Range[0, 2], bool], it has no key 3
#     help: ask `in` first; a map has the keys of its type only
        require(self.started)
        self.slots[self.count + 3] = True


class AddsANumberOutside(Base):
    @action
    def act(self) -> None:
#   ^ act(): numbers is a set of Range[0, 2], it cannot hold 3: 3 is outside of Range(0, 2)
#     help: widen the bound, or add a require
        require(self.started)
        self.numbers.add(self.count + 3)


class AddsARecordOutside(Base):
    @action
    def act(self) -> None:
#   ^ act(): ticks is a set of Tick, it cannot hold Tick(count=3): 3 is outside of Range(0, 2)
#     help: widen the bound, or add a require
        require(self.started)
        self.ticks.add(Tick(self.count + 3))


class LargestOfNothing(Base):
    @action
    def act(self) -> None:
        require(self.started)
        self.best = max(b for b in Ballot if b < first(Ballot))
#                   ^ act(): raised ValueError: max() arg is an empty sequence
#                     help: min and max of what may be empty need default=
#                     instead: self.best = max((b for b in Ballot if b < first(Ballot)), default=first(Ballot))


class InvariantRaises(Base):
    @invariant
    def claim(self) -> bool:
        return not self.started or self.queue[0] is not self.leader
#                                  ^ claim(): raised IndexError: list index out of range
#                                    help: the sequence may be shorter: ask for its len(...) first


class InvariantComparesNone(Base):
    @invariant
    def claim(self) -> bool:
        return not self.started or self.best >= first(Ballot)
#                                  ^ claim(): raised TypeError: '>=' not supported between instances of 'NoneType' and 'Ballot'
#                                    help: it may be None: ask `is not None` first


class ReachableRaises(Base):
    @reachable
    def goal(self) -> bool:
        return self.started and self.last.ballot == first(Ballot)
#                               ^ goal(): raised AttributeError: 'Note' object has no attribute 'ballot'
#                                 help: it may be another record of the union: ask isinstance first


class StepInvariantRaises(Base):
    @step_invariant
    def claim(self, after: Base) -> bool:
        return not after.started or after.queue[0] is not self.leader
#                                   ^ claim(): raised IndexError: list index out of range
#                                     help: the sequence may be shorter: ask for its len(...) first


class ConstraintRaises(Base):
    @constraint
    def small(self) -> bool:
        return not self.started or 3 // self.count > 0
#                                  ^ small(): raised ZeroDivisionError: integer division or modulo by zero
#                                    help: ask whether it is 0 first


class TerminalRaises(Base):
    @terminal
    def anything_goes(self) -> bool:
        return self.queue[0] in self.nodes
#              ^ anything_goes(): raised IndexError: list index out of range
#                help: the sequence may be shorter: ask for its len(...) first


class HelperRaises(Base):
    @action
    def act(self) -> None:
        require(self.started)
        self.leader = self.head()

    def head(self) -> Node:
        return self.queue[-1]
#              ^ act(): raised IndexError: list index out of range
#                help: the sequence may be shorter: ask for its len(...) first


class ImpliesEvaluatesBoth(Base):
    @invariant
    def safe(self) -> bool:
        return implies(len(self.queue) > 0, self.queue[0] in Node)
#                                           ^ safe(): raised IndexError: list index out of range
#                                             help: implies evaluates both of its arguments; this stops at the first: len(self.queue) <= 0 or self.queue[0] in Node
#                                             instead: return len(self.queue) <= 0 or self.queue[0] in Node


class ImpliesEvaluatesBothOfTwo(Base):
    @invariant
    def safe(self) -> bool:
        return implies(self.started and not self.count == 0, implies(not self.started, 3 // self.count > 4))
#                                                                                      ^ safe(): raised ZeroDivisionError: integer division or modulo by zero
#                                                                                        help: implies evaluates both of its arguments; this stops at the first: not (self.started and (not self.count == 0)) or implies(not self.started, 3 // self.count > 4)
#                                                                                        instead: return not (self.started and (not self.count == 0)) or implies(not self.started, 3 // self.count > 4)


class RequireEvaluatesAll(Base):
    @action
    def act(self) -> None:
        require(self.started, self.leader is not None, self.best < self.best)
#                                                      ^ act(): raised TypeError: '<' not supported between instances of 'NoneType' and 'NoneType'
#                                                        help: require evaluates all of its conditions; this stops at the first: require(self.started and self.leader is not None and (self.best < self.best))
#                                                        instead: require(self.started and self.leader is not None and (self.best < self.best))


class NaturalBelowZero(Model):
    count: Nat = 1

    @action
    def act(self) -> None:
#   ^ act(): count would become -1, which is less than 0
#     help: add a require
        self.count -= 1

    @constraint
    def few(self) -> bool:
        return self.count < 3


class NumberBeyondAWord(Model):
    count: int = -1

    @action
    def act(self) -> None:
#   ^ act(): count would become -100000000000000000000, more than an instance holds: an int is less than 2**60 in a check, and any in a proof
#     help: add a require
        self.count *= 100000

    @constraint
    def low(self) -> bool:
        return self.count < 3
