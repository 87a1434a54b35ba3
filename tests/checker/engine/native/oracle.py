"""A second explorer: the same program, in plain Python, with a dict; and what both must agree on."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
from assay.checker.engine.native.abi import ALARM
from assay.checker.engine.native.edges import edges
from assay.checker.engine.native.handover import Successors
from assay.checker.engine.native.outcome import NativeOutcome
from assay.checker.engine.native.program import Program
from assay.checker.engine.native.search import search
from assay.checker.engine.native.signatures import EXPAND, STEPS, TEST

from tests.checker.engine.native.table_driven import NEVER

State = tuple[int, ...]
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


class Stand:
    """Stands in for the interpreter where a program has no answer, and judges what is handed over to it.

    Attributes
    ----------
    judged : Expected
        What it found in the states that it was given: lengths of the paths to it.
    states : int
        How many states it expanded.
    """

    def __init__(self, program: Program) -> None:
        self.judged, self.states = Expected(), 0
        self.findings = SimpleNamespace(is_violated=False, failure=None)
        self.look = lambda: None
        self._program, self._functions = program, Functions(program)

    def begin(self, rows: Any) -> Any:
        """Return which initial states constraints exclude."""
        return np.array([not self._is_inside(tuple(row), 1) for row in rows.tolist()], np.bool_)

    def inspect(self, rows: Any) -> None:
        """Judge the last state of a path."""
        self._inspect(tuple(rows[-1].tolist()), len(rows))

    def expand(self, rows: Any) -> Successors:
        """Expand the last state of a path."""
        functions, program, state, depth = self._functions, self._program, tuple(rows[-1].tolist()), len(rows)
        self.states += 1
        found = functions.successors(state)
        if not found and not functions.mask(program.terminal, state, 0) and self.judged.deadlock is None:
            self.judged.deadlock = depth
        outside = []
        for _, successor in found:
            for bit in _bits(functions.step_mask(program.steps, state, successor, 0)):
                self.judged.found_steps.setdefault(bit, depth + 1)
            leads = functions.step_mask(program.taken, state, successor, 1)
            outside.append(not self._is_inside(successor, depth + 1, leads=bool(leads)))
        states = np.array([successor for _, successor in found], np.uint64).reshape(-1, program.words)
        return Successors(states, np.array([action for action, _ in found], np.int32), np.array(outside, np.bool_))

    def _is_inside(self, state: State, depth: int, *, leads: bool = True) -> bool:
        inside = leads and bool(self._functions.mask(self._program.within, state, 1))
        if not inside:
            self._inspect(state, depth)
        return inside

    def _inspect(self, state: State, depth: int) -> None:
        for bit in _bits(self._functions.mask(self._program.inspect, state, 0)):
            self.judged.found.setdefault(bit, depth)


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
    stand = options.get("handover")
    _assert_findings(outcome, stand.judged if stand else Expected(), expected, options.get("check_deadlock", True))
    for path in (*outcome.found.values(), *outcome.found_steps.values()):
        assert_is_run(program, path, starts)
    if stand is None or not stand.states:
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


def _assert_findings(outcome: NativeOutcome, judged: Expected, expected: Expected, check_deadlock: bool) -> None:
    """Assert that the first places of findings are found, whoever came upon them."""
    assert _shortest({bit: len(path) for bit, path in outcome.found.items()}, judged.found) == expected.found
    steps = {bit: len(path) for bit, path in outcome.found_steps.items()}
    assert _shortest(steps, judged.found_steps) == expected.found_steps
    lengths = [] if outcome.deadlock is None else [len(outcome.deadlock)]
    lengths += [] if judged.deadlock is None else [judged.deadlock]
    assert min(lengths, default=None) == (expected.deadlock if check_deadlock else None)


def _shortest(*found: dict[int, int]) -> dict[int, int]:
    return {bit: min(each[bit] for each in found if bit in each) for bit in set().union(*found)}


def _assert_edges(outcome: NativeOutcome, expected: Expected) -> None:
    graph, states = edges(outcome), [tuple(row) for row in outcome.states().tolist()]
    found = []
    for source, state in enumerate(states):
        span = slice(graph.indptr[source], graph.indptr[source + 1])
        steps = zip(graph.actions[span].tolist(), graph.targets[span].tolist(), strict=True)
        found += [(state, action, states[target]) for action, target in steps]
    assert sorted(found) == sorted(expected.edges)
