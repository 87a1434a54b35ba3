"""Logs of random runs of random protocols, as they are and edited, beside a matcher that tries every run.

A log is written as some program would write it, with its own names, and with a mapping that tells `assay conform` about
them. The matcher is given the lines as they were before, and looks at plain values of Python.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

from assay.checker.conformance.logs import read
from assay.checker.conformance.mapping_files import read_mapping
from assay.checker.conformance.search import conform
from assay.checker.errors import InputError, ModelError
from assay.checker.language import Bag, Model
from assay.checker.language.execution.freezing import thawer
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.loader import load
from assay.checker.language.sorts import Element
from assay.checker.language.types import UnionType, subtypes
from assay.checker.verdicts import Verdict

from tests.generation.choices import Seeded
from tests.generation.protocols import HEAD, REFUSED, protocol

__all__ = ["logged_differently"]

LINES = 5
"""Lines of a log at most: every order of those of two nodes is tried."""

MOST = 300
"""States in which a log may be, up to which a matcher follows them."""


@dataclass(frozen=True)
class _Seen:
    """What a line says of the state: of a variable, or of its entry for a key; all of it, or what it contains."""

    variable: str
    key: Any
    value: Any
    contains: bool = False

    def is_true(self, state: Model) -> bool:
        found = getattr(state, self.variable)
        found = found if self.key is None else found[self.key]
        if not self.contains:
            return bool(_plain(found) == self.value)
        return all(_items(found).count(item) >= self.value.count(item) for item in self.value)


def _plain(value: Any) -> Any:
    """Return a container as the list of its elements: in their order, or, where there is none, sorted."""
    if isinstance(value, list | set | frozenset | Bag):
        return _items(value) if isinstance(value, list) else sorted(_items(value), key=repr)
    return {key: _plain(entry) for key, entry in value.items()} if isinstance(value, dict) else value


def _items(value: Any) -> list[Any]:
    return [item for item, count in value.counts.items() for _ in range(count)] if isinstance(value, Bag) else [*value]


@dataclass(frozen=True)
class _Line:
    """A line of a log: who does which of some actions, or one after the other, and what is seen of it."""

    node: Element
    alternatives: tuple[tuple[str, ...], ...]
    arguments: dict[str, Any] = field(default_factory=dict)
    before: tuple[_Seen, ...] = ()
    after: tuple[_Seen, ...] = ()


class _TooMany(Exception):
    """More states than a matcher follows."""


# Recording


class _Recorder:
    """Takes a random run, and writes lines about it."""

    def __init__(self, instance: Instance, choices: Seeded, hidden: frozenset[str]) -> None:
        self.interpreter, self.choices, self.hidden = Interpreter(instance), choices, hidden
        self.nodes = instance.elements(next(s for s in instance.sizes if s.__name__ == "Node"))
        self.names = {m.name: [name for name, _ in m.parameters] for m in instance.specification.actions}
        self.types = {m.name: m.parameters for m in instance.specification.actions}
        self.states: list[Frozen] = []

    def lines(self) -> list[_Line]:
        """Return the lines of a run."""
        state = self.choices.pick(self.interpreter.initial_states())
        self.states, found = [state], list[_Line]()
        for _ in range(8):
            steps = [step for step in self.interpreter.attempts(state) if not isinstance(step[1], ModelError)]
            if not steps or len(found) == LINES:
                break
            name = self.choices.pick(sorted({call[0] for call, _ in steps}))
            call, after = self.choices.pick([step for step in steps if step[0][0] == name])
            assert not isinstance(after, ModelError)
            self.states.append(after)
            if call[0] not in self.hidden:
                found.append(self._line(call, state, after))
            state = after
        return found

    def _line(self, call: Call, before: Frozen, after: Frozen) -> _Line:
        given = dict(zip(self.names[call[0]], call[1], strict=True))
        told = {name: value for name, value in given.items() if name != "n" and self.choices.chance(50)}
        node = given.get("n") or self.choices.pick(self.nodes)
        if "n" in given and self.choices.chance(15):
            told["n"], node = given["n"], self.choices.pick(self.nodes)
        return _Line(node, ((call[0],),), told, self.seen(before, 20), self.seen(after, 60))

    def seen(self, state: Frozen, percent: int) -> tuple[_Seen, ...]:
        """Return some of what is to be seen of a state."""
        thawed, found = self.interpreter.thaw(state), list[_Seen]()
        for name in self.interpreter.names:
            if self.choices.chance(percent):
                found.append(self._of(name, getattr(thawed, name)))
        return tuple(found[:2])

    def _of(self, name: str, value: Any) -> _Seen:
        key = None
        if isinstance(value, dict) and self.choices.chance(70):
            key = self.choices.pick(self.nodes)
            value = value[key]
        if isinstance(value, set | Bag) and self.choices.chance(40):
            items = _items(value)
            return _Seen(name, key, [item for item in items if self.choices.chance(60)], contains=True)
        return _Seen(name, key, _plain(value))

    def edited(self, lines: Sequence[_Line]) -> list[_Line]:
        """Return the lines with something else in one of them: what it sees, what it does, or where it stands."""
        found, index = [*lines], self.choices.number(0, len(lines) - 1)
        line = found[index]
        match self.choices.pick(["after", "after", "before", "argument", "action", "node", "order", "lost", "joined"]):
            case "after":
                found[index] = replace(line, after=self.seen(self.choices.pick(self.states), 80))
            case "before":
                found[index] = replace(line, before=self.seen(self.choices.pick(self.states), 80))
            case "argument":
                names = self.names[line.alternatives[-1][0]]
                types = dict(self.types[line.alternatives[-1][0]])
                name = self.choices.pick(names) if names else ""
                few = [] if name in ("", "note") else self.interpreter.instance.universe(types[name])
                arguments = {**line.arguments, **({name: self.choices.pick(few)} if few else {})}
                found[index] = replace(line, arguments=arguments)
            case "action":
                loud = [name for name in self.names if name not in self.hidden]
                found[index] = _Line(line.node, ((self.choices.pick(loud),),), {}, line.before, line.after)
            case "node":
                found[index] = replace(line, node=self.choices.pick(self.nodes))
            case "order":
                other = self.choices.number(0, len(lines) - 1)
                found[index], found[other] = found[other], found[index]
            case "lost":
                del found[index]
            case "joined" if index:
                one, two = found[index - 1], line
                both = (*one.alternatives[-1], *two.alternatives[-1])
                found[index - 1 : index + 1] = [_Line(two.node, (both,), {}, one.before, two.after)]
        return found

    def blurred(self, lines: Sequence[_Line]) -> list[_Line]:
        """Return the lines where some of them leave open which of two actions it was."""
        loud = [name for name in self.names if name not in self.hidden]
        return [
            replace(line, alternatives=((self.choices.pick(loud),), *line.alternatives))
            if self.choices.chance(30)
            else line
            for line in lines
        ]


# The matcher


class _Matcher:
    """Follows every run that may be the one in a log."""

    def __init__(self, instance: Instance, hidden: frozenset[str]) -> None:
        self.interpreter, self.hidden = Interpreter(instance), hidden
        self.names = {m.name: [name for name, _ in m.parameters] for m in instance.specification.actions}
        self.raised = False
        self._known: dict[Frozen, list[tuple[Call, Frozen]]] = {}

    def admits(self, lines: Sequence[_Line]) -> bool:
        """Return whether the lines, in this order, are a run."""
        states = self._quiet(set(self.interpreter.initial_states()))
        for line in lines:
            states = self._quiet({after for state in states for after in self._after(state, line)})
        return bool(states)

    def _steps(self, state: Frozen) -> list[tuple[Call, Frozen]]:
        if state not in self._known:
            if len(self._known) >= MOST:
                raise _TooMany
            found = [*self.interpreter.attempts(state)]
            self.raised = self.raised or any(isinstance(after, ModelError) for _, after in found)
            self._known[state] = [(call, after) for call, after in found if not isinstance(after, ModelError)]
        return self._known[state]

    def _after(self, state: Frozen, line: _Line) -> Iterator[Frozen]:
        if not all(seen.is_true(self.interpreter.thaw(state)) for seen in line.before):
            return
        for names in line.alternatives:
            ends = {state}
            for name in names:
                ends = {
                    after
                    for end in ends
                    for call, after in self._steps(end)
                    if call[0] == name and self._fits(call, line)
                }
            for end in ends:
                if all(seen.is_true(self.interpreter.thaw(end)) for seen in line.after):
                    yield end

    def _fits(self, call: Call, line: _Line) -> bool:
        given = dict(zip(self.names[call[0]], call[1], strict=True))
        wanted = {"n": line.node, **line.arguments}
        return all(value == wanted[name] for name, value in given.items() if name in wanted)

    def _quiet(self, states: set[Frozen]) -> set[Frozen]:
        left = [*states]
        while left:
            for call, after in self._steps(left.pop()):
                if call[0] in self.hidden and after not in states:
                    states.add(after)
                    left.append(after)
        return states


def _orders(files: Sequence[Sequence[_Line]]) -> Iterator[list[_Line]]:
    """Yield every order of the lines of one or two files in which those of each file stay in order."""
    if len(files) == 1:
        yield [*files[0]]
        return
    first, second = files
    for places in combinations(range(len(first) + len(second)), len(first)):
        left, right = iter(first), iter(second)
        yield [next(left) if at in places else next(right) for at in range(len(first) + len(second))]


# What a program writes


@dataclass(frozen=True)
class _Dialect:
    """The names that a program has for nodes, phases and actions, and for the keys of its lines."""

    instance: Instance
    nodes: dict[str, str]
    phases: dict[str, str]
    actions: dict[tuple[tuple[str, ...], ...], str]
    keys: dict[str, str]
    is_mapped: bool

    def line(self, line: _Line) -> str:
        """Return a line of the log."""
        said = {
            "node": self.value(line.node),
            "action": self.actions[line.alternatives],
            "arguments": {name: self._argument(line, name) for name in line.arguments},
            "before": dict(self._seen(seen) for seen in line.before),
            "state": dict(self._seen(seen) for seen in line.after),
        }
        return json.dumps({self.keys[key]: value for key, value in said.items() if value})

    def _argument(self, line: _Line, name: str) -> Any:
        """Return an argument as JSON; that of a call is frozen."""
        action = next(m for m in self.instance.specification.actions if m.name == line.alternatives[-1][0])
        return self.value(thawer(dict(action.parameters)[name], self.instance)(line.arguments[name]))

    def _seen(self, seen: _Seen) -> tuple[str, Any]:
        place = seen.variable if seen.key is None else f"{seen.variable}[{self.value(seen.key)}]"
        value = self.value(seen.value)
        if seen.variable in self._with_alternatives and seen.value is not None:
            value = {type(seen.value).__name__: value}
        return place, {"#contains": value} if seen.contains else value

    @cached_property
    def _with_alternatives(self) -> frozenset[str]:
        """The variables that are records of several classes, whose names a log gives, or None."""
        variables = self.instance.specification.variables
        return frozenset(v.name for v in variables if any(isinstance(t, UnionType) for t in subtypes(v.type)))

    def value(self, value: Any) -> Any:
        """Return a value as JSON."""
        match value:
            case Element():
                return _named(self.instance.name_of(value), self.nodes)
            case Enum():
                return _named(value.name, self.phases)
            case list() | frozenset() | set():
                return [self.value(item) for item in value]
            case dict():
                return {self.value(key): self.value(entry) for key, entry in value.items()}
            case _ if hasattr(value, "__dataclass_fields__"):
                return {name: self.value(getattr(value, name)) for name in value.__dataclass_fields__}
        return value

    def mapping(self) -> str:
        """Return the mapping of the log."""
        fields = [f"{key} = {json.dumps(name)}" for key, name in self.keys.items()]
        lines = ["[fields]", *fields, "[nodes]"]
        lines += [f"{json.dumps(own)} = {json.dumps(stands)}" for own, stands in self.nodes.items()]
        lines += ["[values.Phase]"] if self.phases else []
        lines += [f"{json.dumps(own)} = {json.dumps(stands)}" for own, stands in self.phases.items()]
        lines += ["[actions]", "heartbeat = false"]
        lines += [f"{json.dumps(name)} = {_alternatives(stands)}" for stands, name in self.actions.items()]
        return "\n".join(lines) + "\n"


def _named(name: str, meant: dict[str, str]) -> str:
    """Return the program's name for what the model calls so."""
    return next((own for own, stands in meant.items() if stands == name), name)


