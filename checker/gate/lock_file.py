"""``assay.lock``: the accepted facts, in canonical TOML with one fact per line, so that its diffs read well.

Anything that is not understood is either an error or reported as a difference; nothing is ignored.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from assay.checker.errors import InputError, Location
from assay.checker.gate.facts import Facts, Item, ItemKind, Name, Value, in_order
from assay.checker.inputs import read_text
from assay.checker.outputs import write_whole

__all__ = ["NAME", "VERSION", "Lock", "held", "parse", "quoted", "read_lock", "render", "write_lock"]

NAME = "assay.lock"
VERSION = 1
"""Version of the format. Files of later versions are refused, since their meaning may have changed."""

HEADING = "# What `assay gate` verified, and somebody accepted. Review it like code; `assay gate --accept` writes it.\n"

Lock = Mapping[Item, Facts]

_CONFLICT = re.compile(r"^(<{7}|\|{7}|={7}|>{7})(\s|$)", re.MULTILINE)


def read_lock(path: Path) -> Lock | None:
    """Read a lock file; return None if it does not exist.

    Raises
    ------
    InputError
        If it cannot be read, has merge conflict markers, is of a later version, or is not a lock file.
    """
    if not path.exists() and not path.is_symlink():
        return None
    return parse(read_text(path), path)


def parse(text: str, path: Path) -> Lock:
    """Parse the text of a lock file.

    Raises
    ------
    InputError
        If it has merge conflict markers, is of a later version, or is not a lock file.
    """
    if marker := _CONFLICT.search(text):
        line = text.count("\n", 0, marker.start()) + 1
        raise InputError(
            "it holds the markers of a merge conflict",
            location=Location(str(path), line),
            help="take one side whole (git checkout --ours, or --theirs), then assay gate says what differs",
        )
    return _lock(_table(text, path), path)


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold an exclusive lock on a folder's lock file; other runs wait.

    The folder itself is locked with flock(2), which the kernel releases when the process ends: no stale lock remains.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # some file systems cannot lock: then the last writer wins
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write_lock(path: Path, lock: Lock) -> None:
    """Write a lock file atomically.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    try:
        write_whole(path, render(lock))
    except OSError as error:
        raise InputError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None


def render(lock: Lock) -> str:
    """Return the canonical text of a lock file: equal facts give equal text."""
    return "\n".join([f"{HEADING}version = {VERSION}", *map("".join, map(_section, _items(lock))), ""])


def _items(lock: Lock) -> list[tuple[Item, Facts]]:
    return sorted(lock.items(), key=lambda entry: entry[0].place)


def _section(entry: tuple[Item, Facts]) -> Iterator[str]:
    item, facts = entry
    yield f"\n[{_dotted((item.kind.value, item.reference, item.instance))}]"
    for name, value in in_order(facts):
        yield f"\n{_dotted(name)} = {value if isinstance(value, int) else quoted(value)}"


def _dotted(parts: Name) -> str:
    return ".".join(part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else quoted(part) for part in parts)


def quoted(text: str) -> str:
    """Return a text as a TOML basic string; lone surrogates, which TOML forbids, are spelt out as escaped text."""
    text = text.encode("utf-8", "backslashreplace").decode()
    special = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(special.get(c) or (f"\\u{ord(c):04x}" if _is_control(c) else c) for c in text) + '"'


def _is_control(character: str) -> bool:
    return character < " " or character == "\x7f"


def _table(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        why = "it is nested too deep" if isinstance(error, RecursionError) else str(error).partition(";")[0]
        raise InputError(f"not a lock file: {why}", location=Location(str(path)), help=_REMEDY) from None


_REMEDY = "restore it from your repository; or remove it, and assay gate --accept writes it anew"


def _lock(table: dict[str, Any], path: Path) -> Lock:
    version = table.pop("version", None)
    place = Location(str(path))
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        raise InputError(
            f"it is of version {version}, and this assay knows version {VERSION}", location=place, help="upgrade assay"
        )
    # A TOML Boolean is an int in Python: True equals VERSION.
    if version is True or version != VERSION:
        raise InputError("not a lock file: it has no version that is known", location=place, help=_REMEDY)
    found: dict[Item, Facts] = {}
    for kind, reference, instance, facts in _sections(table, place):
        found[Item(kind, reference, instance)] = dict(_flat((), facts, place))
    return found


def _sections(table: dict[str, Any], place: Location) -> Iterator[tuple[ItemKind, str, str, dict[str, Any]]]:
    kinds = {kind.value: kind for kind in ItemKind}
    for word, of_kind in table.items():
        if word not in kinds:
            raise InputError(f"not a lock file: {word!r} is nothing that is gated", location=place, help=_REMEDY)
        for reference, instances in _inside(of_kind, word, place).items():
            for instance, facts in _inside(instances, reference, place).items():
                yield kinds[word], reference, instance, _inside(facts, f"{reference} {instance}", place)


def _inside(value: object, what: str, place: Location) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"not a lock file: {what!r} is no table", location=place, help=_REMEDY)
    return value


def _flat(name: Name, value: object, place: Location) -> Iterator[tuple[Name, Value]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat((*name, key), inner, place)
    elif isinstance(value, str | int) and not isinstance(value, bool) and name:
        yield name, value
    else:
        raise InputError(
            f"not a lock file: {'.'.join(name)} is neither text nor a number", location=place, help=_REMEDY
        )
