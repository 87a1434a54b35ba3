"""Models whose actions choose containers under guards that may raise: pruned, tried one by one, and natively.

The universes are small, so that trying every container is possible too: what fires and what raises has to be the same.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from assay.checker.engine import reference
from assay.checker.engine.native import explorer as native
from assay.checker.errors import ModelError
from assay.checker.language.execution import choices as arguments
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.loader import load

from tests.generation.choices import Choices, Seeded
from tests.generation.drawn import seen

__all__ = ["chosen_differently", "excluding_model"]


def chosen_differently(seed: int, folder: Path) -> str | None:
    """Return what was seen of a seed's model, if it makes a difference which containers are tried, and by whom."""
    path = folder / f"chosen_{seed}.py"
    path.write_text(excluding_model(Seeded(seed)))
    instance = instantiate(load(str(path)).specification)
    with instance.active():
        trying, pruning = Interpreter(instance), Interpreter(instance)
        for state in _states(trying):
            tried = _steps(trying, state)
            with mock.patch.object(arguments, "_MANY", 0):
                pruned = _steps(pruning, state)
            if tried != pruned:
                return f"all tried: {tried - pruned}\nas far as guards leave them: {pruned - tried}\n{path.read_text()}"
    if seed % _NATIVELY:
        return None
    found = seen(reference.explore, path), seen(native.explore, path)
    return None if found[0] == found[1] else f"by the interpreter: {found[0]}\nnatively: {found[1]}\n{path.read_text()}"


_NATIVELY = 5
"""One model in so many is explored natively, too: what is compiled for it takes seconds."""

_MOST_STATES = 24


def _states(interpreter: Interpreter) -> list[Frozen]:
    """Return some states near the initial ones."""
    found = dict.fromkeys(interpreter.initial_states())
    for state in itertools.islice(_following(found, interpreter), _MOST_STATES):
        found.setdefault(state)
    return list(found)


def _following(found: dict[Frozen, None], interpreter: Interpreter) -> Iterator[Frozen]:
    frontier = list(found)
    while frontier:
        frontier = [to for state in frontier for _, to in interpreter.attempts(state) if not isinstance(to, ModelError)]
        yield from frontier


def _steps(interpreter: Interpreter, state: Frozen) -> set[tuple[object, ...]]:
    """Return the steps out of a state, and for each action what it raises there, and where."""
    return {
        (call[0], str(after.location), after.message.partition("): ")[2])
        if isinstance(after, ModelError)
        else (call, after)
        for call, after in interpreter.attempts(state)
    }


_HEAD = '''\
from assay.checker.language import *


class Node(Order):
    """A node."""


@record
class Vote:
    """A vote."""

    by: Node
    acks: Set[Node]


class Chosen(Model):
    """An invented model."""

    default = {"Node": 2}
    queue: Seq[Node, 3]
    known: Set[Node]
    at: Map[Node, Node | None] = everywhere(None)
    votes: Set[Vote]
    count: Range[0, 3] = 0

    @action
    def put(self, n: Node) -> None:
        require(len(self.queue) < 2)
        self.queue.append(n)

    @action
    def learn(self, n: Node) -> None:
        require(n not in self.known, len(self.known) < 2)
        self.known.add(n)
        self.at[n] = n

    @action
    def note(self, n: Node) -> None:
        require(len(self.votes) == 0)
        self.votes.add(Vote(n, frozen(self.known)))

    def front(self, n: Node) -> bool:
        return n == self.queue[0]

    def holds(self, some: Set[Node]) -> bool:
        return all(n in self.known for n in some)

    def demand(self, some: Set[Node]) -> None:
        require(len(self.queue) > 0, all(n == self.queue[0] or n in self.known for n in some))
'''

_SCALARS = [
    "len(self.queue) > 0", "len(self.queue) > 1", "self.count < 2", "self.queue[0] in self.known",
    "self.queue[1] != n", "self.at[n] is not None", "self.at[n] is not None and self.at[n] in self.known",
    "4 // self.count > 1", "n in self.known", "len(self.known) > 0",
]  # fmt: skip
"""Guards that do not read what is chosen; several of them may raise."""

