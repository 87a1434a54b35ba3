"""Confirm with the interpreter that a lasso is a fair behaviour of the model that violates a formula.

Nothing is shared with the search that found the lasso: no arrays, automata or components. The steps are executed,
enabledness is evaluated in each state of the loop, and the formula is evaluated on the lasso by definition.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from assay.checker.engine.trace import Trace
from assay.checker.errors import InternalError
from assay.checker.immutable import immutable
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.fairness import Fairness
from assay.checker.language.formulas import Always, And, Eventually, Formula, Happens, Not, Now, Or, Until
from assay.checker.language.introspection.specification import Method

__all__ = ["Assumption", "ExecutedLasso", "Fulfilment", "assumptions", "demand_violation", "is_true"]


@immutable
class Assumption:
    """A fairness assumption for one choice of values of the parameters over which it is quantified."""

    fairness: Fairness
    values: tuple[Any, ...]

    @property
    def fixed(self) -> Mapping[str, Any]:
        """The values by the names of their parameters."""
        return dict(zip(self.fairness.each, self.values, strict=True))


@immutable
class Fulfilment:
    """Why a loop satisfies a fairness assumption.

    Attributes
    ----------
    assumption : Assumption
        The assumption.
    taken : tuple of int
        The indices of the states of the loop that one of the assumption's calls leaves.
    disabled : int, optional
        The index of a state of the loop in which none of the assumption's calls is enabled.
    """

    assumption: Assumption
    taken: tuple[int, ...]
    disabled: int | None


class ExecutedLasso:
    """A lasso, executed by the interpreter. The instance must be active.

    Parameters
    ----------
    trace : Trace
        A trace with a loop.
    """

    def __init__(self, trace: Trace) -> None:
        assert trace.loop is not None
        self.trace, self.start = trace, trace.loop.start
        self._interpreter = Interpreter(trace.instance)
        self._steps: dict[Frozen, list[tuple[Call, Frozen]]] = {}
        self._names = {method.name: [name for name, _ in method.parameters] for method in self._specification.actions}

    @property
    def _specification(self) -> Any:
        return self._interpreter.specification

    @property
    def _loop(self) -> range:
        return range(self.start, len(self.trace))

    def after(self, index: int) -> int:
        """Return the index of the state that follows a state."""
        return index + 1 if index + 1 < len(self.trace) else self.start

    def _call(self, index: int) -> Call | None:
        assert self.trace.loop is not None
        return self.trace.steps[index + 1].call if index + 1 < len(self.trace) else self.trace.loop.call

    def _successors(self, state: Frozen) -> list[tuple[Call, Frozen]]:
        if state not in self._steps:
            self._steps[state] = [(call, after) for call, after in self._interpreter.successors(state)]
        return self._steps[state]

    def flaw(self) -> str | None:
        """Return why it is no infinite path of the model, or None if it is one."""
        states = self.trace.states
        if states[0] not in self._interpreter.initial_states():
            return "it does not begin in an initial state"
        for index, state in enumerate(states):
            call, after = self._call(index), states[self.after(index)]
            if call is None and after != state:
                return f"nothing happens after state {index + 1}, and the state changes"
            # An action that chooses on the way has several outcomes, of which the lasso took one.
            if call is not None and after not in self._interpreter.outcomes(state, call):
                return f"{call[0]} does not lead from state {index + 1} to the next"
        return None

    def fulfilment(self, assumption: Assumption) -> Fulfilment | None:
        """Return why the loop satisfies an assumption, or None if it does not."""
        taken = tuple(index for index in self._loop if self._takes(index, assumption))
        disabled = [index for index in self._loop if not self._enables(index, assumption)]
        never = len(disabled) == len(self._loop)
        if not taken and not (never if assumption.fairness.is_strong else disabled):
            return None
        return Fulfilment(assumption, taken, disabled[0] if disabled else None)

    def broken(self) -> Assumption | None:
        """Return an assumption that the loop breaks, or None if it is fair."""
        return next((found for found in self.assumptions if self.fulfilment(found) is None), None)

    def fulfilments(self) -> tuple[Fulfilment, ...]:
        """Return, for each assumption that the loop satisfies, why it does."""
        found = (self.fulfilment(assumption) for assumption in self.assumptions)
        return tuple(fulfilment for fulfilment in found if fulfilment is not None)

    @cached_property
    def assumptions(self) -> tuple[Assumption, ...]:
        """The fairness assumptions of the instance."""
        return tuple(assumptions(self._interpreter))

    def _takes(self, index: int, assumption: Assumption) -> bool:
        before, after = self.trace.states[index], self.trace.states[self.after(index)]
        # An action is a relation on states, so every call that makes this step counts as taken, not only the named one.
        return before != after and any(
            self._is_of(call, assumption.fairness.actions, assumption.fixed)
            for call, reached in self._successors(before)
            if reached == after
        )

    def _enables(self, index: int, assumption: Assumption) -> bool:
        state = self.trace.states[index]
        return any(
            after != state and self._is_of(call, assumption.fairness.actions, assumption.fixed)
            for call, after in self._successors(state)
        )

    def _is_of(self, call: Call, actions: tuple[str, ...], fixed: Mapping[str, Any]) -> bool:
        given = dict(zip(self._names[call[0]], call[1], strict=True))
        return (not actions or call[0] in actions) and all(given[name] == value for name, value in fixed.items())

    def is_true(self, method: Method, arguments: tuple[Any, ...]) -> bool:
        """Return whether a property of behaviours is true of the lasso from its start on."""
        formulas = [
            self._interpreter.formula(method, self._interpreter.thaw(state), arguments) for state in self.trace.states
        ]
        return self._values(formulas)[0]

    def _values(self, formulas: list[Formula]) -> list[bool]:
        """Return the truth value of a formula at each position, given the formula evaluated in each state."""
        first = formulas[0]
        operands = [self._values([f.operands[i] for f in formulas]) for i in range(len(first.operands))]
        match first:
            case Now():
                return [bool(f.value) for f in formulas if isinstance(f, Now)]
            case Happens(action, arguments):
                return [self._occurs(index, action, dict(arguments)) for index in range(len(formulas))]
            case Not():
                return [not value for value in operands[0]]
            case And():
                return [a and b for a, b in zip(*operands, strict=True)]
            case Or():
                return [a or b for a, b in zip(*operands, strict=True)]
            case Eventually():
                return [any(operands[0][i] for i in self._from(index)) for index in range(len(formulas))]
            case Always():
                return [all(operands[0][i] for i in self._from(index)) for index in range(len(formulas))]
            case Until():
                return [self._until(index, operands[0], operands[1]) for index in range(len(formulas))]
        raise TypeError(f"{first} is no temporal formula")

    def _from(self, index: int) -> range:
        """Return the positions from a position on, in order; each that it leads to at least once."""
        return range(min(index, self.start), len(self.trace))

    def _until(self, index: int, held: list[bool], goal: list[bool]) -> bool:
        # Fixed points on a lasso stabilise after two passes: the second one has seen every position of the loop.
        for _ in range(2 * len(self.trace)):
            if goal[index]:
                return True
            if not held[index]:
                return False
            index = self.after(index)
        return False

    def _occurs(self, index: int, action: str, fixed: Mapping[str, Any]) -> bool:
        before, after = self.trace.states[index], self.trace.states[self.after(index)]
        return before != after and any(
            reached == after and self._is_of(call, (action,), fixed) for call, reached in self._successors(before)
        )


def assumptions(interpreter: Interpreter) -> Iterator[Assumption]:
    """Yield the fairness assumptions of an instance, each for one choice of values. The instance must be active."""
    specification = interpreter.specification
    methods = {method.name: method for method in specification.actions}
    for fairness in specification.fairness:
        types = dict(methods[(fairness.actions or tuple(methods))[0]].parameters)
        universes = [interpreter.instance.universe(types[name]) for name in fairness.each]
        for values in itertools.product(*universes):
            yield Assumption(fairness, values)


def demand_violation(trace: Trace, method: Method, arguments: tuple[Any, ...]) -> tuple[Fulfilment, ...]:
    """Return why a lasso is fair; refuse one that is no fair behaviour, or of which a property is true.

    Raises
    ------
    InternalError
        Then the search that found it is wrong.
    """
    lasso = ExecutedLasso(trace)
    flaw, broken = lasso.flaw(), lasso.broken()
    if flaw is not None:
        raise InternalError(f"the lasso found for {method.name} is no path of the model: {flaw}")
    if broken is not None:
        raise InternalError(f"the lasso found for {method.name} is not fair: {broken.fairness}")
    if lasso.is_true(method, arguments):
        raise InternalError(f"{method.name} is true of the lasso that was found for it")
    return lasso.fulfilments()


def is_true(trace: Trace, method: Method, arguments: tuple[Any, ...]) -> bool:
    """Return whether a property of behaviours is true of a lasso."""
    return ExecutedLasso(trace).is_true(method, arguments)
