"""Models that copy containers, change the copies, hand them to helpers, and write them back or only ask about them.

Python knows which names denote one object; to the front end, a name for a container stands for an expression. So each
statement is drawn as Python has it, and stays in the model if the front end accepts it there. What is accepted has to
mean what CPython makes of it: the interpreter runs the source, and the formulas and machine code are held against it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from assay.checker.engine import reference
from assay.checker.engine.native import explorer as native
from assay.checker.errors import ModelError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.loader import load
from assay.proofs.encoding.problem import encode

from tests.generation.choices import Choices, Seeded
from tests.generation.drawn import seen
from tests.proofs.encoding.agreement import disagreements, scattered_states

__all__ = ["copied_differently", "copying_model"]

_NATIVELY = 4
"""One model in so many is explored natively, too: what is compiled for it takes seconds."""

_STATES = 12
"""The states in which formulas are compared with the code."""


def copied_differently(seed: int, folder: Path) -> str | None:
    """Return what was seen of a seed's model, if CPython makes something else of its copies than the front end."""
    path = folder / f"copied_{seed}.py"
    path.write_text(copying_model(Seeded(seed), _refusing(folder, f"trial_{seed}")))
    specification = load(str(path)).specification
    instance = instantiate(specification)
    problem = encode(specification, instance=instance)
    with instance.active():
        found = next(disagreements(problem, instance, scattered_states(instance, _STATES, 6)), None)
    if found is not None:
        return f"{found}\n{path.read_text()}"
    if seed % _NATIVELY:
        return None
    both = seen(reference.explore, path), seen(native.explore, path)
    return None if both[0] == both[1] else f"by the interpreter: {both[0]}\nnatively: {both[1]}\n{path.read_text()}"


def _refusing(folder: Path, name: str) -> Callable[[str], bool]:
    """Return what says whether the front end refuses a module, each in a file of its own."""
    paths = (folder / f"{name}_{index}.py" for index in itertools.count())

    def refuse(source: str) -> bool:
        path = next(paths)
        path.write_text(source)
        try:
            compile_model(load(str(path)).specification)
        except ModelError:
            return True
        return False

    return refuse


Scope = dict[str, str]
"""The local names, and of what kind each is."""

_HEAD = '''\
from assay.checker.language import *


class Node(Order):
    """A node."""


@record
class Note:
    """What one has seen."""

    who: Set[Node]
    log: Seq[Node, 2]
    by: Map[Node, bool]
    some: Bag[Node, 2]


class Copied(Model):
    """An invented model."""

    default = {"Node": 2}
    queue: Seq[Node, 4]
    other: Seq[Node, 4]
    nodes: Set[Node]
    seen: Set[Node]
    held: Map[Node, Set[Node]]
    lines: Map[Node, Seq[Node, 2]]
    votes: Map[Node, bool] = everywhere(False)
    marks: Map[Node, bool] = everywhere(False)
    bag: Bag[Node, 3]
    spare: Bag[Node, 3]
    groups: Set[Set[Node]]
    note: Note | None = None
    first: Node = anything()
    count: Range[0, 4] = 0
    flag: bool = False
'''

_FILLING = """
    @initial
    def begin(self, n: Node, m: Node) -> None:
        self.queue = [n, m]
        self.other = [m]
        self.nodes = {n}
        self.held[n] = {m}
        self.lines[n] = [m, n]
        self.votes[m] = True
        self.bag.add(n)
        self.note = Note({m}, [n], {k: k == m for k in Node}, self.bag)

    @action
    def put(self, n: Node, m: Node) -> None:
        require(len(self.queue) < 3)
        self.queue.append(n)
        self.lines[m] = [n]
        self.bag.add(m)

    @action
    def learn(self, n: Node, m: Node) -> None:
        require(n not in self.nodes)
        self.nodes.add(n)
        self.held[m].add(n)
        self.votes[n] = True

    @action
    def tell(self) -> None:
        require(len(self.queue) < 3, len(self.bag) < 3)
        self.note = Note(self.nodes, self.queue, self.votes, self.bag)
        self.groups.add(frozen(self.nodes))
"""

_PLACES = {
    "list": ["self.queue", "self.other", "self.lines[{n}]"],
    "set": ["self.nodes", "self.seen", "self.held[{n}]"],
    "map": ["self.votes", "self.marks"],
    "bag": ["self.bag", "self.spare"],
    "note": ["self.note"],
    "node": ["self.first"],
    "number": ["self.count"],
    "truth": ["self.flag", "self.votes[{n}]", "self.marks[{n}]"],
}
"""What an action may assign to."""

