"""Models whose actions and claims draw their parameters from the state, or choose containers that guards rule out.

The universes are small, so that trying every argument is possible too: the outcome has to be the same.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from assay.checker.engine import reference
from assay.checker.engine.exploration import Exploration
from assay.checker.engine.limits import Limits
from assay.checker.engine.native import explorer as native
from assay.checker.engine.native.codegen.iteration import drawing as native_claims
from assay.checker.engine.native.codegen.statements import drawing as native_actions
from assay.checker.errors import ModelError
from assay.checker.language.execution import choices as arguments
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.ir.nodes import Name
from assay.checker.language.loader import load
from assay.checker.language.types import BoolType

from tests.generation.choices import Choices, Seeded
from tests.generation.protocols import protocol

__all__ = ["drawing_model", "drawn_differently", "pruned_differently", "seen", "unbounded_differently"]

NEAR = Limits(depth=3)

Seen = tuple[object, ...] | str


def drawn_differently(seed: int, folder: Path) -> str | None:
    """Return what was seen of a seed's model, if drawing arguments made a difference; None if it made none."""
    path = folder / f"drawing_{seed}.py"
    path.write_text(drawing_model(Seeded(seed)))
    with (
        mock.patch.object(Interpreter, "_draws", {}),
        mock.patch.object(native_actions, "_is_worth_drawing", return_value=False),
        mock.patch.object(native_claims, "universe_size", return_value=1),
    ):
        tried = seen(reference.explore, path), seen(native.explore, path)
    with (
        mock.patch.object(arguments, "_MOST_TRIED", 0),
        mock.patch.object(native_actions, "_is_worth_drawing", new=_is_no_truth_value),
        mock.patch.object(native_claims, "universe_size", return_value=None),
    ):
        drawn = seen(reference.explore, path), seen(native.explore, path)
    if all(found == tried[0] for found in (*tried, *drawn)):
        return None
    names = ("tried by the interpreter", "tried natively", "drawn by the interpreter", "drawn natively")
    return "\n".join(f"{name}: {found}" for name, found in zip(names, (*tried, *drawn), strict=True))


def unbounded_differently(seed: int, folder: Path) -> str | None:
    """Return what was seen of a seed's model, if numbers without bounds make a difference; None if they make none.

    All numbers in a state are from -1 to 3, so `Nat` and `int` stand for no others than a range that holds these.
    """
    source = drawing_model(Seeded(seed), about=_NUMBERS)
    bounded, unbounded = folder / f"bounded_{seed}.py", folder / f"unbounded_{seed}.py"
    bounded.write_text(source)
    unbounded.write_text(re.sub(r"(?<=m[01]: )Annotated\[int, Range\(0, 5\)\]", "Nat", source).replace(_SHIFTED, "int"))
    if bounded.read_text() == unbounded.read_text():
        return None
    try:
        compile_model(load(str(unbounded)).specification)
    except ModelError as error:
        if "which has no bounds" in error.message:
            return None  # it may be any number: nothing draws it
        raise
    found = seen(reference.explore, unbounded), seen(native.explore, unbounded)
    wanted = seen(reference.explore, bounded)
    if all(each == wanted for each in found):
        return None
    return f"with a range: {wanted}\nwithout bounds: {found[0]}\nnatively: {found[1]}"


_SHIFTED = "Annotated[int, Range(-1, 4)]"
_NUMBERS = ("Annotated[int, Range(0, 5)]", _SHIFTED)
"""The types of parameters that a range without bounds takes the place of: natural numbers, and others."""


def pruned_differently(seed: int, folder: Path) -> str | None:
    """Return what was seen of a protocol's first states, if it makes a difference which containers are tried."""
    path = folder / f"pruned_{seed}.py"
    made = protocol(Seeded(seed), calm=seed % 2 == 0, composed=20, actions=(5, 7), variables=(3, 6))
    path.write_text(made.module)
    with contextlib.suppress(ModelError):
        return _pruned_differently(path)
    return None  # no model of the language; only what is to be pruned has to be compiled here


def _pruned_differently(path: Path) -> str | None:
    compile_model(load(str(path)).specification)
    found = []
    for most in (4096, 0):
        with mock.patch.object(arguments, "_MANY", most):
            found.append(seen(reference.explore, path, Limits(depth=4, states=2000)))
    if found[0] == found[1]:
        return None
    return f"all tried: {found[0]}\nas far as guards leave them: {found[1]}"


