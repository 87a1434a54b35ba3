"""What an answer rests on: every file that was imported or read, every folder that was listed.

They are noted while a process verifies, by an audit hook (PEP 578), which sees what the import system and `open` do
whoever calls them. What is looked for and not there is noted, too: once it appears, the answer may be another one.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from assay.checker.gate.digests import Digests, is_installed
from assay.checker.gate.requests import Dependency

__all__ = ["Watch"]


class Watch:
    """Notes what this process imports and reads, from now on.

    Parameters
    ----------
    root : Path
        The project.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files: set[str] = set()
        self._written: set[str] = set()
        self._folders: set[str] = set()
        self._imports: set[tuple[str, tuple[str, ...]]] = set()
        sys.addaudithook(self._note)

    def dependencies(self) -> tuple[Dependency, ...]:
        """Return what was noted so far, with its content now."""
        digests = Digests(self.root)
        found = {("file", self._short(path)) for path in self._relevant_files()}
        found |= {("folder", self._short(path)) for path in self._relevant_folders()}
        found |= {("distribution", name) for name in self._distributions()}
        return tuple(Dependency(kind, name, digests.of(kind, name)) for kind, name in sorted(found))

    def has_changed_since(self, began: float) -> bool:
        """Return whether what was read or listed was changed after a moment: nobody knows which content was read.

        What was imported and is not there any more was removed since.
        """
        gone = any(_is_of_interest(path) and not os.path.exists(path) for path in _imported())
        files = {path for path in self._relevant_files() if not os.path.isdir(path)}  # some are opened to be searched
        return gone or any(_changed(path) >= began for path in files | self._relevant_folders())

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        match event, arguments:
            case "open", (str() | bytes() as path, mode, flags):
                noted = self._written if _writes(mode, flags) else self._files
                noted.add(os.path.abspath(os.fsdecode(path)))
            case (("os.listdir" | "os.scandir"), (str() | bytes() | None as path,)) if not _is_of_an_import():
                self._folders.add(os.path.abspath(os.fsdecode(path or os.curdir)))
            case "import", (str() as name, _, path, *_):
                entries = sys.path if path is None else path
                self._imports.add((name, tuple(entry for entry in entries if isinstance(entry, str))))

    def _relevant_files(self) -> set[str]:
        # What this process wrote itself, it does not depend on.
        found = {path for path in self._files - self._written if not path.endswith(".pyc")}
        found |= _imported()
        found |= {path for name, entries in [*self._imports] for path in _candidates(name, entries)}
        return {path for path in found if _is_of_interest(path)}

    def _relevant_folders(self) -> set[str]:
        return {path for path in self._folders if _is_of_interest(path)}

    def _distributions(self) -> Iterator[str]:
        """Yield the installed distributions of which modules are loaded, assay's own apart: its version tells those."""
        loaded = {name.partition(".")[0] for name in [*sys.modules]} - sys.stdlib_module_names - {"assay", "__main__"}
        providers = importlib.metadata.packages_distributions()
        yield from {name for module in loaded for name in providers.get(module, ())}

    def _short(self, path: str) -> str:
        with suppress(ValueError):
            return Path(path).relative_to(self.root).as_posix()
        return path


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return not mode.startswith("r") or "+" in mode
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


def _is_of_an_import() -> bool:
    """Return whether the import system asks, or what tells of distributions: both are noted name by name."""
    return str(sys._getframe(2).f_globals.get("__name__")).startswith(("importlib", "_frozen_importlib"))


def _imported() -> set[str]:
    return {os.path.abspath(file) for file in map(_source, [*sys.modules.values()]) if file is not None}


def _source(module: object) -> str | None:
    file = getattr(module, "__file__", None)
    return file if isinstance(file, str) else None


def _candidates(name: str, entries: tuple[str, ...]) -> Iterator[str]:
    """Yield where a module was looked for: whichever of these files is first there is the one that is imported."""
    parent, _, last = name.rpartition(".")
    if parent:
        with suppress(Exception):  # whatever a package made of its path
            entries = tuple(str(entry) for entry in sys.modules[parent].__path__)
    elif last in sys.stdlib_module_names:
        return
    for folder in filter(os.path.isabs, entries):  # others stand for finders that look into no folder
        if _is_of_interest(folder):
            yield os.path.join(folder, f"{last}.py")
            yield os.path.join(folder, last, "__init__.py")


def _changed(path: str) -> float:
    try:
        return os.stat(path).st_ctime  # not that of writing: what is moved or copied here may bring an old one
    except OSError:
        return 0.0


@cache
def _is_of_interest(path: str) -> bool:
    """Return whether what lies there is the project's, or another one's that assay and Python do not account for."""
    if is_installed(path):
        return False
    return not any(path == folder or path.startswith(folder + os.sep) for folder in _accounted_for())


@cache
def _accounted_for() -> frozenset[str]:
    """Return the folders whose content is told by versions, or that only look like files."""
    known = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")] + ["/proc", "/sys", "/dev"]
    known += [str(Path(file).parent) for file in map(_package, ("assay.checker", "assay.proofs")) if file]
    return frozenset({*map(os.path.abspath, known), *map(os.path.realpath, known)})


def _package(name: str) -> str | None:
    with suppress(ImportError):
        found = importlib.util.find_spec(name)
        return None if found is None else found.origin
    return None
