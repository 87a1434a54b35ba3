"""Report the comparison of two versions of a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from assay.checker.changes.difference import Difference, Distinction, Effect
from assay.checker.changes.observation import Observation
from assay.checker.changes.reviewing import review_behaviour, where
from assay.checker.findings.finding import Finding, status_of
from assay.checker.findings.levels import leveled
from assay.checker.findings.rules import RULES, Level
from assay.checker.findings.subject import Subject
from assay.checker.findings.survey import Checked, Survey
from assay.checker.outputs import JSON_VERSION
from assay.checker.report.parts import Cell, Table, columns
from assay.checker.report.rules import STYLE
from assay.checker.report.run import number, plural, seconds
from assay.checker.verdicts import ExitStatus, Verdict
from rich.text import Text

__all__ = ["Comparison", "lines", "page", "record", "survey"]

_EFFECT_STYLE = {Effect.NONE: "green", Effect.ADDITIVE: "yellow", Effect.BREAKING: "bold red"}


@dataclass(frozen=True)
class Comparison:
    """Two versions, side by side.

    Attributes
    ----------
    before, after : str
        The versions as the user named them.
    subject : Subject
        What findings are about.
    old, new : Observation
        The observations of both.
    difference : Difference
        How their behaviours differ.
    review : tuple of Finding
        Findings about everything but behaviour.
    levels : mapping from identifier to Level
        Severity levels that override those of the rules.
    notes : tuple of str
        Assumptions of the comparison.
    seconds : float
        Time it took.
    command : str
        The command that repeats it.
    """

    before: str
    after: str
    subject: Subject
    old: Observation
    new: Observation
    difference: Difference
    seconds: float
    command: str
    review: tuple[Finding, ...] = ()
    levels: Mapping[str, Level] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, at the project's severity levels."""
        return leveled((*_behaviours(self), *self.review), self.levels)

    @property
    def others(self) -> tuple[Finding, ...]:
        """The findings that are not about behaviour."""
        return leveled(self.review, self.levels)

    @property
    def status(self) -> ExitStatus:
        """The exit status; without an error, an incomplete comparison is unknown."""
        return status_of(self.findings)

    @property
    def sentence(self) -> str:
        """The effect on behaviour, in one line."""
        removed, added = len(self.difference.removed), len(self.difference.added)
        match self.difference.effect:
            case Effect.BREAKING:
                gone = f"{plural(removed, 'action')} can no longer be taken where it could"
                more = f", and {number(added)} can be taken where it could not" if added else ""
                return f"breaking: {gone}{more}"
            case Effect.ADDITIVE:
                return f"additive: {plural(added, 'action')} can be taken where it could not"
        if self.difference.is_complete:
            return "none: both versions have the same behaviours"
        return "unknown: no difference in what was compared"

    @property
    def warnings(self) -> Iterator[str]:
        """Qualifications of the result."""
        yield from self.notes
        if any(self.new.sizes.get(name, value) != value for name, value in self.old.sizes.items()):
            yield f"the instances differ, {_sizes(self.old)} and {_sizes(self.new)}: --set makes them the same"
        for when, seen in (("before", self.old), ("after", self.new)):
            if seen.behaviour.why:
                yield f"not everything was compared: {when}, {seen.behaviour.why}"


def lines(comparison: Comparison) -> Iterator[Text]:
    """Yield the report as text for a terminal."""
    yield Text.assemble((comparison.before, "bold"), " -> ", (comparison.after, "bold"))
    yield Text(f"  instance  {_sizes(comparison.new)}")
    yield Text("")
    yield Text(comparison.sentence, style=_EFFECT_STYLE[comparison.difference.effect])
    for sign, title, distinction in _told(comparison):
        yield Text("")
        yield Text(f"  {title}: {distinction.action}, {where(distinction)}")
        yield from columns(
            [
                [Text(str(n)), Text(sign if n == len(distinction.trace) else " "), Text(str(label))]
                for n, label in enumerate(distinction.trace, start=1)
            ],
            right=(0,),
            indent="    ",
        )
    for found in comparison.others:
        yield Text("")
        yield from _finding(found)
    yield Text("")
    yield Text(f"  {_counts(comparison)}, {seconds(comparison.seconds)}")
    for warning in comparison.warnings:
        yield Text(f"  warning: {warning}", style="yellow")
    yield Text(f"  again: {comparison.command}", style="dim")


