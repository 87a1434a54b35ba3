"""Models whose instance or initial states do not exist."""

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

    default = {"Node": 3}
    flag: bool
    nodes: Set[Node]

    @action
    def toggle(self) -> None:
        self.flag = not self.flag


class SortWithoutSize(Base):
    default = {}
#   ^ SortWithoutSize does not say how many elements Node has
#     help: the default of SortWithoutSize replaces that of Base, which sets Node to 3: write default = {**Base.default}
#     instead: default = {**Base.default}


class EmptySort(Base):
    default = {"Node": 0}
#   ^ Node=0: a sort has between 1 and 4096 elements
#     help: for example Node=3
#     instead: default = dict(Node=3)


class MisspelledSort(Base):
    default = {"Nodes": 3}
#   ^ MisspelledSort has no parameter 'Nodes'; did you mean 'Node'?
#     help: it has Node
#     instead: default = {"Node": 3}


class SizeOfText(Base):
    default = {"Node": "three"}
#   ^ Node=three: expected a whole number
#     help: for example Node=3
#     instead: default = {"Node": 3}


class ParameterWithoutValue(Base):
    limit: Parameter[int]
#   ^ the parameter limit has no value
#     help: give it a default in the model, or pass --set limit=...
#     instead: limit: Parameter[int] = 3


class RangeEmptyInThisInstance(Base):
    limit: Parameter[int] = -1
    count: Range[0, "limit"] = 0
#   ^ count: Range[0, limit] is empty in this instance: 0 is more than -1
#     help: choose other parameters


class BoundOfNothingInThisInstance(Base):
    limit: Parameter[int] = 0
    queue: Seq[Node, "limit"]
#   ^ queue: Seq[Node, limit] has no room in this instance
#     help: choose other parameters


class NoInitialValue(Base):
    color: Color
#   ^ color has no initial value
#     help: give it a default, anything(), or set it in a method decorated with @initial
#     instead: color: Color = anything()


class NoInitialValueInAMap(Base):
    colors: Map[Node, Color]
#   ^ colors has no initial value
#     help: give it a default, anything(), or set it in a method decorated with @initial
#     instead: colors: Map[Node, Color] = anything()


class NoInitialValueInOneOfTwo(Base):
    color: Color
#   ^ color has no initial value
#     help: color_it and leave_it each make initial states of their own: set it in each of them, or let one method call the others

    @initial
    def color_it(self) -> None:
        self.color = Color.RED

    @initial
    def leave_it(self) -> None:
        self.nodes = set()


class NoInitialValueOnOnePath(Base):
    color: Color
#   ^ color has no initial value
#     help: give it a default, anything(), or set it on every path through start
#     instead: color: Color = anything()

    @initial
    def start(self, red: bool) -> None:
        if red:
            self.color = Color.RED


class InitialValueOfAnotherType(Base):
    color: Color = False
#   ^ color is a Color, it cannot be False
#     help: possible are Color.RED, Color.GREEN
#     instead: color: Color = Color.RED


class InitialValueOutside(Base):
    count: Range[0, 3] = 4
#   ^ count would become 4, outside of Range(0, 3)
#     help: widen the range, or add a require


class InitialValueOfASet(Base):
    colors: Set[Color] = {1}
#   ^ colors is a set of Color, it cannot hold 1
#     help: possible are Color.RED, Color.GREEN
#     instead: colors: Set[Color] = {Color.RED}


class InitialMapWithoutEveryKey(Base):
    ready: Map[Color, bool] = {Color.RED: True}
#   ^ ready is a Map[Color, bool], it has no value for Color.GREEN
#     help: a map is total: give every key a value
#     instead: ready: Map[Color, bool] = {Color.RED: True, Color.GREEN: False}


class InitialValueIsAListOfNothing(Base):
    nodes: Set[Node] = []
#   ^ nodes is a Set[Node], it cannot be []
#     help: write a set: {a, b}, {... for ... in ...}, or set(...) of what can be run over


class ReadBeforeSet(Base):
    color: Color
#   ^ start(): color is read before it has a value
#     help: give it a default, or set it earlier in the method decorated with @initial
    other: Color

    @initial
    def start(self) -> None:
        self.other = self.color
        self.color = Color.RED


class AxiomThatIsFalse(Base):
    @axiom
    def many(self) -> bool:
#   ^ the axiom many is false in this instance: There are many nodes.
#     help: choose another instance; a variant that is to do without the axiom replaces it
        """There are many nodes."""
        return len(Node) > 3


class Rank(Order):
    """A sort that a variant adds."""


class SortOfAVariant(Base):
#< SortOfAVariant does not say how many elements Rank has
# help: state default = {**Base.default, "Rank": 3} in the model, or pass --set Rank=3
# instead: class SortOfAVariant(Base):
# instead:     default = {**Base.default, "Rank": 3}
    ranks: Set[Rank]


class OneMoreSort(Base):
    default = {"Node": 2}
#   ^ OneMoreSort does not say how many elements Rank has
#     help: state default = {"Node": 2, "Rank": 3} in the model, or pass --set Rank=3
#     instead: default = {"Node": 2, "Rank": 3}
    ranks: Set[Rank]
