"""A model of the tests of constructs, in a folder of its own, beside what is made of it.

`stuck.py:Stuck` claims that nothing ever changes, `alone.py:Alone` has one element of each sort, and `nodes.py` is an
implementation, whichever the model is: a node that goes from state to state as the model does.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assay.checker.conformance.values import Values
from assay.checker.errors import ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.frozen import counts_in, entries_in
from assay.checker.language.loader import NamedModel, load
from assay.checker.language.types import (
    BagType,
    EnumType,
    MapType,
    OptionalType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    Type,
    UnionType,
)

from tests.checker.engine.test_constructs_agree import CONSTRUCTS
from tests.command_line import Assay, Ran

__all__ = ["Case", "Play", "make_case"]

_ALONE = '''

class Alone({name}):
    """One element of each sort, and any structure over them."""

    default = {default}
'''

_STUCK = '''

class Stuck({name}):
    """What no model says of itself: that nothing ever changes."""
{claims}'''

_CLAIM = """
    @step_invariant
    def {name}_stays(self, after: Self) -> bool:
        return after.{name} == self.{name}
"""

_NODES = '''"""A node that goes from state to state as the model does, and one that jumps."""

from assay.impl.node import Caught, Cluster, Durable, Node, on_timeout, record

STATES = {states}
NEXT = {next}
JUMPS = {jumps}


class Player(Node):
    at: Durable[int] = -1

    def on_start(self):
        self.at = self.choose("start", range({starts}))
        self.go_on()

    def on_recover(self):
        self.go_on()

    def go_on(self):
        if self.ways():
            self.set_timer("go", 0.01)

    @on_timeout("go")
    def go(self):
        self.at = self.choose("next", self.ways())
        self.go_on()

    def ways(self):
        return NEXT[self.at]


class Jumper(Player):
    """Broken: no step of the model leads there."""

    expected = Caught("refinement")

    def ways(self):
        return JUMPS[self.at]


def cluster():
    return Cluster(
        {{"player": Player()}},
        refines={reference!r},
        abstract=lambda world: STATES[world.nodes["player"].at],
    )
'''

_MOST_PLAYED = 40
"""The most states that a node goes through."""


@dataclass(frozen=True)
class Play:
    """A part of a state graph: the first states from the initial ones on, and the steps between them."""

    states: tuple[Frozen, ...]
    starts: int
    next: tuple[tuple[int, ...], ...]

    @cached_property
    def jumps(self) -> tuple[tuple[int, ...], ...]:
        """Where no step leads from the first state, if that is anywhere."""
        others = (n for n in range(len(self.states)) if n not in self.reached)
        return (tuple(others)[:1], *(() for _ in self.states[1:]))

    reached: frozenset[int]
    """What a step leads to from the first state, which is among them."""

    @property
    def steps(self) -> int:
        """The number of steps that change something."""
        return sum(after != before for before, afters in enumerate(self.next) for after in afters)


@dataclass(frozen=True)
class Case:
    """A model in a folder of its own, beside what is made of it."""

    reference: str
    assay: Assay

    def told(self, *words: str) -> dict[str, Any]:
        """Return what a command says, as data."""
        return json.loads(self.ran(*words, "--format", "json").out)  # type: ignore[no-any-return]

    def ran(self, *words: str) -> Ran:
        """Return what a command returns, which neither fails nor misses what it was asked."""
        ran = self.tried(*words)
        assert ran.status in (0, 1, 3), ran.err
        return ran

    def tried(self, *words: str) -> Ran:
        """Return what a command returns, which may refuse the model: it says what is wrong, and what to do."""
        ran = self.assay(*words)
        assert ran.status in (0, 1, 2, 3), ran.err
        assert "Traceback" not in ran.out + ran.err
        assert "internal error" not in ran.out + ran.err
        assert ran.status != 2 or ("error: " in ran.err and "help: " in ran.err), ran.err
        return ran

    @cached_property
    def instance(self) -> Instance:
        """The default instance."""
        return instantiate(load(self.reference).specification)

    @property
    def sorts(self) -> list[str]:
        """The names of the model's sorts."""
        return [sort.__name__ for sort in self.instance.specification.sorts]

    @cached_property
    def walk(self) -> list[tuple[Call | None, Frozen]]:
        """A run of at most six steps that ends elsewhere than it began, if any do: actions, and states after them."""
        with self.instance.active():
            interpreter = Interpreter(self.instance)
            found: list[tuple[Call | None, Frozen]] = [(None, interpreter.initial_states()[-1])]
            for number in range(6):
                steps = [s for s in interpreter.attempts(found[-1][1]) if not isinstance(s[1], ModelError)]
                kinds = list(dict.fromkeys(call[0] for call, _ in steps))
                found += [s for s in steps if s[0][0] == kinds[number % len(kinds)]][-1:] if kinds else []  # type: ignore[misc]
        while len(found) > 1 and found[-1][1] == found[0][1]:
            found.pop()
        return found

    @cached_property
    def play(self) -> Play:
        """The first states of the model, as the interpreter finds them."""
        with self.instance.active():
            interpreter = Interpreter(self.instance)
            states = dict.fromkeys(interpreter.initial_states()[:_MOST_PLAYED])
            starts, reached, following = len(states), set[Frozen](), []
            for state in _growing(states):
                afters = {a for _, a in interpreter.attempts(state) if not isinstance(a, ModelError)}
                kept = sorted(afters, key=repr) if interpreter.is_inside(state) else []
                taken = [after for after in kept if interpreter.is_taken(state, after)]
                states |= dict.fromkeys(taken[: _MOST_PLAYED - len(states)])
                following.append([a for a in taken if a in states])
                reached = reached or {state, *afters}
        number = {state: n for n, state in enumerate(states)}
        return Play(
            tuple(states),
            starts,
            tuple(tuple(number[a] for a in afters) for afters in following),
            frozenset(number[state] for state in reached if state in number),
        )

    def line(self, call: Call, state: Frozen, *, says_all: bool) -> dict[str, Any]:
        """Return the line of a log that tells an action and the state after it, with or without its arguments."""
        values, specification = Values(self.instance), self.instance.specification
        parameters = next(action.parameters for action in specification.actions if action.name == call[0])
        arguments = {n: values.encode(t, given) for (n, t), given in zip(parameters, call[1], strict=True)}
        nodes = (arguments[n] for n, type_ in parameters if isinstance(type_, SortType) and not type_.ordered)
        acting = next(nodes, "somebody")
        line = {"node": acting, "action": call[0], "state": self.seen(state)}
        return {**line, "arguments": arguments} if says_all else line

    def seen(self, state: Frozen) -> dict[str, Any]:
        """Return a state as a log tells it."""
        values = Values(self.instance)
        pairs = zip(self.instance.specification.variables, state, strict=True)
        return {variable.name: values.encode(variable.type, value) for variable, value in pairs}

    def write_nodes(self) -> Play:
        """Write the implementation, and return what it goes through."""
        play, variables = self.play, self.instance.specification.variables
        pairs = (zip(variables, state, strict=True) for state in play.states)
        states = (
            _braced(f"{variable.name!r}: {_source(self.instance, variable.type, value)}" for variable, value in state)
            for state in pairs
        )
        filled = {"states": _tuple(states), "next": play.next, "jumps": play.jumps, "starts": play.starts}
        Path("nodes.py").write_text(_NODES.format(reference=self.reference, **filled))
        return play


