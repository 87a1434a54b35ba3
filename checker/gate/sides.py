"""What is gated in two versions of a repository, side by side: what they both have, what is gone, and what is new."""

from __future__ import annotations

import contextlib
import glob
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from assay.checker.changes.versions import Tree
from assay.checker.errors import InputError
from assay.checker.findings.rules import Level
from assay.checker.gate.configuration import Configuration, Entry
from assay.checker.gate.facts import Kind
from assay.checker.gate.initial import look_at
from assay.checker.gate.reading import find_configuration, has_settings
from assay.checker.gate.requests import Request
from assay.checker.gate.selection import origin, requests

__all__ = ["Pair", "Sides", "side_by_side"]

Recognise = Callable[[Path], str | None]
"""Says of a file whether it is a quorum configuration, as `look_at` wants to know."""


@dataclass(frozen=True)
class Pair:
    """A file or module that is gated in one of two versions, or in both.

    Attributes
    ----------
    kind : Kind
        What it is.
    reference : str
        The file, from the top of the repository on; or the module.
    before, after : Request, optional
        How it is gated in the one version and in the other; None where it is not, or is not there.
    """

    kind: Kind
    reference: str
    before: Request | None
    after: Request | None

    @property
    def request(self) -> Request:
        """How it is gated now or, if it is not any more, how it was."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True)
class Sides:
    """What two versions of a repository gate.

    Attributes
    ----------
    pairs : tuple of Pair
        What is gated.
    folder : Path
        What files are named from, seen from the top of the repository: where the settings are.
    levels : mapping from rule to Level
        The levels that the version after chose.
    """

    pairs: tuple[Pair, ...]
    folder: Path
    levels: Mapping[str, Level]


def side_by_side(before: Tree, after: Tree, recognise: Recognise | None) -> Sides:
    """Return what is gated in two versions: by the settings of each, or else by those of the other.

    Where neither has settings, it is what ``assay gate --init`` finds in them. Models of assay's own library are left
    out: they are the same in both.

    Raises
    ------
    InputError
        If settings of the version after cannot be read, a pattern in them matches nothing, or nothing is gated at all.
    """
    folder = _folder(after) or _folder(before) or before.inside
    new, old = _settings(after.top / folder), None
    # What was wrong with the settings of the version before is no reason not to compare the rest.
    with contextlib.suppress(InputError):
        old = _settings(before.top / folder)
    now = _requests(after.top / folder, new or old, recognise, is_strict=new is not None)
    was = _requests(before.top / folder, old or new, recognise, is_strict=False)
    if not was and not now:
        raise InputError(
            f"there is nothing to compare: neither {before.words} nor {after.words} has protocols or configurations",
            help="assay diff BEFORE AFTER compares two files, too",
        )
    pairs = (Pair(*key, was.get(key), now.get(key)) for key in {**now, **was})
    return Sides(tuple(pairs), folder, {} if new is None else new.levels)


def _folder(tree: Tree) -> Path | None:
    """Return the folder whose settings hold where the user works: the nearest that has some, up to the top."""
    return next((each for each in (tree.inside, *tree.inside.parents) if has_settings(tree.top / each)), None)


def _settings(folder: Path) -> Configuration | None:
    return find_configuration(folder) if has_settings(folder) else None


def _requests(
    folder: Path, settings: Configuration | None, recognise: Recognise | None, *, is_strict: bool
) -> dict[tuple[Kind, str], Request]:
    """Return what is gated in a folder, by its kind and its name."""
    if not folder.is_dir():
        return {}
    entries = tuple(_found(folder, recognise)) if settings is None else settings.entries
    found: dict[tuple[Kind, str], Request] = {}
    for entry in entries if is_strict else _each_alone(entries):
        with contextlib.nullcontext() if is_strict else contextlib.suppress(InputError):
            for request in requests(Configuration(folder, folder, (replace(entry, prove=False),))):
                key = Kind(request.kind), request.reference
                if key[0] is Kind.QUORUM or not _is_of_the_library(request.reference):
                    found[key] = _joined(found.get(key), request)
    return found


def _joined(one: Request | None, other: Request) -> Request:
    """Return how something is gated that two tables may name, at different instances."""
    if one is None:
        return other
    return msgspec.structs.replace(one, instances=(*one.instances, *other.instances))


def _each_alone(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield an entry for each pattern and each name: of what one version has not, the rest is still there."""
    for entry in entries:
        yield from (replace(entry, files=(pattern,), names=()) for pattern in entry.files)
        yield from (replace(entry, files=(), names=(name,)) for name in entry.names)


def _is_of_the_library(reference: str) -> bool:
    """Return whether a model or implementation comes with assay: its name has no folder and no package."""
    return "." not in origin(reference)


def _found(folder: Path, recognise: Recognise | None) -> Iterator[Entry]:
    found = look_at(folder, recognise)
    kinds = (Kind.MODEL, found.models), (Kind.IMPLEMENTATION, found.implementations), (Kind.QUORUM, found.quorums)
    for kind, files in kinds:
        if files:
            yield Entry(kind, tuple(map(glob.escape, files)))
