"""Modules of several releases in one process: each release finds its own under the names that it imports."""

from __future__ import annotations

import contextlib
import functools
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from assay.checker.standard_library import folders
from assay.impl.node.releases import Release

__all__ = ["active", "is_below"]


@contextlib.contextmanager
def active(release: Release) -> Iterator[None]:
    """Let what runs here import the modules of a release: a handler may import what it needs when it is called."""
    hidden = {name: sys.modules.get(name) for name in release.modules}
    sys.modules.update(release.modules)
    known, path = {*sys.modules}, list(sys.path)
    sys.path += release.paths
    try:
        yield
    finally:
        sys.path[:] = path
        for name in {*sys.modules} - known:
            if is_below(sys.modules[name], release.paths):
                release.modules[name] = sys.modules.pop(name)
        for name, module in hidden.items():
            _put_back(name, module)


def _put_back(name: str, module: ModuleType | None) -> None:
    if module is None:
        sys.modules.pop(name, None)
    else:
        sys.modules[name] = module


def is_below(module: ModuleType, folders: tuple[str, ...]) -> bool:
    """Return whether a module, or a package without a file of its own, lies in one of some folders or below.

    What is installed into an environment below such a folder does not count: it is the same for all releases.
    """
    file = getattr(module, "__file__", None)
    places = [Path(place).resolve() for place in ([file] if file is not None else getattr(module, "__path__", ()))]
    return any(_holds(Path(folder).resolve(), place) for place in places for folder in folders)


def _holds(folder: Path, place: Path) -> bool:
    installed = (library for library in _libraries() if library.is_relative_to(folder))
    return place.is_relative_to(folder) and not any(map(place.is_relative_to, installed))


@functools.cache
def _libraries() -> tuple[Path, ...]:
    installed = {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")}
    return (*map(Path, folders()), *installed)
