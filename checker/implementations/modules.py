"""Modules of several releases in one process: each release finds its own under the names that it imports."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

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
    """Return whether a module, or a package without a file of its own, lies in one of some folders or below."""
    file = getattr(module, "__file__", None)
    places = [file] if file is not None else [*getattr(module, "__path__", ())]
    return any(Path(place).resolve().is_relative_to(Path(folder).resolve()) for place in places for folder in folders)
