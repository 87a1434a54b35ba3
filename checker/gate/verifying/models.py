"""Gate models: check every class of a file at each instance, and fingerprint its behaviour."""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assay.checker.changes.behaviour import behaviour
from assay.checker.changes.deterministic import fingerprint
from assay.checker.changes.places import line_of
from assay.checker.changes.refining import refinements
from assay.checker.changes.statements import asserted, statements
from assay.checker.engine.limits import Limits
from assay.checker.engine.trace import Trace
from assay.checker.errors import ModelError, UsageError
from assay.checker.gate.facts import Name, Value
from assay.checker.gate.instances import parsed
from assay.checker.gate.requests import Line, Objection, Request, Verified
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.expectations import Expectation, Holds, Violates, parse_expectation
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection import source
from assay.checker.language.introspection.specification import Method, semantics_of
from assay.checker.language.kinds import Assertions, Deadlock, Judged, Kind
from assay.checker.language.loader import NamedModel, load, load_all
from assay.checker.properties.check import Options, check
from assay.checker.properties.result import CheckResult, PropertyResult
from assay.checker.references import split_reference
from assay.checker.report.run import plural, violation
from assay.checker.report.values import Renderer
from assay.checker.verdicts import Verdict
from assay.checker.wording import nearest

__all__ = ["NOT_JUDGED", "classes", "expected_of", "is_excluded", "main_class", "unreadable", "verify"]

NOT_JUDGED: tuple[tuple[Name, Value], ...] = ((("verdict",), "not judged"),)
"""What is told of a model that raises or is malformed; no lock file has it."""

MOST_STATES = 50_000
"""States explored by the interpreter for a fingerprint, which takes seconds; a larger instance gets none."""


def verify(request: Request, is_alive: Callable[[], None]) -> Iterator[Verified]:
    """Check each class of a file at each of the instances.

    Raises
    ------
    AssayError
        If the file cannot be read, or a model has no such instance.
    """
    for model in classes(request):
        for instance in request.instances:
            began = time.perf_counter()
            try:
                facts, objections = _judged(request, model, instance, is_alive)
            except ModelError as error:  # the file's other classes are judged all the same
                facts, objections = NOT_JUDGED, (unreadable(error),)
            seconds = time.perf_counter() - began
            yield Verified(model.name, instance, facts, objections, seconds, main_class(model))


def unreadable(error: ModelError) -> Objection:
    """Return the objection to a model of which nothing can be said, for an error of its own."""
    return Objection("CHK004", error.message, place=line_of(error.location), help=error.help or "")


def _judged(
    request: Request, model: NamedModel, instance: str, is_alive: Callable[[], None]
) -> tuple[tuple[tuple[Name, Value], ...], tuple[Objection, ...]]:
    checked = _Checked.of(request, model, instance, is_alive)
    facts, objections = [*checked.facts()], [*checked.objections()]
    # What is not as expected is not accepted, so nobody asks whether it behaves as before.
    if request.behaviour and isinstance(checked.expected, Holds) and checked.as_expected:
        try:
            facts.append((("behaviour",), _fingerprint(checked)))
        except _CutOffError as error:
            objections.append(Objection("BEH003", f"whether its behaviour changed is unknown: {error}"))
    return tuple(facts), tuple(objections)


def classes(request: Request) -> tuple[NamedModel, ...]:
    """Return the models of a reference: its class if it names one, else all that are not excluded.

    Raises
    ------
    UsageError
        If all are excluded, or an expectation names a class that does not exist.
    """
    named = split_reference(request.reference)[1] is not None
    there = (load(request.reference),) if named else load_all(request.reference)
    names = [model.cls.__name__ for model in there]
    for name in request.expect:
        if name not in ("*", *names):
            raise UsageError(f"{request.reference} has no model {name!r} to expect anything of{nearest(name, names)}")
    kept = tuple(model for model in there if not is_excluded(request, model.cls.__name__))
    if not kept:
        raise UsageError(f"all models of {request.reference} are excluded", help="exclude the file")
    return kept


def is_excluded(request: Request, name: str) -> bool:
    """Return whether the gate's settings exclude a class."""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in request.exclude)


def main_class(model: NamedModel) -> str:
    """Return the class name if the model is its file's main one, whose reference omits it; else an empty text."""
    return "" if model.variant else model.cls.__name__


