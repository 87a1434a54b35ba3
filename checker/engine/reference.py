"""The reference explorer: a breadth-first walk with the interpreter that judges every state and step.

It is slow and simple, and the oracle of all other explorers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from assay.checker.engine.exploration import Exploration, Path, Watcher
from assay.checker.engine.findings import Findings
from assay.checker.engine.limits import Limits
from assay.checker.engine.lookout import Lookout, TooLarge
from assay.checker.engine.memory import resident
from assay.checker.engine.order_limits import OrderLimit, orders_of
from assay.checker.engine.walk import Walk
from assay.checker.errors import ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen

if TYPE_CHECKING:
    from assay.checker.engine.steps import Recorder

__all__ = ["TooLarge", "explore"]


def explore(
    instance: Instance,
    limits: Limits,
    *,
    keep_going: bool = False,
    deadlock: bool = True,
    watch: Watcher | None = None,
    give_up: Callable[[float], bool] | None = None,
) -> Exploration:
    """Explore every reachable state, breadth first.

    Parameters
    ----------
    instance : Instance
        The model's instance; it must be active.
    limits : Limits
        Where to stop.
    keep_going : bool
        Whether to go on after a violation or an error, to find one for each property.
    deadlock : bool
        Whether a state without a successor that is not terminal is a violation.
    watch : callable, optional
        Called now and then with the progress.
    give_up : callable, optional
        Called now and then with the seconds so far; raise `TooLarge` once it returns True.

    Returns
    -------
    Exploration
        With ``failure`` set if an action or a property raises, or a value exceeds its bound.

    Raises
    ------
    ModelError
        If there is no initial state, because the model's own code fails there.
    TooLarge
        See `give_up`.
    """
    lookout = Lookout(limits, watch, give_up)
    judge = _Judge(keep_going=keep_going, deadlock=deadlock)
    walk = Walk(instance, lookout, judge)
    walk.run()
    return judge.outcome(walk, lookout.seconds)


class _Judge:
    """The visitor that judges every state and step, and counts what each action does."""

    def __init__(self, *, keep_going: bool, deadlock: bool) -> None:
        self._keep_going, self._deadlock = keep_going, deadlock

    def begin(self, walk: Walk) -> None:
        self._walk = walk
        self._findings = Findings(walk.interpreter, self._deadlock)
        specification, instance = walk.interpreter.specification, walk.interpreter.instance
        self._fired = dict.fromkeys((method.name for method in specification.actions), 0)
        self._discovered = dict(self._fired)
        self._order_limits = [OrderLimit(instance, order) for order in orders_of(specification)]
        self._recorder = _recorder(walk) if specification.needs_steps else None

    def meet(self, state: Frozen, parent: Frozen | None, *, inside: bool) -> None:
        self._findings.judge_state(state, lambda: self._walk.path_through(parent, state))
        if inside:
            for limit in self._order_limits:
                limit.look_at(state, initial=parent is None)
            if self._recorder is not None:
                self._recorder.store(state, initial=parent is None)

    def step(self, before: Frozen, call: Call, after: Frozen) -> None:
        self._findings.judge_step(before, after, lambda: self._walk.path_through(before, after))
        self._fired[call[0]] += 1
        if self._recorder is not None:
            self._recorder.step(call)

    def reach(self, before: Frozen, call: Call, after: Frozen, *, new: bool) -> None:  # noqa: ARG002
        self._discovered[call[0]] += new
        if self._recorder is not None:
            self._recorder.reach(after)

    def leave(self, state: Frozen, calls: int) -> None:
        if not calls:
            self._findings.judge_ending(state, lambda: self._walk.path(state))
        if self._recorder is not None:
            self._recorder.leave()

    def fail(self, error: ModelError, path: Path) -> None:
        self._findings.fail(error, path)

    def has_ended(self, *, between_levels: bool) -> bool:
        """Return whether a violation was found.

        An error ends the search only at the end of its level: a violation on the same level would be the better
        finding.
        """
        if self._keep_going:
            return False
        return self._findings.is_violated or (between_levels and self._findings.failure is not None)

    def outcome(self, walk: Walk, seconds: float) -> Exploration:
        return Exploration(
            engine="reference",
            distinct=walk.distinct,
            generated=walk.generated,
            depth=walk.depth,
            frontier=walk.frontier,
            seconds=seconds,
            memory=resident(),
            fired=self._fired,
            discovered=self._discovered,
            found=self._findings.found,
            failure=self._findings.failure,
            cut=walk.cut,
            order_limits=tuple(limit.sort.__name__ for limit in self._order_limits if limit.reached),
            stop=walk.stop,
            behaviours=None if self._recorder is None else self._recorder.behaviours,
        )


def _recorder(walk: Walk) -> Recorder:
    """Return the recorder of steps; NumPy is imported only if a property of behaviours needs it."""
    from assay.checker.engine.steps import Recorder

    return Recorder(walk.interpreter)
