"""Find constraints and axioms that the new version adds or strengthens, and terminal states that it adds.

Their polarity is opposite to that of claims: the stronger the assumptions, and the more states are terminal, the weaker
the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assay.checker.changes.claims import Fate, StatementChange
from assay.checker.language.ir.nodes import FALSE, Or
from assay.checker.language.ir.program import PredicateIR
from assay.checker.language.kinds import Kind
from assay.proofs.changes.questions import Questions
from assay.proofs.changes.versions import Said, Versions

__all__ = ["ended", "narrowed"]


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


def ended(versions: Versions, questions: Questions) -> Iterator[StatementChange]:
    """Yield the terminal predicates of the version after that are true where none of the version before is."""
    if not versions.old.specification.cls.check_deadlock:
        return
    before = [*versions.before(Kind.TERMINAL)]
    known = [old.here for old in before if isinstance(old.here, PredicateIR)]
    for new in versions.after(Kind.TERMINAL):
        if not isinstance(new, PredicateIR) or any(questions.are_the_same(new, old) for old in known):
            continue
        # As invariants: the question is only what follows from what.
        premise = replace(new, kind=Kind.INVARIANT)
        goal = replace(premise, body=Or((*(old.body for old in known), FALSE)))
        follows = questions.follows(goal, [premise])
        if follows is None or (follows is False and len(known) < len(before)):
            yield _statement(new, Fate.UNKNOWN, next((old.why for old in before if old.why), questions.why_open(goal)))
        elif not follows:
            yield _statement(new, Fate.NARROWED)


def _statement(new: Said, fate: Fate, note: str = "") -> StatementChange:
    where = ("", 0) if new.location is None else (new.location.file, new.location.line)
    return StatementChange(new.name, new.kind, fate, note, *where)
