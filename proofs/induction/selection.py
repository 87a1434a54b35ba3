"""The obligations of a model that the option --only selects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from assay.checker.immutable import immutable
from assay.checker.language.model import Kind
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.induction.obligations import Claim, ClaimKind, Obligation

__all__ = ["Selection"]


@immutable
class Selection:
    """The requested properties and actions.

    Attributes
    ----------
    problem : Problem
        The model.
    names : tuple of str
        Properties and actions; empty if everything is asked for.
    """

    problem: Problem
    names: tuple[str, ...]

    def has(self, predicate: Predicate) -> bool:
        """Return whether a property is requested; its definedness is requested with it, that of constraints always."""
        if predicate.about is not None:
            return predicate.about.kind in (Kind.CONSTRAINT, Kind.STEP_CONSTRAINT) or self.has(predicate.about)
        return not self.names or predicate.name in self.names

    @cached_property
    def has_properties(self) -> bool:
        """Whether some property is asked for as a whole."""
        return any(map(self.has, (*self.problem.invariants, *self.problem.steps)))

    def of(self, obligations: Sequence[Obligation], hypotheses: Sequence[Predicate]) -> Iterator[Obligation]:
        """Yield the requested obligations and, marked as supporting, those of the hypotheses that they depend on."""
        # Compared by identity: there is one object for each predicate, and comparing the formulas in it is slow.
        assumed = {id(predicate) for predicate in hypotheses}
        for obligation in obligations:
            if self._is_asked(obligation.claim):
                yield obligation
            elif self.has_properties and id(obligation.claim.predicate) in assumed:
                yield replace(obligation, supporting=True)

    def _is_asked(self, claim: Claim) -> bool:
        is_step = claim.transition is not None and claim.kind is not ClaimKind.INITIATION
        if not self.names or (is_step and claim.action in self.names):
            return True
        return claim.predicate is not None and self.has(claim.predicate)
