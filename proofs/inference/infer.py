"""Infer a proof of a safety property: explore, search for lemmas, write them down, prove everything from scratch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from assay.checker.engine.limits import Limits
from assay.checker.errors import ModelError
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.model import Kind
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.induction.exploring import explore_instance
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import described, encoded, prove_model
from assay.proofs.induction.results import ProofResult, Refutation
from assay.proofs.induction.several_steps import induct
from assay.proofs.inference.evaluation import holds
from assay.proofs.inference.extension import extended, names_of, written
from assay.proofs.inference.goals import Goals
from assay.proofs.inference.grammar import Grammar
from assay.proofs.inference.hitting import Effort
from assay.proofs.inference.instances import Explored, instances
from assay.proofs.inference.kept import Kept
from assay.proofs.inference.levels import Level, levels, space_of
from assay.proofs.inference.loop import Lemma, OutOfTime, Search, Spaces, Stuck
from assay.proofs.inference.results import Counts, Inference
from assay.proofs.inference.spaces import Space
from assay.proofs.inference.spelling import Names

__all__ = ["Progress", "infer"]

WORLD = Limits(states=500_000, seconds=10.0)
"""How much of an instance is explored."""

NEAR = 5
"""Candidates near a counterexample that no candidate answers, that are shown."""


@dataclass(frozen=True)
class Progress:
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


def _silent(_: Progress) -> None:
    """Ignore how far it is."""


def infer(
    specification: Specification,
    options: ProofOptions = ProofOptions(),  # noqa: B008 - frozen
    *,
    budget: float = 300.0,
    resume: bool = True,
    progress: Callable[[Progress], None] = _silent,
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
        progress: Callable[[Progress], None],
        clock: Callable[[], float],
    ) -> None:
        self.specification, self.options = specification, options
        self.budget, self.progress, self.clock = budget, progress, clock
        self.started = clock()
        self.names: Names = names_of(specification)
        bare = without_lemmas(specification)
        self.problem, barriers = encoded(bare, options, counting=False)
        _demand_unbounded(self.problem, [str(b) for b in barriers])
        hints = compile_model(bare).of(Kind.HINT)
        self.grammar = Grammar(self.problem.theory, self.names, hints)
        self.kept = kept
        self.explored: list[Explored] = []
        self.spaces: list[Space] = []
        self.level = 0
        self.search = Search(Goals(self.problem), [], self.started + budget, self._changed, clock)

    def run(self) -> Inference:
        try:
            wrong = self._explore()
            if wrong is not None:
                return self._violated(wrong)
            ended, stuck = self._search()
        except KeyboardInterrupt:
            return self._interrupted()
        return self._proved() if stuck is None and not ended else self._open(ended, stuck)

    # Exploring

    def _explore(self) -> Explored | None:
        """Explore instances; return the first in which an invariant is false."""
        theory, fixed = self.problem.theory, self.options.fixed
        for found in instances(theory, fixed, WORLD):
            self.explored.append(found)
            self._tell("exploring")
            if not all(np.all(holds(p.formula, found.world)) for p in self.search.goals.claimed):
                return found
        self.search.worlds = [found.world for found in self.explored]
        return None

    # Searching

    def _search(self) -> tuple[str, Stuck | None]:
        """Search for lemmas level by level; on failure, return the reason and the unanswered counterexample."""
        stuck: Stuck | None = None
        reached = self._restored()
        try:
            for number, level in enumerate(levels(self.grammar), start=1):
                self.level = number
                self._widen(level)
                if number < reached:
                    continue
                stuck = self.search.run(self._candidates(level))
                if stuck is None:
                    self.search.minimise()
                    return "", None
                self.search.banned.clear()
        except OutOfTime:
            return f"the budget of {self.budget:g} s is spent", stuck
        return "no candidate that the grammar has answers the counterexample to induction", stuck

    def _candidates(self, level: Level) -> Spaces:
        return Spaces(tuple(self.spaces), Effort(level.most, level.budget))

    def _restored(self) -> int:
        """Restore the lemmas of an earlier attempt; return the level that it reached."""
        level, clauses = (0, []) if self.kept is None else self.kept.read(self.grammar)
        for clause in clauses:
            if not self.search.refuted(clause):
                lemma = Lemma(clause, Predicate("inferred", Kind.LEMMA, clause.formula))
                if self.search.is_initial(lemma):
                    self.search.lemmas.append(lemma)
        return level

    def _widen(self, level: Level) -> None:
        for outline in level.outlines:
            space = space_of(self.grammar, outline, self.search.worlds)
            for world in self.search.worlds:
                self.search.demand_time()
                space.learn(world)
            self.spaces.append(space)
            self._tell("widening")

    def _changed(self) -> None:
        if self.kept is not None:
            self.kept.write(self.level, [lemma.clause for lemma in self.search.lemmas])
        self._tell("searching")

    def _tell(self, doing: str) -> None:
        spent = self.clock() - self.started
        self.progress(Progress(doing, self.level, len(self.search.lemmas), self.search.counts, spent, self.budget))

    # What came of it

    def _result(self, proof: ProofResult, methods: Sequence[str] = (), **more: Any) -> Inference:
        return Inference(
            proof,
            tuple(methods),
            self.names.imports,
            self.search.counts,
            sum(found.world.states for found in self.explored),
            self.level,
            self.search.goals.asked,
            seconds=self.clock() - self.started,
            **more,
        )

    def _methods(self) -> list[str]:
        return written([lemma.clause for lemma in self.search.lemmas], self.specification, self.names)

    def _proved(self) -> Inference:
        """Prove the model with the lemmas as written, from scratch, in both encodings."""
        proof, methods = self._proof(again=True)
        if proof.verdict is Verdict.HOLDS:
            if self.kept is not None:
                self.kept.clear()
            return self._result(proof, methods)
        return self._result(proof, methods, ended="the lemmas that were found do not prove all that the model claims")

    def _open(self, ended: str, stuck: Stuck | None) -> Inference:
        near = (
            self.search.near(stuck.structure, Spaces(tuple(self.spaces), Effort(3, 8)), NEAR)
            if stuck and stuck.structure
            else []
        )
        proof, methods = self._proof(again=False)
        return self._result(proof, methods, near=tuple(near), ended=ended)

    def _proof(self, *, again: bool) -> tuple[ProofResult, list[str]]:
        """Prove the model with its lemmas; without those that an instance refutes: the model does not claim them."""
        self._tell("proving")
        methods = self._methods()
        while True:
            with extended(self.specification, methods, self.names) as model:
                proof = prove_model(model, self.options)
                if again and proof.verdict is Verdict.HOLDS:
                    proof = _proved_again(model, proof, self.options)
                own = {method.name for method in model.of(Kind.LEMMA)}
            false = own & {refutation.name.removesuffix(" is defined") for refutation in proof.refutations}
            if not false:
                return proof, methods
            methods = [method for method in methods if not any(f"def {name}(" in method for name in false)]

    def _violated(self, wrong: Explored) -> Inference:
        proof = prove_model(without_lemmas(self.specification), self.options)
        if proof.verdict is not Verdict.VIOLATED:
            where = ", ".join(f"{name}={value}" for name, value in wrong.settings.items())
            seen = explore_instance(self.specification, wrong.settings, f"an instance with {where}", self.budget)
            found: tuple[Refutation, ...] = seen.refutations
            proof = replace(proof, refutations=(*proof.refutations, *found), explorations=(*proof.explorations, seen))
        return self._result(proof)

    def _interrupted(self) -> Inference:
        nothing = ProofResult(**described(self.problem, ()), obligations=(), refutations=(), interrupted=True)
        return self._result(nothing, self._methods(), ended="interrupted; the same command goes on from here")


def _proved_again(model: Specification, proof: ProofResult, options: ProofOptions) -> ProofResult:
    """Return a proof with what the other encoding leaves open, in which states before and after have own symbols."""
    again = induct(model, 1, options)
    if again.verdict is Verdict.HOLDS:
        return proof
    obligations = (*proof.obligations, *again.failed, *again.guards_failed)
    return replace(proof, obligations=obligations, interrupted=again.interrupted)


def _demand_unbounded(problem: Problem, barriers: Sequence[str]) -> None:
    """Refuse a model that can be proved only for given sizes, which needs no inferred lemmas.

    A model with nested containers is refused too: the grammar has no atoms for them.
    """
    if problem.theory.inside:
        raise ModelError(
            f"lemmas of {problem.specification.name} are not inferred: it has a {next(iter(problem.theory.inside))} "
            "inside of a value",
            help="write the lemmas, and prove the model with them: assay prove, without --infer",
        )
    if problem.theory.instance is None:
        return
    why = barriers[0] if barriers else "sizes are set"
    raise ModelError(
        f"lemmas of {problem.specification.name} are not inferred for given sizes: {why}",
        help="leave out --set for sorts; what has no translation for any sizes, assay prove names",
    )
