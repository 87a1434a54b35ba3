"""Find constraints and axioms that the new version adds or strengthens.

Their polarity is opposite to that of claims: the stronger the assumptions, the weaker the result.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.checker.changes.claims import Fate, StatementChange
from assay.checker.language.kinds import Kind
from assay.proofs.changes.questions import Questions
from assay.proofs.changes.versions import Said, Versions

__all__ = ["narrowed"]


def narrowed(versions: Versions, questions: Questions, kind: Kind) -> Iterator[StatementChange]:
    """Yield the constraints or axioms of the version after that do not follow from those of the version before."""
    before = [*versions.before(kind)]
    known = [old.here for old in before if old.here is not None]
    for new in versions.after(kind):
        follows = questions.follows(new, known)
        if follows is None or (follows is False and len(known) < len(before)):
            yield _statement(new, Fate.UNKNOWN, next((old.why for old in before if old.why), questions.why_open(new)))
        elif not follows:
            yield _statement(new, Fate.NARROWED)


def _statement(new: Said, fate: Fate, note: str = "") -> StatementChange:
    where = ("", 0) if new.location is None else (new.location.file, new.location.line)
    return StatementChange(new.name, new.kind, fate, note, *where)
