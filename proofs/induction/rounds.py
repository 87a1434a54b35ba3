"""One round of a proof: obligations are decided side by side, and what refutes one is made a counterexample."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from assay.checker.language.introspection.specification import Method
from assay.checker.language.kinds import ASSERTIONS, Assertions
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.induction.counterexamples import Incomplete, counterexample, in_a_state
from assay.proofs.induction.deciding import Decider
from assay.proofs.induction.decisions import Decision, Means
from assay.proofs.induction.exploring import SMOKE, explore_smoke
from assay.proofs.induction.fragment import Fragment
from assay.proofs.induction.obligations import Obligation
from assay.proofs.induction.options import ProofOptions, Watch
from assay.proofs.induction.pool import Lost, run_all
from assay.proofs.induction.results import Counterexample, InstanceExploration, ObligationResult
from assay.proofs.logic.structures import Structure

if TYPE_CHECKING:
    from assay.proofs.induction.cache import Known

__all__ = ["NOT_BEGUN", "Round", "gaps"]

NOT_BEGUN = Decision(None, reason="interrupted")
"""The decision on an obligation that nobody has asked about."""


@dataclass
class Round:
    """Obligations that are decided together.

    Attributes
    ----------
    problem : Problem
        The model.
    asked : sequence of Obligation
        The obligations.
    options : ProofOptions
        The options of the proof.
    watch : Watch
        Receives the progress.
    begun : list of ObligationResult
        What is known of each obligation before a solver is asked.
    """

    problem: Problem
    asked: Sequence[Obligation]
    options: ProofOptions
    watch: Watch

    def __post_init__(self) -> None:
        self.fragment = Fragment(self.problem, self.asked)
        self._known = self._remembered()
        self.begun = [ObligationResult(o, self._at_once(o), None, self.fragment) for o in self.asked]

    def _remembered(self) -> Known | None:
        """Return what earlier proofs have shown; None unless that was asked for."""
        if not self.options.use_cache:
            return None
        from assay.proofs.induction.cache import Known

        return Known(self.problem, self.asked)

    def _at_once(self, obligation: Obligation) -> Decision:
        if obligation.on_sight:
            return Decision(True, means=Means.SIGHT)
        if self._known is not None and self._known.is_proved(obligation):
            return Decision(True, means=Means.CACHE)
        return NOT_BEGUN

    def outcomes(self, *, screen: bool) -> Generator[ObligationResult | InstanceExploration, None, None]:
        """Yield the results of what is left as they arrive, until no time is; with ``screen``, explore beside that.

        Closing the generator ends what is in progress.
        """
        if self.options.left() <= 0:
            return
        left = [result.obligation for result in self.begun if result.decision is NOT_BEGUN]
        # None stands for the exploration of the smoke instance
        subjects: list[Obligation | None] = [*([None] if screen else []), *left]
        self.fragment.prepare()
        decider = Decider(self.problem, self.fragment, self.options.memory)
        tasks, retried = self._tasks(decider, subjects), self._tasks(decider, subjects, careful=True)
        workers, seconds = self.options.workers, self.options.timeout
        with closing(run_all(tasks, workers=workers, seconds=seconds, retried=retried)) as outcomes:
            for done, (index, outcome) in enumerate(outcomes, start=1):
                self.watch.progress(done, len(tasks))
                obligation = subjects[index]
                yield self._explored(outcome) if obligation is None else self._result(obligation, outcome)
                if self.options.left() <= 0:
                    return

    def _tasks(
        self, decider: Decider, subjects: Sequence[Obligation | None], *, careful: bool = False
    ) -> list[Callable[[], Any]]:
        """Return the tasks that run side by side: deciding obligations, and exploring the smoke instance."""
        options = self.options
        smoke = partial(explore_smoke, self.problem.specification, dict(options.fixed), options.screening)
        return [smoke if o is None else partial(decider.decide, o, options.each, careful=careful) for o in subjects]

    def _result(self, obligation: Obligation, outcome: Decision | Lost) -> ObligationResult:
        """Return the result of one obligation, with a counterexample if a structure refutes it."""
        decision = Decision(None, reason=outcome.reason) if isinstance(outcome, Lost) else outcome
        if decision.proved and self._known is not None:
            self._known.remember(obligation)
        if decision.by_stronger is not None:  # keep the very query that was answered
            obligation = replace(obligation, query=obligation.stronger[decision.by_stronger])
        found = None
        if decision.proved is False and decision.structure is not None:
            patience = max(min(self.options.search, self.options.left()), 0.0)
            try:
                found = counterexample(self.problem, obligation.claim, decision.structure, patience)
            except Incomplete as lacking:
                decision = replace(decision, proved=None, structure=None, reason=str(lacking))
        return ObligationResult(obligation, decision, found, self.fragment)

    def _explored(self, outcome: InstanceExploration | Lost) -> InstanceExploration:
        """Return what the smoke instance showed, of subjects of this process: it was explored in another one."""
        if isinstance(outcome, Lost):
            return InstanceExploration(SMOKE, 0.0, trouble=outcome.reason)
        return replace(outcome, refutations=tuple(replace(r, about=self._own(r.about)) for r in outcome.refutations))

    def _own(self, about: Method | Predicate | Assertions) -> Method | Predicate | Assertions:
        if isinstance(about, Assertions):
            return ASSERTIONS
        return next((m for m in self.problem.specification.methods if m.name == about.name), about)


def gaps(problem: Problem, asked: Sequence[Obligation], options: ProofOptions) -> Iterator[Counterexample]:
    """Yield states in which all lemmas are true and a property is false, where it is claimed that they imply it."""
    decider = Decider(problem, Fragment(problem, asked), options.memory)
    tasks: list[Callable[[], Any]] = [partial(decider.example, o, options.search) for o in asked]
    with closing(run_all(tasks, workers=options.workers, seconds=options.search)) as outcomes:
        found = {index: outcome for index, outcome in outcomes if isinstance(outcome, Structure)}
    for index in sorted(found):
        with suppress(Incomplete):
            yield in_a_state(problem, asked[index].claim, found[index], options.search)
