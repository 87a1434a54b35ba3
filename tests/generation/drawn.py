"""Models whose actions draw their parameters from the state, with guards before and after that may raise.

The universes are small, so that trying every argument is possible too.
"""

from __future__ import annotations

from tests.generation.choices import Choices

__all__ = ["drawing_model"]

_HEAD = '''\
from assay.checker.language import *


class Node(Sort):
    """A node."""


@record
class Ask:
    node: Node
    value: Annotated[int, Range(0, 2)]


@record
class Tell:
    value: Annotated[int, Range(0, 1)]


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
]

_SOURCES = {
    "Ask": [
        "{p} in self.asks", "{p} in self.bag", "{p} in self.queue", "{p} in self.inbox[n]", "{p} in self.queues[n]",
        "self.queue[0] == {p}", "{p} == self.queues[n][-1]", "self.slots[n] == {p}", "{p} == self.slot",
        "{p} in self.both", "{p} in self.asks | self.inbox[n]", "{p} in self.asks - self.inbox[n]",
        "{p} in self.asks & self.inbox[n]", "{p} in self.slots.values()", "{p} in self.queue[1:]",
        "{p} in {{a for a in self.asks if a.node == n}}", "{p} in self.queue + self.queues[n]",
        "any({p} in self.inbox[o] for o in Node)", "any(self.slots[o] == {p} for o in Node)",
        "any({p} in parcel.asks for parcel in self.parcels)", "{p} in self.asks or {p} in self.bag",
        "any(parcel.first == {p} for parcel in self.parcels if parcel.first is not None)",
        "self.slots[n] is not None and self.slots[n] == {p}", "len(self.queue) > 0 and {p} == self.queue[0]",
        "{p} in [self.queue[0]]", "{p} in self.asks or self.queue[0] == {p}", "{p} == self.queue[v % 2]",
        "any({p} == self.queue[i] for i in range(2))", "not {p} not in self.asks",
    ],
    "Tell": ["{p} in self.both", "{p} == self.slot", "{p} in self.both and self.slot is not None"],
    "Ask | Tell": ["{p} in self.both", "{p} == self.slot", "{p} in self.both or {p} == self.slot", "{p} in self.asks"],
    "Ask | None": ["{p} == self.slots[n]", "{p} in self.slots.values()"],
    "Annotated[int, Range(0, 5)]": ["{p} in self.numbers", "{p} == self.count",
                                    "any({p} == a.value for a in self.asks)"],
    "Annotated[int, Range(1, 2)]": ["{p} in self.numbers", "self.count == {p}",
                                    "any(a.value == {p} for a in self.bag)"],
    "Set[Node]": ["{p} in self.groups", "frozen({p}) in self.groups"],
}  # fmt: skip

_MIXED = {
    "Ask": ["{p}.value > 0", "not self.at[{p}.value % 2]", "self.queue[{p}.value].node == n", "{p}.node == n"],
    "Annotated[int, Range(0, 5)]": ["self.at[{p}]", "{p} > 1"],
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
    "Annotated[int, Range(1, 2)]": ["self.numbers.discard({p})", "self.count = {p}"],
    "Set[Node]": ["self.groups.discard(frozen({p}))", "self.group[n] = {p}"],
}


def drawing_model(choices: Choices) -> str:
    """Return the source of a module with one model, ``Drawing``."""
    actions = _fill(choices, "fill") + _draw(choices, "draw")
    mentioned = "\n".join(actions)
    state = [line for line in _STATE.splitlines() if f"self.{line.split(':')[0].strip()}" in mentioned]
    return "\n".join([_HEAD, *state, *actions, ""])


def _fill(choices: Choices, name: str) -> list[str]:
    what = [choices.pick(_FILL) for _ in range(choices.number(3, 6))]
    lines = [f"    def {name}(self, n: Node, v: Annotated[int, Range(0, 2)]) -> None:"]
    lines += ["        require(self.count < 2)", *(f"        {each}" for each in what)]
    return ["", "    @action", *lines, *(["        self.count += 1"] if choices.chance(80) else [])]


def _draw(choices: Choices, name: str) -> list[str]:
    drawn = {f"m{index}": choices.pick(list(_SOURCES)) for index in range(choices.number(1, 2))}
    parameters = [f"{p}: {type_}" for p, type_ in drawn.items()]
    parameters.insert(choices.number(0, len(parameters)), "n: Node")
    parameters.insert(choices.number(0, len(parameters)), "v: Annotated[int, Range(0, 1)]")
    guards = []
    for p, type_ in drawn.items():
        guards += [choices.pick(_SOURCES[type_]).format(p=p) for _ in range(choices.pick([1, 1, 1, 2]))]
        if choices.chance(40):
            guards.insert(choices.number(0, len(guards)), choices.pick(_MIXED.get(type_, ["v == 0"])).format(p=p))
    if choices.chance(50):
        guards.insert(choices.number(0, len(guards)), choices.pick(_OTHER))
    lines = [f"        {each if each.startswith('assert') else f'require({each})'}" for each in guards]
    if len(lines) > 1 and choices.chance(15) and all("assert" not in each for each in lines):
        lines = [f"        require({', '.join(guards)})"]
    lines += [f"        {choices.pick(_USES[type_]).format(p=p)}" for p, type_ in drawn.items()]
    return ["", '    @action(fires="maybe")', f"    def {name}(self, {', '.join(parameters)}) -> None:", *lines]
