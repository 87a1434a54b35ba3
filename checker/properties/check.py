"""Check an instance of a model: explore it, replay the findings with the interpreter, and judge the properties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from time import perf_counter
from typing import Any, Literal

from assay.checker.engine.assertions import false_assertion
from assay.checker.engine.exploration import Exploration, Watcher
from assay.checker.engine.explorers import Engine, Search, explore
from assay.checker.engine.firing import first_firing
from assay.checker.engine.limits import Limits, Stop, interrupted
from assay.checker.engine.trace import Trace, execute
from assay.checker.errors import InternalError, ModelError, Unsupported
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import Method, Property, Variable, semantics_of
from assay.checker.language.kinds import ASSERTIONS, UNEXPECTED, Assertions, Deadlock, Judged, Kind, Semantics
from assay.checker.language.types import IntType, Type, subtypes
from assay.checker.properties.result import ActionCoverage, CheckResult, PropertyResult
from assay.checker.properties.warnings import warnings_about
from assay.checker.verdicts import Verdict
from assay.checker.wording import article

__all__ = ["Engine", "Options", "check", "judge"]


@immutable
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
        How to treat an instance with a false axiom: raise an error, or report it as a finding next to its consequences.
    """

    engine: Engine = Engine.AUTO
    limits: Limits = field(default_factory=Limits)
    keep_going: bool = False
    deadlock: bool = True
    broken_axioms: Literal["refuse", "report"] = "refuse"


def check(instance: Instance, options: Options = Options(), watch: Watcher | None = None) -> CheckResult:  # noqa: B008 - frozen
    """Check every property of a model's instance.

    Raises
    ------
    ModelError
        If an axiom is false in the instance (and is not to be reported); or if the model's own code fails, and no
        property is violated beside that.
    InternalError
        If a counterexample does not execute by the interpreter.
    """
    compile_model(instance.specification)
    with instance.active():
        _demand_end(instance, options.limits)
    if options.keep_going:
        return _search(instance, options, watch)
    narrowed = searched_for_what_is_expected(instance)
    result = _search(narrowed, options, watch)
    if narrowed is instance or result.verdict is not Verdict.HOLDS:
        return result
    # What was expected does not show here, so no violation speaks for the claims that were passed over.
    return _search(instance, replace(options, limits=_left(options.limits, result.exploration)), watch)


def _left(limits: Limits, exploration: Exploration) -> Limits:
    """Return what is left of the limits after one search, for another."""
    return replace(limits, seconds=None if limits.seconds is None else max(0.0, limits.seconds - exploration.seconds))


def _search(instance: Instance, options: Options, watch: Watcher | None) -> CheckResult:
    with instance.active():
        broken = false_axioms(instance)
        if broken and options.broken_axioms == "refuse":
            raise _refusal(broken[0])
        if broken and not options.keep_going:
            instance = _without_lemmas(instance)
        deadlock = options.deadlock and instance.specification.cls.check_deadlock
        search = Search(options.limits, options.keep_going, deadlock, watch)
        exploration = explore(instance, search, options.engine)
        judged = judge(instance, exploration, deadlock=deadlock, limits=options.limits)
        result = _with_axioms(broken, judged)
        if exploration.failure is not None and result.verdict is not Verdict.VIOLATED:
            raise exploration.failure
        return result


def _demand_end(instance: Instance, limits: Limits) -> None:
    """Refuse a search over unbounded numbers that only the memory would end.

    Raises
    ------
    ModelError
        If no constraint or limit bounds it, and no guards of the actions are seen to.
    """
    specification = instance.specification
    unbounded = [v for v in specification.variables if not v.immutable and any(map(_is_unbounded, subtypes(v.type)))]
    if not unbounded or specification.of(Kind.CONSTRAINT, Kind.STEP_CONSTRAINT):
        return
    if limits.states is limits.depth is limits.seconds is None:
        from assay.checker.engine.bounds.inference import inferred_bounds  # few models need it

        inferred = inferred_bounds(compile_model(specification), instance)
        growing = [v for v in unbounded if (hull := inferred[v.name]) is not None and not hull.is_finite]
        if growing:
            raise _endless(growing[0])


def _endless(variable: Variable) -> ModelError:
    return ModelError(
        f"{variable.name} is {article(variable.type)} without bounds, so a search need not end",
        location=variable.location,
        help="guard what makes it grow, as by require(n < most); or state a @constraint, or a Range, or limit the "
        "search: --max-states, --max-depth or --time-limit",
    )


def _is_unbounded(type_: Type) -> bool:
    return isinstance(type_, IntType) and type_.is_unbounded


def searched_for_what_is_expected(instance: Instance) -> Instance:
    """Return the instance; for a model that is expected to violate a property, without its other claims.

    A variant inherits the claims of the model that it breaks, and the lemmas of its proof. One that fails before
    the property that the variant is meant to violate would end the search there. Assertions stand in claims, too.
    """
    specification = instance.specification
    expected = specification.expected_violation
    if expected is None or isinstance(expected, Assertions):
        return instance
    kept = tuple(method for method in specification.methods if not method.kind.is_claim or method == expected)
    return instance.about(replace(specification, methods=kept))


def _without_lemmas(instance: Instance) -> Instance:
    """Return the instance without the proof's lemmas: they rest on the axioms, and would fail before anything shows."""
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
    """Return the axioms that are false in the instance, whatever its structure. It must be active.

    Raises
    ------
    ModelError
        If no structure satisfies those that are about it.
    """
    interpreter = Interpreter(instance)
    false = tuple(axiom for axiom in instance.specification.of(Kind.AXIOM) if interpreter.refutes(axiom))
    assert interpreter.structures
    return false


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


