"""A check as reports describe it: the result, and what the user asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from assay.checker.engine.limits import Limits, StopReason
from assay.checker.engine.trace import Trace
from assay.checker.errors import AssayError
from assay.checker.immutable import immutable
from assay.checker.language.introspection.specification import semantics_of
from assay.checker.language.kinds import Kind
from assay.checker.language.loader import NamedModel
from assay.checker.properties.check import Options
from assay.checker.properties.result import CheckResult, PropertyResult
from assay.checker.quantities import number, plural, rate, seconds, size
from assay.checker.report.lassos import named
from assay.checker.verdicts import ExitStatus, Verdict, exit_status

__all__ = [
    "CheckRun",
    "Refused",
    "about",
    "claim",
    "headline",
    "number",
    "plural",
    "rate",
    "seconds",
    "size",
    "violation",
]


@immutable
class CheckRun:
    """One model that was checked.

    Attributes
    ----------
    model : NamedModel
        What was checked.
    result : CheckResult
        The result of the check.
    options : Options
        The options of the check.
    command : str
        The command line that repeats the check.
    standard : bool
        Whether the model itself states this instance, so that its expectation applies.
    elapsed : float
        Seconds that the whole check took: compiling, exploring, executing the counterexamples again.
    given : mapping of str to str
        What the instance was made from besides settings: a text for each heading.
    """

    model: NamedModel
    result: CheckResult
    options: Options
    command: str
    standard: bool = True
    elapsed: float = 0.0
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The verdict on all properties together."""
        return self.result.verdict

    @property
    def interrupted(self) -> bool:
        """Whether the user interrupted the exploration."""
        stop = self.result.exploration.stop
        return stop is not None and stop.reason is StopReason.INTERRUPT

    @property
    def contradicts(self) -> bool:
        """Whether the model states what this instance shows, and the check decided otherwise."""
        return self.standard and self.verdict is not Verdict.UNKNOWN and not self.result.as_expected

    @property
    def as_expected(self) -> bool:
        """Whether the check showed what the model states."""
        return self.result.as_expected

    @property
    def status(self) -> ExitStatus:
        """The exit status of checking this model alone: a violation is a finding, expected or not."""
        return exit_status([Verdict.VIOLATED if self.contradicts else self.verdict])

    @property
    def expectation(self) -> Verdict:
        """The verdict on the claim that the model shows what it is expected to show."""
        if self.as_expected:
            return Verdict.HOLDS
        return Verdict.UNKNOWN if self.verdict is Verdict.UNKNOWN else Verdict.VIOLATED

    @property
    def counterexamples(self) -> tuple[PropertyResult, ...]:
        """The violated properties that have a trace."""
        return tuple(p for p in self.result.properties if p.verdict is Verdict.VIOLATED and p.trace is not None)

    @property
    def witnesses(self) -> tuple[PropertyResult, ...]:
        """The `@reachable` properties that have a trace."""
        return tuple(p for p in self.result.properties if p.verdict is Verdict.HOLDS and p.trace is not None)

    @property
    def settings(self) -> str:
        """The settings of the instance: ``Participant=3 crashes=1``."""
        return " ".join(f"{name}={value}" for name, value in self.result.parameters.items()) or "no parameters"

    @property
    def sentence(self) -> str:
        """The verdict in one sentence, with its scope."""
        exploration = self.result.exploration
        if self.verdict is Verdict.VIOLATED:
            return self._violated
        if self.verdict is Verdict.UNKNOWN:
            return f"unknown: {self._unknown}"
        inside = " inside the constraint" if exploration.cut else ""
        states = plural(exploration.distinct, "state")
        return f"holds for {self.settings}{self._structures}: exhaustive, all {states}{inside}"

    @property
    def structures(self) -> int | None:
        """The number of structures (values of immutable variables) that were checked; None without such a choice."""
        instance = self.result.instance
        is_open = any(variable.name not in instance.structure for variable in instance.specification.structure)
        return len(instance.structures or ()) if is_open else None

    @property
    def _structures(self) -> str:
        instance, count = self.result.instance, self.structures
        names = [
            variable.name for variable in instance.specification.structure if variable.name not in instance.structure
        ]
        return "" if count is None else f", {plural(count, 'structure')} ({', '.join(names)})"

    @property
    def _unknown(self) -> str:
        """Why nothing was decided."""
        exploration = self.result.exploration
        if exploration.stop is not None:
            return exploration.stop.detail
        undecided = [found for found in self.result.properties if found.verdict is Verdict.UNKNOWN]
        if exploration.is_exhaustive and undecided:
            return f"{undecided[0].name}: {undecided[0].note}"
        return "nothing was explored"

    @property
    def _violated(self) -> str:
        expected = self.model.specification.expected_violation
        violated = [found.subject for found in self.result.properties if found.verdict is Verdict.VIOLATED]
        if expected is None or not self.as_expected:
            return f"violated: {', '.join(subject.name for subject in violated)}"
        others = [subject.name for subject in violated if subject != expected]
        return f"violated, as expected: {expected.name}" + (f"; and also {', '.join(others)}" if others else "")

    @property
    def statistics(self) -> str:
        """What the exploration covered and how long it took."""
        e = self.result.exploration
        parts = [plural(e.distinct, "state"), f"{number(e.generated)} generated", f"depth {e.depth}"]
        parts += [f"{number(e.frontier)} left to explore"] if e.frontier else []
        parts += [seconds(e.seconds)]
        if e.seconds >= 0.001 and e.generated >= e.seconds:
            parts += [f"{rate(e.generated / e.seconds)} generated/s"]
        if self.elapsed > 2 * e.seconds + 0.1:
            parts += [f"{seconds(self.elapsed)} in all"]
        return ", ".join(parts)

    @property
    def bounds(self) -> str:
        """The limits that the run was under."""
        return ", ".join(_bounds(self.options.limits)) or "none but the free memory"

    @property
    def not_checked(self) -> str:
        """What the verdict does not cover."""
        liveness = "" if self.model.specification.temporals else ", liveness (none is stated)"
        deadlock = f", {self.deadlock_unchecked}" if self.deadlock_unchecked else ""
        never = f"other instances{liveness}{deadlock}"
        undecided = list(self._left_out)
        if self.verdict is Verdict.VIOLATED:
            undecided += [claim(p) for p in self.result.properties if p.verdict is Verdict.UNKNOWN]
        decides = "" if self.options.keep_going else " (--keep-going decides)"
        return f"{never}; still open: {', '.join(undecided)}{decides}" if undecided else never

    @property
    def deadlock_unchecked(self) -> str:
        """A note that deadlocks were not looked for, and why; empty if they were."""
        if not self.model.specification.cls.check_deadlock:
            return "deadlock (check_deadlock = False)"
        return "" if self.options.deadlock else "deadlock (--no-deadlock)"

    @property
    def _left_out(self) -> tuple[str, ...]:
        """The claims of the model that the check skipped in order to find the expected violation."""
        judged = {found.subject for found in self.result.properties}
        return tuple(method.name for method in self.model.specification.claims if method not in judged)

    @property
    def expectation_note(self) -> str:
        """A sentence if the model expects something else, or nothing."""
        if not self.contradicts:
            return ""
        return f"not as expected: {self.model.name} is expected to show: {self.result.expected}"


