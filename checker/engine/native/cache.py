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
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from assay.checker.engine.native.objects import ObjectCode, compile_object, link_object, target_name

__all__ = ["cache_directory", "compiled", "is_compiled", "load_functions", "load_source"]

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


def compiled(name: str, source: str, build: Callable[[], Mapping[str, Any]]) -> dict[str, int]:
    """Return the addresses of compiled functions, from the cache where they are there.

    Parameters
    ----------
    name : str
        Something to recognise the file by.
    source : str
        What the functions are made from.
    build : callable
        Makes the functions, Numba ``cfunc`` objects by name; called only when they are not in the cache.

    Returns
    -------
    dict from str to int
        Addresses, good until the process ends.
    """
    path = _object_file(name, source)
    addresses = _try_link(_read(path))
    if addresses is None:
        functions = build()
        code = compile_object(functions)
        write_atomically(path, _pack(code))
        addresses = _try_link(code) or _addresses_in(functions)
    return addresses


def is_compiled(name: str, source: str) -> bool:
    """Return whether `compiled` would find these functions in the cache."""
    return _object_file(name, source).exists()


def _object_file(name: str, source: str) -> Path:
    return cache_directory() / f"{name}-{_digest(name, source)}.o"


def _addresses_in(functions: Mapping[str, Any]) -> dict[str, int]:
    _kept.append(functions)
    return {name: function.address for name, function in functions.items()}


_kept: list[Mapping[str, Any]] = []


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


def load_functions(name: str, source: str, entries: tuple[str, ...]) -> dict[str, int]:
    """Return the addresses of the C functions that generated source defines.

    Parameters
    ----------
    name : str
        Something to recognise the files by, such as the model's name.
    source : str
        A Python module whose attributes `entries` are Numba ``cfunc`` objects (without ``cache=True``).
    entries : tuple of str
        Their names; one that is absent from the module, or None there, has the address 0.
    """
    present = compiled(name, source, lambda: _cfuncs(load_source(name, source), entries))
    return dict.fromkeys(entries, 0) | present


def _cfuncs(module: ModuleType, entries: tuple[str, ...]) -> dict[str, Any]:
    functions = {entry: getattr(module, entry, None) for entry in entries}
    return {entry: function for entry, function in functions.items() if function is not None}


def load_source(name: str, source: str) -> ModuleType:
    """Make a module of generated Python source, which is kept as a file in the cache for debuggers and Numba.

    Parameters
    ----------
    name : str
        Something to recognise the file by.
    source : str
        The text of the module.
    """
    path = cache_directory() / f"{name}-{_digest(name, source)}.py"
    if _bytes_of(path) != source.encode():
        write_atomically(path, source.encode())
    module = ModuleType(f"assay_generated_{path.stem}".replace("-", "_"))
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    exec(compile(source, path, "exec"), module.__dict__)
    return module


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
