"""The loop: each counterexample to induction is answered by the best clause that excludes it.

The method is that of endive (Schultz, Dardik, Tripakis, *Plain and simple inductive invariant inference for distributed
protocols in TLA+*, 2022), except that clauses are not enumerated: those that exclude a state are computed from it.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import attrgetter

import numpy as np
from assay.proofs.encoding.problem import Predicate
from assay.proofs.inference.alternation import Alternations
from assay.proofs.inference.evaluation import holds
from assay.proofs.inference.goals import Goals
from assay.proofs.inference.grounding import Step
from assay.proofs.inference.hitting import Effort
from assay.proofs.inference.hoisting import Hoisting
from assay.proofs.inference.lemmas import Lemma, lemma_of
from assay.proofs.inference.results import Counts
from assay.proofs.inference.spaces import Clause, Space
from assay.proofs.inference.support import Gap, Support, first_by
from assay.proofs.inference.worlds import World, of_structure, together
from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import Term

__all__ = ["OutOfTime", "Search", "Spaces"]

# How greedy the search is. Four classics (ring_election, ricart_agrawala, sharded_store, quorum_election) are proved
# all the same with TRIED from 10 to 160, TAKEN from 1 to 32, LIGHT from 3 to 8, STEP from 1 to 4, or PARTS at 1, each
# alone: with 91 to 96 counterexamples to induction together, where it is 93 now. So they are with OTHERS from 4 to 48
# and CONSIDERED from 25 to 3200, in 0.9 to 1.2 times the time; with OTHERS at 96 they take 4.5 times as long.

TRIED = 40
"""How many clauses, the strongest, to compare for each counterexample."""

TAKEN = 8
"""The most clauses to add for one counterexample, of those that the current lemmas already preserve."""

LIGHT = 5
"""The most that the literals of a clause may weigh if it only prepares the way for another."""

CONSIDERED = 200
"""For each counterexample, the most clauses for which to prepare the way."""

STEP = 2
"""How much heavier clauses may be, each time that no lighter one is preserved."""

PARTS = 4
"""The parts into which the states to be excluded are divided: clauses that exclude as many parts count as equally
strong, and the simpler one wins."""

FEW = 1000
"""About how many states of a world to test candidates on first, which refute most of the false ones."""

OTHERS = 24
"""How many other states, as bad as the one to be excluded, to rank clauses by."""


Ranked = tuple[int, int, tuple[str, ...], Clause]
"""A clause, preceded by the keys that order it."""

Identity = tuple[frozenset[Term], frozenset[Term]]
"""The identity of a clause."""


class OutOfTime(Exception):
    """The time budget is spent."""


@dataclass(frozen=True)
class Spaces:
    """The spaces to search for candidates, with the limits."""

    spaces: tuple[Space, ...]
    effort: Effort


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
    banned: set[Identity] = field(default_factory=set)
    counts: Counts = field(default_factory=Counts)
    _known: set[Identity] = field(default_factory=set)
    _debts: set[Predicate] = field(default_factory=set)
    _learned: set[Space] = field(default_factory=set)
    _needed: list[Predicate] = field(default_factory=list)

    def run(self, level: Spaces) -> Gap | None:
        """Add lemmas until everything is proved; return the counterexample that no candidate excludes, or None.

        Raises
        ------
        OutOfTime
            If the budget is spent.
        """
        while (gap := self._gap()) is not None:
            answers = [] if gap.structure is None else self._answers(gap, level)
            self.lemmas += answers
            if not answers and not self._ban(gap.predicate):
                return gap
            self._settle()
            self.changed()
        return None

    def _settle(self) -> None:
        """Drop the lemmas that nothing preserves yet, if the claims are preserved in small structures without them.

        Lemmas that only these preserved are dropped with them.
        """
        left = [lemma for lemma in self.lemmas if lemma.predicate not in self._debts]
        if len(left) == len(self.lemmas):
            return
        while True:
            hypotheses = [*(p.formula for p in self.goals.claimed), *(one.predicate.formula for one in left)]
            if not all(self.support.preserves(claim, hypotheses) for claim in self.goals.claimed):
                return
            kept = [one for one in left if self.support.preserves(one.predicate, hypotheses)]
            if len(kept) == len(left):
                break
            left = kept
        self.lemmas = left
        self._debts.clear()

    def _ban(self, predicate: Predicate | None) -> bool:
        """Remove and ban the lemma that is not preserved; return False if the predicate is not a lemma."""
        lemma = next((one for one in self.lemmas if one.predicate is predicate), None)
        if lemma is None:
            return False
        self.banned.add(lemma.clause.identity)
        self.lemmas.remove(lemma)
        self.counts = replace(self.counts, banned=self.counts.banned + 1)
        return True

    # What is open

    @property
    def predicates(self) -> list[Predicate]:
        """The claims of the model, then the lemmas."""
        return [*self.goals.claimed, *self._lemmas]

    @property
    def _lemmas(self) -> list[Predicate]:
        return [lemma.predicate for lemma in self.lemmas]

    def _gap(self) -> Gap | None:
        """Return what is not proved: in small structures, by all lemmas; for any sizes, by those that are needed."""
        gap = self.support.breaking(self._lemmas) or self._unproved()
        if gap is not None:
            self.counts = replace(self.counts, examples=self.counts.examples + 1)
        return gap

    def _unproved(self) -> Gap | None:
        """Return an obligation not proved for all sizes by the lemmas needed in small structures.

        If another lemma excludes the counterexample, it is needed too. If the solver does not answer, it gets all.
        """
        demanded: list[Predicate] = []
        while True:
            self._needed = self._sufficient(demanded)
            gap = self.support.unproved(self._needed)
            if gap is None:
                return None
            others = [lemma for lemma in self.lemmas if lemma.predicate not in self._needed]
            if gap.structure is not None:
                state = of_structure(gap.structure)
                false = [one for one in others if not holds(one.predicate.formula, state)[0]]
                others = self._in_order(false)[:1]
            if not others:
                return gap
            demanded += [lemma.predicate for lemma in others]

    def _sufficient(self, demanded: Sequence[Predicate]) -> list[Predicate]:
        """Return lemmas that suffice in small structures, the demanded ones among them; none can be left out alone."""
        closed = self.support.closed(demanded, [lemma.predicate for lemma in self._in_order(self.lemmas)])
        return self.support.thinned(closed, demanded)

    def _in_order(self, lemmas: Sequence[Lemma]) -> list[Lemma]:
        """Return lemmas in the order of preference: those that keep all obligations in EPR, the lightest first."""
        lightest = sorted(lemmas, key=lambda one: (one.clause.weight, one.clause.order))
        of = first_by(lightest, attrgetter("predicate"))
        return [of[predicate] for part in self.alternations.split(list(of)) for predicate in part]

    @cached_property
    def alternations(self) -> Alternations:
        """Which lemmas keep all obligations in EPR."""
        return Alternations(self.goals)

    @cached_property
    def support(self) -> Support:
        """What the lemmas are needed for."""
        return Support(self.goals, self.demand_time)

    def demand_time(self) -> None:
        """Raise `OutOfTime` if the budget is spent."""
        if self.clock() > self.deadline:
            raise OutOfTime

    # Candidates

    def _answers(self, gap: Gap, level: Spaces) -> list[Lemma]:
        """Return the best clauses that exclude a counterexample.

        Preferred are the lightest clauses that seem preserved already; then one that is preserved once such clauses
        exclude what breaks it; otherwise the one that excludes most of the similar counterexamples and, among equals,
        the simplest.
        """
        assert gap.structure is not None
        hypotheses = [predicate.formula for predicate in self.predicates]
        state = of_structure(gap.structure)
        others = [of_structure(one) for one in self.goals.others(gap.obligation, hypotheses, OTHERS)]
        bad = together([state, *(one for one in others if one.sizes == state.sizes)])
        ranked: list[Ranked] = []
        for effort in _efforts(level.effort):
            found, ranked = self._light(state, bad, Spaces(level.spaces, effort))
            if found:
                return found
        true = (one for one in ranked if one[3].identity not in self.banned and not self.refuted(one[3]))
        best = {clause.identity: (share, clause) for share, *_, clause in itertools.islice(true, CONSIDERED)}
        ordered = sorted(best.values(), key=lambda one: (one[0], one[1].weight, self._leads_out(one[1])))
        strongest = [clause for share, clause in ordered if share == -PARTS]
        prepared = self._prepared(strongest, level)
        if prepared is not None:
            return [prepared]
        debt = list(itertools.islice(filter(self._is_sound, (lemma_of(clause) for _, clause in ordered)), 1))
        if gap.predicate is not None:  # small structures are not asked about steps, so they would not miss it
            self._debts.update(lemma.predicate for lemma in debt)
        return debt

    def _light(self, state: World, bad: World, level: Spaces) -> tuple[list[Lemma], list[Ranked]]:
        """Return clauses that exclude a state and seem preserved; if there are none, all that exclude it, ranked."""
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
                return self._in_epr(found), []
            again = set(self._learned)  # these spaces have other least clauses now
        return [], sorted(itertools.chain(*ranked.values()), key=lambda one: one[:3])

    def _in_epr(self, found: list[Lemma]) -> list[Lemma]:
        """Return those of some lemmas that keep all obligations in EPR, beside the current ones; if none does, all."""
        own = first_by(found, attrgetter("predicate"))
        inside, _ = self.alternations.split([*self._lemmas, *own])
        return [own[predicate] for predicate in inside if predicate in own] or found

    def _leads_out(self, clause: Clause) -> bool:
        """Return whether a clause leads out of EPR beside the current lemmas: only one with a quantifier inside may."""
        if not any(atom.term.depth for atom, _ in clause.literals):
            return False
        predicate = lemma_of(clause).predicate
        return predicate in self.alternations.split([*self._lemmas, predicate])[1]

    def _prepared(self, clauses: Sequence[Clause], level: Spaces) -> Lemma | None:
        """Return one of some clauses that is preserved once light ones exclude the states from which a step breaks it.

        The light ones are added as they are found: the current lemmas preserve them, whatever becomes of the clause.
        """
        obstacles: list[tuple[World, World]] = []
        plain = tuple(space for space in level.spaces if not space.joined)
        light = Spaces(plain, replace(level.effort, budget=min(LIGHT, level.effort.budget)))
        for clause in clauses:
            self.demand_time()
            if any(clause.space.broken([clause], before, after)[0] for before, after in obstacles):
                continue
            lemma = lemma_of(clause)
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
        """Yield the lemmas that seem preserved, of the first `TRIED` clauses that no tried state or step refutes."""
        tried, given = 0, set[Identity]()
        for clause in clauses:
            self.demand_time()
            lemma = lemma_of(clause)
            if clause.identity in self.banned or clause.identity in given:
                continue
            if self.goals.steps_met.refute(clause.formula, hypotheses) or self.refuted(clause):
                continue
            given.add(clause.identity)
            self.counts = replace(self.counts, candidates=self.counts.candidates + 1)
            if self._seems_preserved(lemma, hypotheses):
                yield lemma
            tried += 1
            if tried == TRIED:
                return

    def _is_sound(self, lemma: Lemma) -> bool:
        """Return whether a lemma is true in all explored states, and initially for any sizes."""
        self.demand_time()
        if not self._refuted(lemma.clause, self.worlds) and self.is_initial(lemma):
            return True
        self.banned.add(lemma.clause.identity)
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
        clauses = [
            clause for clause in space.excluding(state, effort, self.demand_time) if clause.identity not in self.banned
        ]
        excluded = space.excluded(clauses, bad)
        return [
            (-(PARTS * int(count) // bad.states), clause.weight, clause.order, clause)
            for clause, count in zip(clauses, excluded, strict=True)
        ]

    def near(self, structure: Structure, level: Spaces, count: int) -> list[str]:
        """Return clauses that exclude a state and hold in all explored states, for the report; they are not proved."""
        state, found = of_structure(structure), dict[Identity, Clause]()
        with suppress(OutOfTime):
            for space in level.spaces:
                clauses = space.excluding(state, level.effort, self.demand_time)
                found.update({clause.identity: clause for clause in clauses})
        best = sorted(found.values(), key=lambda clause: (clause.weight, clause.order))
        true = (clause for clause in best if not self.refuted(clause))
        return [" or ".join(clause.order) for clause in itertools.islice(true, count)]

    def refuted(self, clause: Clause) -> bool:
        """Return whether a state of the samples violates a clause; if so, its space learns the state's valuations."""
        if clause.identity in self._known:
            return False
        if self._refuted(clause, self._few):
            return True
        self._known.add(clause.identity)
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
        for obligation in self.goals.initial(lemma.predicate):
            if not self.goals.holds(obligation, ()):
                self.demand_time()  # with no time left, a missing answer says nothing about the lemma
                return False
        return True

    # What is needed in the end

    def minimise(self) -> None:
        """Reduce an inductive set to the lemmas that the proof uses."""
        used = self.support.used(self._needed)
        if self.support.unproved(used) is None:
            self._needed = used
        self.lemmas = [lemma for lemma in self.lemmas if lemma.predicate in self._needed]
        self.changed()

    def hoist(self) -> bool:
        """Bring the obligations of a proof into EPR, where they are not; return whether that succeeded.

        If not, the lemmas are as before.
        """
        hoisting = Hoisting(self.alternations, self.support, self._is_hoistable)
        found = hoisting.inside(self._in_order(self.lemmas))
        self.lemmas = self.lemmas if found is None else found
        return found is not None

    def _is_hoistable(self, lemma: Lemma) -> bool:
        return not self._refuted(lemma.clause, self.worlds) and self.is_initial(lemma)


def _efforts(most: Effort) -> Iterator[Effort]:
    """Yield increasing efforts: heavier clauses are tried only if no lighter one is preserved."""
    for budget in range(most.budget % STEP + STEP, most.budget + 1, STEP):
        yield replace(most, budget=budget)
