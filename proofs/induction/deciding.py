"""Deciding one obligation: some strategies, the most promising first, and a small counterexample if it is false."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from assay.proofs.encoding.problem import Problem
from assay.proofs.encoding.symbols.universes import numbers
from assay.proofs.induction.decisions import Decision, Means, undecided
from assay.proofs.induction.fragment import Fragment, ordered_sorts
from assay.proofs.induction.obligations import ClaimKind, Obligation
from assay.proofs.induction.processes import SEARCH_LATENESS, Clock
from assay.proofs.induction.small import find_any, find_small
from assay.proofs.induction.strategies import Reach, Strategy, hypotheses_of, ways
from assay.proofs.induction.unlisted import LACKING, is_witness, may_lack
from assay.proofs.logic.answers import Answer
from assay.proofs.logic.cardinalities import counted_in
from assay.proofs.logic.enums import only_these, sorts_in
from assay.proofs.logic.found import NOT_IN_TIME, Search
from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import BOOL, INT, Sort, Symbol, Term
from assay.proofs.logic.triggers import trigger, with_triggers

if TYPE_CHECKING:
    from assay.proofs.logic.abstraction import Abstraction
    from assay.proofs.logic.z3_backend import Z3, Trigger

__all__ = ["Decider"]

NOT_IMPLIED = "in a small structure the lemmas are true and this is not"
NOT_FOLLOWING = "not shown to follow from the lemmas"
NOT_FOUND = "no small example was found, and that there is none was not proved"
NOT_CHOSEN = "not proved with what was tried for the container that the other model chooses"

INSTANTIATING = 0.6
"""The fraction of an obligation's time for refuting it by ground instances, if it compares sizes of sets."""

ONCE_MORE = 0.2
"""The fraction for trying that once more with all hypotheses, if it was done with a few of them."""

CHOOSING = 0.1
"""The fraction for finding out with which of them."""

LEARNING = 0.5
"""The fraction of the time left after that for finding the facts about sizes of sets that it needs."""

SEARCH = 0.1
"""The fraction of an obligation's time that is reserved for a counterexample if no strategy decides it."""


BRIEF = 0.5
"""Seconds for the first question of an obligation, if it is asked in a process that does others as well."""

AT_ONCE = 0.01
"""The share of the time of a guard in which a small model is looked for before anything else."""

WRITTEN_OUT = 0.25
"""The share of the time of a guard in which a model is looked for with quantifiers written out."""

SELECTING = 0.7
"""The share of its time in which a way to ask may find out which hypotheses it needs."""

SATISFIABLE = ()
"""Stands for the formulas of a query that some structure satisfies all of."""


class _Reply(NamedTuple):
    """What a solver says of a query, how the query was put, and which of its formulas it had, if not all."""

    answer: Answer
    means: Means = Means.SOLVER
    kept: tuple[int, ...] | None = None

    @property
    def proof(self) -> Decision | None:
        """The decision that a claim is true, if the query has no model."""
        return Decision(True, means=self.means, kept=self.kept) if self.answer == "unsat" else None


