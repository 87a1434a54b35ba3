"""What files, folders and installed distributions hold, as digests; each is read once."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from assay.checker.gate.requests import Dependency

__all__ = ["Digests", "is_installed", "own_version"]

_INSTALLED = {"site-packages", "dist-packages"}
"""Folders of what is installed."""

SOLVERS = ("llvmlite", "numba", "numpy", "python-sat", "scipy", "z3-solver")
"""Distributions on which verdicts may hang, whatever a model imports."""


class Digests:
    """Digests of what is there now.

    Parameters
    ----------
    root : Path
        Names of files and folders that are not absolute are read from there.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[tuple[str, str], str] = {}

    def of(self, kind: str, name: str) -> str:
        """Return the digest of a dependency's content; empty where there is nothing of that name."""
        if (kind, name) not in self._known:
            read = {"file": _file, "folder": _folder}.get(kind)
            self._known[kind, name] = _distribution(name) if read is None else read(self.root / name)
        return self._known[kind, name]

    def agree(self, dependencies: Iterable[Dependency]) -> bool:
        """Return whether everything still is as it was noted."""
        return all(self.of(one.kind, one.name) == one.digest for one in dependencies)


def _file(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    except (OSError, ValueError):
        return ""


def _folder(path: Path) -> str:
    try:
        return hashlib.sha256("\0".join(sorted(os.listdir(path))).encode("utf-8", "surrogateescape")).hexdigest()
    except (OSError, ValueError):
        return ""


@cache
def _distribution(name: str) -> str:
    """Return the digest of what a distribution installed: its record has a hash of each of its files."""
    found = _installed(name)
    if found is None:
        return ""
    return hashlib.sha256(f"{found.version}\n{found.read_text('RECORD')}".encode()).hexdigest()


@cache
def own_version() -> str:
    """Return what tells this assay from others: the content of its own modules, Python and its path, and the solvers.

    A number would not do: it stays the same while assay is developed.
    """
    digest = hashlib.sha256(f"{platform.python_implementation()} {platform.python_version()}\n".encode())
    digest.update(f"{os.environ.get('PYTHONPATH', '')}\n".encode("utf-8", "surrogateescape"))
    digest.update(f"{_distribution('assay')}\n".encode())  # also its models and the runtime of nodes, once installed
    for name in SOLVERS:
        digest.update(f"{name} {_version(name)}\n".encode())
    for path in _own_modules():
        digest.update(f"{path.name} {_file(path)}\n".encode())
    return digest.hexdigest()


def _own_modules() -> Iterator[Path]:
    for package in ("assay.checker", "assay.proofs"):
        found = importlib.util.find_spec(package)
        if found is not None and found.origin is not None:
            yield from sorted(Path(found.origin).parent.rglob("*.py"))


def _version(name: str) -> str:
    found = _installed(name)
    return "none" if found is None else found.version


def _installed(name: str) -> importlib.metadata.Distribution | None:
    """Return an installed distribution, the same in whichever process asks.

    What a build left behind in a folder that happens to be on the path, such as a project's ``.egg-info``, is none.
    """
    folders = [entry for entry in sys.path if is_installed(entry)]
    return next(iter(importlib.metadata.distributions(name=name, path=folders)), None)


def is_installed(path: str) -> bool:
    """Return whether a path is one of installed distributions, which tell what it holds."""
    return not _INSTALLED.isdisjoint(Path(path).parts)
