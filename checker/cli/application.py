"""The application: its commands, and the one place where an error becomes a line and an exit status."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from assay.checker.cli.misuse import explain
from assay.checker.cli.modes import typed_options
from assay.checker.cli.registry import COMMANDS, available
from assay.checker.cli.settings import Settings
from assay.checker.cli.signals import ending_in_order
from assay.checker.cli.streams import guarded as guarded_streams
from assay.checker.errors import AssayError, AssayWarning, ModelError
from assay.checker.report.terminal import console_on
from assay.checker.verdicts import ExitStatus
from cyclopts import App, ArgumentCollection, CycloptsError

__all__ = ["application", "main"]

STATUSES = (
    "Exit status: 0 all is as claimed; 1 a finding; 2 bad usage or input; 3 unknown: a limit was hit, or nothing "
    "was checked; 70 a bug in assay."
)

REPORT = "this is a bug in assay, please report it"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows ``assay``; the arguments of this process by default.
    """
    with ending_in_order() as ending, guarded_streams(), _warnings_in_lines():
        return ending.status(_attempt(sys.argv[1:] if arguments is None else arguments))


def _attempt(arguments: Sequence[str]) -> int:
    """Run a command line and turn every error into a line and an exit status."""
    try:
        status = int(_run(arguments))
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        _say("interrupted: nothing was decided")
        return ExitStatus.UNKNOWN
    except MemoryError:
        _say("error: out of memory: nothing was decided")
        _say("help: --memory-limit ends a run in order before the memory is exhausted")
        return ExitStatus.UNKNOWN
    except AssayError as error:
        return _report(error)
    except BaseException as error:
        return _internal_error(error)


def _run(arguments: Sequence[str]) -> int:
    app = application()
    app.console = console_on(soft_wrap=False)
    typed = dict[str, str]()

    def note(_app: App, _commands: tuple[str, ...], parsed: ArgumentCollection) -> None:
        typed.update(typed_options(parsed))

    app.config = [note, Settings(tuple(COMMANDS))]  # in this order: settings are not typed
    try:
        command, bound, asked = app.parse_args(list(_spelled_out(arguments)), exit_on_error=False, print_error=False)
    except CycloptsError as error:
        raise explain(error, available()) from None
    gc.enable()  # `assay.checker.cli.main` disables it
    status: Any = command(*bound.args, **bound.kwargs, **({"typed": typed} if "typed" in asked else {}))
    return ExitStatus.AS_CLAIMED if status is None else status


def _spelled_out(arguments: Sequence[str]) -> Iterator[str]:
    """Replace ``-``, which the parser would take for an option, with the name of the stream it stands for."""
    for before, argument in zip(["", *arguments], arguments, strict=False):
        if argument != "-":
            yield argument
        else:
            yield "/dev/stdout" if before in ("--output", "-o", "--itf") else "/dev/stdin"


@cache
def application() -> App:
    """Return the parser of command lines, with every command that is installed."""
    app = App(
        name="assay",
        help=f"A formally checked verifier for distributed protocols.\n\n{STATUSES}",
        version=_version,
        help_format="plaintext",
    )
    for name, command in available().items():
        app.command(command.target, name=name, help=command.help)
    return app


@contextlib.contextmanager
def _warnings_in_lines() -> Iterator[None]:
    """Show each of our own warnings once, as one line."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", AssayWarning)
        others, seen = warnings.showwarning, set[str]()

        def show(message: Warning | str, category: type[Warning], *where: Any, **options: Any) -> None:
            if not issubclass(category, AssayWarning):
                others(message, category, *where, **options)
            elif str(message) not in seen:
                seen.add(str(message))
                _say(f"warning: {_one_line(str(message))}")

        warnings.showwarning = show
        yield


def _version() -> str:
    from importlib.metadata import version

    return f"assay {version('assay')}"


def _report(error: AssayError) -> int:
    place = f"{error.location}: " if error.location else ""
    _say(f"error: {place}{_one_line(error.message)}")
    if error.exit_status == ExitStatus.INTERNAL_ERROR:
        _say(f"help: {REPORT}")
    elif error.help:
        _say(f"help: {_one_line(error.help)}")
    _show_how(error)
    _debug(error)
    return error.exit_status


def _show_how(error: AssayError) -> None:
    """Show the trace that leads to the state in which the model's own code fails."""
    if not isinstance(error, ModelError):
        return
    from assay.checker.engine.trace import Failed

    if isinstance(error, Failed):
        from assay.checker.report.parts import render_trace
        from assay.checker.report.terminal import write

        _say("\nhow it gets there:")
        write(render_trace(error.trace()), console_on(sys.stderr))


def _internal_error(error: BaseException) -> int:
    _say(f"error: {type(error).__name__}: {_one_line(str(error))}; {REPORT} (ASSAY_DEBUG=1 shows where)")
    _debug(error)
    return ExitStatus.INTERNAL_ERROR


def _debug(error: BaseException) -> None:
    if os.environ.get("ASSAY_DEBUG") == "1":
        traceback.print_exception(error, file=sys.stderr)


def _one_line(text: str) -> str:
    """Put a text on one line and abbreviate numbers of more than 80 digits."""
    return re.sub(r"([0-9]{40})[0-9]{40,}", r"\1...", " ".join(text.split()))


def _say(line: str) -> None:
    print(line, file=sys.stderr)