def _is_no_truth_value(_: object, parameter: Name) -> bool:
    return not isinstance(parameter.type, BoolType)


def seen(explore: Callable[..., Exploration[Any, Any]], path: Path, limits: Limits = NEAR) -> Seen:
    """Return what an explorer sees of the first states of a model, or with which words it refuses the model."""
    try:
        instance = instantiate(load(str(path)).specification)
    except ModelError as error:
        return error.message
    with instance.active():
        found = explore(instance, limits, keep_going=True)
    # Which call of those that raise comes first depends on the order of the arguments.
    failed = None if found.failure is None else found.failure.message.partition("(")[0]
    return found.distinct, found.generated, found.depth, found.fired, {one.name for one in found.found}, failed


_HEAD = '''\
from enum import Enum

from assay.checker.language import *


class Node(Sort):
    """A node."""


class Colour(Enum):
    RED, GREEN, BLUE = range(3)


@record
class Ask:
    node: Node
    value: Annotated[int, Range(0, 2)]


@record
class Tell:
    value: Annotated[int, Range(0, 1)]


@record
class Paint:
    colour: Colour


@record
class Parcel:
    asks: Seq[Ask, 2]
    first: Ask | None


class Drawing(Model):
    """An invented model."""

    default = {"Node": 2}
'''

_STATE = """\
    asks: Set[Ask]
    bag: Bag[Ask, 2]
    queue: Seq[Ask, 2]
    both: Set[Ask | Tell]
    slot: Ask | Tell | None = None
    slots: Map[Node, Ask | None]
    inbox: Map[Node, Set[Ask]]
    queues: Map[Node, Seq[Ask, 2]]
    parcels: Set[Parcel]
    numbers: Set[Annotated[int, Range(0, 3)]]
    groups: Set[Set[Node]]
    group: Map[Node, Set[Node]]
    count: Annotated[int, Range(0, 2)] = 0
    at: Map[Annotated[int, Range(0, 1)], bool]
    signed: Set[Annotated[int, Range(-1, 3)]]
    maybes: Set[Annotated[int, Range(0, 3)] | None]
    kinds: Set[Ask | Tell | Paint]
    found: Set[Ask | Tell | None]
    colours: Set[Colour | None]
    pairs: Set[tuple[Node, Annotated[int, Range(0, 3)]]]
"""

_FILL = [
    "self.asks.add(Ask(n, self.count))",
    "self.bag.add(Ask(n, v % 3))",
    "self.queue.append(Ask(n, v % 3))",
    "self.both.add(Tell(v % 2))",
    "self.both.add(Ask(n, v % 3))",
    "self.slot = Ask(n, v % 3)",
    "self.slot = Tell(v % 2)",
    "self.slots[n] = Ask(n, v % 3)",
    "self.inbox[n].add(Ask(n, v % 3))",
    "self.queues[n].append(Ask(n, v % 3))",
    "self.parcels.add(Parcel([Ask(n, 0), Ask(n, v % 3)][:v], self.slots[n]))",
    "self.numbers.add(v)",
    "self.groups.add(frozen({n}))",
    "self.group[n].add(n)",
    "self.at[v % 2] = True",
    "self.numbers.add(v + 1)",
    "self.signed.add(v - 1)",
    "self.signed.add(v + 1)",
    "self.maybes.add(v + 1)",
    "self.maybes.add(None)",
    "self.kinds.add(Ask(n, v % 3))",
    "self.kinds.add(Tell(v % 2))",
    "self.kinds.add(Paint(Colour.RED if v == 0 else Colour.BLUE))",
    "self.found.add(Ask(n, v % 3))",
    "self.found.add(Tell(v % 2))",
    "self.found.add(None)",
    "self.colours.add(Colour.RED if v == 0 else Colour.BLUE)",
    "self.colours.add(None)",
    "self.pairs.add((n, v))",
]