@dataclass
class Decider:
    """Everything needed to decide the obligations of a problem.

    Attributes
    ----------
    problem : Problem
        The model.
    fragment : Fragment
        What is known about the obligations' queries.
    memory : int, optional
        Mebibytes that the solver may use.
    """

    problem: Problem
    fragment: Fragment
    memory: int | None = None

    @property
    def abstraction(self) -> Abstraction | None:
        """The relations that replace functions; None if there are none."""
        return self.fragment.abstraction

    def _solver(self, trigger: Trigger | None = None) -> Z3:
        """Return a solver that shares nothing with earlier questions: what it answers depends on the question alone."""
        from assay.proofs.logic.z3_backend import Z3

        return Z3(memory=self.memory, alone=True, trigger=trigger)

    def decide(self, obligation: Obligation, seconds: float, *, careful: bool = False) -> Decision:
        """Decide one obligation within some seconds; if careful, ask nothing in this process."""
        if obligation.on_sight:
            return Decision(True, means=Means.SIGHT)
        clock = Clock(seconds)
        clock.is_fresh = not careful
        if self._has_instances(obligation):
            decision = self._by_instances(obligation, clock)
            if decision is not None:
                return replace(decision, seconds=clock.spent)
        facts, found = self._facts(obligation, clock)
        if found is not None:
            return Decision(False, clock.spent, structure=found)
        if facts:
            asked = replace(
                obligation,
                query=(*obligation.query, *facts),
                stronger=tuple((*query, *facts) for query in obligation.stronger),
            )
            return replace(self._decided(asked, clock), facts=facts)
        return self._decided(obligation, clock)

    def _has_instances(self, obligation: Obligation) -> bool:
        """Return whether a claim is about sizes of sets of any number of elements."""
        claim = obligation.claim
        asked = self.problem.unbounded and not claim.kind.is_guard and claim.kind is not ClaimKind.INDUCTIVE
        return asked and not obligation.stronger and bool(counted_in(obligation.query))

    def _by_instances(self, obligation: Obligation, clock: Clock) -> Decision | None:
        """Refute such a claim by ground instances, or find a small counterexample; None if neither is possible.

        The hypotheses that small structures show to be needed come first: others make sets that need not be counted.
        """
        from assay.proofs.induction.instantiation import refuted

        query = self.fragment.query(obligation, abstract=False)
        orders = ordered_sorts(self.problem)
        chosen = clock.apart(partial(self._chosen, obligation), CHOOSING * clock.limit)
        if chosen == SATISFIABLE:
            if obligation.claim.kind is ClaimKind.IMPLIED:
                return Decision(None, reason=NOT_IMPLIED)
            found = self._counterexample(obligation, clock.left / 2, clock)
            return None if found is None else Decision(False, structure=found)
        few = query if chosen is None else tuple(query[index] for index in chosen)
        for asked, share in ((few, INSTANTIATING), (query, ONCE_MORE)) if few != query else ((query, INSTANTIATING),):
            refute = partial(refuted, asked, orders, memory=self.memory)
            instances = clock.apart(refute, min(share * clock.limit, clock.left))
            if instances is not None:
                return Decision(True, means=Means.INSTANCES, instances=instances)
        return None

    def _chosen(self, obligation: Obligation, seconds: float) -> tuple[int, ...] | None:
        """Return which formulas of a query no small structure satisfies together; `SATISFIABLE` if one satisfies all.

        Sizes of sets are those of the structures. None if small structures tell nothing.
        """
        from assay.proofs.induction.premises import premises

        query = self.fragment.query(obligation, abstract=False)
        own = set() if obligation.claim.predicate is None else {obligation.claim.predicate.formula}
        optional = hypotheses_of(self.problem).intersection(obligation.query) - own
        found = list(premises(query, optional, numbers(self.problem.theory), seconds, counting=True))
        if not found:
            return None
        return SATISFIABLE if found[-1] is None else tuple(map(query.index, found[-1]))

    def _facts(self, obligation: Obligation, clock: Clock) -> tuple[tuple[Term, ...], Structure | None]:
        """Return what is to be assumed of sizes of sets, or a structure with true sizes that refutes the claim."""
        if obligation.claim.kind.is_guard or not counted_in(obligation.query):
            return (), None
        learn = partial(self._learned, obligation)
        return clock.apart(learn, LEARNING * clock.left, SEARCH_LATENESS) or ((), None)

    def _learned(self, obligation: Obligation, seconds: float) -> tuple[tuple[Term, ...], Structure | None]:
        """Find out the same, in this process."""
        from assay.proofs.induction.learning import learned

        found: list[Structure | None] = []

        def is_false(left: float) -> bool:
            searched = obligation.claim.kind is not ClaimKind.IMPLIED
            found.append(self._search(obligation)(max(left, 1.0)).structure if searched else None)
            return found[-1] is not None

        query = self.fragment.query(obligation, abstract=False)
        facts = learned(query, seconds, numbers(self.problem.theory), is_false)
        return facts, found[-1] if found else None

    def _decided(self, obligation: Obligation, clock: Clock) -> Decision:
        for index, query in enumerate(obligation.stronger):
            limit = clock.limit / 2 * (index + 1) / len(obligation.stronger)
            proof = self._proved_first(replace(obligation, query=query), clock, limit)
            if proof is not None:
                return replace(proof, seconds=clock.spent, by_stronger=index)
        if obligation.sufficient:
            proof = self._proved_first(obligation, clock, clock.limit) or Decision(None, reason=NOT_CHOSEN)
            return replace(proof, seconds=clock.spent)
        decided = self._witness if obligation.claim.kind.is_guard else self._refutation
        return replace(decided(obligation, clock), seconds=clock.spent)

    def _proved_first(self, obligation: Obligation, clock: Clock, limit: float) -> Decision | None:
        """Try to prove a claim until some fraction of the time is spent; return the proof, or None."""
        waiting = list(self._ways(obligation))
        while waiting and clock.spent < limit:
            share = (limit - clock.spent) / len(waiting)
            strategy, asked = waiting.pop(0)
            reply = self._reply(obligation, asked, strategy, max(share, 0.05), clock)
            if reply.proof is not None:
                return reply.proof
            if reply.answer == "sat" and strategy.reach is Reach.ALL and not strategy.abstract:
                return None
        return None

    # Claims whose query must have no model

    def _refutation(self, obligation: Obligation, clock: Clock) -> Decision:
        """Try to prove a claim; if the solver finds a model instead, look for a small counterexample."""
        suspected, searched = False, None
        waiting = list(self._ways(obligation))
        while waiting:
            left = max(clock.left - clock.limit * (0 if searched else SEARCH), 0.0)
            strategy, asked = waiting.pop(0)
            share = strategy.weight / (strategy.weight + sum(other.weight for other, _ in waiting))
            reply = self._reply(obligation, asked, strategy, max(left * share, 0.05), clock)
            if reply.proof is not None:
                return reply.proof
            if reply.answer == "sat" and strategy.reach is Reach.NEEDED:
                if obligation.claim.kind is ClaimKind.IMPLIED:
                    return Decision(None, reason=NOT_IMPLIED)
                suspected = True
            elif strategy.reach is not Reach.ALL:
                continue
            if strategy.abstract:
                if reply.answer == "sat":
                    # A model with relations need not be one with functions, so from here on ask the query itself.
                    suspected, waiting = True, [way for way in waiting if not way[0].abstract]
                continue
            if searched is None and (suspected or reply.answer == "sat"):
                searched = self._searched(obligation, clock.left / 2, clock)
                if searched.structure is not None:
                    return Decision(False, structure=searched.structure)
            if searched is not None and reply.answer == "sat" and strategy.reach is Reach.ALL:
                # The solver's model may lack a container that the code would make, or have sizes that no set has.
                if self.problem.theory.inside or counted_in(obligation.query):
                    return Decision(None, reason=searched.none or NOT_FOLLOWING)
                return Decision(False, reason=searched.none)
        found = None if searched is not None else self._counterexample(obligation, clock.left, clock)
        return (
            Decision(None, reason=undecided(clock.spent, clock.limit))
            if found is None
            else Decision(False, structure=found)
        )

    def _ways(self, obligation: Obligation) -> Iterator[tuple[Strategy, Obligation]]:
        return ways(self.problem, obligation, abstraction=self.abstraction is not None)

    def _reply(
        self, obligation: Obligation, asked: Obligation, strategy: Strategy, seconds: float, clock: Clock
    ) -> _Reply:
        """Ask about an obligation in one way; where hypotheses are left out, `asked` has fewer."""
        if strategy.reach is Reach.NEEDED:
            return clock.apart(partial(self._by_premises, obligation, strategy), seconds) or _Reply("unknown")
        fewer = len(asked.query) < len(obligation.query)
        kept = tuple(map(obligation.query.index, asked.query)) if fewer else None
        return _Reply(self._answer(asked, strategy, seconds, clock), strategy.means, kept)

    def _answer(self, obligation: Obligation, strategy: Strategy, seconds: float, clock: Clock) -> Answer:
        answer = self._check(partial(self._loaded, obligation, strategy), seconds, clock)
        return "unknown" if strategy.triggers and answer == "sat" else answer

    def _check(self, loaded: Callable[[], Z3], seconds: float, clock: Clock) -> Answer:
        """Ask a solver: an obligation's first question in this process if possible, all others in one of their own."""
        if clock.is_fresh and (clock.can_retry or self.abstraction is None):
            clock.is_fresh = False
            # Most obligations are decided by then, in less time than another process takes to start and to end.
            limit, begun = min(seconds, BRIEF) if clock.can_retry else seconds, clock.spent
            answer = clock.here(loaded().check, limit)
            if answer != "unknown" or clock.spent - begun < limit:
                return answer
        return clock.apart(lambda left: loaded().check(left), seconds) or "unknown"

    def _loaded(self, obligation: Obligation, strategy: Strategy, solver: Z3 | None = None) -> Z3:
        """Return a solver that has been given the query, and nothing else."""
        solver = (solver or self._solver(trigger if strategy.triggers else None)).again(**strategy.options)
        if strategy.written_out:
            query = self.fragment.written_out(obligation)
        else:
            query = self.fragment.query(obligation, abstract=strategy.abstract)
        if strategy.triggers:
            query = with_triggers(query)
        solver.declare(query)
        solver.add(query)
        return solver

    def _by_premises(self, obligation: Obligation, strategy: Strategy, seconds: float) -> _Reply:
        """Ask with those hypotheses only that small structures show to be needed."""
        from assay.proofs.induction.premises import premises

        until, alone = time.process_time() + seconds, self._solver()
        query = self.fragment.query(obligation, abstract=False)
        predicate = obligation.claim.predicate
        # That a claim is true before the step is nearly always needed, and rules out most structures.
        own = set() if predicate is None else {predicate.formula}
        optional = hypotheses_of(self.problem).intersection(obligation.query) - own
        for chosen in premises(query, optional, numbers(self.problem.theory), SELECTING * seconds):
            if chosen is None:
                return _Reply("sat")
            kept = tuple(index for index, formula in enumerate(obligation.query) if formula in chosen)
            asked = replace(obligation, query=tuple(obligation.query[index] for index in kept))
            for abstract in (False,) if self.abstraction is None else (False, True):
                left = (until - time.process_time()) / 2
                way = replace(strategy, abstract=abstract)
                solver = self._loaded(asked, way, alone)
                if left > 0 and solver.check(left) == "unsat":
                    return _Reply("unsat", way.means, kept)
        return _Reply("unknown")

    def _counterexample(self, obligation: Obligation, seconds: float, clock: Clock) -> Structure | None:
        """Return a small structure that refutes a claim, or None if none was found."""
        return self._searched(obligation, seconds, clock).structure

    def _searched(self, obligation: Obligation, seconds: float, clock: Clock) -> Search:
        """Look for a small structure that refutes a claim; if lemmas merely do not imply it, none is looked for."""
        if obligation.claim.kind is ClaimKind.IMPLIED:
            return Search(None)
        return clock.apart(self._search(obligation), max(seconds, 1.0), SEARCH_LATENESS) or Search(None, NOT_IN_TIME)

    def example(self, obligation: Obligation, seconds: float) -> Structure | None:
        """Return a small structure that refutes a claim, or None if none was found in time."""
        found = Clock(seconds).apart(self._search(obligation), max(seconds, 1.0), SEARCH_LATENESS)
        return None if found is None else found.structure

    def _search(self, obligation: Obligation) -> Callable[[float], Search]:
        """Return the search for a small structure that refutes a claim, which takes the seconds that it may take."""
        relations = [s for s in self.problem.theory.state_symbols if s.result == BOOL]
        query, needed = self.fragment.query(obligation, abstract=False), self._needed(obligation)
        return partial(find_small, query, relations, needed, numbers=numbers(self.problem.theory))

    def _needed(self, obligation: Obligation) -> tuple[Symbol, ...]:
        transition = obligation.claim.transition
        constants = () if transition is None else transition.constants
        after = obligation.claim.kind is ClaimKind.INITIATION
        theory = self.problem.theory
        return (*constants, *theory.structure_symbols, *(() if after else theory.state_symbols))

    # Claims whose query must have a model

    def _witness(self, obligation: Obligation, clock: Clock) -> Decision:
        """Look for a model with few elements, then for any model."""
        if may_lack(self.problem, obligation):
            return self._executed_witness(obligation, clock)
        query = self.fragment.query(obligation, abstract=False)
        if counted_in(query):
            return self._counted_witness(obligation, query, clock)
        # Most guards are met at once, in this process. To write out quantifiers takes another process, but a fifth of a
        # second where a solver searches for a minute.
        if self._check(partial(self._bounded, query, 2), AT_ONCE * clock.limit, clock) == "sat":
            return Decision(True)
        if clock.apart(partial(self._has_small, query), clock.left * WRITTEN_OUT):
            return Decision(True)
        for bound in (2, 3, None):
            answer = self._check(partial(self._bounded, query, bound), max(0.1, clock.left), clock)
            if answer == "sat":
                return Decision(True)
        if answer == "unsat":
            return Decision(False)
        return Decision(None, reason=undecided(clock.spent, clock.limit))

    def _executed_witness(self, obligation: Obligation, clock: Clock) -> Decision:
        """Look for a small model that the interpreter confirms: the solver's may lack containers."""
        found = self._counterexample(obligation, clock.left, clock)
        if found is not None and is_witness(self.problem, obligation.claim, found):
            return Decision(True)
        return Decision(None, reason=LACKING)

    def _has_small(self, query: Sequence[Term], seconds: float) -> bool:
        """Return whether a structure with two elements of each sort, or three, is found for a query."""
        until = time.process_time() + seconds
        for size in (2, 3):
            left = until - time.process_time()
            if left > 0 and find_any(query, size, left, numbers(self.problem.theory)) is not None:
                return True
        return False

    def _bounded(self, query: Sequence[Term], bound: int | None) -> Z3:
        """Return a solver that has been given the query, and that no sort has more elements than some bound."""
        solver = self._solver()
        sizes = [] if bound is None else [only_these(sort, bound) for sort in self._sorts(query)]
        solver.declare([*query, *sizes], exactly=not self.problem.unbounded)
        solver.add([*query, *sizes])
        return solver

    def _counted_witness(self, obligation: Obligation, query: tuple[Term, ...], clock: Clock) -> Decision:
        """Look for a small model in which the sizes of sets are what they are, or for a proof that there is none."""
        from assay.proofs.induction.instantiation import refuted

        if self._counterexample(obligation, clock.left / 2, clock) is not None:
            return Decision(True)
        refute = partial(refuted, query, ordered_sorts(self.problem), memory=self.memory)
        if clock.apart(refute, max(clock.left, 1.0)) is not None:
            return Decision(False)
        return Decision(None, reason=NOT_FOUND)

    def _sorts(self, query: Sequence[Term]) -> list[Sort]:
        if not self.problem.unbounded:
            return []
        return [sort for sort in sorts_in(query) if sort not in (BOOL, INT) and not sort.members]
