"""Where results go: standard output, or a file that appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from assay.checker.errors import UsageError

__all__ = ["Destination", "destination", "print_result", "silence"]


class Destination:
    """A file that is going to be written: its place is reserved before the work begins.

    Parameters
    ----------
    path : Path
        The file. It is replaced only once all of its content is there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._temporary = None if _is_special(path) else self._reserve()

    def _reserve(self) -> Path:
        if self.path.is_dir():
            raise UsageError(f"cannot write {self.path}: it is a directory")
        real = Path(os.path.realpath(self.path))
        if real.exists() and not os.access(real, os.W_OK):
            raise UsageError(f"cannot write {self.path}: permission denied")
        try:
            handle, name = tempfile.mkstemp(prefix=f".{real.name}.", suffix=".part", dir=real.parent)
        except OSError as error:
            why = error.strerror or str(error)
            raise UsageError(f"cannot write {self.path}: {why[:1].lower()}{why[1:]}") from None
        os.close(handle)
        return Path(name)

    def write(self, text: str) -> None:
        """Put the content where it belongs, in one step."""
        try:
            if self._temporary is None:
                self.path.write_text(text, encoding="utf-8")
                return
            real = Path(os.path.realpath(self.path))
            self._temporary.write_text(text, encoding="utf-8")
            self._temporary.chmod(_mode(real))
            self._temporary.replace(real)
        except OSError as error:
            raise UsageError(f"cannot write {self.path}: {error.strerror or error}") from None

    def discard(self) -> None:
        """Leave nothing behind that was not written whole."""
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)


def _is_special(path: Path) -> bool:
    """Return whether a path is a device or pipe, such as /dev/stdout, which nothing can replace."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _mode(path: Path) -> int:
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@contextlib.contextmanager
def destination(path: str | Path | None) -> Iterator[Destination | None]:
    """Reserve a file for the length of a block; None where no file was asked for.

    Raises
    ------
    UsageError
        If it cannot be written, before the block begins.
    """
    if path is None:
        yield None
        return
    reserved = Destination(Path(path))
    try:
        yield reserved
    finally:
        reserved.discard()


def print_result(text: str) -> None:
    """Write a result to standard output; a reader that went away, such as `head`, is no error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        silence()
    except OSError as error:
        silence()
        raise UsageError(f"cannot write to standard output: {(error.strerror or str(error)).lower()}") from None


def silence() -> None:
    """Let what is still written to standard output vanish, as its reader did."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
