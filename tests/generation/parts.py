"""Models with containers inside of their values, invented to compare the engines.

The vocabulary is fixed: records, tuples and optionals with every container in them; what is computed of them, and what
actions make of it, is drawn by type. Every model is well typed; it may fail, where both engines must fail alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.generation.choices import Choices

__all__ = ["FEW", "MANY", "Sizes", "structured_model"]


@dataclass(frozen=True)
class Sizes:
    """How many values the types of a model have, and how deep its expressions are."""

    nodes: int
    items: int
    number: int
    wide: int
    depth: int


MANY = Sizes(nodes=2, items=2, number=3, wide=40, depth=2)
FEW = Sizes(nodes=1, items=1, number=1, wide=1, depth=1)
"""For what goes through all values of the types, one by one."""


def _header(sizes: Sizes) -> str:
    items, number, wide = sizes.items, sizes.number, sizes.wide
    return f'''\
from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Color(Enum):
    RED, BLUE = range(2)


@record
class Part:
    log: Seq[Color, {items}]
    who: Set[Node]
    by: Map[Node, Color | None]
    some: Bag[Color, {items}]
    best: Seq[Range[0, {number}], {items}] | None = None


@record
class Other:
    node: Node


class M(Model):
    default = {{"Node": {sizes.nodes}}}
    q: Seq[Color, {items + 1}]
    numbers: Seq[Range[0, {number}], {items}]
    nodes: Set[Node]
    by: Map[Node, Color | None] = everywhere(None)
    logs: Map[Node, Seq[Color, {items}]]
    bag: Bag[Color, {items}]
    parts: Set[Part | Other]
    listed: Set[tuple[Range[0, {wide}], Range[0, {wide}], Seq[Color, {items}]]]
    sets: Set[Set[Node]]
    voters: Set[Node] | None = None
    steps: Range[0, 3] = 0

    @terminal
    def over(self) -> bool:
        return True

'''


class _Writer:
    """Draws the text of expressions and statements."""

    def __init__(self, choices: Choices, sizes: Sizes) -> None:
        self.choices = choices
        self.sizes = sizes
        self.parts: list[str] = []
        self.nodes: list[str] = []
        self.colors: list[str] = []
        self.count = 0

    def fresh(self) -> str:
        self.count += 1
        return f"x{self.count}"

    def pick(self, *options: str) -> str:
        return self.choices.pick(list(options))

    def color(self, depth: int) -> str:
        if depth > 0 and self.choices.chance(30):
            items = self.seq(depth - 1)
            return f"({items}[{self.pick('0', '-1')}] if {items} else {self.color(0)})"
        return self.pick("Color.RED", "Color.BLUE", *self.colors)

    def node(self) -> str:
        return self.pick(*self.nodes)

    def seq(self, depth: int) -> str:
        atoms = ["self.q", f"self.logs[{self.node()}]", *(f"{part}.log" for part in self.parts)]
        if depth <= 0:
            return self.pick(*atoms)
        d = depth - 1
        match self.choices.number(0, 7):
            case 0:
                return f"({self.seq(d)} + {self.seq(d)})"
            case 1:
                return f"[{self.color(d)}, *{self.seq(d)}]"
            case 2:
                return self._filtered(d)
            case 3:
                return f"{self.seq(d)}[{self.int(d)}:]"
            case 4:
                return f"{self.seq(d)}[:{self.int(d)}]"
            case 5:
                return f"{self.seq(d)}[{self.int(d)} : {self.int(d)}]"
            case 6:
                return f"[{self.color(d)}]"
            case _:
                return self.pick(*atoms)

    def _filtered(self, depth: int) -> str:
        name, domain = self.fresh(), self.seq(depth)
        over = self.pick(domain, f"reversed({domain})")
        self.colors.append(name)
        text = f"[{self.color(0)} for {name} in {over} if {self.bool(depth)}]"
        self.colors.remove(name)
        return text

    def int(self, depth: int) -> str:
        if depth <= 0:
            return self.pick("0", "1", "2", "-1", "self.steps")
        d = depth - 1
        match self.choices.number(0, 6):
            case 0:
                return f"len({self.seq(d)})"
            case 1:
                return f"len({self.set(d)})"
            case 2:
                return f"{self.seq(d)}.count({self.color(d)})"
            case 3:
                color = self.color(0)
                items = self.seq(d)
                return f"({items}.index({color}) if {color} in {items} else 3)"
            case 4:
                bag = self.pick("self.bag", *(f"{part}.some" for part in self.parts))
                return f"sum(1 for c in {bag} if c == {self.color(0)})"
            case 5:
                return f"max((i for i, c in enumerate({self.seq(d)}) if c == {self.color(0)}), default={self.int(0)})"
            case _:
                return f"({self.int(d)} + {self.int(d)})"

    def set(self, depth: int) -> str:
        atoms = ["self.nodes", *(f"{part}.who" for part in self.parts)]
        if depth <= 0:
            return self.pick(*atoms)
        d = depth - 1
        match self.choices.number(0, 5):
            case 0:
                return f"({self.set(d)} {self.pick('|', '&', '-')} {self.set(d)})"
            case 1:
                return "{" + self.node() + "}"
            case 2:
                name, domain = self.fresh(), self.pick("Node", self.set(d))
                self.nodes.append(name)
                text = f"{{{name} for {name} in {domain} if {self.bool(d)}}}"
                self.nodes.remove(name)
                return text
            case 3:
                return f"{{n for s in self.sets for n in s if {self.bool(d)}}}"
            case 4:
                return f"set({self.set(d)})"
            case _:
                return self.pick(*atoms)

    def bool(self, depth: int) -> str:
        if depth <= 0:
            return self.pick("True", f"{self.node()} in self.nodes", f"{self.color(0)} in self.q", "self.steps > 1")
        d = depth - 1
        match self.choices.number(0, 11):
            case 0:
                return f"{self.seq(d)} {self.pick('==', '!=')} {self.seq(d)}"
            case 1:
                return f"{self.color(d)} in {self.seq(d)}"
            case 2:
                return f"{self.node()} in {self.set(d)}"
            case 3:
                return f"{self.set(d)} {self.pick('==', '<=', '<')} {self.set(d)}"
            case 4:
                return self._over_parts(d)
            case 5:
                return f"{self.part(d)} in self.parts"
            case 6:
                return f"frozen({self.set(d)}) in self.sets"
            case 7:
                return f"(self.voters is not None and {self.node()} in self.voters)"
            case 8:
                return f"all(c == e for c, e in zip({self.seq(d)}, {self.seq(d)}, strict=False))"
            case 9:
                part = self.pick("self", *self.parts)
                return f"{part}.by[{self.node()}] {self.pick('is None', '== ' + self.color(0))}"
            case 10:
                return f"({self.bool(d)} {self.pick('and', 'or')} {self.bool(d)})"
            case _:
                return f"{self.int(d)} {self.pick('<', '==')} {self.int(d)}"

    def _over_parts(self, depth: int) -> str:
        name = self.fresh()
        self.parts.append(name)
        text = f"{self.pick('any', 'all')}({self.bool(depth)} for {name} in self.parts if isinstance({name}, Part))"
        self.parts.remove(name)
        return text

    def part(self, depth: int) -> str:
        by = self.pick(
            "self.by", f"{{k: {self.pick('None', self.color(0))} for k in Node}}", *(f"{p}.by" for p in self.parts)
        )
        best = self.pick(
            "None", "self.numbers", "[1]", "[len(self.q)]" if self.sizes.items == 1 else "[0, len(self.q)]"
        )
        log = self.seq(depth) if self.choices.chance(20) else f"{self.seq(depth)}[:{self.sizes.items}]"
        some = self.pick("self.bag", *(f"{p}.some" for p in self.parts))
        return f"Part({log}, {self.set(depth)}, {by}, {some}, {best})"

    def statement(self) -> str:
        d, items = self.sizes.depth, self.sizes.items
        match self.choices.number(0, 13):
            case 0:
                return (
                    f"self.q = {self.seq(d)}[:{items + 1}]"
                    if self.choices.chance(85)
                    else f"self.q = list({self.seq(0)})"
                )
            case 1:
                return f"self.q.insert({self.int(1)}, {self.color(1)})"
            case 2:
                return f"if len(self.q) > 1:\n            self.q.pop({self.pick('1', '-2', '0', '-1')})"
            case 3 | 4:
                return f"self.parts.add({self.part(1)})"
            case 5:
                name = self.fresh()
                self.parts.append(name)
                kept = f"not isinstance({name}, Part) or {self.bool(1)}"
                text = f"self.parts = {{{name} for {name} in self.parts if {kept}}}"
                self.parts.remove(name)
                return text
            case 6:
                return f"self.nodes = set({self.set(d)})"
            case 7:
                return self.pick("self.by = everywhere(None)", f"self.by[{self.node()}] = {self.color(1)}",
                                 f"self.by = {{k: {self.color(1)} for k in Node}}")  # fmt: skip
            case 8:
                return f"if len(self.bag) < {items}:\n            self.bag.add({self.color(1)})"
            case 9:
                return self.pick("self.voters = None", f"self.voters = frozen({self.set(d)})")
            case 10:
                numbers = f"abs40({self.int(1)}), len(self.q) * {self.sizes.wide // 3}"
                return f"self.listed.add(({numbers}, frozen({self.seq(1)}[:{items}])))"
            case 11:
                return f"self.sets.{self.pick('add', 'discard')}(frozen({self.set(d)}))"
            case 12:
                return f"self.logs[{self.node()}] = {self.seq(d)}[:{items}]"
            case _:
                return f"self.listed -= {{t for t in self.listed if {self.color(0)} in t[2]}}"


def structured_model(choices: Choices, sizes: Sizes = MANY) -> str:
    """Return the source of a model."""
    writer, lines = _Writer(choices, sizes), [_header(sizes)]
    for index in range(choices.number(2, 4)):
        writer.nodes, writer.colors = ["n"], ["c"]
        lines.append(f"    @action\n    def act{index}(self, n: Node, c: Color) -> None:")
        lines.append("        require(self.steps < 3)\n        self.steps += 1")
        lines += [f"        {writer.statement()}" for _ in range(choices.number(1, 3))]
        lines.append("")
    writer.nodes = ["m.node"]
    lines.append("    @action\n    def drawn(self, m: Other, c: Color) -> None:\n        require(m in self.parts)")
    lines.append("        require(self.steps < 3)\n        self.steps += 1\n        self.parts.discard(m)")
    lines.append(f"        {writer.statement()}\n")
    lines.append("    @action\n    def other(self, n: Node) -> None:\n        require(self.steps < 3)")
    lines.append("        self.steps += 1\n        self.parts.add(Other(n))\n")
    for index in range(2):
        writer.nodes, writer.colors = ["n"], []
        claim = writer.bool(sizes.depth + 1)
        lines.append(f"    @invariant\n    def claim{index}(self, n: Node) -> bool:\n        return {claim}\n")
    lines.append(f"\ndef abs40(n: int) -> int:\n    return n % {sizes.wide}\n")
    return "\n".join(lines)
