"""From configurations to a report: every analysis in turn, each within its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from time import monotonic

from assay.checker.errors import EngineFault
from assay.proofs.quorums.analyses.change.assess import Change, assess_change
from assay.proofs.quorums.analyses.cost.availability import availability
from assay.proofs.quorums.analyses.cost.latency import expected_latency, fastest_quorum
from assay.proofs.quorums.analyses.cost.load import optimal_strategy
from assay.proofs.quorums.analyses.cost.smallest_quorum import smallest_quorum_of
from assay.proofs.quorums.analyses.resilience.remarks import remarks
from assay.proofs.quorums.analyses.resilience.survival import NODES, Survival, all_units, survival_by
from assay.proofs.quorums.analyses.resilience.tolerance import tolerance
from assay.proofs.quorums.analyses.units import Units, units_by_label, units_of_nodes
from assay.proofs.quorums.certificates.write import Certificate, certify
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.findings import Finding, Severity
from assay.proofs.quorums.namesakes import told_apart
from assay.proofs.quorums.report import Assessment, ClassCosts, Demand, Missing, QuorumReport
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, verify
from assay.proofs.quorums.systems import QuorumClass, QuorumSystem

__all__ = ["Questions", "analyse", "assess"]

LONGEST = 15.0
"""Seconds for each question besides safety, or an even share of what is left: what is not known then is missing."""

FOR_SAFETY = 0.8
"""The share of the time limit that safety may take."""


@dataclass(frozen=True)
class Questions:
    """What is asked.

    Parameters
    ----------
    unknown : UnknownNodes or None
        What to make of nodes that nothing describes; None: both, and the verdict is unknown if they differ.
    demands : mapping of str to int
        ``{"f": 1, "zone": 1}``: how many failures must be survived, of nodes (``f``) or by label.
    failure : Fraction, optional
        The probability that a node is down, for those that have none of their own.
    shares : mapping of class name to float
        The share of operations of each class; empty: all classes that are needed, alike.
    certificate : Path, optional
        The directory for the obligations in SMT-LIB 2.
    sets_up_to : int, optional
        The largest size of the minimal outages and splitting sets to list; by default that of the smallest.
    time_limit : float, optional
        Seconds for everything. A fifth of them is kept for the questions besides safety.
    """

    unknown: UnknownNodes | None = None
    demands: Mapping[str, int] = field(default_factory=dict)
    failure: Fraction | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    certificate: Path | None = None
    sets_up_to: int | None = None
    time_limit: float | None = None


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
    against : Configuration, optional
        What it is to become.
    keep : callable, optional
        Called with the report so far whenever something was decided: safety first. Whoever ends the analysis
        from outside still has that.

    Raises
    ------
    UsageError
        If a demand is about a label that no node has, shares are no distribution, the certificates cannot be
        written, or the two configurations are not of one kind.
    EngineFault
        If a second solver contradicts a verdict.
    """
    asked = questions or Questions()
    if against is not None:
        configuration, against = told_apart(configuration, against)
    began = monotonic()
    deadline = Deadline.after(asked.time_limit)
    first = deadline if asked.time_limit is None else deadline.within(asked.time_limit * FOR_SAFETY)
    subject = assess(configuration, asked.unknown, first)
    waiting = tuple(Demand(name, least, met=None) for name, least in asked.demands.items())
    early = QuorumReport(subject, configuration.findings, failure=asked.failure, demands=waiting)
    _say(keep, replace(early, is_open=against is not None), began)
    new = None if against is None else assess(against, asked.unknown, first)
    report = QuorumReport(
        subject,
        _findings(subject, new),
        against=new,
        change=None if new is None else _change(subject, new, asked.unknown, first),
        failure=asked.failure,
    )
    _say(keep, replace(report, demands=waiting), began)
    report = replace(report, certificates=_certificates(subject, asked.certificate, deadline))
    report = replace(report, demands=_demands(report.subject, report.against, asked.demands, deadline))
    for report in _further(report, asked, deadline):  # noqa: B020 (each has what the one before has, and more)
        _say(keep, report, began)
    return replace(report, seconds=monotonic() - began)


