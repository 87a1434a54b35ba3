"""A process of its own for code of another revision: a limit of time and of memory holds for all that it does.

The process is given a request as JSON and writes an answer as JSON. It ends with the one that asks, however that ends.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from assay.checker.changes.lifeline import end_with_the_parent, lifeline
from assay.checker.errors import AssayError, InternalError, ModelError

__all__ = ["GRACE", "ask", "serve"]

GRACE = 30.0
"""Seconds that a process may take beyond its time limit, to import what it is asked about and to write its answer."""

R = TypeVar("R", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)


class _Refusal(msgspec.Struct, frozen=True):
    message: str
    help: str | None
    is_ours: bool = False


class _Answer(msgspec.Struct, frozen=True):
    found: msgspec.Raw = msgspec.Raw(b"null")
    refusal: _Refusal | None = None


def ask(module: str, request: msgspec.Struct, answer: type[A], *, subject: str, root: Path, seconds: float | None) -> A:
    """Have a module answer a request, in a process of its own.

    Parameters
    ----------
    module : str
        What is run; it calls `serve`.
    request : Struct
        What it is asked.
    answer : type of Struct
        What it returns.
    subject : str
        What the request is about, for errors.
    root : Path
        The working directory of the process.
    seconds : float, optional
        How long it may take, besides `GRACE`.

    Raises
    ------
    ModelError
        If what was asked about is malformed, or the process died.
    """
    with tempfile.TemporaryDirectory(prefix="assay-") as folder, lifeline() as line:
        file = Path(folder) / "answer.json"
        # -P: a file of the project called enum.py must not stand for a module of Python's own.
        command = [sys.executable, "-P", "-m", module, str(file), str(line)]
        limit = None if seconds is None else seconds + GRACE
        try:
            ran = subprocess.run(
                command,
                input=msgspec.json.encode(request),
                cwd=root,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
                stdout=subprocess.DEVNULL,  # what a model prints is none of our results
                stderr=subprocess.PIPE,
                timeout=limit,
                pass_fds=(line,),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ModelError(f"{subject} did not come to an end in {limit:g} s, importing it included") from None
        if not file.exists():
            raise ModelError(f"{subject} could not be observed: {_last_words(ran)}")
        said = msgspec.json.decode(file.read_bytes(), type=_Answer)
    if said.refusal is not None and said.refusal.is_ours:
        raise InternalError(f"{subject}: {said.refusal.message}")
    if said.refusal is not None:
        raise ModelError(said.refusal.message, help=said.refusal.help)
    return msgspec.json.decode(said.found, type=answer)


def _last_words(ran: subprocess.CompletedProcess[bytes]) -> str:
    lines = ran.stderr.decode(errors="replace").strip().splitlines()
    if ran.returncode < 0:
        return f"its process was killed by signal {-ran.returncode}"
    return lines[-1] if lines else f"its process ended with status {ran.returncode}"


def serve(request: type[R], answer: Callable[[R], msgspec.Struct], *, imports: bool = True) -> None:
    """Answer what standard input asks for, and write it where the command line says: the other side of `ask`.

    The request may say, as ``memory``, how many bytes the process may hold. Unless the answer sees to that itself,
    modules are imported from the working directory, too.
    """
    file, line = Path(sys.argv[1]), int(sys.argv[2])
    end_with_the_parent(line)
    sys.path += [str(Path.cwd()), str(Path.cwd() / "src")] if imports else []
    asked: Any = msgspec.json.decode(sys.stdin.buffer.read(), type=request)
    if asked.memory is not None:
        resource.setrlimit(resource.RLIMIT_AS, (asked.memory, asked.memory))
    try:
        with contextlib.redirect_stdout(sys.stderr):
            said = _Answer(found=msgspec.Raw(msgspec.json.encode(answer(asked))))
    except AssayError as error:
        said = _Answer(refusal=_Refusal(str(error), error.help, isinstance(error, InternalError)))
    except MemoryError:
        said = _Answer(refusal=_Refusal("there was not enough memory", "--memory-limit is what the process may hold"))
    except Exception as error:  # what code of the user's raises was made one of our errors where it was called
        traceback.print_exc()
        said = _Answer(refusal=_Refusal(f"{type(error).__name__}: {error}", None, is_ours=True))
    partly = file.with_suffix(".part")
    partly.write_bytes(msgspec.json.encode(said))
    partly.rename(file)
