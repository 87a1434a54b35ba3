"""Random models: the source of a module with one model, drawn by type, to compare two interpretations.

Every expression is generated for the type that is wanted there, so every model is well typed; what can still
happen at run time (a bound exceeded, a None used as a value) must happen in all readings alike.
"""

# ruff: noqa: E501, PLC0206

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

HEADER = '''\
from typing import Annotated

from assay.checker.language import (
    AtMost, Bag, Enum, Map, Model, Order, Parameter, Perm, QuorumSystem, Range, Seq, Set, Sort, action, anything,
    choose, constraint, everywhere, first, implies, initial, invariant, lemma, reachable, record, require,
    step_invariant, terminal,
)


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


class Quorum(QuorumSystem[Node]):
    """Quorums."""


class Color(Enum):
    RED, GREEN, BLUE = range(3)


@record
class Vote:
    ballot: Ballot
    node: Node


@record
class Note:
    color: Color
    flag: bool


@record
class Tick:
    count: Range[0, 2]
    last: Ballot | None

'''

SCALARS = [
    "bool",
    "int",
    "Node",
    "Ballot",
    "Color",
    "Ballot | None",
    "Vote",
    "Note",
    "Vote | Note",
    "tuple[Node, Color]",
]
ELEMENTS = [
    "Node",
    "Ballot",
    "Color",
    "Vote",
    "Note",
    "Vote | Note | Tick",
    "tuple[Node, Ballot]",
    "Range[0, 2]",
    "Tick",
]
VARIABLES = {
    "flag": "bool",
    "count": "Range[0, 3]",
    "leader": "Node",
    "ballot": "Ballot",
    "color": "Color",
    "best": "Ballot | None",
    "last": "Vote | Note",
    "pair": "tuple[Node, Color]",
    "maybe": "Range[0, 2] | None",
    "mixed": "tuple[bool, Range[0, 2] | None]",
    "couples": "Set[tuple[Range[0, 2], bool]]",
    "nodes": "Set[Node]",
    "votes": "Set[Vote]",
    "messages": "Set[Vote | Note | Tick]",
    "relation": "Set[tuple[Node, Ballot]]",
    "numbers": "Set[Range[0, 2]]",
    "colors": "Map[Node, Color]",
    "promised": "Map[Node, Ballot | None]",
    "level": "Map[Node, Range[0, 2]]",
    "seen": "Map[Ballot, Set[Node]]",
    "up": "Map[Node, bool]",
    "table": "Map[Node, Map[Ballot, Color]]",
    "slots": "Map[Range[0, 2], Color]",
    "queue": "Seq[Color, 3]",
    "boxes": "Map[Node, Seq[Ballot, 2]]",
    "bag": "Bag[Node, 2]",
}
DEFAULTS = {
    "leader": "anything()",
    "ballot": "anything()",
    "color": "Color.RED",
    "count": "0",
    "mixed": "(False, None)",
    "colors": "everywhere(Color.GREEN)",
    "level": "everywhere(0)",
    "slots": "everywhere(Color.RED)",
    "table": "everywhere(Color.BLUE)",
}
SETS = {"Node": ["nodes"], "Vote": ["votes"], "Vote | Note | Tick": ["messages"], "tuple[Node, Ballot]": ["relation"],
        "Range[0, 2]": ["numbers"]}  # fmt: skip
INITIAL = """
    @initial
    def start(self, node: Node, color: Color) -> None:
        require(self.leader == node)
        self.last = Vote(first(Ballot), node)
        self.pair = (node, color)
"""


@dataclass
class Scope:
    """What an expression may use: a state, local names by type, helpers that are written."""

    state: str = "self"
    locals: dict[str, list[str]] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    counter: int = 0
    helpers: tuple[str, ...] = ()
    in_case: bool = False

    def fresh(self, type_: str) -> str:
        """Bind a new local name."""
        self.counter += 1
        name = f"x{self.counter}"
        self.locals.setdefault(type_, []).append(name)
        return name

    def drop(self, type_: str) -> None:
        """Forget the newest local name of a type."""
        self.locals[type_].pop()


