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
    semantics = ((kind, kind.semantics) for kind in Kind)
    return frozenset(kind for kind, s in semantics if s and s.judged_on is judged_on and s.is_claim is is_claim)


STATES = _kinds(Judged.STATE)
STEPS = _kinds(Judged.STEP)
WITNESSES = _kinds(Judged.STATE, is_claim=False)
BEHAVIOURS = _kinds(Judged.BEHAVIOUR)


@dataclass(frozen=True)
class Carried:
    """A statement of the old version.

    Attributes
    ----------
    said : Said
        The statement itself.
    here : Said, optional
        Its translation to the vocabulary of the new version; None if there is none.
    why : str
        Why there is none.
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
        The two models.
    between : Correspondence
        The correspondence between their parts.
    """

    old: ModelIR
    new: ModelIR
    between: Correspondence

    @classmethod
    def of(cls, old: ModelIR, new: ModelIR) -> Versions:
        """Return two compiled versions with their correspondence."""
        said = ((model.actions, model.predicates, model.temporals) for model in (old, new))
        return cls(old, new, corresponding(old.specification, new.specification, *said))

    def before(self, *kinds: Kind) -> Iterator[Carried]:
        """Yield the statements of these kinds in the old version."""
        for said in _of(self.old, kinds):
            try:
                yield Carried(said, self.between.carried(said))
            except IncomparableError as error:
                yield Carried(said, None, str(error))

    def after(self, *kinds: Kind) -> tuple[Said, ...]:
        """Return the statements of these kinds in the new version."""
        return tuple(_of(self.new, kinds))


def _of(model: ModelIR, kinds: tuple[Kind, ...]) -> Iterator[Said]:
    # Statements about behaviours that are written as predicates are in both lists: taken from the second only.
    yield from (p for p in model.predicates if p.kind in kinds and p.kind not in BEHAVIOURS)
    yield from (temporal for temporal in model.temporals if temporal.kind in kinds)
