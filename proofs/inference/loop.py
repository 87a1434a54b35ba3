"""The loop: each counterexample to induction is answered by the best clause that excludes it.

The method is that of endive (Schultz, Dardik, Tripakis, *Plain and simple inductive invariant inference for distributed
protocols in TLA+*, 2022), except that clauses are not enumerated: those that exclude a state are computed from it.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from assay.checker.language.model import Kind
from assay.proofs.encoding.problem import Predicate
from assay.proofs.induction.obligations import Obligation
from assay.proofs.inference.evaluation import holds
from assay.proofs.inference.goals import Goals
from assay.proofs.inference.grounding import Step
from assay.proofs.inference.hitting import Effort
from assay.proofs.inference.results import Counts
from assay.proofs.inference.spaces import Clause, Space
from assay.proofs.inference.worlds import World, of_structure, together
from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import Term

__all__ = ["Lemma", "OutOfTime", "Search", "Spaces", "Stuck"]

TRIED = 40
"""Clauses that are compared, for each counterexample: the strongest."""

TAKEN = 8
"""Clauses that are taken for one counterexample, if they are preserved as things are."""

LIGHT = 5
"""What the literals of a clause weigh at most that prepares the way for another."""

CONSIDERED = 200
"""Clauses that the way may be prepared for, for each counterexample."""

STEP = 2
"""How much heavier clauses may be, each time that no lighter one is preserved."""

PARTS = 4
"""Parts of the states to be excluded: clauses that exclude as many parts count as equally strong."""

FEW = 1000
"""States of a world that candidates are held against before one is chosen."""

OTHERS = 24
"""Other states that are as bad as one that is to be excluded."""


Ranked = tuple[int, int, tuple[str, ...], "Clause"]
"""A clause behind what it is ordered by."""


class OutOfTime(Exception):
    """The time budget is spent."""


@dataclass(frozen=True, eq=False)
class Lemma:
    """An added clause, with the predicate to be proved."""

    clause: Clause
    predicate: Predicate


@dataclass(frozen=True)
class Spaces:
    """The spaces to search for candidates, with the limits."""

    spaces: tuple[Space, ...]
    effort: Effort


@dataclass(frozen=True)
class Stuck:
    """A counterexample to induction that no candidate excludes.

    Attributes
    ----------
    predicate : Predicate, optional
        The predicate that is not preserved; None if the obligation is about steps.
    obligation : Obligation
        The claim.
    structure : Structure, optional
        The counterexample; None if the solver gave no answer.
    """

    predicate: Predicate | None
    obligation: Obligation
    structure: Structure | None


@dataclass
class Search:
    """The search for an inductive set of lemmas.

    Attributes
    ----------
    goals : Goals
        The obligations.
    worlds : list of World
        Reachable states, in which every lemma must hold.
    deadline : float
        When to stop, by `time.monotonic`.
    changed : callable
        Called when a lemma was added or removed.
    lemmas : list of Lemma
        The current lemmas.
    banned : set
        Clauses that turned out not to be preserved with any available lemmas.
    """

    goals: Goals
    worlds: list[World]
    deadline: float
    changed: Callable[[], None] = lambda: None
    clock: Callable[[], float] = time.monotonic
    lemmas: list[Lemma] = field(default_factory=list)
    banned: set[tuple[str, ...]] = field(default_factory=set)
    counts: Counts = field(default_factory=Counts)
    _known: set[tuple[str, ...]] = field(default_factory=set)
    _proved: dict[Obligation, frozenset[Term]] = field(default_factory=dict)
    _enough: dict[Obligation, frozenset[Term]] = field(default_factory=dict)
    _debts: set[Predicate] = field(default_factory=set)
    _learned: set[Space] = field(default_factory=set)
    _needed: set[Predicate] = field(default_factory=set)
    _steps: list[Obligation] | None = None

    def run(self, level: Spaces) -> Stuck | None:
        """Add lemmas until everything is proved; return the counterexample that no candidate excludes, or None.

        Raises
        ------
        OutOfTime
            If the budget is spent.
        """
        while (stuck := self._breaking() or self._unproved()) is not None:
            answers = [] if stuck.structure is None else self._answers(stuck, level)
            self.lemmas += answers
            if not answers and not self._ban(stuck.predicate):
                return stuck
            self._settle()
            self.changed()
        return None

    def _settle(self) -> None:
        """Drop the lemmas that nothing preserves yet, if the claims are preserved in small structures without them.

        With them goes what was preserved because of them alone.
        """
        left = [lemma for lemma in self.lemmas if lemma.predicate not in self._debts]
        if len(left) == len(self.lemmas):
            return
        while True:
            hypotheses = [*(p.formula for p in self.goals.claimed), *(one.predicate.formula for one in left)]
            if not all(self._is_supported(claim, hypotheses) for claim in self.goals.claimed):
                return
            kept = [one for one in left if self._is_supported(one.predicate, hypotheses)]
            if len(kept) == len(left):
                break
            left = kept
        self.lemmas = left
        self._debts.clear()

    def _is_supported(self, predicate: Predicate, hypotheses: Sequence[Term]) -> bool:
        """Return whether hypotheses are enough for a predicate to be preserved in small structures."""
        known = frozenset(hypotheses)
        for obligation in self.goals.preserved(predicate):
            enough = self._enough.get(obligation)
            if enough is not None and enough <= known:
                continue
            self.demand_time()
            enough = self.goals.enough(obligation, hypotheses, least=False)
            if enough is None:
                return False
            self._enough[obligation] = enough
        return True

    def _ban(self, predicate: Predicate | None) -> bool:
        """Remove and ban the lemma that is not preserved; return False if the predicate is not a lemma."""
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

    def _breaking(self) -> Stuck | None:
        """Return a small counterexample to induction: all claims and lemmas hold, and a step violates one."""
        hypotheses = [predicate.formula for predicate in self.predicates]
        known = frozenset(hypotheses)
        for predicate, obligation in self.obligations():
            enough = self._enough.get(obligation)
            if enough is not None and enough <= known:
                continue
            self.demand_time()
            structure = self.goals.breaking(obligation, hypotheses)
            if structure is not None:
                return self._stuck(predicate, obligation, structure)
            self._enough[obligation] = self.goals.enough(obligation, hypotheses, least=False) or frozenset()
        return None

    def _unproved(self) -> Stuck | None:
        """Return an obligation not proved for all sizes by the lemmas needed in small structures.

        If another lemma excludes the counterexample, it is needed too. So the first-order solver gets few hypotheses,
        however many lemmas there are.
        """
        self._needed = self._closed(self._needed & {lemma.predicate for lemma in self.lemmas})
        while True:
            stuck = self._failing(self._needed)
            if stuck is None or stuck.structure is None:
                return stuck
            state = of_structure(stuck.structure)
            others = (one for one in self.lemmas if one.predicate not in self._needed)
            false = [one for one in others if not holds(one.predicate.formula, state)[0]]
            if not false:
                return stuck
            best = min(false, key=lambda one: (one.clause.weight, one.clause.key))
            self._needed = self._closed(self._needed | {best.predicate})

    def _closed(self, needed: set[Predicate]) -> set[Predicate]:
        """Return lemmas with those that they, and the claims, need in small structures: as few others as possible."""
        of = {lemma.predicate.formula: lemma.predicate for lemma in self.lemmas}
        needed, waiting = set(needed), [*self.goals.claimed, *sorted(needed, key=self._order)]
        for predicate in waiting:  # grows while it is gone through
            for obligation in self.goals.preserved(predicate):
                self.demand_time()
                fresh = {of[formula] for formula in self._supporting(obligation, needed) if formula in of} - needed
                needed |= fresh
                waiting += sorted(fresh, key=self._order)
        return needed

    def _supporting(self, obligation: Obligation, needed: set[Predicate]) -> frozenset[Term]:
        """Return the hypotheses that an obligation needs in small structures, preferring those needed already."""
        at_hand = [p.formula for p in self.predicates if p in needed or p in self.goals.claimed]
        enough = self._enough.get(obligation)
        if enough is None or not enough <= set(at_hand):
            enough = self.goals.enough(obligation, at_hand)
        if enough is None:
            enough = self.goals.enough(obligation, [p.formula for p in self.predicates])
        return enough or frozenset()

    def _order(self, predicate: Predicate) -> int:
        return next(number for number, lemma in enumerate(self.lemmas) if lemma.predicate is predicate)

    def _failing(self, needed: set[Predicate]) -> Stuck | None:
        """Return an obligation not proved for all sizes from the claims and some lemmas, with its counterexample."""
        hypotheses = [p.formula for p in self.predicates if p in needed or p in self.goals.claimed]
        known = frozenset(hypotheses)
        for predicate, obligation in self.obligations():
            if predicate is not None and predicate not in needed and predicate not in self.goals.claimed:
                continue
            if self._proved.get(obligation, known | {None}) <= known:
                continue
            self.demand_time()
            answer = self.goals.answer(obligation, hypotheses)
            if not answer.proved:
                return self._stuck(predicate, obligation, answer.structure)
            self._proved[obligation] = known
        return None

    def _stuck(self, predicate: Predicate | None, obligation: Obligation, structure: Structure | None) -> Stuck:
        self.counts = replace(self.counts, examples=self.counts.examples + 1)
        return Stuck(predicate, obligation, structure)

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

    def _answers(self, stuck: Stuck, level: Spaces) -> list[Lemma]:
        """Return the best clauses that exclude a counterexample.

        Preferred are the lightest clauses that seem preserved already; then one that is preserved once such clauses
        exclude what breaks it; otherwise the one that excludes most of the similar counterexamples and, among equals,
        the simplest.
        """
        assert stuck.structure is not None
        hypotheses = [predicate.formula for predicate in self.predicates]
        state = of_structure(stuck.structure)
        others = [of_structure(one) for one in self.goals.others(stuck.obligation, hypotheses, OTHERS)]
        bad = together([state, *(one for one in others if one.sizes == state.sizes)])
        ranked: list[Ranked] = []
        for effort in _efforts(level.effort):
            found, ranked = self._light(state, bad, Spaces(level.spaces, effort))
            if found:
                return found
        true = (one for one in ranked if one[2] not in self.banned and not self.refuted(one[3]))
        best = {key: (share, clause) for share, _, key, clause in itertools.islice(true, CONSIDERED)}
        strongest = [clause for share, clause in best.values() if share == -PARTS]
        prepared = self._prepared(strongest, level)
        if prepared is not None:
            return [prepared]
        debt = list(itertools.islice(filter(self._is_sound, (_lemma(clause) for _, clause in best.values())), 1))
        self._debts.update(lemma.predicate for lemma in debt)
        return debt

    def _light(self, state: World, bad: World, level: Spaces) -> tuple[list[Lemma], list[Ranked]]:
        """Return clauses that exclude a state and are preserved as things are; and all that exclude it, ranked."""
        hypotheses = [predicate.formula for predicate in self.predicates]
        met = self.goals.steps_met.within(hypotheses)
        ranked, again = dict[Space, list[Ranked]](), set(level.spaces)
        while again:
            fresh = {space: self._ranked(space, state, bad, level.effort) for space in level.spaces if space in again}
            ranked.update(fresh)
            self._learned.clear()
            preserved = self._preserved(self._unbroken(fresh, met), hypotheses)
            found = list(itertools.islice(filter(self._is_sound, preserved), TAKEN))
            if found:
                return found, []
            again = set(self._learned)  # other clauses of theirs are the least now
        return [], sorted(itertools.chain(*ranked.values()), key=lambda one: one[:3])

    def _prepared(self, clauses: Sequence[Clause], level: Spaces) -> Lemma | None:
        """Return one of some clauses that is preserved once light ones exclude the states out of which it is not.

        Those are added as they are found: they are preserved as things are, whatever becomes of the clause.
        """
        obstacles: list[tuple[World, World]] = []
        plain = tuple(space for space in level.spaces if not space.joined)
        light = Spaces(plain, replace(level.effort, budget=min(LIGHT, level.effort.budget)))
        for clause in clauses:
            self.demand_time()
            if any(clause.space.broken([clause], before, after)[0] for before, after in obstacles):
                continue
            lemma = _lemma(clause)
            while (step := self._breaking_step(lemma)) is not None:
                before, after = of_structure(step.before), of_structure(step.after)
                found, _ = self._light(before, before, light)
                if not found:
                    obstacles.append((before, after))
                    break
                self.lemmas += found
                self.changed()
            else:
                if self._is_sound(lemma):
                    return lemma
        return None

    def _breaking_step(self, lemma: Lemma) -> Step | None:
        hypotheses = [predicate.formula for predicate in self.predicates]
        steps = (self.goals.broken_by(o, hypotheses) for o in self.goals.preserved(lemma.predicate))
        return next((step for step in steps if step is not None), None)

    def _unbroken(
        self, ranked: Mapping[Space, Sequence[Ranked]], steps: Sequence[tuple[World, World]]
    ) -> Iterator[Clause]:
        """Yield the clauses that no recorded step violates, best first."""
        left: list[Ranked] = []
        for space, found in ranked.items():
            self.demand_time()
            clauses = [clause for *_, clause in found]
            broken = np.zeros(len(clauses), np.bool_)
            for before, after in steps:
                broken |= space.broken(clauses, before, after)
            left += [one for one, is_broken in zip(found, broken, strict=True) if not is_broken]
        for *_, clause in sorted(left, key=lambda one: one[:3]):
            yield clause

    def _preserved(self, clauses: Iterable[Clause], hypotheses: Sequence[Term]) -> Iterator[Lemma]:
        """Yield lemmas that are true in all reachable states and seem preserved, of some clauses; of the first ones."""
        tried, given = 0, set[tuple[str, ...]]()
        for clause in clauses:
            self.demand_time()
            lemma = _lemma(clause)
            if clause.key in self.banned or clause.key in given:
                continue
            if self.goals.steps_met.refute(clause.formula, hypotheses) or self.refuted(clause):
                continue
            given.add(clause.key)
            self.counts = replace(self.counts, candidates=self.counts.candidates + 1)
            if self._seems_preserved(lemma, hypotheses):
                yield lemma
            tried += 1
            if tried == TRIED:
                return

    def _is_sound(self, lemma: Lemma) -> bool:
        """Return whether a lemma is true in all reachable states there are, and initially for any sizes."""
        self.demand_time()
        if not self._refuted(lemma.clause, self.worlds) and self.is_initial(lemma):
            return True
        self.banned.add(lemma.clause.key)
        return False

    def _seems_preserved(self, lemma: Lemma, hypotheses: Sequence[Term]) -> bool:
        """Return whether no small structure refutes that a lemma is preserved under the current hypotheses."""
        self.demand_time()
        if self.goals.steps_met.refute(lemma.clause.formula, hypotheses):
            return False
        return all(self.goals.breaking(o, hypotheses) is None for o in self.goals.preserved(lemma.predicate))

    def _ranked(self, space: Space, state: World, bad: World, effort: Effort) -> list[Ranked]:
        """Return the clauses that exclude a state, each with its rank.

        First come those that exclude most of the states that are as bad, of those that exclude as many the simplest.
        """
        self.demand_time()
        clauses = [clause for clause in space.excluding(state, effort) if clause.key not in self.banned]
        excluded = space.excluded(clauses, bad)
        return [
            (-(PARTS * int(count) // bad.states), clause.weight, clause.key, clause)
            for clause, count in zip(clauses, excluded, strict=True)
        ]

    def near(self, structure: Structure, level: Spaces, count: int) -> list[str]:
        """Return clauses that exclude a state and hold in all explored states, for the report; they are not proved."""
        state, found = of_structure(structure), dict[tuple[str, ...], Clause]()
        for space in level.spaces:
            found.update({clause.key: clause for clause in space.excluding(state, level.effort)})
        best = sorted(found.values(), key=lambda clause: (clause.weight, clause.key))
        true = (clause for clause in best if not self.refuted(clause))
        return [" or ".join(clause.key) for clause in itertools.islice(true, count)]

    def refuted(self, clause: Clause) -> bool:
        """Return whether a reachable state violates a clause; if so, its space learns the state's valuations."""
        if clause.key in self._known:
            return False
        if self._refuted(clause, self._few):
            return True
        self._known.add(clause.key)
        return False

    def _refuted(self, clause: Clause, worlds: Sequence[World]) -> bool:
        for world in worlds:
            wrong = np.flatnonzero(~holds(clause.formula, world))
            if len(wrong):
                clause.space.learn(world.only(wrong[:64]))
                self._learned.add(clause.space)
                return True
        return False

    @cached_property
    def _few(self) -> list[World]:
        """A sample of the states, tried first: most false clauses are false in one of these."""
        return [world.only(np.arange(0, world.states, max(1, world.states // FEW))) for world in self.worlds]

    def is_initial(self, lemma: Lemma) -> bool:
        """Return whether a lemma is true initially, for any sizes."""
        return all(self.goals.holds(o, ()) for o in self.goals.initial(lemma.predicate))

    # What is needed in the end

    def minimise(self) -> None:
        """Reduce an inductive set to the lemmas that the proof uses."""
        self.lemmas = [lemma for lemma in self.lemmas if lemma.predicate in self._needed]
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
        if self._failing(needed) is None:
            self.lemmas = [lemma for lemma in self.lemmas if lemma.predicate in needed]
        self.changed()


def _efforts(most: Effort) -> Iterator[Effort]:
    """Yield increasing efforts: heavier clauses are tried only if no lighter one is preserved."""
    for budget in range(most.budget % STEP + STEP, most.budget + 1, STEP):
        yield replace(most, budget=budget)


def _lemma(clause: Clause) -> Lemma:
    return Lemma(clause, Predicate("inferred", Kind.LEMMA, clause.formula))
