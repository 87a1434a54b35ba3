"""The report on a rolling upgrade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assay.checker.findings.finding import Finding, Step
from assay.checker.findings.rules import RULES
from assay.checker.findings.subject import Subject, subject_of
from assay.checker.findings.survey import Checked, Survey
from assay.checker.outputs import JSON_VERSION
from assay.checker.report.folding import folded
from assay.checker.report.parts import LINE, STYLE, Cell, Table, escape, facts, unfolding
from assay.checker.report.run import number, plural, seconds
from assay.checker.upgrades.answers import ClaimVerdict, Phase, Upgrade
from assay.checker.verdicts import ExitStatus, Verdict, exit_status
from rich.text import Text

__all__ = ["UpgradeRun", "lines", "page", "record", "survey"]


@dataclass(frozen=True)
class UpgradeRun:
    """A checked upgrade, with the user's request.

    Attributes
    ----------
    before, after : str
        The versions, as the user named them.
    upgrade : Upgrade
        What was found out.
    seconds : float
        How long it took.
    command : str
        The command that does it again.
    """

    before: str
    after: str
    upgrade: Upgrade
    seconds: float
    command: str

    @property
    def verdict(self) -> Verdict:
        """The verdict on the mixture."""
        return self.upgrade.mixed.verdict

    @property
    def status(self) -> ExitStatus:
        """The exit status."""
        return exit_status([self.verdict])

    @property
    def sentence(self) -> str:
        """What is known about the upgrade, in one sentence."""
        upgrade = self.upgrade
        if self.verdict is Verdict.HOLDS:
            all_ = f"all {plural(upgrade.mixed.states, self.unit)} of the mixture"
            extent = f"{all_}, but not what chance decides" if upgrade.not_checked else f"exhaustive, {all_}"
            return f"safe at {self.sizes}: {extent}"
        if self.verdict is Verdict.UNKNOWN:
            return f"unknown: {upgrade.mixed.stop or 'not every claim was decided'}"
        violated = upgrade.mixed.violated
        mixed = [claim.violation or claim.name for claim in violated if upgrade.is_only_mixed(claim)]
        others = [self._blamed(claim) for claim in violated if not upgrade.is_only_mixed(claim)]
        only = [f"unsafe only while mixed: {', '.join(mixed)}"] if mixed else []
        return "; ".join([*only, *([f"unsafe: {', '.join(others)}"] if others else [])])

    def _blamed(self, claim: ClaimVerdict) -> str:
        said = claim.violation or claim.name
        alone = [f"the version {name}" for name in self.upgrade.violated_alone(claim)]
        open_ = [f"the version {phase.name}" for phase in self.upgrade.alone if phase.decides(claim) is Verdict.UNKNOWN]
        if len(alone) > 1:
            return f"{said} (each version violates it alone, too)"
        if alone:
            return f"{said} ({alone[0]} alone violates it)"
        return f"{said} (of {' and '.join(open_)} alone, that is unknown)" if open_ else said

    @property
    def subject(self) -> Subject:
        """What findings are about."""
        return subject_of(self.after)

    @property
    def unit(self) -> str:
        """What is explored."""
        return "world" if self.upgrade.what == "implementation" else "state"

    @property
    def sizes(self) -> str:
        """The instance."""
        return " ".join(f"{name}={value}" for name, value in self.upgrade.sizes.items()) or "its one size"


def lines(run: UpgradeRun) -> Iterator[Text]:
    """Yield the report for a terminal."""
    yield Text.assemble((run.before, "bold"), " -> ", (run.after, "bold"), "  rolling upgrade")
    yield Text(run.sentence, style=STYLE[run.verdict])
    yield Text()
    yield from facts(_facts(run))
    yield Text()
    yield from _claims(run.upgrade).text(indent="  ", heads=False)
    for claim in run.upgrade.mixed.violated:
        yield Text()
        yield from _counterexample(claim, run.unit)
    for warning in run.upgrade.warnings:
        yield Text()
        yield Text(f"warning: {warning}", style="yellow")
    yield Text()
    yield Text(f"again: {run.command}", style="dim")


def _facts(run: UpgradeRun) -> Iterator[tuple[str, str]]:
    upgrade = run.upgrade
    yield "size", run.sizes
    yield "upgraded", ", ".join(upgrade.moving) or "everything"
    yield "mixed", f"{_explored(upgrade.mixed, run.unit)}, {seconds(run.seconds)}"
    for phase in upgrade.alone:
        yield f"{phase.name} alone", f"{_alone(phase)}, {_explored(phase, run.unit)}"


def _explored(phase: Phase, unit: str) -> str:
    return f"{plural(phase.states, unit)}, depth {number(phase.depth)}"


def _alone(phase: Phase) -> str:
    violated = ", ".join(claim.violation or claim.name for claim in phase.violated)
    return f"violated: {violated}" if violated else {Verdict.HOLDS: "right"}.get(phase.verdict, "unknown")


def _claims(upgrade: Upgrade) -> Table:
    rows = (
        (
            Cell(c.verdict.value, STYLE[c.verdict]),
            Cell(c.claim or c.name, is_code=True),
            Cell("" if c.trace else c.note, "dim"),
        )
        for c in upgrade.mixed.claims
    )
    return Table(("verdict", "claim", ""), tuple(rows))


def _counterexample(claim: ClaimVerdict, unit: str) -> Iterator[Text]:
    yield Text(_headline(claim, unit), style="bold red")
    for index, step in enumerate(claim.trace, start=1):
        yield Text.assemble(f"  {index:>3}  ", (step.words, "bold"))
        for row in step.rows or ("(no change)",):
            yield from map(Text, folded(f"       {row}", indent=9, width=LINE))
    if claim.note:
        yield from map(Text, folded(f"  {claim.note}", indent=4, width=LINE))


def _headline(claim: ClaimVerdict, unit: str) -> str:
    said = claim.violation or claim.name
    return f"{said}: {plural(len(claim.trace), unit)}, none is shorter" if claim.trace else said


def page(run: UpgradeRun) -> str:
    """Return the report as Markdown."""
    parts = [f"**{escape(run.sentence)}**", f"`{run.before}` → `{run.after}`"]
    parts.append("\n".join(f"- {escape(name)}: {escape(words)}" for name, words in _facts(run)))
    parts.append("\n".join(_claims(run.upgrade).markdown()))
    parts += [
        "\n".join(unfolding(_headline(claim, run.unit), [*_counterexample(claim, run.unit)][1:]))
        for claim in run.upgrade.mixed.violated
    ]
    parts += [f"Warning: {escape(warning)}." for warning in run.upgrade.warnings]
    return "\n\n".join([*parts, f"Again: `{run.command}`"]) + "\n"


def survey(run: UpgradeRun) -> Survey:
    """Return what was checked of an upgrade, for the formats of other programs."""
    checked = [_checked(run, claim) for claim in run.upgrade.mixed.claims]
    if run.upgrade.mixed.stop or not checked:
        finding = Finding(RULES["UPG003"], run.subject, run.sentence)
        checked.append(Checked(run.subject, "everything is explored", Verdict.UNKNOWN, (finding,)))
    ignored = tuple(Finding(RULES["UPG004"], run.subject, words, (words,)) for words in run.upgrade.ignored)
    if ignored or (run.verdict is Verdict.HOLDS and run.upgrade.what == "implementation"):
        # A search that ended early, or that of a model, has not looked at every message.
        checked.append(Checked(run.subject, "every message is handled", Verdict.HOLDS, ignored))
    return Survey("assay upgrade", tuple(checked), run.command)


def _checked(run: UpgradeRun, claim: ClaimVerdict) -> Checked:
    mixed = run.upgrade.mixed
    if claim.verdict is Verdict.HOLDS or (claim.verdict is Verdict.UNKNOWN and mixed.violated):
        # If the search ended at a counterexample, open claims are expected and not reported.
        note = "" if claim.verdict is Verdict.HOLDS else "the search ended at the counterexample to another claim"
        return Checked(run.subject, claim.claim or claim.name, claim.verdict, note=note)
    said = claim.violation or f"{claim.name} is violated"
    if claim.verdict is Verdict.UNKNOWN:
        rule, why = "UPG003", claim.note or mixed.stop or "not every mixture was explored"
        said = f"{claim.claim or claim.name} is unknown"
    elif run.upgrade.is_only_mixed(claim):
        rule, said, why = "UPG001", f"{said} only while {run.before} runs beside it", claim.note
    else:
        rule, said, why = "UPG002", f"{said} while {run.before} runs beside it", claim.note
    message = f"{said}: {why}" if why else said
    steps = tuple(
        Step(step.words, sender=step.sender, receiver=step.receiver, actor=step.actor) for step in claim.trace
    )
    finding = Finding(RULES[rule], run.subject, message, (run.before, claim.name), steps=steps)
    return Checked(run.subject, claim.claim or claim.name, claim.verdict, (finding,))


def record(run: UpgradeRun) -> dict[str, Any]:
    """Return the report as a JSON object."""
    upgrade = run.upgrade
    return {
        "version": JSON_VERSION,
        "before": run.before,
        "after": run.after,
        "what": upgrade.what,
        "verdict": run.verdict.value,
        "only_mixed": [claim.name for claim in upgrade.mixed.violated if upgrade.is_only_mixed(claim)],
        "sizes": dict(upgrade.sizes),
        "upgraded": list(upgrade.moving),
        "mixed": _phase_record(upgrade.mixed),
        "alone": {phase.name: _phase_record(phase) for phase in upgrade.alone},
        "warnings": list(upgrade.warnings),
        "seconds": round(run.seconds, 6),
        "command": run.command,
        "exit_status": int(run.status),
    }


def _phase_record(phase: Phase) -> dict[str, Any]:
    return {
        "verdict": phase.verdict.value,
        "states": phase.states,
        "depth": phase.depth,
        "stopped": phase.stop or None,
        "claims": [
            {
                "name": claim.name,
                "kind": claim.kind,
                "verdict": claim.verdict.value,
                "note": claim.note,
                "trace": [{"step": step.words, "changes": list(step.rows)} for step in claim.trace],
            }
            for claim in phase.claims
        ],
    }
