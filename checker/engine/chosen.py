"""The choices of an action, to be shown beside the step that it made."""

from __future__ import annotations

from collections.abc import Iterator

from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.execution.picks import Choice, choices_of

__all__ = ["ways_between"]


def ways_between(interpreter: Interpreter, before: Frozen, call: Call, after: Frozen) -> Iterator[tuple[Choice, ...]]:
    """Yield what an action chooses where it leads from one state to another, for each way in which it can.

    The instance must be active. An action without choices leads there in one way, if at all.
    """
    for reached, picked in interpreter.ways(before, call):
        if reached == after:
            yield choices_of(picked, interpreter.instance)
