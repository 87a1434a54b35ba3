"""The report on what changed from one version of a model to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assay.checker.changes.difference import Difference, Distinction, Effect
from assay.checker.changes.observation import Observation
from assay.checker.findings.finding import Finding, Step
from assay.checker.findings.rules import RULES
from assay.checker.findings.survey import Checked, Survey
from assay.checker.report.parts import Cell, Table, columns
from assay.checker.report.run import number, plural, seconds
from assay.checker.verdicts import ExitStatus, Verdict
from rich.text import Text

__all__ = ["Comparison", "findings", "lines", "page", "record", "survey"]

_STYLE = {Effect.NONE: "green", Effect.ADDITIVE: "yellow", Effect.BREAKING: "bold red"}


@dataclass(frozen=True)
class Comparison:
    """Two versions, side by side.

    Attributes
    ----------
    before, after : str
        As the user named them.
    old, new : Observation
        What was seen of them.
    difference : Difference
        How their behaviours differ.
    seconds : float
        How long it took.
    command : str
        The command that does it again.
    """

    before: str
    after: str
    old: Observation
    new: Observation
    difference: Difference
    seconds: float
    command: str

    @property
    def claims_removed(self) -> Mapping[str, str]:
        """The properties that only the earlier version states, with their kinds."""
        return {name: kind for name, kind in self.old.properties.items() if self.new.properties.get(name) != kind}

    @property
    def claims_added(self) -> Mapping[str, str]:
        """The properties that only the later version states, with their kinds."""
        return {name: kind for name, kind in self.new.properties.items() if self.old.properties.get(name) != kind}

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing that is known changed."""
        return self.difference.effect is Effect.NONE and not self.claims_removed and not self.claims_added

    @property
    def status(self) -> ExitStatus:
        """The exit status: a difference is a finding, and where not all was compared, none is unknown."""
        if not self.is_unchanged:
            return ExitStatus.FINDING
        return ExitStatus.AS_CLAIMED if self.difference.is_complete else ExitStatus.UNKNOWN

    @property
    def sentence(self) -> str:
        """What became of the behaviours, in a sentence."""
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
        """What qualifies the comparison."""
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
    yield Text(comparison.sentence, style=_STYLE[comparison.difference.effect])
    for sign, title, distinction in _told(comparison):
        yield Text("")
        yield Text(f"  {title}: {distinction.action}, {_where(distinction)}")
        yield from columns(
            [
                [Text(str(n)), Text(sign if n == len(distinction.trace) else " "), Text(call)]
                for n, call in enumerate(distinction.trace, start=1)
            ],
            right=(0,),
            indent="    ",
        )
    claims = [*_claims(comparison)]
    if claims:
        yield Text("")
        yield from columns([[Text(sign), Text(name), Text(kind)] for sign, name, kind in claims], indent="  ")
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
        trace = [f"{sign if n == last else ' '} {call}" for n, call in enumerate(distinction.trace)]
        parts.append(
            f"{title}: `{distinction.action}`, {_where(distinction)}\n\n" + "\n".join(["```diff", *trace, "```"])
        )
    claims = [*_claims(comparison)]
    if claims:
        rows = tuple((Cell(sign), Cell(name, is_code=True), Cell(kind)) for sign, name, kind in claims)
        parts.append("\n".join(Table(("", "property", "kind"), rows).markdown()))
    parts += [f"Warning: {warning}." for warning in comparison.warnings]
    return "\n\n".join([*parts, f"{_counts(comparison)}. Again: `{comparison.command}`"]) + "\n"


def record(comparison: Comparison) -> dict[str, Any]:
    """Return the report as a JSON object."""
    difference = comparison.difference
    return {
        "version": 1,
        "before": comparison.before,
        "after": comparison.after,
        "instance": {"before": comparison.old.sizes, "after": comparison.new.sizes},
        "effect": difference.effect.value,
        "complete": difference.is_complete,
        "removed": [_distinction(distinction) for distinction in difference.removed],
        "added": [_distinction(distinction) for distinction in difference.added],
        "properties": {"removed": dict(comparison.claims_removed), "added": dict(comparison.claims_added)},
        "states": {"before": len(comparison.old.behaviour.steps), "after": len(comparison.new.behaviour.steps)},
        "warnings": list(comparison.warnings),
        "seconds": round(comparison.seconds, 6),
        "command": comparison.command,
        "exit_status": int(comparison.status),
    }


def survey(comparison: Comparison) -> Survey:
    """Return what was compared, for the formats of other programs."""
    behaviour = tuple(findings(comparison))
    verdict = Verdict.VIOLATED if comparison.difference.effect is not Effect.NONE else Verdict.HOLDS
    if verdict is Verdict.HOLDS and not comparison.difference.is_complete:
        verdict = Verdict.UNKNOWN
    compared = Checked(comparison.after, "its behaviour", verdict, behaviour, seconds=comparison.seconds)
    claims = tuple(_claim_findings(comparison))
    stated = Checked(comparison.after, "its properties", Verdict.VIOLATED if claims else Verdict.HOLDS, claims)
    return Survey("assay diff", (compared, stated), comparison.command)


def findings(comparison: Comparison) -> Iterator[Finding]:
    """Yield what changed of the behaviours."""
    for rule, words, found in (
        ("BEH001", "can no longer be taken where it could", comparison.difference.removed),
        ("BEH002", "can be taken where it could not", comparison.difference.added),
    ):
        for each in found:
            message = f"{each.action} {words}, {_where(each)}"
            shape = (each.action, *(call.partition("(")[0] for call in each.trace))
            yield Finding(RULES[rule], comparison.after, message, shape, steps=tuple(map(Step, each.trace)))
    if not comparison.difference.is_complete:
        why = comparison.new.behaviour.why or comparison.old.behaviour.why
        yield Finding(RULES["BEH003"], comparison.after, f"not everything was compared: {why}")


def _claim_findings(comparison: Comparison) -> Iterator[Finding]:
    for name, kind in comparison.claims_removed.items():
        yield Finding(RULES["CLM001"], comparison.after, f"{kind} {name} is stated no longer", (kind, name))
    for name, kind in comparison.claims_added.items():
        yield Finding(RULES["CLM002"], comparison.after, f"{kind} {name} is stated newly", (kind, name))


def _distinction(distinction: Distinction) -> dict[str, Any]:
    return {"action": distinction.action, "trace": list(distinction.trace), "places": distinction.places}


def _told(comparison: Comparison) -> Iterator[tuple[str, str, Distinction]]:
    for distinction in comparison.difference.removed:
        yield "-", "no longer possible", distinction
    for distinction in comparison.difference.added:
        yield "+", "newly possible", distinction


def _claims(comparison: Comparison) -> Iterator[tuple[str, str, str]]:
    for name, kind in comparison.claims_removed.items():
        yield "-", name, kind
    for name, kind in comparison.claims_added.items():
        yield "+", name, kind


def _where(distinction: Distinction) -> str:
    places = "in one place" if distinction.places == 1 else f"in {distinction.places:,} places"
    return f"{places}, first after {plural(len(distinction.trace) - 1, 'step')}"


def _counts(comparison: Comparison) -> str:
    before, after = len(comparison.old.behaviour.steps), len(comparison.new.behaviour.steps)
    return f"{plural(before, 'state')} before, {number(after)} after"


def _sizes(seen: Observation) -> str:
    return " ".join(f"{name}={value}" for name, value in seen.sizes.items())
