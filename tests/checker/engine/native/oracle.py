"""A second explorer: the same program, in plain Python, with a dict; and what both must agree on."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from assay.checker.engine.native.abi import ALARM
from assay.checker.engine.native.edges import edges
from assay.checker.engine.native.outcome import NativeOutcome
from assay.checker.engine.native.program import Program
from assay.checker.engine.native.search import search
from assay.checker.engine.native.signatures import EXPAND, STEPS, TEST

State = tuple[int, ...]
NEVER = -1
"""What a status says where the alarm stands if the function must not return early."""
MOST = 4096


class Functions:
    """The functions of a program, called for one state at a time."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._status = np.zeros(ALARM + 1, np.int64)

    def successors(self, state: State) -> list[tuple[int, State]]:
        words = self.program.words
        out, actions = np.zeros((MOST, words), np.uint64), np.zeros(MOST, np.int32)
        ends, source = np.zeros(1, np.int64), np.array([state], np.uint64)
        self._status[:ALARM], self._status[ALARM] = 0, NEVER
        total = EXPAND.prototype(self.program.expand)(
            source.ctypes.data,
            1,
            out.ctypes.data,
            actions.ctypes.data,
            ends.ctypes.data,
            MOST,
            self._status.ctypes.data,
        )
        assert self._status[0] == 0
        return [(int(actions[k]), tuple(out[k].tolist())) for k in range(total)]

    def mask(self, function: int, state: State, otherwise: int) -> int:
        if not function:
            return otherwise
        source, masks = np.array([state], np.uint64), np.zeros(1, np.uint64)
        self._status[:ALARM], self._status[ALARM] = 0, NEVER
        TEST.prototype(function)(source.ctypes.data, 1, masks.ctypes.data, self._status.ctypes.data)
        assert self._status[0] == 0
        return int(masks[0])

    def step_mask(self, function: int, before: State, after: State, otherwise: int) -> int:
        if not function:
            return otherwise
        source, target = np.array([before], np.uint64), np.array([after], np.uint64)
        ends, masks = np.ones(1, np.int64), np.zeros(1, np.uint64)
        self._status[:ALARM], self._status[ALARM] = 0, NEVER
        arrays = (target, ends, masks, self._status)
        STEPS.prototype(function)(source.ctypes.data, 1, *(array.ctypes.data for array in arrays))
        return int(masks[0])


@dataclass
class Expected:
    """What the plain explorer finds; distances count states, so an initial state has distance 1."""

    distance: dict[State, int] = field(default_factory=dict)
    generated: int = 0
    cut: int = 0
    fired: list[int] = field(default_factory=list)
    found: dict[int, int] = field(default_factory=dict)
    found_steps: dict[int, int] = field(default_factory=dict)
    deadlock: int | None = None
    edges: list[tuple[State, int, State]] = field(default_factory=list)


def _bits(mask: int) -> list[int]:
    return [bit for bit in range(64) if mask >> bit & 1]


def explore(program: Program, initial: list[State]) -> Expected:
    """Explore everything, level by level, with sets of tuples."""
    functions, result = Functions(program), Expected(fired=[0] * program.actions)
    level: list[State] = []

    def reach(state: State, depth: int, following: list[State], leads: bool = True) -> None:
        result.generated += 1
        for bit in _bits(functions.mask(program.inspect, state, 0)):
            result.found.setdefault(bit, depth)
        inside = leads and functions.mask(program.within, state, 1)
        result.cut += not inside
        if inside and state not in result.distance:
            result.distance[state] = depth
            following.append(state)

    for state in initial:
        reach(state, 1, level)
    depth = 1
    while level:
        following: list[State] = []
        for state in level:
            successors = functions.successors(state)
            if not successors and not functions.mask(program.terminal, state, 0) and result.deadlock is None:
                result.deadlock = depth
            for action, successor in successors:
                result.fired[action] += 1
                for bit in _bits(functions.step_mask(program.steps, state, successor, 0)):
                    result.found_steps.setdefault(bit, depth + 1)
                leads = bool(functions.step_mask(program.taken, state, successor, 1))
                reach(successor, depth + 1, following, leads)
                if leads and successor in result.distance:
                    result.edges.append((state, action, successor))
        level, depth = following, depth + 1
    return result


def assert_is_run(program: Program, path: Any, initial: list[State]) -> None:
    """Assert that each state of a path is a successor of the one before it."""
    functions = Functions(program)
    states = [tuple(row) for row in path.tolist()]
    assert states[0] in initial
    for before, after in pairwise(states):
        assert after in {successor for _, successor in functions.successors(before)}


def assert_agrees(program: Program, initial: Any, **options: Any) -> NativeOutcome:
    """Explore with both, and assert that they agree in everything."""
    starts = [tuple(row) for row in np.asarray(initial).tolist()]
    expected = explore(program, starts)
    outcome = search(program, initial, keep_going=True, **options)
    assert outcome.stop is None
    assert outcome.failure is None
    assert outcome.frontier == 0
    _assert_counts(outcome, expected)
    _assert_findings(outcome, expected, options.get("check_deadlock", True))
    for path in (*outcome.found.values(), *outcome.found_steps.values()):
        assert_is_run(program, path, starts)
    _assert_edges(outcome, expected)
    return outcome


def _assert_counts(outcome: NativeOutcome, expected: Expected) -> None:
    assert outcome.distinct == len(expected.distance)
    assert outcome.generated == expected.generated
    assert outcome.cut == expected.cut
    assert outcome.depth == max(expected.distance.values(), default=0)
    assert list(outcome.fired) == expected.fired
    initial = sum(1 for distance in expected.distance.values() if distance == 1)
    assert sum(outcome.discovered) == outcome.distinct - initial
    states = [tuple(row) for row in outcome.states().tolist()]
    assert set(states) == set(expected.distance)
    distances = [expected.distance[state] for state in states]
    assert distances == sorted(distances)


def _assert_findings(outcome: NativeOutcome, expected: Expected, check_deadlock: bool) -> None:
    assert {bit: len(path) for bit, path in outcome.found.items()} == expected.found
    assert {bit: len(path) for bit, path in outcome.found_steps.items()} == expected.found_steps
    length = None if outcome.deadlock is None else len(outcome.deadlock)
    assert length == (expected.deadlock if check_deadlock else None)


def _assert_edges(outcome: NativeOutcome, expected: Expected) -> None:
    graph, states = edges(outcome), [tuple(row) for row in outcome.states().tolist()]
    found = []
    for source, state in enumerate(states):
        span = slice(graph.indptr[source], graph.indptr[source + 1])
        steps = zip(graph.actions[span].tolist(), graph.targets[span].tolist(), strict=True)
        found += [(state, action, states[target]) for action, target in steps]
    assert sorted(found) == sorted(expected.edges)
