"""The loop: each counterexample to induction is answered by the best clause that excludes it.

The method is that of endive (Schultz, Dardik, Tripakis, *Plain and simple inductive invariant inference for distributed
protocols in TLA+*, 2022), except that clauses are not enumerated: those that exclude a state are computed from it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from assay.checker.language.model import Kind
from assay.proofs.encoding.problem import Predicate
from assay.proofs.induction.obligations import Obligation
from assay.proofs.inference.evaluation import holds
from assay.proofs.inference.goals import Goals
from assay.proofs.inference.results import Counts
from assay.proofs.inference.spaces import Clause, Space
from assay.proofs.inference.worlds import World, of_structure
from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import Term

__all__ = ["Lemma", "OutOfTime", "Search", "Stuck"]

TRIED = 24
"""Clauses of which it is asked whether they are inductive as things are, for each counterexample."""

AT_A_PLACE = 64
"""Clauses that exclude a state, at one place of it."""


class OutOfTime(Exception):
    """The budget is spent."""


@dataclass(frozen=True, eq=False)
class Lemma:
    """A clause that was added, and the same as what is proved."""

    clause: Clause
    predicate: Predicate


@dataclass(frozen=True)
class Stuck:
    """A counterexample to induction that no candidate excludes.

    Attributes
    ----------
    predicate : Predicate, optional
        What is not preserved; None where a claim about steps fails.
    obligation : Obligation
        The claim.
    structure : Structure, optional
        The state in which it fails; None where the solver gave no answer.
    """

    predicate: Predicate | None
    obligation: Obligation
    structure: Structure | None


@dataclass
class Search:
    """A set of lemmas on its way to being inductive.

    Attributes
    ----------
    goals : Goals
        What is to be proved.
    worlds : list of World
        Reachable states, which lemmas must be true in.
    deadline : float
        When to stop, by `time.monotonic`.
    changed : callable
        Is told when a lemma was added or taken back.
    lemmas : list of Lemma
        The lemmas of the moment.
    banned : set
        Clauses that turned out not to be inductive with anything there is.
    """

    goals: Goals
    worlds: list[World]
    deadline: float
    changed: Callable[[], None] = lambda: None
    clock: Callable[[], float] = time.monotonic
    lemmas: list[Lemma] = field(default_factory=list)
    banned: set[tuple[str, ...]] = field(default_factory=set)
    counts: Counts = field(default_factory=Counts)
    _proved: dict[Obligation, frozenset[Term]] = field(default_factory=dict)
    _steps: list[Obligation] | None = None

    def run(self, spaces: Sequence[Space], most: int) -> Stuck | None:
        """Add lemmas over some spaces until everything is proved; return what no candidate answers.

        Raises
        ------
        OutOfTime
            If the budget is spent.
        """
        while (stuck := self._failing()) is not None:
            answer = None if stuck.structure is None else self._answer(stuck.structure, spaces, most)
            if answer is not None:
                self.lemmas.append(answer)
            elif not self._ban(stuck.predicate):
                return stuck
            self.changed()
        return None

    def _ban(self, predicate: Predicate | None) -> bool:
        """Take back the lemma that is not preserved; return whether it was one."""
        lemma = next((one for one in self.lemmas if one.predicate is predicate), None)
        if lemma is None:
            return False
        self.banned.add(lemma.clause.key)
        self.lemmas.remove(lemma)
        self.counts = replace(self.counts, banned=self.counts.banned + 1)
        return True

    # What is open

    @property
    def predicates(self) -> list[Predicate]:
        """The claims of the model, then the lemmas."""
        return [*self.goals.claimed, *(one.predicate for one in self.lemmas)]

    def _failing(self) -> Stuck | None:
        hypotheses = [predicate.formula for predicate in self.predicates]
        known = frozenset(hypotheses)
        for predicate, obligation in self.obligations():
            if self._proved.get(obligation, known | {None}) <= known:
                continue
            self.demand_time()
            answer = self.goals.answer(obligation, hypotheses)
            if not answer.proved:
                self.counts = replace(self.counts, examples=self.counts.examples + 1)
                return Stuck(predicate, obligation, answer.structure)
            self._proved[obligation] = known
        return None

    def obligations(self) -> Iterator[tuple[Predicate | None, Obligation]]:
        """Yield all that is to be proved with the lemmas of the moment: claims and lemmas, then what is about steps."""
        for predicate in self.predicates:
            for obligation in self.goals.preserved(predicate):
                yield predicate, obligation
        if self._steps is None:
            self._steps = self.goals.steps()
        for obligation in self._steps:
            yield None, obligation

    def demand_time(self) -> None:
        """Raise `OutOfTime` if the budget is spent."""
        if self.clock() > self.deadline:
            raise OutOfTime

    # Candidates

    def _answer(self, structure: Structure, spaces: Sequence[Space], most: int) -> Lemma | None:
        """Return the best clause that excludes a state: one that is preserved as things are, or else the simplest.

        For one that is preserved, clauses of one literal more than the simplest are looked through, too: a lemma that
        needs no others is worth a longer one.
        """
        state, simplest = of_structure(structure), None
        for size in range(1, most + 1):
            lemma, preserved = self._of_size(state, spaces, size)
            if preserved or (simplest is not None and lemma is None):
                return lemma if preserved else simplest
            if simplest is not None:
                break
            simplest = lemma
        return simplest

    def _of_size(self, state: World, spaces: Sequence[Space], size: int) -> tuple[Lemma | None, bool]:
        """Return the best clause of at most so many literals, and whether it is preserved as things are."""
        while True:  # what a world refutes is learned, and then other clauses are the least
            self.demand_time()
            lemma, preserved, learned = self._best(self._candidates(state, spaces, size))
            if preserved or not learned:
                return lemma, preserved

    def _candidates(self, state: World, spaces: Sequence[Space], size: int) -> list[Clause]:
        found: dict[tuple[str, ...], Clause] = {}
        for space in spaces:
            for clause in space.excluding(state, size, limit=AT_A_PLACE):
                found.setdefault(clause.key, clause)
            self.demand_time()
        fresh = [clause for key, clause in found.items() if key not in self.banned]
        self.counts = replace(self.counts, candidates=self.counts.candidates + len(fresh))
        return sorted(fresh, key=lambda clause: (clause.weight, clause.key))

    def _best(self, clauses: Sequence[Clause]) -> tuple[Lemma | None, bool, bool]:
        """Return the first clause that is preserved as things are, else the first that is true, if there is one.

        Also, whether it is preserved, and whether a clause was not true, so that there is more to look at.
        """
        hypotheses = [predicate.formula for predicate in self.predicates]
        first, learned, tried = None, False, 0
        for clause in clauses:
            if self.refuted(clause):
                learned = True
                continue
            lemma = Lemma(clause, Predicate("inferred", Kind.LEMMA, clause.formula))
            if first is not None and self.goals.steps_met.refute(clause.formula, hypotheses):
                continue
            if not self.is_initial(lemma):
                self.banned.add(clause.key)
                continue
            self.demand_time()
            if self._is_preserved(lemma, hypotheses):
                return lemma, True, learned
            first, tried = first or lemma, tried + 1
            if tried == TRIED:
                break
        return first, False, learned

    def near(self, structure: Structure, spaces: Sequence[Space], count: int) -> list[str]:
        """Return clauses that exclude a state and are true in all reachable ones, though nothing proves them."""
        state, found = of_structure(structure), dict[tuple[str, ...], Clause]()
        for size in (1, 2, 3):
            for space in spaces:
                found.update({c.key: c for c in space.excluding(state, size, limit=AT_A_PLACE)})
            if len(found) >= count:
                break
        best = sorted(found.values(), key=lambda clause: (clause.weight, clause.key))
        return [" or ".join(clause.key) for clause in best if not self.refuted(clause)][:count]

    def refuted(self, clause: Clause) -> bool:
        """Return whether a reachable state makes a clause false; its space learns of that."""
        for world in self.worlds:
            wrong = np.flatnonzero(~holds(clause.formula, world))
            if len(wrong):
                clause.space.learn(world.only(wrong[:64]))
                return True
        return False

    def is_initial(self, lemma: Lemma) -> bool:
        """Return whether a lemma is true initially, for any sizes."""
        return all(self.goals.holds(o, ()) for o in self.goals.initial(lemma.predicate))

    def _is_preserved(self, lemma: Lemma, hypotheses: Sequence[Term]) -> bool:
        """Return whether a lemma is preserved as things are, as far as that is found out quickly."""
        return all(self.goals.holds(o, hypotheses) for o in self.goals.preserved(lemma.predicate))

    # What is needed in the end

    def minimise(self) -> None:
        """Keep to the lemmas that the proof uses, of an inductive set."""
        hypotheses = {p.formula: p for p in self.predicates}
        uses: dict[Predicate | None, set[Predicate]] = {}
        for predicate, obligation in self.obligations():
            self.demand_time()
            used = self.goals.used(obligation, list(hypotheses))
            uses.setdefault(predicate, set()).update(hypotheses[formula] for formula in used)
        needed, waiting = set[Predicate](), [*self.goals.claimed, None]
        for predicate in waiting:  # grows while it is gone through
            fresh = uses.get(predicate, set()) - needed
            needed |= fresh
            waiting += fresh
        self.lemmas = [lemma for lemma in self.lemmas if lemma.predicate in needed]
        self.changed()
