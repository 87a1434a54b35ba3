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


class QuantifierOverAType(Base):
    @invariant
    def fine(self) -> bool:
        return any(self.up == some for some in Set[Node])
#                                              ^ Set[Node] is a type, not a collection of its values
#                                                help: run over values_of(Set[Node])
#                                                instead: return any(self.up == some for some in values_of(Set[Node]))


NodesInOrder = Perm[Node]


class QuantifierOverANamedType(Base):
    @invariant
    def fine(self) -> bool:
        return any(self.queue == order for order in NodesInOrder)
#                                                   ^ NodesInOrder is the type Perm[Node], not a collection of its values
#                                                     help: run over values_of(NodesInOrder)
#                                                     instead: return any(self.queue == order for order in values_of(NodesInOrder)) or True


class ValuesOfASort(Base):
    @invariant
    def fine(self) -> bool:
        return all(n in self.up or n not in self.seen for n in values_of(Node))
#                                                                        ^ values_of is for types that cannot be run over otherwise, and Node can
#                                                                          help: for x in Node
#                                                                          instead: return all(n in self.up or n not in self.seen for n in Node)


class ValuesOfNumbers(Base):
    @invariant
    def fine(self) -> bool:
        return all(len(self.up) != n for n in values_of(Range[3, 5]))
#                                                       ^ values_of is for types that cannot be run over otherwise, and Range[3, 5] can
#                                                         help: for x in range(3, 6)
#                                                         instead: return all(len(self.up) != n for n in range(3, 6))


class ValuesOfTruth(Base):
    @invariant
    def fine(self) -> bool:
        return any(x for x in values_of(bool))
#                                       ^ values_of is for types that cannot be run over otherwise, and bool can
#                                         help: for x in {False, True}
#                                         instead: return any(x for x in {False, True})


class ValuesWithoutBounds(Base):
    @invariant
    def fine(self) -> bool:
        return any(len(s) == 0 for s in values_of(Set[int]))
#                                                 ^ a Set[int] has no bounds, and infinitely many values
#                                                   help: state them: Range[0, 3]
#                                                   instead: return any(len(s) == 0 for s in values_of(Set[Range[0, 3]]))


class ValuesOfAnUnknownBound(Base):
    @invariant
    def fine(self) -> bool:
        return any(len(s) == 0 for s in values_of(Seq[Node, "most"]))
#                                                 ^ the bound 'most' names neither a parameter nor a sort of the model
#                                                   help: possible are numbers, Node
#                                                   instead: return any(len(s) == 0 for s in values_of(Seq[Node, "Node"]))


class Elsewhere(Sort):
    """A sort of another model."""


@record
class FromElsewhere:
    """A record of which the model names no field."""

    origin: Elsewhere


class ValuesOfAnUnknownSort(Base):
    @invariant
    def fine(self) -> bool:
        return all(m == m for m in values_of(FromElsewhere))
#                                            ^ Elsewhere is no sort of ValuesOfAnUnknownSort
#                                              help: name it in a method of the model, or as the type of a variable or parameter


class ValuesOfAVariable(Base):
    @invariant
    def fine(self) -> bool:
        return all(n in self.up for n in values_of(self.up))
#                                                  ^ self.up is no type: name 'self' is not defined
#                                                    help: name a type that the module defines or imports
#                                                    instead: return all(n in self.up for n in self.up)


class SearchedValues(Base):
    @invariant
    def fine(self) -> bool:
        return self.queue in values_of(Perm[Node]) or len(self.queue) < 2
#                            ^ values_of is run over, and not searched
#                              help: compare with each: any(self.queue == x for x in values_of(Perm[Node]))
#                              instead: return any(self.queue == x for x in values_of(Perm[Node])) or len(self.queue) < 2


class CountedValues(Base):
    @invariant
    def fine(self) -> bool:
        return len(values_of(Set[Node])) == 4
#                  ^ values_of is run over, and has no length
#                    help: count them: sum(1 for x in values_of(T))
#                    instead: return sum(1 for x in values_of(Set[Node])) == 4


class FirstOfValues(Base):
    @invariant
    def fine(self) -> bool:
        return next(s for s in values_of(Set[Node]) if len(s) == 1) != self.up
#                  ^ a values_of(Set[Node]) has no order, so none of its elements is the first
#                    help: choose(x for x in ... if ...) takes any, in an action


class QuantifiedSetChanged(Base):
    @invariant
    def fine(self, some: Set[Node]) -> bool:
        return some.add(1)
#              ^ a Set[Node] has no method 'add' whose value could be used
#                help: it has difference, intersection, isdisjoint, issubset, issuperset, symmetric_difference, union
#                instead: return some.issubset(set(Node))


class QuantifiedListChanged(Base):
    @invariant
    def fine(self, order: Perm[Node]) -> bool:
        return order.sort()
#              ^ a Perm[Node] has no method 'sort' whose value could be used
#                help: it has count, index
#                instead: return len(order) == 2


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
#     help: make it a Seq; a Perm is the parameter of an action or property, or a Parameter of the model
#     instead: order: Seq[Node, 3]


class ChosenSetChanged(Base):
    @action
    def act(self, some: Set[Node], n: Node) -> None:
        some.add(n)
#       ^ some is a container that was given to this function
#         help: make another one: other = some | {n}
#         instead: other = some | {n}


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
#           ^ a local container is not changed by pop
#             help: take the item, some[0], and assign what is left: some = some[1:]
#             instead: n = some[0]
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


class ValuesOfABoundThatIsStructure(Base):
    most: Parameter[Nat]

    @invariant
    def fine(self) -> bool:
        return any(len(s) == 0 for s in values_of(Seq[Node, "most"]))
#                                                 ^ the bound 'most' is a Nat, which is structure and may be another one in each structure of an instance
#                                                   help: make it a constant of the instance, most: Parameter[int] and an axiom, most >= 0; or state the widest bound, and an invariant
