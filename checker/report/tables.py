"""The tables of a check: the verdicts on its properties, the coverage of its actions, and the models of a library."""

from __future__ import annotations

from collections.abc import Sequence

from assay.checker.properties.result import ActionCoverage
from assay.checker.report.parts import STYLE, Cell, Table
from assay.checker.report.run import CheckRun, Refused, about, claim, number
from assay.checker.verdicts import Verdict

__all__ = ["coverage", "models", "verdicts"]


def verdicts(run: CheckRun) -> Table:
    """Return the verdict on each property, as a table."""
    rows = (
        (Cell(p.verdict.value, STYLE[p.verdict]), Cell(claim(p), is_code=True), Cell(about(p), "dim"))
        for p in run.result.properties
    )
    return Table(("verdict", "property", ""), tuple(rows))


def coverage(run: CheckRun) -> Table:
    """Return how often each action fired, and how many states it led to first."""
    rows = (
        (
            Cell(action.name, is_code=True),
            Cell(number(action.fired)),
            Cell(number(action.discovered)),
            _mark(action, run),
        )
        for action in run.result.actions
    )
    return Table(("action", "fired", "new states", ""), tuple(rows), frozenset({1, 2}))


def _mark(action: ActionCoverage, run: CheckRun) -> Cell:
    if action.fired:
        return Cell("") if action.is_expected else Cell("fired, not as expected", "bold red")
    if not run.result.exhaustive:
        return Cell("not yet fired", "yellow" if action.fires == "somewhere" else "dim")
    if action.fires == "somewhere":
        return Cell("never fired", "bold red")
    return Cell("never fired, as expected" if action.fires == "never" else "never fired, as it may", "dim")


def models(runs: Sequence[CheckRun | Refused]) -> Table:
    """Return what each model showed, and whether it was expected to."""
    heads = ("model", "expected", "verdict", "states", "depth", "seconds", "")
    rows = (_refused(run) if isinstance(run, Refused) else _model(run) for run in runs)
    return Table(heads, tuple(rows), frozenset({3, 4, 5}))


def _refused(model: Refused) -> tuple[Cell, ...]:
    name, none = Cell(model.name, is_code=True), Cell("")
    return (name, none, Cell("error", "bold red", is_strong=True), none, none, none, Cell("see below", "bold red"))


def _model(run: CheckRun) -> tuple[Cell, ...]:
    exploration = run.result.exploration
    shown = f"violates {', '.join(run.result.violated)}" if run.verdict is Verdict.VIOLATED else run.verdict.value
    return (
        Cell(run.model.name, is_code=True),
        Cell(str(run.result.expected)),
        Cell(shown, "" if run.as_expected else STYLE[run.verdict], is_strong=not run.as_expected),
        Cell(number(exploration.distinct)),
        Cell(str(exploration.depth)),
        Cell(f"{run.elapsed:.2f}"),
        Cell("" if run.as_expected else "not as expected", "bold red"),
    )