_GUARDS = {
    "Set[Node]": [
        "all(x in self.known for x in {c})", "all(x == self.queue[0] for x in {c})", "any(x == n for x in {c})",
        "all(x in self.known or x == self.queue[0] for x in {c})", "all(self.front(x) for x in {c})",
        "{c} <= self.known", "self.known <= {c}", "self.queue[0] in {c}", "self.queue[1] not in {c}", "n in {c}",
        "self.holds({c})", "len({c}) == 1", "len({c}) > self.count", "{c}", "n not in {c} or self.queue[0] == n",
        "all(x in {c} or x not in self.known for x in Node)", "any(self.queue[0] == x for x in {c})",
        "all(x in {c} for x in self.queue)", "all(self.at[x] is not None and x in self.known for x in {c})",
        "all(x != first(Node) and self.queue[0] == x for x in {c})", "len({c}) == 2",
        "all(x in self.known and self.queue[1] == x for x in {c})", "not any(x == self.queue[-1] for x in {c})",
        "{c} == self.known", "all(x != y or self.queue[0] == x for x in {c} for y in {c} if y in self.known)",
        "all(x in self.known for x in {c}) or self.queue[0] == n", "sum(1 for x in {c} if self.front(x)) < 2",
        "any(v.acks == {c} for v in self.votes)", "max((self.count for x in {c}), default=0) == self.count",
        "min(self.count for x in {c}) < 2", "implies(n in {c}, n in self.known)", "(n in {c}) == (n in self.known)",
        "all(self.queue[0] != x and any(y != self.queue[1] for y in {c}) for x in {c} if x != n)",
    ],
    "Map[Node, bool]": [
        "all({c}[x] for x in self.known)", "{c}[self.queue[0]]", "not {c}[self.queue[1]]", "{c}[n]",
        "all(x in self.known or not {c}[x] for x in Node)", "all({c}[x] == self.front(x) for x in Node)",
        "any({c}[x] and x == self.queue[0] for x in Node)", "all(not {c}[x] or x in self.known for x in Node)",
        "sum(1 for x in Node if {c}[x]) == 1",
    ],
    "Map[Node, Set[Node]]": [
        "all({c}[x] <= self.known for x in Node)", "all(y == self.queue[0] for x in Node for y in {c}[x])",
        "self.queue[0] in {c}[n]", "all(x == n or not {c}[x] for x in Node)", "n in {c}[self.queue[1]]",
        "all(y in self.known for y in {c}[n])", "all(len({c}[x]) < 2 for x in Node)",
    ],
    "Perm[Node]": [
        "{c}[0] == n", "{c}[0] == self.queue[0]", "{c}[1] in self.known", "{c}[-1] != self.queue[1]",
        "all({c}[i] in self.known for i in range(2))", "{c}.index(n) == 0", "{c}[:2] == self.queue",
        "all({c}.index(x) == 1 for x in self.known)", "all(x in self.known for x in {c}[1:])",
        "all(x < y for x, y in zip({c}, {c}[1:]))", "list(reversed({c}))[0] == self.queue[0]",
    ],
    "Seq[Node, 2]": [
        "len({c}) > 0", "{c}[0] == n", "len({c}) > 1 and {c}[1] == self.queue[0]", "all(x in self.known for x in {c})",
        "{c}[0] == self.queue[0]", "n in {c}", "len({c}) < 2", "{c} == self.queue", "self.queue[:1] == {c}",
        "{c} + [n] == self.queue", "[n] + {c} == self.queue", "{c}.count(n) == 2", "{c}.index(n) == 0",
        "all(x in self.known for x in {c}[1:])", "{c}[:1] == [n]", "all(x != y for x, y in zip({c}, self.queue))",
        "sorted({c}) == {c}", "max({c}) == n", "any(i == 1 and x == n for i, x in enumerate({c}))", "{c} != []",
        "{c}[-1] in self.known", "not {c}", "set({c}) <= self.known", "next((x for x in {c} if x != n), n) == n",
    ],
}  # fmt: skip

_USES = {
    "Set[Node]": ["self.known = {c}", "self.queue = [x for x in self.queue if x in {c}]", "self.demand({c})"],
    "Map[Node, bool]": ["self.known = {{x for x in Node if {c}[x]}}"],
    "Map[Node, Set[Node]]": ["self.known = set({c}[n])"],
    "Perm[Node]": ["self.queue = {c}[:2]"],
    "Seq[Node, 2]": ["self.queue = {c}"],
}


def excluding_model(choices: Choices) -> str:
    """Return the source of a model with two or three actions that choose containers."""
    return "\n".join([_HEAD, *(_action(choices, index) for index in range(choices.number(2, 3)))])


def _action(choices: Choices, index: int) -> str:
    type_ = choices.pick(["Set[Node]", "Set[Node]", "Set[Node]", "Seq[Node, 2]", *_GUARDS])
    lines = [line for _ in range(choices.number(1, 4)) for line in _guard(choices, type_)]
    lines += [choices.pick(_USES[type_]).format(c="some")]
    head = ["", "    @action", f"    def act{index}(self, n: Node, some: {type_}) -> None:"]
    return "\n".join([*head, *(f"        {line}" for line in lines)])


def _guard(choices: Choices, type_: str) -> list[str]:
    form = choices.number(0, 9)
    if form == 0 and type_ == "Set[Node]":
        return ["self.demand(some)"]
    if form == 1:
        return [f"if {_condition(choices, type_)}:", f"    require({_condition(choices, type_)})"]
    if form == 2:
        return [f"require(choose(x for x in Node if x in self.known) != n, {_condition(choices, type_)})"]
    if form == 3:
        return [f"assert {choices.pick(_SCALARS)}"]
    if form < 6:
        return [f"require({_condition(choices, type_)}, {_condition(choices, type_)})"]
    return [f"require({_condition(choices, type_)})"]


def _condition(choices: Choices, type_: str) -> str:
    one = choices.pick(_GUARDS[type_]).format(c="some") if choices.chance(70) else choices.pick(_SCALARS)
    if choices.chance(15):
        return f"{one} {choices.pick(['and', 'or'])} {choices.pick(_GUARDS[type_]).format(c='some')}"
    return f"not ({one})" if choices.chance(10) else one
