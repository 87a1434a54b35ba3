"""Expressions and statements of known forms, with a part that does not fit: each refusal that no other file shows."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from assay.checker.language import *


Message = TypeVar("Message")


class Node(Sort):
    """A sort."""


class Other(Sort):
    """A sort that the models below do not have."""


class Ballot(Order):
    """An order."""


class Color(Enum):
    RED, GREEN = range(2)


@record
class Vote:
    voter: Node
    color: Color


@record
class Hello:
    text: Color = "hello"


@record
class Note:
    log: Seq[Node, 2]
    latest: Map[Node, Ballot]
    colors: Set[Color]


@record
class Plain:
    color: Color
    number: Range[0, 3]


WRONG = Plain(1, Color.RED)
TWICE = (1, 2, 1)
PAIRS, ONE, ALSO_ONE = 3, 1, 1


def size_of(nodes: Set[Node]) -> int:
    return len(nodes)


class Base(Model):
    """What the others change."""

    default = {"Node": 2, "Ballot": 2}
    flag: bool
    count: Range[0, 3] = 0
    color: Color = Color.RED
    top: Ballot = first(Ballot)
    nodes: Set[Node]
    seen: Set[Node]
    colors: Set[Color]
    queue: Seq[Node, 2]
    lines: Map[Node, Seq[Node, 2]]
    held: Map[Node, Set[Node]]
    level: Map[Node, Range[0, 3]] = everywhere(0)
    table: Map[Node, Map[Node, bool]]
    bag: Bag[Node, 2]
    pair: tuple[bool, Color] = (False, Color.RED)
    vote: Vote | None
    note: Note | None

    @action
    def toggle(self) -> None:
        self.flag = not self.flag


# Maps and containers


class MapInAnInvariant(Base):
    @invariant
    def inv(self) -> bool:
        return len({n: 0 for n in Node}) > 0
#                  ^ a map has no place here
#                    help: a map is assigned to a variable, or is a field of a record; compare it entry by entry


class FieldOfWhatDoesNotFit(Base):
    @action
    def act(self) -> None:
        self.note = Note([], {n: Color.RED for n in Node}, set())
#                                ^ the value must be a Ballot, found a Color
#                                  help: an element of Ballot is a parameter, the name of a loop, or first(Ballot)
#                                  instead: self.note = Note([], {n: first(Ballot) for n in Node}, set())


class ComprehensionOfOtherElements(Base):
    @action
    def act(self) -> None:
        self.nodes = {self.color for n in Node}
#                     ^ the element must be a Node, found a Color
#                       help: an element of Node is a parameter, the name of a loop, or part of a value


class ListOfOtherItems(Base):
    @action
    def act(self) -> None:
        self.queue = [self.color for n in self.queue]
#                     ^ the element must be a Node, found a Color
#                       help: an element of Node is a parameter, the name of a loop, or part of a value


class SetOfOtherElementsInAField(Base):
    @action
    def act(self) -> None:
        self.note = Note([], {n: self.top for n in Node}, {n for n in Node})
#                                                          ^ the element must be a Color, found a Node
#                                                            help: possible are Color.RED, Color.GREEN


class SetOfAnotherSetInAField(Base):
    @action
    def act(self) -> None:
        self.note = Note([], {n: self.top for n in Node}, self.nodes)
#                                                         ^ the element must be a Color, found a Node
#                                                           help: possible are Color.RED, Color.GREEN


class BranchOfOtherElementsInAField(Base):
    @action
    def act(self) -> None:
        note = self.note
        require(note is not None)
        self.note = Note([], {n: self.top for n in Node}, note.log if self.flag else set())
#                                                         ^ the branch must be a Set[Color], found a Seq[Node, 2]
#                                                           help: write a set: {a, b}, {... for ... in ...}, or set(...) of what can be run over
#                                                           instead: self.note = Note([], {n: self.top for n in Node}, {Color.RED} if self.flag else set())


class MapOfOtherValues(Base):
    @action
    def act(self) -> None:
        self.level = {n: self.color for n in Node}
#                        ^ the value must be a Range[0, 3], found a Color
#                          help: numbers are written out, or made by len, sum, min, max and arithmetic
#                          instead: self.level = {k: 0 for k in Node}


class EverywhereOfAnotherType(Base):
    @action
    def act(self) -> None:
        self.level = everywhere(self.color)
#                               ^ the value must be a Range[0, 3], found a Color
#                                 help: numbers are written out, or made by len, sum, min, max and arithmetic


class ChoosesOtherEntries(Base):
    @action
    def act(self) -> None:
        self.level = {n: choose(c for c in Color) for n in Node}
#                        ^ the value must be a Range[0, 3], found a Color
#                          help: numbers are written out, or made by len, sum, min, max and arithmetic


class ValuesOfAMapOfSets(Base):
    @invariant
    def inv(self, n: Node) -> bool:
        return self.nodes in self.held.values()
#                            ^ the values of this map are containers
#                              help: write it out: any(... for v in self.held.values())
#                              instead: return any(self.nodes == v for v in self.held.values())


class FoldsValuesOfAMapOfSets(Base):
    @invariant
    def inv(self) -> bool:
        return any(self.held.values())
#                  ^ the values of this map are containers
#                    help: write it out: any(... for v in self.held.values())
#                    instead: return any(n in v for v in self.held.values() for n in Node)


class ClearWithArguments(Base):
    @action
    def act(self, n: Node) -> None:
        self.nodes.clear(n)
#       ^ clear takes no arguments
#         help: self.nodes.clear()
#         instead: self.nodes.clear()


class AddsToAQueue(Base):
    @action
    def act(self, n: Node) -> None:
        self.nodes.add(self.color)
#                      ^ the element must be a Node, found a Color
#                        help: an element of Node is a parameter, the name of a loop, or part of a value


class AppendsToASet(Base):
    @action
    def act(self, n: Node) -> None:
        self.nodes[0] = n
#       ^ expected a sequence in the state, found a Set[Node]
#         help: a set has add and discard; x = choose(self.nodes) takes any of its elements, in an action


class PopsASet(Base):
    @action
    def act(self) -> None:
        first_one = self.nodes.pop()
#                   ^ expected a sequence in the state, found a Set[Node]
#                     help: a set has add and discard; x = choose(self.nodes) takes any of its elements, in an action
#                     instead: first_one = choose(self.nodes)
#                     instead: self.nodes.discard(first_one)
        self.seen.add(first_one)


class PopsAtAColor(Base):
    @action
    def act(self) -> None:
        self.queue.pop(self.color)
#                      ^ the index must be an int, found a Color
#                        help: numbers are written out, or made by len, sum, min, max and arithmetic


class InsertsAtAColor(Base):
    @action
    def act(self, n: Node) -> None:
        self.queue.insert(self.color, n)
#                         ^ the index must be an int, found a Color
#                           help: numbers are written out, or made by len, sum, min, max and arithmetic


class InsertsAColor(Base):
    @action
    def act(self) -> None:
        self.queue.insert(0, self.color)
#                            ^ the item must be a Node, found a Color
#                              help: an element of Node is a parameter, the name of a loop, or part of a value


class RemovesAColor(Base):
    @action
    def act(self) -> None:
        self.queue.remove(self.color)
#                         ^ what is removed must be a Node, found a Color
#                           help: an element of Node is a parameter, the name of a loop, or part of a value


class StoresAColor(Base):
    @action
    def act(self) -> None:
        self.queue[0] = self.color
#       ^ an item of queue must be a Node, found a Color
#         help: an element of Node is a parameter, the name of a loop, or part of a value
#         instead: self.queue[0] = choose(Node)


class StoresAtAColor(Base):
    @action
    def act(self, n: Node) -> None:
        self.queue[self.color] = n
#                  ^ the index must be an int, found a Color
#                    help: numbers are written out, or made by len, sum, min, max and arithmetic


class StoresUnderAColor(Base):
    @action
    def act(self) -> None:
        self.level[self.color] = 0
#                  ^ the key must be a Node, found a Color
#                    help: an element of Node is a parameter, the name of a loop, or part of a value


class HasNoEntries(Base):
    @action
    def act(self) -> None:
        self.color[0] = 1
#       ^ a Color has no entries to assign to
#         help: possible are self.x, self.x[k] and local names


class AssignsToACall(Base):
    @action
    def act(self, n: Node) -> None:
        self.nodes.size = 3
#       ^ this cannot be assigned to
#         help: possible are self.x, self.x[k] and local names


class AssignsToAList(Base):
    @action
    def act(self) -> None:
        [a, b] = self.pair
#       ^ this cannot be assigned to
#         help: possible are self.x, self.x[k] and local names
#         instead: a, b = self.pair


class AssignsAfterAStep(Base):
    @step_invariant
    def inv(self, after: Base) -> bool:
        after.flag = True
#       ^ a property, or a helper whose value is used, does not change the state
#         help: compute a value and return it
        return True


class HelperChangesAfterAStep(Base):
    @step_invariant
    def inv(self, after: Base) -> bool:
        return self.nodes <= after.nodes.union(3)
#                                              ^ an int is no collection
#                                                help: possible are sets, sorts, enums, quorums, maps, sequences, bags and range(...)


class AugmentsAMap(Base):
    @action
    def act(self) -> None:
        self.level += 1
#       ^ a Map[Node, Range[0, 3]] is not changed by an operator
#         help: assign its entries: for k in ...: self.level[k] = ...
#         instead: for k in Node: self.level[k] = 1


class AugmentsAColor(Base):
    @action
    def act(self) -> None:
        self.color += 1
#       ^ what is changed must be an int, found a Color
#         help: numbers are written out, or made by len, sum, min, max and arithmetic


class AugmentsByAColor(Base):
    @action
    def act(self) -> None:
        self.count += self.color
#                     ^ the operand must be an int, found a Color
#                       help: numbers are written out, or made by len, sum, min, max and arithmetic


class AugmentsNothing(Base):
    @action
    def act(self) -> None:
        total += 1
#       ^ total is not defined; did you mean 'temporal'?
#         help: possible are parameters, local and global names, and self.x


# Expressions


class ArithmeticOnTheRight(Base):
    @invariant
    def inv(self) -> bool:
        return 1 + self.color > 0
#                  ^ the operand of + must be an int, found a Color
#                    help: numbers are written out, or made by len, sum, min, max and arithmetic


class AddsOfAnotherSet(Base):
    @action
    def act(self) -> None:
        rest = {n for n in Node if n not in self.seen}
        self.colors = rest
#                     ^ the element must be a Color, found a Node
#                       help: possible are Color.RED, Color.GREEN


class CallsAName(Base):
    @invariant
    def inv(self, n: Node) -> bool:
        return n(1) == 2
#              ^ n is no function
#                help: possible are all, any, bool, choose, enumerate, first, frozen, implies, isinstance, last, len, list, max, min, next, pred, range, reversed, set, some, sorted, succ, sum, values_of, zip and your own functions
#                instead: return len({n}) == 2


class IndexOfASlice(Base):
    @invariant
    def inv(self, n: Node) -> bool:
        return self.note is None or self.note.log[self.color] == n
#                                                 ^ the index must be an int, found a Color
#                                                   help: numbers are written out, or made by len, sum, min, max and arithmetic


class FreezesASlice(Base):
    @invariant
    def inv(self) -> bool:
        return (self.flag, frozen(self.queue[1:])) == (True, frozen(self.queue))
#                          ^ the bound of this list of Node is not known here
#                            help: make it part of a record
#                            instead: return (self.flag, frozen(self.queue)) == (True, frozen(self.queue))


class StateAsACollection(Base):
    @invariant
    def inv(self) -> bool:
        return all(n in self for n in Node)
#                       ^ self is the whole state, not a value
#                         help: use one of its variables


class SortOfAnotherModel(Base):
    THINGS = Other

    @invariant
    def inv(self) -> bool:
        return len(self.THINGS) > 0
#                  ^ Other is no sort of SortOfAnotherModel
#                    help: name it in a method of the model, or as the type of a variable or parameter


class IsOfContainers(Base):
    @invariant
    def inv(self) -> bool:
        return self.nodes is self.seen
#              ^ `is` does not compare containers
#                help: use ==
#                instead: return self.nodes == self.seen


class IndexOfAColor(Base):
    @invariant
    def inv(self) -> bool:
        return list(self.queue)[self.color] == 0
#                               ^ the index must be an int, found a Color
#                                 help: numbers are written out, or made by len, sum, min, max and arithmetic


class KeyOfAnotherTypeInAField(Base):
    @invariant
    def inv(self) -> bool:
        return self.note is None or self.note.latest[self.color] == self.top
#                                                    ^ the key must be a Node, found a Color
#                                                      help: an element of Node is a parameter, the name of a loop, or part of a value


class SliceFromAColor(Base):
    @invariant
    def inv(self) -> bool:
        return self.queue[self.color :] == []
#                         ^ the bound of a slice must be an int, found a Color
#                           help: numbers are written out, or made by len, sum, min, max and arithmetic


class IndexOfASet(Base):
    @invariant
    def inv(self) -> bool:
        return self.queue.index(self.color) == 0
#              ^ what is looked for must be a Node, found a Color
#                help: an element of Node is a parameter, the name of a loop, or part of a value
#                instead: return self.queue.index(self.queue[0]) == 0


class BranchesOfASetAndAValue(Base):
    @invariant
    def inv(self, n: Node) -> bool:
        return len(self.nodes if self.flag else n) > 0
#                  ^ one branch is a Set[Node], the other a Node
#                    help: both must be sets, or both single values


class HelperOfASetOrAValue(Base):
    def some(self, n: Node) -> Set[Node]:
        if self.flag:
#       ^ the branches return different things
#         help: return a set on every path, or a single value
            return self.nodes
        return n

    @invariant
    def inv(self, n: Node) -> bool:
        return n in self.some(n)


class HelperNamesTooMany(Base):
    def both(self) -> bool:
        a, b = self.flag, self.flag, self.flag
#              ^ 3 values for 2 targets
#                help: name each value
        return a and b

    @invariant
    def inv(self) -> bool:
        return self.both()


class EmptyOfTwoTypes(Base):
    @action
    def act(self) -> None:
        self.nodes = set[Node](self.seen)
#                    ^ set[Node](...) says its type twice
#                      help: set(...), without the brackets
#                      instead: self.nodes = set(self.seen)


class EmptyOfNoType(Base):
    @action
    def act(self) -> None:
        rest = set[Nodes]()
#              ^ set[Nodes] is no type: name 'Nodes' is not defined
#                help: name a type that the module defines or imports
#                instead: rest = set[Node]()
        self.nodes = rest


class EmptyOfATuple(Base):
    @action
    def act(self) -> None:
        rest: Node = set()
#             ^ Node is no set or list
#               help: write set[T] or list[T]
#               instead: rest: set[Node] = set()
        self.nodes = rest


class IsInstanceOfNothing(Base):
    @invariant
    def inv(self) -> bool:
        return isinstance(self.vote)
#              ^ isinstance takes a value and a record
#                help: isinstance(message, Vote)
#                instead: return isinstance(self.vote, Vote)


class MaxOfNothing(Base):
    @invariant
    def inv(self) -> bool:
        return max() > 0
#              ^ min and max take a comprehension, a collection, or several values
#                help: max(... for x in ...)
#                instead: return max(x for x in range(3)) > 0


class MaxWithDefaultOfSeveral(Base):
    @invariant
    def inv(self) -> bool:
        return max(1, self.count, default=0) > 0
#              ^ default= goes with a comprehension or collection, not with several values
#                help: leave it out
#                instead: return max(1, self.count) > 0


class MaxByAWord(Base):
    @invariant
    def inv(self) -> bool:
        return max((k for k in range(3)), start=0) > 0
#                                               ^ start= is not part of the language
#                                                 help: only default= and key= are
#                                                 instead: return max((k for k in range(3)), default=0) > 0


class MaxOfTwoKinds(Base):
    @invariant
    def inv(self) -> bool:
        return max(self.count, self.top) == self.top
#                              ^ a Ballot cannot be compared with a Range[0, 3]
#                                help: both must be numbers, or of one Order


class EnumeratesPairs(Base):
    @invariant
    def inv(self) -> bool:
        return all(i >= 0 for i, a, b in enumerate(zip(self.queue, self.queue)))
#                             ^ enumerate(zip(...)) gives an index and a tuple
#                               help: name each: for i, (x, y) in enumerate(zip(...))
#                               instead: return all(i >= 0 for i, (a, b) in enumerate(zip(self.queue, self.queue)))


class ReversesTwo(Base):
    @invariant
    def inv(self) -> bool:
        return all(n in self.nodes for n in reversed(self.queue, self.queue))
#                                           ^ reversed takes one sequence here
#                                             help: reversed(self.log)
#                                             instead: return all(n in self.nodes for n in reversed(self.queue))


class AsyncComprehension(Base):
    @invariant
    def inv(self) -> bool:
        return all(n in self.nodes async for n in Node)
#                                            ^ async is not part of the language
#                                              help: do without it


class ConstantThatRepeats(Base):
    @invariant
    def inv(self) -> bool:
        return all(k > 0 for k in TWICE)
#                                 ^ TWICE holds the same element twice
#                                   help: make it a frozenset


class UnpacksTooMany(Base):
    @invariant
    def inv(self) -> bool:
        return all(a for a, b, c in {self.pair})
#                        ^ a tuple[bool, Color] has 2 items, not 3
#                          help: name each item once
#                          instead: return all(a for a, b in {self.pair})


class HelperKeepsATooLongPair(Base):
    def first_of(self) -> bool:
        a, b, c = self.pair
#                 ^ a tuple[bool, Color] has 2 items, not 3
#                   help: name each item once
        return a

    @invariant
    def inv(self) -> bool:
        return self.first_of()


class SortsTwo(Base):
    @invariant
    def inv(self) -> bool:
        return sorted(self.colors, self.nodes) == []
#              ^ sorted takes one argument
#                help: sorted(self.seen)
#                instead: return sorted({self.count}) == []


class SortsNumbersThatChanged(Base):
    @action
    def act(self) -> None:
        counts = {self.count}
        self.count += 1
        self.level = {n: 0 for n in Node}
        self.flag = sorted({self.level[n] for n in Node}) == [2]
#                   ^ numbers that changed before may be outside of their range here, and are sorted by that
#                     help: sort them before the first change


class NextOfTwoDefaults(Base):
    @invariant
    def inv(self) -> bool:
        return next((k for k in range(3) if k > 1), Color.RED) == 2
#              ^ the default is a Color, the elements are int
#                help: both must be of one type, or the default None
#                instead: return next((k for k in range(3) if k > 1), None) == 2


class NextOfASet(Base):
    @invariant
    def inv(self) -> bool:
        return next(self.queue) in self.nodes
#              ^ next takes a generator with one for, and a default
#                help: next((x for x in xs if ...), None)
#                instead: return next((x for x in self.queue if x in self.nodes), None) in self.nodes


class KeyWithoutOrder(Base):
    @invariant
    def inv(self) -> bool:
        return max(self.queue, key=lambda n: n) in self.nodes
#                                  ^ a Node has no order
#                                    help: numbers, the elements of an Order, and tuples of these have one


class SuperOutside(Base):
    @staticmethod
    def count_of(n: int) -> int:
        return super().count_of(n)
#              ^ super() has no state here
#                help: call it in a method whose first parameter is self

    @invariant
    def inv(self) -> bool:
        return self.count_of(1) > 0


class FrozenBag(Base):
    @action
    def act(self) -> None:
        pair = (self.flag, frozen(sorted(self.colors)))
#                                 ^ a Color has no order, or one without ends, and sorted needs one with
#                                   help: sort the elements of an Order, or numbers of a Range whose bounds are numbers
        require(pair[0])


class PatternOfAMapping(Base):
    @action
    def act(self) -> None:
        match self.vote:
            case {"voter": n}:
#                ^ this pattern is not part of the language
#                  help: possible are records, tuples, values, names, | and _
                self.flag = True


class AlternativesThatBind(Base):
    @action
    def act(self) -> None:
        match self.pair:
            case (True, c) | (c, False) if self.flag:
#                ^ an alternative binds a name inside another pattern, or under a guard
#                  help: write a case for each
                self.color = c


class ConstantOfWrongFields(Base):
    @invariant
    def inv(self) -> bool:
        return WRONG.color == self.color
#              ^ Plain.color must be a Color, found an int
#                help: possible are Color.RED, Color.GREEN


class DefaultThatIsText(Base):
    @invariant
    def inv(self) -> bool:
        return Hello() == Hello(self.color)
#              ^ the default of text is 'hello', which is not a value of the language
#                help: leave the default out


class CallsANumber(Base):
    @invariant
    def inv(self) -> bool:
        return PAIRS.size() > 0
#              ^ an int has no method 'size' whose value could be used
#                help: it has none


class FormulaInAPredicate(Base):
    @invariant
    def inv(self) -> bool:
        return leads_to(self.flag, not self.flag)
#              ^ leads_to makes a temporal formula, which has no place inside a state predicate
#                help: formulas are made in methods decorated with @temporal, and combined with &, | and ~


class AnythingInAHelper(Base):
    def pick(self) -> bool:
        self.flag = anything()
#       ^ a property, or a helper whose value is used, does not change the state
#         help: compute a value and return it
        return self.flag

    @action
    def act(self) -> None:
        require(self.pick())


# Formulas


class NoFormula(Base):
    @temporal
    def live(self) -> Formula:
#   ^ live returns no formula
#     help: return leads_to(..., ...)
#     instead: def live(self) -> Formula:
#     instead:     return leads_to(self.flag, not self.flag)
#     instead: def helper(self) -> None:
        pass


class FormulaInTwoSteps(Base):
    @temporal
    def live(self) -> Formula:
        x = self.flag
#       ^ a @temporal method is a single return: what its state predicates compute goes into helpers
#         help: return leads_to(..., ...)
        return leads_to(x, not x)


class FormulaWithNot(Base):
    @temporal
    def live(self) -> Formula:
        return not leads_to(self.flag, self.flag)
#              ^ a temporal formula has no truth value in a state, so this cannot take it
#                help: combine formulas with &, | and ~; what shall hold of all elements takes a parameter
#                instead: return ~leads_to(self.flag, self.flag)


class FormulaInAny(Base):
    @temporal
    def live(self) -> Formula:
        return any([leads_to(self.flag, self.flag)])
#              ^ any cannot take a temporal formula
#                help: combine formulas with &, | and ~


class FormulaOfOneOperand(Base):
    @temporal
    def live(self) -> Formula:
        return leads_to(self.flag)
#              ^ leads_to takes two operands
#                help: leads_to(...)
#                instead: return leads_to(self.flag, self.flag)


class HappensOfNoAction(Base):
    @temporal
    def live(self) -> Formula:
        return eventually(happens(self.flag))
#                         ^ happens takes an action of the model, and values of its parameters
#                           help: happens(self.acquire, c)
#                           instead: return eventually(happens(self.toggle))


class HappensWithTooMuch(Base):
    @temporal
    def live(self, n: Node) -> Formula:
        return eventually(happens(self.toggle, n))
#                         ^ toggle has 0 parameters: none
#                           help: happens(self.toggle), or with fewer
#                           instead: return eventually(happens(self.toggle))


class HappensOfAnotherType(Base):
    @action
    def see(self, n: Node) -> None:
        self.nodes.add(n)

    @temporal
    def live(self) -> Formula:
        return eventually(happens(self.see, Color.RED))
#                                           ^ the argument must be a Node, found a Color
#                                             help: an element of Node is a parameter, the name of a loop, or part of a value


class HappensOfWhatChanges(Base):
    @action
    def see(self, n: Node) -> None:
        self.nodes.add(n)

    @temporal
    def live(self) -> Formula:
        return eventually(happens(self.see, self.queue[0]))
#                                           ^ an argument of happens is a parameter, or a value written out
#                                             help: compare it in a predicate


# Definitions


class AnnotatedWithAValue(Base):
    extra: 5
#   ^ 5 is no type of the language
#     help: possible are bool, int, Range[lo, hi], an Enum, a Sort, an Order, a QuorumSystem, a record, T | None, tuple[A, B], Map[K, V], Set[T], Seq[T, n] and Bag[T, n]


class AnnotatedWithADict(Base):
    extra: dict[Node, int, int]
#   ^ Map takes 2 types, found 3
#     help: Map[K, V]
#     instead: extra: Map[Node, bool]


class AnnotatedWithASetOfTwo(Base):
    extra: Set[Node, Node]
#   ^ Set takes 1 type, found 2
#     help: Set[T]
#     instead: extra: Set[Node]


class AnnotatedWithoutBrackets(Base):
    extra: Map
#   ^ Map does not say what it holds
#     help: Map[K, V]
#     instead: extra: Map[Node, bool]


class AnnotatedWithABareRange(Base):
    extra: Range
#   ^ Range does not say what it holds
#     help: Range[0, 3]
#     instead: extra: Range[0, 3] = 0


class AnnotatedWithABareParameter(Base):
    extra: Parameter
#   ^ Parameter does not say of what type it is
#     help: Parameter[int]
#     instead: extra: Parameter[int] = 1


class AnnotatedWithAQuotient(Base):
#< an annotation of AnnotatedWithAQuotient is no type: division by zero
#  help: possible are bool, int, Range[lo, hi], an Enum, a Sort, an Order, a QuorumSystem, a record, T | None, tuple[A, B], Map[K, V], Set[T], Seq[T, n] and Bag[T, n]
    extra: 1 / 0


class AnnotatedWithASeqOfNoLength(Base):
#< an annotation of AnnotatedWithASeqOfNoLength is no type: Seq takes the type of its items and how many it holds at most: Seq[Node, 3]
#  help: possible are bool, int, Range[lo, hi], an Enum, a Sort, an Order, a QuorumSystem, a record, T | None, tuple[A, B], Map[K, V], Set[T], Seq[T, n] and Bag[T, n]
    extra: Seq[Node]


class AnnotatedWithABagOfTwoLengths(Base):
#< an annotation of AnnotatedWithABagOfTwoLengths is no type: Bag takes the type of its elements and how many it holds at most: Bag[Node, 3]
#  help: possible are bool, int, Range[lo, hi], an Enum, a Sort, an Order, a QuorumSystem, a record, T | None, tuple[A, B], Map[K, V], Set[T], Seq[T, n] and Bag[T, n]
    extra: Bag[Node, 1, 2]


class AnnotatedWithARangeOfThree(Base):
#< an annotation of AnnotatedWithARangeOfThree is no type: Range takes a lower and an upper bound, both included: Range[0, 3]
#  help: possible are bool, int, Range[lo, hi], an Enum, a Sort, an Order, a QuorumSystem, a record, T | None, tuple[A, B], Map[K, V], Set[T], Seq[T, n] and Bag[T, n]
    extra: Range[0, 1, 2]


class AnnotatedWithALambda(Base):
    extra: lambda: 3
#   ^ <lambda> is no type of the language
#     help: possible are bool, int, Range[lo, hi], an Enum, a Sort, an Order, a QuorumSystem, a record, T | None, tuple[A, B], Map[K, V], Set[T], Seq[T, n] and Bag[T, n]


class AnnotatedWithAnother(Base):
    extra: Iterator[Node]
#   ^ Iterator is no type of the language
#     help: possible are bool, int, Range[lo, hi], an Enum, a Sort, an Order, a QuorumSystem, a record, T | None, tuple[A, B], Map[K, V], Set[T], Seq[T, n] and Bag[T, n]


class VariableAndMethod(Base):
    flip: bool

    def flip(self) -> None:
#   ^ VariableAndMethod defines flip twice: the definition in line 936 is lost
#     help: give one of them another name, or delete it
        pass


class VariableWithAMethodForADefault(Base):
    size: int = size_of
#   ^ size is both a variable and a method
#     help: choose another name for one of them


class Left:
    """A part of models."""

    def size(self) -> int:
        return 1


class Right:
    """Another part, with a method of the same name."""

    def size(self) -> int:
        return 2


class OfTwoParts(Left, Right, Base):
#< OfTwoParts inherits size from Left and from Right, of which neither derives from the other (forms.py:960): one would be lost
#  help: define size here, or choose another name
    extra: bool


class Sent(Generic[Message]):
    """A part that is generic."""

    sent: Set[Message]
#   ^ Message stands for no type of this model
#     help: say which where a class derives from the generic one: class Protocol(SetNetwork[Message], Model)


class OfAGenericPart(Sent, Base):
    extra: bool


class ExpectsItsOwnDeadlock(Base):
    expected = Violates("deadlock")
#   ^ ExpectsItsOwnDeadlock is expected to violate 'deadlock', which may be its own property or a state where nothing can happen
#     help: give the property another name

    @invariant
    def deadlock(self) -> bool:
        return self.flag


class FairNothing(Base):
    fairness = (weak("jump"),)
#   ^ fairness names 'jump', which is no action of FairNothing
#     help: possible are toggle
#     instead: fairness = (weak("toggle"),)


class FairEachNothing(Base):
    fairness = (weak("toggle", each="node"),)
#   ^ fairness is for each 'node', which is no parameter, of one type, of toggle
#     help: leave out each=
#     instead: fairness = (weak("toggle"),)


class FairText(Base):
    fairness = 3
#   ^ fairness is 3, no sequence of assumptions
#     help: fairness = (weak("send", each="node"), strong("receive"))
#     instead: fairness = (weak("toggle"),)


class ExpectsText(Base):
    expected = "safe"
#   ^ expected is 'safe', which is not an expectation
#     help: say what checking must show: expected = Violates("safe"), or Holds()
#     instead: expected = Holds()


# Constructs


class HelperThatAwaits(Base):
    async def later(self) -> bool:
#   ^ HelperThatAwaits.later is a coroutine, and an action is one atomic step
#     help: do without async and await
        return await self.later()

    @action
    def act(self) -> None:
        self.flag = self.later()


class HelperThatYields(Base):
    def several(self) -> bool:
        x = yield self.flag
#           ^ yield is not part of the language
#             help: an action is one atomic step
        return x

    @action
    def act(self) -> None:
        self.flag = self.several()


class HelperThatYieldsFrom(Base):
    def several(self) -> bool:
        return (yield from self.nodes)
#               ^ yield from is not part of the language
#                 help: an action is one atomic step

    @action
    def act(self) -> None:
        self.flag = self.several()


class SliceOfAMap(Base):
    @invariant
    def inv(self, n: Node) -> bool:
        return self.level[n:] == 0
#                         ^ a slice of this is not part of the language
#                           help: sequences have slices: self.queue[1:]
#                           instead: return self.queue[1:] == []


class SlicesInATuple(Base):
    @invariant
    def inv(self, n: Node) -> bool:
        return self.queue[0:1, 0] == n
#                         ^ a slice of this is not part of the language
#                           help: sequences have slices: self.queue[1:]


class HelperAssignsToAList(Base):
    def first_of(self) -> bool:
        [a, b] = self.pair
#       ^ an assignment to this is not part of the language
#         help: possible are local names, and tuples of them
#         instead: a, b = self.pair
        return a

    @invariant
    def inv(self) -> bool:
        return self.first_of()


class EnumerateAsAValue(Base):
    @invariant
    def inv(self) -> bool:
        return enumerate(self.queue) == []
#              ^ enumerate(...) has no place here
#                help: run over it, for i, x in enumerate(self.queue); or make a list of it: list(enumerate(self.queue))
#                instead: return all(i >= 0 and x == x for i, x in enumerate(self.queue))


class ReversedAsAValue(Base):
    @invariant
    def inv(self) -> bool:
        return reversed(self.queue) == []
#              ^ reversed(...) has no place here
#                help: run over it, for x in reversed(self.queue); or make a list of it: list(reversed(self.queue))
#                instead: return list(reversed(self.queue)) == []


class AbsoluteValue(Base):
    @invariant
    def inv(self) -> bool:
        return abs(self.count) >= 0
#              ^ abs(...) has no place here
#                help: write it with max: max(n, -n)
#                instead: return max(self.count, -self.count) >= 0


class EmptyDictionary(Base):
    @action
    def act(self) -> None:
        self.note = Note([], dict[Node, Ballot](), set())
#                            ^ a dictionary written out is not part of the language
#                              help: a Map has a value for every key: {k: ... for k in K}
#                              instead: self.note = Note([], {k: first(Ballot) for k in Node}, set())


class CopiesASet(Base):
    @action
    def act(self) -> None:
        self.nodes = self.seen.copy()
#                    ^ a Set[Node] has no method 'copy' whose value could be used
#                      help: copy it: set(self.seen)
#                      instead: self.nodes = set(self.seen)


class CopiesAList(Base):
    @action
    def act(self, n: Node) -> None:
        self.queue = self.lines[n].copy()
#                    ^ a Seq[Node, 2] has no method 'copy' whose value could be used
#                      help: copy it: list(self.lines[n])
#                      instead: self.queue = list(self.lines[n])


class GetsAnEntry(Base):
    @action
    def act(self, n: Node) -> None:
        self.count = self.level.get(n, 0)
#                    ^ a Map[Node, Range[0, 3]] has no method 'get' whose value could be used
#                      help: index it: a Map has a value for every key
#                      instead: self.count = self.level[n]


class ReversesInPlace(Base):
    @action
    def act(self) -> None:
        self.queue.reverse()
#       ^ a Seq[Node, 2] has no method 'reverse' in the language
#         help: assign it: self.queue = list(reversed(self.queue))
#         instead: self.queue = list(reversed(self.queue))


class SortsInPlace(Base):
    @action
    def act(self) -> None:
        self.ballots.sort()
#       ^ a Seq[Ballot, 2] has no method 'sort' in the language
#         help: assign it: self.ballots = sorted(self.ballots)
#         instead: self.ballots = sorted(self.ballots)

    ballots: Seq[Ballot, 2]


class NumberOfATruthValue(Base):
    @action
    def act(self) -> None:
        self.count = int(self.flag)
#                    ^ int(...) has no place here
#                      help: write 1 if ... else 0
#                      instead: self.count = 1 if self.flag else 0


class MemberOfASort(Base):
    @invariant
    def inv(self) -> bool:
        return self.flag or Node.flag
#                           ^ Node has no member 'flag'
#                             help: possible are constants that Node defines


class ConstantsThatAreEqual(Base):
    @invariant
    def inv(self) -> bool:
        return sum(k for k in [ONE, ALSO_ONE]) == 2
#                             ^ the same element might occur twice in what this runs over
#                               help: write a set: {...}
#                               instead: return sum(k for k in {ONE, ALSO_ONE}) == 2


class OneOfTwoMaps(Base):
    other: Map[Node, Range[0, 3]] = everywhere(0)

    @invariant
    def inv(self) -> bool:
        return (self.level if self.flag else self.other) == self.other
#               ^ one of two maps has no place here
#                 help: choose between their entries: a[k] if ... else b[k]
#                 instead: return all((self.level[n] if self.flag else self.other[n]) == self.other[n] for n in Node)
