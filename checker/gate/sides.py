"""Match what is gated in two versions of a repository: common, removed and new items."""

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
from assay.checker.gate.facts import ItemKind
from assay.checker.gate.initial import look_at
from assay.checker.gate.reading import find_configuration, has_settings
from assay.checker.gate.requests import Request
from assay.checker.gate.selection import origin, requests

__all__ = ["Pair", "Sides", "side_by_side"]

Recognise = Callable[[Path], str | None]
"""Recognises quorum configurations, as the `refused` parameter of `look_at` does."""


@dataclass(frozen=True)
class Pair:
    """A file or module that is gated in one of two versions, or in both.

    Attributes
    ----------
    kind : ItemKind
        Its kind.
    reference : str
        The file, relative to the root of the repository, or the module.
    before, after : Request, optional
        How each version gates it; None where it does not.
    """

    kind: ItemKind
    reference: str
    before: Request | None
    after: Request | None

    @property
    def request(self) -> Request:
        """How it is gated after the change or, if it no longer is, how it was before."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True)
class Sides:
    """Everything that two versions of a repository gate.

    Attributes
    ----------
    pairs : tuple of Pair
        The matched items.
    folder : Path
        Folder of the settings, relative to the root of the repository; file names are relative to it.
    levels : mapping from rule to Level
        Severity levels, from the settings of the version after.
    """

    pairs: tuple[Pair, ...]
    folder: Path
    levels: Mapping[str, Level]


def side_by_side(before: Tree, after: Tree, recognise: Recognise | None) -> Sides:
    """Match what two versions gate, each by its own settings or, if it has none, by the other's.

    If neither has settings, what ``assay gate --init`` would find counts. Models of assay's own library are left out:
    they are the same in both.

    Raises
    ------
    InputError
        If settings of the version after cannot be read, a pattern in them matches nothing, or nothing is gated at all.
    """
    folder = _folder(after) or _folder(before) or before.inside
    new, old = _settings(after.top / folder), None
    # Invalid settings in the old version must not prevent the comparison.
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
    """Return the nearest folder with settings, upwards from where the user works."""
    return next((each for each in (tree.inside, *tree.inside.parents) if has_settings(tree.top / each)), None)


def _settings(folder: Path) -> Configuration | None:
    return find_configuration(folder) if has_settings(folder) else None


def _requests(
    folder: Path, settings: Configuration | None, recognise: Recognise | None, *, is_strict: bool
) -> dict[tuple[ItemKind, str], Request]:
    """Return what is gated in a folder, keyed by kind and name."""
    if not folder.is_dir():
        return {}
    entries = tuple(_found(folder, recognise)) if settings is None else settings.entries
    found: dict[tuple[ItemKind, str], Request] = {}
    for entry in entries if is_strict else _each_alone(entries):
        with contextlib.nullcontext() if is_strict else contextlib.suppress(InputError):
            for request in requests(Configuration(folder, folder, (replace(entry, prove=False),))):
                key = ItemKind(request.kind), request.reference
                if key[0] is ItemKind.QUORUM or not _is_of_the_library(request.reference):
                    found[key] = _joined(found.get(key), request)
    return found


def _joined(one: Request | None, other: Request) -> Request:
    """Merge the requests of two tables that name the same thing at different instances."""
    if one is None:
        return other
    return msgspec.structs.replace(one, instances=(*one.instances, *other.instances))


def _each_alone(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Split entries into one per pattern and name, so that one without a match does not drop the rest."""
    for entry in entries:
        yield from (replace(entry, files=(pattern,), names=()) for pattern in entry.files)
        yield from (replace(entry, files=(), names=(name,)) for name in entry.names)


def _is_of_the_library(reference: str) -> bool:
    """Return whether a reference is in assay's library: it has neither a folder nor a package."""
    return "." not in origin(reference)


def _found(folder: Path, recognise: Recognise | None) -> Iterator[Entry]:
    found = look_at(folder, recognise)
    kinds = (
        (ItemKind.MODEL, found.models),
        (ItemKind.IMPLEMENTATION, found.implementations),
        (ItemKind.QUORUM, found.quorums),
    )
    for kind, files in kinds:
        if files:
            yield Entry(kind, tuple(map(glob.escape, files)))
