"""What belongs to Python: the modules of its standard library."""

from __future__ import annotations

import os
import sys
import sysconfig
from functools import cache

__all__ = ["is_of_python"]


def is_of_python(module: str) -> bool:
    """Return whether a module is one of Python's own, by the name that it was imported under.

    A name of the standard library is not enough: a project may have a `mailbox.py` of its own beside its nodes, which
    is the one that they import.
    """
    name = module.partition(".")[0]
    if name not in sys.stdlib_module_names:
        return False
    file = getattr(sys.modules.get(name), "__file__", None)
    return file is None or os.path.realpath(file).startswith(_folders())


@cache
def _folders() -> tuple[str, ...]:
    return tuple(os.path.join(os.path.realpath(sysconfig.get_path(name)), "") for name in ("stdlib", "platstdlib"))