def _alternatives(stands: tuple[tuple[str, ...], ...]) -> str:
    return json.dumps([names[0] if len(names) == 1 else [*names] for names in stands])


def _dialect(instance: Instance, choices: Seeded, lines: Sequence[_Line]) -> _Dialect:
    """Draw the names of a program; a mapping names only what there is."""
    keys = {key: key for key in ("node", "action", "arguments", "before", "state")}
    stands = dict.fromkeys(line.alternatives for line in lines)
    is_mapped = choices.chance(60) or any(len(each) > 1 or len(each[0]) > 1 for each in stands)
    if not is_mapped:
        return _Dialect(instance, {}, {}, {each: each[0][0] for each in stands}, keys, is_mapped=False)
    used = {
        key
        for line in lines
        for key, value in (("arguments", line.arguments), ("before", line.before), ("state", line.after))
        if value
    }
    keys = {"node": "who", "action": "did", **{key: f"its {key}" for key in keys if key in used}}
    nodes = {"10.0.0.1": "n1", "10.0.0.2": "n2"} if choices.chance(70) else {}
    if choices.chance(20):
        nodes = {"n1": "n2", "n2": "n1"}
    specification = instance.specification
    types = [v.type for v in specification.variables] + [t for m in specification.actions for _, t in m.parameters]
    has_phases = any(str(part) == "Phase" for type_ in types for part in subtypes(type_))
    phases = {"idle": "IDLE", "READY": "DONE", "ready": "READY"} if has_phases and choices.chance(50) else {}
    actions = {each: f"did {index}" for index, each in enumerate(stands)}
    return _Dialect(instance, nodes, phases, actions, keys, is_mapped=True)


