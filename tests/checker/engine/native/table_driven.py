"""A program that walks a graph given as a table, so that one compilation serves every random example."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from typing import Any

import numpy as np
from assay.checker.engine.native.abi import ALARM, STATUS_ASKED, STATUS_ERROR, STATUS_FULL
from assay.checker.engine.native.intrinsics import int64s
from assay.checker.engine.native.program import Program
from numba import cfunc, types

MOST_STATES, MOST_EDGES = 64, 1024
WORDS, STATES, LEFT, EVERY = range(4)
INDPTR = 8
TARGETS = INDPTR + MOST_STATES + 1
ACTIONS = TARGETS + MOST_EDGES
FIRES = ACTIONS + MOST_EDGES
WITHIN = FIRES + MOST_STATES
TERMINAL = WITHIN + MOST_STATES
STEP_FIRES = TERMINAL + MOST_STATES
STEP_LEADS = STEP_FIRES + MOST_STATES * MOST_STATES
FAULTS = STEP_LEADS + MOST_STATES * MOST_STATES
SIZE = FAULTS + MOST_STATES

_TABLE = np.zeros(SIZE, np.int64)
_ADDRESS = _TABLE.ctypes.data

_states, _numbers, _actions = (
    types.CPointer(types.uint64),
    types.CPointer(types.int64),
    types.CPointer(types.int32),
)
_test = types.int64(_states, types.int64, _states, _numbers)


NEVER = -1
"""What a status says where the alarm stands if a function must neither return early nor be without an answer."""

FAILED = 2
"""The number of the action or predicate that a function reports where it has no answer."""


class Fault(IntEnum):
    """A function that has no answer; those of steps have none by the state after the step."""

    EXPAND, INSPECT, WITHIN, TERMINAL, STEPS, TAKEN = (1 << bit for bit in range(6))


# What compiled functions read.
_EXPAND, _INSPECT, _WITHIN, _TERMINAL, _STEPS, _TAKEN = map(int, Fault)


@dataclass(frozen=True)
class System:
    """A transition system over the states 0, 1, … with whatever else a model may say about them."""

    edges: list[list[tuple[int, int]]]
    initial: list[int] = field(default_factory=lambda: [0])
    words: int = 1
    actions: int = 3
    fires: dict[int, int] = field(default_factory=dict)
    outside: frozenset[int] = frozenset()
    terminal: frozenset[int] = frozenset()
    step_fires: dict[tuple[int, int], int] = field(default_factory=dict)
    kept_out: frozenset[tuple[int, int]] = frozenset()
    faults: dict[int, int] = field(default_factory=dict)
    """Which functions have no answer in a state: a sum of faults."""

    alarm: int = 0
    """After how many states and steps a function first answers an alarm, which takes longer every time; 0: never."""

    def program(self) -> Program:
        """Fill the table, and return the program; the one before is no longer good."""
        t = _TABLE
        t[:] = 0
        t[WORDS], t[STATES] = self.words, len(self.edges)
        t[LEFT] = t[EVERY] = self.alarm
        flat = [edge for out in self.edges for edge in out]
        t[INDPTR : INDPTR + len(self.edges) + 1] = np.cumsum([0, *map(len, self.edges)])
        t[ACTIONS : ACTIONS + len(flat)] = [action for action, _ in flat]
        t[TARGETS : TARGETS + len(flat)] = [target for _, target in flat]
        for state, mask in self.fires.items():
            t[FIRES + state] = mask
        for state in range(len(self.edges)):
            t[WITHIN + state] = state not in self.outside
            t[TERMINAL + state] = state in self.terminal
        for (before, after), mask in self.step_fires.items():
            t[STEP_FIRES + before * MOST_STATES + after] = mask
        for state, faults in self.faults.items():
            t[FAULTS + state] = faults
        t[STEP_LEADS:FAULTS] = 1
        for before, after in self.kept_out:
            t[STEP_LEADS + before * MOST_STATES + after] = 0
        addresses = {name: function.address for name, function in _compiled().items()}
        if not self.kept_out:
            addresses["taken"] = 0
        return Program(self.words, self.actions, predicates=3, step_predicates=2, **addresses)

    def packed(self, states: list[int]) -> Any:
        rows = np.ones((len(states), self.words), np.uint64)
        if self.words == 1:
            rows[:, 0] |= np.array(states, np.uint64) << np.uint64(1)
        else:
            rows[:, 1:] = np.array(states, np.uint64)[:, np.newaxis]
        return rows

    def mend(self, row: Any) -> None:
        """Have every function answer in a state from now on."""
        state = int(row[0]) >> 1 if self.words == 1 else int(row[-1])
        _TABLE[FAULTS + state] = 0


@cache
def _compiled() -> dict[str, Any]:
    from numba import njit

    @njit
    def number(states, i):
        words = int64s(_ADDRESS)[WORDS]
        return np.int64(states[i] >> np.uint64(1)) if words == 1 else np.int64(states[i * words + words - 1])

    @njit
    def pack(out, k, state):
        words = int64s(_ADDRESS)[WORDS]
        out[k * words] = np.uint64(1 | (state << 1)) if words == 1 else np.uint64(1)
        for word in range(1, words):
            out[k * words + word] = np.uint64(state)

    @njit
    def answers(status, i):
        t = int64s(_ADDRESS)
        if t[EVERY] == 0 or status[ALARM] == NEVER:
            return False
        t[LEFT] -= 1
        if t[LEFT] > 0:
            return False
        t[EVERY] += 1 + t[EVERY] // 2
        t[LEFT] = t[EVERY]
        status[0], status[1] = STATUS_ASKED, i
        return True

    @njit
    def fails(status, i, state, function):
        if status[ALARM] == NEVER or int64s(_ADDRESS)[FAULTS + state] & function == 0:
            return False
        status[0], status[1], status[2] = STATUS_ERROR, i, FAILED
        return True

    def expand(states, count, out, actions, ends, capacity, status):
        t = int64s(_ADDRESS)
        n = 0
        for i in range(count):
            if answers(status, i):
                return n
            state = number(states, i)
            first, last = t[INDPTR + state], t[INDPTR + state + 1]
            if fails(status, i, state, _EXPAND):
                return n
            if n + last - first > capacity:
                status[0], status[1] = STATUS_FULL, i
                return n
            for edge in range(first, last):
                pack(out, n, t[TARGETS + edge])
                actions[n] = t[ACTIONS + edge]
                n += 1
            ends[i] = n
        return n

    def inspect(states, count, masks, status):
        t = int64s(_ADDRESS)
        for i in range(count):
            state = number(states, i)
            if answers(status, i) or fails(status, i, state, _INSPECT):
                return 0
            masks[i] = np.uint64(t[FIRES + state])
        return 0

    def within(states, count, masks, status):
        for i in range(count):
            state = number(states, i)
            if answers(status, i) or fails(status, i, state, _WITHIN):
                return 0
            masks[i] = np.uint64(int64s(_ADDRESS)[WITHIN + state])
        return 0

    def terminal(states, count, masks, status):
        for i in range(count):
            state = number(states, i)
            if answers(status, i) or fails(status, i, state, _TERMINAL):
                return 0
            masks[i] = np.uint64(int64s(_ADDRESS)[TERMINAL + state])
        return 0

    @njit
    def looked_up(table, function, before, count, after, ends, masks, status):
        t = int64s(_ADDRESS)
        k = 0
        for i in range(count):
            row = table + number(before, i) * MOST_STATES
            while k < ends[i]:
                state = number(after, k)
                if answers(status, k) or fails(status, k, state, function):
                    return 0
                masks[k] = np.uint64(t[row + state])
                k += 1
        return 0

    def steps(before, count, after, ends, masks, status):
        return looked_up(STEP_FIRES, _STEPS, before, count, after, ends, masks, status)

    def taken(before, count, after, ends, masks, status):
        return looked_up(STEP_LEADS, _TAKEN, before, count, after, ends, masks, status)

    expand_type = types.int64(_states, types.int64, _states, _actions, _numbers, types.int64, _numbers)
    steps_type = types.int64(_states, types.int64, _states, _numbers, _states, _numbers)
    return {
        "expand": cfunc(expand_type)(expand),
        "inspect": cfunc(_test)(inspect),
        "within": cfunc(_test)(within),
        "terminal": cfunc(_test)(terminal),
        "steps": cfunc(steps_type)(steps),
        "taken": cfunc(steps_type)(taken),
    }
