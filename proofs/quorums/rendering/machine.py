"""The report as JSON. Programs can rely on its keys; new ones may be added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from assay.checker.outputs import JSON_VERSION, as_json
from assay.proofs.quorums.analyses.change.assess import Change
from assay.proofs.quorums.analyses.cost.load import Strategy
from assay.proofs.quorums.analyses.resilience.splitting_sets import Splitting
from assay.proofs.quorums.analyses.resilience.survival import Survival
from assay.proofs.quorums.analyses.resilience.tolerance import Tolerance
from assay.proofs.quorums.answers import Enumerated, Smallest
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.intersection.outcome import Meets, Misses, Undecided
from assay.proofs.quorums.rendering.names import ordered
from assay.proofs.quorums.report import Assessment, ClassCosts, QuorumReport
from assay.proofs.quorums.safety import Checked, Split
from assay.proofs.quorums.systems import NODES, Federation, QuorumClass, QuorumSystem
from assay.proofs.quorums.trees import Node, Tree

__all__ = ["encode", "record"]


def encode(report: QuorumReport) -> str:
    """Return the report as indented JSON."""
    return as_json(record(report))


def record(report: QuorumReport) -> dict[str, Any]:
    """Return the report as plain data."""
    system = report.subject.system
    return {
        "version": JSON_VERSION,
        **_assessment(report.subject),
        "exit_status": int(report.status),
        "findings": [_finding(finding) for finding in report.findings],
        "survival": _survival_of(report.survival, report.subject),
        "classes": {name: _costs(costs, system) for name, costs in report.costs.items()},
        "strategy": None if report.strategy is None else _strategy(report.strategy, system),
        "against": None if report.against is None else _assessment(report.against),
        "survival_after": _survival_of(report.survival_after, report.against),
        "change": None if report.change is None else _change(report.change),
        "demands": [{"name": one.name, "least": one.least, "met": one.met} for one in report.demands],
        "certificates": [
            {"file": one.file, "claim": one.claim, "expected": one.expected, "answers": list(one.answers)}
            for one in report.certificates
        ],
        "missing": [{"what": one.what, "why": one.why} for one in report.missing],
        "seconds": round(report.seconds, 6),
    }


def _assessment(one: Assessment) -> dict[str, Any]:
    read = one.configuration
    return {
        "format": read.format,
        "files": list(read.files),
        "system": one.system.name,
        "rule": read.rule,
        "source": read.source,
        "nodes": list(one.system.nodes),
        "labels": {node: dict(labels) for node, labels in one.system.labels.items()},
        "trees": {name: _kind(kind) for name, kind in read.system.classes.items()},
        "unknown_nodes": list(read.system.unknown),
        "joint": read.is_joint,
        "reconfiguration": {
            "way": read.reconfiguration.mode.value,
            "words": read.reconfiguration.words,
            "source": read.reconfiguration.source,
        },
        "verdict": one.condition.value,
        "reasons": list(one.reasons),
        "empty_classes": list(one.safety.empty),
        "obligations": [_checked(checked, one.system) for checked in one.safety.checked],
    }


def _kind(kind: QuorumClass) -> Any:
    if isinstance(kind, Federation):
        return {"federation": {node: _tree(tree) for node, tree in kind.trees.items()}}
    return _tree(kind)


def _tree(tree: Tree) -> dict[str, Any]:
    """Return a tree as nested data, with the file and line of each part."""
    place = {} if tree.origin is None else {"file": tree.origin.file, "line": tree.origin.line}
    if isinstance(tree, Node):
        return {"node": tree.name, **place}
    parts = [{"weight": _number(weight), **_tree(part)} for weight, part in tree.parts]
    return {"need": _number(tree.need), "parts": parts, **place}


def _number(number: int) -> int | str:
    """Return the number or, beyond 53 bits, which many readers of JSON would round, its digits as a string."""
    return number if abs(number) < 2**53 else str(number)


def _checked(one: Checked, system: QuorumSystem) -> dict[str, Any]:
    verdicts = {Meets: "holds", Misses: "violated", Undecided: "unknown"}
    return {
        "classes": list(one.obligation.classes),
        "need": _number(one.obligation.need),
        "words": one.obligation.words,
        "source": one.obligation.source,
        "faulty": ordered(one.faulty, system),
        "verdict": verdicts[type(one.outcome)],
        "method": one.outcome.method.value if isinstance(one.outcome, Meets) else None,
        "split": None if one.split is None else _split(one.split, system),
    }


def _split(split: Split, system: QuorumSystem) -> dict[str, Any]:
    return {
        "quorums": [{"class": name, "nodes": ordered(quorum, system)} for name, quorum in split.quorums],
        "common": ordered(split.common, system),
        "faulty": ordered(split.faulty, system),
    }


def _finding(finding: QuorumFinding) -> dict[str, Any]:
    place = finding.location
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "message": finding.message,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "help": finding.help,
    }


def _survival_of(survival: Survival | None, one: Assessment | None) -> dict[str, Any] | None:
    return None if survival is None or one is None else _survival(survival, one.system)


def _survival(survival: Survival, system: QuorumSystem) -> dict[str, Any]:
    outages, splitting = survival.outages, survival.splitting
    return {
        "tolerance": {name: _tolerance(found, system) for name, found in survival.tolerances.items()},
        "single_points_of_failure": list(survival.single_points),
        "smallest_outages": {"sets": _sets(outages[NODES].smallest, system), "complete": outages[NODES].is_complete}
        if NODES in outages
        else None,
        "splitting": _smallest(splitting[NODES].smallest, system) if NODES in splitting else None,
        "outages": {name: _enumerated(found, system) for name, found in outages.items()},
        "splitting_sets": {name: _splitting(found, system) for name, found in splitting.items()},
    }


def _enumerated(found: Enumerated, system: QuorumSystem) -> dict[str, Any]:
    return {"sets": _sets(found.sets, system), "up_to": found.up_to, "complete": found.is_complete}


def _splitting(found: Splitting, system: QuorumSystem) -> dict[str, Any]:
    return {"smallest": _smallest(found.smallest, system), **_enumerated(found.sets, system)}


def _tolerance(found: Tolerance, system: QuorumSystem) -> dict[str, Any]:
    return {
        "at_least": found.at_least,
        "at_most": found.at_most,
        "of": found.units,
        "outage": None if found.outage is None else ordered(found.outage, system),
        "stops": found.stops or None,
        **({"each": {name: _tolerance(one, system) for name, one in found.each.items()}} if found.each else {}),
    }


def _smallest(found: Smallest, system: QuorumSystem) -> dict[str, Any]:
    return {
        "exists": found.at_least is not None,
        "at_least": found.at_least,
        "settled": found.is_settled,
        "example": None if found.example is None else ordered(found.example, system),
    }


def _sets(sets: Iterable[frozenset[str]], system: QuorumSystem) -> list[list[str]]:
    return [ordered(one, system) for one in sets]


def _costs(costs: ClassCosts, system: QuorumSystem) -> dict[str, Any]:
    chance = costs.availability
    return {
        "smallest_quorum": None if costs.smallest is None else _smallest(costs.smallest, system),
        "availability": None if chance is None else float(chance),
        "availability_exact": str(chance) if isinstance(chance, Fraction) else None,
        "fastest": None
        if costs.fastest is None
        else {"seconds": costs.fastest.seconds, "quorum": ordered(costs.fastest.quorum, system)},
        "expected_latency": costs.expected_latency,
    }


def _strategy(strategy: Strategy, system: QuorumSystem) -> dict[str, Any]:
    return {
        "load": strategy.load,
        "at_least": strategy.at_least,
        "capacity": strategy.capacity if strategy.load else None,
        "symmetric": strategy.symmetric,
        "quorums": {name: _picks(pairs, system) for name, pairs in strategy.quorums.items()},
    }


def _picks(pairs: Iterable[tuple[frozenset[str], float]], system: QuorumSystem) -> list[Mapping[str, Any]]:
    return [{"probability": weight, "nodes": ordered(quorum, system)} for quorum, weight in pairs]


def _change(change: Change) -> dict[str, Any]:
    whole = change.crossing_system
    return {
        "verdict": change.condition.value,
        "obligations": [_checked(one, whole) for one in change.crossing.checked],
        "steps": [
            {
                "voters": list(step.system.nodes),
                "joining": list(step.joining),
                "leaving": list(step.leaving),
                "changes": list(step.changes),
                "survives": step.survives,
                "trees": {name: _kind(kind) for name, kind in step.system.classes.items()},
            }
            for step in change.steps
        ],
        "steps_sought": None
        if change.search is None
        else {"exhaustive": change.search.is_exhaustive, "tried": change.search.tried},
        "refused": change.is_refused,
        "needs_repair": change.needs_repair,
        "moving": list(change.moving),
        "joint": change.joint is not None,
        "joint_trees": None
        if change.joint is None
        else {name: _kind(kind) for name, kind in change.joint.classes.items()},
    }
