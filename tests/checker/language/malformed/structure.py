"""Structure that is changed, called or given wrongly."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from typing import Self

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Color(Enum):
    RED, GREEN = range(2)


@record
class Mark:
    node: Node
    color: Color


class Base(Model):
    """What the others change."""

    default = {"Node": 2}
    edge: Relation[Node, Node]
    color: Function[Node, Color]
    chief: Parameter[Node]
    some: Parameter[Set[Node]]
    pairs: Set[tuple[Node, Node]]
    seen: Set[Node]

    @action
    def see(self, n: Node) -> None:
        self.seen.add(n)


class RelationAdded(Base):
    @action
    def act(self, n: Node) -> None:
        self.edge.add((n, n))
#       ^ edge is chosen by the instance; it does not change
#         help: make it a variable of the state: a Map for a Function, a Set of tuples for a Relation


class FunctionChanged(Base):
    @action
    def act(self, n: Node) -> None:
        self.color[n] = Color.RED
#       ^ color is chosen by the instance; it does not change
#         help: make it a variable of the state: a Map for a Function, a Set of tuples for a Relation


class ConstantAssigned(Base):
    @action
    def act(self, n: Node) -> None:
        self.chief = n
#       ^ chief is chosen by the instance; it does not change
#         help: make it a variable of the state: a Map for a Function, a Set of tuples for a Relation


class SetUnited(Base):
    @action
    def act(self, n: Node) -> None:
        self.some |= {n}
#       ^ some is chosen by the instance; it does not change
#         help: make it a variable of the state: a Map for a Function, a Set of tuples for a Relation


class InitialStructure(Base):
    @initial
    def begin(self, n: Node) -> None:
        self.chief = n
#       ^ chief is chosen by the instance; it does not change
#         help: make it a variable of the state: a Map for a Function, a Set of tuples for a Relation


class CalledWithOne(Base):
    @invariant
    def fine(self, n: Node) -> bool:
        return self.edge(n)
#              ^ edge is a relation of 2 values
#                help: it is of Node, Node
#                instead: return self.edge(n, n)


class CalledWithAnother(Base):
    @invariant
    def fine(self, n: Node) -> bool:
        return self.edge(n, Color.RED)
#                           ^ the argument must be a Node, found a Color
#                             help: an element of Node is a parameter, the name of a loop, or part of a value


class SetOfTheStateCalled(Base):
    @invariant
    def fine(self, n: Node) -> bool:
        return self.pairs(n, n)
#              ^ pairs is a set of the state, it is not called
#                help: ask whether (...) in self.pairs
#                instead: return (n, n) in self.pairs


class NoStructure(Base):
    @axiom
    def no_chief(self, n: Node) -> bool:
#   ^ no structure (edge, color, chief, some) satisfies the axioms in this instance
#     help: look at no_chief, which ruled the last one out, or choose other sizes
        return self.chief != n


class GivenAgainstAnAxiom(Base):
    default = {"Node": 2, "chief": "n1", "edge": set(), "color": {"n1": Color.RED, "n2": Color.RED}, "some": {"n2"}}

    @axiom
    def chief_is_among_them(self) -> bool:
#   ^ the axiom chief_is_among_them is false in this instance: The chief is one of some.
#     help: choose another instance; a variant that is to do without the axiom replaces it
        """The chief is one of some."""
        return self.chief in self.some


class TooManyStructures(Base):
    default = {"Node": 4}
    edge: Relation[Node, Node]
#   ^ more than 10,000 structures (edge, color, chief, some) satisfy the axioms in this instance
#     help: make the instance smaller, state axioms, or give a part of the structure: --set edge=...


class UnknownElement(Base):
    default = {"Node": 2, "chief": "n3"}
#   ^ chief=n3: n3 is no Node
#     help: chief is a Node; for example chief=n2
#     instead: default = {"Node": 2, "chief": "n2"}


class DefaultThatDoesNotFit(Base):
    chief: Parameter[Node] = "x"
#   ^ chief=x: x is no Node
#     help: chief is a Node; for example chief=n2
#     instead: chief: Parameter[Node] = "n2"


class MapWithAHole(Base):
    default = {"Node": 2, "color": {"n1": Color.GREEN}}
#   ^ color={n1: GREEN}: a Map[Node, Color] has a value for every key, and this none for n2
#     help: color is a Map[Node, Color]; for example color={n1: GREEN, n2: GREEN}
#     instead: default = {"Node": 2, "color": "{n1: GREEN, n2: GREEN}"}


class TupleTooShort(Base):
    default = {"Node": 2, "edge": {("n1",)}}
#   ^ edge={(n1,)}: a tuple[Node, Node] has 2 items
#     help: edge is a Set[tuple[Node, Node]]; for example edge={(n2, n2)}
#     instead: default = {"Node": 2, "edge": "{(n2, n2)}"}


class SomethingLeftOver(Base):
    default = {"Node": 2, "edge": "{} {}"}
#   ^ edge={} {}: { is left over
#     help: edge is a Set[tuple[Node, Node]]; for example edge={(n2, n2)}


class NoSetAtAll(Base):
    default = {"Node": 2, "edge": 3}
#   ^ edge=3: expected {, found 3
#     help: edge is a Set[tuple[Node, Node]]; for example edge={(n2, n2)}


class FieldMissing(Base):
    default = {"Node": 2, "mark": "Mark(n1)"}
#   ^ mark=Mark(n1): Mark has the fields node, color
#     help: mark is a Mark; for example mark=Mark(node=n2, color=GREEN)
#     instead: default = {"Node": 2, "mark": "Mark(node=n2, color=GREEN)"}
    mark: Parameter[Mark]


class TwoOfOneKey(Base):
    default = {"Node": 2, "color": "{n1: RED, 1: RED, n2: RED}"}
#   ^ color={n1: RED, 1: RED, n2: RED}: n1 has two values
#     help: color is a Map[Node, Color]; for example color={n1: GREEN, n2: GREEN}
#     instead: default = {"Node": 2, "color": "{n1: GREEN, n2: GREEN}"}


class NumberOutOfRange(Base):
    default = {"Node": 2, "most": 9}
#   ^ most=9: 9 is not in Range[0, 3]
#     help: most is a Range[0, 3]; for example most=3
#     instead: default = {"Node": 2, "most": 3}
    most: Parameter[Range[0, 3]]


class ParameterAndSort(Base):
    Color: Parameter[Node]
    Node: Parameter[Set[Node]]
#   ^ Node is both a parameter and a sort, and --set Node=... would set both
#     help: choose another name for one of them


class CalledWithASetThatChanges(Base):
    known: Relation[Node, Set[Node]]

    @invariant
    def fine(self, n: Node) -> bool:
        return self.known(n, self.seen)
#                            ^ a Set[Node] that could be changed later cannot be part of a value
#                              help: frozen(self.seen), unless one of its items is meant
#                              instead: return self.known(n, frozen(self.seen))


class BoundByStructure(Base):
    most: Parameter[Range[1, 2]]
    count: Range[0, "most + 1"] = 0
#   ^ most in the bound 'most + 1' is a Range[1, 2], which is structure and may be another one in each structure of an instance
#     help: make it a constant of the instance, most: Parameter[int]; or state the widest bound, and an invariant
#     instead: count: Range[0, 3] = 0


class BoundByNaturalStructure(Base):
    most: Parameter[Nat]
    count: Range[0, "most"] = 0
#   ^ the bound 'most' is a Nat, which is structure and may be another one in each structure of an instance
#     help: make it a constant of the instance, most: Parameter[int] and an axiom, most >= 0; or state the widest bound, and an invariant
#     instead: count: Range[0, 3] = 0