@dataclass(frozen=True)
class _Checked:
    """A model checked at one instance.

    Attributes
    ----------
    request : Request
        What was asked.
    model : NamedModel
        The model.
    result : CheckResult
        Result of the check.
    given : Expectation, optional
        Expectation in the settings, if any.
    """

    request: Request
    model: NamedModel
    result: CheckResult
    given: Expectation | None

    @classmethod
    def of(cls, request: Request, model: NamedModel, words: str, is_alive: Callable[[], None]) -> _Checked:
        name, settings = parsed(words)
        instance = instantiate(model.specification, settings, name=name)
        given = expected_of(request, model.cls.__name__)
        _demand_property(model, given)
        limits = Limits(request.states, None, request.seconds, request.memory)
        # The search stops early at a violation that the model declares; the settings may expect a different one.
        options = Options(limits=limits, keep_going=given is not None)
        return cls(request, model, check(instance, options, lambda _: is_alive()), given)

    @property
    def expected(self) -> Expectation:
        """The expectation, from the settings or else from the model itself."""
        return self.result.expected if self.given is None else self.given

    @property
    def as_expected(self) -> bool:
        """Whether the verdict meets the expectation."""
        match self.given:
            case None:
                return self.result.as_expected
            case Holds():
                return self.result.verdict is Verdict.HOLDS
            case Violates(name):
                return name in self.result.violated

    def facts(self) -> Iterator[tuple[Name, Value]]:
        """Yield the facts."""
        result = self.result
        yield ("expected",), str(self.expected)
        yield ("verdict",), result.verdict.value
        yield ("sizes",), " ".join(f"{name}={value}" for name, value in result.parameters.items())
        if result.exhaustive:  # else they depend on where the search ended
            yield ("states",), result.exploration.distinct
            yield ("generated",), result.exploration.generated
            yield ("depth",), result.exploration.depth
        for found in result.properties:
            if result.exhaustive or found.verdict is Verdict.VIOLATED:
                yield _name(found), _word(found)
        if isinstance(self.expected, Holds):  # a broken variant only inherits its statements
            yield from self._statements()

    def _statements(self) -> Iterator[tuple[Name, Value]]:
        """Yield what is claimed and assumed: no verdict shows that a claim became weaker."""
        specification = self.result.instance.specification
        model = compile_model(specification)
        for said, digest in statements(model):
            yield ("statement", said.name), digest
        yield from ((("statement", name), digest) for name, digest in refinements(specification))
        yield from ((("asserted", name), digest) for name, digest in asserted(model))
        yield from ((("fires", each.name), each.fires) for each in specification.actions if each.fires != "somewhere")
        if specification.fairness:
            yield ("fairness",), "; ".join(sorted(map(str, specification.fairness)))

    def objections(self) -> Iterator[Objection]:
        """Yield an objection for each unmet expectation."""
        if self.as_expected:
            return
        violated = [found for found in self.result.properties if found.verdict is Verdict.VIOLATED]
        if isinstance(self.expected, Holds):
            yield from map(self._violation, violated)
        elif self.result.verdict is not Verdict.UNKNOWN:
            instead = f"; violated instead: {', '.join(self.result.violated)}" if violated else ""
            message = f"it is expected to be violated ({self.expected}), and is not{instead}"
            yield Objection("CHK002", message, (str(self.expected),), line_of(source.class_location(self.model.cls)))
        if self.result.verdict is Verdict.UNKNOWN:
            yield Objection("CHK003", f"whether it {self.expected} is unknown: {_why(self.result)}")

    def _violation(self, found: PropertyResult) -> Objection:
        place = found.subject.location if isinstance(found.subject, Method) else None
        trace = () if found.trace is None else tuple(steps_of(found.trace))
        return Objection("CHK001", violation(found), (found.kind.value, found.name), line_of(place), trace)


def expected_of(request: Request, name: str) -> Expectation | None:
    """Return what the settings expect of a class, or None; `Table.entry` has refused any other text."""
    given = request.expect.get(name, request.expect.get("*"))
    return None if given is None else parse_expectation(given)


def _demand_property(model: NamedModel, given: Expectation | None) -> None:
    if isinstance(given, Violates) and model.specification.named(given.property) is None:
        known = [found.name for found in model.specification.judged(deadlock=True)]
        hint = nearest(given.property, known)
        raise UsageError(f"{model.name} has no property {given.property!r} to violate{hint}")


def _name(found: PropertyResult) -> Name:
    """Return a property's fact name; the prefix keeps a property called ``deadlock`` apart from the built-in check."""
    return (found.kind.value,) if isinstance(found.subject, Deadlock | Assertions) else (_about(found), found.name)


def _about(found: PropertyResult) -> str:
    return "action" if found.kind is Kind.ACTION else "property"


def _word(found: PropertyResult) -> str:
    """Return a verdict, with the length of its trace if breadth-first search makes that the shortest.

    Properties judged after the exploration (liveness, coverage, refinement) come with some trace, not the shortest:
    its length may vary between engines and must not be recorded.
    """
    semantics = semantics_of(found.subject)
    if found.trace is None or semantics.judged_on in (Judged.BEHAVIOUR, Judged.COVERAGE, Judged.REFINEMENT):
        return found.verdict.value
    return f"{found.verdict.value}, in {plural(len(found.trace) - 1, 'step')}"


def _why(result: CheckResult) -> str:
    stop = result.exploration.stop
    notes = (found.note for found in result.properties if found.verdict is Verdict.UNKNOWN and found.note)
    return stop.detail if stop is not None else next(notes, "not everything was explored")


def steps_of(trace: Trace) -> Iterator[tuple[str, Line | None]]:
    """Yield the steps of a counterexample, each with the line of its action."""
    renderer = Renderer(trace.instance)
    places = {method.name: method.location for method in trace.instance.specification.actions}
    for step in trace:
        if step.call is not None:
            yield renderer.call(step.call), line_of(places.get(step.call[0]))


class _CutOffError(Exception):
    """A behaviour that was explored only in part."""


def _fingerprint(checked: _Checked) -> str:
    """Return the fingerprint of the behaviour.

    Raises
    ------
    _CutOffError
        If a limit was reached; the message says which.
    """
    limits = Limits(min(checked.request.states or MOST_STATES, MOST_STATES), None, checked.request.seconds)
    seen = behaviour(checked.result.instance, limits)
    if not seen.is_complete:
        raise _CutOffError(seen.why)
    return fingerprint(seen)
