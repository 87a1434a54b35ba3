"""Replay a recorded trace with the interpreter: is it a path of the model, and does it violate a property?"""

from __future__ import annotations

import difflib
import itertools
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assay.checker.engine.assertions import false_assertion
from assay.checker.engine.chosen import ways_between
from assay.checker.engine.trace import Loop, Trace, TraceStep
from assay.checker.immutable import immutable
from assay.checker.language import choosing
from assay.checker.language.choosing import each_way_told
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.introspection.specification import Method, Property
from assay.checker.language.kinds import ASSERTIONS, DEADLOCK, Judged, Kind
from assay.checker.language.model import Disabled, first_false
from assay.checker.properties.check import demand_axioms
from assay.checker.properties.guards import missed_guard
from assay.checker.properties.implementation import Guard, Missed
from assay.checker.properties.lassos import Assumption, ExecutedLasso
from assay.checker.properties.nearness import distance
from assay.checker.properties.refinement_mapping import RefinementMapping
from assay.checker.verdicts import Verdict

__all__ = ["Guard", "Replay", "Sighting", "StepRefusal", "first_false_guard", "replay"]


@immutable
class StepRefusal:
    """Why the model does not allow a step.

    Attributes
    ----------
    number : int
        The state that cannot be reached, counted from 1.
    reason : str
        Why, in words.
    call : Call, optional
        The action that the trace names.
    guard : Guard, optional
        The first guard of the action that was false.
    expected, recorded : frozen state, optional
        Where the model goes and where the trace goes, if both are known.
    """

    number: int
    reason: str
    call: Call | None = None
    guard: Guard | None = None
    expected: Frozen | None = None
    recorded: Frozen | None = None


@immutable
class Sighting:
    """A property that fired: became false, or was reached, in a state counted from 1."""

    subject: Property
    number: int

    @property
    def name(self) -> str:
        """What the property is called."""
        return self.subject.name

    @property
    def is_violation(self) -> bool:
        """Whether the model claims that this is never seen: of an action, only that one is a sighting."""
        return self.subject.kind.is_claim or self.subject.kind is Kind.ACTION


@immutable
class Replay:
    """What executing a recorded trace showed.

    Attributes
    ----------
    trace : Trace
        As far as the model allows it.
    violations, reached : tuple of Sighting
        What was violated or reached along it, each property at its first state.
    refusal : StepRefusal, optional
        Why the model does not allow the rest.
    unfair : Assumption, optional
        What the loop of a lasso is not fair to: no property of behaviours is then about it.
    """

    trace: Trace
    violations: tuple[Sighting, ...]
    reached: tuple[Sighting, ...]
    refusal: StepRefusal | None = None
    unfair: Assumption | None = None

    @property
    def verdict(self) -> Verdict:
        """Whether the trace violates a property; *unknown* if the model does not allow it to its end."""
        if self.violations:
            return Verdict.VIOLATED
        return Verdict.HOLDS if self.refusal is None else Verdict.UNKNOWN


def replay(
    instance: Instance, recorded: Sequence[TraceStep], *, loop: Loop | None = None, deadlock: bool = True
) -> Replay:
    """Execute a recorded trace.

    Parameters
    ----------
    instance : Instance
        What to execute it on; it is made active here.
    recorded : sequence of TraceStep
        Its states, at least one, each with the action that led to it, or None where none is recorded: then
        any action that leads there will do.
    loop : Loop, optional
        Of a lasso, how it goes on after its last state.
    deadlock : bool
        Whether to look for a deadlock in the last state.

    Raises
    ------
    ModelError
        If an axiom is false in the instance, or an action or a property raises.
    """
    with instance.active():
        demand_axioms(instance)
        interpreter = Interpreter(instance)
        steps, refusal = _execute(interpreter, recorded, stutters=loop is not None)
        trace = Trace(instance, tuple(steps))
        sightings = list(_sightings(interpreter, steps, deadlock and refusal is None and loop is None))
        unfair = None
        if loop is not None and refusal is None:
            outcome = _close(interpreter, trace, loop)
            refusal = outcome if isinstance(outcome, StepRefusal) else None
            if isinstance(outcome, Trace):
                trace, lasso = outcome, ExecutedLasso(outcome)
                unfair = lasso.broken()
                sightings += [] if unfair else _unfulfilled(interpreter, lasso)
        sightings += [*_unlike(trace), *_unmeant(trace)]
        first = {sighting.subject: sighting for sighting in reversed(sightings)}
        ordered = sorted(first.values(), key=lambda sighting: sighting.number)
        violations = tuple(sighting for sighting in ordered if sighting.is_violation)
        reached = tuple(sighting for sighting in ordered if not sighting.is_violation)
        return Replay(trace, violations, reached, refusal, unfair)


