"""Judge liveness properties: search for fair lassos, and replay each one found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import perf_counter

from assay.checker.engine.classes import conditions_of
from assay.checker.engine.exploration import Exploration
from assay.checker.engine.limits import Limits
from assay.checker.engine.steps import Behaviours, TemporalClaim
from assay.checker.engine.trace import Loop, Trace, TraceStep
from assay.checker.errors import InternalError, Unsupported
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.introspection.specification import Method, semantics_of
from assay.checker.properties.lassos import demand_violation, is_true
from assay.checker.properties.result import PropertyResult
from assay.checker.temporal.search import Lasso, Searches
from assay.checker.verdicts import Verdict

__all__ = ["judge_behaviours", "lasso_trace"]


def judge_behaviours(
    instance: Instance, exploration: Exploration, behaviours: Behaviours, limits: Limits
) -> Iterator[PropertyResult]:
    """Yield the verdict on each property of behaviours, after a search that explored everything.

    Parameters
    ----------
    instance : Instance
        The instance; it must be active.
    exploration : Exploration
        An exhaustive one.
    behaviours : Behaviours
        Its states and steps.
    limits : Limits
        Where to stop; no claim is begun beyond their time.

    Raises
    ------
    InternalError
        If a lasso that was found is no fair behaviour of the model, or the property is true of it.
    ModelError
        If a state predicate of a formula raises.
    """
    methods = instance.specification.temporals
    searches = Searches(behaviours, conditions_of(behaviours.told_apart))
    judge = _Judge(instance, exploration, behaviours, searches, limits, perf_counter() - exploration.seconds)
    for method in methods:
        yield judge.verdict(method, [claim for claim in behaviours.claims if claim.method == method])


@immutable
class _Judge:
    instance: Instance
    exploration: Exploration
    behaviours: Behaviours
    searches: Searches
    limits: Limits
    started: float

    def verdict(self, method: Method, claims: Sequence[TemporalClaim]) -> PropertyResult:
        """Return the verdict on a property: it is violated if it is false for some choice of its parameters."""
        for claim in claims:
            if self.limits.seconds is not None and perf_counter() - self.started > self.limits.seconds:
                return PropertyResult(method, Verdict.UNKNOWN, note="no time was left to look for fair cycles")
            try:
                lasso = self.searches.violation(claim)
            except Unsupported as error:
                return PropertyResult(method, Verdict.UNKNOWN, note=error.message)
            if lasso is not None:
                return self._violated(lasso, claim)
        return self._unviolated(method, claims)

    def _unviolated(self, method: Method, claims: Sequence[TemporalClaim]) -> PropertyResult:
        # If behaviours were cut off, finding no violation proves nothing, but a violation is still one.
        if self.exploration.cut:
            note = "no fair cycle inside the state constraint; behaviours that leave it were not followed"
            return PropertyResult(method, Verdict.UNKNOWN, note=note)
        vacuous = bool(claims) and all(map(self.searches.is_vacuous, claims))
        note = "vacuous: nothing ever satisfies its left side" if vacuous else ""
        return PropertyResult(method, semantics_of(method).unfired, note=note)

    def _violated(self, lasso: Lasso, claim: TemporalClaim) -> PropertyResult:
        """Return the verdict, with the lasso as a trace that was executed again.

        An automaton may take a step in which nothing happens to change its own state. Without such steps it is the
        same behaviour up to stuttering, and most formulas do not tell the two apart.
        """
        trace = lasso_trace(self.instance, self.behaviours, lasso)
        if is_true(trace, claim.method, claim.arguments):
            trace = lasso_trace(self.instance, self.behaviours, lasso, stutters=True)
        fair = demand_violation(trace, claim.method, claim.arguments)
        fired = semantics_of(claim.method).fired
        return PropertyResult(claim.method, fired, trace, arguments=claim.arguments, fulfilments=fair)


def lasso_trace(instance: Instance, behaviours: Behaviours, lasso: Lasso, *, stutters: bool = False) -> Trace:
    """Return a lasso with its states and calls, with or without steps in which nothing happens."""
    interpreter = Interpreter(instance)
    states = [behaviours.decode(step.state) for step in lasso.steps]
    calls = [
        None if step.call is None else _call(interpreter, behaviours, before, step.call, after)
        for step, before, after in zip(lasso.steps, states, [*states[1:], states[lasso.loop]], strict=True)
    ]
    return Trace(instance, *(_as_it_is if stutters else _without_stutters)(states, calls, lasso.loop))


def _call(interpreter: Interpreter, behaviours: Behaviours, before: Frozen, label: int, after: Frozen) -> Call:
    for call, reached in interpreter.successors(before):
        if reached == after and behaviours.told_apart.number(call) == label:
            return call
    raise InternalError("a search took a step that the model's own code does not allow")


def _as_it_is(states: Sequence[Frozen], calls: Sequence[Call | None], start: int) -> tuple[tuple[TraceStep, ...], Loop]:
    """Return the states of a lasso, each with the call that led to it, and its loop; see `Trace`."""
    steps = zip([None, *calls[:-1]], states, strict=True)
    return tuple(TraceStep(call, state) for call, state in steps), Loop(start, calls[-1])


def _without_stutters(
    states: Sequence[Frozen], calls: Sequence[Call | None], start: int
) -> tuple[tuple[TraceStep, ...], Loop]:
    """Return the lasso without stuttering steps; a loop of stuttering alone stays at its state."""
    prefix = [i for i in range(start) if calls[i] is not None]
    circle = [i for i in range(start, len(states)) if calls[i] is not None] or [start]
    shown = [*prefix, *circle]
    return _as_it_is([states[i] for i in shown], [calls[i] for i in shown], len(prefix))
