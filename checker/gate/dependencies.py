"""What an answer rests on: every file that was imported, read or looked for, every folder that was listed.

They are noted while a process verifies, by an audit hook (PEP 578), which sees what the import system and `open` do
whoever calls them, and by `overhearing` what no hook tells. Each is noted with its content at that moment, before it is
read: what is another one in the end, whoever changed it, is no ground of an answer. What is looked for and not there is
noted, too: once it appears, the answer may be another one.
"""

from __future__ import annotations

import importlib.machinery
import importlib.metadata
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from assay.checker.gate.digests import OF_WORKERS, Digests
from assay.checker.gate.origins import asks_for_the_project, is_of_interest
from assay.checker.gate.overhearing import overhear
from assay.checker.gate.requests import Dependency

__all__ = ["Watch"]

_UNSEEN = (
    *("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "pty.spawn"),
    *("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "sqlite3.connect"),
)
"""What a project may learn from others, of whom nobody knows on what they rest."""


class Watch:
    """Notes what this process imports, reads and looks for, from now on.

    Parameters
    ----------
    root : Path
        The project.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._environment = dict(os.environ)
        self._noted: dict[tuple[str, str], str] = {}
        self._written: set[str] = set()
        self._sought: set[str] = set()
        self._is_seen = True
        self._is_noting = False
        self._is_of_interest(str(root))  # what it has to find out once, it finds out before anything is heard
        sys.addaudithook(self._hear)
        overhear(self._asked, lambda _: self._lose(), self._seek)

    def dependencies(self) -> tuple[Dependency, ...]:
        """Return what was noted so far; nothing, where something else may be a ground of the answer as well.

        That is where the project asked somebody of whom nobody knows on what they rest, or where something is not any
        more what it was when it was asked for.
        """
        self._note_what_is_loaded()
        now = Digests(self.root, self._environment)
        is_as_it_was = all(now.of(*what) == digest for what, digest in self._noted.items())
        if not self._is_seen or not is_as_it_was or not all(map(_is_text, self._noted)):
            return ()
        return tuple(Dependency(*what, digest) for what, digest in sorted(self._noted.items()))

    def has_changed_since(self, began: float) -> bool:
        """Return whether what was read or listed was changed after a moment: nobody knows which content was read.

        What was imported and is not there any more was removed since.
        """
        gone = any(self._is_of_interest(path) and not os.path.exists(path) for path in _imported())
        return gone or any(
            _changed(self.root / name) >= began
            for kind, name in [*self._noted]
            if kind == "folder"
            or (kind == "file" and not (self.root / name).is_dir())  # some are opened to be searched
        )

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        match event, arguments:
            case "open", (str() | bytes() as path, _, int() as flags):
                self._open(os.path.abspath(os.fsdecode(path)), flags)
            case (("os.listdir" | "os.scandir"), (int(),)) if asks_for_the_project(sys._getframe(1)):
                self._lose()  # a folder without a name
            case (("os.listdir" | "os.scandir"), (str() | bytes() | None as path,)) if not _is_of_an_import():
                self._asked("folder", os.path.abspath(os.fsdecode(path or os.curdir)))
            case _ if event in _UNSEEN and asks_for_the_project(sys._getframe(1)):
                self._lose()

    def _open(self, path: str, flags: int) -> None:
        """Note what is read, unless this process wrote it: what it makes itself, it does not rest on."""
        is_read = flags & (os.O_WRONLY | os.O_RDWR) != os.O_WRONLY
        if flags & (os.O_TRUNC | os.O_EXCL) and ("file", self._short(path)) not in self._noted:
            self._written.add(path)
        elif is_read and path not in self._written and not path.endswith(".pyc"):
            self._asked("file", path)

    def _asked(self, kind: str, name: str) -> None:
        """Note something with its content at this moment, the first time that it is asked for."""
        if self._is_noting or (kind, name) == ("environment", OF_WORKERS):
            return
        self._is_noting = True  # to read it is to open files, and to ask for more
        try:
            if kind in ("file", "folder", "type", "status"):
                if not self._is_of_interest(name):
                    return
                name = self._short(name)
            if (kind, name) not in self._noted:
                self._noted[kind, name] = Digests(self.root, self._environment).of(kind, name)
        finally:
            self._is_noting = False

    def _lose(self) -> None:
        self._is_seen = False

    def _seek(self, name: str, path: Sequence[str] | None, is_for_the_project: bool) -> None:
        """Note where a module is looked for: whichever of these is first there is the one that is imported."""
        entries = sys.path if path is None else [*path]
        last = name.rpartition(".")[2]
        if path is None and last in sys.stdlib_module_names:
            return
        for folder in filter(os.path.isabs, entries):  # others stand for finders that look into no folder
            if self._is_of_interest(folder):
                self._asked("type", os.path.join(folder, last))
                for file in (last, os.path.join(last, "__init__")):
                    for suffix in importlib.machinery.all_suffixes():
                        self._asked("file", os.path.join(folder, file + suffix))
        if path is None and is_for_the_project:
            self._sought.add(name)

    def _note_what_is_loaded(self) -> None:
        for path in _imported():
            self._asked("file", path)
        for name in self._distributions():
            self._asked("distribution", name)
        for name in self._sought - {*sys.modules}:
            self._asked("module", name)

    def _distributions(self) -> Iterator[str]:
        """Yield the installed distributions of which modules are loaded, assay's own apart: its version tells those."""
        loaded = {name.partition(".")[0] for name in [*sys.modules]} - sys.stdlib_module_names - {"assay", "__main__"}
        providers = importlib.metadata.packages_distributions()
        yield from {name for module in loaded for name in providers.get(module, ())}

    def _is_of_interest(self, path: str) -> bool:
        return is_of_interest(path, str(self.root))

    def _short(self, path: str) -> str:
        with suppress(ValueError):
            return Path(path).relative_to(self.root).as_posix()
        return path


def _is_text(what: tuple[str, str]) -> bool:
    """Return whether a name can be kept: one that is not in UTF-8 cannot."""
    try:
        what[1].encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _is_of_an_import() -> bool:
    """Return whether the import system asks, or what tells of distributions: both are noted name by name."""
    return str(sys._getframe(2).f_globals.get("__name__")).startswith(("importlib", "_frozen_importlib"))


def _imported() -> set[str]:
    return {os.path.abspath(file) for file in map(_source, [*sys.modules.values()]) if file is not None}


def _source(module: object) -> str | None:
    file = getattr(module, "__file__", None)
    return file if isinstance(file, str) else None


def _changed(path: Path) -> float:
    try:
        return os.stat(path).st_ctime  # not that of writing: what is moved or copied here may bring an old one
    except OSError:
        return 0.0
