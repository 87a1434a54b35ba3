"""``assay gate``: verify what changed, and compare the results with what was accepted."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import Literal

from assay.checker.cli.exported import Exported
from assay.checker.cli.form import deliver, deliver_survey
from assay.checker.cli.modes import Mode, demand_effect
from assay.checker.cli.options import Flag, Format, Typed
from assay.checker.cli.output import Destination, destination
from assay.checker.cli.registry import configuration_reader
from assay.checker.errors import UsageError
from assay.checker.gate import report
from assay.checker.gate.cache import Cache
from assay.checker.gate.gating import Gating
from assay.checker.gate.gating import accept as record_verdicts
from assay.checker.gate.gating import gate as verify_and_compare
from assay.checker.gate.reading import OWN_FILE, find_configuration, has_settings
from assay.checker.gate.requests import Request
from assay.checker.outputs import as_json, write_whole
from assay.checker.verdicts import ExitStatus

__all__ = ["MODES", "gate"]

_VERIFY = Mode.of("on what is gated", "accept check workers format output")
_INITIALISE = Mode.of("with --init", "init")

MODES = (_VERIFY, _INITIALISE)


def gate(
    *names: str,
    init: Flag = False,
    accept: Flag = False,
    check: Flag = False,
    workers: int | None = None,
    format_: Format = "text",
    output: str | None = None,
    typed: Typed,
) -> int:
    """Verify those protocols of a project that changed, and compare the verdicts with assay.lock.

    Exit status: 0 if all is as it was accepted, 1 if something is wrong or differs, 2 for bad input, 3 if something
    is unknown, or nothing was verified.

    Parameters
    ----------
    names
        What to verify, by file, reference or pattern (paxos.py, paxos.py:Paxos, 'models/*'); all by default.
    init
        Look at what is in this folder, and write an assay.toml that gates it.
    accept
        Record the results in assay.lock, except those that are wrong in themselves.
    check
        Write nothing at all, neither assay.lock nor results for the next run.
    workers
        Number of processes at a time; by default, one for each processor.
    format_
        The form of the report.
    output
        Write the report to this file instead of standard output.
    """
    demand_effect(typed, _INITIALISE if init else _VERIFY, MODES)
    if init:
        if names:
            raise UsageError(f"--init looks at everything in this folder: leave out {' '.join(names)}")
        return _initialise(Path.cwd())
    if accept and check:
        raise UsageError("--accept writes assay.lock, and --check writes nothing: leave out one")
    if workers is not None and workers < 1:
        raise UsageError(f"--workers {workers}: expected a number from 1 on")
    configuration = find_configuration(Path.cwd())
    with destination(output, configuration.root / "assay.lock", configuration.source) as file:
        cache = Cache.kept(is_written=not check)
        gating = verify_and_compare(configuration, names, workers=workers or _processors(), cache=cache, told=_told)
        fresh = sum(not outcome.is_cached for outcome in gating.outcomes)
        print(f"verified anew: {fresh} of {len(gating.outcomes)}; the rest did not change", file=sys.stderr)
        if accept:
            gating = _accepted(gating)
        _deliver(gating, format_, file)
        return gating.status


def _initialise(folder: Path) -> ExitStatus:
    """Write settings for what is in a folder, unless it has some already."""
    from assay.checker.gate.initial import look_at, settings

    path = folder / OWN_FILE
    if path.exists() or has_settings(folder):
        raise UsageError(f"{folder} has settings of the gate already", help=f"remove them, or edit {OWN_FILE}")
    found = look_at(folder, configuration_reader())
    for name, why in found.left_out:
        print(f"left out: {name}: {why}", file=sys.stderr)
    text = settings(found)
    try:
        write_whole(path, text)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None
    print(f"wrote {path}; assay gate verifies what it names, assay gate --accept records the verdicts", file=sys.stderr)
    return ExitStatus.AS_CLAIMED


def _accepted(gating: Gating) -> Gating:
    """Record the results, and return the objections that remain."""
    after, left = record_verdicts(gating)
    if after.lock != (gating.lock or {}):
        print(f"wrote {gating.lock_path}", file=sys.stderr)
    for item in left:
        print(f"not accepted, because it is not as expected: {item.words}", file=sys.stderr)
    return after


def _deliver(gating: Gating, format_: Literal["text", "json", "markdown"] | Exported, file: Destination | None) -> None:
    if format_ == "text":
        deliver([*report.lines(gating)], file)
        return
    from assay.checker.gate.surveying import survey
    from assay.checker.report.formats import markdown

    if format_ == "json":
        deliver(as_json(report.record(gating)), file)
    elif format_ == "markdown":
        deliver(markdown.page(survey(gating, _command(gating))), file)
    else:
        deliver_survey(survey(gating, _command(gating)), format_, file)


def _command(gating: Gating) -> str:
    return shlex.join(["assay", "gate", *gating.names])


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _told(request: Request, is_cached: bool) -> None:
    """Show on a terminal what is being verified."""
    if not is_cached and sys.stderr.isatty():
        print(f"verified {request.words}", file=sys.stderr)
