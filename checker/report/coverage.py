"""What the checks of several models say, and do not say, beside their verdicts: liveness, refinement, deadlocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assay.checker.language.kinds import Kind
from assay.checker.report.run import CheckRun, plural
from assay.checker.verdicts import Verdict

__all__ = ["covered", "left_out"]

IN_THE_END: tuple[tuple[str, Callable[[Kind], bool]], ...] = (
    ("liveness", lambda kind: kind.is_temporal),
    ("refinement", lambda kind: kind is Kind.REFINEMENT),
)
"""What is judged on all steps together, once everything was explored, and which kinds of properties it is."""


def covered(runs: Sequence[CheckRun]) -> str:
    """Return of how many models liveness and refinement were decided, or nothing if of none."""
    counts = ((word, sum(_is_decided(run, has) for run in runs)) for word, has in IN_THE_END)
    return ", ".join(f"{word} of {plural(count, 'model')}" for word, count in counts if count)


def left_out(runs: Sequence[CheckRun]) -> str:
    """Return what the verdicts on several models say nothing about."""
    return ", ".join(_left_out(runs))


def _left_out(runs: Sequence[CheckRun]) -> Iterator[str]:
    yield "other instances"
    silent = sum(not run.model.specification.temporals for run in runs)
    if silent:
        yield f"liveness of {plural(silent, 'model')} that {'states' if silent == 1 else 'state'} none"
    for word, has in IN_THE_END:
        open_ = [run.model.name for run in runs if _is_open(run, has)]
        if open_:
            yield f"{word} of {', '.join(open_)}"
    broken = sum(run.verdict is Verdict.VIOLATED and not run.options.keep_going for run in runs)
    if broken:
        yield f"what else is false of {plural(broken, 'model')} (--keep-going)"
    for why in dict.fromkeys(run.deadlock_unchecked.removeprefix(", ") for run in runs if run.deadlock_unchecked):
        names = [run.model.name for run in runs if run.deadlock_unchecked.endswith(why)]
        yield why if len(names) == len(runs) else f"{why} of {', '.join(names)}"


def _verdicts(run: CheckRun, has: Callable[[Kind], bool]) -> list[Verdict]:
    return [found.verdict for found in run.result.properties if has(found.kind)]


def _is_decided(run: CheckRun, has: Callable[[Kind], bool]) -> bool:
    verdicts = _verdicts(run, has)
    return bool(verdicts) and Verdict.UNKNOWN not in verdicts


def _is_open(run: CheckRun, has: Callable[[Kind], bool]) -> bool:
    """Whether something of a kind was asked and stayed unknown; of a broken model, it is among what else is false."""
    return Verdict.UNKNOWN in _verdicts(run, has) and run.verdict is not Verdict.VIOLATED
