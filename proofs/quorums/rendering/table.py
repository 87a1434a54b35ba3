"""Resilience and costs as rows of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from assay.checker.wording import printable
from assay.proofs.quorums.analyses.cost.load import Strategy
from assay.proofs.quorums.analyses.resilience.splitting_sets import Splitting
from assay.proofs.quorums.analyses.resilience.survival import Survival, is_telling
from assay.proofs.quorums.analyses.resilience.tolerance import Tolerance
from assay.proofs.quorums.answers import Enumerated, Smallest
from assay.proofs.quorums.rendering.names import listed, percent, shown
from assay.proofs.quorums.report import ClassCosts, QuorumReport
from assay.proofs.quorums.systems import NODES, QuorumSystem
from rich.text import Text

__all__ = ["Row", "cost_rows", "survival_rows", "table"]

Row = tuple[str, str]

MOST_SHOWN = 3
"""The most sets to show of a kind; the JSON report has all of them."""


def survival_rows(survival: Survival | None, system: QuorumSystem) -> Iterator[Row]:
    """Yield the resilience of the system; that of a label only if it groups nodes."""
    if survival is None:
        return
    names = [name for name in survival.tolerances if name == NODES or is_telling(system, name)]
    for name in names:
        yield _survives(name), _tolerance(survival.tolerances[name], system) + _bare(name, system)
        if name == NODES:
            yield from _services(survival.tolerances[name])
    if survival.single_points:
        yield "single points of failure", listed(survival.single_points, system)
    for name in names:
        if name in survival.outages and (outages := survival.outages[name]).sets:
            yield "smallest outages" + _by(name), _sets(outages, system)
    for name, found in survival.splitting.items():
        if name == NODES or is_telling(system, name):
            yield "can split it if they lie" + _by(name), _splitting(found, name, system)


def cost_rows(report: QuorumReport) -> Iterator[Row]:
    """Yield the sizes of quorums, their availability and latency, and the load."""
    for name, costs in report.costs.items():
        yield from _costs(name, costs, report.subject.system)
    if report.strategy is not None:
        yield from _load(report.strategy)


def table(rows: Sequence[Row]) -> Iterator[Text]:
    """Yield the rows with their values aligned."""
    width = max((len(name) for name, _ in rows), default=0)
    for name, value in rows:
        yield Text.assemble((f"  {name:<{width}}  ", "dim"), value)


def _costs(name: str, costs: ClassCosts, system: QuorumSystem) -> Iterator[Row]:
    if costs.smallest is not None:
        yield f"smallest quorum, {name}", _smallest(costs.smallest, system)
    if costs.availability is not None:
        yield f"availability, {name}", percent(costs.availability)
    if costs.fastest is not None:
        nearest = f"{costs.fastest.seconds:g} s, by {listed(costs.fastest.quorum, system)}"
        yield f"fastest quorum, {name}", nearest
    if costs.expected_latency is not None:
        yield f"expected latency, {name}", f"{costs.expected_latency:.6g} s"


def _load(strategy: Strategy) -> Iterator[Row]:
    least = "" if strategy.is_optimal else f" (the least is between {strategy.at_least:.6g} and this)"
    yield "load of the busiest node", f"{strategy.load:.6g}{least}"
    yield "capacity", f"{strategy.capacity:.6g} operations for each that a node can do"


def _survives(name: str) -> str:
    return "survives any crashes" if name == NODES else f"survives any loss by {shown(name)}"


def _bare(label: str, system: QuorumSystem) -> str:
    """Return a note on the nodes without the label, if there are any."""
    bare = len(system.nodes) - sum(map(len, system.groups(label).values())) if label != NODES else 0
    return f"; {bare} nodes have no {shown(label)}, and are taken to stay up" if bare else ""


def _services(found: Tolerance) -> Iterator[Row]:
    """Yield the tolerance of each service, if they differ."""
    if len({(one.at_least, one.at_most) for one in found.each.values()}) > 1:
        for name, one in found.each.items():
            yield f"  {printable(name)}", f"{_at_least(one)} of {one.units}"


def _by(name: str) -> str:
    return "" if name == NODES else f" by {shown(name)}"


def _sets(found: Enumerated, system: QuorumSystem) -> str:
    """Return the number of sets of each size, and the first few sets."""
    sizes = Counter(len(one) for one in found.sets)
    counts = ", ".join(f"{count} of size {size}" for size, count in sorted(sizes.items()))
    more = "" if found.is_complete else ", or more"
    rest = ", ..." if len(found.sets) > MOST_SHOWN else ""
    return f"{counts}{more}: {', '.join(listed(one, system) for one in found.sets[:MOST_SHOWN])}{rest}"


def _splitting(found: Splitting, name: str, system: QuorumSystem) -> str:
    if found.smallest.size == 0:
        return "none is needed"
    if found.smallest.at_least is None:
        return "none: not even all together" if name == NODES else "none: not even all of them together"
    if not found.smallest.is_settled or not found.sets.sets:
        return _smallest(found.smallest, system)
    return _sets(found.sets, system)


def _tolerance(found: Tolerance, system: QuorumSystem) -> str:
    if found.outage is None:
        return f"{found.units} of {found.units}: nothing stops it"
    return f"{_at_least(found)} of {found.units}; losing {listed(found.outage, system)} stops {found.stops}"


def _at_least(found: Tolerance) -> str:
    return str(found.at_least) if found.is_settled else f"{found.at_least} to {found.at_most}"


def _smallest(found: Smallest, system: QuorumSystem) -> str:
    if found.at_least is None:
        return "none"
    if found.example is None:
        return f"at least {found.at_least}" if found.at_least else "not known within the time"
    size = str(found.at_least) if found.is_settled else f"{found.at_least} to {len(found.example)}"
    return f"{size}, such as {listed(found.example, system)}"
