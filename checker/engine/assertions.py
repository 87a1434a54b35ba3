"""Assertions in a model's own code: which one fails where an explorer reports a failed assertion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from assay.checker.errors import FalseAssertion
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.kinds import Judged, Kind

__all__ = ["false_assertion"]


def false_assertion(interpreter: Interpreter, states: Sequence[Frozen]) -> FalseAssertion | None:
    """Return the first assertion that fails at the end of a path, or None.

    It may be in a property of the last state, in a property of the step to it, or in an action enabled there.
    """
    for evaluate in _evaluations(interpreter, states):
        try:
            evaluate()
        except FalseAssertion as error:
            return error
    outcomes = (outcome for _, outcome in interpreter.attempts(states[-1]))
    return next((outcome for outcome in outcomes if isinstance(outcome, FalseAssertion)), None)


def _evaluations(interpreter: Interpreter, states: Sequence[Frozen]) -> Iterator[Callable[[], object]]:
    specification = interpreter.specification
    thawed = [interpreter.thaw(state) for state in states[-2:]]
    # The same order as in the explorers, constraints before properties, so that the same assertion fails first.
    predicates = (*specification.of(Kind.CONSTRAINT), *specification.judged_on(Judged.STATE))
    for method in (*predicates, *specification.of(Kind.TERMINAL)):
        yield partial(interpreter.truth, method, thawed[-1])
    about_steps = (*specification.judged_on(Judged.STEP), *specification.of(Kind.STEP_CONSTRAINT))
    for method in about_steps if len(states) > 1 else ():
        yield partial(interpreter.truth, method, *thawed)
