"""A private directory for files that are kept between runs and trusted when they are read back.

Compiled code that is read back is run, and a proof that is read back is believed. A checksum tells damage, not
intent: whoever can write the file can write the checksum. So a directory is used only if nobody else could have
put anything into it, or could have put another one in its place: it belongs to the user, and every directory on
the way to it belongs to the user or to root and can be written by nobody else. All of this is asked of open
descriptors, never of names, which may mean something else a moment later.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import tempfile
import warnings
from collections import deque
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assay.checker.errors import AssayWarning

__all__ = ["OwnDirectory", "UntrustedError", "kept_directory", "own_directory"]

_ROOT = 0
_MOST_LINKS = 40
"""As many as Linux follows before it takes them for a circle."""

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_ON_THE_WAY = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
"""How a directory is opened. O_PATH needs no right to list it: others' homes lie in directories without one."""


class UntrustedError(Exception):
    """A directory cannot be made or read, or somebody else could have written what is in it."""


@dataclass(frozen=True)
class OwnDirectory:
    """A directory that nobody else can write, held open.

    Attributes
    ----------
    path : Path
        Its name, for messages.
    descriptor : int
        What it is read and written through.
    """

    path: Path
    descriptor: int

    def read(self, name: str) -> bytes | None:
        """Return the content of a kept file; None if there is none that can be trusted."""
        try:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            with os.fdopen(os.open(name, flags, dir_fd=self.descriptor), "rb") as file:
                return file.read() if _is_own_file(os.fstat(file.fileno())) else None
        except OSError:
            return None

    def has(self, name: str) -> bool:
        """Return whether there is such a file."""
        try:
            return _is_own_file(os.stat(name, dir_fd=self.descriptor, follow_symlinks=False))
        except OSError:
            return False

    def write(self, name: str, content: bytes, *, durable: bool = False) -> None:
        """Write a file so that no reader ever sees a part of it; where that is not possible, write nothing.

        With `durable`, not even a crash of the machine leaves a part of it under its name.
        """
        temporary = f".{secrets.token_hex(8)}.new"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with contextlib.suppress(OSError):
            handle = os.open(temporary, flags, 0o600, dir_fd=self.descriptor)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    if durable:
                        file.flush()
                        os.fsync(file.fileno())
                os.replace(temporary, name, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)
            except BaseException:
                os.unlink(temporary, dir_fd=self.descriptor)
                raise

    def only(self, most: int) -> None:
        """Keep at most `most` files; beyond that, delete the older half. Another run may do so at the same time.

        Half, and not just what is too many, so that the folder is seldom listed and sorted.
        """
        with contextlib.suppress(OSError):
            here = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self.descriptor)
            try:
                names = os.listdir(here)
                if len(names) > most:
                    aged = sorted(names, key=lambda name: os.stat(name, dir_fd=here).st_mtime_ns)
                    for name in aged[: len(aged) // 2]:
                        with contextlib.suppress(FileNotFoundError):
                            os.unlink(name, dir_fd=here)
            finally:
                os.close(here)

    def inside(self, name: str) -> OwnDirectory:
        """Return the directory of this name in this one, and make it.

        Raises
        ------
        UntrustedError
            If somebody else could have written what is in it.
        """
        return own_directory(self.path / name)


def _is_own_file(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_WRITE


@cache
def kept_directory() -> OwnDirectory | None:
    """Return the directory for what is kept between runs, and make it; None, with a warning, if there is none.

    It is ``$ASSAY_CACHE_DIR`` alone if that is set; else the first that will do of ``$XDG_CACHE_HOME/assay``,
    ``~/.cache/assay``, and one for this user beside the temporary files.
    """
    explicit = os.environ.get("ASSAY_CACHE_DIR")
    why = []
    for candidate in [Path(explicit)] if explicit else _candidates():
        try:
            return own_directory(candidate)
        except UntrustedError as error:
            why.append(str(error))
    remedy = "" if explicit else "; ASSAY_CACHE_DIR names another directory"
    warnings.warn(f"nothing is kept between runs: {why[0]}{remedy}", AssayWarning, stacklevel=2)
    return None


def _candidates() -> list[Path]:
    shared = os.environ.get("XDG_CACHE_HOME")
    candidates = [Path(shared) / "assay"] if shared else []
    with contextlib.suppress(RuntimeError):  # no home directory
        candidates.append(Path.home() / ".cache" / "assay")
    return [*candidates, Path(tempfile.gettempdir()) / f"assay-{os.geteuid()}"]


def own_directory(path: Path) -> OwnDirectory:
    """Open a directory of the user's own, and make it and what is above it where it is missing.

    Raises
    ------
    UntrustedError
        If it cannot be made, or somebody else could have written what is in it. The message says why.
    """
    with contextlib.closing(_Walk()) as walk:
        try:
            walk.down(Path(os.path.abspath(path)))
            _demand_own(os.fstat(walk.here), path)
            return OwnDirectory(path, os.dup(walk.here))
        except (OSError, ValueError) as error:  # ValueError: a null byte in the name
            why = getattr(error, "strerror", None) or str(error)
            raise UntrustedError(f"{path} cannot be used ({why.lower()})") from None


class _Walk:
    """The way from the root to a directory, one name at a time, along links that nobody else could have made."""

    def __init__(self) -> None:
        self.here = os.open(os.sep, _ON_THE_WAY)
        self.path = Path(os.sep)
        self.links = 0

    def close(self) -> None:
        """Let go of where it is."""
        os.close(self.here)

    def down(self, path: Path) -> None:
        """Go down to a directory."""
        names = deque(path.parts[1:])
        while names:
            _demand_guarded(os.fstat(self.here), self.path)
            name = names.popleft()
            if self._is_link(name):
                target = Path(os.readlink(name, dir_fd=self.here))
                names.extendleft(reversed(target.parts[1:] if target.is_absolute() else target.parts))
                if target.is_absolute():
                    self._move(os.open(os.sep, _ON_THE_WAY), Path(os.sep))
            else:
                self._move(os.open(name, _ON_THE_WAY, dir_fd=self.here), self.path / name)

    def _is_link(self, name: str) -> bool:
        """Return whether a name is a link, and make the directory if there is nothing of that name."""
        try:
            status = os.stat(name, dir_fd=self.here, follow_symlinks=False)
        except FileNotFoundError:
            with contextlib.suppress(FileExistsError):  # another first run made it
                os.mkdir(name, 0o700, dir_fd=self.here)
            return False
        if not stat.S_ISLNK(status.st_mode):
            return False
        _demand_known_owner(status, self.path / name)
        self.links += 1
        if self.links > _MOST_LINKS:
            raise UntrustedError(f"{self.path / name} is a link in a circle")
        return True

    def _move(self, descriptor: int, path: Path) -> None:
        os.close(self.here)
        self.here, self.path = descriptor, path
        _demand_known_owner(os.fstat(descriptor), path)


def _demand_known_owner(status: os.stat_result, path: Path) -> None:
    if status.st_uid not in (_ROOT, os.geteuid()):
        raise UntrustedError(f"{path} belongs to another user")


def _demand_guarded(status: os.stat_result, path: Path) -> None:
    """Refuse a directory in which others can replace what is ours. Where it is sticky, like /tmp, they cannot."""
    if status.st_mode & _OTHERS_WRITE and not status.st_mode & stat.S_ISVTX:
        raise UntrustedError(f"others can write {path} (fix it with chmod go-w)")


def _demand_own(status: os.stat_result, path: Path) -> None:
    if status.st_uid != os.geteuid():
        raise UntrustedError(f"{path} belongs to another user")
    if status.st_mode & _OTHERS_WRITE:
        raise UntrustedError(f"others can write {path} (fix it with chmod go-w)")
