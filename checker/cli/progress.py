"""Progress of a long run, on standard error only: one line on a terminal; elsewhere a log, if asked for."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TextIO

from assay.checker.engine.exploration import Progress, Watcher
from assay.checker.engine.limits import Limits
from assay.checker.report.run import number, rate, seconds, size

__all__ = ["describe", "log", "noting", "proving", "watching"]

_PERIOD = 0.2
"""Seconds between two updates."""

_LOG_PERIOD = 30.0
"""Seconds between two lines of a log."""

Show = Callable[[Callable[[], str]], None]
"""Shows a line; takes a function, so that the line is put together only when it is shown."""


@contextlib.contextmanager
def watching(title: str, limits: Limits, *, logged: bool = False) -> Iterator[Watcher | None]:
    """Show the progress of an exploration during the block; yield None if standard error is no terminal.

    Parameters
    ----------
    title : str
        What is being explored.
    limits : Limits
        When the exploration stops, for the forecast.
    logged : bool
        Whether to write a line now and then if standard error is no terminal.
    """
    with _logged() if logged and not sys.stderr.isatty() else _line() as show:
        if show is None:
            yield None
            return

        def watch(progress: Progress) -> None:
            show(lambda: f"{title}: {describe(progress, limits)}")

        yield watch


@contextlib.contextmanager
def proving(title: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show during the block how many obligations are decided; yield None if standard error is no terminal."""
    with _line() as show:
        if show is None:
            yield None
            return
        started = time.perf_counter()

        def watch(done: int, total: int) -> None:
            spent = seconds(time.perf_counter() - started)
            show(lambda: f"{title}: {number(done)} of {number(total)} obligations decided, {spent}")

        yield watch


@contextlib.contextmanager
def noting(title: str) -> Iterator[Callable[[Callable[[], str]], None] | None]:
    """Show a text about the progress during the block; yield None if standard error is no terminal."""
    with _line() as show:
        yield None if show is None else lambda words: show(lambda: f"{title}: {words()}")


@contextlib.contextmanager
def _logged() -> Iterator[Show | None]:
    yield log(sys.stderr, time.perf_counter)


def log(file: TextIO, clock: Callable[[], float]) -> Show:
    """Return a function that writes a line to a file, at most once every half minute."""
    last = clock()

    def show(line: Callable[[], str]) -> None:
        nonlocal last
        now = clock()
        if now - last >= _LOG_PERIOD:
            last = now
            print(line(), file=file, flush=True)

    return show


@contextlib.contextmanager
def _line() -> Iterator[Show | None]:
    """Yield a function that updates a line of standard error, at most five times a second; None without a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from assay.checker.report.terminal import console_on
    from rich.live import Live
    from rich.text import Text

    with Live(console=console_on(sys.stderr), transient=True, auto_refresh=False) as live:
        last = time.perf_counter()

        def show(line: Callable[[], str]) -> None:
            nonlocal last
            now = time.perf_counter()
            if now - last >= _PERIOD:
                last = now
                live.update(Text(line(), style="dim", no_wrap=True, overflow="ellipsis"), refresh=True)

        yield show


def describe(progress: Progress, limits: Limits) -> str:
    """Describe progress in one line: states, rate, depth, frontier, memory, and a forecast."""
    parts = [
        f"{number(progress.distinct)} states",
        f"{rate(progress.generated / progress.seconds)} generated/s" if progress.seconds else "",
        f"depth {progress.depth}",
        f"frontier {number(progress.frontier)}",
        size(progress.memory),
        seconds(progress.seconds),
        forecast(progress, limits),
    ]
    return ", ".join(filter(None, parts))


def forecast(progress: Progress, limits: Limits) -> str:
    """Forecast the time that the frontier alone will take, or the time until the first limit if that is shorter."""
    expanded = progress.distinct - progress.frontier
    if not expanded or not progress.seconds:
        return ""
    least = progress.frontier * progress.seconds / expanded
    ends = [least_to_limit for least_to_limit in _until_limits(progress, limits) if least_to_limit >= 0]
    if ends and min(ends) < least:
        return f"a limit in {seconds(min(ends))}"
    return f"at least {seconds(least)} to go"


def _until_limits(progress: Progress, limits: Limits) -> Iterator[float]:
    if limits.seconds is not None:
        yield limits.seconds - progress.seconds
    if limits.states is not None:
        yield (limits.states - progress.distinct) * progress.seconds / progress.distinct