def _close(interpreter: Interpreter, trace: Trace, loop: Loop) -> Trace | StepRefusal:
    """Return a trace with its loop, or why the model does not allow that."""
    start = trace.steps[loop.start]
    if loop.call is None and start.state == trace.last:
        return replace(trace, loop=Loop(loop.start, None))
    outcome = _take(interpreter, len(trace) + 1, trace.last, TraceStep(loop.call, start.state, loop.recorded))
    return (
        outcome if isinstance(outcome, StepRefusal) else replace(trace, loop=Loop(loop.start, outcome, loop.recorded))
    )


def _unfulfilled(interpreter: Interpreter, lasso: ExecutedLasso) -> Iterator[Sighting]:
    """Yield the properties of behaviours that are false of a fair lasso, at the state where its loop begins."""
    for method in interpreter.specification.temporals:
        if any(not lasso.is_true(method, arguments) for arguments in interpreter.all_choices(method)):
            yield Sighting(method, lasso.start + 1)


def _unlike(trace: Trace) -> Iterator[Sighting]:
    """Yield each refinement that the trace violates, at the state that no step of the other model leads to."""
    for method in trace.instance.specification.refinements if trace.steps else ():
        mapping = RefinementMapping(trace.instance, method)
        views = [mapping.view(state)[0] for state in trace.states]
        back = [] if trace.loop is None else [views[trace.loop.start]]
        steps = enumerate(itertools.pairwise([*views, *back]), start=2)
        wrong = (number for number, (before, after) in steps if not mapping.allows(before, after))
        found = next(wrong, None) if mapping.is_initial(views[0]) else 1
        if found is not None:
            yield Sighting(method, min(found, len(views)))


def _unmeant(trace: Trace) -> Iterator[Sighting]:
    """Yield the steps of actions that the model claims never to happen."""
    never = {method.name: method for method in trace.instance.specification.impossible}
    calls = [step.call for step in trace.steps]
    calls += [] if trace.loop is None else [trace.loop.call]
    for number, call in enumerate(calls, start=1):
        if call is not None and call[0] in never:
            yield Sighting(never[call[0]], min(number, len(trace.steps)))


def _execute(
    interpreter: Interpreter, recorded: Sequence[TraceStep], *, stutters: bool
) -> tuple[list[TraceStep], StepRefusal | None]:
    refusal = _refuse_start(interpreter, recorded[0].state)
    if refusal:
        return [], refusal
    steps = [TraceStep(None, recorded[0].state)]
    for number, step in enumerate(recorded[1:], start=2):
        if stutters and step.call is None and step.state == steps[-1].state:
            steps.append(step)  # a step of a behaviour in which nothing happens
            continue
        outcome = _refuse_to_go_on(interpreter, steps, step) or _take(interpreter, number, steps[-1].state, step)
        if isinstance(outcome, StepRefusal):
            return steps, outcome
        steps.append(TraceStep(outcome, step.state, step.recorded))
    return steps, None


def _refuse_to_go_on(interpreter: Interpreter, steps: Sequence[TraceStep], step: TraceStep) -> StepRefusal | None:
    """Refuse what follows a step that a step constraint keeps out."""
    if len(steps) < 2 or interpreter.is_taken(steps[-2].state, steps[-1].state):
        return None
    reason = f"the step to state {len(steps)} is outside a step constraint, and nothing is explored behind it"
    return StepRefusal(len(steps) + 1, reason, step.call)


def _refuse_start(interpreter: Interpreter, state: Frozen) -> StepRefusal | None:
    starts = interpreter.initial_states()
    if state in starts:
        return None
    nearest = min(starts, key=lambda start: distance(start, state), default=None)
    return StepRefusal(1, "it is no initial state of the model", expected=nearest, recorded=state)


