"""From configurations to a report: every analysis in turn, each within its time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from time import monotonic

from assay.checker.errors import EngineFault
from assay.proofs.quorums.analyses.availability import availability
from assay.proofs.quorums.analyses.change import Change, assess_change
from assay.proofs.quorums.analyses.enumeration import minimal_blocking_sets
from assay.proofs.quorums.analyses.latency import expected_latency, fastest_quorum
from assay.proofs.quorums.analyses.load import Strategy, optimal_strategy
from assay.proofs.quorums.analyses.quorum_sizes import smallest_quorum_of
from assay.proofs.quorums.analyses.remarks import remarks
from assay.proofs.quorums.analyses.smallest import Smallest
from assay.proofs.quorums.analyses.splitting import smallest_splitting_set
from assay.proofs.quorums.analyses.tolerance import Tolerance, single_points_of_failure, tolerance
from assay.proofs.quorums.analyses.units import units_by_label, units_of_nodes
from assay.proofs.quorums.certificates.write import Certificate, certify
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.findings import Finding, Severity
from assay.proofs.quorums.report import Assessment, ClassCosts, Demand, QuorumReport, Survival
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, problem_of, verify
from assay.proofs.quorums.systems import Federation, QuorumSystem
from assay.proofs.quorums.trees import all_of

__all__ = ["Questions", "analyse", "assess"]

EACH = 5.0
"""Seconds for each analysis that is not about safety: what is not known by then is said to be unknown."""

MOST_OUTAGES = 200


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
    time_limit : float, optional
        Seconds for everything.
    """

    unknown: UnknownNodes | None = None
    demands: Mapping[str, int] = field(default_factory=dict)
    failure: Fraction | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    certificate: Path | None = None
    time_limit: float | None = None


def analyse(
    configuration: Configuration, questions: Questions | None = None, *, against: Configuration | None = None
) -> QuorumReport:
    """Return the report on a configuration, or on the change from it to another one.

    Raises
    ------
    UsageError
        If a demand is about a label that no node has, shares are no distribution, the certificates cannot be
        written, or the two configurations are not of one kind.
    EngineFault
        If a second solver contradicts a verdict.
    """
    asked = questions or Questions()
    began = monotonic()
    deadline = Deadline.after(asked.time_limit)
    subject = assess(configuration, asked.unknown, deadline)
    new = None if against is None else assess(against, asked.unknown, deadline)
    report = QuorumReport(
        subject,
        _findings(subject, new),
        against=new,
        change=None if new is None else _change(subject, new, asked.unknown, deadline),
        certificates=_certificates(subject, asked.certificate, deadline),
        failure=asked.failure,
    )
    if subject.condition is not Condition.NO_QUORUM:
        report = _with_costs(report, asked, deadline)
    report = replace(report, demands=_demands(report.subject, report.against, asked.demands, deadline))
    return replace(report, seconds=monotonic() - began)


def assess(configuration: Configuration, unknown: UnknownNodes | None, deadline: Deadline) -> Assessment:
    """Return the verdict on a configuration, with unknown nodes read as asked, or in both ways."""
    system = configuration.system
    resolved = resolve(system, unknown or UnknownNodes.ABSENT)
    safety = verify(resolved, deadline)
    if unknown is not None or not system.unknown:
        return Assessment(configuration, resolved, safety, safety.condition)
    other = verify(resolve(system, UnknownNodes.ANYTHING), deadline)
    if other.condition is safety.condition:
        return Assessment(configuration, resolved, safety, safety.condition)
    some = ", ".join(repr(name) for name in system.unknown[:3]) + (", ..." if len(system.unknown) > 3 else "")
    doubt = (
        f"it hangs on {len(system.unknown)} nodes that nothing describes ({some}): "
        f"{safety.condition.value} if they are absent, {other.condition.value} if they may do anything; "
        "say which with --unknown-nodes"
    )
    return Assessment(configuration, resolved, safety, Condition.UNKNOWN, doubt)


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
    before, after = (resolve(one.configuration.system, how) for one in (old, new))
    return assess_change(before, after, deadline)


def _certificates(subject: Assessment, directory: Path | None, deadline: Deadline) -> tuple[Certificate, ...]:
    if directory is None:
        return ()
    certificates = certify(subject.system, subject.safety, directory, deadline)
    for certificate in certificates:
        if certificate.is_contradicted:
            raise EngineFault(f"cvc5 contradicts the verdict on {certificate.claim!r}: see {certificate.file}")
    return certificates


def _with_costs(report: QuorumReport, asked: Questions, deadline: Deadline) -> QuorumReport:
    system = report.subject.system
    costs = {name: _costs(system, name, asked.failure, deadline) for name in system.classes}
    return replace(
        report,
        survival=_survival(report.subject, deadline),
        costs=costs,
        strategy=_strategy(system, asked.shares, deadline),
    )


def _survival(subject: Assessment, deadline: Deadline) -> Survival:
    system = subject.system
    units = units_of_nodes(system)
    tolerances = _tolerances(system, deadline)
    smallest = len(tolerances["f"].outage or ())
    everything = [system.classes[name] for name in system.live_classes]
    trees = [kind for kind in everything if not isinstance(kind, Federation)]
    live = all_of(trees) if len(trees) == len(everything) > 1 else everything[0]
    outages = minimal_blocking_sets(live, units, smallest, deadline.within(2.0), MOST_OUTAGES)
    return Survival(tolerances, single_points_of_failure(system, units), outages, _splitting(subject, deadline))


def _tolerances(system: QuorumSystem, deadline: Deadline) -> dict[str, Tolerance]:
    labels = dict.fromkeys(label for named in system.labels.values() for label in named)
    found = {"f": tolerance(system, units_of_nodes(system), deadline.within(EACH))}
    for label in labels:
        found[label] = tolerance(system, units_by_label(system, label), deadline.within(EACH))
    return found


def _splitting(subject: Assessment, deadline: Deadline) -> Smallest | None:
    best: Smallest | None = None
    units = units_of_nodes(subject.system)
    for duty in subject.system.obligations:
        problem = problem_of(subject.system, duty, frozenset())
        found = smallest_splitting_set(problem, units, deadline.within(EACH))
        best = found if best is None else best | found
    return best


def _costs(system: QuorumSystem, name: str, failure: Fraction | None, deadline: Deadline) -> ClassCosts:
    kind = system.classes[name]
    smallest = smallest_quorum_of(kind, deadline.within(EACH))
    down = _failures(system, failure)
    return ClassCosts(
        smallest,
        None if down is None else availability([kind], down, deadline.within(EACH)),
        fastest_quorum(kind, system.latency) if system.latency else None,
        expected_latency(kind, system.latency, down, deadline.within(EACH)) if system.latency and down else None,
    )


def _failures(system: QuorumSystem, failure: Fraction | None) -> dict[str, Fraction] | None:
    """Return the probability that each node is down; None if that is not given for all of them."""
    given = {node: Fraction(chance).limit_denominator(10**9) for node, chance in system.failure.items()}
    if failure is None and not all(node in given for node in system.nodes):
        return None
    return {node: given.get(node, failure or Fraction(0)) for node in system.nodes}


def _strategy(system: QuorumSystem, shares: Mapping[str, float], deadline: Deadline) -> Strategy | None:
    classes = system.live_classes
    even = {name: 1 / len(classes) for name in classes}
    return optimal_strategy(system, shares or even, deadline.within(EACH))


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
