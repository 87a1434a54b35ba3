"""Random predicates over a state with a variable of every kind of type, and random states: not only reachable ones."""

from __future__ import annotations

import random
from typing import Any

from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Frozen
from assay.checker.language.types import BagType, IntType, MapType, SeqType, SetType, Type

HEAD = """
import enum
from assay.checker.language import *


class Node(Sort): ...
class Ballot(Order): ...
class Quorum(QuorumSystem[Node]): ...


class Color(enum.Enum):
    RED, GREEN, BLUE = range(3)


@record
class Slot:
    node: Node
    ballot: Ballot


@record
class Point:
    n: Range[-1, 2]
    color: Color


@record
class Holder:
    point: Point
    color: Color | None


class Base(Model):
    default = {"Node": 3, "Ballot": 2}
    node: Node = anything()
    ballot: Ballot = anything()
    quorum: Quorum = anything()
    color: Color = Color.RED
    flag: bool
    small: Range[-1, 2] = 0
    big: Range[-4_000_000_000, 4_000_000_000] = 0
    huge: Range[-2_000_000_000_000_000_000, 2_000_000_000_000_000_000] = 0
    slot: Slot = anything()
    point: Point = anything()
    holder: Holder = anything()
    maybe_color: Color | None
    maybe_node: Node | None
    maybe_point: Point | None
    either: Slot | Point = anything()
    perhaps: Slot | Point | None
    pair: tuple[Node, bool] = anything()
    by_slot: Map[Slot, bool]
    by_point: Map[Point, Range[0, 2]] = everywhere(0)
    by_number: Map[Range[-1, 2], Color] = everywhere(Color.RED)
    by_pair: Map[tuple[Node, Ballot], Color | None]
    by_flag: Map[bool, Range[0, 70]] = everywhere(0)
    by_two: Map[Node, Map[Ballot, bool]]
    by_holder: Map[Holder, bool]
    sets_by_node: Map[Node, Set[Ballot]]
    slots: Set[Slot]
    points: Set[Point]
    holders: Set[Holder]
    numbers: Set[Range[-1, 2]]
    nodes: Set[Node]
    eithers: Set[Slot | Point]
    maybes: Set[Color | None]
    pairs: Set[tuple[Node, Range[0, 40]]]
    colors: Seq[Color, 3]
    counts: Seq[Range[-1, 2], 2]
    number_bag: Bag[Range[-1, 2], 3]
    point_bag: Bag[Point, 2]

    @action
    def idle(self) -> None:
        self.flag = self.flag
"""

CASE = """

class Case{number}(Base):
    @invariant
    def case(self) -> bool:
        return {body}
"""

LITERALS = [*["0", "1", "2", "-1", "3", "41", "64"], *map(str, (2**31, 2**62, 2**63, -(2**63), 10**19))]


