"""A version of a model, observed in a process of its own.

Two versions of a module cannot live in one process: their classes, and what they import, have the same names. And a
version from another revision is code that nobody may have looked at for long, so it runs where a limit of time and
of memory holds for all that it does.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from assay.checker.changes.behaviour import Behaviour, behaviour
from assay.checker.engine.limits import Limits
from assay.checker.errors import AssayError, ModelError, UsageError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.loader import load

__all__ = ["Observation", "Request", "observe"]

GRACE = 30.0
"""Seconds that a process may take beyond its time limit, to import a model and to write down what it saw."""


class Request(msgspec.Struct, frozen=True):
    """What is to be observed.

    Attributes
    ----------
    reference : str
        The model, as `assay.checker.language.loader.load` understands it.
    instance : str
        The instance of the model to start from.
    settings : mapping from name to text
        What differs from it.
    states : int, optional
        How many states to explore at most.
    seconds : float, optional
        For how long.
    memory : int, optional
        How many bytes of memory the process may hold.
    """

    reference: str
    instance: str = "default"
    settings: Mapping[str, str] = {}
    states: int | None = None
    seconds: float | None = None
    memory: int | None = None


class Observation(msgspec.Struct, frozen=True):
    """What was seen of a version.

    Attributes
    ----------
    name : str
        The class.
    sizes : mapping from name to text
        The instance.
    properties : mapping from name to kind
        What the model claims of itself, in the words of the kinds.
    behaviour : Behaviour
        What may follow what.
    """

    name: str
    sizes: dict[str, str]
    properties: dict[str, str]
    behaviour: Behaviour


class _Refusal(msgspec.Struct, frozen=True):
    message: str
    help: str | None


class _Answer(msgspec.Struct, frozen=True):
    seen: Observation | None = None
    refusal: _Refusal | None = None


def observe(request: Request, root: Path) -> Observation:
    """Observe a version in a process of its own, whose working directory is `root`.

    Raises
    ------
    ModelError
        If the model is malformed, or the process died: the message names the version.
    """
    with tempfile.TemporaryDirectory(prefix="assay-") as folder, _lifeline() as lifeline:
        answer = Path(folder) / "answer.json"
        # -P: a file of the project called enum.py must not stand for a module of Python's own.
        command = [sys.executable, "-P", "-m", "assay.checker.changes.observation", str(answer), str(lifeline)]
        limit = None if request.seconds is None else request.seconds + GRACE
        try:
            ran = subprocess.run(
                command,
                input=msgspec.json.encode(request),
                cwd=root,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
                stdout=subprocess.DEVNULL,  # what a model prints is none of our results
                stderr=subprocess.PIPE,
                timeout=limit,
                pass_fds=(lifeline,),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ModelError(
                f"{request.reference} did not come to an end in {limit:g} s, importing it included"
            ) from None
        if not answer.exists():
            raise ModelError(f"{request.reference} could not be observed: {_last_words(ran)}")
        found = msgspec.json.decode(answer.read_bytes(), type=_Answer)
    if found.refusal is not None:
        raise ModelError(found.refusal.message, help=found.refusal.help)
    assert found.seen is not None
    return found.seen


@contextlib.contextmanager
def _lifeline() -> Iterator[int]:
    """Yield the end of a pipe to which nothing is ever written: it is read to its end when this process is gone."""
    read, write = os.pipe()
    try:
        yield read
    finally:
        os.close(read)
        os.close(write)


def _end_with_the_parent(lifeline: int) -> None:
    """End this process when the one that asks is gone, also if it was killed: nobody waits for the answer then."""

    def wait() -> None:
        os.read(lifeline, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _last_words(ran: subprocess.CompletedProcess[bytes]) -> str:
    lines = ran.stderr.decode(errors="replace").strip().splitlines()
    if ran.returncode < 0:
        return f"its process was killed by signal {-ran.returncode}"
    return lines[-1] if lines else f"its process ended with status {ran.returncode}"


def main(answer: Path, lifeline: int) -> None:
    """Observe what standard input asks for, and write down what was seen."""
    _end_with_the_parent(lifeline)
    sys.path += [str(Path.cwd()), str(Path.cwd() / "src")]
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=Request)
    if request.memory is not None:
        resource.setrlimit(resource.RLIMIT_AS, (request.memory, request.memory))
    try:
        with contextlib.redirect_stdout(sys.stderr):
            found = _Answer(seen=_seen(request))
    except AssayError as error:
        found = _Answer(refusal=_Refusal(str(error), error.help))
    partly = answer.with_suffix(".part")
    partly.write_bytes(msgspec.json.encode(found))
    partly.rename(answer)


def _seen(request: Request) -> Observation:
    specification = load(request.reference).specification
    try:
        instance = instantiate(specification, dict(request.settings), name=request.instance)
    except UsageError as error:
        raise UsageError(f"{request.reference}: {error}", help=error.help) from None
    compile_model(specification)
    limits = Limits(request.states, None, request.seconds)
    return Observation(
        specification.name,
        {name: str(value) for name, value in instance.settings().items()},
        {method.name: method.kind.value for method in specification.properties},
        behaviour(instance, limits),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
