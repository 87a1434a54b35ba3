"""Answers of earlier runs, kept by the content of all that they rest on.

For each request there is an *index*: which files and folders its answers rested on, named from the top of the project,
wherever that is checked out. What these hold now, with the request and assay's own version, gives the name under which
the *answer* is kept. So two branches that are checked out in turn keep their answers, and nothing that is stale is ever
found. Both are written whole or not at all; runs at the same time may write the same answer twice, and lose an entry of
an index, which costs its verification once more.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from assay.checker.errors import AssayWarning
from assay.checker.gate.digests import Digests, own_version
from assay.checker.gate.requests import Answer, Dependency, Request
from assay.checker.storage import OwnDirectory, UntrustedError, kept_directory

__all__ = ["Cache"]

FORMAT = "assay gate 1"
"""Raised when what was kept by an earlier version is to count no more."""

MOST_SETS = 8
"""Different sets of dependencies that are remembered of a request."""

MOST_FILES = 4096
"""Kept in all; of more, the older half goes."""

Names = tuple[tuple[str, str], ...]
"""What an answer rested on: kinds and names of dependencies."""


_Struct = TypeVar("_Struct", bound=msgspec.Struct)


class _Kept(msgspec.Struct, frozen=True):
    key: str
    answer: Answer


class _Index(msgspec.Struct, frozen=True):
    key: str
    sets: tuple[Names, ...]


@dataclass(frozen=True)
class Cache:
    """The cache, of all projects.

    Attributes
    ----------
    directory : OwnDirectory, optional
        Where answers are kept; None if nothing is.
    is_written : bool
        Whether new answers are kept.
    """

    directory: OwnDirectory | None
    is_written: bool = True

    @classmethod
    def kept(cls, *, is_written: bool = True) -> Cache:
        """Return the cache in the directory for what is kept between runs."""
        kept = kept_directory()
        try:
            return cls(None if kept is None else kept.inside("gate"), is_written)
        except UntrustedError as error:
            warnings.warn(f"no verdict is kept: {error}", AssayWarning, stacklevel=2)
            return cls(None, is_written)

    def find(self, request: Request, digests: Digests) -> Answer | None:
        """Return the answer to a request, if everything that it rests on is as it was."""
        if self.directory is None:
            return None
        for names in self._index(request).sets:
            dependencies = tuple(Dependency(kind, name, digests.of(kind, name)) for kind, name in names)
            key = _answer_key(request, dependencies)
            kept = _read(self.directory, f"answer-{key}", _Kept)
            if kept is not None and kept.key == key and kept.answer.dependencies == dependencies:
                return kept.answer
        return None

    def keep(self, request: Request, answer: Answer) -> None:
        """Keep an answer; where that is not possible, it is found out again the next time."""
        if self.directory is None or not self.is_written:
            return
        key = _answer_key(request, answer.dependencies)
        _write(self.directory, f"answer-{key}", _Kept(key, answer))
        index, names = self._index(request), tuple((one.kind, one.name) for one in answer.dependencies)
        sets = (names, *(others for others in index.sets if others != names))[:MOST_SETS]
        if sets != index.sets:
            _write(self.directory, f"index-{index.key}", _Index(index.key, sets))
        self.directory.only(MOST_FILES)

    def _index(self, request: Request) -> _Index:
        key = hashlib.sha256(f"{FORMAT}\n".encode() + msgspec.json.encode(request)).hexdigest()
        found = None if self.directory is None else _read(self.directory, f"index-{key}", _Index)
        return found if found is not None and found.key == key else _Index(key, ())


def _answer_key(request: Request, dependencies: tuple[Dependency, ...]) -> str:
    digest = hashlib.sha256(f"{FORMAT}\n{own_version()}\n".encode())
    digest.update(msgspec.json.encode((request, dependencies)))
    return digest.hexdigest()


def _read(directory: OwnDirectory, name: str, type_: type[_Struct]) -> _Struct | None:
    """Return what is kept under a name; None if there is nothing, or not all of it."""
    content = directory.read(name)
    if content is None:
        return None
    digest, _, payload = content.partition(b"\n")
    if digest.decode(errors="replace") != hashlib.sha256(payload).hexdigest():
        return None
    try:
        return msgspec.json.decode(payload, type=type_)
    except (msgspec.DecodeError, RecursionError):
        return None


def _write(directory: OwnDirectory, name: str, kept: msgspec.Struct) -> None:
    payload = msgspec.json.encode(kept)
    directory.write(name, hashlib.sha256(payload).hexdigest().encode() + b"\n" + payload, durable=True)
