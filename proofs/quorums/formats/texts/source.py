"""The text of a configuration file: read under a limit of size, with places for messages.

Nothing in a file is ever executed or followed: no includes, no environment variables, no aliases.
"""

from __future__ import annotations

import re
import stat
import sys
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.formats.texts.processes import Process

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_DIGITS",
    "MAX_NAME",
    "MAX_NODES",
    "Source",
    "node_name",
    "read_input",
    "read_source",
    "shown",
]

#: Larger files are refused before they are read. The largest real configuration that we know, a snapshot of the whole
#: Stellar network, has some 3 MB.
MAX_BYTES = 16 * 1024 * 1024

#: The most levels of nesting in a document; the deepest real format (Stellar's) needs a dozen.
MAX_DEPTH = 64

#: The most digits of a number: no weight or threshold needs as many, and Python refuses to print numbers of thousands.
MAX_DIGITS = 40

#: The most characters in the name of a node.
MAX_NAME = 200

#: The most nodes in one configuration.
MAX_NODES = 20_000


@dataclass(frozen=True)
class Source:
    """The text of one file.

    Parameters
    ----------
    name : str
        The path as shown in messages.
    text : str
        The decoded text, without a byte order mark, with line ends as they are.
    first : int
        The line of the file in which the text begins, if it is a part of a larger file.
    process : Process, optional
        The process to read instead of a text, if a manifest starts several.
    """

    name: str
    text: str
    first: int = 1
    process: Process | None = None
    _starts: list[int] = field(default_factory=list, repr=False, compare=False)

    def at(self, offset: int) -> Location:
        """Return the line and the column of a character of the text; O(log lines) after the first call."""
        if not self._starts:
            self._starts.append(0)
            self._starts.extend(match.end() for match in re.finditer("\n", self.text))
        line = bisect_right(self._starts, offset)
        return Location(self.name, line + self.first - 1, offset - self._starts[line - 1] + 1)

    def line(self, number: int) -> Location:
        """Return the place of a whole line of the text; lines count from 1."""
        return Location(self.name, number + self.first - 1)

    @property
    def whole(self) -> Location:
        """The place of the file as a whole."""
        return Location(self.name)


def read_source(path: Path, name: str | None = None) -> Source:
    """Read one file.

    Parameters
    ----------
    path : Path
        A regular file of at most `MAX_BYTES` bytes in UTF-8.
    name : str, optional
        The name to show for it; its path by default.

    Raises
    ------
    InputError
        If there is no such file, it is too large, or it is not text.
    """
    name = str(path) if name is None else name
    return decode(_bytes_of(path, name), name)


def read_input() -> Source:
    """Read standard input to its end, under the limit of files.

    Raises
    ------
    InputError
        If it is closed, too large, or not text.
    """
    here = Location("standard input")
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    except (AttributeError, OSError, ValueError) as error:
        raise InputError("cannot be read", location=here, help="Pipe a configuration into it.") from error
    if len(data) > MAX_BYTES:
        raise _too_large(len(data), here)
    return decode(data, here.file)


def _bytes_of(path: Path, name: str) -> bytes:
    here = Location(name)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InputError("this is not a regular file", location=here, help="Name a configuration file.")
        if status.st_size > MAX_BYTES:
            raise _too_large(status.st_size, here)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be read: {reason}", location=here, help="Check the path.") from error
    if len(data) > MAX_BYTES:
        raise _too_large(len(data), here)
    return data


def _too_large(size: int, here: Location) -> InputError:
    return InputError(
        f"the file has {size:,} bytes, more than the {MAX_BYTES:,} that a configuration may have",
        location=here,
        help="Give the part that defines the quorums.",
    )


def decode(data: bytes, name: str) -> Source:
    """Decode the bytes of a file; UTF-8 with or without a byte order mark.

    Raises
    ------
    InputError
        If the bytes are not UTF-8, or contain a NUL, which no configuration does.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"byte 0x{data[error.start]:02x} is not UTF-8 text",
            location=Location(name, line),
            help="Give a text file in UTF-8.",
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(
            "a NUL character: this is not a text file",
            location=Location(name, line),
            help="Give a text file in UTF-8.",
        )
    return Source(name, text)


def shown(value: object, limit: int = 60) -> str:
    """Return a value for a message: as its file would write it, but printable, on one line, and short."""
    text = _written(value[: limit + 1] if isinstance(value, str) else value)
    text = text.encode("ascii", "backslashreplace").decode() if not text.isprintable() else text
    return text if len(text) <= limit + 2 else text[: limit - 1] + "..."


def _written(value: object) -> str:
    """Write a value without Python's notation; a list or table is only called one."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str | int | float):
        return repr(value)
    return "a list" if isinstance(value, list | tuple) else "a table"


def node_name(text: str, location: Location) -> str:
    """Return a text as the name of a node, if it is a valid one.

    Any printable name is fine, even with blanks, quotes or bars in it. Invisible characters are refused, because two
    nodes that look the same in a report would mislead, and control characters could overwrite a terminal.

    Raises
    ------
    InputError
        If the name is empty, longer than `MAX_NAME`, or has a character that cannot be seen.
    """
    if text.isalnum() and len(text) <= MAX_NAME:
        return text
    if not text.strip():
        raise InputError("the name of a node is empty", location=location, help="Give every node a name.")
    if len(text) > MAX_NAME:
        raise InputError(
            f"the name of a node has {len(text):,} characters: {shown(text)}",
            location=location,
            help=f"Use at most {MAX_NAME} characters.",
        )
    if not text.isprintable():
        bad = next(char for char in text if not char.isprintable())
        raise InputError(
            f"the name of a node, {shown(text)}, has the invisible character U+{ord(bad):04X}",
            location=location,
            help="Use printable characters.",
        )
    return text