def _say(keep: Callable[[QuorumReport], None] | None, report: QuorumReport, began: float) -> None:
    if keep is not None:
        keep(replace(report, seconds=monotonic() - began))


def assess(configuration: Configuration, unknown: UnknownNodes | None, deadline: Deadline) -> Assessment:
    """Return the verdict on a configuration, with unknown nodes read as asked, or in both ways.

    Whatever is a quorum while unknown nodes are absent is one while they may do anything, so a split in the first
    reading is a split in both.
    """
    system = configuration.system
    resolved = resolve(system, unknown or UnknownNodes.ABSENT)
    safety = verify(resolved, deadline)
    if unknown is not None or not system.unknown or safety.condition is Condition.SPLIT:
        return Assessment(configuration, resolved, safety, safety.condition)
    other = verify(resolve(system, UnknownNodes.ANYTHING), deadline)
    if other.condition is safety.condition:
        return Assessment(configuration, resolved, safety, safety.condition)
    doubt = _doubt(system.unknown, safety.condition, other.condition)
    return Assessment(configuration, resolved, safety, Condition.UNKNOWN, doubt)


def _doubt(unknown: Sequence[str], absent: Condition, anything: Condition) -> str:
    """Say what hangs on the unknown nodes, and what does not."""
    some = ", ".join(map(repr, unknown[:3])) + (", ..." if len(unknown) > 3 else "")
    nodes = f"{len(unknown)} nodes that nothing describes ({some})"
    if {absent, anything} == {Condition.SAFE, Condition.NO_QUORUM}:
        return (
            "no two quorums miss each other in either reading, but whether there is a quorum at all hangs on "
            f"{nodes}: there is none if they are absent; say which with --unknown-nodes"
        )
    return (
        f"it hangs on {nodes}: {absent.value} if they are absent, {anything.value} if they may do anything; "
        "say which with --unknown-nodes"
    )


def _findings(subject: Assessment, new: Assessment | None) -> tuple[Finding, ...]:
    found = [*subject.configuration.findings, *remarks(subject.system)]
    if subject.configuration.system.unknown:
        names = ", ".join(repr(name) for name in subject.configuration.system.unknown[:5])
        message = f"nothing describes these nodes, which the trees name: {names}"
        found.append(Finding(Severity.NOTE, "unknown-nodes", message))
    if new is not None:
        found += [*new.configuration.findings, *remarks(new.system)]
    return tuple(dict.fromkeys(found))


def _change(old: Assessment, new: Assessment, unknown: UnknownNodes | None, deadline: Deadline) -> Change:
    """Assess the change with unknown nodes as asked; the worst case where nothing was asked."""
    how = unknown or UnknownNodes.ANYTHING
    written = old.configuration, new.configuration
    before, after = (resolve(one.system, how) for one in written)
    return assess_change(before, after, deadline, written=written, unknown=how)


def _certificates(subject: Assessment, directory: Path | None, deadline: Deadline) -> tuple[Certificate, ...]:
    if directory is None:
        return ()
    certificates = certify(subject.system, subject.safety, directory, deadline)
    for certificate in certificates:
        if certificate.is_contradicted:
            raise EngineFault(f"cvc5 contradicts the verdict on {certificate.claim!r}: see {certificate.file}")
    return certificates


def _further(report: QuorumReport, asked: Questions, deadline: Deadline) -> Iterator[QuorumReport]:
    """Yield the report with ever more answers: what is survived, then what it costs."""
    if report.subject.condition is Condition.NO_QUORUM:
        return
    system = report.subject.system
    questions = list(_answers(system, asked))
    for number, (what, answered) in enumerate(questions):
        if deadline.passed:
            report = _without(report, what, "the time limit was hit before it was looked at")
        else:
            limit = deadline.within(min(LONGEST, deadline.share / (len(questions) - number)))
            report = answered(report, limit)
            if limit.passed:
                report = _without(report, what, "its share of the time ran out: bounds only, or nothing")
        yield report


