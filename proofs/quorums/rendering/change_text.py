"""The report on a change, as lines of text: in one step, in several, by a joint configuration, or after a repair."""

from __future__ import annotations

from collections.abc import Iterator

from assay.checker.verdicts import Verdict
from assay.checker.wording import printable
from assay.proofs.quorums.analyses.change.assess import Change
from assay.proofs.quorums.analyses.change.steps import Step
from assay.proofs.quorums.configurations import Configuration, ReconfigurationMode
from assay.proofs.quorums.rendering.claims import STYLE, claim
from assay.proofs.quorums.rendering.names import listed
from rich.text import Text

__all__ = ["change_lines", "in_one_step"]


def change_lines(change: Change, configuration: Configuration) -> Iterator[Text]:
    """Yield the verdict on one step and, if that is not safe, the alternatives."""
    yield Text.assemble("change in one step: ", in_one_step(change))
    if change.rule.words:
        yield Text(f"  rule for changes: {change.rule.words}", style="dim")
    if change.rule.source:
        yield Text(f"  source: {change.rule.source}", style="dim")
    if change.rule.mode is ReconfigurationMode.CHAINED:
        for checked in change.crossing.checked:
            yield from claim(checked, change.crossing_system)
        return
    yield from _one_step(change, configuration)
    if change.crossing.empty:
        return
    if change.needs_repair:
        yield Text("  data stays where it was written, so no sequence of steps helps: repair all of it first")
        return
    yield from _steps(change)
    yield from _joint(change, configuration)


def in_one_step(change: Change) -> tuple[str, str]:
    """Return the verdict on the change in one step, and its style."""
    words = {Verdict.HOLDS: "safe", Verdict.VIOLATED: "not safe", Verdict.UNKNOWN: "unknown"}
    return words[change.condition.verdict], STYLE[change.condition.verdict]


def _one_step(change: Change, configuration: Configuration) -> Iterator[Text]:
    if change.is_refused:
        moving = listed(change.moving, change.crossing_system)
        yield Text(f"  {configuration.format} refuses this in one step: {len(change.moving)} voters change, {moving}")
    for split in change.crossing.splits:
        for name, quorum in split.quorums:
            yield Text(f"  {name}: {listed(quorum, change.crossing_system)}")
    for name in change.crossing.empty:
        yield Text(f"  no set of nodes is a quorum for {name!r}: there is nothing to go to or from")
    for reason in change.crossing.open_questions:
        yield Text(f"  unknown: {reason}", style=STYLE[Verdict.UNKNOWN])


def _steps(change: Change) -> Iterator[Text]:
    if change.search is not None and change.steps and not change.search.is_exhaustive:
        yield Text("  safe in these steps; a shorter way was not ruled out")
    for number, step in enumerate(change.steps, 1):
        yield Text(f"  step {number}: {' and '.join(map(printable, step.changes))}, then {_station(step)}")
    if (change.condition.verdict is Verdict.VIOLATED or change.is_refused) and not change.steps:
        yield Text(f"  {_no_steps(change)}")


def _joint(change: Change, configuration: Configuration) -> Iterator[Text]:
    if change.joint is not None and (change.rule.mode is not ReconfigurationMode.SINGLE or not change.steps):
        first = "or " if change.steps else ""
        yield Text(f"  {first}go through the joint configuration: {_JOINT}" + _unless_it_can(configuration))
    elif change.condition.verdict is Verdict.VIOLATED and change.joint is None:
        yield Text("  the joint configuration, with quorums of both together, is not safe either, or was not decided")


def _station(step: Step) -> str:
    crashes = "crash" if step.survives == 1 else "crashes"
    return f"{len(step.system.nodes)} voters, which survive {step.survives} {crashes}"


def _no_steps(change: Change) -> str:
    if change.search is None:
        return "no sequence of steps is searched for: only between majorities, weighted or not, and counted quorums"
    if change.search.is_exhaustive:
        return f"no sequence of single changes, in which no member goes back, is safe: {change.search.tried} were tried"
    return f"no sequence of single changes was found within the limits: {change.search.tried} were tried"


_JOINT = "a quorum of the old one and of the new one, together"


def _unless_it_can(configuration: Configuration) -> str:
    mode = configuration.reconfiguration.mode
    return (
        ""
        if mode is ReconfigurationMode.JOINT
        else f"; {configuration.format} does not do that by itself: clients must ask both"
    )
