"""Turn settings into requests: expand patterns to files, and select the items that the user names."""

from __future__ import annotations

import fnmatch
import glob
import importlib.util
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from assay.checker.errors import InputError, UsageError
from assay.checker.gate.configuration import Configuration, Entry
from assay.checker.gate.facts import ANY_SIZE, Item, ItemKind
from assay.checker.gate.requests import Request
from assay.checker.references import split_reference
from assay.checker.wording import nearest

__all__ = ["chosen", "demand_each_once", "demand_found", "forgotten", "is_named", "origin", "requests"]


LIBRARY = "assay.models"
"""The same as in `checker.language.loader`, which is slow to import and not needed when everything is cached."""


def requests(configuration: Configuration) -> tuple[Request, ...]:
    """Return the requests that a configuration stands for.

    Raises
    ------
    InputError
        If a pattern matches no file, or two tables gate the same thing at the same instance.
    """
    found = [request for entry in configuration.entries for request in _of(entry, configuration.root)]
    for n, request in enumerate(found):
        for other in found[:n]:
            if (request.kind, request.reference) == (other.kind, other.reference):
                _demand_apart(request, other, configuration)
    return tuple(found)


def _demand_apart(request: Request, other: Request, configuration: Configuration) -> None:
    both = set(request.instances) & set(other.instances)
    if both:
        raise _gated_twice(request.words, min(both), configuration)


def demand_each_once(items: Iterable[Item], configuration: Configuration) -> None:
    """Refuse items that were verified twice, once by file and once by class.

    Raises
    ------
    InputError
        If there is one: reports and the lock file could not tell the two apart.
    """
    seen: set[Item] = set()
    for item in items:
        if item in seen:
            raise _gated_twice(f"{item.kind.value} {item.reference}", item.instance, configuration)
        seen.add(item)


def _gated_twice(words: str, instance: str, configuration: Configuration) -> InputError:
    return InputError(
        f"{words} is gated twice at the instance {instance!r}",
        location=configuration.entries[0].place,
        help="exclude it from one of the tables, or give them different instances",
    )


def _of(entry: Entry, root: Path) -> Iterator[Request]:
    for reference in (*_files(entry, root), *map(_canonical, entry.names)):
        yield _request(entry, entry.kind, reference)
        if entry.prove:
            yield _request(entry, ItemKind.PROOF, reference)


def _request(entry: Entry, kind: ItemKind, reference: str) -> Request:
    bounds = entry.bounds
    return Request(
        kind.value,
        reference,
        (ANY_SIZE,) if kind is ItemKind.PROOF else entry.instances,
        entry.exclude,
        entry.expect,
        entry.behaviour,
        entry.mutants,
        entry.format,
        entry.settings,
        bounds.states,
        bounds.seconds,
        bounds.memory,
        bounds.proof_seconds,
    )


def _files(entry: Entry, root: Path) -> list[str]:
    found: dict[str, None] = {}
    for pattern in entry.files:
        here = [path for path in sorted(_matching(pattern, root)) if not _is_left_out(path, pattern, entry)]
        if not here:
            raise InputError(
                f"no file matches {pattern!r}" + (" that is not excluded" if entry.exclude else ""),
                location=entry.place,
                help=f"patterns are read from {root} on; ** stands for folders of any depth",
            )
        found |= dict.fromkeys(here)
    for path in found:
        if len(path.splitlines()) != 1 or not _UNSEEN.isdisjoint(path):
            raise InputError(
                f"the name of the file {path!r} has a line end or a control character, which could forge a report",
                location=entry.place,
                help="rename it, or exclude it",
            )
    return [*found]


_UNSEEN = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
"""Control characters. Names that are no Unicode are shown with escapes."""


def _matching(pattern: str, root: Path) -> Iterator[str]:
    for path in glob.iglob(pattern, root_dir=root, recursive=True):
        if glob.has_magic(pattern) and not pattern.endswith("/") and (root / path).is_dir():
            continue  # folders match only by name or by a pattern with a final slash
        try:
            path.encode("utf-8")
        except UnicodeEncodeError:
            raise InputError(f"{path!r} is no name in UTF-8, so nothing can be recorded of it") from None
        yield Path(path).as_posix()


