"""Modules of several releases in one process: each release finds its own under the names that it imports."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from assay.impl.node.releases import Release

__all__ = ["active"]


@contextlib.contextmanager
def active(release: Release) -> Iterator[None]:
    """Let what runs here import the modules of a release: a handler may import what it needs when it is called."""
    hidden = {name: sys.modules.get(name) for name in release.modules}
    sys.modules.update(release.modules)
    try:
        yield
    finally:
        for name, module in hidden.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module
