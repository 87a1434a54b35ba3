"""The tables of a check: verdicts on properties, coverage of actions, the models of a library; and what is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assay.checker.language.kinds import Kind
from assay.checker.properties.result import ActionCoverage
from assay.checker.report.parts import STYLE, Cell, Table
from assay.checker.report.run import CheckRun, Refused, about, claim, number, plural
from assay.checker.verdicts import Verdict

__all__ = ["coverage", "covered", "left_out", "models", "verdicts"]


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


# What several checks covered besides their verdicts, and what they did not cover

_IN_THE_END: tuple[tuple[str, Callable[[Kind], bool]], ...] = (
    ("liveness", lambda kind: kind.is_temporal),
    ("refinement", lambda kind: kind is Kind.REFINEMENT),
)
"""The kinds of properties that are judged on all steps together, once everything is explored, and their names."""


def covered(runs: Sequence[CheckRun]) -> str:
    """Return for how many models liveness and refinement were decided; empty if for none."""
    counts = ((word, sum(_is_decided(run, has) for run in runs)) for word, has in _IN_THE_END)
    return ", ".join(f"{word} of {plural(count, 'model')}" for word, count in counts if count)


def left_out(runs: Sequence[CheckRun]) -> str:
    """Return what the verdicts on several models do not cover."""
    return ", ".join(_left_out(runs))


def _left_out(runs: Sequence[CheckRun]) -> Iterator[str]:
    yield "other instances"
    silent = sum(not run.model.specification.temporals for run in runs)
    if silent:
        yield f"liveness of {plural(silent, 'model')} that {'states' if silent == 1 else 'state'} none"
    for word, has in _IN_THE_END:
        open_ = [run.model.name for run in runs if _is_open(run, has)]
        if open_:
            yield f"{word} of {', '.join(open_)}"
    broken = sum(run.verdict is Verdict.VIOLATED and not run.options.keep_going for run in runs)
    if broken:
        yield f"what else is false of {plural(broken, 'model')} (--keep-going)"
    unchecked: dict[str, list[str]] = {}
    for run in runs:
        if run.deadlock_unchecked:
            unchecked.setdefault(run.deadlock_unchecked, []).append(run.model.name)
    for why, names in unchecked.items():
        yield why if len(names) == len(runs) else f"{why} of {', '.join(names)}"


def _verdicts(run: CheckRun, has: Callable[[Kind], bool]) -> list[Verdict]:
    return [found.verdict for found in run.result.properties if has(found.kind)]


def _is_decided(run: CheckRun, has: Callable[[Kind], bool]) -> bool:
    verdicts = _verdicts(run, has)
    return bool(verdicts) and Verdict.UNKNOWN not in verdicts


def _is_open(run: CheckRun, has: Callable[[Kind], bool]) -> bool:
    """Return whether a claim of some kind was checked and stayed unknown in a model that is not known to be broken."""
    return Verdict.UNKNOWN in _verdicts(run, has) and run.verdict is not Verdict.VIOLATED
