"""Record what an answer depends on: every file imported, read or looked for, and every folder listed.

An audit hook (PEP 578) sees what the import system and `open` do on anybody's behalf; `overhearing` covers what raises
no audit event. The content is hashed at the moment of the request, before it is read: if it differs when the process
ends, the answer is not cached. Lookups that fail are dependencies as well, since the answer may change once the file
appears.
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
from assay.checker.standard_library import is_of_python

__all__ = ["Watch"]

_UNSEEN = (
    *("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "pty.spawn"),
    *("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "sqlite3.connect"),
)
"""Events through which a model may learn from other processes, whose own dependencies cannot be observed."""


class Watch:
    """Records what this process imports, reads and looks for from now on.

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
        self._is_of_interest(str(root))  # fills its caches first
        sys.addaudithook(self._hear)
        overhear(self._asked, lambda _: self._lose(), self._seek)

    def dependencies(self) -> tuple[Dependency, ...]:
        """Return the dependencies recorded so far, or nothing if they may be incomplete.

        They are incomplete if the project used another process or the network (`_UNSEEN`), or if something has changed
        since it was requested.
        """
        self._note_what_is_loaded()
        now = Digests(self.root, self._environment)
        is_as_it_was = all(now.of(*what) == digest for what, digest in self._noted.items())
        if not self._is_seen or not is_as_it_was or not all(map(_is_text, self._noted)):
            return ()
        return tuple(Dependency(*what, digest) for what, digest in sorted(self._noted.items()))

    def has_changed_since(self, began: float) -> bool:
        """Return whether anything read or listed changed after `began`, so that it is unclear which content was read.

        An imported file that no longer exists was removed since.
        """
        gone = any(self._is_of_interest(path) and not os.path.exists(path) for path in _imported())
        return gone or any(
            _changed(self.root / name) >= began
            for kind, name in [*self._noted]
            if kind == "folder"
            or (kind == "file" and not (self.root / name).is_dir())  # some code opens folders to search them
        )

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        match event, arguments:
            case "open", (str() | bytes() as path, _, int() as flags):
                self._open(os.path.abspath(os.fsdecode(path)), flags)
            case (("os.listdir" | "os.scandir"), (int(),)) if asks_for_the_project(sys._getframe(1)):
                self._lose()  # listed by its descriptor: its name is unknown
            case (("os.listdir" | "os.scandir"), (str() | bytes() | None as path,)) if not _is_of_an_import():
                self._asked("folder", os.path.abspath(os.fsdecode(path or os.curdir)))
            case _ if event in _UNSEEN and asks_for_the_project(sys._getframe(1)):
                self._lose()

    def _open(self, path: str, flags: int) -> None:
        """Record a file that is read, unless this process created it: its own output is no dependency."""
        is_read = flags & (os.O_WRONLY | os.O_RDWR) != os.O_WRONLY
        if flags & (os.O_TRUNC | os.O_EXCL) and ("file", self._short(path)) not in self._noted:
            self._written.add(path)
        elif is_read and path not in self._written and not path.endswith(".pyc"):
            self._asked("file", path)

    def _asked(self, kind: str, name: str) -> None:
        """Record a dependency with its present content, the first time it is requested."""
        if self._is_noting or (kind, name) == ("environment", OF_WORKERS):
            return
        self._is_noting = True  # hashing opens files, which would call the hook again
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
        """Record each place searched for a module: a file that appears in an earlier one is imported instead.

        That goes for modules of Python, too, except for those that assay imports, before the project's are in reach.
        """
        entries = sys.path if path is None else [*path]
        last = name.rpartition(".")[2]
        if path is None and last in sys.stdlib_module_names and not is_for_the_project:
            return
        for folder in filter(os.path.isabs, entries):  # other entries belong to path hooks and name no folder
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
        """Yield the installed distributions whose modules are loaded, without assay, which `own_version` covers."""
        names = {name.partition(".")[0] for name in [*sys.modules]} - {"assay", "__main__"}
        loaded = [name for name in names if not is_of_python(name)]
        providers = importlib.metadata.packages_distributions()
        yield from {name for module in loaded for name in providers.get(module, ())}

    def _is_of_interest(self, path: str) -> bool:
        return is_of_interest(path, str(self.root))

    def _short(self, path: str) -> str:
        with suppress(ValueError):
            return Path(path).relative_to(self.root).as_posix()
        return path


def _is_text(what: tuple[str, str]) -> bool:
    """Return whether a name is valid UTF-8, as the JSON of the cache requires."""
    try:
        what[1].encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _is_of_an_import() -> bool:
    """Return whether importlib or importlib.metadata is asking: their lookups are recorded name by name."""
    return str(sys._getframe(2).f_globals.get("__name__")).startswith(("importlib", "_frozen_importlib"))


def _imported() -> set[str]:
    return {os.path.abspath(file) for file in map(_source, [*sys.modules.values()]) if file is not None}


def _source(module: object) -> str | None:
    file = getattr(module, "__file__", None)
    return file if isinstance(file, str) else None


def _changed(path: Path) -> float:
    try:
        return os.stat(path).st_ctime  # not st_mtime, which a moved or copied file keeps
    except OSError:
        return 0.0