class Generator:
    """Draws expressions and statements by type."""

    def __init__(self, draw: DrawFn, variables: set[str]) -> None:
        self.draw = draw
        self.variables = variables
        self.scope = Scope()

    def pick(self, *options: object) -> object:
        return self.draw(st.sampled_from(options))

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(0, 99)) < percent

    def has(self, *names: str) -> list[str]:
        return [name for name in names if name in self.variables]

    # Expressions

    def expr(self, type_: str, depth: int) -> str:
        local = self.scope.locals.get(type_, [])
        if local and self.chance(55):
            return str(self.pick(*local))
        if depth <= 0:
            return self._atom(type_)
        if self.chance(12):
            test, a, b = self.expr("bool", depth - 1), self.expr(type_, depth - 1), self.expr(type_, depth - 1)
            return f"({a} if {test} else {b})"
        return str(getattr(self, f"_{self._kind(type_)}")(depth))

    @staticmethod
    def _kind(type_: str) -> str:
        return {"Ballot | None": "optional", "int | None": "number", "tuple[bool, int | None]": "mix", "tuple[int, bool]": "rank", "Vote | Note": "union", "tuple[Node, Color]": "pair",
                "tuple[Node, Ballot]": "couple", "Vote | Note | Tick": "message", "Range[0, 2]": "int"}.get(type_, type_.lower())  # fmt: skip

    def _atom(self, type_: str) -> str:
        s = self.scope.state
        match type_:
            case "bool":
                return str(self.pick("True", "False", *(f"{s}.{v}" for v in self.has("flag"))))
            case "int" | "Range[0, 2]":
                return str(self.pick("0", "1", "2", *(f"{s}.{v}" for v in self.has("count")), "self.size"))
            case "Node":
                return str(self.pick(*(f"{s}.{v}" for v in ("leader",)), *([f"{s}.pair[0]"])))
            case "Ballot":
                return str(self.pick("first(Ballot)", f"{s}.ballot"))
            case "Color":
                return str(self.pick("Color.RED", "Color.GREEN", "Color.BLUE", f"{s}.color"))
            case "int | None":
                return str(self.pick("None", self._atom("int"), *(f"{s}.{v}" for v in self.has("maybe"))))
            case "tuple[bool, int | None]":
                made = f"({self._atom('bool')}, {self._atom('int | None')})"
                return str(self.pick(made, *(f"{s}.{v}" for v in self.has("mixed"))))
            case "tuple[int, bool]":
                return f"({self._atom('int')}, {self._atom('bool')})"
            case "Ballot | None":
                return str(self.pick("None", "first(Ballot)", *(f"{s}.{v}" for v in self.has("best"))))
            case "Vote":
                return f"Vote({self._atom('Ballot')}, {self._atom('Node')})"
            case "Note":
                return f"Note({self._atom('Color')}, {self._atom('bool')})"
            case "Tick":
                return f"Tick({self._atom('int')}, {self._atom('Ballot | None')})"
            case "Vote | Note":
                return str(self.pick(self._atom("Vote"), self._atom("Note"), f"{s}.last"))
            case "Vote | Note | Tick":
                return self._atom(str(self.pick("Vote", "Note", "Tick")))
            case "tuple[Node, Color]":
                return f"({self._atom('Node')}, {self._atom('Color')})"
            case _:
                return f"({self._atom('Node')}, {self._atom('Ballot')})"

    def _int(self, depth: int) -> str:
        s = self.scope.state
        options = [
            lambda: self._atom("int"),
            lambda: f"({self.expr('int', depth - 1)} {self.pick('+', '-', '*')} {self.expr('int', depth - 1)})",
            lambda: f"({self.expr('int', depth - 1)} {self.pick('//', '%')} {self.pick(2, 3)})",
            lambda: f"len({self.set_of(str(self.pick('Node', 'Vote')), depth - 1)})",
            lambda: self._sum(depth),
            lambda: f"{self.pick('min', 'max')}({self.expr('int', depth - 1)}, {self.expr('int', depth - 1)})",
            lambda: "len(Node)",
        ]
        options += [lambda: f"{s}.level[{self.expr('Node', depth - 1)}]"] if self.has("level") else []
        options += [lambda: f"len({s}.queue)"] if self.has("queue") else []
        options += [lambda: f"{s}.bag.count({self.expr('Node', depth - 1)})"] if self.has("bag") else []
        for kind, chosen in self.scope.chosen.items():
            if kind != "Map[Node, Color]":
                options += [lambda m=chosen: f"len({m})"] * 2  # type: ignore[misc]
            if kind == "Bag[Node, 2]":
                options += [lambda m=chosen: f"{m}.count({self.expr('Node', depth - 1)})"] * 3  # type: ignore[misc]
        return str(self.pick(*options)())  # type: ignore[operator]

    def _sum(self, depth: int) -> str:
        type_, domain = self.domain(depth - 1)
        x = self.scope.fresh(type_)
        body = self.expr(str(self.pick("int", "bool")), depth - 1)
        condition = f" if {self.expr('bool', depth - 1)}" if self.chance(40) else ""
        self.scope.drop(type_)
        return f"sum({body} for {x} in {domain}{condition})"

    def _node(self, depth: int) -> str:
        options = [
            lambda m=m: f"{m}[{self.pick('0', '-1', '1')}]" for k, m in self.scope.chosen.items() if k == "Perm[Node]"
        ]  # type: ignore[misc]
        options += [lambda: self._atom("Node"), lambda: f"{self.expr('Vote', depth - 1)}.node",
                   lambda: f"{self.expr('tuple[Node, Color]', depth - 1)}[0]"]  # fmt: skip
        return str(self.pick(*options)())  # type: ignore[operator]

    def _ballot(self, depth: int) -> str:
        s = self.scope.state
        options = [lambda: self._atom("Ballot"), lambda: f"{self.expr('Vote', depth - 1)}.ballot",
                   lambda: f"max({self.expr('Ballot', depth - 1)}, {self.expr('Ballot', depth - 1)})", lambda: self._best(depth)]  # fmt: skip
        if "greatest" in self.scope.helpers:
            options += [lambda: f"{s}.greatest({self.expr('Node', depth - 1)})"]
        options += [lambda: self._best_vote(depth)] if self.has("votes") else []
        options += (
            [lambda: f"{s}.boxes[{self.expr('Node', depth - 1)}][{self.pick('0', '-1', '1')}]"]
            if self.has("boxes")
            else []
        )
        return str(self.pick(*options)())  # type: ignore[operator]

    def _best(self, depth: int) -> str:
        x = self.scope.fresh("Ballot")
        condition = self.expr("bool", depth - 1)
        self.scope.drop("Ballot")
        return f"{self.pick('min', 'max')}(({x} for {x} in Ballot if {condition}), default=self.ballot)"

    def _best_vote(self, depth: int) -> str:
        x = self.scope.fresh("Vote")
        condition = self.expr("bool", depth - 1)
        self.scope.drop("Vote")
        some = f"{x}.ballot for {x} in {self.scope.state}.votes if {condition}"
        if self.chance(60):
            return f"{self.pick('min', 'max')}(({some}), default={self.expr('Ballot', depth - 1)})"
        return f"(max({some}) if {self.scope.state}.votes else {self.expr('Ballot', depth - 1)})"

    def _color(self, depth: int) -> str:
        s = self.scope.state
        options = [lambda: self._atom("Color"), lambda: f"{self.expr('tuple[Node, Color]', depth - 1)}[1]",
                   lambda: f"{self.expr('Note', depth - 1)}.color"]  # fmt: skip
        options += [lambda: f"{s}.colors[{self.expr('Node', depth - 1)}]"] if self.has("colors") else []
        options += [lambda: f"{s}.slots[{self.expr('int', depth - 1)}]"] if self.has("slots") else []
        options += (
            [lambda: f"{s}.table[{self.expr('Node', 0)}][{self.expr('Ballot', depth - 1)}]"]
            if self.has("table")
            else []
        )
        options += [lambda: f"{s}.queue[{self.pick('0', '-1', '1')}]"] if self.has("queue") else []
        for kind, chosen in self.scope.chosen.items():
            if kind == "Map[Node, Color]":
                options += [lambda m=chosen: f"{m}[{self.expr('Node', depth - 1)}]"] * 3  # type: ignore[misc]
            if kind == "Seq[Color, 2]":
                options += [lambda m=chosen: f"{m}[{self.pick('0', '-1', '1')}]"] * 3  # type: ignore[misc]
        return str(self.pick(*options)())  # type: ignore[operator]

    def _optional(self, depth: int) -> str:
        s = self.scope.state
        options = [lambda: self._atom("Ballot | None"), lambda: self.expr("Ballot", depth - 1)]
        options += [lambda: f"{s}.promised[{self.expr('Node', depth - 1)}]"] if self.has("promised") else []
        return str(self.pick(*options)())  # type: ignore[operator]

    def _number(self, depth: int) -> str:
        s, d = self.scope.state, depth - 1
        options = [lambda: self._atom("int | None"), lambda: self.expr("int", d),
                   lambda: f"({self.expr('int', d)} if {self.expr('bool', d)} else None)",
                   lambda: f"max(({self._counted(d)}), default=None)"]  # fmt: skip
        options += [lambda: f"{s}.mixed[1]"] if self.has("mixed") else []
        return str(self.pick(*options)())  # type: ignore[operator]

    def _counted(self, depth: int) -> str:
        x = self.scope.fresh("Node")
        item, condition = self.expr("int", depth), self.expr("bool", depth)
        self.scope.drop("Node")
        return f"{item} for {x} in Node if {condition}"

    def _mix(self, depth: int) -> str:
        return f"({self.expr('bool', depth - 1)}, {self.expr('int | None', depth - 1)})"

    def _rank(self, depth: int) -> str:
        return f"({self.expr('int', depth - 1)}, {self.expr('bool', depth - 1)})"

    def _vote(self, depth: int) -> str:
        return f"Vote({self.expr('Ballot', depth - 1)}, {self.expr('Node', depth - 1)})"

    def _note(self, depth: int) -> str:
        return f"Note({self.expr('Color', depth - 1)}, {self.expr('bool', depth - 1)})"

    def _tick(self, depth: int) -> str:
        return f"Tick({self.expr('int', depth - 1)}, {self.expr('Ballot | None', depth - 1)})"

    def _message(self, depth: int) -> str:
        return self.expr(str(self.pick("Vote", "Note", "Tick")), depth - 1)

    def _union(self, depth: int) -> str:
        return str(self.pick(lambda: self._atom("Vote | Note"), lambda: self.expr("Vote", depth - 1))())  # type: ignore[operator]

    def _pair(self, depth: int) -> str:
        return f"({self.expr('Node', depth - 1)}, {self.expr('Color', depth - 1)})"

    def _couple(self, depth: int) -> str:
        return f"({self.expr('Node', depth - 1)}, {self.expr('Ballot', depth - 1)})"

    def _bool(self, depth: int) -> str:
        s, d = self.scope.state, depth - 1
        options = [
            lambda: f"({self.expr('bool', d)} {self.pick('and', 'or', '|', '&', '^')} {self.expr('bool', d)})",
            lambda: f"(not {self.expr('bool', d)})",
            lambda: f"implies({self.expr('bool', d)}, {self.expr('bool', d)})",
            lambda: self._quantified(d),
            lambda: self._quantified(d),
            lambda: self._membership(d),
            lambda: self._membership(d),
            lambda: f"({self.expr('int', d)} {self.pick('<', '<=', '==', '!=', '>')} {self.expr('int', d)})",
            lambda: f"({self.expr('Ballot', d)} {self.pick('<', '<=', '==', '>=')} {self.expr('Ballot', d)})",
            lambda: self._equality(d),
            lambda: f"({self.set_of('Node', d)} {self.pick('<=', '==', '<', '!=')} {self.set_of('Node', d)})",
            lambda: f"isinstance({s}.last, {self.pick('Vote', 'Note')})",
            lambda: f"(isinstance({s}.last, Vote) and {s}.last.ballot == {self.expr('Ballot', d)})",
        ]
        options += [lambda: f"({s}.maybe is not None and {s}.maybe > {self.expr('int', d)})",
                    lambda: f"({s}.maybe in {{{self.expr('int | None', d)}, {self.expr('int | None', d)}}})"] if self.has("maybe") else []  # fmt: skip
        options += [lambda: f"({self.expr('tuple[int, bool]', d)} in {s}.couples)",
                    lambda: f"any({self.pick('t[1]', 't[0] > 1')} for t in {s}.couples)"] if self.has("couples") else []  # fmt: skip
        options += [lambda: f"({s}.best is not None and {s}.best > {self.expr('Ballot', d)})",
                    lambda: f"({s}.best < {self.expr('Ballot', d)})"] if self.has("best") else []  # fmt: skip
        options += [lambda: f"{s}.up[{self.expr('Node', d)}]"] if self.has("up") else []
        options += [lambda: f"({self.expr('Color', d)} in {s}.queue)"] if self.has("queue") else []
        options += (
            [lambda: f"({s}.queue {self.pick('==', '!=')} [{self.expr('Color', d)}])"] if self.has("queue") else []
        )
        options += [lambda: f"all({s}.up.values())", lambda: f"any({s}.up.values())"] if self.has("up") else []
        options += [lambda: self._items(d)] if self.has("colors") else []
        if "judged" in self.scope.helpers:
            options += [lambda: f"{s}.judged({self.expr('Node', d)}, {self.expr('bool', d)})"]
        if "above" in self.scope.helpers:
            options += [lambda: f"above({self.expr('Vote | Note', d)}, {self.expr('Ballot', d)})"]
        options += [lambda: f"({self.expr('Node', d)} in {s}.bag)"] if self.has("bag") else []
        return str(self.pick(*options)())  # type: ignore[operator]

    def _items(self, depth: int) -> str:
        node, color = self.scope.fresh("Node"), self.scope.fresh("Color")
        body = self.expr("bool", depth)
        self.scope.drop("Color")
        self.scope.drop("Node")
        return f"{self.pick('any', 'all')}({body} for {node}, {color} in {self.scope.state}.colors.items())"

    def _equality(self, depth: int) -> str:
        type_ = str(
            self.pick("Node", "Color", "Ballot | None", "Vote", "Vote | Note", "tuple[Node, Color]", "bool", "Tick",
                      "int | None", "tuple[bool, int | None]", "tuple[int, bool]")
        )  # fmt: skip
        left = self.expr(type_, depth)
        if type_ == "int | None":
            left = f"{self.scope.state}.maybe" if self.has("maybe") else self.expr(type_ := "int", depth)
        if type_ == "Ballot | None":
            left = f"{self.scope.state}.best" if self.has("best") else self.expr(type_ := "Ballot", depth)
        return f"({left} {self.pick('==', '!=')} {self.expr(type_, depth)})"

    def _membership(self, depth: int) -> str:
        type_ = str(self.pick("Node", "Vote", "Vote | Note | Tick", "tuple[Node, Ballot]", "Range[0, 2]"))
        return f"({self.expr(type_, depth)} {self.pick('in', 'not in')} {self.set_of(type_, depth)})"

    def _quantified(self, depth: int) -> str:
        quantifier = self.pick("any", "all")
        clauses, bound = [], []
        for _ in range(int(self.draw(st.integers(1, 2)))):
            type_, domain = self.domain(depth)
            x = self.scope.fresh(type_)
            bound.append(type_)
            condition = f" if {self.expr('bool', depth - 1)}" if self.chance(30) else ""
            clauses.append(f"for {x} in {domain}{condition}")
        body = self.expr("bool", depth)
        for type_ in reversed(bound):
            self.scope.drop(type_)
        return f"{quantifier}({body} {' '.join(clauses)})"

    def domain(self, depth: int) -> tuple[str, str]:
        """Draw something to iterate over, and the type of its elements."""
        s = self.scope.state
        options: list[tuple[str, object]] = [
            ("Node", "Node"),
            ("Ballot", "Ballot"),
            ("Color", "Color"),
            ("Node", "Node"),
        ]
        options += [("int", f"range({self.pick(2, 3)})"), ("Node", lambda: self.set_of("Node", depth))]
        options += [("Vote", lambda: self.set_of("Vote", depth - 1))]
        options += [(t, f"{s}.{v}") for t, names in SETS.items() for v in self.has(*names) if t != "Range[0, 2]"]
        options += [("Node", f"{s}.seen[{self._atom('Ballot')}]")] if self.has("seen") else []
        options += [("Quorum", "Quorum")]
        options += [("Color", f"{s}.queue")] if self.has("queue") else []
        elements = {"Set[Node]": "Node", "Seq[Color, 2]": "Color", "Perm[Node]": "Node"}
        options += [(elements[kind], m) for kind, m in self.scope.chosen.items() if kind in elements] * 2
        quorums = self.scope.locals.get("Quorum", [])
        options += [("Node", quorums[-1])] * 3 if quorums else []
        type_, domain = self.draw(st.sampled_from(options))
        return type_, domain() if callable(domain) else str(domain)

    def set_of(self, type_: str, depth: int) -> str:
        """Draw a set with elements of a type."""
        s = self.scope.state
        stored = [f"{s}.{v}" for v in self.has(*SETS.get(type_, []))]
        stored += [f"{s}.seen[{self._atom('Ballot')}]"] if type_ == "Node" and self.has("seen") else []
        stored += [self.scope.chosen["Set[Node]"]] * 2 if type_ == "Node" and "Set[Node]" in self.scope.chosen else []
        if depth <= 0 or (stored and self.chance(50)):
            return str(self.pick(*stored)) if stored else "{" + self.expr(type_, 0) + "}"
        if self.chance(35):
            return f"({self.set_of(type_, depth - 1)} {self.pick('|', '&', '-', '^')} {self.set_of(type_, depth - 1)})"
        if type_ == "Range[0, 2]":
            return "{" + f"{self.expr('int', depth - 1)}, {self.expr('int', depth - 1)}" + "}"
        inner, domain = ("Node", "Node") if type_ == "Node" and self.chance(60) else self.domain(depth - 1)
        x = self.scope.fresh(inner)
        item = x if inner == type_ and self.chance(60) else self.expr(type_, depth - 1)
        condition = self.expr("bool", depth - 1)
        self.scope.drop(inner)
        return "{" + f"{item} for {x} in {domain} if {condition}" + "}"

    # Statements

    def block(self, depth: int, budget: int, indent: str) -> list[str]:
        """Draw some statements."""
        lines: list[str] = []
        for _ in range(int(self.draw(st.integers(1, budget)))):
            lines += self.statement(depth, indent)
        return lines

    def statement(self, depth: int, indent: str) -> list[str]:
        options = [lambda: self._assignment(depth, indent)] * 4
        if depth > 0:
            options += [lambda: self._branch(depth, indent), lambda: [f"{indent}require({self.expr('bool', depth)})"]]
            options += [lambda: self._loop(depth, indent)] * 2
            options += [lambda: self._local(depth, indent)]
            options += [lambda: self._match(depth, indent)]
            if not self.scope.in_case:
                options += [lambda: [f"{indent}if {self.expr('bool', depth)}:", f"{indent}    return"]]
            if "change" in self.scope.helpers:
                options += [lambda: [f"{indent}self.change({self.expr('Node', depth)}, {self.expr('bool', depth)})"]]
        return self.pick(*options)()  # type: ignore[operator, return-value]

    def _branch(self, depth: int, indent: str) -> list[str]:
        saved = {t: list(n) for t, n in self.scope.locals.items()}
        lines = [f"{indent}if {self.expr('bool', depth)}:", *self.block(depth - 1, 2, indent + "    ")]
        self.scope.locals = {t: list(n) for t, n in saved.items()}
        if self.chance(50):
            lines += [f"{indent}else:", *self.block(depth - 1, 2, indent + "    ")]
            self.scope.locals = {t: list(n) for t, n in saved.items()}
        return lines

    def _match(self, depth: int, indent: str) -> list[str]:
        """A match on a record of a union, by position, by name or as a whole."""
        saved = {t: list(n) for t, n in self.scope.locals.items()}
        subject = f"either({self.expr('Vote | Note', depth - 1)})"
        outer, self.scope.in_case = self.scope.in_case, True
        color, node = self.scope.fresh("Color"), ""
        lines = [f"{indent}match {subject}:", f"{indent}    case Note(color={color}){self._guarded(depth)}:"]
        lines += self.block(depth - 1, 1, indent + "        ")
        self.scope.locals = {t: list(n) for t, n in saved.items()}
        ballot, node = self.scope.fresh("Ballot"), self.scope.fresh("Node")
        lines += [f"{indent}    case Vote({ballot}, {node}){self._guarded(depth)}:"]
        lines += self.block(depth - 1, 1, indent + "        ")
        self.scope.locals = {t: list(n) for t, n in saved.items()}
        if self.chance(50):
            lines += [f"{indent}    case _:", *self.block(depth - 1, 1, indent + "        ")]
            self.scope.locals = {t: list(n) for t, n in saved.items()}
        self.scope.in_case = outer
        return lines

    def _guarded(self, depth: int) -> str:
        return f" if {self.expr('bool', depth - 1)}" if self.chance(30) else ""

    def _local(self, depth: int, indent: str) -> list[str]:
        type_ = str(self.pick("bool", "int", "Node", "Ballot", "Color"))
        value = self.expr(type_, depth)
        return [f"{indent}{self.scope.fresh(type_)} = {value}"]

    def _loop(self, depth: int, indent: str) -> list[str]:
        """A loop whose outcome does not depend on its order, or one over something ordered."""
        maps = self.has("colors", "level", "promised", "up")
        sets = self.has("nodes", "votes", "relation")
        x = self.scope.fresh("Node")
        lines = [f"{indent}for {x} in {self.pick('Node', 'self.nodes') if self.has('nodes') else 'Node'}:"]
        if maps and self.chance(60):
            name = str(self.pick(*maps))
            value = {"colors": "Color", "level": "int", "promised": "Ballot | None", "up": "bool"}[name]
            hidden = self.variables
            self.variables = self.variables - {name}
            lines += [
                f"{indent}    if {self.expr('bool', depth - 1)}:",
                f"{indent}        self.{name}[{x}] = {self.expr(value, depth - 1)}",
            ]
            self.variables = hidden
        elif sets:
            name = str(self.pick(*sets))
            lines = [f"{indent}for {x} in Node:"] if name == "nodes" else lines
            type_ = {"nodes": "Node", "votes": "Vote", "relation": "tuple[Node, Ballot]"}[name]
            hidden = self.variables
            self.variables = self.variables - {name}
            lines += [f"{indent}    self.{name}.{self.pick('add', 'discard')}({self.expr(type_, depth - 1)})"]
            self.variables = hidden
        else:
            lines += [f"{indent}    pass"]
        self.scope.drop("Node")
        return lines

    def _assignment(self, depth: int, indent: str) -> list[str]:
        name = str(self.pick(*sorted(self.variables)))
        return [f"{indent}{line}" for line in self._changes(name, depth)]

    def _changes(self, name: str, depth: int) -> list[str]:
        scalar = {"flag": "bool", "leader": "Node", "ballot": "Ballot", "color": "Color", "best": "Ballot | None",
                  "last": "Vote | Note", "pair": "tuple[Node, Color]"}  # fmt: skip
        keyed = {"colors": ("Node", "Color"), "promised": ("Node", "Ballot | None"), "up": ("Node", "bool"),
                 "slots": ("int", "Color")}  # fmt: skip
        if name in ("leader", "color", "ballot") and self.chance(15):
            x = self.scope.fresh(scalar[name])
            condition = self.expr("bool", depth - 1)
            self.scope.drop(scalar[name])
            return [f"self.{name} = choose({x} for {x} in {scalar[name]} if {condition})"]
        if name in ("flag", "best", "last", "nodes", "up", "queue") and self.chance(12):
            return [f"self.{name} = anything()"]
        if name == "colors" and self.chance(15):
            return [f"self.colors = {{n: choose(c for c in Color if c != {self.expr('Color', 1)}) for n in Node}}"]
        if name in ("flag", "up") and self.chance(25):
            target = "self.flag" if name == "flag" else f"self.up[{self.expr('Node', depth - 1)}]"
            return [f"{target} {self.pick('|=', '&=', '^=')} {self.expr('bool', depth)}"]
        if name in scalar:
            return [f"self.{name} = {self.expr(scalar[name], depth)}"]
        if name == "count":
            return [
                str(
                    self.pick(
                        f"self.count = {self.expr('int', depth)} % 4",
                        "self.count = (self.count + 1) % 4",
                        "self.count += 1",
                    )
                )
            ]
        if name in keyed:
            key, value = keyed[name]
            if key == "Node" and self.chance(30):
                x = self.scope.fresh("Node")
                item = self.expr(value, depth)
                self.scope.drop("Node")
                return [f"self.{name} = {{{x}: {item} for {x} in Node}}"]
            return [f"self.{name}[{self.expr(key, depth - 1)}] = {self.expr(value, depth)}"]
        if name == "maybe":
            number = f"{self.expr('int', depth)} % 3"
            return [str(self.pick(f"self.maybe = {number}", f"self.maybe = ({number} if {self.expr('bool', depth)} else None)",
                                  "self.maybe = None", f"self.maybe = {self.expr('int | None', 1)}"))]  # fmt: skip
        if name == "mixed":
            return [f"self.mixed = ({self.expr('bool', depth)}, {self.expr('int | None', 1)})"]
        if name == "couples":
            couple = f"({self.expr('int', depth)} % 3, {self.expr('bool', depth)})"
            return [str(self.pick(f"self.couples.add({couple})", f"self.couples.discard({self.expr('tuple[int, bool]', depth)})",
                                  f"self.couples |= {{{couple}}}",
                                  f"self.couples = {{({self.pick('x', 'x % 2')}, x == 1) for x in range(3)}}"))]  # fmt: skip
        if name == "level":
            return [f"self.level[{self.expr('Node', depth - 1)}] = {self.expr('int', depth)} % 3"]
        if name == "table":
            return [
                f"self.table[{self.expr('Node', 0)}][{self.expr('Ballot', depth - 1)}] = {self.expr('Color', depth)}"
            ]
        return self._container_changes(name, depth)

    def _container_changes(self, name: str, depth: int) -> list[str]:
        types = {v: t for t, names in SETS.items() for v in names}
        if name in types or name == "seen":
            target = f"self.{name}" if name in types else f"self.seen[{self.expr('Ballot', depth - 1)}]"
            type_ = types.get(name, "Node")
            if self.chance(45):
                return [f"{target}.{self.pick('add', 'discard')}({self.expr(type_, depth)})"]
            if self.chance(60):
                return [f"{target} {self.pick('|=', '-=', '&=', '^=')} {self.set_of(type_, depth)}"]
            return [f"{target} = set({self.set_of(type_, depth)})"]
        if name == "queue" and self.chance(15):
            return [f"for k, x in enumerate({self.pick('self.queue', 'list(self.queue)')}):", "    self.queue[-1] = x"]
        if name == "queue":
            return [str(self.pick(f"self.queue.append({self.expr('Color', depth)})", "self.queue.pop(0)", "self.queue.pop()",
                                  "self.queue.clear()", "self.queue = self.queue[1:]", f"self.queue[0] = {self.expr('Color', depth)}",
                                  f"self.queue = [{self.expr('Color', depth)}, {self._atom('Color')}]"))]  # fmt: skip
        if name == "boxes":
            target = f"self.boxes[{self.expr('Node', depth - 1)}]"
            return (
                [f"{target}.append({self.expr('Ballot', depth)})", f"{target}.pop(0)"]
                if self.chance(50)
                else [f"{target}.clear()"]
            )
        return [
            str(
                self.pick(
                    f"self.bag.add({self.expr('Node', depth)})",
                    f"self.bag.remove({self.expr('Node', depth)})",
                    "self.bag.clear()",
                )
            )
        ]