def _growing(states: dict[Frozen, None]) -> Iterable[Frozen]:
    """Yield states in the order in which they are found, while more are found."""
    for number in range(_MOST_PLAYED):
        if number < len(states):
            yield [*states][number]


def _source(instance: Instance, type_: Type, value: Any) -> str:
    """Return a frozen value as Python that `Cluster.abstract` may return."""

    def of(inner: Type, part: Any) -> str:
        return _source(instance, inner, part)

    match type_:
        case EnumType():
            return repr(value.name)
        case SortType():
            return repr(instance.name_of(value))
        case QuorumType(_, member):
            return _tuple(of(member, m) for m in instance.members_in_order(value))
        case OptionalType(inner):
            return "None" if value is None else of(inner, value)
        case RecordType(cls, fields):
            given = [f"{name}={of(part, getattr(value, name))}" for name, part in fields]
            return f"record({', '.join([repr(cls.__name__), *given])})"
        case UnionType(alternatives):
            return of(next(part for part in alternatives if type(value) is part.cls), value)
        case TupleType(items):
            return _tuple(map(of, items, value))
        case MapType(key, inner):
            return _braced(f"{of(key, k)}: {of(inner, v)}" for k, v in entries_in(instance.universe(key), value))
        case SetType(element) | SeqType(element):
            return _tuple(of(element, item) for item in value)
        case BagType(element):
            return _tuple(of(element, item) for item, count in counts_in(value).items() for _ in range(count))
    return repr(value)


def _braced(parts: Iterable[str]) -> str:
    return "{" + ", ".join(parts) + "}"


def _tuple(parts: Iterable[str]) -> str:
    return "(" + "".join(f"{part}, " for part in parts) + ")"


def make_case(reference: str, assay: Assay, *, is_alone: bool) -> Case:
    """Write the files of a case into the working directory."""
    sys.modules.pop("assay_nodes_nodes", None)
    path = CONSTRUCTS / reference.partition(":")[0]
    for file in (path, CONSTRUCTS / "shared.py"):
        shutil.copy(file, ".")
    body, model = _with_self(path.read_text()), load(reference)
    name = model.cls.__name__
    if is_alone:
        body += _ALONE.format(name=name, default=_single(model))
        Path("alone.py").write_text(body)
        reference, name = "alone.py:Alone", "Alone"
    claims = "".join(_CLAIM.format(name=variable.name) for variable in model.specification.variables)
    Path("stuck.py").write_text(body + _STUCK.format(name=name, claims=claims))
    return Case(reference, assay)


def _with_self(body: str) -> str:
    if "Self" in body:
        return body
    return body.replace("\nfrom assay.", "\nfrom typing import Self\nfrom assay.", 1)


def _single(model: NamedModel) -> dict[str, Any]:
    """Return sizes of one, and what of the default instance says nothing of elements."""
    kept = {name: value for name, value in model.cls.default.items() if isinstance(value, int)}
    return {**kept, **{sort.__name__: 1 for sort in model.specification.sorts}}
