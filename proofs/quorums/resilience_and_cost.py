"""Answer the questions besides safety: what is survived, and what it costs; each within its share of the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial

from assay.proofs.quorums.analyses.cost.availability import availability
from assay.proofs.quorums.analyses.cost.latency import expected_latency, fastest_quorum
from assay.proofs.quorums.analyses.cost.load import optimal_strategy
from assay.proofs.quorums.analyses.cost.smallest_quorum import smallest_quorum_of
from assay.proofs.quorums.analyses.resilience.remarks import remarks
from assay.proofs.quorums.analyses.resilience.survival import (
    Survival,
    all_units,
    splitting_by,
    survival_by,
)
from assay.proofs.quorums.analyses.units import Units
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.questions import Questions, Topic
from assay.proofs.quorums.report import ClassCosts, Missing, QuorumReport
from assay.proofs.quorums.safety import Condition
from assay.proofs.quorums.systems import NODES, Federation, QuorumClass, QuorumSystem

__all__ = ["resilience_and_cost"]

LONGEST = 15.0
"""The most seconds for each question; if less is left, the questions share it evenly."""


def resilience_and_cost(report: QuorumReport, asked: Questions, deadline: Deadline) -> Iterator[QuorumReport]:
    """Yield the report with one answer more each time: first resilience, then cost.

    A configuration without a quorum survives nothing and has no costs, so only its remarks are added.
    """
    can_act = report.subject.condition is not Condition.NO_QUORUM
    every = _answers(report, asked) if can_act else iter([_REMARKS])
    questions = [(what, answered) for topic, what, answered in every if topic in asked.topics]
    for number, (what, answered) in enumerate(questions):
        if deadline.passed:
            report = _without(report, what, "not decided in time")
        else:
            limit = deadline.within(min(LONGEST, deadline.share / (len(questions) - number)))
            report = answered(report, limit)
            if limit.passed:
                report = _without(report, what, "not decided in time: bounds only, or nothing")
        yield report


Answer = Callable[[QuorumReport, Deadline], QuorumReport]
"""Adds an answer to a report."""


def _answers(report: QuorumReport, asked: Questions) -> Iterator[tuple[Topic, str, Answer]]:
    """Yield the questions in words, each with the function that answers it."""
    system = report.subject.system
    units = all_units(system)
    for name in units:
        yield Topic.SURVIVAL, "what is survived" + _by(name), partial(_survived, name, units[name], asked)
    if report.against is not None and report.against.condition is not Condition.NO_QUORUM:
        for name, of_new in all_units(report.against.system).items():
            yield Topic.SURVIVAL, "what the new one survives" + _by(name), partial(_survived_after, name, of_new)
    yield _REMARKS
    for name in units:
        yield Topic.SPLITTING, "what can split it" + _by(name), partial(_splitting, name, units[name], asked)
    for name in system.classes:
        yield Topic.SIZES, f"smallest quorum, {name}", partial(_smallest, name)
        if system.latency:
            yield Topic.LATENCY, f"latency, {name}", partial(_latency, name, asked)
    if _failures(system, asked.failure) is not None:
        for name, kind in (system.services or system.classes).items():
            yield Topic.AVAILABILITY, f"availability, {name}", partial(_availability, name, kind, asked)
    yield Topic.LOAD, "load", partial(_load, asked)


def _by(name: str) -> str:
    return "" if name == NODES else f" by {name}"


def _without(report: QuorumReport, what: str, why: str) -> QuorumReport:
    return replace(report, missing=(*report.missing, Missing(what, why)))


def _survived(name: str, units: Units, asked: Questions, report: QuorumReport, limit: Deadline) -> QuorumReport:
    known, system = report.survival or Survival(), report.subject.system
    return replace(report, survival=survival_by(known, system, name, units, asked.sets_up_to, limit))


def _survived_after(name: str, units: Units, report: QuorumReport, limit: Deadline) -> QuorumReport:
    assert report.against is not None
    known, system = report.survival_after or Survival(), report.against.system
    return replace(report, survival_after=survival_by(known, system, name, units, None, limit))


def _splitting(name: str, units: Units, asked: Questions, report: QuorumReport, limit: Deadline) -> QuorumReport:
    known, system = report.survival or Survival(), report.subject.system
    return replace(report, survival=splitting_by(known, system, name, units, asked.sets_up_to, limit))


def _remarked(report: QuorumReport, _limit: Deadline) -> QuorumReport:
    systems = [one.system for one in (report.subject, report.against) if one is not None]
    found = [finding for system in systems for finding in remarks(system)]
    return replace(report, findings=tuple(dict.fromkeys((*report.findings, *found))))


_REMARKS = (Topic.SURVIVAL, "what operators miss", _remarked)


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
    strategy = optimal_strategy(system, asked.shares or even, limit)
    if strategy is None and not any(isinstance(system.classes[name], Federation) for name in system.live_classes):
        report = _without(report, "load", "the solver has no answer")
    return replace(report, strategy=strategy)


def _failures(system: QuorumSystem, failure: Fraction | None) -> dict[str, Fraction] | None:
    """Return the probability that each node is down; None if that is not given for all of them."""
    given = {node: Fraction(chance).limit_denominator(10**9) for node, chance in system.failure.items()}
    if failure is None and not all(node in given for node in system.nodes):
        return None
    return {node: given.get(node, failure or Fraction(0)) for node in system.nodes}
