"""What is needed for what: the lemmas that the claims rest on, and the proof with these for any sizes.

Most of the lemmas that a search has gathered are not needed in the end. Small structures tell in a millisecond which
ones are, so the first-order solver gets few hypotheses, however many lemmas there are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import TypeVar

from assay.proofs.encoding.problem import Predicate
from assay.proofs.induction.obligations import Obligation
from assay.proofs.inference.goals import Goals
from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import Term

__all__ = ["Gap", "Support", "first_by"]

L = TypeVar("L")
S = TypeVar("S", bound=Hashable)

Predicates = Sequence[Predicate]


@dataclass(frozen=True)
class Gap:
    """An obligation that is not proved.

    Attributes
    ----------
    predicate : Predicate, optional
        The predicate that is not preserved; None if the obligation is about steps.
    obligation : Obligation
        The claim.
    structure : Structure, optional
        A counterexample to induction; None if the solver gave no answer.
    """

    predicate: Predicate | None
    obligation: Obligation
    structure: Structure | None


@dataclass
class Support:
    """What supports what.

    Attributes
    ----------
    goals : Goals
        The obligations.
    demand_time : callable
        Raises an exception when the time is up.
    enough : dict from Obligation to set of Term
        Hypotheses that suffice for an obligation in small structures.
    proved : dict from Obligation to set of Term
        Hypotheses with which an obligation is proved for any sizes.
    """

    goals: Goals
    demand_time: Callable[[], None]
    enough: dict[Obligation, frozenset[Term]] = field(default_factory=dict)
    proved: dict[Obligation, frozenset[Term]] = field(default_factory=dict)
    _searched: int = 0

    @cached_property
    def _steps(self) -> list[Obligation]:
        return self.goals.steps()

    def obligations(self, lemmas: Predicates) -> Iterator[tuple[Predicate | None, Obligation]]:
        """Yield all that is to be proved with some lemmas: claims and lemmas, then what is about steps."""
        for predicate in (*self.goals.claimed, *lemmas):
            for obligation in self.goals.preserved(predicate):
                yield predicate, obligation
        for obligation in self._steps:
            yield None, obligation

    def hypotheses(self, lemmas: Predicates) -> list[Term]:
        """Return what the claims and some lemmas say."""
        return [predicate.formula for predicate in (*self.goals.claimed, *lemmas)]

    # In small structures

    def breaking(self, lemmas: Predicates) -> Gap | None:
        """Return a small counterexample to induction: all claims and lemmas hold, and a step violates one."""
        hypotheses = self.hypotheses(lemmas)
        known = frozenset(hypotheses)
        for predicate, obligation in self.obligations(lemmas):
            if self._is_enough(obligation, known):
                continue
            self.demand_time()
            structure = self.goals.breaking(obligation, hypotheses)
            if structure is not None:
                return Gap(predicate, obligation, structure)
            self.enough[obligation] = self.goals.enough(obligation, hypotheses, least=False) or frozenset()
        return None

    def _is_enough(self, obligation: Obligation, known: frozenset[Term]) -> bool:
        enough = self._known_to_suffice(obligation)
        return enough is not None and enough <= known

    def _known_to_suffice(self, obligation: Obligation) -> frozenset[Term] | None:
        if self._searched < self.goals.searched:  # what suffices in smaller structures need not do so in larger ones
            self._searched = self.goals.searched
            self.enough.clear()
        return self.enough.get(obligation)

    def preserves(self, predicate: Predicate, hypotheses: Sequence[Term]) -> bool:
        """Return whether hypotheses are enough for a predicate to be preserved in small structures."""
        known = frozenset(hypotheses)
        for obligation in self.goals.preserved(predicate):
            if not self._is_enough(obligation, known):
                self.demand_time()
                enough = self.goals.enough(obligation, hypotheses, least=False)
                if enough is None:
                    return False
                self.enough[obligation] = enough
        return True

    def closed(self, needed: Predicates, lemmas: Predicates) -> list[Predicate]:
        """Return some lemmas with those that they, and the claims, need in small structures: as few as possible."""
        of = first_by(lemmas, attrgetter("formula"))
        found, waiting = dict.fromkeys(needed), [*self.goals.claimed, *needed]
        for predicate in waiting:  # grows during the iteration
            for obligation in self.goals.preserved(predicate):
                self.demand_time()
                used = self._supporting(obligation, list(found), lemmas)
                fresh = [lemma for formula, lemma in of.items() if formula in used and lemma not in found]
                found.update(dict.fromkeys(fresh))
                waiting += fresh
        return [lemma for lemma in lemmas if lemma in found]

    def _supporting(self, obligation: Obligation, needed: Predicates, lemmas: Predicates) -> frozenset[Term]:
        """Return the hypotheses that an obligation needs in small structures, preferring those needed already."""
        at_hand = self.hypotheses([lemma for lemma in lemmas if lemma in needed])
        enough = self._known_to_suffice(obligation)
        if enough is None or not enough <= frozenset(at_hand):
            enough = self.goals.enough(obligation, at_hand)
        if enough is None:
            enough = self.goals.enough(obligation, self.hypotheses(lemmas))
        if enough is not None:
            self.enough[obligation] = enough
        return enough or frozenset()

    def thinned(self, lemmas: Predicates, kept: Predicates = ()) -> list[Predicate]:
        """Return the same without lemmas that the others can do without in small structures, the heaviest ones first.

        Parameters
        ----------
        lemmas : sequence of Predicate
            An inductive set in small structures, together with the claims; the lightest ones first.
        kept : sequence of Predicate
            Those that are needed for another reason.
        """
        left = list(lemmas)
        for lemma in [one for one in reversed(lemmas) if one not in kept]:
            rest = [other for other in left if other is not lemma]
            hypotheses = self.hypotheses(rest)
            if all(self.preserves(predicate, hypotheses) for predicate in (*self.goals.claimed, *rest)):
                left = rest
        return left

    # For any sizes

    def unproved(self, needed: Predicates) -> Gap | None:
        """Return an obligation not proved for all sizes from the claims and some lemmas, with its counterexample."""
        hypotheses = self.hypotheses(needed)
        known = frozenset(hypotheses)
        for predicate, obligation in self.obligations(needed):
            if self.proved.get(obligation, known | {None}) <= known:
                continue
            self.demand_time()
            structure = self._refuting(obligation, hypotheses)
            if structure is not None:
                return Gap(predicate, obligation, structure)
            if obligation not in self.proved or not self.proved[obligation] <= known:
                self.demand_time()  # with no time left, a missing answer says nothing about the lemma
                return Gap(predicate, obligation, None)
        return None

    def _refuting(self, obligation: Obligation, hypotheses: Sequence[Term]) -> Structure | None:
        """Try to prove an obligation, first with what it needs in small structures; return a counterexample."""
        few = self.goals.enough(obligation, hypotheses, least=False, larger=True)
        if few is None:
            return self.goals.breaking(obligation, hypotheses, larger=True)
        for some in ([formula for formula in hypotheses if formula in few], hypotheses):
            if self.goals.holds(obligation, some):
                self.proved[obligation] = frozenset(some)
                return None
        answer = self.goals.answer(obligation, hypotheses)
        if answer.proved:
            self.proved[obligation] = frozenset(hypotheses)
        return answer.structure

    def used(self, lemmas: Predicates) -> list[Predicate]:
        """Return the lemmas that the proofs of the claims used, and those of these lemmas."""
        of = first_by(lemmas, attrgetter("formula"))
        found, waiting = dict[Predicate, None](), [*self._of_claims(), *self._steps]
        for obligation in waiting:  # grows during the iteration
            used = self.proved.get(obligation, frozenset(of))
            fresh = [lemma for formula, lemma in of.items() if formula in used and lemma not in found]
            found.update(dict.fromkeys(fresh))
            waiting += (another for lemma in fresh for another in self.goals.preserved(lemma))
        return [lemma for lemma in lemmas if lemma in found]

    def _of_claims(self) -> Iterator[Obligation]:
        for claim in self.goals.claimed:
            yield from self.goals.preserved(claim)


def first_by(lemmas: Iterable[L], said: Callable[[L], S]) -> dict[S, L]:
    """Return lemmas by what they say; of those that say the same, the first."""
    found: dict[S, L] = {}
    for lemma in lemmas:
        found.setdefault(said(lemma), lemma)
    return found
