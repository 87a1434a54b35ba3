"""Run code of another revision in a process of its own, under limits of time and memory.

The process receives a request as JSON and writes its answer as JSON. It ends with its parent, however that ends.
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
"""Seconds allowed beyond the time limit, to import the model and to write the answer."""

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
    """Have a module answer a request in a process of its own.

    Parameters
    ----------
    module : str
        The module to run, which calls `serve`.
    request : Struct
        The request.
    answer : type of Struct
        Type of the answer.
    subject : str
        Name of what the request is about, for errors.
    root : Path
        The working directory of the process.
    seconds : float, optional
        Time limit, to which `GRACE` is added.

    Raises
    ------
    ModelError
        If the subject is malformed, or the process dies.
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
                stdout=subprocess.DEVNULL,  # a model may print; the answer goes to a file
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
    """Answer the request on standard input into the file on the command line; the counterpart of `ask`.

    The request's ``memory``, if any, limits the process's address space in bytes. Unless `imports` is false, modules
    are also imported from the working directory.
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
    except Exception as error:  # exceptions of the user's code were turned into AssayErrors where it was called
        traceback.print_exc()
        said = _Answer(refusal=_Refusal(f"{type(error).__name__}: {error}", None, is_ours=True))
    # Renaming is atomic: if the process is killed while it writes, `ask` finds no file rather than half an answer.
    partly = file.with_suffix(".part")
    partly.write_bytes(msgspec.json.encode(said))
    partly.rename(file)
