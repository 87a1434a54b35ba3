"""What belongs to Python: the modules of its standard library, and the folders that they are in."""

from __future__ import annotations

import os
import sys
import sysconfig
from functools import cache
from pathlib import Path

__all__ = ["folders", "holds", "is_installed", "is_of_python"]

_INSTALLED = {"site-packages", "dist-packages"}
"""Folders that package installers write to."""


def is_of_python(module: str) -> bool:
    """Return whether a module is one of Python's own, by the name that it was imported under.

    A name of the standard library is not enough: a project may have a `mailbox.py` of its own beside its nodes, which
    is the one that they import.
    """
    name = module.partition(".")[0]
    if name not in sys.stdlib_module_names:
        return False
    file = getattr(sys.modules.get(name), "__file__", None)
    return file is None or holds(os.path.realpath(file))


def is_installed(path: str) -> bool:
    """Return whether a path belongs to installed distributions, whose RECORD covers its content."""
    return not _INSTALLED.isdisjoint(Path(path).parts)


def holds(path: str) -> bool:
    """Return whether a file belongs to the standard library; what is installed lies below it, and does not."""
    return not is_installed(path) and path.startswith(tuple(os.path.join(folder, "") for folder in folders()))


@cache
def folders() -> frozenset[str]:
    """Return the folders of the standard library, as they are named and where they really are."""
    known = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
    return frozenset({*map(os.path.abspath, known), *map(os.path.realpath, known)})
