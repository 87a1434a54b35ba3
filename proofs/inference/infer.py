"""Infer a proof of a safety property: explore, search for lemmas, write them down, prove everything from scratch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from assay.checker.engine.limits import Limits
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.model import Kind
from assay.checker.verdicts import Verdict
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import described, encoded
from assay.proofs.induction.results import ProofResult
from assay.proofs.inference.evaluation import holds
from assay.proofs.inference.extension import names_of, removals, written
from assay.proofs.inference.goals import Goals
from assay.proofs.inference.grammar import Grammar
from assay.proofs.inference.hitting import Effort
from assay.proofs.inference.instances import Explored, instances
from assay.proofs.inference.kept import Kept
from assay.proofs.inference.lemmas import Lemma, lemma_of
from assay.proofs.inference.levels import Level, levels, space_of
from assay.proofs.inference.loop import OutOfTime, Search, Spaces
from assay.proofs.inference.proving import proved_with, violated_in
from assay.proofs.inference.results import Counts, Inference
from assay.proofs.inference.scope import demand_unbounded, demand_used
from assay.proofs.inference.spaces import Clause, Space
from assay.proofs.inference.spelling import Names
from assay.proofs.inference.support import Gap

__all__ = ["SearchProgress", "infer"]

WORLD = 500_000
"""The most states of an instance to explore. Unlike a time limit, it ends at the same state on a slow machine too."""

SHARE = 0.1
"""The share of the remaining time that exploring one instance may take; only a few models need that much."""

CLOSING = 10.0
"""Seconds for finding out, once the search has failed, what is proved and what is not."""

NEAR = 5
"""How many unproved clauses to show for a counterexample that no candidate answers."""


@dataclass(frozen=True)
class SearchProgress:
    """The progress of a search.

    Attributes
    ----------
    doing : str
        The current activity, in words.
    level : int
        The current level, from 1 on; 0 before the first.
    lemmas : int
        The current number of lemmas.
    counts : Counts
        Statistics so far.
    seconds, budget : float
        The time spent and the time allowed.
    """

    doing: str
    level: int
    lemmas: int
    counts: Counts
    seconds: float
    budget: float


def _silent(_: SearchProgress) -> None:
    """Ignore the progress."""


def infer(
    specification: Specification,
    options: ProofOptions = ProofOptions(),  # noqa: B008 - frozen
    *,
    budget: float = 300.0,
    resume: bool = True,
    progress: Callable[[SearchProgress], None] = _silent,
    clock: Callable[[], float] = time.monotonic,
) -> Inference:
    """Prove a model with inferred lemmas, ignoring its own.

    Parameters
    ----------
    specification : Specification
        The model.
    options : ProofOptions
        Options of the final proof.
    budget : float
        Seconds allowed for the search.
    resume : bool
        Whether to continue from an earlier attempt, and to store what is found.
    progress : callable
        Called with the progress.
    clock : callable
        Tells the time.

    Raises
    ------
    ModelError
        If the model can only be proved for given sizes.
    """
    kept = Kept(specification, options.fixed) if resume else None
    return _Attempt(specification, options, budget, kept, progress, clock).run()


def without_lemmas(specification: Specification) -> Specification:
    """Return a model without its lemmas."""
    return replace(specification, methods=tuple(m for m in specification.methods if m.kind is not Kind.LEMMA))


class _Attempt:
    def __init__(
        self,
        specification: Specification,
        options: ProofOptions,
        budget: float,
        kept: Kept | None,
        progress: Callable[[SearchProgress], None],
        clock: Callable[[], float],
    ) -> None:
        self.specification, self.options = specification, options
        self.budget, self.progress, self.clock = budget, progress, clock
        self.started = clock()
        self.names: Names = names_of(specification)
        bare = without_lemmas(specification)
        self.problem, barriers = encoded(bare, options, counting=False)
        demand_unbounded(self.problem, [str(b) for b in barriers])
        self.model = compile_model(bare)
        self.grammar = Grammar(self.problem.theory, self.names, self.model.of(Kind.HINT))
        demand_used(self.grammar)
        self.kept = kept
        self.explored: list[Explored] = []
        self.spaces: list[Space] = []
        self.level = 0
        self.found: list[Lemma] = []
        self.search = Search(Goals(self.problem, left=self._left), [], self.started + budget, self._changed, clock)

    def run(self) -> Inference:
        try:
            wrong = self._explore()
            if wrong is not None:
                return self._violated(wrong)
            ended, stuck = self._search()
            return self._proved() if stuck is None and not ended else self._open(ended, stuck)
        except KeyboardInterrupt:
            return self._interrupted()

    # Exploring

    def _explore(self) -> Explored | None:
        """Explore instances; return the first in which an invariant is false."""
        theory, fixed = self.problem.theory, self.options.fixed
        for found in instances(theory, fixed, self._limits):
            self.explored.append(found)
            self._tell("exploring")
            if not all(np.all(holds(p.formula, found.world)) for p in self.search.goals.claimed):
                return found
            if self._left() <= 0:
                break
        self.search.worlds = [found.world for found in self.explored]
        return None

    def _limits(self) -> Limits:
        return Limits(states=WORLD, seconds=max(SHARE * self._left(), 0.0))

    def _left(self) -> float:
        """Return the seconds until the deadline."""
        return self.search.deadline - self.clock()

    # Searching

    def _search(self) -> tuple[str, Gap | None]:
        """Search for lemmas level by level; on failure, return the reason and the unanswered counterexample."""
        stuck: Gap | None = None
        try:
            reached = self._restored()
            steps = list(levels(self.grammar))
            for number, level in enumerate(steps, start=1):
                self.level = number
                self._widen(level)
                if number < min(reached, len(steps)):
                    continue
                stuck = self.search.run(self._candidates(level))
                if stuck is None:
                    self.search.minimise()
                    self._hoist()
                    return "", None
                self.search.banned.clear()
        except OutOfTime:
            return f"the budget of {self.budget:g} s is spent{self._continued}", stuck
        return "no candidate that the grammar has answers the counterexample to induction", stuck

    def _hoist(self) -> None:
        """Bring the proof into EPR if hoisting can; keep what was found as well, in case only that can be proved."""
        self.found = list(self.search.lemmas)
        with suppress(OutOfTime):
            self.search.hoist()

    def _candidates(self, level: Level) -> Spaces:
        return Spaces(tuple(self.spaces), Effort(level.most, level.budget))

    def _restored(self) -> int:
        """Restore the lemmas of an earlier attempt; return the level that it reached."""
        level, clauses = (0, []) if self.kept is None else self.kept.read(self.model, self.grammar)
        for clause in clauses:
            lemma = lemma_of(clause)
            if self._is_true(clause) and self.search.is_initial(lemma):
                self.search.lemmas.append(lemma)
        return level

    def _is_true(self, clause: Clause) -> bool:
        """Return whether a clause is true in all reachable states of all instances."""
        return all(np.all(holds(clause.formula, world)) for world in self.search.worlds)

    def _widen(self, level: Level) -> None:
        for outline in level.outlines:
            self.search.demand_time()
            space = space_of(self.grammar, outline, self.search.worlds)
            for world in self.search.worlds:
                self.search.demand_time()
                space.learn(world)
            self.spaces.append(space)
            self._tell("widening")

    def _changed(self) -> None:
        if self.kept is not None:
            self.kept.write(self.model, self.level, [lemma.clause for lemma in self.search.lemmas])
        self._tell("searching")

    def _tell(self, doing: str) -> None:
        spent = self.clock() - self.started
        self.progress(
            SearchProgress(doing, self.level, len(self.search.lemmas), self.search.counts, spent, self.budget)
        )

    # What came of it

    def _result(self, proof: ProofResult, methods: Sequence[str] = (), **more: Any) -> Inference:
        return Inference(
            proof,
            tuple(methods),
            tuple(removals(self.specification, self.names)) if methods or proof.verdict is Verdict.HOLDS else (),
            self.names.imports,
            self.search.counts,
            sum(found.world.states for found in self.explored),
            self.level,
            self.search.goals.asked,
            seconds=self.clock() - self.started,
            confined=proof.verdict is not Verdict.HOLDS or self.search.alternations.is_acyclic([]),
            **more,
        )

    def _methods(self) -> list[str]:
        return written([lemma.clause for lemma in self.search.lemmas], self.specification, self.names)

    def _final(self, seconds: float) -> tuple[ProofResult, list[str]]:
        """Prove the model with the lemmas as written, from scratch, in both encodings, within `seconds`."""
        self._tell("proving")
        self.search.deadline = self.clock() + seconds
        options = replace(self.options, left=self._left)
        return proved_with(self._methods(), self.specification, self.names, options)

    def _proved(self) -> Inference:
        """Prove the model with the lemmas that were found; each attempt may take as long as the search was allowed."""
        proof, methods = self._final(max(self.budget, CLOSING))
        if proof.verdict is not Verdict.HOLDS and not proof.interrupted and self.search.lemmas != self.found:
            self.search.lemmas = self.found
            proof, methods = self._final(max(self.budget, CLOSING))
        ended = "the lemmas that were found do not prove all that the model claims"
        if not proof.own:
            ended = "the model has no property to prove"
        return self._ended(proof, methods, ended)

    def _ended(self, proof: ProofResult, methods: Sequence[str], ended: str, near: Sequence[str] = ()) -> Inference:
        if proof.verdict is Verdict.HOLDS:
            if self.kept is not None:
                self.kept.clear()
            return self._result(proof, methods)
        return self._result(proof, methods, near=tuple(near), ended=self._broken_off if proof.interrupted else ended)

    def _open(self, ended: str, stuck: Gap | None) -> Inference:
        self.search.deadline = self.clock() + CLOSING
        near = (
            self.search.near(stuck.structure, Spaces(tuple(self.spaces), Effort(3, 8)), NEAR)
            if stuck and stuck.structure
            else []
        )
        proof, methods = self._final(CLOSING)
        return self._ended(proof, methods, ended, near)

    def _violated(self, wrong: Explored) -> Inference:
        self.search.deadline = self.clock() + max(self._left(), CLOSING)
        options = replace(self.options, left=self._left)
        proof = violated_in(wrong, without_lemmas(self.specification), options, self._left())
        if proof.verdict is Verdict.VIOLATED:
            return self._result(proof)
        sizes = ", ".join(f"{name}={value}" for name, value in wrong.settings.items())
        ended = f"an invariant is false in a reachable state of an instance with {sizes}, to which no run was found"
        return self._result(proof, ended=self._broken_off if proof.interrupted else ended)

    def _interrupted(self) -> Inference:
        nothing = ProofResult(**described(self.problem, ()), obligations=(), refutations=(), interrupted=True)
        return self._result(nothing, self._methods(), ended=self._broken_off)

    @property
    def _broken_off(self) -> str:
        """What to say about an interrupted search."""
        return f"interrupted{self._continued}"

    @property
    def _continued(self) -> str:
        """What to say about how to continue, if what was found is kept."""
        is_kept = self.kept is not None and self.kept.directory is not None
        return "; the same command goes on from here" if is_kept else ""
