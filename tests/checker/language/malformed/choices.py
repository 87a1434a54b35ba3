"""Choices where nothing is chosen, or that could not be told apart."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Color(Enum):
    RED, GREEN = range(2)


class Base(Model):
    """What the others change."""

    default = {"Node": 2}
    up: Set[Node]
    color: Map[Node, Color] = everywhere(Color.RED)
    one: Color = Color.RED
    count: Range[0, 3] = 0
    queue: Seq[Node, 2]
    best: Node | None

    @action
    def rise(self, n: Node) -> None:
        self.up.add(n)


class ChosenInAnInvariant(Base):
    @invariant
    def fine(self) -> bool:
        return choose(Node) in self.up
#              ^ choose has no place where a value is computed: only actions are enabled or not
#                help: quantify instead: any(... for q in Quorum), or all(...)
#                instead: return any(n in self.up for n in Node)


class ChosenByAHelper(Base):
    def some_node(self) -> Node:
        return choose(Node)
#              ^ choose has no place where a value is computed: only actions are enabled or not
#                help: quantify instead: any(... for q in Quorum), or all(...)

    @action
    def act(self) -> None:
        self.up.add(self.some_node())


class ChosenBehindAnd(Base):
    @action
    def act(self) -> None:
        require(self.count > 0 and choose(Node) in self.up)
#                                  ^ choose has no place where it is not always evaluated, and once
#                                    help: name it in a line of its own: value = choose(Node)
#                                    instead: value = choose(Node)
#                                    instead: require(self.count > 0 and value in self.up)
        self.count = 0


class ChosenInsideAComprehension(Base):
    @action
    def act(self, n: Node) -> None:
        self.up = {choose(Node) if c == Color.RED else n for c in Color}
#                  ^ choose has no place where it is not always evaluated, and once
#                    help: write a loop instead of the comprehension, with a line for it: value = choose(Node)


class ChosenForPairs(Base):
    @action
    def act(self) -> None:
        self.up = {choose(Node) for c in Color for n in Node}
#                 ^ choose chooses for each element of one collection
#                   help: write one for, and a loop around it


class ChosenForItems(Base):
    @action
    def act(self) -> None:
        self.up = {choose(Node) for n in self.queue}
#                 ^ this may hold an element twice, and a choice is made for each element
#                   help: make it a set: set(...)
#                   instead: self.up = {choose(Node) for n in set(self.queue)}


class ChosenForPositions(Base):
    @action
    def act(self) -> None:
        self.up = {choose(Node) for i, n in enumerate(self.queue)}
#                  ^ a choice in a loop over numbers has no bounds
#                    help: loop over a sort, an Order or a set


class ChosenFromWhatMayRaise(Base):
    @action
    def act(self) -> None:
        self.up = {choose(n for n in Node if n != self.queue[0]) for c in Color}
#                 ^ what is chosen from for each element must not raise
#                   help: guard it: ... for x in xs if ...


class ChosenBehindOr(Base):
    @action
    def act(self) -> None:
        require(self.count > 0 or {choose(Node) for c in Color} == self.up)
#                                 ^ choose has no place where it is not always evaluated, and once
#                                   help: name it in a line of its own: value = {choose(Node) for c in Color}
#                                   instead: value = {choose(Node) for c in Color}
#                                   instead: require(self.count > 0 or value == self.up)


class ChosenFromNumbers(Base):
    @action
    def act(self) -> None:
        self.count = choose(n for n in range(self.count))
#                    ^ numbers without bounds are not chosen
#                      help: give them a Range, or make the number a parameter of the action: n: Range[0, 3]
#                      above: def act(self, n: Range[0, 3]) -> None:
#                      instead: self.count = n


class ChosenFromNothing(Base):
    @action
    def act(self) -> None:
        self.up.add(choose())
#                   ^ choose takes what is chosen from
#                     help: choose(q for q in Quorum if ...), or choose(self.waiting)
#                     instead: self.up.add(choose(self.up))


class ChosenOfAScalar(Base):
    @action
    def act(self) -> None:
        self.up.add(choose(self.best))
#                          ^ a Node | None is no collection
#                            help: possible are sets, sorts, enums, quorums, maps, sequences, bags and range(...)


class ChosenOfAnotherType(Base):
    @action
    def act(self) -> None:
        self.one = choose(self.up)
#       ^ one must be a Color, found a Node
#         help: possible are Color.RED, Color.GREEN
#         instead: self.one = choose(Color)


class ChosenForEachItem(Base):
    @action
    def act(self) -> None:
        for n in self.queue:
#                ^ this may hold an element twice, and a choice is made for each element
#                  help: loop over a set
#                  instead: for n in self.up:
            self.color[n] = choose(Color)


class ChosenForEachNumber(Base):
    @action
    def act(self) -> None:
        for i in range(2):
            self.count = i
            self.one = choose(Color)
#                      ^ a choice in a loop over numbers has no bounds
#                        help: loop over a sort, an Order or a set


class AnythingForAnEntry(Base):
    @action
    def act(self, n: Node) -> None:
        self.color[n] = anything()
#                       ^ anything() is the value of a whole variable, once
#                         help: choose(v for v in ...) takes one of some
#                         instead: self.color[n] = choose(v for v in Color)


class AnythingInALoop(Base):
    @action
    def act(self) -> None:
        for n in Node:
            self.one = anything()
#                      ^ anything() has no place in a loop
#                        help: put it before the loop, or after it


class AnythingForAName(Base):
    @action
    def act(self) -> None:
        n = anything()
#           ^ anything has no place inside an expression
#             help: require is a statement of an action; everywhere and anything are values of whole variables
        self.up.add(n)


class AnythingInAnExpression(Base):
    @action
    def act(self) -> None:
        self.up.add(anything())
#                   ^ anything has no place inside an expression
#                     help: require is a statement of an action; everywhere and anything are values of whole variables


class OrderIsAmongTheChoices(Base):
    @action
    def act(self) -> None:
        for n in self.up:
            m = choose(m for m in Node if m not in self.up)
#                                                  ^ the loop reads up, which it changes: the outcome would depend on its order
#                                                    help: read it before the loop or after it; in the loop, it may only be accumulated: +=, max(x, ...)
            self.up.add(m)


class ChosenForEachOfAnotherType(Base):
    @action
    def act(self) -> None:
        self.up = {choose(Color) for n in Node}
#                  ^ the element must be a Node, found a Color
#                    help: an element of Node is a parameter, the name of a loop, or part of a value