Answered = Callable[[QuorumReport, Deadline], QuorumReport]
"""Adds an answer to a report."""


def _answers(system: QuorumSystem, asked: Questions) -> Iterator[tuple[str, Answered]]:
    """Yield the questions besides safety, in words, with what answers them."""
    for name, units in all_units(system).items():
        yield "what is survived" + ("" if name == NODES else f" by {name}"), partial(_survived, name, units, asked)
    for name in system.classes:
        yield f"smallest quorum, {name}", partial(_smallest, name)
        if system.latency:
            yield f"latency, {name}", partial(_latency, name, asked)
    if _failures(system, asked.failure) is not None:
        for name, kind in (system.services or system.classes).items():
            yield f"availability, {name}", partial(_availability, name, kind, asked)
    yield "load", partial(_load, asked)


def _without(report: QuorumReport, what: str, why: str) -> QuorumReport:
    return replace(report, missing=(*report.missing, Missing(what, why)))


def _survived(name: str, units: Units, asked: Questions, report: QuorumReport, limit: Deadline) -> QuorumReport:
    known = report.survival or Survival()
    system = report.subject.system
    return replace(report, survival=survival_by(known, system, name, units, asked.sets_up_to, limit))


def _with_costs(report: QuorumReport, name: str, costs: ClassCosts) -> QuorumReport:
    return replace(report, costs={**report.costs, name: costs})


def _smallest(name: str, report: QuorumReport, limit: Deadline) -> QuorumReport:
    smallest = smallest_quorum_of(report.subject.system.classes[name], limit)
    return _with_costs(report, name, replace(report.costs.get(name, ClassCosts()), smallest=smallest))


def _availability(
    name: str, kind: QuorumClass, asked: Questions, report: QuorumReport, limit: Deadline
) -> QuorumReport:
    down = _failures(report.subject.system, asked.failure) or {}
    chance = availability([kind], down, limit)
    return _with_costs(report, name, replace(report.costs.get(name, ClassCosts()), availability=chance))


def _latency(name: str, asked: Questions, report: QuorumReport, limit: Deadline) -> QuorumReport:
    system = report.subject.system
    kind, down = system.classes[name], _failures(system, asked.failure)
    costs = replace(report.costs.get(name, ClassCosts()), fastest=fastest_quorum(kind, system.latency))
    if down:
        costs = replace(costs, expected_latency=expected_latency(kind, system.latency, down, limit))
    return _with_costs(report, name, costs)


def _load(asked: Questions, report: QuorumReport, limit: Deadline) -> QuorumReport:
    system = report.subject.system
    even = {name: 1 / len(system.live_classes) for name in system.live_classes}
    return replace(report, strategy=optimal_strategy(system, asked.shares or even, limit))


def _failures(system: QuorumSystem, failure: Fraction | None) -> dict[str, Fraction] | None:
    """Return the probability that each node is down; None if that is not given for all of them."""
    given = {node: Fraction(chance).limit_denominator(10**9) for node, chance in system.failure.items()}
    if failure is None and not all(node in given for node in system.nodes):
        return None
    return {node: given.get(node, failure or Fraction(0)) for node in system.nodes}


def _demands(
    subject: Assessment, new: Assessment | None, demands: Mapping[str, int], deadline: Deadline
) -> tuple[Demand, ...]:
    """Hold what is demanded against the configuration, or the one that it is to become."""
    judged = subject if new is None else new
    found = []
    for name, least in demands.items():
        units = units_of_nodes(judged.system) if name == "f" else units_by_label(judged.system, name)
        if judged.condition is Condition.NO_QUORUM:
            found.append(Demand(name, least, met=False))
            continue
        found.append(Demand(name, least, tolerance(judged.system, units, deadline).survives(least)))
    return tuple(found)