@st.composite
def models(draw: DrawFn) -> str:
    """Draw the source of a module with one model, ``Random``."""
    optional = sorted(set(VARIABLES) - {"leader", "ballot", "color", "last", "pair"})
    chosen = set(draw(st.lists(st.sampled_from(optional), min_size=2, max_size=6, unique=True)))
    variables = chosen | {"leader", "ballot", "color", "last", "pair"}
    generator = Generator(draw, variables)
    lines = [
        HEADER + ABOVE,
        "class Random(Model):",
        '    """A random model."""',
        "",
        "    default = dict(Node=3, Ballot=2)",
    ]
    lines.append(f"    size: Parameter[int] = {draw(st.integers(0, 2))}")
    for name in VARIABLES:
        if name in variables:
            default = f" = {DEFAULTS[name]}" if name in DEFAULTS else ""
            lines.append(f"    {name}: {VARIABLES[name]}{default}")
    lines.append(INITIAL)
    helpers = tuple(name for name in HELPERS if generator.chance(40))
    lines += _helpers(generator, helpers)
    for index in range(draw(st.integers(1, 4))):
        lines += _action(draw, generator, index, helpers)
    for kind in ("invariant", "reachable", "lemma"):
        generator.scope = Scope(helpers=helpers)
        lines += [f"    @{kind}", f"    def {kind}_0(self) -> bool:", f"        return {generator.expr('bool', 3)}", ""]
    lines += _step_invariant(generator, helpers)
    return _with_structure(draw, "\n".join(lines), variables)


