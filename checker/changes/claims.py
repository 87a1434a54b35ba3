"""Request and answer on how the claims of two versions compare: removed, weakened, changed?

The answer needs a solver, so it comes from `assay.proofs`; this module holds the data that passes between the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path

import msgspec
from assay.checker.changes.processes import ask
from assay.checker.language.kinds import Kind

__all__ = ["COMPARER", "Claims", "ClaimsRequest", "Fate", "StatementChange", "compare_statements"]

COMPARER = "assay.proofs.changes.answering"
"""The module that answers, run in a process of its own; the checker never imports it."""


class Fate(Enum):
    """How a statement of one version relates to the other version.

    For claims, less is worse: what is removed, weakened or changed may become false unnoticed. For constraints, axioms
    and terminal states, more is worse: what they exclude is no longer checked.
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
        References of the models for `assay.checker.language.loader.load`, each relative to its root.
    before_root, after_root : str
        The roots of their files.
    instance : str
        The instance of the new version, for comparisons that need sizes.
    settings : mapping from name to text
        Settings that override it.
    seconds : float
        Limit of processor time for all questions together.
    memory : int, optional
        Memory limit of the process, in bytes.
    """

    before: str
    after: str
    before_root: str
    after_root: str
    instance: str = "default"
    settings: Mapping[str, str] = {}
    seconds: float = 5.0
    memory: int | None = None


class StatementChange(msgspec.Struct, frozen=True):
    """A statement that changed.

    Attributes
    ----------
    name : str
        Its name, in the new version if it is there.
    kind : Kind, optional
        What it is; None if the question is about everything that a version states.
    fate : Fate
        How it changed.
    note : str
        The reason for that, or why it is unknown.
    file : str
        Its file in the new version; empty if it was removed.
    line : int
        Its line there.
    """

    name: str
    kind: Kind | None
    fate: Fate
    note: str = ""
    file: str = ""
    line: int = 0

    @property
    def noun(self) -> str:
        """Its kind in messages, in front of its name."""
        return "what is claimed of" if self.kind is None else self.kind.value


class Claims(msgspec.Struct, frozen=True):
    """How the statements of two versions compare.

    Attributes
    ----------
    statements : tuple of StatementChange
        The statements that changed; equivalent reformulations are not among them.
    notes : tuple of str
        Assumptions of the comparison: variables that were taken to be renamed.
    """

    statements: tuple[StatementChange, ...] = ()
    notes: tuple[str, ...] = ()


def compare_statements(request: ClaimsRequest) -> Claims:
    """Compare the statements of two versions of a model, in a process of its own.

    Raises
    ------
    AssayError
        If a version is malformed, or the process dies.
    """
    subject = f"{request.before} -> {request.after}"
    # The limit is processor time, of which a busy machine grants only a fraction, and the last question may overrun it.
    wall = 4 * max(request.seconds, 0.0)
    return ask(COMPARER, request, Claims, subject=subject, root=Path(request.after_root), seconds=wall)
