"""Proofs and quorum configurations as surveys, from which the formats for other programs are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assay.checker.findings.finding import Finding
from assay.checker.findings.rules import RULES, Level
from assay.checker.findings.subject import Subject, subject_of
from assay.checker.findings.survey import Checked, Survey
from assay.checker.report.run import Refused
from assay.checker.report.surveys import steps_of, unreadable
from assay.checker.verdicts import Verdict
from assay.proofs.induction.results import ObligationResult
from assay.proofs.quorums import findings as remarks_on_quorums
from assay.proofs.quorums.analyses.change.assess import Change
from assay.proofs.quorums.findings import Severity
from assay.proofs.quorums.report import Assessment, Demand, QuorumReport
from assay.proofs.quorums.safety import Split
from assay.proofs.reports.run import ProofRun

__all__ = ["of_proof", "of_proofs", "of_quorums"]

_LEVEL = {Severity.ERROR: Level.ERROR, Severity.WARNING: Level.WARNING, Severity.NOTE: Level.NOTE}


def of_proof(run: ProofRun) -> Survey:
    """Return the survey of a proof of one model: its obligations, and the runs that violate a property."""
    subject = subject_of(run.model.name)
    checked = [_of_obligation(run, each) for each in run.result.own]
    refuted = [*_refutations(run)]
    if run.verdict is Verdict.VIOLATED and not refuted:
        refuted.append(Finding(RULES["PRF001"], subject, run.sentence, ("sentence",)))
    if refuted:
        checked.append(Checked(subject, "no instance violates it", Verdict.VIOLATED, tuple(refuted)))
    elif run.verdict is not Verdict.HOLDS:
        checked.append(_open(subject, "proved", run.sentence))
    return Survey("assay prove", tuple(checked) or (Checked(subject, "proved", run.verdict),), run.command)


def of_proofs(runs: Sequence[ProofRun], refused: Sequence[Refused], untried: Sequence[str], again: str) -> Survey:
    """Return the survey of proofs of several models: whether each meets its expectation."""
    checked = [_of_model(run) for run in runs]
    checked += map(unreadable, refused)
    checked += [_open(subject_of(name), "as expected", "it was not tried") for name in untried]
    return Survey("assay prove", tuple(checked), again)


def _of_model(run: ProofRun) -> Checked:
    subject = subject_of(run.model.name)
    if run.expectation is Verdict.UNKNOWN:
        return _open(subject, "as expected", run.sentence)
    findings: tuple[Finding, ...] = ()
    if run.expectation is Verdict.VIOLATED:
        findings = tuple(_refutations(run)) or (Finding(RULES["CHK002"], subject, run.sentence, ("proof",)),)
    return Checked(subject, "as expected", run.expectation, findings, run.sentence, run.result.seconds)


def _of_obligation(run: ProofRun, result: ObligationResult) -> Checked:
    subject, seconds = subject_of(run.model.name), result.decision.seconds
    claim = result.claim.name
    if result.proved:
        return Checked(subject, claim, Verdict.HOLDS, seconds=seconds)
    # A counterexample to induction need not be reachable: it leaves the property open, not refuted.
    words = "is not proved" if result.proved is None else "has a counterexample that need not be reachable"
    findings = (Finding(RULES["PRF002"], subject, f"{claim} {words}", (claim,)),)
    return Checked(subject, claim, Verdict.UNKNOWN, findings, words, seconds)


def _refutations(run: ProofRun) -> Iterator[Finding]:
    for each in run.result.refutations:
        about = getattr(each.about, "name", str(each.about))
        with each.trace.instance.active():
            steps = tuple(steps_of(each.trace))
        place = getattr(each.about, "location", None)
        yield Finding(RULES["PRF001"], subject_of(run.model.name), each.violation, (about,), place, steps)


def _open(subject: Subject, claim: str, why: str) -> Checked:
    return Checked(subject, claim, Verdict.UNKNOWN, (Finding(RULES["PRF002"], subject, why, (claim,)),), why)


def of_quorums(report: QuorumReport, again: str, words: tuple[str, str] | None = None) -> Survey:
    """Return the survey of a quorum configuration: its safety, the demands, and a change of it.

    Parameters
    ----------
    words : pair of str, optional
        The names that the user gave the two configurations, if not those of their files.
    """
    subject = _subject(report.subject) if words is None else subject_of(words[0])
    checked = [_of_assessment(report.subject, subject)]
    if report.against is not None:
        against = _subject(report.against) if words is None else subject_of(words[1])
        checked.append(_of_assessment(report.against, against))
        checked += [] if report.change is None else [_of_change(report.change, subject, against)]
    checked += [_of_demand(demand, subject) for demand in report.demands]
    remarks = tuple(_remark(each, subject) for each in report.findings)
    if remarks:
        wrong = any(each.severity is Level.ERROR for each in remarks)
        verdict = Verdict.VIOLATED if wrong else Verdict.HOLDS
        checked.append(Checked(subject, "it keeps the rules of its system", verdict, remarks))
    if report.is_open:
        why = "; ".join(f"{missing.what}: {missing.why}" for missing in report.missing) or "not everything was decided"
        checked.append(Checked(subject, "all that was asked", Verdict.UNKNOWN, note=why))
    return Survey("assay quorum", tuple(checked), again)


def _of_change(change: Change, before: Subject, after: Subject) -> Checked:
    findings = tuple(_change_findings(change, before, after))
    verdict = Verdict.VIOLATED if change.is_refused else change.condition.verdict
    return Checked(after, f"the change from {before} is safe in one step", verdict, findings)


def _of_demand(demand: Demand, subject: Subject) -> Checked:
    findings: tuple[Finding, ...] = ()
    if demand.verdict is Verdict.VIOLATED:
        findings = (Finding(RULES["QRM005"], subject, f"{demand.name} is less than {demand.least}", (demand.name,)),)
    return Checked(subject, f"{demand.name} is at least {demand.least}", demand.verdict, findings)


def _remark(found: remarks_on_quorums.QuorumFinding, subject: Subject) -> Finding:
    level = _LEVEL[found.severity]
    return Finding(
        RULES["QRM001"], subject, found.message, (found.code,), found.location, help=found.help or "", level=level
    )


def _of_assessment(assessment: Assessment, subject: Subject) -> Checked:
    condition = assessment.condition
    findings = tuple(
        Finding(RULES["QRM001"], subject, _apart(checked.split), ("split", *checked.obligation.classes))
        for checked in assessment.safety.checked
        if checked.split is not None
    )
    if condition.verdict is Verdict.VIOLATED and not findings:
        findings = (Finding(RULES["QRM001"], subject, f"it is {condition.value}", (condition.value,)),)
    return Checked(subject, "its quorums are safe", condition.verdict, findings, "; ".join(assessment.reasons))


def _change_findings(change: Change, before: Subject, after: Subject) -> Iterator[Finding]:
    """Yield the findings on a change in one step: what it breaks, with a safe way if one is known."""
    verdict = change.condition.verdict
    if verdict is Verdict.UNKNOWN:
        why = "; ".join(change.crossing.open_questions) or "it was not decided in time"
        message = f"whether the change from {before} is safe is unknown: {why}"
        yield Finding(RULES["QRM004"], after, message, (before.name,))
    elif change.is_refused or verdict is Verdict.VIOLATED:
        apart = "; ".join(map(_apart, change.crossing.splits)) or "the system refuses it in one step"
        way = _way(change)
        rule = "QRM003" if way else "QRM002"
        message = f"the change from {before} is not safe in one step: {apart}"
        yield Finding(RULES[rule], after, message, (before.name,), help=way)


def _way(change: Change) -> str:
    steps = [f"{number}. {' and '.join(step.changes)}" for number, step in enumerate(change.steps, start=1)]
    joint = ["go through a joint configuration, which asks for a quorum of both"] if change.joint is not None else []
    return ", or ".join([*([f"go in these steps: {', '.join(steps)}"] if steps else []), *joint])


def _apart(split: Split) -> str:
    sides = " and ".join(f"{name} {{{', '.join(sorted(nodes))}}}" for name, nodes in split.quorums)
    shared = f", which share {{{', '.join(sorted(split.common))}}} only" if split.common else ""
    return f"two quorums do not meet as they must, {sides}{shared}"


def _subject(assessment: Assessment) -> Subject:
    files = assessment.configuration.files
    return subject_of(files[0]) if files else Subject(assessment.configuration.format)
