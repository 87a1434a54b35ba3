"""Both versions of a model, with the old one's statements translated to the new one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assay.checker.changes.correspondence import Correspondence, IncomparableError, corresponding
from assay.checker.language.ir.program import ModelIR, PredicateIR, TemporalIR
from assay.checker.language.kinds import Judged, Kind

__all__ = ["BEHAVIOURS", "STATES", "STEPS", "WITNESSES", "Carried", "Said", "Versions"]

Said = PredicateIR | TemporalIR
"""A statement."""


def _kinds(judged_on: Judged, *, is_claim: bool = True) -> frozenset[Kind]:
    """Return the kinds whose statements may replace one another."""
    meanings = ((kind, kind.meaning) for kind in Kind)
    return frozenset(kind for kind, m in meanings if m and m.judged_on is judged_on and m.is_claim is is_claim)


STATES = _kinds(Judged.STATE)
STEPS = _kinds(Judged.STEP)
WITNESSES = _kinds(Judged.STATE, is_claim=False)
BEHAVIOURS = _kinds(Judged.BEHAVIOUR)


@dataclass(frozen=True)
class Carried:
    """A statement of the version before.

    Attributes
    ----------
    said : Said
        As it is.
    here : Said, optional
        In the words of the version after; None if it cannot be put into these.
    why : str
        Why not.
    """

    said: Said
    here: Said | None
    why: str = ""


@dataclass(frozen=True)
class Versions:
    """Two versions of a model.

    Attributes
    ----------
    old, new : ModelIR
        What each says.
    between : Correspondence
        What of the one is what of the other.
    """

    old: ModelIR
    new: ModelIR
    between: Correspondence

    @classmethod
    def of(cls, old: ModelIR, new: ModelIR) -> Versions:
        """Return two versions, compiled."""
        said = ((model.actions, model.predicates, model.temporals) for model in (old, new))
        return cls(old, new, corresponding(old.specification, new.specification, *said))

    def before(self, *kinds: Kind) -> Iterator[Carried]:
        """Yield the statements of some kinds of the version before."""
        for said in _of(self.old, kinds):
            try:
                yield Carried(said, self.between.carried(said))
            except IncomparableError as error:
                yield Carried(said, None, str(error))

    def after(self, *kinds: Kind) -> tuple[Said, ...]:
        """Return the statements of some kinds of the version after."""
        return tuple(_of(self.new, kinds))


def _of(model: ModelIR, kinds: tuple[Kind, ...]) -> Iterator[Said]:
    # What is said of behaviours by a predicate is there as a predicate, too.
    yield from (p for p in model.predicates if p.kind in kinds and p.kind not in BEHAVIOURS)
    yield from (temporal for temporal in model.temporals if temporal.kind in kinds)