def judge(
    instance: Instance, exploration: Exploration, *, deadlock: bool = True, limits: Limits | None = None
) -> CheckResult:
    """Turn what an explorer found into verdicts, each trace executed again. The instance must be active.

    An interrupt while the complete state graph is judged leaves the other verdicts as they are, and the run stopped.
    """
    in_the_end, stop = _in_the_end(instance, exploration, limits or Limits())
    judged = [
        in_the_end.get(subject) or _judge(instance, exploration, subject)
        for subject in instance.specification.judged(deadlock=deadlock)
    ]
    judged += [found for found in _coverage(instance, exploration) if found.verdict is Verdict.VIOLATED]
    actions = tuple(
        ActionCoverage(method.name, exploration.fired[method.name], exploration.discovered[method.name], method.fires)
        for method in instance.specification.actions
    )
    warnings = (*compile_model(instance.specification).remarks, *warnings_about(exploration))
    exploration = replace(exploration, behaviours=None, stop=exploration.stop or stop)  # arrays that are large
    return CheckResult(instance, exploration, tuple(judged), actions, warnings)


def _in_the_end(
    instance: Instance, exploration: Exploration, limits: Limits
) -> tuple[dict[Property, PropertyResult], Stop | None]:
    """Return the verdicts that need the complete state graph (liveness, refinement), and what ended that early.

    Without a complete state graph there are none.
    """
    if not exploration.is_exhaustive or exploration.behaviours is None:
        return {}, None
    from assay.checker.properties.liveness import judge_behaviours  # they import SciPy
    from assay.checker.properties.refinement import judge_refinements

    found: dict[Property, PropertyResult] = {}
    started = perf_counter() - exploration.seconds
    try:
        try:
            behaviours = exploration.behaviours()
        except Unsupported as error:
            return _undecided(instance, error.message), None
        for judge_some in (judge_behaviours, judge_refinements):
            for result in judge_some(instance, exploration, behaviours, limits):
                found[result.subject] = result
    except KeyboardInterrupt:
        stop = interrupted(perf_counter() - started)
        return _undecided(instance, stop.detail) | found, stop
    return found, None


def _undecided(instance: Instance, why: str) -> dict[Property, PropertyResult]:
    methods = (*instance.specification.temporals, *instance.specification.refinements)
    return {method: PropertyResult(method, Verdict.UNKNOWN, note=why) for method in methods}


def _judge(instance: Instance, exploration: Exploration, subject: Property) -> PropertyResult:
    path, semantics = exploration.found.get(subject), semantics_of(subject)
    if path is not None:
        trace = execute(instance, path)
        note, arguments = _confirmed(trace, subject)
        return PropertyResult(subject, semantics.fired, trace, note=note, arguments=arguments)
    if not exploration.is_exhaustive:
        return PropertyResult(subject, Verdict.UNKNOWN, note=_why_not(exploration))
    if semantics.judged_on in (Judged.BEHAVIOUR, Judged.REFINEMENT):  # never *holds* because nobody has looked
        raise InternalError(f"{subject.name} is about steps, and the explorer recorded none")
    return PropertyResult(subject, semantics.unfired, note=_never(semantics, exploration))


def _never(semantics: Semantics, exploration: Exploration) -> str:
    inside = " inside the constraint" if semantics.never and exploration.cut else ""
    return semantics.never + inside


def _coverage(instance: Instance, exploration: Exploration) -> Iterator[PropertyResult]:
    """Judge the actions by their counts: one that never fired, or one that did although it should never."""
    for method in instance.specification.judged_on(Judged.COVERAGE):
        fired = exploration.fired[method.name]
        if method.fires == "never" and fired:
            trace = first_firing(instance, method.name)
            yield PropertyResult(method, Verdict.VIOLATED, trace, note=UNEXPECTED)
        elif method.fires == "somewhere" and exploration.is_exhaustive:
            semantics = semantics_of(method)
            if not fired:
                yield PropertyResult(method, semantics.unfired, note=_never(semantics, exploration))


def _why_not(exploration: Exploration) -> str:
    if exploration.stop is not None:
        return exploration.stop.detail
    if exploration.failure is not None:
        return "the model's own code fails"
    if ASSERTIONS in exploration.found:
        return "an assertion is false, and nothing follows it"
    return "nothing was explored" if exploration.distinct == 0 else "the search ended at a violation"


def _confirmed(trace: Trace, subject: Property) -> tuple[str, tuple[Any, ...]]:
    """Confirm with the interpreter that a property fires where an explorer says so.

    Returns
    -------
    note, arguments
        What to say of that, and for which choice of its parameters it fires.

    Raises
    ------
    InternalError
        If it does not fire there: the explorer is wrong.
    """
    interpreter, note, arguments = Interpreter(trace.instance), "", ()
    if isinstance(subject, Assertions):
        failed = false_assertion(interpreter, trace.states)
        confirmed, note = failed is not None, str(failed)
    elif isinstance(subject, Deadlock):
        confirmed = interpreter.is_deadlock(trace.last)
    else:
        states = trace.states[-2:] if semantics_of(subject).judged_on is Judged.STEP else trace.states[-1:]
        confirmed = interpreter.fires(subject, *map(interpreter.thaw, states))
        if confirmed:
            arguments = interpreter.choice(subject, *map(interpreter.thaw, states))
    if not confirmed:
        raise InternalError(f"the explorer found {subject.name} where the model's own code does not")
    return note, arguments