FEW_VALUES = ("flag", "best", "nodes", "up", "promised", "colors", "level", "maybe", "numbers", "queue")
"""Variables that may be structure instead: all their values are ranged over."""


def _with_structure(draw: DrawFn, source: str, variables: set[str]) -> str:
    """Make a variable that nothing changes a part of the structure, now and then, with its default or without."""
    constant = [n for n in FEW_VALUES if n in variables and not re.search(rf"^ +self\.{n}\b", source, re.MULTILINE)]
    if not constant or draw(st.booleans()):
        return source
    name = draw(st.sampled_from(constant))
    declared = f"    {name}: Parameter[{VARIABLES[name]}]"
    default = f" = {DEFAULTS[name]}" if name in DEFAULTS and draw(st.booleans()) else ""
    return re.sub(rf"^    {name}: .*$", declared + default, source, count=1, flags=re.MULTILINE)


HELPERS = ("judged", "greatest", "change", "above")


def _helpers(generator: Generator, names: tuple[str, ...]) -> list[str]:
    """Draw helper methods, and a function of the module, of which each may use those before it."""
    lines = []
    for index, name in enumerate(names):
        generator.scope = Scope(helpers=tuple(n for n in names[:index] if n != "change"))
        match name:
            case "judged":
                node, flag = generator.scope.fresh("Node"), generator.scope.fresh("bool")
                lines += [f"    def judged(self, {node}: Node, {flag}: bool) -> bool:"]
                if generator.chance(50):
                    lines += [
                        f"        if {generator.expr('bool', 1)}:",
                        f"            return {generator.expr('bool', 1)}",
                    ]
                lines += [f"        return {generator.expr('bool', 2)}", ""]
            case "greatest":
                node = generator.scope.fresh("Node")
                lines += [f"    def greatest(self, {node}: Node) -> Ballot:"]
                local = generator.expr("Ballot", 1)
                lines += [f"        {generator.scope.fresh('Ballot')} = {local}"]
                lines += [f"        return {generator.expr('Ballot', 2)}", ""]
            case "change":
                node, flag = generator.scope.fresh("Node"), generator.scope.fresh("bool")
                lines += [f"    def change(self, {node}: Node, {flag}: bool) -> None:"]
                lines += [*generator.block(1, 2, "        "), ""]
    return lines