_SOURCES = {
    "Ask": [
        "{p} in self.asks", "{p} in self.bag", "{p} in self.queue", "{p} in self.inbox[n]", "{p} in self.queues[n]",
        "self.queue[0] == {p}", "{p} == self.queues[n][-1]", "self.slots[n] == {p}", "{p} == self.slot",
        "{p} in self.both", "{p} in self.asks | self.inbox[n]", "{p} in self.inbox[n] | self.asks",
        "{p} in self.asks - self.inbox[n]", "{p} in self.asks & self.inbox[n]", "{p} in self.slots.values()",
        "{p} in self.queue[1:]", "{p} in self.queues[n] + self.queue",
        "{p} in {{a for a in self.asks if a.node == n}}", "{p} in self.queue + self.queues[n]",
        "any({p} in self.inbox[o] for o in Node)", "any(self.slots[o] == {p} for o in Node)",
        "any({p} in parcel.asks for parcel in self.parcels)", "{p} in self.asks or {p} in self.bag",
        "any(parcel.first == {p} for parcel in self.parcels if parcel.first is not None)",
        "self.slots[n] is not None and self.slots[n] == {p}", "len(self.queue) > 0 and {p} == self.queue[0]",
        "len(self.queue) > 0, {p} == self.queue[0]",
        "self.count < 2, {p} == self.queues[n][-1]", "self.queue[0].value < 2, {p} in self.asks",
        "{p} in [self.queue[0]]", "{p} in self.asks or self.queue[0] == {p}", "{p} == self.queue[v % 2]",
        "any({p} == self.queue[i] for i in range(2))", "not {p} not in self.asks", "{p} in self.kinds",
        "{p} in self.found", "any({p} == found for found in self.found if found is not None)",
    ],
    "Tell": ["{p} in self.both", "{p} == self.slot", "{p} in self.both and self.slot is not None", "{p} in self.kinds",
             "{p} in self.found"],
    "Ask | Tell": ["{p} in self.both", "{p} == self.slot", "{p} in self.both or {p} == self.slot", "{p} in self.asks",
                   "{p} in self.kinds", "{p} in self.found"],
    "Tell | Paint": ["{p} in self.kinds", "{p} in self.kinds or {p} == self.slot"],
    "Ask | None": ["{p} == self.slots[n]", "{p} in self.slots.values()", "{p} in self.found",
                   "{p} is not None and {p} in self.asks", "{p} is not None and {p} in self.inbox[n]",
                   "{p} is not None and any({p} == a for a in self.queue)"],
    "Colour": ["{p} in self.colours", "any({p} == hue for hue in self.colours)", "Paint({p}) in self.kinds"],
    "Colour | None": ["{p} in self.colours", "{p} is not None and {p} in self.colours"],
    "tuple[Node, Annotated[int, Range(0, 1)]]": ["{p} in self.pairs",
                                                 "any({p} == (a.node, a.value) for a in self.asks)",
                                                 "{p} in [(a.node, a.value) for a in self.queue]"],
    "Annotated[int, Range(0, 2)]": ["{p} in self.signed", "{p} in self.numbers", "{p} in self.maybes",
                                    "{p} in self.numbers | self.signed", "{p} in self.signed - self.numbers",
                                    "any({p} == number for number in self.signed)",
                                    "{p} in {{number for number in self.signed}}"],
    "Annotated[int, Range(1, 2)] | None": ["{p} in self.maybes", "{p} in self.numbers", "{p} == self.count",
                                           "{p} is not None and {p} in self.maybes"],
    "Annotated[int, Range(0, 5)]": ["{p} in self.numbers", "{p} == self.count", "{p} in self.signed",
                                    "{p} in self.maybes", "any({p} == a.value for a in self.asks)",
                                    "any({p} == number for number in self.signed)"],
    "Annotated[int, Range(-1, 4)]": ["{p} in self.numbers", "{p} == self.count", "{p} in self.numbers and v == 1",
                                     "any(a.value == {p} for a in self.queue)",
                                     "len(self.queue) > 0, {p} == self.queue[0].value", "v == 1, {p} in self.numbers",
                                     "{p} in self.signed"],
    "Annotated[int, Range(1, 2)]": ["{p} in self.numbers", "self.count == {p}", "{p} in self.signed",
                                    "{p} in self.maybes", "any(a.value == {p} for a in self.bag)"],
    "Set[Node]": ["{p} in self.groups", "frozen({p}) in self.groups"],
}  # fmt: skip

_TYPES = [*["Ask"] * 4, *_SOURCES]
"""The types of parameters; most forms are of the first."""

