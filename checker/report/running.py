"""The report on a run of an implementation."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from assay.checker.immutable import immutable
from assay.checker.implementations.clients import operations
from assay.checker.outputs import JSON_VERSION
from assay.checker.report.parts import STYLE
from assay.checker.report.run import number, plural, seconds
from assay.checker.running.run import Glance, Run
from assay.checker.verdicts import ExitStatus, Verdict, exit_status
from rich.table import Table
from rich.text import Text

__all__ = ["RunReport", "glance", "lines", "record"]

_STEPS = 6
"""How many steps before a finding are shown."""


@immutable
class RunReport:
    """A run of an implementation, with the command that started it.

    Attributes
    ----------
    run : Run
    command : str
        The command that starts such a run again; no two runs are quite the same.
    """

    run: Run
    command: str

    @property
    def status(self) -> ExitStatus:
        """The exit status."""
        return exit_status([self.run.verdict])

    @property
    def name(self) -> str:
        """What ran."""
        return _name(self.run)

    @property
    def sentence(self) -> str:
        """What became of it, in one sentence."""
        return _sentence(self.run)


def lines(report: RunReport) -> Iterator[Text]:
    """Return the report, line by line."""
    run = report.run
    yield Text(f"{_name(run)}: ran for {seconds(run.seconds)}; {run.ending}")
    yield from _facts(run)
    for address, failure in run.failures.items():
        style = STYLE[Verdict.UNKNOWN if failure.is_of_the_disk else Verdict.VIOLATED]
        yield Text(f"  {address} failed: {failure.said}", style=style)
    yield from _findings(run)
    yield Text(f"{_sentence(run)}", style=STYLE[run.verdict])
    if report.status is not ExitStatus.AS_CLAIMED:
        yield Text(f"  to try again: {report.command}")


def _name(run: Run) -> str:
    reference = run.plan.deployment.reference
    return os.path.relpath(reference) if reference.endswith(".py") else reference


def _facts(run: Run) -> Iterator[Text]:
    facts = {
        "nodes": ", ".join(run.plan.cluster.nodes),
        "steps": f"{number(len(run.judged.steps))}, each executed again",
        "faults": _counted(run.faults),
        "invariants": ", ".join(invariant.__name__ for invariant in run.plan.cluster.invariants),
        "model": _model(run),
        "clients": _clients(run),
        "logs": str(run.plan.deployment.folder) + (f" (not all: {run.not_left})" if run.not_left else ""),
    }
    for name, fact in facts.items():
        if fact:
            yield Text(f"  {name:<11} {fact}")


def _model(run: Run) -> str:
    judged, cluster = run.judged, run.plan.cluster
    if judged.refines is not Verdict.HOLDS:
        return "" if cluster.refines is None else str(cluster.refines)
    return f"{cluster.refines}: {_counted(judged.actions)}; {plural(judged.stutters, 'step')} that it does not see"


def _clients(run: Run) -> str:
    if run.judgement is None:
        return ""
    done = operations(run.judged.history)
    answered = sum(not operation.is_pending for operation in done)
    words = {Verdict.HOLDS: "", Verdict.VIOLATED: "not ", Verdict.UNKNOWN: "not known to be "}
    consistency = {"linearizable": "linearizable", "sequential": "sequentially consistent"}
    consistent = words[run.judgement.verdict] + consistency[run.plan.cluster.consistency]
    return f"{plural(len(done), 'operation')}, {number(answered)} answered; {consistent}"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number(count)}" for name, count in sorted(counts.items())) or "none"


def _findings(run: Run) -> Iterator[Text]:
    for finding in run.judged.findings:
        yield Text(f"  {finding.check}: {finding.message}", style=STYLE[Verdict.VIOLATED])
        first = max(0, finding.step - _STEPS)
        for at, (step, _) in enumerate(run.judged.steps[first : finding.step], start=first + 1):
            yield Text(f"    {at:>5}  {step}")


def _sentence(run: Run) -> str:
    if run.verdict is Verdict.UNKNOWN and run.judged.left is not None:
        return f"this run left Cluster.constraint at step {run.judged.left}, and says nothing about what came after"
    if run.verdict is Verdict.UNKNOWN and run.judged.undecided:
        first = run.judged.undecided[0]
        return f"this run does not show it: whether step {first} is one of the model's would take too long to decide"
    match run.verdict:
        case Verdict.HOLDS:
            return "this run did what was claimed"
        case Verdict.VIOLATED:
            return "this run did not do what was claimed"
    return "this run does not show whether it did what was claimed"


def record(report: RunReport) -> dict[str, Any]:
    """Return the report as data for JSON."""
    run = report.run
    return {
        "version": JSON_VERSION,
        "protocol": _name(run),
        "verdict": run.verdict.value,
        "ending": run.ending,
        "seconds": round(run.seconds, 3),
        "nodes": [*run.plan.cluster.nodes],
        "steps": len(run.judged.steps),
        "faults": run.faults,
        "failures": {address: failure.said for address, failure in run.failures.items()},
        "findings": [
            {"check": finding.check, "message": finding.message, "step": finding.step}
            for finding in run.judged.findings
        ],
        "model": run.plan.cluster.refines,
        "refines": None if run.judged.refines is None else run.judged.refines.value,
        "actions": run.judged.actions,
        "stutters": run.judged.stutters,
        "left": run.judged.left,
        "undecided": run.judged.undecided,
        "clients": None if run.judgement is None else run.judgement.verdict.value,
        "logs": run.files,
        "command": report.command,
    }


def glance(seen: Glance) -> Table:
    """Return the status of a run in progress."""
    table = Table(box=None, title=f"{seconds(seen.seconds)}, {seen.responses} responses, {_counted(seen.faults)}")
    for head in ("node", "", "steps", "last"):
        table.add_column(head)
    colours = {"up": "green", "paused": "yellow", "down": "red", "failed": "bold red"}
    for address, (state, steps, last) in seen.nodes.items():
        table.add_row(address, Text(state, style=colours[state]), number(steps), last)
    return table
