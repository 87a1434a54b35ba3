"""Content digests of files, folders and installed distributions, each computed once."""

from __future__ import annotations

import hashlib
import importlib.machinery
import importlib.metadata
import importlib.util
import os
import platform
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from assay.checker.standard_library import is_installed

__all__ = ["OF_WORKERS", "Digests", "own_version"]

SOLVERS = ("llvmlite", "numba", "numpy", "python-sat", "scipy", "z3-solver")
"""Distributions that can affect a verdict whether or not the model imports them."""


LOCK = "assay.lock"
"""The gate's own output, left out of folder digests: accepting must not invalidate the answers accepted."""

OF_WORKERS = "PYTHONDONTWRITEBYTECODE"
"""Set in every worker process, whatever the user's environment says."""

_OF_NO_ACCOUNT = {OF_WORKERS, "PYTHONPYCACHEPREFIX", "PYTHONUNBUFFERED", "PYTHONFAULTHANDLER"}
"""Variables of Python that do not affect what a model does."""


class Digests:
    """Digests of the present content.

    Parameters
    ----------
    root : Path
        Root of relative paths.
    environment : mapping from name to text, optional
        Environment variables; those of this process by default.
    """

    def __init__(self, root: Path, environment: Mapping[str, str] | None = None) -> None:
        self.root = root
        self._environment = os.environ if environment is None else environment
        self._known: dict[tuple[str, str], str] = {}

    def of(self, kind: str, name: str) -> str:
        """Return the digest of a dependency's content, or an empty string if it does not exist."""
        if (kind, name) not in self._known:
            self._known[kind, name] = self._read(kind, name)
        return self._known[kind, name]

    def _read(self, kind: str, name: str) -> str:
        match kind:
            case "distribution":
                return _distribution(name)
            case "module":
                return _module(name)
            case "environment":
                return _variables(self._environment) if name == "*" else _variable(self._environment, name)
        return _OF_PATHS[kind](self.root / name)


def _file(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    except PermissionError:
        return "unreadable"
    except (OSError, ValueError):
        return ""


def _folder(path: Path) -> str:
    """Return the digest of a folder's entries: their names and types, not their content."""
    try:
        with os.scandir(path) as entries:
            told = (f"{entry.name}\0{_word(entry)}" for entry in entries if entry.name != LOCK)
            return _hash("\0".join(sorted(told)))
    except (OSError, ValueError):
        return ""


def _word(entry: os.DirEntry[str]) -> str:
    return "link" if entry.is_symlink() else "folder" if entry.is_dir() else "file"


def _type(path: Path) -> str:
    """Return the type of a path, both with and without following links."""
    try:
        status = os.lstat(path)
        if not stat.S_ISLNK(status.st_mode):
            return str(stat.S_IFMT(status.st_mode))
        target = os.readlink(path)
    except (OSError, ValueError):
        return ""
    with suppress(OSError):
        return _hash(f"{target}\0{stat.S_IFMT(os.stat(path).st_mode)}")
    return _hash(target)


def _status(path: Path) -> str:
    """Return the digest of a path's type, mode, size and modification time."""
    told = [_type(path)]
    for look in (os.lstat, os.stat):
        with suppress(OSError, ValueError):
            found = look(path)
            told.append(f"{found.st_mode} {found.st_size} {found.st_mtime_ns}")
    return _hash("\0".join(told)) if told[0] else ""


_OF_PATHS = {"file": _file, "folder": _folder, "type": _type, "status": _status}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _variable(environment: Mapping[str, str], name: str) -> str:
    return _hash(environment[name]) if name in environment else ""


def _variables(environment: Mapping[str, str]) -> str:
    """Return the digest of all variables except `OF_WORKERS`."""
    told = sorted(f"{name}={environment[name]}" for name in environment if name != OF_WORKERS)
    return _hash("\0".join(told))


def _module(name: str) -> str:
    """Return the digest of the places where a top-level module is installed; empty if there are none."""
    suffixes = ("", *importlib.machinery.all_suffixes())
    places = [os.path.join(entry, name + suffix) for entry in _installed_on_path() for suffix in suffixes]
    found = [place for place in places if os.path.exists(place)]
    return _hash("\0".join(found)) if found else ""


@cache
def _distribution(name: str) -> str:
    """Return the digest of a distribution's RECORD, which holds a hash of each installed file."""
    found = _installed(name)
    if found is None:
        return ""
    return hashlib.sha256(f"{found.version}\n{found.read_text('RECORD')}".encode()).hexdigest()


@cache
def own_version() -> str:
    """Return a digest of assay's own modules, Python and its settings, and the solvers.

    The version number would not do: it stays the same while assay is developed.
    """
    digest = hashlib.sha256(f"{platform.python_implementation()} {platform.python_version()}\n".encode())
    for name in sorted(name for name in os.environ if name.startswith("PYTHON") and name not in _OF_NO_ACCOUNT):
        digest.update(f"{name}={os.environ[name]}\n".encode("utf-8", "surrogateescape"))
    digest.update(f"{_distribution('assay')}\n".encode())  # covers models and node runtime, if installed
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
    """Return an installed distribution, the same one in every process.

    Build leftovers in some folder on the path, such as a project's ``.egg-info``, do not count: whether they are found
    depends on where the process was started.
    """
    return next(iter(importlib.metadata.distributions(name=name, path=_installed_on_path())), None)


def _installed_on_path() -> list[str]:
    return [entry for entry in sys.path if is_installed(entry)]
