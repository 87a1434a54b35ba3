"""The report on schedules that cover a model, and the test module made of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.checker.immutable import immutable
from assay.checker.implementations.covering import Covering
from assay.checker.implementations.loading import NamedCluster
from assay.checker.outputs import JSON_VERSION
from assay.checker.report.parts import STYLE, facts
from assay.checker.report.run import number, plural
from assay.checker.verdicts import ExitStatus, Verdict, exit_status
from rich.text import Text

__all__ = ["CoverRun", "lines", "module", "record"]


@immutable
class CoverRun:
    """Schedules that cover a model.

    Attributes
    ----------
    named : NamedCluster
        The cluster.
    found : Covering
        The schedules.
    command : str
        The command line that repeats the search.
    not_checked : str
        What was left out because it depends on chance, in a phrase; empty if nothing does.
    """

    named: NamedCluster
    found: Covering
    command: str
    not_checked: str

    @property
    def verdict(self) -> Verdict:
        """*Holds* if every schedule is as claimed, and the cluster was explored completely and every step decided."""
        if self.found.failure is not None:
            return Verdict.VIOLATED
        return Verdict.HOLDS if self.found.complete and not self.found.undecided else Verdict.UNKNOWN

    @property
    def status(self) -> ExitStatus:
        """The exit status."""
        return exit_status([self.verdict])

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        found = self.found
        if found.failure is not None and found.failure.finding is not None:
            note = f": {found.failure.finding.note}" if found.failure.finding.note else ""
            return f"violated: {found.failure.finding.name}{note}, after {plural(len(found.failure.steps), 'step')}"
        of = "" if found.all is None else f" of {number(found.all)}"
        covers = "covers" if len(found.schedules) == 1 else "cover"
        taken = f"{plural(len(found.schedules), 'schedule')} {covers} {number(found.taken)}{of} steps of the model"
        if not found.complete:
            return f"unknown: {taken}, and there are more than {number(found.worlds)} worlds"
        if found.undecided:
            return f"unknown: {taken}, and {plural(found.undecided, 'judgement')} would take too long to decide"
        rest = "" if found.all in (None, found.taken) else "; the implementation never takes the others"
        return f"as claimed: {taken}{rest}"


def lines(run: CoverRun) -> Iterator[Text]:
    """Yield the lines of the text report."""
    found = run.found
    yield Text(run.named.name, style="bold")
    sizes = " ".join(f"{name}={value}" for name, value in run.named.sizes.items()) or "no parameters"
    longest = max(map(len, found.schedules), default=0)
    rows = [("cluster", sizes), ("explored", plural(found.worlds, "world"))]
    if found.schedules:
        rows.append(("schedules", f"{number(len(found.schedules))}, of {longest} steps at most"))
    if found.never and found.complete and found.failure is None:
        never = ", ".join(f"{name} {number(count)}" for name, count in sorted(found.never.items()))
        rows.append(("never taken", never))
    yield from facts(rows)
    if found.failure is not None:
        yield Text()
        yield from (Text(f"  {index:>3}  {step}") for index, step in enumerate(found.failure.steps, start=1))
    yield Text()
    yield Text(run.sentence, style=STYLE[run.verdict])
    if run.not_checked:
        yield Text(f"  not checked: {run.not_checked}", style="dim")
    yield Text(f"  reproduce: {run.command}")


def record(run: CoverRun) -> dict[str, Any]:
    """Return the report as data for JSON."""
    found = run.found
    return {
        "version": JSON_VERSION,
        "protocol": run.named.name,
        "sizes": run.named.sizes,
        "verdict": run.verdict.value,
        "worlds": found.worlds,
        "complete": found.complete,
        "schedules": [[str(step) for step in schedule] for schedule in found.schedules],
        "taken": found.taken,
        "all": found.all,
        "never": found.never,
        "finding": None if found.failure is None or found.failure.finding is None else found.failure.finding.name,
        "trace": None if found.failure is None else [str(step) for step in found.failure.steps],
        "not_checked": run.not_checked,
        "command": run.command,
    }


def module(run: CoverRun) -> str:
    """Return the source of a test module that plays the schedules."""
    sizes = {name: str(value) for name, value in run.named.sizes.items()}
    schedules = "".join(
        "    [\n" + "".join(f"        {str(step)!r},\n" for step in schedule) + "    ],\n"
        for schedule in run.found.schedules
    )
    return f'''"""Schedules of {run.named.name} that cover its model; made by `{run.command}`."""

import pytest
from assay.checker.implementations.loading import load_cluster
from assay.checker.implementations.schedules import play_words

SCHEDULES = [
{schedules}]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=range(len(SCHEDULES)))
def test_a_schedule_does_what_the_model_allows(schedule):
    cluster = load_cluster({run.named.name!r}, {sizes!r}).cluster
    assert play_words(cluster, schedule).finding is None
'''
