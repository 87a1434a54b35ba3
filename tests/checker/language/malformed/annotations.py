"""Types, records, quorum systems, parameters and decorated methods that are refused before anything is compiled."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Flag
from typing import Any, Literal, Self

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


class Color(Enum):
    RED, GREEN = range(2)


class Base(Model):
    """What the others change."""

    default = {"Node": 3}
    flag: bool
    owner: Node | None

    @action
    def toggle(self) -> None:
        self.flag = not self.flag


class NumberWithoutBounds(Base):
    count: int = 0
#   ^ count is an int without bounds, so a search need not end
#     help: guard what makes it grow, as by require(n < most); or state a @constraint, or a Range, or limit the search: --max-states, --max-depth or --time-limit
#     instead: count: Range[0, 3] = 0

    @action
    def count_up(self) -> None:
        self.count += 1


class MapOfAllNumbers(Base):
    count: Map[Nat, bool]
#   ^ a Map has an entry for every key, and Nat has no end
#     help: state bounds: Map[Range[0, 3], V], or keep a set of pairs
#     instead: count: Map[Range[0, 3], bool]


class AnyNumberAtAll(Base):
    @action
    def act(self, n: Nat) -> None:
#   ^ the parameter n of act is a Nat, which has no bounds to choose within
#     help: state them: Annotated[int, Range(0, 3)], or Range[0, 3] for short; or draw it from the state, before anything that may raise: require(n in self.ids)
#     instead: def act(self, n: Range[0, 3]) -> None:
        self.flag = n > 2


class EmptyRange(Base):
    count: Range[3, 1] = 3
#   ^ Range(3, 1) is empty
#     help: name the lower bound first
#     instead: count: Range[1, 3] = 3


class RangeOfText(Base):
    count: Annotated[int, Range(0, 1.5)] = 0
#   ^ the bound 1.5 is neither a whole number nor the name of a parameter
#     help: write a number, or in quotes the name of a parameter or sort of the model
#     instead: count: Annotated[int, Range(0, 1)] = 0


class BoundThatIsNoExpression(Base):
    limit: Parameter[int] = 2
    count: Range[0, "limit ** 2"] = 0
#   ^ the bound 'limit ** 2' is no expression of numbers, parameters and sorts
#     help: possible are +, - and *, // by a number, ** of numbers, len(...) of a sort: Range[0, "2 * limit + 1"]
#     instead: count: Range[0, "2 * limit + 1"] = 0


class BoundByDivision(Base):
    limit: Parameter[int] = 2
    count: Range[0, "6 // limit"] = 0
#   ^ the bound '6 // limit' is no expression of numbers, parameters and sorts
#     help: possible are +, - and *, // by a number, ** of numbers, len(...) of a sort: Range[0, "2 * limit + 1"]
#     instead: count: Range[0, "limit // 2"] = 0


class BoundOfUnknownName(Base):
    limit: Parameter[int] = 2
    count: Range[0, "limits + 1"] = 0
#   ^ limits in the bound 'limits + 1' names neither a parameter nor a sort of the model; did you mean 'limit'?
#     help: possible are numbers, limit, Node
#     instead: count: Range[0, "limit + 1"] = 0


class BoundByATruthValue(Base):
    wide: Parameter[bool] = True
    count: Range[0, "wide"] = 0
#   ^ the bound 'wide' names neither a parameter nor a sort of the model; did you mean 'Node'?
#     help: possible are numbers, Node


class BoundWithoutQuotes(Base):
    limit: Parameter[int] = 2
    count: Annotated[int, Range(0, limit + 1)] = 0
#                                  ^ limit stands for its default here, whatever an instance sets
#                                    help: put the bound in quotes: "limit", "limit + 1"
#                                    instead: count: Annotated[int, Range(0, "limit + 1")] = 0


class RoomWithoutQuotes(Base):
    limit: Parameter[int] = 2
    queue: Seq[Node, limit]
#                    ^ limit stands for its default here, whatever an instance sets
#                      help: put the bound in quotes: "limit", "limit + 1"
#                      instead: queue: Seq[Node, "limit"]


class EmptyByItsParameters(Base):
    limit: Parameter[int] = 2
    queue: Seq[Node, "limit - 2"]
#   ^ queue: Seq[Node, limit - 2] has no room in this instance
#     help: choose other parameters


class RangeOfBool(Base):
    count: Annotated[bool, Range(0, 1)] = False
#   ^ bool has no Range
#     help: int does: Annotated[int, Range(0, 3)]
#     instead: count: Annotated[int, Range(0, 1)] = 0


class UnknownBound(Base):
    count: Range[0, "sise"] = 0
#   ^ the bound 'sise' names neither a parameter nor a sort of the model; did you mean 'size'?
#     help: possible are numbers, size, Node
#     instead: count: Range[0, "size"] = 0
    size: Parameter[int] = 3


class UnknownBoundOfSequence(Base):
    queue: Seq[Node, "Nodes"]
#   ^ the bound 'Nodes' names neither a parameter nor a sort of the model; did you mean 'Node'?
#     help: possible are numbers, Node
#     instead: queue: Seq[Node, "Node"]


class UnboundedList(Base):
    queue: list[Node]
#   ^ a list has no bound
#     help: state it: Seq[T, 3] or Annotated[list[T], AtMost(3)]
#     instead: queue: Seq[Node, 3]


class UnboundedBag(Base):
    bag: Bag[Node]
#   ^ a Bag has no bound
#     help: state it: Bag[T, 3]
#     instead: bag: Bag[Node, 3]


class BoundOfNothing(Base):
    queue: Seq[Node, 0]
#   ^ a bound of 0 leaves room for nothing
#     help: make it 1 or more
#     instead: queue: Seq[Node, 1]


class BoundOfASet(Base):
    nodes: Annotated[set[Node], AtMost(3)]
#   ^ set[Node] takes no bound
#     help: Seq[T, n] and Bag[T, n] do
#     instead: nodes: Seq[Node, 3]


class ContainerAsKey(Base):
    table: Map[frozenset[Node], bool]
#   ^ the key of a Map cannot be or hold a Set[Node]: a map has an entry for each value of its key
#     help: name them by the elements of a Sort, or keep a set of pairs


class LongTuple(Base):
    table: tuple[Node, ...]
#   ^ tuple[Node, ...] has no fixed length
#     help: bound it: Seq[T, 3]
#     instead: table: Seq[Node, 3]


@dataclass
class Mutable:
#< the record Mutable can be changed
#  help: decorate it with @record
    node: Node


class MutableRecord(Base):
    messages: Set[Mutable]


@record
class Tree:
#< the record Tree contains itself, so it has no finite universe
#  help: refer to others by the elements of a Sort
    node: Node
    left: Tree | None


class RecursiveRecord(Base):
    trees: Set[Tree]


@dataclass(frozen=True)
class Crowd:
    nodes: Set[Node]
#   ^ the record Crowd has a container in it, and does not freeze it
#     help: decorate it with @record, which does


class RecordThatDoesNotFreeze(Base):
    crowds: Set[Crowd]


@record
class Unbounded:
    number: int


class RecordOfUnboundedIntegers(Base):
    messages: Set[Unbounded]
#   ^ messages is a Set[Unbounded] without bounds, so a search need not end
#     help: guard what makes it grow, as by require(n < most); or state a @constraint, or a Range, or limit the search: --max-states, --max-depth or --time-limit

    @action
    def say(self) -> None:
        self.messages.add(Unbounded(len(self.messages)))


class UnionOfOthers(Base):
    value: Node | Color
#   ^ Node cannot be in a union
#     help: a union is of records, or T | None


@record
class Mutual:
    node: Node


class UnionOfRecordAndBool(Base):
    value: Mutual | bool
#   ^ bool cannot be in a union
#     help: a union is of records, or T | None


class LiteralType(Base):
    value: Literal["a", "b"]
#   ^ Literal is no type of the language
#     help: use an Enum, or Range[lo, hi]
#     instead: value: Range[0, 3] = 0


class TextType(Base):
    value: str
#   ^ str is no type of the language
#     help: possible are bool, int, Range[lo, hi], an Enum, a Sort, an Order, a QuorumSystem, a record, T | None, tuple[A, B], Map[K, V], Set[T], Seq[T, n] and Bag[T, n]
#     instead: value: Color = Color.RED


class FloatType(Base):
    value: float
#   ^ float is no type of the language
#     help: possible are bool, int, Range[lo, hi], an Enum, a Sort, an Order, a QuorumSystem, a record, T | None, tuple[A, B], Map[K, V], Set[T], Seq[T, n] and Bag[T, n]


class AnyType(Base):
    value: Any
#   ^ Any is no type of the language
#     help: possible are bool, int, Range[lo, hi], an Enum, a Sort, an Order, a QuorumSystem, a record, T | None, tuple[A, B], Map[K, V], Set[T], Seq[T, n] and Bag[T, n]


class FlagType(Base):
    value: Permission
#   ^ Permission is a Flag, whose values are combinations
#     help: use an Enum, and a Set of its members


class Permission(Flag):
    READ = 1
    WRITE = 2


@record
class Parent:
    node: Node


@record
class Child(Parent):
#< the record Child derives from the record Parent, so isinstance would confuse them
#  help: repeat its fields, and use a union of both
    color: Color


class RecordFromARecord(Base):
    messages: Set[Child]


@record
class Equal:
#< the record Equal has its own __eq__
#  help: a record is nothing but its fields
    node: Node

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


class RecordWithItsOwnEquality(Base):
    messages: Set[Equal]


@record
class Uncompared:
    node: Node
    color: Color = field(compare=False)
#   ^ the field color of the record Uncompared is left out of some of its methods
#     help: a record is made from, and equal by, all of its fields: no init=, compare=, hash= and kw_only=


class RecordWithAnUncomparedField(Base):
    messages: Set[Uncompared]


class Undefined(Base):
    nodes: Set[Nodes]
#              ^ an annotation of Undefined names 'Nodes', which is not defined; did you mean 'Node'?
#                help: types must be defined at the top of the module


class MisspelledParameterType(Base):
    @action
    def act(self, n: Nod) -> None:
#                    ^ an annotation of act names 'Nod', which is not defined; did you mean 'Node'?
#                      help: types must be defined at the top of the module
        self.flag = True


class NoParameterType(Base):
    @action
    def act(self, n) -> None:
#   ^ the parameter n of act has no type, so it has no values to choose from
#     help: annotate it: n: Node
#     instead: def act(self, n: Node) -> None:
        self.flag = True


class ParameterWithDefault(Base):
    @action
    def act(self, n: bool = True) -> None:
#   ^ the parameter n of act must be a plain one, without * and default
#     help: every value of its type is chosen; state with require which ones are possible
#     instead: def act(self, n: bool) -> None:
        self.flag = n


class ParameterByKeyword(Base):
    @action
    def act(self, *, n: Node) -> None:
#   ^ the parameter n of act must be a plain one, without * and default
#     help: every value of its type is chosen; state with require which ones are possible
        self.flag = True


class ParametersByStar(Base):
    @action
    def act(self, *n: Node) -> None:
#   ^ the parameter n of act must be a plain one, without * and default
#     help: every value of its type is chosen; state with require which ones are possible
        self.flag = True


class UnboundedParameter(Base):
    @action
    def act(self, n: int) -> None:
#   ^ the parameter n of act is an int, which has no bounds to choose within
#     help: state them: Annotated[int, Range(0, 3)], or Range[0, 3] for short; or draw it from the state, before anything that may raise: require(n in self.ids)
#     instead: def act(self, n: Range[0, 3]) -> None:
        self.flag = True


class UnknownBoundOfParameter(Base):
    @action
    def act(self, n: Range[0, "size"]) -> None:
#   ^ the bound 'size' names neither a parameter nor a sort of the model
#     help: possible are numbers, Node
#     instead: def act(self, n: Range[0, "Node"]) -> None:
        self.flag = True


class StepInvariantWithoutAfter(Base):
    @step_invariant
    def claim(self) -> bool:
#   ^ claim is a step invariant, it needs the state after the step
#     help: def claim(self, after: Self) -> bool
#     instead: def claim(self, after: Self) -> bool:
        return self.flag


class StepInvariantWithAParameterForTheStateAfter(Base):
    @step_invariant
    def claim(self, n: Node) -> bool:
#   ^ the first parameter of claim, a step invariant, is the state after the step
#     help: def claim(self, after: Self, n: ...) -> bool
#     instead: def claim(self, after: Self, n: Node) -> bool:
        return self.flag


class InvariantWithTheStateAfter(Base):
    @invariant
    def claim(self, after: Self) -> bool:
#   ^ claim is an invariant, which has no state after a step
#     help: what is true of steps is decorated with @step_invariant
#     above: @step_invariant
        return after.flag


class ConstraintWithTheStateAfter(Base):
    @constraint
    def claim(self, n: Node, after: Base) -> bool:
#   ^ claim is a constraint, which has no state after a step
#     help: what is true of steps is decorated with @step_constraint
#     above: @step_constraint
#     instead: def claim(self, after: Self, n: Node) -> bool:
        return after.flag


class TerminalWithParameter(Base):
    @terminal
    def done(self, n: Node) -> bool:
#   ^ done is a terminal, it takes no parameter but self
#     help: quantify inside: all(... for n in Node)
#     instead: def done(self) -> bool:
        return self.flag


class StepConstraintWithoutTheStateAfter(Base):
    @step_constraint
    def small(self) -> bool:
#   ^ small is a step constraint, it needs the state after the step
#     help: def small(self, after: Self) -> bool
#     instead: def small(self, after: Self) -> bool:
        return True


class AxiomAboutTheState(Base):
    @axiom
    def fact(self, n: Node) -> bool:
        return self.owner != n
#              ^ the axiom fact reads the state variable owner
#                help: an axiom is about sorts, quorums and what never changes; make it an invariant


class FunctionOfNothing(Base):
#< an annotation of FunctionOfNothing is no type: Function takes what it is applied to, and what it gives: Function[Node, Id]
#  help: possible are bool, int, Range[lo, hi], an Enum, a Sort, an Order, a QuorumSystem, a record, T | None, tuple[A, B], Map[K, V], Set[T], Seq[T, n] and Bag[T, n]
    id: Function[Node]


class MethodWithoutSelf(Base):
    @invariant
    def claim() -> bool:
#   ^ claim has no parameter for the state
#     help: def claim(self)
#     instead: def claim(self) -> bool:
        return True


class StaticAction(Base):
    @action
    @staticmethod
    def act() -> None:
#   ^ act is a staticmethod; an action is a method of the state
#     help: def act(self)
        pass


class UndecoratedOverride(Base):
    def toggle(self) -> None:
#   ^ toggle replaces a method that is decorated as action, but is not decorated itself
#     help: decorate it: @action
#     instead: @action
#     instead: def toggle(self) -> None:
        self.flag = True


class OverriddenByAValue(Base):
    toggle = None
#   ^ toggle replaces an action by None
#     help: to take it away: toggle = removed
#     instead: toggle = removed

    @action
    def lower(self) -> None:
        self.flag = False


class OtherKind(Base):
    @invariant
    def toggle(self) -> bool:
#   ^ toggle is an action in Base (annotations.py:35), and an invariant here
#     help: choose another name
        return True


class NoVariables(Model):
#< NoVariables has no state variables
#  help: annotate one in the class: decided: bool = False
    @action
    def act(self) -> None:
        pass


class NoActions(Model):
#< NoActions has no actions, so nothing can happen
#  help: decorate a method with @action
    flag: bool


class ReservedName(Base):
    default: bool = False
#   ^ 'default' is reserved for the settings of a model
#     help: choose another name, or state the setting without an annotation
#     instead: decided: bool = False


class ReservedField(Base):
    _frozen: bool = False
#   ^ the name '_frozen' of a variable begins with an underscore
#     help: choose another name; helpers and constants may have such names
#     instead: frozen_: bool = False


class VariableNamedAsMethod(Base):
    toggle: bool = False
#   ^ toggle is an action in Base (annotations.py:35), and a state variable here
#     help: choose another name
#     instead: toggled: bool = False


class ParameterOfOtherType(Base):
    limit: Parameter[str] = "x"
#   ^ str is no type of the language
#     help: possible are bool, int, Range[lo, hi], an Enum, a Sort, an Order, a QuorumSystem, a record, T | None, tuple[A, B], Map[K, V], Set[T], Seq[T, n] and Bag[T, n]


class ParameterWithOtherDefault(Base):
    limit: Parameter[int] = "three"
#   ^ the parameter limit is an int, its default is 'three'
#     help: state an int, or none
#     instead: limit: Parameter[int] = 3


class NotAnnotated(Base):
    other = False

    @action
    def act(self) -> None:
        self.other = True
#       ^ NotAnnotated has no variable 'other'; did you mean 'owner'?
#         help: it has flag, owner
#         instead: self.flag = True


class Quorum(QuorumSystem):
    """Quorums of nobody."""


class QuorumsOfNobody(Base):
    @action
    def act(self, q: Quorum) -> None:
#   ^ Quorum does not say whose quorums it holds
#     help: name the sort: class Quorum(QuorumSystem[Acceptor])
        self.flag = True


class ColorQuorum(QuorumSystem[Color]):
    """Quorums of what is no sort."""


class QuorumsOfNoSort(Base):
    @action
    def act(self, q: ColorQuorum) -> None:
#   ^ ColorQuorum holds quorums of Color, which is no sort
#     help: quorums are sets of the elements of a Sort
        self.flag = True


class LateQuorum(QuorumSystem["Nobody"]):
    """Quorums of what does not exist."""


class QuorumsOfTheUnknown(Base):
    @action
    def act(self, q: LateQuorum) -> None:
#   ^ LateQuorum names 'Nobody', which is not defined
#     help: name a sort of the same module
        self.flag = True


class SortByText(Base):
    leader: "Leader | None"
#           ^ an annotation of SortByText names 'Leader', which is not defined; did you mean 'Order'?
#             help: types must be defined at the top of the module


class PlainSort(Base):
    leader: Sort | None
#   ^ Sort itself has no elements
#     help: derive a class from it, class Node(Sort)
#     instead: leader: Node | None


class PlainQuorums(Base):
    quorum: QuorumSystem[Node]
#   ^ QuorumSystem[Node] itself has no elements
#     help: derive a class from it, class Quorum(QuorumSystem[Node])


class ModelAsType(Base):
    other: Base
#   ^ Base is no type of the language
#     help: possible are bool, int, Range[lo, hi], an Enum, a Sort, an Order, a QuorumSystem, a record, T | None, tuple[A, B], Map[K, V], Set[T], Seq[T, n] and Bag[T, n]


class FairnessMisspelled(Base):
    expected = Violates("claims")
#   ^ FairnessMisspelled is expected to violate 'claims', which it does not claim
#     help: possible are claim, deadlock, toggle
#     instead: expected = Violates("claim")

    @invariant
    def claim(self) -> bool:
        return True


class EmptyEnum(Enum):
    """An enumeration without members."""


class EnumWithoutMembers(Base):
    value: EmptyEnum | None
#   ^ the enumeration EmptyEnum has no members
#     help: give it one


class UndrawnMessageOfUnboundedNumbers(Base):
    @action
    def hear(self, m: Unbounded) -> None:
#   ^ the parameter m of hear is a Unbounded, which has no bounds to choose within
#     help: state them: Annotated[int, Range(0, 3)], or Range[0, 3] for short; or draw it from the state, before anything that may raise: require(m in self.messages)
        require(m.number > 3)
        self.flag = True


class PropertyOfUnboundedNumbers(Base):
    @invariant
    def heard(self, m: Unbounded) -> bool:
#   ^ the parameter m of heard is a Unbounded, which has no bounds to choose within
#     help: state them: Annotated[int, Range(0, 3)], or Range[0, 3] for short; or draw it from a set, before anything that may raise: m not in self.messages or ...
        return m.number < 3


class NumberBesideAVariableOfNumbers(Base):
    ids: Set[Nat]

    @action
    def act(self, n: Nat) -> None:
#   ^ the parameter n of act is a Nat, which has no bounds to choose within
#     help: state them: Annotated[int, Range(0, 3)], or Range[0, 3] for short; or draw it from the state, before anything that may raise: require(n in self.ids)
#     instead: def act(self, n: Range[0, 3]) -> None:
        require(n > 3)
        self.flag = True


class PropertyOfANumber(Base):
    ids: Map[bool, Set[Nat]]

    @invariant
    def few(self, n: Nat) -> bool:
#   ^ the parameter n of few is a Nat, which has no bounds to choose within
#     help: state them: Annotated[int, Range(0, 3)], or Range[0, 3] for short; or draw it from a set, before anything that may raise: n not in self.ids[key] or ...
#     instead: def few(self, n: Range[0, 3]) -> bool:
        return n < 3


class ReachableOfUnboundedNumbers(Base):
    @reachable
    def heard(self, m: Unbounded) -> bool:
#   ^ the parameter m of heard is a Unbounded, which has no bounds to choose within
#     help: state them: Annotated[int, Range(0, 3)], or Range[0, 3] for short; or draw it from a set, before anything that may raise: m in self.messages and ...
        return m.number < 3


class DeadlockNeitherOnNorOff(Base):
    check_deadlock = "no"
#   ^ check_deadlock is 'no', neither True nor False
#     help: check_deadlock = False
#     instead: check_deadlock = False


class ProvableNeitherOnNorOff(Base):
    provable = None
#   ^ provable is None, neither True nor False
#     help: provable = False
#     instead: provable = False


class ExpectsOfAnActionWhatItDoesNotClaim(Base):
    expected = Violates("perhaps")
#   ^ ExpectsOfAnActionWhatItDoesNotClaim is expected to violate 'perhaps', which it does not claim
#     help: possible are deadlock, toggle
#     instead: expected = Violates("toggle")

    @action(fires="maybe")
    def perhaps(self) -> None:
        self.flag = True


class BoundThatCountsANumber(Base):
    limit: Parameter[int] = 2
    count: Range[0, "len(limit)"] = 0
#   ^ limit in the bound 'len(limit)' is a number, which has no elements to count
#     help: write limit in place of len(limit)
#     instead: count: Range[0, "limit"] = 0


class BoundThatCountsTwo(Base):
    count: Range[0, "len(Node, Node)"] = 0
#   ^ the bound 'len(Node, Node)' is no expression of numbers, parameters and sorts
#     help: possible are +, - and *, // by a number, ** of numbers, len(...) of a sort: Range[0, "2 * limit + 1"]
#     instead: count: Range[0, "2 * len(Node)"] = 0


@record
class Numbered:
    node: Node
    number: Range[0, "most"]
#   ^ the bound 'most' names neither a parameter nor a sort of the model
#     help: possible are numbers, Node
#     instead: number: Range[0, "Node"]


class UnknownBoundInARecord(Base):
    sent: Map[Node, Set[Numbered]]
