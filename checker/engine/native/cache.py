"""Compiled code, kept between runs in a directory of the user.

A file is named by what it was made from: the source, and the versions of everything that compiled it. It is
written beside and then renamed, so that two first runs at once do no harm, and it carries a checksum, so that
a damaged one is made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from assay.checker.engine.native.objects import ObjectCode, link_object, target_name
from assay.checker.errors import EngineFault

__all__ = ["are_loadable", "cache_directory", "compiled", "is_compiled", "load_functions"]

_MAGIC = b"assay object 1\n"


@cache
def cache_directory() -> Path:
    """Return the directory for compiled code, and make it.

    ``ASSAY_CACHE_DIR``, else ``XDG_CACHE_HOME/assay``, else ``~/.cache/assay``; a temporary one, for this
    process only, where none of these can be written.
    """
    for candidate in _candidates():
        if _usable(candidate):
            return candidate
    return Path(tempfile.mkdtemp(prefix="assay-"))


def _candidates() -> list[Path]:
    explicit, shared = os.environ.get("ASSAY_CACHE_DIR"), os.environ.get("XDG_CACHE_HOME")
    candidates = [Path(explicit)] if explicit else []
    if shared:
        candidates.append(Path(shared) / "assay")
    with contextlib.suppress(RuntimeError):  # no home directory
        candidates.append(Path.home() / ".cache" / "assay")
    return candidates


def _usable(directory: Path) -> bool:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            return True
    except OSError:
        return False


@cache
def _toolchain() -> str:
    """Name everything besides the source that decides what code comes out."""
    versions = (version("numba"), version("llvmlite"), platform.python_version())
    return " ".join((*versions, sys.implementation.cache_tag or "", target_name()))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join((_toolchain(), *parts)).encode()).hexdigest()[:32]


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that no reader ever sees a part of it; do nothing where that is not possible."""
    with contextlib.suppress(OSError):
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(temporary, path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)


def compiled(name: str, source: str, build: Callable[[], ObjectCode]) -> dict[str, int]:
    """Return the addresses of compiled functions, from the cache where they are there.

    Parameters
    ----------
    name : str
        Something to recognise the file by.
    source : str
        What the functions are made from.
    build : callable
        Compiles them; called only when they are not in the cache.

    Returns
    -------
    dict from str to int
        Addresses, good until the process ends.

    Raises
    ------
    EngineFault
        If what was just compiled cannot be linked.
    """
    path = _object_file(name, source)
    addresses = _try_link(_read(path))
    if addresses is None:
        code = build()
        write_atomically(path, _pack(code))
        addresses = _try_link(code)
    if addresses is None:
        raise EngineFault(f"compiled code for {name} cannot be linked")
    return addresses


def is_compiled(name: str, source: str) -> bool:
    """Return whether `compiled` would find these functions in the cache."""
    return _object_file(name, source).exists()


def are_loadable(name: str, source: str) -> bool:
    """Return whether `load_functions` would find these functions in the cache."""
    return is_compiled(name, source + _compiler_text())


def _object_file(name: str, source: str) -> Path:
    return cache_directory() / f"{name}-{_digest(name, source)}.o"


def _try_link(code: ObjectCode | None) -> dict[str, int] | None:
    if code is None:
        return None
    try:
        return link_object(code)
    except (LookupError, RuntimeError):
        return None


def _pack(code: ObjectCode) -> bytes:
    header = json.dumps({"symbols": dict(code.symbols), "imports": code.imports}).encode() + b"\n"
    body = header + code.image
    return _MAGIC + hashlib.sha256(body).digest() + body


def _read(path: Path) -> ObjectCode | None:
    content = _bytes_of(path) or b""
    start = len(_MAGIC) + 32
    body = content[start:]
    if content[:start] != _MAGIC + hashlib.sha256(body).digest():
        return None
    header, _, image = body.partition(b"\n")
    fields = json.loads(header)
    return ObjectCode(fields["symbols"], tuple(fields["imports"]), image)


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def load_functions(name: str, source: str, entries: tuple[str, ...]) -> dict[str, int]:
    """Return the addresses of the C functions that generated source defines.

    Parameters
    ----------
    name : str
        Something to recognise the files by, such as the model's name.
    source : str
        A module in the language of `assay.checker.engine.native.compiler`.
    entries : tuple of str
        The functions that are wanted; one that is absent from the module has the address 0.
    """

    def build() -> ObjectCode:
        from assay.checker.engine.native.compiler import compile_source

        return compile_source(source, entries)

    return dict.fromkeys(entries, 0) | compiled(name, source + _compiler_text(), build)


@cache
def _compiler_text() -> str:
    package = files("assay.checker.engine.native")
    return "\0".join(package.joinpath(name).read_text(encoding="utf-8") for name in ("compiler.py", "objects.py"))
