"""What assay writes: JSON that is always valid, and files that appear whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

__all__ = ["JSON_VERSION", "Reserved", "as_json", "write_whole"]

JSON_VERSION = 1
"""The version of every JSON report: increased when a key changes its meaning or is removed, not when one is added."""


def as_json(record: Any) -> str:
    """Return a record of dicts, lists and scalars as indented JSON.

    Lone surrogates, which JSON cannot hold, are spelt out as escaped text: file names that are not UTF-8 have them.
    """
    import msgspec  # only a command that writes JSON waits for it

    try:
        encoded = msgspec.json.encode(record)
    except UnicodeEncodeError:
        encoded = msgspec.json.encode(_spelt_out(record))
    return msgspec.json.format(encoded, indent=2).decode() + "\n"


def _spelt_out(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_spelt_out(key): _spelt_out(inner) for key, inner in value.items()}
    return [_spelt_out(inner) for inner in value] if isinstance(value, list | tuple) else value


class Reserved:
    """A file to be written, with a temporary file beside it that takes the content first.

    Parameters
    ----------
    path : Path
        The file. It is replaced only once all of its content is on the disk.

    Raises
    ------
    OSError
        If nothing can be written there.
    """

    def __init__(self, path: Path) -> None:
        import tempfile  # only a command that writes a file waits for it

        self._real = Path(os.path.realpath(path))
        handle, name = tempfile.mkstemp(prefix=".assay-", suffix=".part", dir=self._real.parent)
        os.close(handle)
        self._temporary = Path(name)

    def fill(self, text: str) -> None:
        """Replace the file by its new content in one step; if that fails, the old file stays.

        Raises
        ------
        OSError
            If not all of it can be written.
        """
        # Reports may contain file names that are not valid Unicode: escape them.
        with self._temporary.open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())  # else a crash of the machine could leave an empty file under the new name
        self._temporary.chmod(_mode(self._real))
        self._temporary.replace(self._real)

    def discard(self) -> None:
        """Remove the temporary file, if it was not moved into place."""
        self._temporary.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a file as a whole or not at all.

    Raises
    ------
    OSError
        If not all of it can be written.
    """
    reserved = Reserved(path)
    try:
        reserved.fill(text)
    finally:
        reserved.discard()


def _mode(path: Path) -> int:
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