_MIXED = {
    "Ask": [
        "{p}.value > 0",
        "not self.at[{p}.value]",
        "self.queue[{p}.value].node == n",
        "{p}.node == n",
    ],
    "Tell": ["self.queue[{p}.value].node == n", "{p}.value > 0"],
    "Ask | Tell": ["not self.at[{p}.value]", "{p}.value > 0"],
    "Annotated[int, Range(0, 5)]": ["not self.at[{p}]", "{p} > 1"],
    "Annotated[int, Range(-1, 4)]": ["not self.at[{p}]", "{p} > 1"],
    "Annotated[int, Range(0, 2)]": ["not self.at[{p}]", "{p} > 1"],
    "Annotated[int, Range(1, 2)]": ["not self.at[{p}]", "{p} > 1"],
    "Tell | Paint": ["{p} not in self.kinds or v == 1"],
    "Colour": ["{p} != Colour.RED"],
    "Set[Node]": ["n in {p}"],
}

_OTHER = ["self.count < 2", "len(self.queue) > 0", "self.queue[0].value < 2", "not self.at[v % 2]", "self.at[v]",
          "self.slot is None", "v == 1", "assert self.count < 2"]  # fmt: skip

_USES = {
    "Ask": ["self.asks.discard({p})", "self.inbox[{p}.node].add({p})", "self.slots[n] = {p}", "self.bag.remove({p})"],
    "Tell": ["self.both.discard({p})", "self.slot = {p}"],
    "Ask | Tell": ["self.both.discard({p})", "self.slot = {p}"],
    "Ask | None": ["self.slots[n] = {p}", "self.slot = {p}"],
    "Annotated[int, Range(0, 5)]": ["self.numbers.discard({p})", "self.count = {p} % 3"],
    "Annotated[int, Range(-1, 4)]": ["self.numbers.discard({p})", "self.count = {p} % 3"],
    "Annotated[int, Range(0, 2)]": [
        "self.numbers.discard({p})",
        "self.signed.discard({p})",
        "self.maybes.discard({p})",
    ],
    "Annotated[int, Range(1, 2)]": ["self.numbers.discard({p})", "self.count = {p}"],
    "Annotated[int, Range(1, 2)] | None": ["self.maybes.discard({p})", "self.count = 0 if {p} is None else {p}"],
    "Tell | Paint": ["self.kinds.discard({p})"],
    "Colour": ["self.colours.discard({p})", "self.kinds.add(Paint({p}))"],
    "Colour | None": ["self.colours.discard({p})"],
    "tuple[Node, Annotated[int, Range(0, 1)]]": ["self.pairs.discard({p})", "self.count = {p}[1]"],
    "Set[Node]": ["self.groups.discard(frozen({p}))", "self.group[n] = {p}"],
}


_CLAIMED = {
    "Ask": ["{p} not in self.asks or {c}", "{p} in self.bag and {c}", "not ({p} in self.both and {c})",
            "{c} if {p} in self.inbox[n] else {d}", "{c} or {p} not in self.bag or {d}",
            "{c} or {p} not in self.asks", "not ({c} and {p} in self.both)",
            "{p} in self.asks or {p} in self.bag and {c}", "all({p} not in self.inbox[o] or {c} for o in Node)"],
    "Tell": ["{p} not in self.both or {c}", "{p} in self.both and {c}", "not ({c} and {p} in self.both)"],
    "Ask | Tell": ["{p} not in self.both or {c}", "{p} in self.both and {c}", "{p} not in self.kinds or {c}",
                   "{p} in self.found and {c}"],
    "Colour": ["{p} not in self.colours or {c}", "{p} in self.colours and {c}"],
    "Annotated[int, Range(0, 2)]": ["{p} not in self.signed or {c}", "{p} in self.signed and {c}",
                                    "{p} in self.maybes and {c}", "{c} if {p} in self.numbers else {d}"],
    **{
        number: ["{p} not in self.numbers or {c}", "{p} in self.numbers and {c}", "{c} or {p} not in self.numbers",
                 "{c} if {p} in self.numbers else {d}"]
        for number in ("Annotated[int, Range(0, 5)]", "Annotated[int, Range(0, 3)]", "Annotated[int, Range(-1, 4)]")
    },
}  # fmt: skip
"""Conditions that a membership may settle, with others in them."""

