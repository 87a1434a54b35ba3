"""A second opinion on logs, by brute force: every order of the events that the log allows, every run of the model.

It shares nothing with the validator but the interpreter: it reads lines by itself, compares values as reports write
them, decides for each pair of events which was first, and enumerates permutations.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.report.values import Renderer

Line = dict[str, Any]
Placed = tuple[int, int, Line]
"""The number of a file, that of a line in it, and the line."""


def admits(instance: Instance, files: Sequence[Sequence[Line]], unlogged: Iterable[str] = ()) -> bool:
    """Return whether some order of the lines that the log allows is a run of the model."""
    placed = [(f, number, line) for f, lines in enumerate(files) for number, line in enumerate(lines)]
    hidden = frozenset(unlogged)
    with instance.active():
        runs = _Runs(instance, hidden)
        return any(runs.admits([line for _, _, line in order]) for order in orders(placed, files))


def orders(placed: Sequence[Placed], files: Sequence[Sequence[Line]]) -> Iterator[tuple[Placed, ...]]:
    """Yield every order of the lines in which none comes before one that was first."""
    silent = [not any(key in line for line in lines for key in ("seq", "order", "time", "clock")) for lines in files]
    numbered = {line["node"]: "seq" for _, _, line in placed if "seq" in line}
    for node in {line["node"] for _, _, line in placed} - numbered.keys():
        counts = [line.get("clock", {}).get(node) for _, _, line in placed if line["node"] == node]
        if None not in counts and len(set(counts)) == len(counts):
            numbered[node] = "clock"
    for order in itertools.permutations(placed):
        if not any(_first(b, a, silent, numbered) for a, b in itertools.combinations(order, 2)):
            yield order


def _first(a: Placed, b: Placed, silent: Sequence[bool], numbered: dict[str, str]) -> bool:
    """Return whether a log says that one line was before another one."""
    (file_a, number_a, line_a), (file_b, number_b, line_b) = a, b
    same_file, same_node = file_a == file_b, line_a["node"] == line_b["node"]
    if same_node and line_a["node"] in numbered:
        if _count(line_a, numbered) < _count(line_b, numbered):
            return True
    elif same_file and number_a < number_b and (silent[file_a] or same_node):
        return True
    if "order" in line_a and "order" in line_b and line_a["order"] < line_b["order"]:
        return True
    if "time" in line_a and "time" in line_b and _span(line_a)[1] < _span(line_b)[0]:
        return True
    return "clock" in line_a and "clock" in line_b and _less(line_a["clock"], line_b["clock"])


def _count(line: Line, numbered: dict[str, str]) -> int:
    count: int = line["seq"] if numbered[line["node"]] == "seq" else line["clock"][line["node"]]
    return count


def _span(line: Line) -> tuple[float, float]:
    time = line["time"]
    return (time[0], time[1]) if isinstance(time, list) else (time, time)


def _less(a: dict[str, int], b: dict[str, int]) -> bool:
    nodes = {*a, *b}
    return a != b and all(a.get(node, 0) <= b.get(node, 0) for node in nodes)


class _Runs:
    def __init__(self, instance: Instance, hidden: frozenset[str]) -> None:
        self.interpreter = Interpreter(instance)
        self.renderer = Renderer(instance)
        self.hidden = hidden

    def admits(self, lines: Sequence[Line]) -> bool:
        states = self._quiet(set(self.interpreter.initial_states()))
        for line in lines:
            states = self._quiet(set(self._after(states, line)))
        return bool(states)

    def _after(self, states: set[Frozen], line: Line) -> Iterator[Frozen]:
        for state in states:
            if not self._saw(state, line.get("before", {})):
                continue
            for call, after in self.interpreter.successors(state):
                if call[0] == line["action"] and self._fits(call, line) and self._saw(after, line.get("state", {})):
                    yield after

    def _fits(self, call: Any, line: Line) -> bool:
        arguments = dict(self.renderer.arguments(call))
        wanted = {**({"n": line["node"]} if "n" in arguments else {}), **line.get("arguments", {})}
        return all(arguments[name] == str(value) for name, value in wanted.items())

    def _saw(self, state: Frozen, seen: Line) -> bool:
        shown = places(self.renderer, state)
        return all(shown[place] == str(value) for place, value in seen.items())

    def _quiet(self, states: set[Frozen]) -> set[Frozen]:
        found, left = set(states), list(states)
        while left:
            for call, after in self.interpreter.successors(left.pop()):
                if call[0] in self.hidden and after not in found:
                    found.add(after)
                    left.append(after)
        return found


def places(renderer: Renderer, state: Frozen) -> dict[str, str]:
    """Return what stands at each place of a state of the machine that a line may tell of, as reports write it."""
    shown = dict(renderer.state(state))
    found = {"bit": shown["bit"], "turn": shown["turn"]}
    for name in ("at", "mood"):
        entries = shown[name].strip("{}").split(", ")
        found |= {f"{name}[{node}]": value for node, value in (entry.split(": ") for entry in entries)}
    return found
