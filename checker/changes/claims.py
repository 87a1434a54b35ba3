"""What is asked and answered about the claims of two versions: is something claimed no longer, or less of it?

Who answers knows a solver, and is none of the checker's; this is the data between.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path

import msgspec
from assay.checker.changes.processes import ask

__all__ = ["COMPARER", "Claims", "ClaimsRequest", "Fate", "Statement", "compare_statements"]

COMPARER = "assay.proofs.changes.answering"
"""Who answers: a module that runs in a process of its own, and is imported by nobody here."""


class Fate(Enum):
    """What became of a statement of the version before, or where one of the version after comes from.

    Of claims, less is worse: what is removed, weakened or changed may be false from now on, and nothing would tell.
    Of constraints and axioms, more is worse: what they keep out is looked at no longer.
    """

    REMOVED = "removed"
    ADDED = "added"
    WEAKENED = "weakened"
    CHANGED = "changed"
    STRENGTHENED = "strengthened"
    RESTATED = "restated"
    UNKNOWN = "unknown"
    VACUOUS = "vacuous"
    NARROWED = "narrowed"


class ClaimsRequest(msgspec.Struct, frozen=True):
    """Two versions of a model.

    Attributes
    ----------
    before, after : str
        The models, as `assay.checker.language.loader.load` understands them, each from its root.
    before_root, after_root : str
        The tops of their files.
    instance : str
        What is compared where sizes must be known: the instance of the version after.
    settings : mapping from name to text
        What differs from it.
    seconds : float
        Of processor time, for all questions together.
    memory : int, optional
        How many bytes of memory the process may hold.
    """

    before: str
    after: str
    before_root: str
    after_root: str
    instance: str = "default"
    settings: Mapping[str, str] = {}
    seconds: float = 5.0
    memory: int | None = None


class Statement(msgspec.Struct, frozen=True):
    """A statement that is not what it was.

    Attributes
    ----------
    name, kind : str
        What it is called, in the version after if it is there, and what it is.
    fate : Fate
        What became of it.
    note : str
        How that is known, or why not.
    file : str
        Where it stands in the version after; empty where it does not.
    line : int
        The line there.
    """

    name: str
    kind: str
    fate: Fate
    note: str = ""
    file: str = ""
    line: int = 0


class Claims(msgspec.Struct, frozen=True):
    """What was found out about the statements of two versions.

    Attributes
    ----------
    statements : tuple of Statement
        What changed; what says the same in other words did not.
    notes : tuple of str
        What this rests on: variables that were taken for renamed ones.
    """

    statements: tuple[Statement, ...] = ()
    notes: tuple[str, ...] = ()


def compare_statements(request: ClaimsRequest) -> Claims:
    """Say what became of the statements of a model, in a process of its own.

    Raises
    ------
    AssayError
        If a version is malformed, or the process died.
    """
    subject = f"{request.before} -> {request.after}"
    # Its limit is processor time, of which a busy machine gives it a fraction; and the last question ends in its own.
    wall = 4 * max(request.seconds, 0.0)
    return ask(COMPARER, request, Claims, subject=subject, root=Path(request.after_root), seconds=wall)
