"""Models with containers inside of their values, invented to compare the engines.

The vocabulary is fixed: records, tuples and optionals with every container in them; what is computed of them, and what
actions make of it, is drawn by type. Every model is well typed; it may fail, where both engines must fail alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.generation.choices import Choices

__all__ = ["FEW", "MANY", "Sizes", "raising_model", "structured_model"]


@dataclass(frozen=True)
class Sizes:
    """How many values the types of a model have, and how deep its expressions are."""

    nodes: int
    items: int
    number: int
    wide: int
    depth: int
    nested: bool
    """Whether there are containers in containers of values, and actions that receive whole messages."""


MANY = Sizes(nodes=2, items=2, number=3, wide=40, depth=2, nested=True)
FEW = Sizes(nodes=1, items=1, number=1, wide=1, depth=1, nested=False)
"""For what goes through all values of the types, one by one."""

NESTED = """\
    wrapped: Set[Wrapped]
    bagged: Bag[Part, {items}]
    history: Seq[Set[Node], {items}]
    likes: Map[Node, Set[Color] | None]
    gathered: Set[Log]
    told: Set[Told]
"""
"""Variables with containers in containers of values."""


def _header(sizes: Sizes) -> str:
    items, number, wide = sizes.items, sizes.number, sizes.wide
    room = items + 1 if sizes.nested else items
    nested = NESTED.format(items=items) if sizes.nested else ""
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


@record
class Log:
    log: Seq[Color, 1]


@record
class Told:
    node: Node
    level: Range[0, 2]


@record
class Wrapped:
    logs: Set[tuple[Node, Seq[Color, {items}]]]
    table: Map[Node, Map[Color, bool]]
    inner: Part | None
    groups: Seq[Set[Node], 1]


class M(Model):
    default = {{"Node": {sizes.nodes}}}
    q: Seq[Color, {items + 1}]
    numbers: Seq[Range[0, {number}], {items}]
    nodes: Set[Node]
    by: Map[Node, Color | None] = everywhere(None)
    logs: Map[Node, Seq[Color, {items}]]
    bag: Bag[Color, {room}]
    parts: Set[Part | Other]
    listed: Set[tuple[Range[0, {wide}], Range[0, {wide}], Seq[Color, {items}]]]
    sets: Set[Set[Node]]
    voters: Set[Node] | None = None
    tally: Map[Color, Range[0, 2]] = everywhere(0)
    line: Seq[Node, 2]
    steps: Range[0, 3] = 0
    boss: Node
{nested}
    @initial
    def begin(self, d: Color, a: Node, b: Node) -> None:
        self.boss = b
        self.q = [Color.RED, d]
        self.line = [a, b]

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
        self.wraps: list[str] = []
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
        match self.choices.number(0, 9 if self.sizes.nested else 5):
            case 0:
                return f"({self.set(d)} {self.pick('|', '&', '-')} {self.set(d)})"
            case 6:
                return f"({self.set(d)} if {self.bool(d)} else {self.set(d)})"
            case 7 if self.wraps:
                wrap = self.pick(*self.wraps)
                return f"{{n for n, log in {wrap}.logs if {self.color(0)} in log}}"
            case 8:
                return f"{{n for group in self.history for n in group if {self.bool(d)}}}"
            case 9:
                groups = self.pick("self.history", *(f"{wrap}.groups" for wrap in self.wraps))
                return f"({groups}[{self.pick('0', '-1')}] if {groups} else {self.set(0)})"
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
        match self.choices.number(0, 16 if self.sizes.nested else 11):
            case 0:
                return f"{self.seq(d)} {self.pick('==', '!=')} {self.seq(d)}"
            case 12:
                return self._over_wrapped(d)
            case 13:
                return f"self.bagged.count({self.part(0)}) {self.pick('== 0', '>= 1', '== 2')}"
            case 14:
                return f"frozen({self.set(d)}) in {self.pick('self.history', *(f'{w}.groups' for w in self.wraps))}"
            case 15:
                likes = f"self.likes[{self.node()}]"
                return f"({likes} is not None and {self.color(0)} in {likes})"
            case 16 if self.parts:
                best = f"{self.pick(*self.parts)}.best"
                return f"({best} is None or {self.pick('len', 'sum')}({best}) {self.pick('<', '==')} {self.int(d)})"
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

    def _over_wrapped(self, depth: int) -> str:
        name = self.fresh()
        self.wraps.append(name)
        table = f"{name}.table[{self.node()}][{self.color(0)}]"
        inner = f"({name}.inner is not None and {self.node()} in {name}.inner.who)"
        logs = f"all({self.color(0)} in log or n == {self.node()} for n, log in {name}.logs)"
        test = self.pick(table, inner, logs, self.bool(depth), f"{self.wrapped(0)} == {name}")
        self.wraps.remove(name)
        return f"{self.pick('any', 'all')}({test} for {name} in self.wrapped)"

    def wrapped(self, depth: int) -> str:
        """Return a value with containers in containers."""
        items = self.sizes.items
        logs = self.pick(
            "set()", f"{{({self.node()}, frozen({self.seq(depth)}[:{items}]))}}", *(f"{w}.logs" for w in self.wraps)
        )
        by = f"{self.node()} == k and {self.bool(depth)}"
        table = self.pick(
            f"{{k: {{e: {by} and e == {self.color(0)} for e in Color}} for k in Node}}",
            *(f"{w}.table" for w in self.wraps),
        )
        inner = self.pick("None", self.part(0), *self.parts, *(f"{w}.inner" for w in self.wraps))
        groups = self.pick(
            "[]", f"[frozen({self.set(depth)})]", "self.history[:1]", *(f"{w}.groups" for w in self.wraps)
        )
        return f"Wrapped({logs}, {table}, {inner}, {groups})"

    def _over_parts(self, depth: int) -> str:
        name = self.fresh()
        self.parts.append(name)
        if self.sizes.nested and self.choices.chance(30):
            text = f"{self.pick('any', 'all')}({self.bool(depth)} for {name} in self.bagged)"
            self.parts.remove(name)
            return text
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
        match self.choices.number(0, 25 if self.sizes.nested else 15):
            case 25:
                return self.pick("self.bag = Bag()", *(f"self.bag = Bag({part}.some)" for part in self.parts))
            case 14:
                return self._counting() if self.choices.chance(60) else self._gathering()
            case 15:
                return self.pick(
                    "if self.sets:\n            self.nodes = set(choose(self.sets))",
                    f"if self.sets:\n            self.voters = choose(s for s in self.sets if {self.node()} in s)",
                    "self.q = list(choose(m.log for m in self.parts if isinstance(m, Part)))",
                )
            case 21:
                return f"self.wrapped.add({self.wrapped(1)})"
            case 22:
                added = [f"\n        self.bag.add({self.color(0)})" for _ in range(items + 1)]
                return f"self.bag.clear(){''.join(added)}\n        self.parts.add({self.part(0)})"
            case 23:
                # Its sets are not words that are there: they are gathered, element by element.
                kinds = self.pick("isinstance(m, Other)", f"isinstance(m, Other) and m.node != {self.node()}")
                who = self.pick(
                    f"{{m.node for m in self.parts if {kinds}}}",
                    "{self.line[0 if k in self.nodes else 1] for k in Node}",
                )
                before = "self.parts |= {Other(k) for k in Node}"
                return f"{before}\n        self.parts.add(Part([], {who}, self.by, self.bag, None))"
            case 24:
                return f"if len(self.bagged) < {items}:\n            self.bagged.add({self.part(1)})"
            case 16:
                part = self.part(0)
                return f"if {part} in self.bagged:\n            self.bagged.remove({part})"
            case 17:
                return f"if len(self.history) < {items}:\n            self.history.append(frozen({self.set(d)}))"
            case 18:
                name, at = self.fresh(), self.pick("0", "-1")
                use = self.pick(f"self.nodes = set({name})", f"self.sets.add({name})", f"self.voters = {name}")
                return f"if self.history:\n            {name} = self.history.pop({at})\n            {use}"
            case 19:
                value = self.pick(
                    "None", f"frozen({{{self.color(0)}}})", f"frozen({{e for e in Color if {self.bool(1)}}})"
                )
                return f"self.likes[{self.node()}] = {value}"
            case 20:
                return self.taken()
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
                room = items + 1 if self.sizes.nested and self.choices.chance(15) else items
                return f"if len(self.bag) < {room}:\n            self.bag.add({self.color(1)})"
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

    def _gathering(self) -> str:
        """A loop that builds a list of what is not in it yet; a list is no item of a list of its items."""
        kept, node = self.fresh(), self.fresh()
        self.nodes.append(node)
        item = self.color(1)
        added = self.pick(f"[{item}]", f"self.logs[{node}]", "self.q")
        self.nodes.remove(node)
        asked = self.pick(item, added)
        step = self.pick(
            f"{kept}.append({asked})" if asked == item else f"{kept}.extend({asked})", f"{kept} += {added}"
        )
        loop = f"for {node} in self.line:\n            if ({asked}) not in {kept}:\n                {step}"
        return f"{kept}: list[Color] = []\n        {loop}\n        self.q = {kept}[:{self.sizes.items + 1}]"

    def _counting(self) -> str:
        """A loop that counts what a sequence holds, where an element may be twice."""
        key = self.pick("k", "k", self.color(0))
        step = self.pick("= min(self.tally[{}] + 1, 2)", "+= 1", "= 2 - self.tally[{}]").format(key)
        return f"for k in {self.pick('self.q', 'self.q', 'list(self.q)')}:\n            self.tally[{key}] {step}"

    def taken(self) -> str:
        """What is part of a message becomes what a variable holds."""
        items = self.sizes.items
        forms = ["self.steps = min(self.steps + 1, 3)"]
        for part in self.parts:
            forms += [
                f"self.nodes = {self.pick(f'{part}.who', f'set({part}.who)')}",
                f"self.by = {self.pick(f'{part}.by', f'dict({part}.by)')}",
                f"self.q = list({part}.log)",
                f"self.logs[{self.node()}] = {part}.log",
                f"if {part}.best is not None:\n            self.numbers = {part}.best",
                f"self.numbers = list(some({part}.best))",
                f"require({part}.best is not None)\n        self.numbers = {part}.best[:{items}]",
            ]
        for wrap in self.wraps:
            forms += [
                f"for n0, log0 in {wrap}.logs:\n            self.nodes.add(n0)",
                f"if {wrap}.inner is not None:\n            self.parts.add({wrap}.inner)",
                f"self.parts.discard(some({wrap}.inner))",
                f"self.history = {wrap}.groups",
            ]
        return self.pick(*forms)


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
    if sizes.nested:
        lines += _receiving(writer, choices)
        lines += _choosing(writer)
    lines.append("    @action\n    def other(self, n: Node) -> None:\n        require(self.steps < 3)")
    lines.append("        self.steps += 1\n        self.parts.add(Other(n))\n")
    for index in range(2):
        writer.nodes, writer.colors = ["n"], []
        claim = writer.bool(sizes.depth + 1)
        lines.append(f"    @invariant\n    def claim{index}(self, n: Node) -> bool:\n        return {claim}\n")
    lines.append(f"\ndef abs40(n: int) -> int:\n    return n % {sizes.wide}\n")
    return "\n".join(lines)


def raising_model(choices: Choices) -> str:
    """Return a model that fills a set of small records, with a claim of which a part may raise for some of them.

    What excludes elements stands before the part that raises or after it, where Python comes too late to it. Nothing is
    told of the boss, so that what is restricted to it by mistake raises nowhere. Nothing else raises, since no claim is
    decided where the model's own code fails.
    """
    quantifier, joined, differs = choices.pick([("any", "and", "=="), ("all", "or", "!=")])
    divisor = choices.pick(["t.level", "(t.level - 1)", "(self.steps - 2)", "len(self.nodes)"])
    raising = f"2 // {divisor} {choices.pick(['> 0', '< 0', '> 5'])}"
    excluding = choices.pick([f"t.node {differs} self.boss", f"t.level {differs} self.steps", f"t.node {differs} n"])
    claim = f" {joined} ".join(choices.pick([(raising, excluding), (excluding, raising)]))
    lines = [
        "    @action\n    def tell(self, n: Node) -> None:\n        require(n != self.boss, self.steps < 3)",
        "        self.steps += 1\n        self.told.add(Told(n, self.steps - 1))\n",
        "    @action\n    def join(self, n: Node) -> None:\n        self.nodes.add(n)\n",
        "    @invariant\n    def is_told(self, n: Node) -> bool:",
        f"        return {quantifier}({claim} for t in self.told)\n",
    ]
    return "\n".join([_header(MANY), *lines])


def _receiving(writer: _Writer, choices: Choices) -> list[str]:
    """Return actions that take messages, whatever is in them."""
    writer.nodes, writer.colors, writer.parts = ["n"], ["c"], ["m"]
    lines = ["    @action\n    def take(self, m: Part, n: Node, c: Color) -> None:"]
    lines.append("        require(m in self.parts)\n        require(self.steps < 3)")
    lines.append(f"        self.steps += 1\n        {writer.pick('self.parts.discard(m)', 'self.parts.add(m)')}")
    lines += [f"        {writer.pick(writer.statement(), writer.taken())}" for _ in range(choices.number(1, 2))]
    lines += _drawing(writer)
    writer.parts, writer.wraps = [], ["w"]
    lines.append("\n    @action\n    def unwrap(self, w: Wrapped, n: Node, c: Color) -> None:")
    lines.append("        require(w in self.wrapped)\n        require(self.steps < 3)\n        self.steps += 1")
    lines += [f"        {writer.pick(writer.statement(), writer.taken())}" for _ in range(choices.number(1, 2))]
    writer.wraps = []
    return [*lines, ""]


def _drawing(writer: _Writer) -> list[str]:
    """Return an action that puts a message into a bag, perhaps twice, and one that draws from what is there."""
    room, writer.parts = f"len(self.bagged) < {writer.sizes.items}", []
    lines = ["\n    @action\n    def post(self, n: Node, c: Color) -> None:"]
    lines.append(f"        require(self.steps < 3, {room})\n        self.steps += 1")
    message = writer.part(0)
    lines.append(f"        self.bagged.add({message})")
    lines += writer.pick((), (f"        if {room}:\n            self.bagged.add({message})",))
    writer.parts = ["m"]
    lines.append("\n    @action\n    def draw(self, m: Part, n: Node, c: Color) -> None:")
    lines.append("        require(m in self.bagged)\n        require(self.steps < 3)\n        self.steps += 1")
    changes = f"if {room}:\n            self.bagged.add(m)", "self.bagged.remove(m)", "self.parts.add(m)"
    lines.append(f"        {writer.pick(*changes)}\n        {writer.taken()}")
    return lines


def _choosing(writer: _Writer) -> list[str]:
    """Return an action that chooses a container of values that hold containers themselves."""
    kind = writer.pick("Set[Log]", "Map[Node, Log]", "Seq[Log, 2]", "Bag[Log, 2]")
    logs = "some.values()" if kind.startswith("Map") else "some"
    test = writer.pick("len(one.log) == 1", "c not in one.log", "one.log == self.q", "one in self.gathered")
    use = writer.pick(
        f"self.gathered = {{one for one in {logs}}}",
        f"self.gathered |= {{one for one in {logs} if {test}}}",
        f"if any({test} for one in {logs}):\n            self.nodes.add(n)",
    )
    return [
        f"    @action\n    def gather(self, some: {kind}, n: Node, c: Color) -> None:",
        f"        require(self.steps < 3, {writer.pick('any', 'all')}({test} for one in {logs}))",
        f"        self.steps += 1\n        {use}\n",
    ]