ABOVE = """
def either(message: Vote | Note) -> Vote | Note:
    return message


def above(message: Vote | Note, ballot: Ballot) -> bool:
    match message:
        case Vote(b, _):
            return b > ballot
        case Note(Color.RED, flag=flag):
            return flag
        case _:
            return False

"""


def _action(draw: DrawFn, generator: Generator, index: int, helpers: tuple[str, ...]) -> list[str]:
    generator.scope = Scope(helpers=helpers)
    types = draw(
        st.lists(st.sampled_from(["Node", "Ballot", "Color", "Quorum", "bool", "Vote", "Ballot | None"]), max_size=2)
    )
    names = [(generator.scope.fresh(type_), type_) for type_ in types]
    if generator.chance(35):
        container = str(generator.pick("Set[Node]", "Map[Node, Color]", "Seq[Color, 2]", "Perm[Node]", "Bag[Node, 2]"))
        names.append((f"chosen{index}", container))
        generator.scope.chosen[container] = f"chosen{index}"
    parameters = "".join(f", {name}: {type_}" for name, type_ in names)
    lines = ["    @action", f"    def action_{index}(self{parameters}) -> None:"]
    if generator.chance(70):
        lines.append(f"        require({generator.expr('bool', 2)})")
    if generator.chance(30):
        lines.append(f"        require({generator.expr('bool', 2)}, {generator.expr('bool', 1)})")
    return [*lines, *generator.block(2, 3, "        "), ""]


def _step_invariant(generator: Generator, helpers: tuple[str, ...]) -> list[str]:
    generator.scope = Scope(helpers=helpers)
    before = generator.expr("bool", 2)
    generator.scope.state = "after"
    after = generator.expr("bool", 2)
    return [
        "    @step_invariant",
        "    def step_0(self, after: 'Random') -> bool:",
        f"        return {before} or {after}",
        "",
    ]