def page(comparison: Comparison) -> str:
    """Return the report as Markdown, for a comment on a change."""
    parts = [f"**{comparison.sentence}**", f"`{comparison.before}` → `{comparison.after}`, {_sizes(comparison.new)}"]
    for sign, title, distinction in _told(comparison):
        last = len(distinction.trace) - 1
        trace = [f"{sign if n == last else ' '} {label}" for n, label in enumerate(distinction.trace)]
        parts.append(
            f"{title}: `{distinction.action}`, {where(distinction)}\n\n" + "\n".join(["```diff", *trace, "```"])
        )
    if comparison.others:
        rows = tuple(
            (Cell(found.severity.value), Cell(found.rule.identifier), Cell(found.message), Cell(_place(found)))
            for found in comparison.others
        )
        parts.append("\n".join(Table(("level", "rule", "what", "where"), rows).markdown()))
    parts += [f"Warning: {warning}." for warning in comparison.warnings]
    return "\n\n".join([*parts, f"{_counts(comparison)}. Again: `{comparison.command}`"]) + "\n"


def record(comparison: Comparison) -> dict[str, Any]:
    """Return the report as a JSON object."""
    difference = comparison.difference
    return {
        "version": JSON_VERSION,
        "before": comparison.before,
        "after": comparison.after,
        "instance": {"before": comparison.old.sizes, "after": comparison.new.sizes},
        "effect": difference.effect.value,
        "complete": difference.is_complete,
        "removed": [_distinction(distinction) for distinction in difference.removed],
        "added": [_distinction(distinction) for distinction in difference.added],
        "findings": [found.record for found in comparison.findings],
        "states": {"before": len(comparison.old.behaviour.steps), "after": len(comparison.new.behaviour.steps)},
        "warnings": list(comparison.warnings),
        "seconds": round(comparison.seconds, 6),
        "command": comparison.command,
        "exit_status": int(comparison.status),
    }


def survey(comparison: Comparison) -> Survey:
    """Return the comparison as a survey, for the report formats of other programs."""
    found = comparison.findings
    behaviour = tuple(each for each in found if each.rule.identifier.startswith("BEH"))
    verdict = Verdict.VIOLATED if comparison.difference.effect is not Effect.NONE else Verdict.HOLDS
    if verdict is Verdict.HOLDS and not comparison.difference.is_complete:
        verdict = Verdict.UNKNOWN
    compared = Checked(comparison.subject, "its behaviour", verdict, behaviour, seconds=comparison.seconds)
    rest = tuple(each for each in found if each not in behaviour)
    stated = Checked(comparison.subject, "what it states", status_of(rest).verdict, rest)
    return Survey("assay diff", (compared, stated), comparison.command)


def _behaviours(comparison: Comparison) -> Iterator[Finding]:
    yield from review_behaviour(comparison.subject, comparison.difference, comparison.new.outline.lines)
    if not comparison.difference.is_complete:
        why = comparison.new.behaviour.why or comparison.old.behaviour.why
        yield Finding(RULES["BEH003"], comparison.subject, f"not everything was compared: {why}")


def _finding(found: Finding) -> Iterator[Text]:
    yield Text.assemble(
        "  ", (found.severity.value, STYLE[found.severity]), f" {found.rule.identifier} {found.message}"
    )
    if place := _place(found):
        yield Text(f"    at {place}", style="dim")
    yield Text(f"    help: {found.remedy}", style="dim")


def _place(found: Finding) -> str:
    return "" if found.location is None else str(found.location)


def _distinction(distinction: Distinction) -> dict[str, Any]:
    return {"action": distinction.action, "trace": [*map(str, distinction.trace)], "places": distinction.places}


def _told(comparison: Comparison) -> Iterator[tuple[str, str, Distinction]]:
    for distinction in comparison.difference.removed:
        yield "-", "no longer possible", distinction
    for distinction in comparison.difference.added:
        yield "+", "newly possible", distinction


def _counts(comparison: Comparison) -> str:
    before, after = len(comparison.old.behaviour.steps), len(comparison.new.behaviour.steps)
    return f"{plural(before, 'state')} before, {number(after)} after"


def _sizes(seen: Observation) -> str:
    return " ".join(f"{name}={value}" for name, value in seen.sizes.items())
