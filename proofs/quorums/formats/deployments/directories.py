"""Find the configuration files in a directory, and the node that each belongs to.

Hidden files, links to directories, backups of editors and package managers, and files that are not text are skipped. A
subdirectory of the given directory belongs to one node, with everything in it; it is searched a few levels deep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.formats.format import NodeFile
from assay.proofs.quorums.formats.texts.source import Source, read_source, shown

__all__ = ["Found", "is_directory", "search_directory"]

_MOST_FILES = 1000
_DEEPEST = 6
_IDENTITY = "myid"
_BACKUP = re.compile(
    r".*(~|\.(bak|backup|old|orig|save|swp|swo|tmp|sample|example|dist|rej|template|tpl"
    r"|rpmnew|rpmsave|rpmorig|dpkg-(old|dist|new)|ucf-(old|dist)))(\.\d+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Found:
    """The files that may be configurations, and those that cannot be."""

    files: tuple[NodeFile, ...]
    passed_over: tuple[str, ...]


def is_directory(path: Path) -> bool:
    """Tell whether a path is a directory; False also if it cannot be looked at, as reading it will then say why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def search_directory(directory: Path) -> Found:
    """Return the files of a directory; O(files).

    Raises
    ------
    InputError
        If the directory cannot be read, or has no files or too many.
    """
    files: list[NodeFile] = []
    passed_over: list[str] = []
    for entry in _visible(_innermost(directory)):
        if is_directory(entry):
            files += _of_one_node(entry, passed_over)
        elif entry.name != _IDENTITY and (source := _readable(entry, passed_over)) is not None:
            files.append(NodeFile(source, entry.stem))
    if not files:
        left = f": only {', '.join(passed_over[:3])}" if passed_over else ""
        help = "Put the configuration files of the nodes into it."
        raise InputError(f"the directory has no files{left}", location=Location(str(directory)), help=help)
    return Found(tuple(files), tuple(passed_over))


def _innermost(directory: Path) -> Path:
    """Descend while a directory has nothing but one subdirectory with further ones."""
    for _ in range(_DEEPEST):
        entries = _visible(directory)
        if len(entries) != 1 or not is_directory(entries[0]) or not any(map(is_directory, _visible(entries[0]))):
            break
        directory = entries[0]
    return directory


def _visible(directory: Path) -> list[Path]:
    try:
        entries = sorted(path for path in directory.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}",
            location=Location(str(directory)),
            help="Check the directory.",
        ) from error
    if len(entries) > 10 * _MOST_FILES:
        raise _too_many(directory)
    return [path for path in entries if not (is_directory(path) and path.is_symlink())]


def _too_many(directory: Path) -> InputError:
    help = "Give the directory with the files of one cluster."
    return InputError(f"more than {_MOST_FILES} files", location=Location(str(directory)), help=help)


def _of_one_node(directory: Path, passed_over: list[str]) -> Iterator[NodeFile]:
    paths = list(_below(directory, 1))
    if len(paths) > _MOST_FILES:
        raise _too_many(directory)
    identities = {_identity(path) for path in paths if path.name == _IDENTITY}
    identity = identities.pop() if len(identities) == 1 else None
    for path in paths:
        if path.name != _IDENTITY and (source := _readable(path, passed_over)) is not None:
            stem = path.stem if re.search(r"\d", path.stem) else directory.name
            yield NodeFile(source, stem, identity, directory.name)


def _below(directory: Path, depth: int) -> Iterator[Path]:
    for entry in _visible(directory):
        if not is_directory(entry):
            yield entry
        elif depth < _DEEPEST:
            yield from _below(entry, depth + 1)


def _readable(path: Path, passed_over: list[str]) -> Source | None:
    """Return the text of a file; None, with its name in ``passed_over``, if it cannot be a configuration."""
    if _BACKUP.fullmatch(path.name):
        passed_over.append(str(path))
        return None
    try:
        source = read_source(path)
    except InputError:
        passed_over.append(str(path))
        return None
    if not source.text.strip():
        passed_over.append(str(path))
        return None
    return source


def _identity(path: Path) -> str:
    source = read_source(path)
    text = source.text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        help = "ZooKeeper reads a number there."
        raise InputError(f"myid is {shown(text)}", location=source.line(1), help=help)
    return str(int(text))
