"""From a model's instance to verdicts: explore, execute what was found again, judge."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import Literal

from assay.checker.engine import reference
from assay.checker.engine.exploration import Exploration, Watcher
from assay.checker.engine.limits import Limits
from assay.checker.engine.trace import Trace, execute
from assay.checker.errors import EngineFault, ModelError, Unsupported
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.instance import Instance
from assay.checker.language.kinds import Deadlock, Judged, Kind
from assay.checker.language.reading import Reading
from assay.checker.language.specification import Method, Property, meaning_of
from assay.checker.properties.result import ActionCoverage, CheckResult, PropertyResult
from assay.checker.verdicts import Verdict

__all__ = ["Engine", "Options", "check"]


class Engine(Enum):
    """Which explorer to use; *auto* starts in the reference and moves on to native if the state space is large."""

    AUTO = "auto"
    REFERENCE = "reference"
    NATIVE = "native"


@dataclass(frozen=True)
class Options:
    """How to check.

    Attributes
    ----------
    engine : Engine
        Which explorer.
    limits : Limits
        Where to stop.
    keep_going : bool
        Find a counterexample for each property, not only the first.
    deadlock : bool
        Look for deadlocks.
    broken_axioms : {"refuse", "report"}
        What to make of an instance in which an axiom is false: an error, or a finding beside what it leads to.
    """

    engine: Engine = Engine.AUTO
    limits: Limits = field(default_factory=Limits)
    keep_going: bool = False
    deadlock: bool = True
    broken_axioms: Literal["refuse", "report"] = "refuse"


WARM, COLD = 0.3, 3.0
"""Seconds that *auto* gives the reference explorer where native code is in the cache, and where it is not: about
what it takes to load it, and to compile it."""


def check(instance: Instance, options: Options = Options(), watch: Watcher | None = None) -> CheckResult:
    """Check every property of a model's instance.

    Raises
    ------
    ModelError
        If an axiom is false in the instance (and is not to be reported), an action or a property raises, or a
        bound is exceeded.
    EngineFault
        If a counterexample does not execute under the reference reading.
    """
    compile_model(instance.specification)
    if not options.keep_going:
        instance = searched_for_what_is_expected(instance)
    with instance.active():
        broken = false_axioms(instance)
        if broken and options.broken_axioms == "refuse":
            raise _refusal(broken[0])
        if broken and not options.keep_going:
            instance = _without_lemmas(instance)
        exploration = explore(instance, options, watch)
        return _with_axioms(broken, judge(instance, exploration, deadlock=options.deadlock))


def searched_for_what_is_expected(instance: Instance) -> Instance:
    """Return the instance; of a model that is expected to violate a property, without what else it claims.

    A variant inherits the claims of the model that it breaks, and the lemmas of its proof. One that fails before
    the property that the variant is meant to violate would end the search there.
    """
    specification = instance.specification
    expected = specification.expected_violation
    if expected is None:
        return instance
    kept = tuple(method for method in specification.methods if not method.kind.is_claim or method == expected)
    return instance.about(replace(specification, methods=kept))


def _without_lemmas(instance: Instance) -> Instance:
    """Return the instance without the lemmas of the proof: they rest on the axioms, and would fail before it shows."""
    specification = instance.specification
    kept = tuple(method for method in specification.methods if method.kind is not Kind.LEMMA)
    return instance.about(replace(specification, methods=kept))


def demand_axioms(instance: Instance) -> None:
    """Evaluate every axiom on the instance.

    Raises
    ------
    ModelError
        If one is false: the instance is no structure that the model is about.
    """
    if broken := false_axioms(instance):
        raise _refusal(broken[0])


def false_axioms(instance: Instance) -> tuple[Method, ...]:
    """Return the axioms that are false in the instance. It must be active."""
    reading = Reading(instance)
    state = object.__new__(reading._state_class)
    return tuple(axiom for axiom in instance.specification.of(Kind.AXIOM) if not reading.truth(axiom, state))


def _refusal(axiom: Method) -> ModelError:
    return ModelError(
        f"the axiom {axiom.name} is false in this instance" + (f": {axiom.doc}" if axiom.doc else ""),
        location=axiom.location,
        help="choose another instance; a variant that is to do without the axiom replaces it",
    )


def _with_axioms(broken: tuple[Method, ...], result: CheckResult) -> CheckResult:
    """Return the result with the axioms that are false as its first findings."""
    if not broken:
        return result
    findings = tuple(
        PropertyResult(axiom, Verdict.VIOLATED, note=f"false in this instance: {axiom.doc}") for axiom in broken
    )
    warnings = result.warnings
    if result.verdict is not Verdict.VIOLATED:
        what = "no property is violated" if result.exhaustive else "no violation was found within the limits"
        warnings += (f"{what}, although an axiom is false: what it breaks is not shown",)
    return replace(result, properties=findings + result.properties, warnings=warnings)


def explore(instance: Instance, options: Options, watch: Watcher | None = None) -> Exploration:
    """Explore with the engine that the options name. The instance must be active."""
    explorer = {Engine.AUTO: _explore_either, Engine.REFERENCE: _explore_slowly, Engine.NATIVE: _explore_natively}
    return explorer[options.engine](instance, options, watch)


def _explore_slowly(
    instance: Instance, options: Options, watch: Watcher | None, give_up: _Patience | None = None
) -> Exploration:
    keep_going, deadlock = options.keep_going, options.deadlock
    return reference.explore(
        instance, options.limits, keep_going=keep_going, deadlock=deadlock, watch=watch, give_up=give_up
    )


def _explore_natively(instance: Instance, options: Options, watch: Watcher | None) -> Exploration:
    from assay.checker.engine.native import explorer as native

    keep_going, deadlock = options.keep_going, options.deadlock
    return native.explore(instance, options.limits, keep_going=keep_going, deadlock=deadlock, watch=watch)


def _explore_either(instance: Instance, options: Options, watch: Watcher | None) -> Exploration:
    """Explore by the reference as long as that is quick, then natively; by the reference to the end if it must be."""
    patience, started = _Patience(instance), time.perf_counter()
    try:
        try:
            found = _explore_slowly(instance, options, watch, patience)
            return replace(found, refused=patience.refused)
        except reference.TooLarge as slow:
            rest = replace(options, limits=options.limits.after(slow.seconds))
        return _explore_natively(instance, rest, watch)
    except Unsupported as error:
        rest = replace(options, limits=options.limits.after(time.perf_counter() - started))
        return replace(_explore_slowly(instance, rest, watch), refused=error.message)


class _Patience:
    """When *auto* moves on to the native explorer: not where that is known to be unable to take the model on."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self.refused = ""

    def __call__(self, seconds: float) -> bool:
        return seconds > WARM and (self._compiled or seconds > COLD) and not self.refused

    @cached_property
    def _compiled(self) -> bool:
        from assay.checker.engine.native.explorer import CompiledInstance

        try:
            return CompiledInstance(self._instance).is_cached
        except Unsupported as error:
            self.refused = error.message
            return False


