"""Runs of commands as surveys, which the formats for other programs are made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assay.checker.engine.trace import Trace
from assay.checker.errors import Location
from assay.checker.findings.finding import Finding, Step
from assay.checker.findings.rules import RULES
from assay.checker.findings.subject import Subject, subject_of
from assay.checker.findings.survey import Checked, Survey
from assay.checker.implementations import steps
from assay.checker.implementations.results import ClaimResult, ClusterClaim
from assay.checker.implementations.survey import Row
from assay.checker.language.introspection.declarations import Method
from assay.checker.language.sorts import Element
from assay.checker.properties.result import PropertyResult
from assay.checker.report.conformance import ConformRun
from assay.checker.report.fuzzing import FuzzRun, MutantTable
from assay.checker.report.implementations import ImplementationRun
from assay.checker.report.run import CheckRun, Refused, violation
from assay.checker.report.run import claim as claim_of
from assay.checker.report.running import RunReport
from assay.checker.report.values import Renderer
from assay.checker.report.worlds import between
from assay.checker.verdicts import Verdict

__all__ = [
    "of_check",
    "of_checks",
    "of_conform",
    "of_fuzz",
    "of_implementation",
    "of_mutants",
    "of_run",
    "steps_of",
    "unreadable",
]

EVERYTHING = "every state is explored"


def of_check(run: CheckRun) -> Survey:
    """Return the survey of a check of one model: a violation is a finding, expected or not."""
    subject = subject_of(run.model.name)
    checked = [_of_property(run, result) for result in run.result.properties]
    if not run.result.exhaustive and run.verdict is not Verdict.VIOLATED:
        checked.append(_unknown(subject, EVERYTHING, run.sentence, run.elapsed))
    if run.contradicts and run.verdict is Verdict.HOLDS:
        finding = Finding(RULES["CHK002"], subject, run.expectation_note, (str(run.result.expected),))
        checked.append(Checked(subject, "as expected", Verdict.VIOLATED, (finding,)))
    if not checked:
        checked.append(Checked(subject, EVERYTHING, run.verdict, seconds=run.elapsed))
    return Survey("assay check", tuple(checked), run.command)


def of_checks(shown: Sequence[CheckRun | Refused], unchecked: Sequence[str], again: str) -> Survey:
    """Return the survey of a check of several models, each against what it is expected to show."""
    checked = [unreadable(each) if isinstance(each, Refused) else _of_model(each) for each in shown]
    checked += [_unknown(subject_of(name), "as expected", "it was not checked") for name in unchecked]
    return Survey("assay check", tuple(checked), again)


def of_implementation(run: ImplementationRun) -> Survey:
    """Return the survey of a check of an implementation."""
    rules, *rest = (_of_claim(run, claim) for claim in run.result.claims)
    if run.not_checked:
        warning = Finding(RULES["IMP004"], rules.subject, f"not checked: {run.not_checked}", ("chance",))
        rules = replace(rules, findings=(*rules.findings, warning))
    return Survey("assay check --implementation", (rules, *rest), run.command)


def of_conform(run: ConformRun) -> Survey:
    """Return the survey of a log that was checked against a model."""
    subject, claim = subject_of(run.model.name), f"{', '.join(run.log.paths)} is a run of it"
    if run.verdict is Verdict.UNKNOWN:
        return Survey("assay conform", (_unknown(subject, claim, run.sentence),), run.command)
    findings: tuple[Finding, ...] = ()
    if run.verdict is Verdict.VIOLATED:
        place = Location(run.log.paths[0]) if run.log.paths else None
        findings = (Finding(RULES["CNF001"], subject, run.sentence, tuple(run.log.paths), place),)
    return Survey("assay conform", (Checked(subject, claim, run.verdict, findings),), run.command)


def of_fuzz(run: FuzzRun) -> Survey:
    """Return the survey of random schedules of an implementation."""
    subject, claim, failure = subject_of(run.named.name), "what was played keeps what is claimed", run.found.failure
    if run.verdict is Verdict.UNKNOWN:
        return Survey("assay fuzz", (_unknown(subject, claim, run.sentence, run.found.seconds),), run.command)
    findings: tuple[Finding, ...] = ()
    if failure is not None and failure.finding is not None:
        rule = "IMP001" if failure.finding.name == "refinement" else "CHK001"
        shown = tuple(map(_step, failure.steps))
        findings = (Finding(RULES[rule], subject, run.sentence, (failure.finding.name,), steps=shown),)
    return Survey(
        "assay fuzz", (Checked(subject, claim, run.verdict, findings, run.sentence, run.found.seconds),), run.command
    )


def of_mutants(table: MutantTable) -> Survey:
    """Return the survey of the mutants of a protocol: one that nothing catches is a finding."""
    subject = subject_of(table.protocol)
    return Survey("assay fuzz --mutants", tuple(_of_mutant(subject, row) for row in table.rows), table.command)


def _of_mutant(subject: Subject, row: Row) -> Checked:
    claim = f"{row.name} is caught"
    if row.verdict is Verdict.HOLDS:
        return Checked(subject, claim, Verdict.HOLDS)
    if row.verdict is Verdict.UNKNOWN:
        return _unknown(subject, claim, "nothing has caught it, and a check ended at a limit")
    finding = Finding(RULES["IMP002"], subject, f"nothing catches {row.name}", (row.name,))
    return Checked(subject, claim, Verdict.VIOLATED, (finding,))


def of_run(report: RunReport) -> Survey:
    """Return the survey of what a run did, and of what its journals say that it did."""
    run, subject, claim = report.run, subject_of(report.name), "what the run did is what is claimed"
    if run.verdict is Verdict.UNKNOWN:
        return Survey("assay run", (_unknown(subject, claim, report.sentence, run.seconds),), report.command)
    findings: tuple[Finding, ...] = ()
    if run.verdict is Verdict.VIOLATED:
        found = [(each.check, f"{each.check}: {each.message}") for each in run.judged.findings]
        found += [(address, f"{address} failed: {failure.said}") for address, failure in run.failures.items()]
        found = found or [("sentence", report.sentence)]
        findings = tuple(Finding(RULES["CNF001"], subject, words, (what,)) for what, words in found)
    return Survey(
        "assay run", (Checked(subject, claim, run.verdict, findings, report.sentence, run.seconds),), report.command
    )


def unreadable(refused: Refused) -> Checked:
    """Return the finding for a model that could not be checked at all."""
    error, subject = refused.error, subject_of(refused.name)
    finding = Finding(RULES["CHK004"], subject, error.message, (), error.location, help=error.help or "")
    return Checked(subject, "as expected", Verdict.UNKNOWN, (finding,))


def steps_of(trace: Trace) -> Iterator[Step]:
    """Yield the steps of a counterexample, each with the source of its action and the element that it acts on."""
    renderer, specification = Renderer(trace.instance), trace.instance.specification
    places = {method.name: method.location for method in specification.actions}
    for index, step in enumerate(trace):
        if step.call is None:
            yield Step("initial state")
            continue
        name, arguments = step.call
        actor = next((trace.instance.name_of(value) for value in arguments if isinstance(value, Element)), "")
        yield Step(renderer.step(step.call, trace.chosen(index)), places.get(name), actor=actor)


def _of_property(run: CheckRun, result: PropertyResult) -> Checked:
    subject, claim = subject_of(run.model.name), claim_of(result)
    if result.verdict is Verdict.UNKNOWN:
        return _unknown(subject, claim, result.note or run.sentence)
    if result.verdict is Verdict.HOLDS:
        return Checked(subject, claim, result.verdict, note=result.note)
    return Checked(subject, claim, result.verdict, (_violated(run, result),))


def _violated(run: CheckRun, result: PropertyResult) -> Finding:
    place = result.subject.location if isinstance(result.subject, Method) else None
    with run.result.instance.active():
        shown = () if result.trace is None else tuple(steps_of(result.trace))
    return Finding(
        RULES["CHK001"], subject_of(run.model.name), violation(result), (result.kind.value, result.name), place, shown
    )


def _of_model(run: CheckRun) -> Checked:
    subject = subject_of(run.model.name)
    if run.expectation is Verdict.UNKNOWN:
        return _unknown(subject, "as expected", run.sentence, run.elapsed)
    findings: tuple[Finding, ...] = ()
    if run.expectation is Verdict.VIOLATED:
        findings = tuple(_violated(run, r) for r in run.result.properties if r.verdict is Verdict.VIOLATED)
        findings = findings or (Finding(RULES["CHK002"], subject, run.sentence, (str(run.result.expected),)),)
    return Checked(subject, "as expected", run.expectation, findings, run.sentence, run.elapsed)


def _of_claim(run: ImplementationRun, claim: ClaimResult) -> Checked:
    subject = subject_of(run.named.name)
    if claim.verdict is Verdict.UNKNOWN:
        return _unknown(subject, claim.name, claim.note or run.sentence)
    if claim.verdict is Verdict.HOLDS:
        return Checked(subject, claim.name, claim.verdict, note=claim.note)
    shown = tuple(_step(step) for step, _ in claim.trace)
    rule = "IMP001" if claim.kind is ClusterClaim.REFINEMENT else "CHK001"
    message = claim.violation + (f": {claim.note}" if claim.note else "")
    finding = Finding(RULES[rule], subject, message, (claim.kind.name, claim.name), steps=shown)
    return Checked(subject, claim.name, claim.verdict, (finding,))


def _step(step: steps.Step | None) -> Step:
    if step is None:
        return Step("the nodes have started")
    sender, receiver, actor = between(step)
    return Step(str(step), sender=sender, receiver=receiver, actor=actor)


def _unknown(subject: Subject, claim: str, why: str, seconds: float = 0.0) -> Checked:
    finding = Finding(RULES["CHK003"], subject, f"{claim}: {why}", (claim,))
    return Checked(subject, claim, Verdict.UNKNOWN, (finding,), why, seconds)
