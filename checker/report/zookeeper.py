"""The report on a run of the lock on a real ZooKeeper."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from assay.checker import outputs
from assay.checker.immutable import immutable
from assay.checker.outputs import JSON_VERSION
from assay.checker.report.conformance import ConformRun, reasons
from assay.checker.report.parts import STYLE
from assay.checker.report.run import plural
from assay.checker.running.zookeeper import CaseRun, Plan
from assay.checker.verdicts import ExitStatus, Verdict, exit_status
from rich.text import Text

__all__ = ["LockReport", "as_json", "as_text"]


@immutable
class LockReport:
    """The cases that were played.

    Attributes
    ----------
    plan : Plan
        The cases that were asked for, and their settings.
    runs : sequence of CaseRun
        The outcome of each case.
    command : str
        The command line that repeats them.
    """

    plan: Plan
    runs: Sequence[CaseRun]
    command: str

    @property
    def status(self) -> ExitStatus:
        """The exit status."""
        return exit_status(run.verdict for run in self.runs)

    @property
    def verdict(self) -> Verdict:
        """The verdict on all cases together."""
        return self.status.verdict

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        stale = [run.outcome.name for run in self.runs if run.outcome.stale]
        if stale:
            return f"violated: a stale write happened in {', '.join(stale)}: the resource checks no tokens"
        if self.verdict is Verdict.VIOLATED:
            bad = [run.outcome.name for run in self.runs if run.verdict is Verdict.VIOLATED]
            return f"violated: {', '.join(bad)}"
        if self.verdict is Verdict.UNKNOWN:
            return "unknown: a log could not be checked against the model to its end"
        return f"as claimed: {plural(len(self.runs), 'case')}, and their logs are runs of the model"


def conform_command(run: CaseRun, model: str) -> str:
    """Return the command line that checks the log of a case against the model again."""
    evidence = run.outcome.evidence
    words = ["assay", "conform", model, *map(str, evidence.files), "--map", str(evidence.mapping)]
    return shlex.join([*words, "--set", f"Client={evidence.clients}", f"Serial={evidence.serials}"])


def as_text(report: LockReport) -> Iterator[Text]:
    """Yield the lines of the text report."""
    yield Text(f"{report.plan.model.name} on ZooKeeper", style="bold")
    for run in report.runs:
        yield from _case(report, run)
    yield Text()
    yield Text(report.sentence, style=STYLE[report.verdict])
    yield Text(f"  logs: {report.plan.folder}")
    yield Text(f"  reproduce: {report.command}")


def _case(report: LockReport, run: CaseRun) -> Iterator[Text]:
    yield Text()
    doc = (run.outcome.case.__doc__ or "").strip()
    yield Text.assemble(f"  {run.outcome.name}: ", (run.verdict.value, STYLE[run.verdict]), f"  {doc}")
    for claim in run.outcome.claims:
        verdict = Verdict.HOLDS if claim.is_true else Verdict.VIOLATED
        yield Text(f"      {'seen' if claim.is_true else 'NOT SEEN'}: {claim.words}", style=STYLE[verdict])
    for deed in run.outcome.stale:
        words = f"      stale write: {deed.client} wrote under token {deed.token}, after a later holder had written"
        yield Text(words, style=STYLE[Verdict.VIOLATED])
    events = plural(run.log.chains.size, "event")
    yield Text(f"      log: {events}, {'' if run.found.run is not None else 'not known to be '}a run of the model")
    if run.explanation is not None:
        held = ConformRun(report.plan.model, run.log, run.found, run.explanation, "")
        yield from (Text(f"    {line}") for line in reasons(held, run.explanation))
        yield Text(f"      {held.sentence}", style=STYLE[held.verdict])
        yield Text(f"      again: {conform_command(run, report.plan.model.name)}")


def as_json(report: LockReport) -> str:
    """Return the JSON report."""
    return outputs.as_json(
        {
            "version": JSON_VERSION,
            "model": report.plan.model.name,
            "backend": "zookeeper",
            "fencing": report.plan.fencing,
            "verdict": report.verdict.value,
            "cases": [_record(report, run) for run in report.runs],
            "folder": str(report.plan.folder),
            "command": report.command,
        }
    )


def _record(report: LockReport, run: CaseRun) -> dict[str, Any]:
    return {
        "name": run.outcome.name,
        "verdict": run.verdict.value,
        "claims": [{"claim": claim.words, "seen": claim.is_true} for claim in run.outcome.claims],
        "stale_writes": [{"client": deed.client, "token": deed.token} for deed in run.outcome.stale],
        "events": run.log.chains.size,
        "conforms": run.found.verdict.value,
        "conform": conform_command(run, report.plan.model.name),
    }