def judge(instance: Instance, exploration: Exploration, *, deadlock: bool = True) -> CheckResult:
    """Turn what an explorer found into verdicts, each trace executed again. The instance must be active."""
    judged = [_judge(instance, exploration, subject) for subject in instance.specification.judged(deadlock=deadlock)]
    if exploration.is_exhaustive:
        judged += [found for found in _coverage(instance, exploration) if found.verdict is Verdict.VIOLATED]
    actions = tuple(
        ActionCoverage(name, fired, exploration.discovered[name]) for name, fired in exploration.fired.items()
    )
    return CheckResult(instance, exploration, tuple(judged), actions, tuple(_warnings(instance, exploration)))


def _judge(instance: Instance, exploration: Exploration, subject: Property) -> PropertyResult:
    path, meaning = exploration.found.get(subject), meaning_of(subject)
    if path is not None:
        trace = execute(instance, path)
        _confirm(trace, subject)
        return PropertyResult(subject, meaning.fired, trace)
    if not exploration.is_exhaustive:
        return PropertyResult(subject, Verdict.UNKNOWN, note=_why_not(exploration))
    return PropertyResult(subject, meaning.unfired, note=meaning.never)


def _coverage(instance: Instance, exploration: Exploration) -> Iterator[PropertyResult]:
    """Judge what is judged by counts: an action that never fired."""
    for method in instance.specification.judged_on(Judged.COVERAGE):
        meaning = meaning_of(method)
        fired = exploration.fired[method.name] > 0
        yield PropertyResult(method, meaning.fired if fired else meaning.unfired, note="" if fired else meaning.never)


def _why_not(exploration: Exploration) -> str:
    if exploration.stop is not None:
        return exploration.stop.detail
    return "nothing was explored" if exploration.distinct == 0 else "the search ended at a violation"


def _confirm(trace: Trace, subject: Property) -> None:
    """Evaluate a property again where an explorer says that it fires, by the interpreter.

    Raises
    ------
    EngineFault
        If it does not fire there: the explorer is wrong.
    """
    reading = Reading(trace.instance)
    if isinstance(subject, Deadlock):
        confirmed = reading.is_deadlock(trace.last)
    else:
        states = trace.states[-2:] if meaning_of(subject).judged_on is Judged.STEP else trace.states[-1:]
        confirmed = reading.fires(subject, *map(reading.thaw, states))
    if not confirmed:
        raise EngineFault(f"the explorer found {subject.name} where the model's own code does not")


def _warnings(instance: Instance, exploration: Exploration) -> list[str]:
    warnings = []
    if exploration.refused:
        warnings.append(f"explored by the reference, which is slow: {exploration.refused}")
    if exploration.distinct == 0:
        warnings.append("nothing was explored: no initial state satisfies the constraints")
    if instance.specification.of(Kind.CONSTRAINT) and exploration.is_exhaustive:
        warnings.append("exhaustive inside the state constraint only; states outside were checked, not explored")
    warnings += [
        f"the greatest {order} of this instance was used: one with more of them may show more"
        for order in exploration.tops
    ]
    return warnings
