"""``assay linearizable``: can a recorded history be explained by an object that handles one operation at a time?"""

from __future__ import annotations

import inspect
import shlex
import time
from pathlib import Path
from typing import Annotated, Any, Literal

from assay.checker.cli import units
from assay.checker.cli.form import deliver
from assay.checker.cli.modes import Mode, demand_effect
from assay.checker.cli.options import Flag, Typed
from assay.checker.cli.output import destination
from assay.checker.errors import UsageError
from assay.checker.histories.linearizability import linearize
from assay.checker.histories.recorded import read_history
from assay.checker.histories.searching import CONFIGURATIONS, Limit
from assay.checker.histories.sequential import order_sequentially
from assay.checker.histories.specifications import SPECIFICATIONS, Partitioned
from assay.checker.language.importing import execute_file
from assay.checker.outputs import as_json
from assay.checker.report import histories
from cyclopts import Parameter

__all__ = ["MODES", "linearizable"]

_EVERY = "object sequential max-configurations time-limit format output"

_REGISTER = Mode.of("with --object register", f"initial {_EVERY}")
_OTHER = Mode.of("with another --object", _EVERY)

MODES = (_REGISTER, _OTHER)


def linearizable(
    history: str,
    /,
    *,
    object_: Annotated[str, Parameter(name="--object")] = "register",
    initial: str | None = None,
    sequential: Flag = False,
    max_configurations: str | None = None,
    time_limit: str | None = None,
    format_: Annotated[Literal["text", "json"], Parameter(name="--format")] = "text",
    output: str | None = None,
    typed: Typed,
) -> int:
    """Judge whether a recorded history is linearizable: one event a line in JSON, or Jepsen's EDN.

    Exit status: 0 if it is, 1 if it is not, 2 for bad input, 3 if a limit was reached.

    Parameters
    ----------
    history
        The file: lines such as {"client": 1, "type": "invoke", "operation": "write", "value": 3}; the types are
        invoke, ok (the response), fail (certainly no effect) and info (nobody knows).
    object_
        What the clients use: register, key-value, lock, queue, or the class of a sequential specification of your own,
        path/to/file.py:Class.
    initial
        The initial value of the register, as JSON.
    sequential
        Judge sequential consistency: respect the order of each client, but not real time.
    max_configurations
        Give up on an object after looking at this many configurations: 10k, 5M.
    time_limit
        Give up after this time: 30s, 5m.
    format_
        The form of the report.
    output
        Write the report to this file instead of standard output.
    """
    mode = _REGISTER if object_ == "register" else _OTHER
    demand_effect(typed, mode, MODES)
    initial = initial if mode is _REGISTER else None
    specification = _specification(object_, initial)
    most = CONFIGURATIONS if max_configurations is None else units.count("--max-configurations", max_configurations)
    until = None if time_limit is None else time.monotonic() + units.duration("--time-limit", time_limit)
    limit = Limit(most, lambda: until is not None and time.monotonic() >= until)
    with destination(output, history) as file:
        operations = read_history(history, keyed=isinstance(specification, Partitioned))
        began = time.perf_counter()
        judgement = (order_sequentially if sequential else linearize)(operations, specification, limit)
        run = histories.HistoryRun(
            path=history,
            specification=object_,
            consistency="sequentially consistent" if sequential else "linearizable",
            operations=operations,
            judgement=judgement,
            seconds=time.perf_counter() - began,
            command=_command(history, object_, initial, sequential, max_configurations, time_limit),
        )
        deliver(as_json(histories.record(run)) if format_ == "json" else [*histories.lines(run)], file)
        return run.status


def _specification(name: str, initial: str | None) -> Any:
    if name not in SPECIFICATIONS:
        return _own(name)
    return SPECIFICATIONS[name](_value(initial)) if name == "register" else SPECIFICATIONS[name]()


def _value(initial: str | None) -> Any:
    import json

    from assay.checker.histories.recorded import frozen

    if initial is None:
        return None
    try:
        return frozen(json.loads(initial))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--initial {initial[:60]}: expected a value in JSON, such as 0 or '\"a\"': {error}") from None


def _own(name: str) -> Any:
    """Return an object of the user's own class."""
    path, colon, cls = name.rpartition(":")
    if not colon or not path.endswith(".py"):
        raise UsageError(
            f"--object {name}: expected {', '.join(SPECIFICATIONS)}, or a class of your own, path/to/file.py:Class"
        )
    module = execute_file(Path(path))
    found = getattr(module, cls, None)
    if not inspect.isclass(found) or not hasattr(found, "apply"):
        raise UsageError(
            f"--object {name}: {path} has no class {cls} with a method apply",
            help="apply(self, state, operation) yields pairs of an answer and the next state; `initial` is the first",
        )
    try:
        specification = found()
    except Exception as error:
        raise UsageError(f"--object {name}: {cls}() raises {type(error).__name__}: {error}") from None
    if not hasattr(specification, "initial"):
        raise UsageError(f"--object {name}: {cls} has no attribute initial, the object's initial state")
    return specification


def _command(
    history: str, object_: str, initial: str | None, sequential: bool, most: str | None, time_limit: str | None
) -> str:
    words = ["assay", "linearizable", history, "--object", object_]
    words += ["--initial", initial] if initial is not None else []
    words += ["--sequential"] if sequential else []
    words += ["--max-configurations", most] if most is not None else []
    words += ["--time-limit", time_limit] if time_limit is not None else []
    return shlex.join(words)
