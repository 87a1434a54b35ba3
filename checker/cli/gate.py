"""``assay gate``: verify what changed, and hold it against what was accepted."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from assay.checker.cli.form import deliver
from assay.checker.cli.output import destination
from assay.checker.errors import UsageError
from assay.checker.gate import report
from assay.checker.gate.cache import Cache
from assay.checker.gate.gating import Gating, Told, accepted
from assay.checker.gate.gating import gate as verify_and_compare
from assay.checker.gate.lock_file import write_lock
from assay.checker.gate.reading import find_configuration
from assay.checker.gate.requests import Request
from cyclopts import Parameter
from rich.text import Text

__all__ = ["gate"]

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]


def gate(
    *names: str,
    accept: Flag = False,
    check: Flag = False,
    workers: int | None = None,
    format_: Annotated[Literal["text", "json"], Parameter(name="--format")] = "text",
    output: str | None = None,
) -> int:
    """Verify the protocols of a project as far as they changed, and hold the verdicts against assay.lock.

    Exit status: 0 if all is as it was accepted, 1 if something is wrong or differs, 2 for bad input, 3 if something
    is unknown, or nothing was verified.

    Parameters
    ----------
    names
        What is gated, by file, reference or pattern (paxos.py, paxos.py:Paxos, 'models/*'); all by default.
    accept
        Record what was found in assay.lock. What is wrong by itself is not recorded.
    check
        Write nothing at all, neither assay.lock nor what is kept for the next run.
    workers
        Processes at a time; by default one a processor.
    format_
        The form of the report.
    output
        Write the report to this file instead of standard output.
    """
    if accept and check:
        raise UsageError("--accept writes assay.lock, and --check writes nothing: leave out one")
    if workers is not None and workers < 1:
        raise UsageError(f"--workers {workers}: expected a number from 1 on")
    configuration = find_configuration(Path.cwd())
    with destination(output, configuration.root / "assay.lock", configuration.source) as file:
        cache = Cache.kept(is_written=not check)
        with _progress() as told:
            gating = verify_and_compare(configuration, names, workers=workers or _processors(), cache=cache, told=told)
        if accept:
            gating = _accepted(gating)
        deliver(_form(gating, format_), file)
        return gating.status


def _accepted(gating: Gating) -> Gating:
    """Record what was found, and return what is left to say against it."""
    lock, left = accepted(gating)
    if lock != (gating.lock or {}):
        write_lock(gating.lock_path, lock)
        print(f"wrote {gating.lock_path}", file=sys.stderr)
    for item in left:
        print(f"not accepted, since it is not as it is expected: {item.words}", file=sys.stderr)
    return replace(gating, lock=lock)


def _form(gating: Gating, format_: str) -> str | list[Text]:
    if format_ == "text":
        return [*report.lines(gating)]
    from assay.checker.report import machine

    return machine.encode(report.record(gating))


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _progress() -> Iterator[Told]:
    """Tell on a terminal what is verified anew."""

    def told(request: Request, is_cached: bool) -> None:
        if not is_cached and sys.stderr.isatty():
            print(f"verified {request.words}", file=sys.stderr)

    yield told