def _take(interpreter: Interpreter, number: int, before: Frozen, step: TraceStep) -> Call | StepRefusal:
    outside = _outside(interpreter, before)
    if outside:
        reason = f"state {number - 1} is outside the constraint {outside.name}, where nothing is explored"
        return StepRefusal(number, reason, step.call)
    if step.call is None:
        return _find(interpreter, number, before, step.state)
    actions = {method.name: method for method in interpreter.specification.actions}
    name = step.call[0]
    if name not in actions:
        near = difflib.get_close_matches(name, actions, n=1)
        return StepRefusal(
            number, f"the model has no action {name!r}" + (f"; the nearest is {near[0]!r}" if near else "")
        )
    outcomes = list(interpreter.outcomes(before, step.call))
    if not outcomes:
        guard = first_false_guard(interpreter, before, step.call)
        return StepRefusal(number, "the action is not enabled", step.call, guard)
    if step.state not in outcomes:
        nearest = min(outcomes, key=lambda outcome: distance(outcome, step.state))
        return StepRefusal(number, "the action leads elsewhere", step.call, expected=nearest, recorded=step.state)
    if step.recorded is not None and not _is_chosen(interpreter, before, step):
        chosen = ", ".join(map(str, step.recorded)) or "nothing"
        return StepRefusal(number, f"the action does not lead there by choosing {chosen}", step.call)
    return step.call


def _is_chosen(interpreter: Interpreter, before: Frozen, step: TraceStep) -> bool:
    """Return whether an action leads to the recorded state; its choices may have been renamed since."""
    assert step.call is not None
    recorded = [choice.value for choice in step.recorded or ()]
    ways = ways_between(interpreter, before, step.call, step.state)
    return any([choice.value for choice in way] == recorded for way in ways)


def _outside(interpreter: Interpreter, state: Frozen) -> Method | None:
    thawed = interpreter.thaw(state)
    constraints = interpreter.specification.of(Kind.CONSTRAINT)
    return next((method for method in constraints if not interpreter.truth(method, thawed)), None)


def _find(interpreter: Interpreter, number: int, before: Frozen, after: Frozen) -> Call | StepRefusal:
    enabled: dict[str, None] = {}
    for call, successor in interpreter.successors(before):
        if successor == after:
            return call
        enabled[call[0]] = None
    names = ", ".join(enabled) or "none"
    return StepRefusal(number, f"no action leads there; enabled are {names}", recorded=after)


def first_false_guard(interpreter: Interpreter, state: Frozen, call: Call) -> Guard | None:
    """Return the `require` or `choose` that keeps an action from happening, or None if it is enabled.

    The instance must be active. Of an action that makes choices, it is the one that choosing well gets furthest to.
    """

    def attempt() -> Guard | None:
        try:
            interpreter.run(state, call)
        except Disabled as disabled:
            return _missed(disabled)
        return None

    missed: list[tuple[tuple[int, int, int], Guard]] = []
    for guard, picked in each_way_told(attempt):
        if guard is None:
            return None
        missed.append(((len(picked), guard.location.line, guard.location.column), guard))
    return max(missed, key=lambda found: found[0])[1]


def _missed(disabled: Disabled) -> Guard:
    frames = traceback.extract_tb(disabled.__traceback__)[:-1]  # the last is that of the function of the language
    if frames[-1].filename == choosing.__file__:
        return replace(_guard_at(frames[-2], None), missed=Missed.NO_CHOICE)
    if disabled.args:
        return _guard_at(frames[-1], first_false(*disabled.args))
    return replace(_guard_at(frames[-1], None), missed=Missed.NONE)  # only `some` says nothing


def _guard_at(frame: traceback.FrameSummary, index: int | None) -> Guard:
    return missed_guard(frame.filename, frame.lineno or 0, index, 0 if frame.colno is None else frame.colno + 1)


def _sightings(interpreter: Interpreter, steps: Sequence[TraceStep], deadlock: bool) -> Iterator[Sighting]:
    on_states, on_steps = (interpreter.specification.judged_on(what) for what in (Judged.STATE, Judged.STEP))
    before, judged = None, set()
    for number, step in enumerate(steps, start=1):
        state = interpreter.thaw(step.state)
        if step.state not in judged:  # most of a replay's time goes into the properties; a trace may come back
            judged.add(step.state)
            yield from (Sighting(method, number) for method in on_states if interpreter.fires(method, state))
        if before is not None:
            yield from (Sighting(method, number) for method in on_steps if interpreter.fires(method, before, state))
        before = state
    if not steps:
        return
    if interpreter.specification.makes_assertions and false_assertion(interpreter, [step.state for step in steps]):
        yield Sighting(ASSERTIONS, len(steps))
    elif deadlock and interpreter.specification.cls.check_deadlock and interpreter.is_deadlock(steps[-1].state):
        yield Sighting(DEADLOCK, len(steps))
