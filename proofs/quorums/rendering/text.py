"""The report as lines of text, coloured on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from assay.checker.verdicts import Verdict
from assay.proofs.quorums.analyses.change.assess import Change
from assay.proofs.quorums.analyses.change.steps import Step
from assay.proofs.quorums.analyses.resilience.splitting_sets import Splitting
from assay.proofs.quorums.analyses.resilience.survival import NODES, Survival, is_telling
from assay.proofs.quorums.analyses.resilience.tolerance import Tolerance
from assay.proofs.quorums.answers import Enumerated, Smallest
from assay.proofs.quorums.configurations import Configuration, Way
from assay.proofs.quorums.findings import Finding, Severity
from assay.proofs.quorums.intersection.outcome import Meets, Method, Undecided
from assay.proofs.quorums.rendering.names import listed, ordered, percent, shown
from assay.proofs.quorums.rendering.outline import outline
from assay.proofs.quorums.report import Assessment, QuorumReport
from assay.proofs.quorums.safety import Checked, Split
from assay.proofs.quorums.systems import QuorumSystem
from rich.text import Text

__all__ = ["render"]

STYLE = {Verdict.HOLDS: "green", Verdict.VIOLATED: "bold red", Verdict.UNKNOWN: "yellow"}
MARK = {Verdict.HOLDS: "holds", Verdict.VIOLATED: "violated", Verdict.UNKNOWN: "unknown"}
SEVERITY = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}
WIDEST_PICTURE = 100
MOST_SHOWN = 3
"""How many of several sets are shown: the JSON report has them all."""


def render(report: QuorumReport, *, trees: bool = False) -> Iterator[Text]:
    """Yield the lines of the report; with ``trees``, also the trees that the files were read as."""
    yield from _assessment(report.subject, trees=trees)
    if report.against is not None:
        yield Text()
        yield from _assessment(report.against, trees=trees)
    if report.change is not None:
        yield Text()
        yield from _change(report.change, report.subject.configuration)
    if report.costs or report.survival is not None:
        yield Text()
        if report.against is not None:
            yield Text("the old configuration:", style="dim")
        yield from _table(_rows(report))
    yield from _missing(report)
    yield from _findings(report.findings)
    yield from _certificates(report)
    yield Text()
    yield from _conclusion(report)


def _assessment(one: Assessment, *, trees: bool) -> Iterator[Text]:
    files = ", ".join(shown(file) for file in one.configuration.files)
    yield Text.assemble((files, "bold"), f": {one.configuration.format}, {one.system.name}")
    if one.configuration.rule:
        yield Text(f"  rule: {one.configuration.rule}", style="dim")
    if one.configuration.source:
        yield Text(f"  source: {one.configuration.source}", style="dim")
    if trees:
        yield from (Text(f"  {line}") for line in outline(one.configuration.system))
    for checked in one.safety.checked:
        yield from _checked(checked, one.system)
    for name in one.safety.empty:
        yield Text(f"  no set of nodes is a quorum for {name!r}", style=STYLE[Verdict.VIOLATED])
    for reason in one.reasons:
        yield Text(f"  unknown: {reason}", style=STYLE[Verdict.UNKNOWN])
    yield Text.assemble("  verdict: ", (one.condition.value, STYLE[one.condition.verdict]))


def _checked(one: Checked, system: QuorumSystem) -> Iterator[Text]:
    verdict = _verdict(one)
    classes = " and ".join(one.obligation.classes)
    how = f" ({_how(one.outcome)})" if isinstance(one.outcome, Meets) else ""
    despite = f", while {listed(one.faulty, system)} are faulty" if one.faulty else ""
    words = one.obligation.words or f"{classes} have {one.obligation.need} in common"
    yield Text.assemble("  ", (f"{MARK[verdict]:<8}", STYLE[verdict]), f" {words}{despite} [{classes}]{how}")
    if one.split is not None:
        yield from _split(one.split, system)


def _how(proved: Meets) -> str:
    reason = proved.method in (Method.TRIVIAL, Method.EMPTY)
    return f"{'since' if reason else 'by'} {proved.method.value}"


def _verdict(one: Checked) -> Verdict:
    if isinstance(one.outcome, Meets):
        return Verdict.HOLDS
    return Verdict.UNKNOWN if isinstance(one.outcome, Undecided) else Verdict.VIOLATED


def _split(split: Split, system: QuorumSystem) -> Iterator[Text]:
    for name, quorum in split.quorums:
        yield Text(f"           {name}: {listed(quorum, system)}")
    common = listed(split.common, system) if split.common else "nothing"
    beyond = f", besides the faulty {listed(split.faulty, system)}" if split.faulty else ""
    yield Text(f"           in common: {common}{beyond}")
    yield from _picture(split, system)


def _picture(split: Split, system: QuorumSystem) -> Iterator[Text]:
    """Draw a column for each node and a row for each quorum, if that is narrow enough to be read."""
    involved = frozenset().union(*(quorum for _, quorum in split.quorums))
    nodes = ordered(involved | set(system.nodes), system)
    widths = [max(1, len(shown(node))) for node in nodes]
    margin = max(len(name) for name, _ in split.quorums)
    if sum(widths) + 2 * len(widths) + margin > WIDEST_PICTURE:
        return
    yield Text(" " * (13 + margin) + "  ".join(shown(node) for node in nodes), style="dim")
    for name, quorum in split.quorums:
        marks = "  ".join(
            ("#" if node in quorum else ".").ljust(width) for node, width in zip(nodes, widths, strict=True)
        )
        yield Text(f"           {name:<{margin}}  {marks}")


def _change(change: Change, configuration: Configuration) -> Iterator[Text]:
    verdict = change.condition.verdict
    yield Text.assemble("change in one step: ", _in_one_step(change))
    if change.rule.words:
        yield Text(f"  rule for changes: {change.rule.words}", style="dim")
    if change.rule.source:
        yield Text(f"  source: {change.rule.source}", style="dim")
    if change.rule.way is Way.CHAINED:
        for checked in change.crossing.checked:
            yield from _checked(checked, change.crossing_system)
        return
    if change.is_refused:
        moving = listed(change.moving, change.crossing_system)
        yield Text(f"  {configuration.format} refuses this in one step: {len(change.moving)} voters change, {moving}")
    for split in change.crossing.splits:
        for name, quorum in split.quorums:
            yield Text(f"  {name}: {listed(quorum, change.crossing_system)}")
    for reason in change.crossing.open_questions:
        yield Text(f"  unknown: {reason}", style=STYLE[Verdict.UNKNOWN])
    if change.sought is not None and change.steps and not change.sought.is_exhaustive:
        yield Text("  safe in these steps; a shorter way was not ruled out")
    for number, step in enumerate(change.steps, 1):
        yield Text(f"  step {number}: {' and '.join(map(_printable, step.changes))}, then {_station(step)}")
    if (verdict is Verdict.VIOLATED or change.is_refused) and not change.steps:
        yield Text(f"  {_no_steps(change)}")
    if change.joint is not None and (change.rule.way is not Way.SINGLE or not change.steps):
        first = "or " if change.steps else ""
        yield Text(f"  {first}go through the joint configuration: {_JOINT}" + _unless_it_can(configuration))
    elif verdict is Verdict.VIOLATED and change.joint is None:
        yield Text("  the joint configuration, a quorum of both together, does not help either, or was not decided")


def _printable(words: str) -> str:
    return words if words.isprintable() else repr(words)


def _station(step: Step) -> str:
    return f"{len(step.system.nodes)} voters, which survive {step.survives} crashes"


def _no_steps(change: Change) -> str:
    if change.sought is None:
        return "no sequence of steps is sought: they are for majorities, of weights and groups too, and counted quorums"
    if change.sought.is_exhaustive:
        return f"no sequence of single changes is safe: {change.sought.tried} were tried, in which nobody goes back"
    return f"no sequence of single changes was found within the bounds: {change.sought.tried} were tried"


_JOINT = "a quorum of the old one and of the new one, together"


def _unless_it_can(configuration: Configuration) -> str:
    way = configuration.reconfiguration.way
    return "" if way is Way.JOINT else f"; {configuration.format} has no such thing: someone has to ask both"


def _in_one_step(change: Change) -> tuple[str, str]:
    words = {Verdict.HOLDS: "safe", Verdict.VIOLATED: "not safe", Verdict.UNKNOWN: "unknown"}
    return words[change.condition.verdict], STYLE[change.condition.verdict]


def _rows(report: QuorumReport) -> list[tuple[str, str]]:
    system = report.subject.system
    rows: list[tuple[str, str]] = []
    if report.survival is not None:
        rows += _survival_rows(report.survival, system)
    for name, costs in report.costs.items():
        if costs.smallest is not None:
            rows.append((f"smallest quorum, {name}", _smallest(costs.smallest, system)))
        if costs.availability is not None:
            rows.append((f"availability, {name}", percent(costs.availability)))
        if costs.fastest is not None:
            nearest = f"{costs.fastest.seconds:g} s, by {listed(costs.fastest.quorum, system)}"
            rows.append((f"fastest quorum, {name}", nearest))
        if costs.expected_latency is not None:
            rows.append((f"expected latency, {name}", f"{costs.expected_latency:.6g} s"))
    if (strategy := report.strategy) is not None:
        least = "" if strategy.is_optimal else f" (the least is between {strategy.at_least:.6g} and this)"
        rows.append(("load of the busiest node", f"{strategy.load:.6g}{least}"))
        rows.append(("capacity", f"{strategy.capacity:.6g} operations for each that a node can do"))
    return rows


_CAN_SPLIT = "can split it if they lie"


def _survival_rows(survival: Survival, system: QuorumSystem) -> Iterator[tuple[str, str]]:
    labels = [label for label in survival.tolerances if is_telling(system, label)]
    yield "survives any crashes", _tolerance(survival.tolerances[NODES], system)
    yield from _services(survival.tolerances[NODES])
    for label in labels:
        groups = system.groups(label)
        bare = len(system.nodes) - sum(map(len, groups.values()))
        rest = f"; {bare} nodes have no {shown(label)}, and are taken to stay up" if bare else ""
        yield f"survives any loss by {shown(label)}", _tolerance(survival.tolerances[label], system) + rest
    if survival.single_points:
        yield "single points of failure", listed(survival.single_points, system)
    for name in (NODES, *labels):
        if (outages := survival.outages[name]).sets:
            yield "smallest outages" + _by(name), _sets(outages, system)
    for name in (NODES, *labels):
        if name in survival.splitting:
            yield _CAN_SPLIT + _by(name), _splitting(survival.splitting[name], name, system)


def _services(found: Tolerance) -> Iterator[tuple[str, str]]:
    """Tell them apart where one of them goes on longer than another."""
    if len({(one.at_least, one.at_most) for one in found.each.values()}) > 1:
        for name, one in found.each.items():
            yield f"  {_printable(name)}", f"{_at_least(one)} of {one.units}"


def _by(name: str) -> str:
    return "" if name == NODES else f" by {shown(name)}"


def _sets(found: Enumerated, system: QuorumSystem) -> str:
    """Say how many sets there are of each size, and show the first few."""
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


def _table(rows: Sequence[tuple[str, str]]) -> Iterator[Text]:
    width = max((len(name) for name, _ in rows), default=0)
    for name, value in rows:
        yield Text.assemble((f"  {name:<{width}}  ", "dim"), value)


def _findings(findings: Sequence[Finding]) -> Iterator[Text]:
    if findings:
        yield Text()
    for finding in findings:
        place = f"{finding.location}: " if finding.location else ""
        yield Text.assemble(
            (f"{finding.severity.value}: ", SEVERITY[finding.severity]), f"{place}{finding.message} [{finding.code}]"
        )
        if finding.help:
            yield Text(f"  help: {finding.help}", style="dim")


def _missing(report: QuorumReport) -> Iterator[Text]:
    for one in report.missing:
        yield Text(f"  missing: {one.what}: {one.why}", style=STYLE[Verdict.UNKNOWN])


def _certificates(report: QuorumReport) -> Iterator[Text]:
    if report.certificates:
        yield Text()
    for one in report.certificates:
        if not one.answers:
            said = "not checked again: cvc5 is not installed"
        elif one.is_confirmed:
            said = f"cvc5 agrees: {one.expected}, {len(one.answers)} of {len(one.answers)}"
        else:
            said = f"cvc5 answers {', '.join(dict.fromkeys(one.answers))}"
        yield Text(f"certificate {one.file}: {said}")


def _conclusion(report: QuorumReport) -> Iterator[Text]:
    for demand in report.demands:
        what = "crashes" if demand.name == "f" else f"losses by {shown(demand.name)}"
        state = {True: "met", False: "not met", None: "not known"}[demand.met]
        yield Text.assemble(f"demand: survive any {demand.least} {what}: ", (state, STYLE[demand.verdict]))
    verdict = report.subject.condition
    took = f" in {report.seconds:.2f} s, exit status {int(report.status)}"
    if report.change is not None:
        yield Text.assemble("the change in one step: ", _in_one_step(report.change), took)
        return
    yield Text.assemble((verdict.value, STYLE[verdict.verdict]), took)
