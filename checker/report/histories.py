"""The report on a recorded history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.checker.histories.history import Operation
from assay.checker.histories.judgement import Judgement, Part, Prefix
from assay.checker.immutable import immutable
from assay.checker.outputs import JSON_VERSION
from assay.checker.report.parts import STYLE
from assay.checker.report.run import number, plural, seconds
from assay.checker.verdicts import ExitStatus, Verdict, exit_status
from rich.text import Text

__all__ = ["HistoryRun", "lines", "record"]

_LAST = 8
"""How many operations of a prefix the text shows; the JSON has all of them."""

_PARTS = 10
"""How many objects the text reports on, each with its longest prefix."""


@immutable
class HistoryRun:
    """A judgement on a history, with the history and the object it was judged by.

    Attributes
    ----------
    path, specification, consistency : str
        The history, the object, and ``"linearizable"`` or ``"sequentially consistent"``.
    operations : tuple of Operation
        What clients did.
    judgement : Judgement
        The verdict and what supports it.
    seconds : float
        How long it took.
    command : str
        The command that repeats the judgement.
    """

    path: str
    specification: str
    consistency: str
    operations: tuple[Operation, ...]
    judgement: Judgement
    seconds: float
    command: str

    @property
    def status(self) -> ExitStatus:
        """The exit status."""
        return exit_status([self.judgement.verdict])

    @property
    def sentence(self) -> str:
        """The verdict in a sentence."""
        match self.judgement.verdict:
            case Verdict.HOLDS:
                return f"{self.consistency}: an order of the operations explains every response"
            case Verdict.VIOLATED:
                return f"not {self.consistency}: no order of the operations explains the responses"
        return "unknown: a limit was reached (--max-configurations, --time-limit)"


def lines(run: HistoryRun) -> Iterator[Text]:
    """Yield the report for a terminal."""
    judgement, pending = run.judgement, sum(operation.is_pending for operation in run.operations)
    yield Text.assemble((run.path, "bold"), f"  {run.specification}")
    yield Text(run.sentence, style=STYLE[judgement.verdict])
    what = f"{plural(len(run.operations), 'operation')}, {number(pending)} without response"
    of = f" on {plural(len(judgement.parts), 'object')}" if len(judgement.parts) != 1 else ""
    yield Text(f"{what}{of}; {plural(judgement.configurations, 'configuration')}, {seconds(run.seconds)}", style="dim")
    open_parts = [part for part in judgement.parts if part.verdict is not Verdict.HOLDS]
    for part in open_parts[:_PARTS]:
        yield from _part(part)
    if len(open_parts) > _PARTS:
        yield Text(f"... and {plural(len(open_parts) - _PARTS, 'object')} more, which --format json shows", style="dim")
    yield Text(f"again: {run.command}", style="dim")


def _part(part: Part) -> Iterator[Text]:
    yield Text()
    of = "" if part.key is None else f"{part.key}: "
    total = sum(not operation.is_pending for operation in part.operations)
    reached = f"{of}{number(part.explained)} of {plural(total, 'response')} can be explained"
    stuck = f", and not the next one: {part.stuck}" if part.stuck is not None else ""
    yield Text(reached + stuck, style=STYLE[part.verdict])
    for index, prefix in enumerate(part.prefixes, start=1):
        yield from _prefix(index, prefix)


def _prefix(index: int, prefix: Prefix) -> Iterator[Text]:
    hidden = len(prefix.order) - _LAST
    yield Text(f"  longest prefix {index}, after which the object holds {prefix.state!r}:")
    if hidden > 0:
        yield Text(f"    ... {plural(hidden, 'operation')} before", style="dim")
    for operation in prefix.order[-_LAST:]:
        yield Text(f"    {operation}")


def record(run: HistoryRun) -> dict[str, Any]:
    """Return the report as one JSON object."""
    return {
        "version": JSON_VERSION,
        "history": run.path,
        "object": run.specification,
        "consistency": run.consistency,
        "verdict": run.judgement.verdict.value,
        "operations": len(run.operations),
        "configurations": run.judgement.configurations,
        "seconds": round(run.seconds, 6),
        "parts": [_part_record(part) for part in run.judgement.parts],
        "command": run.command,
    }


def _part_record(part: Part) -> dict[str, Any]:
    return {
        "key": None if part.key is None else str(part.key),
        "verdict": part.verdict.value,
        "operations": len(part.operations),
        "explained": part.explained,
        "order": [str(operation) for operation in part.order],
        "stuck": None if part.stuck is None else str(part.stuck),
        "longest_prefixes": [
            {"order": [str(operation) for operation in prefix.order], "state": repr(prefix.state)}
            for prefix in part.prefixes
        ],
    }
