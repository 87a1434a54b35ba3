"""Bringing the obligations of a proof into EPR, by hoisting the sets whose existence lemmas state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assay.proofs.inference.alternation import Alternations
from assay.proofs.inference.lemmas import Lemma, lemma_of
from assay.proofs.inference.support import Support

__all__ = ["Hoisting"]


@dataclass(frozen=True)
class Hoisting:
    """What tells whether lemmas can be replaced by stronger ones.

    Such a lemma is one that there is one and the same set for all values of the variables that would lead out of EPR.

    Attributes
    ----------
    alternations : Alternations
        Which lemmas keep all obligations in EPR.
    support : Support
        What the lemmas are needed for.
    is_true : callable
        Whether a lemma is true in all explored states, and initially for any sizes.
    """

    alternations: Alternations
    support: Support
    is_true: Callable[[Lemma], bool]

    def inside(self, lemmas: Sequence[Lemma]) -> list[Lemma] | None:
        """Return lemmas that prove the same with all obligations in EPR; None if none do, or no lemma is outside."""
        found = list(lemmas)
        _, outside = self.alternations.split([lemma.predicate for lemma in found])
        for lemma in [one for one in found if one.predicate in outside]:
            found = next(self._hoisted(found, lemma), found)
        predicates = [lemma.predicate for lemma in found]
        if not outside or not self.alternations.is_acyclic(predicates) or not self._proves(found):
            return None
        used = self.support.used(predicates)
        return [lemma for lemma in found if lemma.predicate in used]

    def _hoisted(self, lemmas: Sequence[Lemma], lemma: Lemma) -> Iterator[list[Lemma]]:
        """Yield the lemmas that prove the same with one of them hoisted, as little as is needed at first."""
        rest = [one.predicate for one in lemmas if one is not lemma]
        for _, witness in lemma.clause.witnesses:
            reached = self.alternations.reachable(witness.bound.term.sort, rest)
            near = tuple(bound for bound in lemma.clause.used if bound.term.sort in reached)
            for variables in dict.fromkeys((near, lemma.clause.used)):
                other = lemma_of(lemma.clause.hoisted(variables))
                those = [other if one is lemma else one for one in lemmas]
                if variables and self.is_true(other) and self._proves(those):
                    yield those

    def _proves(self, lemmas: Sequence[Lemma]) -> bool:
        return self.support.unproved([lemma.predicate for lemma in lemmas]) is None
