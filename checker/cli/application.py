"""The application: its commands, and the one place where an error becomes a line and an exit status."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from assay.checker.cli.misuse import explain
from assay.checker.cli.registry import COMMANDS, available
from assay.checker.cli.settings import Settings
from assay.checker.errors import AssayError, ModelError
from assay.checker.verdicts import ExitStatus
from cyclopts import App, CycloptsError

__all__ = ["main"]

STATUSES = (
    "Exit status: 0 all is as claimed; 1 a finding; 2 bad usage or input; 3 unknown: a limit was hit, or nothing "
    "was checked; 70 a fault of assay."
)

REPORT = "this is a fault of assay, please report it"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows ``assay``; the arguments of this process by default.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return int(_run(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:
        _say("interrupted: nothing was decided")
        return ExitStatus.UNKNOWN
    except AssayError as error:
        return _report(error)
    except Exception as error:
        return _fault(error)


def _run(arguments: Sequence[str]) -> int:
    app = _application()
    try:
        command, bound, _ = app.parse_args(list(arguments), exit_on_error=False, print_error=False)
    except CycloptsError as error:
        raise explain(error, available()) from None
    status: Any = command(*bound.args, **bound.kwargs)
    return ExitStatus.AS_CLAIMED if status is None else status


@cache
def _application() -> App:
    app = App(
        name="assay",
        help=f"A formally checked verifier for distributed protocols.\n\n{STATUSES}",
        version=_version,
        config=[Settings(tuple(COMMANDS))],
        help_format="plaintext",
    )
    for name, command in available().items():
        app.command(command.target, name=name, help=command.help)
    return app


def _version() -> str:
    from importlib.metadata import version

    return f"assay {version('assay')}"


def _report(error: AssayError) -> int:
    place = f"{error.location}: " if error.location else ""
    _say(f"error: {place}{_one_line(error.message)}")
    if error.exit_status == ExitStatus.FAULT:
        _say(f"help: {REPORT}")
    elif error.help:
        _say(f"help: {_one_line(error.help)}")
    _show_how(error)
    _debug(error)
    return error.exit_status


def _show_how(error: AssayError) -> None:
    """Show the trace to where a model's own code fails."""
    if not isinstance(error, ModelError):
        return
    from assay.checker.engine.trace import Failed

    if isinstance(error, Failed):
        from assay.checker.report.text import console_on, render_trace, write

        _say("\nhow it gets there:")
        write(render_trace(error.trace()), console_on(sys.stderr))


def _fault(error: Exception) -> int:
    _say(f"error: {type(error).__name__}: {_one_line(str(error))}; {REPORT} (ASSAY_DEBUG=1 shows where)")
    _debug(error)
    return ExitStatus.FAULT


def _debug(error: Exception) -> None:
    if os.environ.get("ASSAY_DEBUG") == "1":
        traceback.print_exception(error, file=sys.stderr)


def _one_line(text: str) -> str:
    return " ".join(text.split())


_say: Callable[[str], None] = lambda line: print(line, file=sys.stderr)  # noqa: E731