_MADE = {
    "list": [
        "list({list})", "list({list})", "{list}[:]", "{list}[:2]", "{list}[1:]", "[x for x in {list}]", "[*{list}]",
        "[*{list}, {node}]", "{list} + [{node}]", "{list}.copy()", "list(reversed({list}))", "sorted({list})",
        "sorted({set})", "[{node}]", "[]", "[x for x in {list} if x in {set}]", "({list} if {truth} else {list})",
        "[{node} if k == 0 else x for k, x in enumerate({list})]", "{note}.log", "list({note}.log)", "{list}[::-1]",
        "[x for x in {bag}]", "{list} + {list}", "list[Node]()", "[x for x in Node if x in {set}]",
    ],
    "set": [
        "set({set})", "set({set})", "{{x for x in {set}}}", "{set} | {{{node}}}", "{set} - {{{node}}}", "{set}.copy()",
        "{set} & {set}", "set({list})", "{{{node}}}", "set()", "({set} if {truth} else {set})", "{note}.who",
        "set({note}.who)", "{set}.union({set})", "{set}.difference({list})", "set[Node]()", "{{*{set}, {node}}}",
        "{{x for g in self.groups for x in g}}",
        "{{x for x in Node if {map}[x]}}", "{{x for x in {list} if x not in {set}}}", "frozen({set})",
    ],
    "map": [
        "dict({map})", "dict({map})", "{{k: {map}[k] for k in Node}}", "{{k: k in {set} for k in Node}}",
        "{map}.copy()", "{{k: v for k, v in {map}.items()}}", "dict.fromkeys(Node, {truth})", "{note}.by",
        "dict({note}.by)", "{{**{map}}}", "{map} | {map}", "everywhere({truth})",
    ],
    "bag": ["Bag({bag})", "Bag({list})", "{note}.some", "Bag({note}.some)", "Bag()", "{bag}.copy()"],
    "note": ["Note({set}, {list}[:2], {map}, {bag})", "Note(set(), [], {map}, Bag())"],
    "node": ["n", "m", "n", "first(Node)", "{list}[0]", "{list}[-1]", "min({set})", "max({list}, default=n)",
             "next((x for x in {list} if x != n), n)", "choose({set})", "choose(x for x in Node if x not in {set})"],
    "number": [
        "len({list})", "len({set})", "{list}.count({node})", "sum(1 for x in {list} if x in {set})", "len({bag})",
        "{bag}.count({node})", "min({number}, 2)", "sum(1 for x in Node if {map}[x])", "len([*{list}, {node}])", "1",
    ],
    "truth": [
        "{node} in {set}", "{node} in {list}", "{node} not in {bag}", "{map}[{node}]", "{list} == {list}",
        "{set} <= {set}", "{set} == {set}", "len({list}) > 1", "len({set}) < 2", "{list}[:1] == [{node}]", "not {set}",
        "{number} < 2", "all(x in {set} for x in {list})", "any({map}[x] for x in {set})", "{number} == {number}",
        "all({map}[x] == {map}[x] for x in Node)", "{note}.who == {set}", "frozen({set}) in self.groups",
        "{note} == {note}", "any({node} in g for g in self.groups)", "{note}.log == {list}",
    ],
}  # fmt: skip
"""What is computed of each kind."""