@immutable
class Refused:
    """One of several models, about which nothing could be shown: it is malformed, or its own code fails.

    Attributes
    ----------
    name : str
        The model's reference.
    error : AssayError
        The error that prevented the check.
    """

    name: str
    error: AssayError

    @property
    def sentence(self) -> str:
        """What is wrong, where, and what to do, in one line."""
        return f"{self.error}" + (f" ({self.error.help})" if self.error.help else "")

    @property
    def record(self) -> dict[str, str | None]:
        """The same as data."""
        place = self.error.location
        return {
            "model": self.name,
            "message": self.error.message,
            "location": None if place is None else str(place),
            "help": self.error.help,
        }


def claim(result: PropertyResult) -> str:
    """Return a property's claim in words that read well after *holds* and *violated*."""
    return semantics_of(result.subject).claim.format(result.name)


def violation(result: PropertyResult) -> str:
    """Return what a violation of a property shows, in a sentence."""
    said = semantics_of(result.subject).violation.format(result.name) or f"{result.name} is violated"
    return f"{said}: {result.note}" if result.note else said


def headline(result: PropertyResult) -> str:
    """Return the heading of a trace."""
    assert result.trace is not None
    what = semantics_of(result.subject).shown.format(named(result))
    return f"{what}: {_extent(result.trace)}"


def _extent(trace: Trace) -> str:
    """Return the length of a trace in words."""
    states = plural(len(trace), "state")
    if trace.loop is None:
        return f"{states}, none is shorter"
    repeated = len(trace) - trace.loop.start
    return f"{states}, then for ever {'the last one' if repeated == 1 else f'the last {number(repeated)} again'}"


def about(result: PropertyResult) -> str:
    """Return the kind of a property, and what is known about it besides the verdict."""
    if result.kind is Kind.ACTION:
        return result.note
    parts = [result.kind.value] if result.kind is not Kind.DEADLOCK else []
    if result.trace is not None and result.verdict is Verdict.HOLDS:
        parts.append(f"reached in {plural(len(result.trace), 'state')}")
    elif result.trace is not None:
        parts.append("see below")
    elif (result.kind.is_temporal and result.note) or result.verdict is Verdict.VIOLATED:
        parts.append(result.note)
    return ", ".join(parts)


def _bounds(limits: Limits) -> Iterator[str]:
    if limits.states is not None:
        yield f"{number(limits.states)} states"
    if limits.depth is not None:
        yield f"depth {limits.depth}"
    if limits.seconds is not None:
        yield f"{limits.seconds:g} s"
    if limits.memory is not None:
        yield f"{size(limits.memory)} of memory"
