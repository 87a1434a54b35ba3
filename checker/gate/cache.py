"""Cached answers of earlier runs, keyed by the content of everything they depend on.

An *index* per request lists the files and folders that its answers depended on, relative to the project's root. Their
present content, the request and assay's own version are hashed into the key of the *answer*. Branches that are checked
out in turn therefore keep their answers, and a stale answer is never found. Both are written atomically. Concurrent
runs may write the same answer twice or lose an index entry; the only cost is one more verification.
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
"""Bumped to invalidate everything that earlier versions cached."""

MOST_SETS = 8
"""Sets of dependencies remembered per request: one for each branch that somebody switches between."""

MOST_FILES = 4096
"""Files in the cache; beyond that, the older half is evicted."""

Names = tuple[tuple[str, str], ...]
"""Kinds and names of an answer's dependencies."""


_Struct = TypeVar("_Struct", bound=msgspec.Struct)


class _Kept(msgspec.Struct, frozen=True):
    key: str
    answer: Answer


class _Index(msgspec.Struct, frozen=True):
    key: str
    sets: tuple[Names, ...]


@dataclass(frozen=True)
class Cache:
    """The cache shared by all projects.

    Attributes
    ----------
    directory : OwnDirectory, optional
        Where answers are stored; None disables the cache.
    is_written : bool
        Whether new answers are stored.
    """

    directory: OwnDirectory | None
    is_written: bool = True

    @classmethod
    def kept(cls, *, is_written: bool = True) -> Cache:
        """Return the cache in the user's cache directory."""
        kept = kept_directory()
        try:
            return cls(None if kept is None else kept.inside("gate"), is_written)
        except UntrustedError as error:
            warnings.warn(f"no verdict is kept: {error}", AssayWarning, stacklevel=2)
            return cls(None, is_written)

    def find(self, request: Request, digests: Digests) -> Answer | None:
        """Return the cached answer to a request whose dependencies are all unchanged, or None."""
        if self.directory is None:
            return None
        for names in self._index(request).sets:
            dependencies = tuple(Dependency(kind, name, digests.of(kind, name)) for kind, name in names)
            key = _answer_key(request, dependencies)
            kept = _read(self.directory, f"answer-{key}", _Kept)
            # The file name is not trusted: the entry repeats its key and dependencies, so a file that was renamed or
            # copied is a miss.
            if kept is not None and kept.key == key and kept.answer.dependencies == dependencies:
                return kept.answer
        return None

    def keep(self, request: Request, answer: Answer) -> None:
        """Store an answer; if that fails, the next run simply verifies again."""
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
    """Return the entry of a name; None if it is missing, truncated or corrupt."""
    content = directory.read(name)
    if content is None:
        return None
    # The first line is a checksum of the rest, so a file cut short by a crash or a full disk reads as a miss.
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
