"""Compiled code, kept between runs in a directory of the user (see `assay.checker.storage`).

A file is named by a digest of what it was made from: the source, and the versions of everything that compiled it. It is
written under a temporary name and then renamed, so that two first runs at once do no harm, and it carries a checksum,
so that damaged code is compiled again. Where nothing can be kept, code is compiled for this process alone.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from assay.checker.engine.native.codegen.operations.instructions import Module
from assay.checker.engine.native.objects import ObjectCode, link_object, target_name
from assay.checker.errors import InternalError
from assay.checker.storage import kept_directory

__all__ = ["are_loadable", "compiled", "is_compiled", "load_functions"]

_MAGIC = b"assay object 1\n"
_LONGEST_NAME = 60
"""The most characters of a model's name to put in a file name, which file systems limit to 255 bytes in all."""

_linked: dict[str, dict[str, int]] = {}
"""What this process has linked where nothing can be kept, so that no code is compiled twice."""


@cache
def _toolchain() -> str:
    """Return everything besides the source that decides what code is generated."""
    versions = (version("numba"), version("llvmlite"), platform.python_version())
    return " ".join((*versions, sys.implementation.cache_tag or "", target_name()))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join((_toolchain(), *parts)).encode()).hexdigest()[:32]


def compiled(name: str, source: str, build: Callable[[], ObjectCode]) -> dict[str, int]:
    """Return the addresses of compiled functions; compile them unless they are in the cache.

    Parameters
    ----------
    name : str
        A name to recognise the file by.
    source : str
        What the functions are made from.
    build : callable
        Compiles them; called only if they are not in the cache.

    Returns
    -------
    dict from str to int
        Addresses, valid until the process ends.

    Raises
    ------
    InternalError
        If freshly compiled code cannot be linked.
    """
    file, directory = _file_name(name, source), kept_directory()
    if directory is None:
        if file not in _linked:
            _linked[file] = _linked_fresh(name, build())
        return _linked[file]
    addresses = _try_link(_unpack(directory.read(file)))
    # A cached file may fail to link because a symbol that it needs is missing here; then the code is compiled again.
    if addresses is None:
        code = build()
        directory.write(file, _pack(code))
        addresses = _linked_fresh(name, code)
    return addresses


def _linked_fresh(name: str, code: ObjectCode) -> dict[str, int]:
    addresses = _try_link(code)
    if addresses is None:
        raise InternalError(f"compiled code for {name} cannot be linked")
    return addresses


def is_compiled(name: str, source: str) -> bool:
    """Return whether `compiled` would find these functions in the cache."""
    directory = kept_directory()
    return directory is not None and directory.has(_file_name(name, source))


def are_loadable(name: str, source: str) -> bool:
    """Return whether `load_functions` would find these functions in the cache."""
    return is_compiled(name, source + _compiler_text())


def _file_name(name: str, source: str) -> str:
    """Return a name that every file system accepts; files are told apart by the digest in it."""
    readable = re.sub(r"[^A-Za-z0-9_-]", "_", name)[:_LONGEST_NAME]
    return f"{readable}-{_digest(name, source)}.o"


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


def _unpack(content: bytes | None) -> ObjectCode | None:
    """Return the code in a file; None if there is no file, or it is damaged."""
    content = content or b""
    start = len(_MAGIC) + 32
    body = content[start:]
    if content[:start] != _MAGIC + hashlib.sha256(body).digest():
        return None
    header, _, image = body.partition(b"\n")
    fields = json.loads(header)
    return ObjectCode(fields["symbols"], tuple(fields["imports"]), image)


def load_functions(name: str, module: Module, text: str, entries: tuple[str, ...]) -> dict[str, int]:
    """Return the addresses of generated functions.

    Parameters
    ----------
    name : str
        A name to recognise the file by, such as the model's.
    module : Module
        The functions.
    text : str
        Their listing, by which they are found in the cache.
    entries : tuple of str
        The functions to return; one that is not in the module has the address 0.
    """

    def build() -> ObjectCode:
        from assay.checker.engine.native.compiler import compile_module

        return compile_module(module)

    return dict.fromkeys(entries, 0) | compiled(name, text + _compiler_text(), build)


@cache
def _compiler_text() -> str:
    # The source of the compiler is part of the key: it decides what code is generated, as the instructions do.
    package = files("assay.checker.engine.native")
    return "\0".join(package.joinpath(name).read_text(encoding="utf-8") for name in ("compiler.py", "objects.py"))
