"""Analyse a configuration, or a change between two: verdicts first, then every other question within its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

from assay.checker.errors import InternalError
from assay.proofs.quorums.analyses.change.assess import Change, assess_change
from assay.proofs.quorums.analyses.change.crossing import is_change
from assay.proofs.quorums.analyses.cost.load import refuse_bad_numbers
from assay.proofs.quorums.analyses.resilience.tolerance import tolerance
from assay.proofs.quorums.analyses.units import units_by_label, units_of_nodes
from assay.proofs.quorums.certificates.write import Certificate, certify, prepare
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.findings import QuorumFinding, Severity
from assay.proofs.quorums.namesakes import matched
from assay.proofs.quorums.questions import Questions
from assay.proofs.quorums.report import Assessment, Demand, QuorumReport
from assay.proofs.quorums.resilience_and_cost import resilience_and_cost
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, verify
from assay.proofs.quorums.systems import NODES

__all__ = ["analyse", "assess"]

FOR_SAFETY = 0.8
"""The share of the time limit that safety may take; the rest is kept for demands, certificates and resilience."""


def analyse(
    configuration: Configuration,
    questions: Questions | None = None,
    *,
    against: Configuration | None = None,
    keep: Callable[[QuorumReport], None] | None = None,
) -> QuorumReport:
    """Return the report on a configuration, or on the change from it to another one.

    Parameters
    ----------
    configuration : Configuration
    questions : Questions, optional
        By default safety, resilience and costs, without a time limit.
    against : Configuration, optional
        The configuration that it is to become or, if that is of another system, that it is compared with.
    keep : callable, optional
        Called with the report so far whenever something was decided, safety first, so that a caller who ends the
        analysis early still has what was decided until then.

    Raises
    ------
    UsageError
        If a demand names a label that no node has, the shares are not a distribution, or the certificates cannot be
        written. Raised before anything is analysed.
    InternalError
        If a second solver contradicts a verdict.
    """
    asked = questions or Questions()
    if against is not None:
        configuration, against = matched(configuration, against)
    _refuse(configuration, asked, against)
    began = monotonic()

    def decided(report: QuorumReport) -> QuorumReport:
        report = replace(report, seconds=monotonic() - began)
        if keep is not None:
            keep(report)
        return report

    deadline = Deadline.after(asked.time_limit)
    for_safety = deadline if asked.time_limit is None else deadline.within(asked.time_limit * FOR_SAFETY)
    subject = assess(configuration, asked.unknown, for_safety)
    # A report that is handed on early must not exit with 0: its demands are not known, and the change is open.
    waiting = tuple(Demand(name, least, met=None) for name, least in asked.demands.items())
    report = QuorumReport(subject, _findings(subject, None), failure=asked.failure, demands=waiting)
    report = decided(replace(report, is_open=against is not None))
    if against is not None:
        new = assess(against, asked.unknown, for_safety)
        change = _change(subject, new, asked.unknown, for_safety) if is_change(configuration, against) else None
        report = replace(report, findings=_findings(subject, new), against=new, change=change, is_open=False)
        report = decided(report)
    report = decided(replace(report, demands=_demands(subject, report.against, asked.demands, deadline)))
    report = replace(report, certificates=tuple(_certificates(report, asked.certificate, deadline)))
    for report in resilience_and_cost(report, asked, deadline):  # noqa: B020 (each report extends the one before)
        decided(report)
    return decided(report)


def _refuse(configuration: Configuration, asked: Questions, against: Configuration | None) -> None:
    """Refuse questions that cannot be answered before any time is spent on those that can."""
    refuse_bad_numbers(configuration.system, asked.shares)
    judged = (against or configuration).system
    for name in asked.demands:
        if name != NODES:
            units_by_label(judged, name)
    if asked.certificate is not None:
        prepare(asked.certificate)


def assess(configuration: Configuration, unknown: UnknownNodes | None, deadline: Deadline) -> Assessment:
    """Return the verdict on a configuration, with unknown nodes read as asked.

    If ``unknown`` is None, both readings are tried, and the verdict is *unknown* where they differ.
    """
    system = configuration.system
    resolved = resolve(system, unknown or UnknownNodes.ABSENT)
    safety = verify(resolved, deadline)
    # A quorum without the unknown nodes is also a quorum when they may do anything: a split in the first reading is a
    # split in both, and the second need not be tried.
    if unknown is not None or not system.unknown or safety.condition is Condition.SPLIT:
        return Assessment(configuration, resolved, safety, safety.condition)
    joined = resolve(system, UnknownNodes.ANYTHING)
    other = joined, verify(joined, deadline)
    condition = other[1].condition
    if condition is safety.condition:
        return Assessment(configuration, resolved, safety, condition, other=other)
    doubt = _doubt(system.unknown, safety.condition, condition)
    return Assessment(configuration, resolved, safety, Condition.UNKNOWN, doubt, other)


def _doubt(unknown: Sequence[str], absent: Condition, anything: Condition) -> str:
    """Say which part of the verdict depends on the unknown nodes."""
    some = ", ".join(map(repr, unknown[:3])) + (", ..." if len(unknown) > 3 else "")
    nodes = f"{len(unknown)} nodes that nothing describes ({some})"
    if {absent, anything} == {Condition.SAFE, Condition.NO_QUORUM}:
        return (
            "no two quorums miss each other in either reading, but whether there is a quorum at all depends on "
            f"{nodes}: there is none if they are absent; say which with --unknown-nodes"
        )
    return (
        f"it depends on {nodes}: {absent.value} if they are absent, {anything.value} if they may do anything; "
        "say which with --unknown-nodes"
    )


def _findings(subject: Assessment, new: Assessment | None) -> tuple[QuorumFinding, ...]:
    found = [*subject.configuration.findings]
    if unknown := subject.configuration.system.unknown:
        some = ", ".join(map(repr, unknown[:5])) + (", ..." if len(unknown) > 5 else "")
        message = f"nothing describes these nodes, which the trees name: {some}"
        found.append(QuorumFinding(Severity.NOTE, "unknown-nodes", message))
    if new is not None:
        found += [*new.configuration.findings, *_alone(subject, new)]
    return tuple(dict.fromkeys(found))


def _alone(old: Assessment, new: Assessment) -> Iterator[QuorumFinding]:
    """Warn of classes that only one side of a change has."""
    if not is_change(old.configuration, new.configuration):
        return
    if alone := sorted(old.configuration.system.classes.keys() ^ new.configuration.system.classes.keys()):
        some = ", ".join(map(repr, alone[:5])) + (", ..." if len(alone) > 5 else "")
        message = f"only one of the two configurations has {some}: nothing is checked of it across the change"
        yield QuorumFinding(Severity.WARNING, "classes-differ", message)


def _change(old: Assessment, new: Assessment, unknown: UnknownNodes | None, deadline: Deadline) -> Change:
    """Assess the change with unknown nodes as asked or, if nothing was asked, in the worst case."""
    how = unknown or UnknownNodes.ANYTHING
    written = old.configuration, new.configuration
    before, after = (resolve(one.system, how) for one in written)
    return assess_change(before, after, deadline, written=written, unknown=how)


def _certificates(report: QuorumReport, directory: Path | None, deadline: Deadline) -> Iterator[Certificate]:
    """Yield the certificates of the configuration, of the one it is compared with, and of the change.

    Raises
    ------
    InternalError
        If the second solver contradicts a verdict.
    """
    if directory is None:
        return
    parts = []
    for side, one in (("", report.subject), ("new-", report.against)):
        if one is not None:
            parts.append((side, one.system, one.safety))
        if one is not None and one.other is not None:
            parts.append((f"{side}anything-", *one.other))
    if report.change is not None:
        parts.append(("change-", report.change.crossing_system, report.change.crossing))
    for prefix, system, safety in parts:
        for certificate in certify(system, safety, directory, deadline, prefix):
            if certificate.is_contradicted:
                raise InternalError(f"cvc5 contradicts the verdict on {certificate.claim!r}: see {certificate.file}")
            yield certificate


def _demands(
    subject: Assessment, new: Assessment | None, demands: Mapping[str, int], deadline: Deadline
) -> tuple[Demand, ...]:
    """Check what is demanded: of the new configuration, if there is one."""
    judged = subject if new is None else new
    found = []
    for name, least in demands.items():
        units = units_of_nodes(judged.system) if name == NODES else units_by_label(judged.system, name)
        if judged.condition is Condition.NO_QUORUM:
            found.append(Demand(name, least, met=False))
            continue
        found.append(Demand(name, least, tolerance(judged.system, units, deadline).survives(least)))
    return tuple(found)
