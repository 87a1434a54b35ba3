"""Tell whether a file or a calling frame belongs to the project, or to code that a version number identifies."""

from __future__ import annotations

import importlib.util
import itertools
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import CodeType, FrameType

from assay.checker.standard_library import folders, holds, is_installed

__all__ = ["asks_for_the_project", "is_of_interest", "is_of_python"]

_TRUSTED = {
    "assay",
    "cvc5",
    "cyclopts",
    "llvmlite",
    "msgspec",
    "networkx",
    "numba",
    "numpy",
    "pysat",
    "rich",
    "scipy",
    "z3",
}
"""Assay and its dependencies, as installed: what they look up for themselves affects no verdict."""


@cache
def is_of_interest(path: str, root: str) -> bool:
    """Return whether a path's content must be recorded: neither assay, Python nor an installed distribution covers it.

    Parameters
    ----------
    path : str
        Absolute.
    root : str
        The project's root, which may itself be inside site-packages.
    """
    below = path[len(root) :] if path == root or path.startswith(root.rstrip(os.sep) + os.sep) else path
    return not is_installed(below) and not _is_below(path, _accounted_for())


def asks_for_the_project(frame: FrameType | None) -> bool:
    """Return whether a frame acts on behalf of the project's code.

    Frames of the standard library in between are skipped: `pathlib` calls `os.stat`, `os` reads the environment.
    """
    while frame is not None and is_of_python(frame.f_code):
        frame = frame.f_back
    return frame is None or not _is_trusted(frame.f_code.co_filename)


@cache
def is_of_python(code: CodeType) -> bool:
    """Return whether code belongs to the standard library, frozen modules included."""
    file = code.co_filename
    return file.startswith("<frozen") or holds(file)


@cache
def _is_trusted(file: str) -> bool:
    parts = Path(file).parts
    installed = {after for before, after in itertools.pairwise(parts) if is_installed(before)}
    return not installed.isdisjoint(_TRUSTED) or _is_below(os.path.abspath(file), _packages())


def _is_below(path: str, folders: frozenset[str]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


@cache
def _accounted_for() -> frozenset[str]:
    """Return the folders whose content a version identifies, and those of pseudo file systems."""
    return folders() | _packages() | {"/proc", "/sys", "/dev"}


@cache
def _packages() -> frozenset[str]:
    known = [str(Path(file).parent) for file in map(_package, ("assay.checker", "assay.proofs")) if file]
    return frozenset({*map(os.path.abspath, known), *map(os.path.realpath, known)})


def _package(name: str) -> str | None:
    with suppress(ImportError):
        found = importlib.util.find_spec(name)
        return None if found is None else found.origin
    return None
