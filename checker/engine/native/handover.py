"""The interpreter handles a state for which machine code has no answer; then the search continues natively.

Compiled code has no answer where the model's own code fails, and where an intermediate number does not fit a machine
word. Only the interpreter, whose integers are unbounded, can tell the two apart.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from assay.checker.engine.exploration import Path
from assay.checker.engine.findings import Findings
from assay.checker.engine.native.codegen.packing.layout import Layout
from assay.checker.engine.native.program import PackedStates, packed, unpacked
from assay.checker.errors import ModelError
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Frozen, Interpreter

__all__ = ["Handover", "Successors"]

_GLANCE = 64
"""How many calls of the model's methods to make between two checks of the limits."""


@immutable
class Successors:
    """The successors of a state, judged.

    Attributes
    ----------
    states : array of shape (n, words)
        The states, packed.
    actions : int32 array of shape (n,)
        The number of the action that leads to each state.
    outside : bool array of shape (n,)
        Which of them a constraint excludes.
    """

    states: PackedStates
    actions: npt.NDArray[np.int32]
    outside: npt.NDArray[np.bool_]


class Handover:
    """The interpreter, at the service of a native search.

    Parameters
    ----------
    instance : Instance
        The instance; it must be active.
    layout : Layout
        How its states are packed.
    deadlock : bool
        Whether to look for deadlocks.

    Attributes
    ----------
    findings : Findings
        What it found in the states that it was given.
    states : int
        The number of states that it expanded.
    look : callable
        Called from time to time, to check the limits.
    """

    def __init__(self, instance: Instance, layout: Layout, *, deadlock: bool) -> None:
        self.interpreter = Interpreter(instance, self._pulse)
        self.findings = Findings(self.interpreter, deadlock)
        self.states = 0
        self.look: Callable[[], None] = lambda: None
        self._layout = layout
        self._pulses = 0
        self._numbers = {method.name: number for number, method in enumerate(instance.specification.actions)}

    def _pulse(self) -> None:
        self._pulses += 1
        if self._pulses % _GLANCE == 0:
            self.look()

    def expand(self, rows: PackedStates) -> Successors:
        """Expand the last state of a path; judge its steps, and those of its successors that constraints exclude.

        Successors inside the constraints are judged later, when the kernel has stored them.
        """
        self.states += 1
        path, calls = unpacked(self._layout, rows), 0
        found: list[tuple[Frozen, int, bool]] = []
        for calls, (call, after) in enumerate(self.interpreter.attempts(path[-1]), start=1):  # noqa: B007
            if isinstance(after, ModelError):
                self.findings.fail(after, path)
            else:
                found.append((after, self._numbers[call[0]], self._judge(path, after)))
        if not calls:
            self.findings.judge_ending(path[-1], lambda: path)
        return Successors(
            packed(self._layout, (state for state, _, _ in found)),
            np.array([action for _, action, _ in found], np.int32),
            np.array([outside for _, _, outside in found], np.bool_),
        )

    def _judge(self, path: Path, after: Frozen) -> bool:
        self.findings.judge_step(path[-1], after, lambda: (*path, after))
        if self._is_taken(path[-1], after, (*path, after)):
            return self._is_outside(after, (*path, after))
        self.findings.judge_state(after, lambda: (*path, after))
        return True

    def _is_taken(self, before: Frozen, after: Frozen, path: Path) -> bool:
        try:
            return self.interpreter.is_taken(before, after)
        except ModelError as error:
            self.findings.fail(error, path)
            return False

    def _is_outside(self, state: Frozen, path: Path) -> bool:
        """Return whether constraints exclude a state, and judge it if they do; stored states are inspected later."""
        try:
            inside = self.interpreter.is_inside(state)
        except ModelError as error:
            self.findings.fail(error, path)
            inside = False
        if not inside:
            self.findings.judge_state(state, lambda: path)
        return not inside

    def begin(self, rows: PackedStates) -> npt.NDArray[np.bool_]:
        """Judge initial states, and return which of them constraints exclude."""
        return np.array([self._is_outside(state, (state,)) for state in unpacked(self._layout, rows)], np.bool_)

    def inspect(self, rows: PackedStates) -> None:
        """Judge the last state of a path."""
        path = unpacked(self._layout, rows)
        self.findings.judge_state(path[-1], lambda: path)
