"""Observe what raises no audit event: `os.stat` and the like, environment variables, and failed imports.

In a worker process, which does nothing but verify, the functions of Python that answer these are replaced by wrappers
that report the request and then answer as before.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import Any

from assay.checker.gate.origins import asks_for_the_project, is_of_python

__all__ = ["overhear"]

Asked = Callable[[str, str], None]
"""Called with the kind and the name of each dependency."""

Sought = Callable[[str, Sequence[str] | None, bool], None]
"""Called with a module's name, its search path (None: `sys.path`), and whether the project's code imports it."""

_LOOKS = ("stat", "lstat", "access", "readlink")
_TYPE_ONLY = {
    *("exists", "lexists", "isfile", "isdir", "islink", "ismount", "realpath", "_joinrealpath", "makedirs"),
    *("is_file", "is_dir", "is_symlink", "is_mount", "resolve", "mkdir"),
}
"""Functions of the standard library that use a path's type only, neither its size nor its times."""


def overhear(asked: Asked, unseen: Callable[[str], None], sought: Sought) -> None:
    """Report from now on what the project's code looks at in this process.

    Parameters
    ----------
    asked : callable
        Called for each path examined (``type`` or ``status``) and each environment variable read (``environment``;
        ``*`` for all of them).
    unseen : callable
        Called with a reason when something cannot be tracked.
    sought : callable
        Called for each module that is imported.
    """
    for name in _LOOKS:
        setattr(os, name, _looking(getattr(os, name), asked, unseen))
    environment: Any = type(os.environ)
    for name in ("__iter__", "__len__", "__repr__"):
        setattr(environment, name, _listing(getattr(environment, name), asked))
    environment.__getitem__ = _reading(environment.__getitem__, asked)
    sys.meta_path.insert(0, _Finder(sought))


def _looking(look: Callable[..., Any], asked: Asked, unseen: Callable[[str], None]) -> Callable[..., Any]:
    def looked(path: Any, *rest: Any, **options: Any) -> Any:
        frame = sys._getframe(1)
        if asks_for_the_project(frame):
            if isinstance(path, int) or options.get("dir_fd") is not None:
                unseen("a file is looked at by its descriptor")
            else:
                kind = "type" if look.__name__ == "readlink" or _asks_for_the_type(frame) else "status"
                asked(kind, os.path.abspath(os.fsdecode(path)))
        return look(path, *rest, **options)

    # The standard library tests membership in these sets before it passes such arguments: the wrapper must be in them
    # too.
    for known in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
        if look in known:
            known.add(looked)
    return looked


def _asks_for_the_type(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code.co_name in ("stat", "lstat") and is_of_python(frame.f_code):
        frame = frame.f_back  # pathlib's own stat method, called by is_file and others
    return frame is not None and is_of_python(frame.f_code) and frame.f_code.co_name in _TYPE_ONLY


def _reading(read: Callable[[Any, Any], Any], asked: Asked) -> Callable[[Any, Any], Any]:
    def get(self: Any, key: Any) -> Any:
        if asks_for_the_project(sys._getframe(1)):
            asked("environment", os.fsdecode(key))
        return read(self, key)

    return get


def _listing(list_: Callable[[Any], Any], asked: Asked) -> Callable[[Any], Any]:
    def listed(self: Any) -> Any:
        if asks_for_the_project(sys._getframe(1)):
            asked("environment", "*")
        return list_(self)

    return listed


class _Finder:
    """A meta path finder that finds nothing and reports each module searched for."""

    def __init__(self, sought: Sought) -> None:
        self._sought = sought

    def find_spec(self, name: str, path: Sequence[str] | None, _: ModuleType | None = None) -> ModuleSpec | None:
        """Report the module and return None, which leaves it to the next finder."""
        self._sought(name, path, asks_for_the_project(sys._getframe(1)))
        return None
