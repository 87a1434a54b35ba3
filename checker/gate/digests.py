"""What files, folders and installed distributions hold, as digests; each is read once."""

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

__all__ = ["OF_WORKERS", "Digests", "is_installed", "own_version"]

_INSTALLED = {"site-packages", "dist-packages"}
"""Folders of what is installed."""

SOLVERS = ("llvmlite", "numba", "numpy", "python-sat", "scipy", "z3-solver")
"""Distributions on which verdicts may hang, whatever a model imports."""


LOCK = "assay.lock"
"""What the gate itself writes beside what it verifies: that it is there makes no answer another one."""

OF_WORKERS = "PYTHONDONTWRITEBYTECODE"
"""A variable that is set where something is verified, whether or not it is set for the user."""

_OF_NO_ACCOUNT = {OF_WORKERS, "PYTHONPYCACHEPREFIX", "PYTHONUNBUFFERED", "PYTHONFAULTHANDLER"}
"""Variables of Python that no model can tell."""


class Digests:
    """Digests of what is there now.

    Parameters
    ----------
    root : Path
        Names of files and folders that are not absolute are read from there.
    environment : mapping from name to text, optional
        That of this process, unless another one is given.
    """

    def __init__(self, root: Path, environment: Mapping[str, str] | None = None) -> None:
        self.root = root
        self._environment = os.environ if environment is None else environment
        self._known: dict[tuple[str, str], str] = {}

    def of(self, kind: str, name: str) -> str:
        """Return the digest of a dependency's content; empty where there is nothing of that name."""
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
    """Return the digest of the names in a folder, and of what each of them is."""
    try:
        with os.scandir(path) as entries:
            told = (f"{entry.name}\0{_word(entry)}" for entry in entries if entry.name != LOCK)
            return _hash("\0".join(sorted(told)))
    except (OSError, ValueError):
        return ""


def _word(entry: os.DirEntry[str]) -> str:
    return "link" if entry.is_symlink() else "folder" if entry.is_dir() else "file"


def _type(path: Path) -> str:
    """Return what a path is, for whoever follows links and for whoever does not."""
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
    """Return the digest of what is told of a path: what it is, who may read it, its size, when it was changed."""
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
    """Return the digest of all variables but the one that only processes that verify have."""
    told = sorted(f"{name}={environment[name]}" for name in environment if name != OF_WORKERS)
    return _hash("\0".join(told))


def _module(name: str) -> str:
    """Return the digest of where a module of a name that is not dotted is installed; empty where it is nowhere."""
    suffixes = ("", *importlib.machinery.all_suffixes())
    places = [os.path.join(entry, name + suffix) for entry in _installed_on_path() for suffix in suffixes]
    found = [place for place in places if os.path.exists(place)]
    return _hash("\0".join(found)) if found else ""


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
    for name in sorted(name for name in os.environ if name.startswith("PYTHON") and name not in _OF_NO_ACCOUNT):
        digest.update(f"{name}={os.environ[name]}\n".encode("utf-8", "surrogateescape"))
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
    return next(iter(importlib.metadata.distributions(name=name, path=_installed_on_path())), None)


def _installed_on_path() -> list[str]:
    return [entry for entry in sys.path if is_installed(entry)]


def is_installed(path: str) -> bool:
    """Return whether a path is one of installed distributions, which tell what it holds."""
    return not _INSTALLED.isdisjoint(Path(path).parts)