class Predicates:
    """A source of random expressions; the names in scope are those of generators around them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.scope: list[tuple[str, str]] = []
        self.fresh = 0

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def truth(self, depth: int) -> str:
        if depth <= 0:
            return self.pick("self.flag", "True", "False", *self._named("bool"), f"self.small == {self.number(0)}")
        return self.pick(
            self._compared,
            self._compared,
            self._chained,
            self._same,
            self._same,
            self._member,
            self._member,
            self._related,
            self._connected,
            self._connected,
            self._quantified,
            self._quantified,
            self._looked_up,
            self._kind,
        )(depth - 1)

    def _named(self, type_: str) -> list[str]:
        return [name for name, of in self.scope if of == type_]

    def _compared(self, d: int) -> str:
        operator = self.pick("<", "<=", "==", "!=", ">", ">=")
        if self.random.random() < 0.2:
            return f"({self.of('Ballot', d)} {operator} {self.of('Ballot', d)})"
        return f"({self.number(d)} {operator} {self.number(d)})"

    def _chained(self, d: int) -> str:
        if self.random.random() < 0.5:
            return f"({self.number(d)} <= {self.number(d)} < {self.number(d)})"
        return f"({self.truth(d)} == ({self.number(d)} <= {self.number(d)}))"

    def _same(self, d: int) -> str:
        type_ = self.pick("Node", "Color", "Slot", "Point", "Holder", "Color | None", "Point | None", "pair", "bool")
        return f"({self.of(type_, d)} {self.pick('==', '!=')} {self.of(type_, d)})"

    def _member(self, d: int) -> str:
        type_ = self.pick("int", "int", "Node", "Slot", "Point", "Holder", "Color | None", "Color", "Ballot")
        return f"({self.of(type_, d)} {self.pick('in', 'not in')} {self.collection(type_, d)})"

    def _related(self, d: int) -> str:
        type_ = self.pick("Node", "Slot", "Point", "Holder", "int", "Ballot")
        left, right = self.collection(type_, d), self.collection(type_, d)
        if self.random.random() < 0.3:
            return f"{left}.{self.pick('issubset', 'isdisjoint', 'issuperset')}({right})"
        return f"({left} {self.pick('<=', '<', '==', '!=', '>=')} {right})"

    def _connected(self, d: int) -> str:
        form = self.pick("({} and {})", "({} or {})", "(not {})", "implies({}, {})", "({} if {} else {})", "({} == {})")
        return form.format(*(self.truth(d) for _ in range(form.count("{}"))))

    def _quantified(self, d: int) -> str:
        type_ = self.pick("Node", "Ballot", "Slot", "Point", "int", "Color", "Quorum", "Holder")
        return self._generated(self.pick("any", "all"), type_, d, lambda: self.truth(d))

    def _generated(self, function: str, type_: str, d: int, body: Any, end: str = "") -> str:
        domain = self.domain(type_, d)
        self.fresh += 1
        name = f"v{self.fresh}"
        self.scope.append((name, type_))
        inner = body()
        condition = f" if {self.truth(d - 1)}" if self.random.random() < 0.3 else ""
        self.scope.pop()
        return f"{function}(({inner} for {name} in {domain}{condition}){end})"

    def domain(self, type_: str, d: int) -> str:
        if type_ == "Quorum":
            return "Quorum"
        universes = {"Node": ["Node", *self._named("Quorum")], "Ballot": ["Ballot"], "Color": ["Color", "self.colors"]}
        if type_ == "int":
            return self.pick(
                "range(3)", "self.counts", f"range({self.pick('0', '-1')}, self.small)", self.collection("int", d)
            )
        return self.pick(*universes.get(type_, []), self.collection(type_, d))

    def collection(self, type_: str, d: int) -> str:
        stored = {
            "int": ["self.numbers"],
            "Node": ["self.nodes"],
            "Slot": ["self.slots"],
            "Point": ["self.points"],
            "Holder": ["self.holders"],
            "Color | None": ["self.maybes"],
            "Ballot": [f"self.sets_by_node[{self.of('Node', d - 1)}]"],
        }.get(type_, [])
        written = f"{{{', '.join(self.of(type_, d - 1) for _ in range(self.pick(1, 2, 2)))}}}"
        if d <= 0 or self.random.random() < 0.3:
            return self.pick(*stored, *stored, written)
        kind = self.random.random()
        if kind < 0.4:
            return f"({self.collection(type_, d - 1)} {self.pick('|', '&', '-')} {self.collection(type_, d - 1)})"
        if kind < 0.5:
            return f"({self.collection(type_, d - 1)} if {self.truth(d - 1)} else {self.collection(type_, d - 1)})"
        if kind < 0.85 and type_ != "Color | None":
            self.fresh += 1
            name, domain = f"v{self.fresh}", self.domain(type_, d - 1)
            self.scope.append((name, type_))
            item = name if self.random.random() < 0.6 else self.of(type_, d - 1)
            result = f"{{{item} for {name} in {domain} if {self.truth(d - 1)}}}"
            self.scope.pop()
            return result
        return written

    def _looked_up(self, d: int) -> str:
        return self.pick(
            f"self.by_slot[{self.of('Slot', d)}]",
            f"self.by_two[{self.of('Node', d)}][{self.of('Ballot', d)}]",
            f"self.by_holder[{self.of('Holder', d)}]",
            "self.pair[1]",
        )

    def _kind(self, d: int) -> str:
        return self.pick(
            f"({self.of('Color | None', d)} is {self.pick('None', 'not None')})",
            f"({self.of('Point | None', d)} is None)",
            "isinstance(self.either, Slot)",
            "isinstance(self.perhaps, Point)",
            "(isinstance(self.either, Point) and self.either.n == self.small)",
            "any(isinstance(m, Slot) and m.node == self.node for m in self.eithers)",
            f"(({self.of('Node', d)}, {self.number(d)}) in self.pairs)",
        )

    def number(self, depth: int) -> str:
        if depth <= 0:
            return self.pick(
                "self.small", "self.big", "self.huge", *LITERALS[:7], *self._named("int"), *self._named("int")
            )
        d = depth - 1
        return self.pick(
            lambda: f"({self.number(d)} {self.pick('+', '-', '*', '//', '%', '+', '-')} {self.number(d)})",
            lambda: f"({self.number(d)} {self.pick('+', '-', '*')} {self.number(d)})",
            lambda: self.pick("self.small", "self.big", "self.huge", *LITERALS),
            lambda: f"len({self.pick('self.counts', 'self.number_bag', 'self.point_bag', self._set(d))})",
            lambda: f"self.number_bag.count({self.number(d)})",
            lambda: f"self.point_bag.count({self.of('Point', d)})",
            lambda: f"self.by_point[{self.of('Point', d)}]",
            lambda: f"self.by_flag[{self.truth(d)}]",
            lambda: f"self.counts[{self.number(d)}]",
            lambda: f"{self.of('Point', d)}.n",
            lambda: self._generated("sum", self.pick("Node", "int", "Point"), d, lambda: self.number(d)),
            lambda: self._extreme(d),
            lambda: f"({self.number(d)} if {self.truth(d)} else {self.number(d)})",
            lambda: f"{self.pick('max', 'min')}({self.number(d)}, {self.number(d)})",
        )()

    def _set(self, d: int) -> str:
        return self.collection(self.pick("Node", "Point"), d)

    def _extreme(self, d: int) -> str:
        function, type_, default = self.pick("max", "min"), self.pick("Node", "int"), self.number(d)
        return self._generated(function, type_, d, lambda: self.number(d), f", default={default}")

    def of(self, type_: str, depth: int) -> str:
        if type_ == "int":
            return self.number(depth)
        if type_ == "bool":
            return self.truth(depth)
        named, d = self._named(type_), depth - 1
        if named and self.random.random() < 0.6:
            return self.pick(*named)
        leaves, more = self._forms(type_, d)
        return self.pick(*leaves) if depth <= 0 or not more else self.pick(lambda: self.pick(*leaves), *more)()

    def _forms(self, type_: str, d: int) -> tuple[list[str], list[Any]]:
        match type_:
            case "Node":
                return ["self.node", "self.pair[0]", "self.slot.node"], [lambda: f"{self.of('Slot', d)}.node"]
            case "Ballot":
                return ["self.ballot", "first(Ballot)", "self.slot.ballot"], [lambda: f"{self.of('Slot', d)}.ballot"]
            case "Color":
                return ["self.color", "Color.RED", "Color.BLUE"], [
                    lambda: f"self.by_number[{self.number(d)}]",
                    lambda: f"{self.of('Point', d)}.color",
                    lambda: f"self.colors[{self.number(d)}]",
                ]
            case "Slot":
                return ["self.slot"], [lambda: f"Slot({self.of('Node', d)}, {self.of('Ballot', d)})"]
            case "Point":
                return ["self.point", "self.holder.point"], [
                    lambda: f"Point({self.number(d)}, {self.of('Color', d)})",
                    lambda: f"{self.of('Holder', d)}.point",
                    lambda: "self.maybe_point",
                ]
            case "Holder":
                return ["self.holder"], [lambda: f"Holder({self.of('Point', d)}, {self.of('Color | None', d)})"]
            case "Color | None":
                return ["self.maybe_color", "None", "self.holder.color", "self.color"], [
                    lambda: f"self.by_pair[({self.of('Node', d)}, {self.of('Ballot', d)})]",
                    lambda: f"{self.of('Holder', d)}.color",
                ]
            case "Point | None":
                return ["self.maybe_point", "self.point"], [lambda: self.of("Point", d)]
            case "pair":
                return ["self.pair"], [lambda: f"({self.of('Node', d)}, {self.truth(d)})"]
            case "Quorum":
                return ["self.quorum"], []
        raise NotImplementedError(type_)


def state_of(instance: Instance, random_: random.Random) -> Frozen:
    """Return a random state, whether it can be reached or not."""
    return tuple(_value(instance, variable.type, random_) for variable in instance.specification.variables)


def _value(instance: Instance, type_: Type, random_: random.Random) -> Any:
    match type_:
        case IntType():
            low, high = instance.interval(type_)
            return random_.choice([low, high, max(low, min(high, random_.randint(-2, 3))), random_.randint(low, high)])
        case SetType(element):
            universe, share = instance.universe(element), random_.choice([0.0, 0.2, 0.6, 1.0])
            return frozenset(value for value in universe if random_.random() < share)
        case MapType(key, value):
            return tuple(_value(instance, value, random_) for _ in instance.universe(key))
        case SeqType(element, bound):
            return tuple(_value(instance, element, random_) for _ in range(random_.randint(0, instance.bound(bound))))
        case BagType(element, bound):
            items = [_value(instance, element, random_) for _ in range(random_.randint(0, instance.bound(bound)))]
            return frozenset((item, items.count(item)) for item in items)
        case _:
            return random_.choice(instance.universe(type_))