def _heard(folder: Path, dialect: _Dialect, files: Sequence[Sequence[_Line]], hidden: frozenset[str]) -> Verdict:
    """Return the verdict of the validator on a log."""
    paths = []
    for number, lines in enumerate(files):
        paths.append(str(folder / f"{number}.jsonl"))
        noise = [json.dumps({"who": "nobody", "did": "heartbeat"})] if dialect.is_mapped else []
        Path(paths[-1]).write_text("".join(f"{text}\n" for text in [*noise, *map(dialect.line, lines)]))
    mapped = None
    if dialect.is_mapped:
        (folder / "names.toml").write_text(dialect.mapping())
        mapped = read_mapping(str(folder / "names.toml"))
    log = read(paths, dialect.instance, mapped, unlogged=sorted(hidden))
    return conform(dialect.instance, log.chains, unlogged=log.unlogged).verdict


def logged_differently(seed: int, folder: Path) -> str | None:
    """Compare what is said of the logs of a seed with what a matcher says; return what differs, or None."""
    choices, inside = Seeded(seed), folder / f"logged_{seed}"
    inside.mkdir()
    made = protocol(choices)
    (inside / "protocol.py").write_text(f"{HEAD}\n\n{made.model()}")
    specification = load(str(inside / "protocol.py")).specification
    try:
        compile_model(specification)
    except ModelError as error:
        return None if any(words in error.message for words in REFUSED) else f"refused: {error.message}"
    instance = instantiate(specification, {})
    hidden = frozenset({choices.pick(made.actions).name} if choices.chance(30) and len(made.actions) > 1 else ())
    with instance.active():
        recorder = _Recorder(instance, choices, hidden)
        lines = recorder.blurred(recorder.lines())
        logs = [lines, *(recorder.edited(lines) for _ in range(3))] if lines else []
        for number, each in enumerate(log for log in logs if log):
            by_node = [[line for line in each if line.node == node] for node in recorder.nodes]
            files = [part for part in by_node if part] if choices.chance(30) else [each]
            text = _differing(_dialect(instance, choices, each), files, hidden, inside, is_run=not number)
            if text is not None:
                return f"{text}\n{made.model()}"
    return None


def _differing(
    dialect: _Dialect, files: Sequence[Sequence[_Line]], hidden: frozenset[str], folder: Path, *, is_run: bool
) -> str | None:
    matcher = _Matcher(dialect.instance, hidden)
    try:
        fits = any(matcher.admits(order) for order in _orders(files))
    except _TooMany:
        return None
    try:
        verdict = _heard(folder, dialect, files, hidden)
    except InputError as error:
        return f"refused: {error.message}\n{_shown(dialect, files)}"
    if is_run and not fits:
        return f"a run is none\n{_shown(dialect, files)}"
    # Where an action raises, a run beyond it is unknown.
    allowed = {Verdict.HOLDS} if fits else {Verdict.VIOLATED, *([Verdict.UNKNOWN] if matcher.raised else [])}
    return None if verdict in allowed else f"{verdict.value}, and it is {fits}\n{_shown(dialect, files)}"


def _shown(dialect: _Dialect, files: Sequence[Sequence[_Line]]) -> str:
    return "\n".join([*(line for part in files for line in map(dialect.line, part)), dialect.mapping()])
