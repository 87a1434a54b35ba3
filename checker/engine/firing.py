"""A shortest path to an action that should never fire, once a search has found that it does."""

from __future__ import annotations

from assay.checker.engine.exploration import Path
from assay.checker.engine.limits import Limits
from assay.checker.engine.lookout import Lookout
from assay.checker.engine.trace import Trace, TraceStep, execute
from assay.checker.engine.walk import Walk
from assay.checker.errors import ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen

__all__ = ["first_firing"]

_PATIENCE = Limits(states=200_000, seconds=20.0)
"""Limits of the search for the path. It only illustrates what is known already, so it may be given up."""


def first_firing(instance: Instance, action: str) -> Trace | None:
    """Return a shortest trace that ends with an action, or None if there is none within the limits.

    The instance must be active. The search uses the interpreter, whichever engine counted.
    """
    seeking = _Seeking(action)
    walk = Walk(instance, Lookout(_PATIENCE), seeking)
    walk.run()
    if seeking.found is None:
        return None
    before, call, after = seeking.found
    way = execute(instance, walk.path(before))
    return Trace(instance, (*way.steps, TraceStep(call, after)))


class _Seeking:
    """A visitor that ends the walk at the first step of an action."""

    def __init__(self, action: str) -> None:
        self._action = action
        self.found: tuple[Frozen, Call, Frozen] | None = None

    def begin(self, walk: Walk) -> None:
        pass

    def meet(self, state: Frozen, parent: Frozen | None, *, inside: bool) -> None:
        pass

    def step(self, before: Frozen, call: Call, after: Frozen) -> None:
        if call[0] == self._action and self.found is None:
            self.found = before, call, after

    def reach(self, before: Frozen, call: Call, after: Frozen, *, new: bool) -> None:
        pass

    def leave(self, state: Frozen, calls: int) -> None:
        pass

    def fail(self, error: ModelError, path: Path) -> None:
        pass

    def has_ended(self, *, between_levels: bool) -> bool:  # noqa: ARG002
        return self.found is not None