def _is_left_out(path: str, pattern: str, entry: Entry) -> bool:
    if any(fnmatch.fnmatchcase(path, excluded) for excluded in entry.exclude):
        return True
    # Every package has such a file and hardly any holds a model, so only an explicit name selects it.
    return glob.has_magic(pattern) and Path(path).name == "__init__.py"


def chosen(all_: Sequence[Request], names: Sequence[str], others: Sequence[Item]) -> tuple[Request, ...]:
    """Return the requests that the names select, or all of them if there are no names.

    A name is a file, a reference or a glob pattern, optionally followed by a colon and a class.

    Parameters
    ----------
    all_ : sequence of Request
        What is gated.
    names : sequence of str
        What the user asks for.
    others : sequence of Item
        Items in the lock file, which may be named although they are no longer gated.

    Raises
    ------
    UsageError
        If a name matches nothing; the message suggests the nearest.
    """
    if not names:
        return tuple(all_)
    for name in names:
        known = [*(request.reference for request in all_), *(item.reference for item in others)]
        if not any(_origin_matches(reference, name) for reference in known):
            raise _means_nothing(name, known)
    return tuple(r for r in all_ if any(_origin_matches(r.reference, name) for name in names))


def forgotten(all_: Sequence[Request], recorded: Iterable[Item]) -> tuple[tuple[ItemKind, str], ...]:
    """Return the kind and the name of each recorded file or module that no request covers."""
    asked = {(request.kind, origin(request.reference)) for request in all_}
    found = dict.fromkeys((item.kind, origin(item.reference)) for item in recorded)
    return tuple((kind, name) for kind, name in found if (kind.value, name) not in asked)


def _canonical(reference: str) -> str:
    """Return the canonical name of a library model: without the library's folder, however the user wrote it."""
    place, cls = split_reference(reference)
    parts = re.split(r"[./]", place)
    if len(parts) > 1 and any((folder / Path(*parts)).with_suffix(".py").is_file() for folder in _library()):
        place = parts[-1]
    return f"{place}:{cls}" if cls else place


@cache
def _library() -> tuple[Path, ...]:
    """Return the folders of the models that come with assay, without importing them."""
    found = importlib.util.find_spec(LIBRARY)
    return () if found is None else tuple(map(Path, found.submodule_search_locations or ()))


def demand_found(names: Sequence[str], references: Sequence[str]) -> None:
    """Refuse a name whose class was not found in its file.

    Raises
    ------
    UsageError
        If there is one; the message suggests the nearest.
    """
    for name in names:
        if not is_named(references, (name,)):
            raise _means_nothing(name, references)


def _means_nothing(name: str, known: Sequence[str]) -> UsageError:
    return UsageError(
        f"nothing that is gated is called {name!r}{nearest(name, known)}",
        help=f"gated are {', '.join(dict.fromkeys(known))}" if len(known) <= 20 else None,
    )


def is_named(references: Sequence[str], names: Sequence[str]) -> bool:
    """Return whether any of these references is selected by the names."""
    return not names or any(_matches(reference, name) for name in names for reference in references)


def origin(reference: str) -> str:
    """Return the file or module of a reference, without its class."""
    return split_reference(reference)[0]


def _origin_matches(reference: str, name: str) -> bool:
    """Return whether a name may select something in the reference's file or module."""
    return _matches(reference, name) or _matches(reference, origin(name))


def _matches(reference: str, name: str) -> bool:
    """Return whether a name selects a reference: the same origin and, if the name has a class, the same class."""
    place, cls = split_reference(reference)
    wanted, wanted_class = split_reference(name)
    called = (place, Path(place).stem, Path(place).name, place.rpartition(".")[2])
    same_origin = wanted in called or fnmatch.fnmatchcase(place, wanted) or _canonical(wanted) == place
    return same_origin and wanted_class in (None, cls)