_ON = {
    "Ask": ["{p}.value < 2", "self.at[{p}.value]", "not self.at[{p}.value]", "{p}.node == n", "{p} not in self.bag"],
    "Tell": ["{p}.value == 0", "not self.at[{p}.value]"],
    "Annotated[int, Range(0, 5)]": ["{p} < 2", "not self.at[{p}]", "{p} in self.numbers"],
    # Of every value of the type the first is true, and of others that are in the state it is not.
    "Annotated[int, Range(0, 2)]": ["{p} < 3", "{p} < 2", "not self.at[{p}]"],
    "Annotated[int, Range(0, 3)]": ["{p} < 2", "not self.at[{p}]"],
    "Annotated[int, Range(-1, 4)]": ["{p} < 2", "not self.at[{p}]"],
}

_KINDS = ["invariant", "invariant", "invariant", "reachable", "reachable", "constraint"]


def drawing_model(choices: Choices, about: Sequence[str] = ()) -> str:
    """Return the source of a module with one model, ``Drawing``, whose parameters are of given types if any are."""
    asked = _draw(choices, "draw", about or _TYPES) + _claim(choices, "claim", about or ["Ask", *_CLAIMED])
    methods = _fill(choices, "fill", "\n".join(asked)) + asked
    mentioned = "\n".join(methods)
    state = [line for line in _STATE.splitlines() if f"self.{line.split(':')[0].strip()}" in mentioned]
    return "\n".join([_HEAD, *state, *methods, ""])


def _fill(choices: Choices, name: str, asked: str) -> list[str]:
    """Return an action that fills variables, mostly those which are asked."""
    variables = set(re.findall(r"self\.(\w+)", asked))
    used = [each for each in _FILL if _filled(each) in variables] or _FILL
    what = [choices.pick(used if choices.chance(85) else _FILL) for _ in range(choices.number(3, 6))]
    # What stays empty draws nothing, however much else there is.
    empty = sorted({_filled(each) for each in used} - {_filled(each) for each in what})
    what += [choices.pick([each for each in _FILL if _filled(each) == variable]) for variable in empty]
    lines = [f"    def {name}(self, n: Node, v: Annotated[int, Range(0, 2)]) -> None:"]
    lines += ["        require(self.count < 2)", *(f"        {each}" for each in what)]
    return ["", "    @action", *lines, *(["        self.count += 1"] if choices.chance(80) else [])]


def _filled(statement: str) -> str:
    """Return the variable that a statement of `_FILL` fills."""
    return re.split(r"\W", statement)[1]


def _draw(choices: Choices, name: str, types: Sequence[str]) -> list[str]:
    drawn = {f"m{index}": choices.pick(types) for index in range(choices.number(1, 2))}
    parameters = [f"{p}: {type_}" for p, type_ in drawn.items()]
    parameters.insert(choices.number(0, len(parameters)), "n: Node")
    parameters.insert(choices.number(0, len(parameters)), "v: Annotated[int, Range(0, 1)]")
    guards = []
    for p, type_ in drawn.items():
        guards += [choices.pick(_SOURCES[type_]).format(p=p) for _ in range(choices.pick([1, 1, 1, 2]))]
        if choices.chance(50):
            # Before the draw, where what it raises is not to be hidden, or behind it.
            guards.insert(
                choices.pick([0, choices.number(0, len(guards))]),
                choices.pick(_MIXED.get(type_, ["v == 0"])).format(p=p),
            )
    if choices.chance(50):
        guards.insert(choices.number(0, len(guards)), choices.pick(_OTHER))
    lines = [f"        {each if each.startswith('assert') else f'require({each})'}" for each in guards]
    if len(lines) > 1 and choices.chance(15) and all("assert" not in each for each in lines):
        lines = [f"        require({', '.join(guards)})"]
    lines += [f"        {choices.pick(_USES[type_]).format(p=p)}" for p, type_ in drawn.items()]
    return ["", '    @action(fires="maybe")', f"    def {name}(self, {', '.join(parameters)}) -> None:", *lines]


def _claim(choices: Choices, name: str, types: Sequence[str]) -> list[str]:
    type_ = choices.pick(types)
    others = [*_ON.get(type_, []) * 3, *(each for each in _OTHER if "assert" not in each and "v" not in each)]
    c, d = (choices.pick(others).format(p="m") for _ in range(2))
    condition = choices.pick(_CLAIMED[type_]).format(p="m", c=c, d=d)
    parameters = choices.pick([f"m: {type_}, n: Node", f"n: Node, m: {type_}"])
    return [
        "",
        f"    @{choices.pick(_KINDS)}",
        f"    def {name}(self, {parameters}) -> bool:",
        f"        return {condition}",
    ]