_CHANGES = {
    "list": [
        "{c}.append({node})", "{c}.append({node})", "{c}.extend({list})", "{c}.extend([{node}])", "{c} += [{node}]",
        "{c} += {list}", "{c}.insert(0, {node})", "{c}.insert(1, {node})", "{c}.pop()", "{c}.pop(0)", "{c}.pop(1)",
        "{c}.remove({node})", "{c}.clear()", "{c}[0] = {node}", "{c}[0] = {node}", "{c}[-1] = {node}",
        "{c}.reverse()", "{c}.sort()",
        "del {c}[0]", "self.first = {c}.pop(0)", "self.first = {c}.pop()", "{new} = {c}.pop(0)", "{new} = {c}.pop()",
        "{c}[:] = {list}", "{c}[0], self.first = self.first, {c}[0]", "{c} = {c}[1:]", "{c} = {c} + [{node}]",
        "if {node} not in {c}:\n    {c}.append({node})", "self.first, self.flag = {c}.pop(0), {truth}",
    ],
    "set": [
        "{c}.add({node})", "{c}.add({node})", "{c}.discard({node})", "{c}.remove({node})", "{c}.update({set})",
        "{c}.difference_update({set})", "{c}.intersection_update({set})", "{c} |= {set}", "{c} -= {set}",
        "{c} &= {set}",
        "{c}.clear()", "{c} ^= {set}", "{new} = {c}.pop()", "{c} = {c} | {{{node}}}", "{c} = {c} - {set}",
        "if {node} in {c}:\n    {c}.discard({node})", "{c}.update({list})",
    ],
    "map": [
        "{c}[{node}] = {truth}", "{c}[{node}] = {truth}", "{c}[{node}] = not {c}[{node}]", "{c}.update({map})",
        "{c} |= {map}", "{c}.clear()", "{c}.pop({node})", "del {c}[{node}]", "{c}.setdefault({node}, {truth})",
    ],
    "bag": ["{c}.add({node})", "{c}.add({node})", "{c}.remove({node})", "{c}.clear()"],
    "note": ["{c}.who.add({node})", "{c}.log.append({node})", "{c}.by[{node}] = {truth}", "{c}.some.add({node})"],
}  # fmt: skip
"""Changes in place, and what looks like one."""

_CONTAINERS = list(_CHANGES)
_COPIES = {"list": "list", "set": "set", "map": "dict", "bag": "Bag"}
_TYPES = {
    "list": "list[Node]", "set": "set[Node]", "map": "dict[Node, bool]", "bag": "Bag[Node, 3]", "note": "Note",
    "node": "Node", "number": "int", "truth": "bool",
}  # fmt: skip
_CHOSEN = {"list": "Seq[Node, 2]", "set": "Set[Node]", "map": "Map[Node, bool]"}


@dataclass(frozen=True)
class Helper:
    """A method that takes containers: of what kinds, what it returns, and its lines."""

    name: str
    takes: tuple[str, ...]
    gives: str | None
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """What a method is mostly about: copies of many kinds, of many variables, would rarely meet."""

    kinds: tuple[str, str]
    places: dict[str, list[str]]


def _subject(choices: Choices) -> Subject:
    kinds = choices.pick(["list", "list", "set"]), choices.pick(_CONTAINERS)
    return Subject(kinds, {kind: [choices.pick(places) for _ in range(2)] for kind, places in _PLACES.items()})


