"""Values that do not fit where they are used, and names that do not exist."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

import builtins

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


class Quorum(QuorumSystem[Node]):
    """Quorums."""


class Color(Enum):
    RED, GREEN = range(2)


@record
class Vote:
    ballot: Ballot
    node: Node


@record
class Note:
    color: Color


@record
class Tick:
    count: Range[0, 2]


class Base(Model):
    """What the others change."""

    default = {"Node": 3, "Ballot": 2}
    limit: Parameter[int] = 3
    flag: bool
    count: Range[0, 3] = 0
    color: Color = Color.RED
    leader: Node | None
    best: Ballot | None
    last: Vote | Note | None
    votes: Set[Vote]
    nodes: Set[Node]
    messages: Set[Vote | Note]
    colors: Map[Node, Color] = everywhere(Color.RED)
    queue: Seq[Node, 2]
    bag: Bag[Node, 2]

    @action
    def toggle(self) -> None:
        self.flag = not self.flag


class ComparesDifferentTypes(Base):
    @invariant
    def claim(self) -> bool:
        return self.color != self.leader
#              ^ a Color is never equal to a Node | None
#                help: compare values of one type; what is no set becomes one by set(...)


class ComparesNumberAndBool(Base):
    @invariant
    def claim(self) -> bool:
        return self.flag == 1
#              ^ a bool is never equal to an int
#                help: compare values of one type; what is no set becomes one by set(...)


class ComparesSetAndElement(Base):
    @invariant
    def claim(self) -> bool:
        return self.nodes != self.leader
#              ^ a Set[Node] is never equal to a Node | None
#                help: compare values of one type; what is no set becomes one by set(...)


class ComparesSetsOfDifferentElements(Base):
    @invariant
    def claim(self) -> bool:
        return self.nodes != self.votes
#              ^ sets of Node and of Vote have nothing in common
#                help: the elements must be of one type, or records


class ComparesSequenceAndSet(Base):
    @invariant
    def claim(self) -> bool:
        return self.queue != self.nodes
#              ^ a Seq[Node, 2] is never equal to a Set[Node]
#                help: compare values of one type; what is no set becomes one by set(...)


class ComparesMapAndSet(Base):
    @invariant
    def claim(self) -> bool:
        return self.colors != self.nodes
#              ^ a Map[Node, Color] is never equal to a Set[Node]
#                help: compare values of one type; what is no set becomes one by set(...)


class NeverNone(Base):
    @invariant
    def claim(self) -> bool:
        return self.flag is not None
#              ^ a bool is never None
#                help: make it optional where it is declared: bool | None


class IsOnRecords(Base):
    @invariant
    def claim(self) -> bool:
        return all(v is not w for v in self.votes for w in self.votes)
#                  ^ `is` does not compare values of type Vote
#                    help: use ==


class IsOnNumbers(Base):
    @invariant
    def claim(self) -> bool:
        return all(i is not self.count for i in range(5))
#                  ^ `is` does not compare values of type int
#                    help: use ==


class OrderOfASort(Base):
    @invariant
    def claim(self) -> bool:
        return all(n <= m for n in Node for m in Node)
#                  ^ a Node has no order
#                    help: numbers, the elements of an Order, and tuples of these have one


class OrderOfAnEnum(Base):
    @invariant
    def claim(self) -> bool:
        return self.color <= Color.GREEN
#              ^ a Color has no order
#                help: numbers, the elements of an Order, and tuples of these have one


class OrderOfRecords(Base):
    @invariant
    def claim(self) -> bool:
        return all(v <= w for v in self.votes for w in self.votes)
#                  ^ a Vote has no order
#                    help: numbers, the elements of an Order, and tuples of these have one


class OrderOfNumberAndBallot(Base):
    @invariant
    def claim(self) -> bool:
        return self.best >= 0
#              ^ an int cannot be compared with a Ballot | None
#                help: both must be numbers, or of one Order


class OrderOfNone(Base):
    @invariant
    def claim(self) -> bool:
        return None <= None
#              ^ None has no order
#                help: numbers, the elements of an Order, and tuples of these have one


class OrderOfMaps(Base):
    @invariant
    def claim(self) -> bool:
        return self.colors <= self.colors
#              ^ a Map[Node, Color] cannot be compared with a Map[Node, Color]
#                help: sets can be compared with sets, numbers with numbers; what is no set becomes one by set(...)


class LargestOfASort(Base):
    @action
    def act(self) -> None:
        self.leader = max(n for n in Node)
#                     ^ a Node has no order
#                       help: numbers, the elements of an Order, and tuples of these have one


class FirstOfASort(Base):
    @action
    def act(self) -> None:
        self.leader = first(Node)
#                     ^ first takes an Order
#                       help: an element of a Sort or set is chosen by a parameter of the action


class ArithmeticOnAnEnum(Base):
    @action
    def act(self) -> None:
        self.color = self.color + 1
#                    ^ the operand of + must be an int, found a Color
#                      help: numbers are written out, or made by len, sum, min, max and arithmetic


class ArithmeticOnABallot(Base):
    @action
    def act(self) -> None:
        self.best = self.best + 1
#                   ^ the operand of + must be an int, found a Ballot | None
#                     help: numbers are written out, or made by len, sum, min, max and arithmetic


class ArithmeticOnAMap(Base):
    @action
    def act(self) -> None:
        self.colors = self.colors | self.colors
#                     ^ a map is assigned by a comprehension over all its keys
#                       help: {k: ... for k in Node}
#                       instead: self.colors = {k: self.colors[k] for k in Node}


class ArithmeticOnBools(Base):
    @action
    def act(self) -> None:
        self.count = self.flag + self.flag
#                    ^ the operand of + must be an int, found a bool
#                      help: 1 if ... else 0
#                      instead: self.count = 1 if self.flag else 0


class MinusOfANode(Base):
    @action
    def act(self, n: Node) -> None:
        self.count = -n
#                     ^ the operand of - must be an int, found a Node
#                       help: numbers are written out, or made by len, sum, min, max and arithmetic


class MixesSetAndNumber(Base):
    @action
    def act(self) -> None:
        self.nodes = self.nodes | 1
#                                 ^ expected a set, found an int
#                                   help: what can be run over becomes one by set(...)
#                                   instead: self.nodes = self.nodes | set(self.queue)


class AddsSets(Base):
    @action
    def act(self) -> None:
        self.nodes = self.nodes + self.nodes
#                    ^ + joins sequences and adds numbers, found a Set[Node]
#                      help: sets are joined by |
#                      instead: self.nodes = self.nodes | self.nodes


class SumOfNodes(Base):
    @invariant
    def claim(self) -> bool:
        return sum(n for n in Node) == 0
#                 ^ what is summed must be an int, found a Node
#                   help: numbers are written out, or made by len, sum, min, max and arithmetic


class SumOfSets(Base):
    @invariant
    def claim(self) -> bool:
        return sum({n} for n in Node) == 3
#                 ^ a collection cannot be summed or compared
#                   help: take its len(...)
#                   instead: return sum(len({n}) for n in Node) == 3


class LengthOfANumber(Base):
    @invariant
    def claim(self) -> bool:
        return len(self.count) == 1
#                  ^ a Range[0, 3] is no collection
#                    help: possible are sets, sorts, enums, quorums, maps, sequences, bags and range(...)


class LengthOfTwo(Base):
    @invariant
    def claim(self) -> bool:
        return len(self.nodes, self.nodes) == 1
#              ^ len takes one argument here
#                help: len(...)
#                instead: return len(self.nodes) == 1


class LoopsOverANumber(Base):
    @invariant
    def claim(self) -> bool:
        return all(n == 1 for n in self.count)
#                                  ^ a Range[0, 3] is no collection
#                                    help: possible are sets, sorts, enums, quorums, maps, sequences, bags and range(...)


class LoopsOverANode(Base):
    @invariant
    def claim(self) -> bool:
        return all(n == m for n in Node for m in n)
#                                                ^ a Node is no collection
#                                                  help: possible are sets, sorts, enums, quorums, maps, sequences, bags and range(...)


class MemberOfAnotherType(Base):
    @invariant
    def claim(self) -> bool:
        return self.color not in self.nodes
#              ^ a Color is never in a collection of Node
#                help: ask for an element of that type


class MemberOfAMapOfOtherKeys(Base):
    @invariant
    def claim(self) -> bool:
        return self.color not in self.colors
#              ^ a Color is never in a collection of Node
#                help: ask for an element of that type


class MemberOfANumber(Base):
    @invariant
    def claim(self) -> bool:
        return 1 in self.count
#                   ^ a Range[0, 3] is no collection
#                     help: possible are sets, sorts, enums, quorums, maps, sequences, bags and range(...)


class TruthOfANumber(Base):
    @invariant
    def claim(self) -> bool:
        return not self.count
#                  ^ expected true or false, found a Range[0, 3]
#                    help: compare it with something
#                    instead: return self.count == 0


class TruthOfAnOptional(Base):
    @invariant
    def claim(self) -> bool:
        return True if self.leader else False
#                      ^ expected true or false, found a Node | None
#                        help: compare it with something
#                        instead: return self.leader is not None


class TruthOfAMap(Base):
    @action
    def act(self) -> None:
        require(self.colors)
#               ^ expected true or false, found a Map[Node, Color]
#                 help: compare it with something


class TooFewFields(Base):
    @action
    def act(self, b: Ballot) -> None:
        self.votes.add(Vote(b))
#                      ^ Vote takes 2 arguments, found 1
#                        help: it takes ballot, node


class TooManyFields(Base):
    @action
    def act(self, b: Ballot, n: Node) -> None:
        self.votes.add(Vote(b, n, n))
#                      ^ Vote takes 2 arguments, found 3
#                        help: it takes ballot, node


class UnknownKeyword(Base):
    @action
    def act(self, b: Ballot, n: Node) -> None:
        self.votes.add(Vote(b, nod=n))
#                                  ^ Vote has no parameter 'nod'; did you mean 'node'?
#                                    help: it takes ballot, node


class FieldTwice(Base):
    @action
    def act(self, b: Ballot, n: Node) -> None:
        self.votes.add(Vote(b, n, ballot=b))
#                                        ^ Vote is given ballot twice
#                                          help: it takes ballot, node
#                                          instead: self.votes.add(Vote(b, n))


class FieldOfAnotherType(Base):
    @action
    def act(self, b: Ballot, n: Node) -> None:
        self.votes.add(Vote(n, b))
#                           ^ Vote.ballot must be a Ballot, found a Node
#                             help: an element of Ballot is a parameter, the name of a loop, or first(Ballot)


class UnknownField(Base):
    @invariant
    def claim(self) -> bool:
        return all(v.nodes == v.nodes for v in self.votes)
#                  ^ a Vote has no field 'nodes'; did you mean 'node'?
#                    help: it has ballot, node
#                    instead: return all(v.node == v.node for v in self.votes)


class UnknownFieldOfAUnion(Base):
    @invariant
    def claim(self) -> bool:
        return all(m.colour is Color.RED for m in self.messages)
#                  ^ a Vote | Note has no field 'colour'; did you mean 'color'?
#                    help: it has ballot, node, color


class FieldOfASort(Base):
    @invariant
    def claim(self) -> bool:
        return all(n.index == 0 for n in Node)
#                  ^ a Node has no field 'index'
#                    help: an element of a sort is an identity: compare it, or use it as a key


class FieldOfAnEnum(Base):
    @invariant
    def claim(self) -> bool:
        return self.color.value == 0
#              ^ a Color has no field 'value'
#                help: compare it with a member: Color.RED
#                instead: return self.color == Color.RED


class UnknownMember(Base):
    @invariant
    def claim(self) -> bool:
        return self.color is Color.GREY
#                            ^ Color has no member 'GREY'; did you mean 'GREEN'?
#                              help: it has RED, GREEN
#                              instead: return self.color is Color.GREEN


class UnknownVariable(Base):
    @invariant
    def claim(self) -> bool:
        return self.leadr is None
#              ^ UnknownVariable has no variable 'leadr'; did you mean 'leader'?
#                help: it has flag, count, color, leader, best, last, votes, nodes, messages, colors, queue, bag


class UnknownVariableOfAfter(Base):
    @step_invariant
    def claim(self, after: Base) -> bool:
        return after.leadr is None
#              ^ UnknownVariableOfAfter has no variable 'leadr'; did you mean 'leader'?
#                help: it has flag, count, color, leader, best, last, votes, nodes, messages, colors, queue, bag


class UnknownVariableAssigned(Base):
    @action
    def act(self) -> None:
        self.cuont = 1
#       ^ UnknownVariableAssigned has no variable 'cuont'; did you mean 'count'?
#         help: it has flag, count, color, leader, best, last, votes, nodes, messages, colors, queue, bag


class UnknownName(Base):
    @invariant
    def claim(self) -> bool:
        return fleg
#              ^ fleg is not defined; did you mean 'self.flag'?
#                help: possible are parameters, local and global names, and self.x


class UnknownLocal(Base):
    @action
    def act(self, node: Node) -> None:
        self.leader = nodes
#                     ^ nodes is not defined; did you mean 'self.nodes'?
#                       help: possible are parameters, local and global names, and self.x


class UnknownSort(Base):
    @invariant
    def claim(self) -> bool:
        return all(n in self.nodes for n in Nodes)
#                                           ^ Nodes is not defined; did you mean 'Node'?
#                                             help: possible are parameters, local and global names, and self.x


class UnknownMethod(Base):
    @invariant
    def claim(self) -> bool:
        return self.toggel()
#              ^ UnknownMethod has no method 'toggel'; did you mean 'toggle'?
#                help: it has claim, toggle


class UnknownFunction(Base):
    @action
    def act(self) -> None:
        requires(self.flag)
#       ^ requires is not defined; did you mean 'require'?
#         help: possible are parameters, local and global names, and self.x


class QuantifierByAnotherName(Base):
    @invariant
    def claim(self) -> bool:
        return builtins.any(self.flag for n in Node)
#              ^ any and all are called by their names
#                help: any(... for x in ...)
#                instead: return any(self.flag for n in Node)


class SuperInComprehension(Base):
    @invariant
    def claim(self) -> bool:
        return all(super().toggle() for n in Node)
#                  ^ super() has no place inside a comprehension: Python makes a function of its own of that
#                    help: let a helper of the model call it, or name its value before


class SuperOfNoMethod(Base):
    @invariant
    def claim(self) -> bool:
        return super().default()
#              ^ super().default is a dict, not a method
#                help: super() calls methods and helpers


class HelperWithoutState(Base):
    def helper() -> bool:
        return True

    @invariant
    def claim(self) -> bool:
        return self.helper()
#              ^ helper has no parameter for the state
#                help: def helper(self), or @staticmethod


class UnknownMethodOfSuper(Base):
    @action
    def act(self) -> None:
        super().act()
#       ^ no base of this class has a method 'act'
#         help: they have toggle


class UnknownMethodOfAValue(Base):
    @invariant
    def claim(self) -> bool:
        return self.nodes.contains(self.leader)
#              ^ a Set[Node] has no method 'contains' whose value could be used
#                help: it has difference, intersection, isdisjoint, issubset, issuperset, symmetric_difference, union


class TooFewArguments(Base):
    @invariant
    def claim(self) -> bool:
        return self.knows()
#              ^ knows takes 1 argument, found 0
#                help: it takes n

    def knows(self, n: Node) -> bool:
        return n in self.nodes


class ArgumentOfAnotherType(Base):
    @invariant
    def claim(self) -> bool:
        return self.knows(self.color)
#                         ^ the argument n must be a Node, found a Color
#                           help: an element of Node is a parameter, the name of a loop, or part of a value

    def knows(self, n: Node) -> bool:
        return n in self.nodes


class ReturnsASet(Base):
    @invariant
    def claim(self) -> bool:
        return self.nodes
#              ^ an invariant is True or False, this is a Set[Node]
#                help: compare it with something


class ReturnsANumber(Base):
    @invariant
    def claim(self) -> bool:
        return self.count
#              ^ an invariant is True or False, this is a Range[0, 3]
#                help: compare it with something


class ReturnsAMap(Base):
    @invariant
    def claim(self) -> bool:
        return self.colors
#              ^ an invariant is True or False, this is a Map[Node, Color]
#                help: compare it with something


class ReturnsNone(Base):
    @invariant
    def claim(self) -> bool:
        return None
#              ^ an invariant is True or False, this is None
#                help: compare it with something


class ReturnsTheState(Base):
    @invariant
    def claim(self) -> bool:
        return self
#              ^ self is the whole state, not a value
#                help: use one of its variables


class AssignsAnotherType(Base):
    @action
    def act(self) -> None:
        self.color = self.leader
#       ^ color must be a Color, found a Node | None
#         help: possible are Color.RED, Color.GREEN
#         instead: self.color = Color.GREEN


class AssignsNone(Base):
    @action
    def act(self) -> None:
        self.color = None
#       ^ color must be a Color, found None
#         help: make it optional where it is declared: Color | None


class AssignsASetToAScalar(Base):
    @action
    def act(self) -> None:
        self.leader = self.nodes
#                     ^ expected a single value, found a Set[Node]
#                       help: index it, or choose an element of it
#                       instead: self.leader = choose(self.nodes)


class AssignsAScalarToASet(Base):
    @action
    def act(self) -> None:
        self.nodes = self.leader
#                    ^ expected a set, found a Node | None
#                      help: what can be run over becomes a set by set(...)
#                      instead: self.nodes = set(self.queue)


class AssignsASetOfOthers(Base):
    @action
    def act(self) -> None:
        self.nodes = {Color.RED}
#                    ^ the element must be a Node, found a Color
#                      help: an element of Node is a parameter, the name of a loop, or part of a value


class AddsAnotherType(Base):
    @action
    def act(self) -> None:
        self.nodes.add(Color.RED)
#                      ^ the element must be a Node, found a Color
#                        help: an element of Node is a parameter, the name of a loop, or part of a value


class AppendsAnotherType(Base):
    @action
    def act(self) -> None:
        self.queue.append(Color.RED)
#                         ^ the element must be a Node, found a Color
#                           help: an element of Node is a parameter, the name of a loop, or part of a value


class CountsAnotherType(Base):
    @invariant
    def claim(self) -> bool:
        return self.bag.count(Color.RED) == 0
#              ^ what is counted must be a Node, found a Color
#                help: an element of Node is a parameter, the name of a loop, or part of a value


class KeyOfAnotherType(Base):
    @invariant
    def claim(self) -> bool:
        return self.colors[self.color] is Color.RED
#                          ^ the key must be a Node, found a Color
#                            help: an element of Node is a parameter, the name of a loop, or part of a value


class IndexOfAnotherType(Base):
    @invariant
    def claim(self) -> bool:
        return self.queue[self.leader] in self.nodes
#                         ^ the index must be an int, found a Node | None
#                           help: numbers are written out, or made by len, sum, min, max and arithmetic


class IndexOfATuple(Base):
    pair: tuple[bool, bool] = (False, True)

    @invariant
    def claim(self) -> bool:
        return self.pair[self.count]
#                        ^ the index of a tuple[bool, bool] must be a number from 0 to 1, written out
#                          help: or unpack it: a, b = pair
#                          instead: return self.pair[1]


class ItemOutsideATuple(Base):
    pair: tuple[bool, bool] = (False, True)

    @invariant
    def claim(self) -> bool:
        return self.pair[2]
#                        ^ the index of a tuple[bool, bool] must be a number from 0 to 1, written out
#                          help: or unpack it: a, b = pair
#                          instead: return self.pair[1]


class IndexesANumber(Base):
    @invariant
    def claim(self) -> bool:
        return self.count[0]
#              ^ a Range[0, 3] cannot be indexed
#                help: maps, sequences and tuples can


class MixedSet(Base):
    @invariant
    def claim(self) -> bool:
        return self.leader not in {Color.RED, 1}
#                                             ^ an int does not go with the other elements
#                                               help: the elements of a collection are of one type, or records of a union


class EmptySetWithoutType(Base):
    @invariant
    def claim(self) -> bool:
        return all(x for x in set())
#                             ^ nothing says of what this is empty
#                               help: say it: set[T](), for elements of type T
#                               instead: return all(x == x for x in set[Node]())


class BranchesOfDifferentTypes(Base):
    @invariant
    def claim(self) -> bool:
        return (self.color if self.flag else self.leader) is None
#               ^ one branch is a Color, the other a Node | None
#                 help: both must be of one type, or records, or one of them None


class LeavesMoreThanIsWanted(Base):
    only: Vote | None = None

    @action
    def act(self) -> None:
        if not isinstance(self.any_of_three, Note):
            self.only = self.any_of_three
#           ^ only must be a Vote | None, found a Vote | Tick | None
#             help: it may be something else: ask isinstance first

    any_of_three: Vote | Note | Tick | None = None


class IsInstanceOfAnotherRecord(Base):
    @invariant
    def claim(self) -> bool:
        return not any(isinstance(m, Tick) for m in self.messages)
#                      ^ a Vote | Note is never a Tick
#                        help: possible are Vote, Note
#                        instead: return not any(isinstance(m, Vote) for m in self.messages)


class IsInstanceOfNoClass(Base):
    @invariant
    def claim(self) -> bool:
        return not isinstance(self.last, self.color)
#                                        ^ self.color is no record
#                                          help: possible are records, and tuples of them; of what may be None, ask x is not None


class IsInstanceOfBuiltin(Base):
    @invariant
    def claim(self) -> bool:
        return isinstance(self.count, int)
#                                     ^ int is no record
#                                       help: possible are records, and tuples of them; of what may be None, ask x is not None


class MatchesAnotherRecord(Base):
    @action
    def act(self) -> None:
        match self.last:
            case Tick(count):
#                ^ a Vote | Note | None is never a Tick
#                  help: possible are Vote, Note
#                  instead: case Vote(count):
                self.flag = True


class MatchesUnknownField(Base):
    @action
    def act(self) -> None:
        match self.last:
            case Vote(nod=n):
#                         ^ Vote has no field 'nod'; did you mean 'node'?
#                           help: it has ballot, node
#                           instead: case Vote(node=n):
                self.flag = True


class MatchesTooManyFields(Base):
    @action
    def act(self) -> None:
        match self.last:
            case Note(a, b):
#                ^ Note has 1 field
#                  help: it has color
#                  instead: case Note(a):
                self.flag = True


class MatchesASort(Base):
    @action
    def act(self) -> None:
        match self.leader:
            case Node():
#                ^ Node is no record
#                  help: possible are records, and tuples of them; of what may be None, ask x is not None
                self.flag = True


class MatchesAnotherValue(Base):
    @action
    def act(self) -> None:
        match self.color:
            case 1:
#                ^ the case must be a Color, found an int
#                  help: possible are Color.RED, Color.GREEN
#                  instead: case Color.RED:
                self.flag = True


class RangeOfNodes(Base):
    @invariant
    def claim(self) -> bool:
        return all(i in self.nodes for i in range(self.leader))
#                                                 ^ a bound of range must be an int, found a Node | None
#                                                   help: numbers are written out, or made by len, sum, min, max and arithmetic


class MaxOfSeveralByKey(Base):
    @invariant
    def inv(self) -> bool:
        return max(1, 2, key=lambda k: -k) > 0
#              ^ key= goes with a comprehension or collection, not with several values
#                help: write a list: max([1, 2], key=...)
#                instead: return max([1, 2], key=lambda k: -k) > 0


class LeastNumberOfASetByKey(Base):
    @invariant
    def inv(self) -> bool:
        return min({1, 2}, key=lambda k: -k) > 0
#              ^ in a set of int several elements may have the same key, and none of them is the first
#                help: take the first in order: min(sorted({1, 2}), key=lambda k: -k)
#                instead: return min(sorted({1, 2}), key=lambda k: -k) > 0


class RangeOfNothing(Base):
    @invariant
    def claim(self) -> bool:
        return all(i < 9 for i in range())
#                                 ^ range takes a stop, or a start and a stop
#                                   help: range(3), range(1, 4)
#                                   instead: return all(i < 9 for i in range(1, 4))


class RangeWithStepAsAValue(Base):
    @invariant
    def claim(self) -> bool:
        return 4 in range(0, 9, 2)
#                   ^ a range with a step is for loops and comprehensions
#                     help: list(range(...)) is a list of its numbers
#                     instead: return 4 in list(range(0, 9, 2))


class RangeWithComputedStep(Base):
    @invariant
    def claim(self) -> bool:
        return all(i < 9 for i in range(0, 9, len(self.nodes)))
#                                             ^ the step of a range is a number other than 0 that is written out, or a constant of the model
#                                               help: multiply where the number is used: start + step * i for i in range(...)
#                                               instead: return all(len(self.nodes) * i < 9 for i in range(3))


class RangeWithoutProgress(Base):
    @invariant
    def claim(self) -> bool:
        return all(i < 9 for i in range(0, 9, 0))
#                                             ^ the step of a range is a number other than 0 that is written out, or a constant of the model
#                                               help: multiply where the number is used: start + step * i for i in range(...)


class RepeatedElements(Base):
    @invariant
    def claim(self) -> bool:
        return sum(1 for n in [self.leader, self.leader]) == 2
#                             ^ the same element might occur twice in what this runs over
#                               help: write a set: {...}
#                               instead: return sum(1 for n in {self.leader, self.leader}) == 2


class MakesASort(Base):
    @action
    def act(self) -> None:
        self.leader = Node()
#                     ^ Node cannot be made
#                       help: only records can; the elements of a sort come from the instance


class MakesAModel(Base):
    @invariant
    def claim(self) -> bool:
        return Base().flag
#              ^ Base cannot be made
#                help: only records can; the elements of a sort come from the instance


class UsesAModule(Base):
    @invariant
    def claim(self) -> bool:
        return dataclass
#              ^ dataclass is a function, which is not a value of the language
#                help: possible are bool, int, None, members of an Enum, records and collections of these


class ImpliesOne(Base):
    @invariant
    def claim(self) -> bool:
        return implies(self.flag)
#              ^ implies takes a condition and a conclusion
#                help: implies(a, b)
#                instead: return implies(self.flag, self.flag)


class DefaultOfAnotherType(Base):
    @invariant
    def claim(self) -> bool:
        return max((b for b in Ballot), default=Color.RED) is None
#              ^ the default is a Color, the elements are Ballot
#                help: both must be of one type, or the default None


class UnpacksRecords(Base):
    @invariant
    def claim(self) -> bool:
        return all(b is not None for b, n in self.votes)
#                                    ^ a Vote cannot be unpacked here
#                                      help: only tuples can, into names


class UnpacksTheItemsOfASet(Base):
    @invariant
    def claim(self) -> bool:
        return all(c is Color.RED for n, c in self.colors)
#                                     ^ a Node cannot be unpacked here
#                                       help: only tuples can, into names


class TargetOfItems(Base):
    @invariant
    def claim(self) -> bool:
        return all(c for a, b, c in self.colors.items())
#                        ^ this does not fit the items of a map
#                          help: write two names: for k, v in m.items()
#                          instead: return all(v == v for k, v in self.colors.items())


class ItemsOfASet(Base):
    @invariant
    def claim(self) -> bool:
        return all(c for c in self.nodes.items())
#                             ^ a Set[Node] has no method 'items' whose value could be used
#                               help: it has difference, intersection, isdisjoint, issubset, issuperset, symmetric_difference, union


class OutsideCollection(Base):
    @invariant
    def claim(self) -> bool:
        return self.count not in MIXED
#                                ^ MIXED is a collection of other things than values of one type
#                                  help: its elements may be numbers, members of one Enum, or records of one class


MIXED = (1, "two")


class ComparesSetAndSort(Base):
    @invariant
    def claim(self) -> bool:
        return self.nodes != Node
#              ^ a Set[Node] is never equal to a class Node
#                help: compare values of one type; what is no set becomes one by set(...)
#                instead: return self.nodes != set(Node)


class ComparesSetAndList(Base):
    @invariant
    def claim(self, n: Node) -> bool:
        return self.nodes != [n]
#              ^ a Set[Node] is never equal to a list of Node
#                help: compare values of one type; what is no set becomes one by set(...)
#                instead: return self.nodes != set([n])


class ContainsAQuorum(Base):
    @invariant
    def claim(self, q: Quorum) -> bool:
        return not q <= self.nodes
#                  ^ a Quorum cannot be compared with a Set[Node]
#                    help: sets can be compared with sets, numbers with numbers; what is no set becomes one by set(...)
#                    instead: return not set(q) <= self.nodes


class JoinsASort(Base):
    @action
    def act(self) -> None:
        self.nodes |= Node
#                     ^ expected a set, found a class Node
#                       help: what can be run over becomes one by set(...)
#                       instead: self.nodes |= set(Node)


class TakesASetForItsTruth(Base):
    @invariant
    def claim(self) -> bool:
        return self.flag or self.nodes
#                           ^ expected True or False, found a Set[Node]
#                             help: compare it, or say bool(...)
#                             instead: return self.flag or bool(self.nodes)


class ConcludesASet(Base):
    @invariant
    def claim(self) -> bool:
        return implies(self.flag, self.nodes)
#                                 ^ expected True or False, found a Set[Node]
#                                   help: compare it, or say bool(...)
#                                   instead: return implies(self.flag, bool(self.nodes))


class RunsOverARecord(Base):
    @invariant
    def claim(self) -> bool:
        return all(v not in self.votes for v in Vote)
#                                               ^ Vote is a record, not a collection of its values
#                                                 help: run over values_of(Vote)
#                                                 instead: return all(v not in self.votes for v in values_of(Vote))


class KeepsAListAtHand(Base):
    @invariant
    def claim(self) -> bool:
        return self.color in COLORS
#                            ^ COLORS can be changed by others
#                              help: make it a frozenset or a tuple


COLORS = [Color.RED]


class AsksWhetherNoneIsAColor(Base):
    seen: Color | None

    @invariant
    def claim(self) -> bool:
        return self.seen in Color
#              ^ Python does not ask whether None is in Color
#                help: ask whether it is not None
#                instead: return self.seen is not None


class StoresWhatMayBeNone(Base):
    @action
    def act(self) -> None:
        self.nodes.add(self.leader)
#                      ^ the element must be a Node, found a Node | None
#                        help: it may be None: ask `is not None` first; in an action, some(...) does
#                        instead: self.nodes.add(some(self.leader))
        self.nodes.clear()


class MakesARecordOfWhatMayBeNone(Base):
    @invariant
    def claim(self) -> bool:
        return all(v != Vote(self.best, n) for v in self.votes for n in Node)
#                            ^ Vote.ballot must be a Ballot, found a Ballot | None
#                              help: it may be None: ask `is not None` first; in an action, some(...) does


class StoresWhatMayBeAnotherRecord(Base):
    @action
    def act(self) -> None:
        require(self.last is not None)
        self.votes.add(self.last)
#                      ^ the element must be a Vote, found a Vote | Note
#                        help: it may be something else: ask isinstance first


class AsksWhetherItIsOfASort(Base):
    @invariant
    def claim(self) -> bool:
        return isinstance(self.leader, Node) or self.count == 0
#                                      ^ Node is no record
#                                        help: possible are records, and tuples of them; of what may be None, ask x is not None
#                                        instead: return self.leader is not None or self.count == 0