@dataclass
class Writer:
    """Draws the statements of a method."""

    choices: Choices
    changes: bool
    """Whether the method is one of an action."""

    subject: Subject
    scope: Scope = field(default_factory=dict)
    helpers: tuple[Helper, ...] = ()
    count: int = 0

    def kind(self) -> str:
        """Return a kind of container."""
        return self.choices.pick([*self.subject.kinds[:1] * 6, *self.subject.kinds[1:], *_CONTAINERS])

    def place(self, kind: str) -> str:
        """Return a variable of a kind, or an entry of one."""
        places = self.subject.places if self.choices.chance(85) else _PLACES
        return self.choices.pick(places[kind]).replace("{n}", self.choices.pick(["n", "n", "m"]))

    def fresh(self, kind: str) -> str:
        """Return a new local name."""
        self.count += 1
        name = f"{kind[0]}{self.count}"
        self.scope[name] = kind
        return name

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Forget afterwards which names are bound within."""
        saved = dict(self.scope)
        try:
            yield
        finally:
            self.scope = saved

    def expr(self, kind: str, depth: int = 1) -> str:
        """Return an expression of a kind."""
        names = [name for name, of in self.scope.items() if of == kind]
        if names and self.choices.chance(55):
            return self.choices.pick(names)
        called = [helper for helper in self.helpers if helper.gives == kind]
        if called and depth > 0 and self.choices.chance(25):
            return self.call(self.choices.pick(called), depth)
        if depth <= 0 or (kind in _CONTAINERS and self.choices.chance(25)):
            return self.atom(kind)
        return self.fill(self.choices.pick(_MADE[kind]), depth - 1)

    def atom(self, kind: str) -> str:
        """Return what is neither computed nor local."""
        if kind == "node":
            return self.choices.pick(["n", "m", "n", "self.first"])
        place = self.place(kind)
        return "some(self.note)" if place == "self.note" and self.changes and self.choices.chance(70) else place

    def fill(self, form: str, depth: int, **given: str) -> str:
        """Return a form with expressions in its places."""

        def filled(found: re.Match[str]) -> str:
            kind = found[1]
            return given[kind] if kind in given else self.expr(kind, depth)

        return re.sub(r"\{(\w+)\}", filled, form).replace("{{", "{").replace("}}", "}")

    def call(self, helper: Helper, depth: int) -> str:
        """Return a call of a helper."""
        arguments = ", ".join([self.expr("node", 0), *(self.argument(kind, depth - 1) for kind in helper.takes)])
        return f"self.{helper.name}({arguments})"

    def argument(self, kind: str, depth: int) -> str:
        """Return what is handed to a helper: something of the state, local, or a copy."""
        return self.atom(kind) if self.choices.chance(40) else self.expr(kind, depth)

    def copy(self, kind: str) -> str:
        """Return a copy of a container."""
        return f"{_COPIES[kind]}({self.atom(kind) if self.choices.chance(70) else self.expr(kind)})"

    def target(self, kind: str, *, computed: bool) -> str:
        """Return a container that is to be changed: a local one, if there is one, one of the state, or a copy."""
        if computed and kind in _COPIES and self.choices.chance(20):
            return self.copy(kind)
        names = [name for name, of in self.scope.items() if of == kind]
        if names and self.choices.chance(70 if self.changes else 95):
            return self.choices.pick(names)
        return self.atom(kind)

    # Statements

    def statement(self, depth: int) -> list[str]:
        """Return one statement."""
        forms: list[Callable[[int], list[str]]] = [self.bind, self.bind, *[self.change] * 5]
        forms += [self.store, self.store] if self.changes else []
        forms += [self.call_procedure, self.unpack]
        forms += [self.branch, self.loop, self.ask] if depth > 0 else []
        return self.choices.pick(forms)(depth)

    def bind(self, depth: int) -> list[str]:
        kind = self.kind() if self.choices.chance(85) else self.choices.pick(list(_TYPES))
        value = self.copy(kind) if kind in _COPIES and self.choices.chance(40) else self.expr(kind)
        names = [name for name, of in self.scope.items() if of == kind]
        name = self.choices.pick(names) if names and self.choices.chance(25) else self.fresh(kind)
        return [f"{name} = {value}"]

    def change(self, depth: int) -> list[str]:
        kind = self.kind()
        if not self.changes and kind not in self.scope.values() and self.choices.chance(80):
            return self.bind(depth)  # a property changes nothing else
        form = self.choices.pick(_CHANGES[kind])
        target = self.target(kind, computed=re.match(r"\{c\}[.[]", form) is not None)
        text = self.fill(form, 1, c=target, new="new")
        lines = re.sub(r"^new\b", lambda _: self.fresh("node"), text).splitlines()
        if re.search(r"pop|\[-?\d\]|del|remove", form) and self.choices.chance(75):
            asked = f"len({target}) > 1"
            if self.changes and (form.startswith("{new}") or self.choices.chance(50)):
                return [f"require({asked})", *lines]
            return [f"if {asked}:", *(f"    {x}" for x in lines)]
        return lines

    def store(self, depth: int) -> list[str]:
        kind = self.kind() if self.choices.chance(75) else self.choices.pick(["node", "number", "truth"])
        return [f"{self.place(kind)} = {self.expr(kind)}"]

    def shown(self, name: str, kind: str) -> str:
        """Return a statement that makes a variable of what a local name holds."""
        place = self.place(kind)
        copied = [f"{_COPIES[kind]}({name})"] if kind in _COPIES else []
        return f"    {place} = {self.choices.pick([name, *copied])}"

    def call_procedure(self, depth: int) -> list[str]:
        if not self.helpers:
            return self.change(depth)
        return [self.call(self.choices.pick(self.helpers), 2)]

    def unpack(self, depth: int) -> list[str]:
        kinds = [self.choices.pick([self.kind(), self.kind(), *_TYPES]) for _ in range(2)]
        values = [self.expr(kind) for kind in kinds]
        if self.changes and self.choices.chance(40):
            return [f"{self.fresh(kinds[0])}, {self.place(kinds[1])} = {values[0]}, {values[1]}"]
        return [f"{self.fresh(kinds[0])}, {self.fresh(kinds[1])} = {values[0]}, {values[1]}"]

    def branch(self, depth: int) -> list[str]:
        lines = [f"if {self.expr('truth')}:", *self.block(depth - 1)]
        return [*lines, "else:", *self.block(depth - 1)] if self.choices.chance(50) else lines

    def loop(self, depth: int) -> list[str]:
        kind = self.choices.pick([*self.subject.kinds, "list", "set"])
        domain = self.choices.pick([self.expr(kind), self.copy(kind) if kind in _COPIES else "Node", self.atom(kind)])
        with self.inside():
            name = self.fresh("node")
            return [f"for {name} in {domain}:", *self.block(depth - 1)]

    def ask(self, depth: int) -> list[str]:
        if not self.changes:
            return [f"if {self.expr('truth')}:", f"    return {self.expr('truth')}"]
        if self.choices.chance(20):
            return [f"require({self.expr('truth')})"]
        return [f"self.flag = {self.expr('truth')}"]

    def block(self, depth: int) -> list[str]:
        """Return a block of one or two statements."""
        with self.inside():
            found = [self.statement(depth) for _ in range(self.choices.number(1, 2))]
        return [f"    {line}" for lines in found for line in lines]


def _helper(choices: Choices, called: str, subject: Subject, *, changes: bool) -> Helper:
    takes = tuple(choices.pick([*subject.kinds[:1] * 4, *_CONTAINERS]) for _ in range(choices.pick([1, 1, 2])))
    gives = choices.pick([None, takes[0], *_TYPES]) if changes else choices.pick([takes[0], *_TYPES])
    given = {f"given{index}": kind for index, kind in enumerate(takes)}
    writer = Writer(choices, changes and gives is None, subject, dict(given))
    lines = [line for _ in range(choices.pick([0, 1, 1, 2] if gives else [1, 1, 2])) for line in writer.statement(0)]
    if gives is not None:
        lines.append(f"return {writer.expr(gives, 1)}")
    head = ", ".join(f"{each}: {_TYPES[kind]}" for each, kind in given.items())
    returned = "None" if gives is None else _TYPES[gives]
    body = re.sub(r"\bm\b", "n", "\n".join(lines)).splitlines()
    lines = [f"def {called}(self, n: Node, {head}) -> {returned}:", *(f"    {line}" for line in body)]
    return Helper(called, takes, gives, tuple(lines))


def _method(choices: Choices, index: int, refuse: Callable[[str], bool], *, changes: bool) -> list[str]:
    """Return the helpers of a method, and the method, with the statements that are not refused."""
    subject = _subject(choices)
    helpers = tuple(_helper(choices, f"help{index}{each}", subject, changes=changes) for each in "ab")
    writer = Writer(choices, changes, subject, helpers=helpers)
    name = f"act{index}" if changes else f"claim{index}"
    taken = choices.pick([None, None, *_CHOSEN]) if changes else None
    given = "m: Node" if taken is None else f"given: {_CHOSEN[taken]}"
    if taken is not None:
        writer.scope["given"] = taken
    head = [line for helper in helpers for line in ("", *helper.lines)]
    head += ["", "@action" if changes else "@invariant"]
    head += [f"def {name}(self, n: Node, {given}) -> {'None' if changes else 'bool'}:"]
    body: list[str] = []
    end = [] if changes else ["    return True"]
    left = choices.number(5, 9)
    for _ in range(3 * left):
        if not left:
            break
        before = dict(writer.scope)
        lines = [f"    {_known(line, taken)}" for line in writer.statement(2)]
        if refuse(_module([head + body + lines + end])):
            writer.scope = before
        else:
            body += lines
            left -= 1
    if changes:
        for name, kind in writer.scope.items():
            shown = [_known(writer.shown(name, kind), taken)]
            if not refuse(_module([head + body + shown])):
                body += shown
    else:
        for _ in range(4):
            last = [f"    return {writer.expr('truth')}"]
            if not refuse(_module([head + body + last])):
                return head + body + last
    return head + (body or ["    pass"]) + end


def _known(line: str, taken: str | None) -> str:
    """Return a line without the second node, where a container is chosen instead of one."""
    return line if taken is None else re.sub(r"\bm\b", "self.first", line)


_IDLE = """
    @action
    def idle(self) -> None:
        self.flag = True
"""


def _module(methods: list[list[str]], filling: str = _IDLE) -> str:
    return "\n".join([_HEAD + filling, *(f"    {line}".rstrip() for method in methods for line in method), ""])


def copying_model(choices: Choices, refuse: Callable[[str], bool]) -> str:
    """Return the source of a module with a model of two actions and an invariant, of what is not refused."""
    kinds = [True, True, False]
    methods = [_method(choices, index, refuse, changes=changes) for index, changes in enumerate(kinds)]
    return _module(methods, _FILLING)
