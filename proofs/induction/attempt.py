"""One attempt at the obligations of a model: decided in parallel, in two rounds, and explained where they fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from assay.checker.language.model import Kind
from assay.checker.language.specification import Method
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.induction import cache
from assay.proofs.induction.claims import Claim, ClaimKind
from assay.proofs.induction.counterexamples import counterexample
from assay.proofs.induction.deciding import Decider
from assay.proofs.induction.decisions import Decision, Means
from assay.proofs.induction.exploring import SMOKE, explore_default, explore_smoke
from assay.proofs.induction.fragment import Fragment
from assay.proofs.induction.obligations import (
    Obligation,
    definedness,
    guards,
    implied,
    inductive,
    step_obligations,
)
from assay.proofs.induction.options import ProofOptions, Watch
from assay.proofs.induction.pool import Lost, can_fork, run_all
from assay.proofs.induction.results import Exploration, ObligationResult, Refutation

__all__ = ["Attempt"]

SCREENING = -1
"""The task of exploring the smoke instance, among the obligations."""

_Key = tuple[ClaimKind, int, int, int | None]


@dataclass
class Attempt:
    """One attempt at one problem: first with the lemmas as hypotheses, then with what that leaves open.

    Attributes
    ----------
    problem : Problem
        The model.
    options : ProofOptions
        How to prove.
    watch : Watch
        Is told how it gets on.
    results : dict
        What is known of each claim.
    explorations : list of Exploration
        What was explored beside the proof.
    dropped : tuple of str
        Lemmas that the smoke instance refutes.
    interrupted : bool
        Whether the user ended it.
    """

    problem: Problem
    options: ProofOptions
    watch: Watch = field(default_factory=Watch)
    results: dict[_Key, ObligationResult] = field(default_factory=dict)
    explorations: list[Exploration] = field(default_factory=list)
    dropped: tuple[str, ...] = ()
    interrupted: bool = False

    def __post_init__(self) -> None:
        self.lemmas = [p for p in self.problem.invariants if p.kind is Kind.LEMMA]
        self.invariants = [p for p in self.problem.invariants if p.kind is Kind.INVARIANT]
        self.hypotheses = self.lemmas or self.invariants
        self.fragment = Fragment(self.problem)

    # Rounds

    def run(self) -> None:
        """Decide everything; begin again without the lemmas that the smoke instance refutes."""
        self._round(screen=self.options.screening > 0)
        refuted = [r.about for e in self.explorations for r in e.refutations if r.kind is Kind.LEMMA]
        false = [p for p in self.lemmas if self._method(p) in refuted]
        if false and not self.interrupted:
            self._drop(false)
            self._round(screen=False)
        if not self.interrupted and self.lemmas:
            self._strengthen()

    def _method(self, predicate: Predicate) -> Method | None:
        return next((m for m in self.problem.specification.methods if m.name == predicate.name), None)

    def _drop(self, false: Sequence[Predicate]) -> None:
        self.results.clear()
        self.dropped = tuple(predicate.name for predicate in false)
        self.lemmas = [p for p in self.lemmas if p not in false]
        self.hypotheses = self.lemmas or self.invariants

    def _round(self, *, screen: bool) -> None:
        found = [implied(p, self.lemmas) for p in self.invariants] if self.lemmas else []
        found += self._by_induction(self.hypotheses)
        self._decide(found, screen=screen, also=self._guards())

    def _by_induction(self, predicates: Sequence[Predicate]) -> list[Obligation]:
        """Return what is to be proved of some hypotheses, assuming them and nothing else before each step."""
        problem = self.problem
        found = list(inductive(problem, predicates, predicates))
        for predicate in problem.steps:
            found += step_obligations(problem, predicate, predicates)
        return found + list(definedness(problem, predicates))

    def _guards(self) -> list[Obligation]:
        """Return the claims that the proof is about anything; of one property, only those that it rests on."""
        found = list(guards(self.problem, self.hypotheses))
        if self.options.only:
            found = [g for g in found if g.claim.kind not in (ClaimKind.ENABLED, ClaimKind.CONTENT)]
        return found

    def _strengthen(self) -> None:
        """Where lemmas do not imply an invariant, let it be proved by induction, and be a hypothesis for the rest."""
        rest = [p for p in self.invariants if self._is_wanted_property(p) and not self._is_implied(p)]
        if not rest:
            return
        failed = {key for key, result in self.results.items() if not result.proved}
        self.results = {key: result for key, result in self.results.items() if result.proved}
        self.hypotheses = [*self.lemmas, *rest]
        again = self._by_induction(self.hypotheses)
        self._decide(
            [o for o in again if o.claim.predicate in rest or o.claim.key in failed],
            also=[g for g in self._guards() if g.claim.kind in (ClaimKind.HYPOTHESES, ClaimKind.ENABLED)],
        )

    def _is_implied(self, predicate: Predicate) -> bool:
        found = self.results.get(Claim(ClaimKind.IMPLIED, predicate).key)
        return found is not None and bool(found.proved)

    # What is asked for

    def _wanted(self, obligations: Sequence[Obligation]) -> Iterator[Obligation]:
        """Yield the obligations that are asked for, and those that they rest on."""
        for obligation in obligations:
            claim = obligation.claim
            if self._is_wanted(claim):
                yield obligation
            elif self._asks_for_properties and claim.predicate in self.hypotheses:
                yield replace(obligation, supporting=True)

    def _is_wanted(self, claim: Claim) -> bool:
        only = self.options.only
        is_step = claim.transition is not None and claim.kind is not ClaimKind.INITIATION
        if not only or (is_step and claim.action in only):
            return True
        return claim.predicate is not None and self._is_wanted_property(claim.predicate)

    def _is_wanted_property(self, predicate: Predicate) -> bool:
        return not self.options.only or predicate.name in self.options.only

    @property
    def _asks_for_properties(self) -> bool:
        return any(self._is_wanted_property(p) for p in (*self.problem.invariants, *self.problem.steps))

    @property
    def partial(self) -> tuple[str, ...]:
        """The actions to whose steps it is kept."""
        names = dict.fromkeys(method.name for method in self.problem.specification.actions)
        return tuple(name for name in names if name in self.options.only)

    # Deciding

    def _decide(self, obligations: Sequence[Obligation], *, also: Sequence[Obligation], screen: bool = False) -> None:
        asked = [*self._wanted(obligations), *also]
        fragment = Fragment(self.problem, asked)
        if any(not o.satisfiable for o in asked):
            self.fragment = fragment
        known = cache.Known(self.problem, asked) if self.options.use_cache else None
        hard = []
        for index, obligation in enumerate(asked):
            decision = self._at_once(obligation, known is not None and known.is_proved(index))
            self.results[obligation.claim.key] = ObligationResult(obligation, decision, None, fragment)
            hard += [index] if decision.proved is None else []
        try:
            self._collect(fragment, asked, [SCREENING] * screen + hard, known)
        except KeyboardInterrupt:
            self.interrupted = True

    @staticmethod
    def _at_once(obligation: Obligation, known: bool) -> Decision:
        if obligation.on_sight:
            return Decision(True, means=Means.SIGHT)
        return Decision(True, means=Means.CACHE) if known else Decision(None, reason="interrupted")

    def _collect(
        self, fragment: Fragment, asked: Sequence[Obligation], tasks: list[int], known: cache.Known | None
    ) -> None:
        decider = Decider(self.problem, fragment, self.options.memory)
        decider.prepare()
        specification, options = self.problem.specification, self.options

        def work(task: int) -> Any:
            if task == SCREENING:
                return explore_smoke(specification, dict(options.fixed), options.screening)
            return decider.decide(asked[task], options.timeout)

        with closing(run_all(tasks, work, workers=options.workers, seconds=options.timeout)) as outcomes:
            for done, (task, outcome) in enumerate(outcomes, start=1):
                self.watch.progress(done, len(tasks))
                if task == SCREENING:
                    if self._screened(outcome):
                        return  # What is under way assumes a lemma that is false: it is begun again without it.
                    continue
                decision = Decision(None, reason=outcome.reason) if isinstance(outcome, Lost) else outcome
                self._note(asked[task], decision, fragment)
                if known is not None and decision.proved:
                    known.remember(task)

    def _screened(self, outcome: Exploration | Lost) -> bool:
        """Note what the smoke instance showed; return whether that refutes a lemma, and tell of it."""
        if isinstance(outcome, Lost):
            outcome = Exploration(SMOKE, 0.0, trouble=outcome.reason)
        mine = tuple(replace(r, about=self._same(r.about)) for r in outcome.refutations)
        self.explorations.append(replace(outcome, refutations=mine))
        false = [r.name for r in mine if r.kind is Kind.LEMMA]
        for name in false:
            self.watch.tell(f"the lemma {name} is violated in {SMOKE}: going on without it")
        return bool(false)

    def _same(self, about: Method | Predicate) -> Method | Predicate:
        """Return what a refutation is about as this process knows it: the exploration was in another."""
        return next((m for m in self.problem.specification.methods if m.name == about.name), about)

    def _note(self, obligation: Obligation, decision: Decision, fragment: Fragment) -> None:
        claim = obligation.claim
        found = None
        if decision.proved is False and decision.structure is not None:
            found = counterexample(self.problem, claim, decision.structure, self.options.search)
        self.results[claim.key] = ObligationResult(obligation, decision, found, fragment)

    # What came of it

    def in_order(self) -> tuple[ObligationResult, ...]:
        """Return the results in the order of the model, whatever came first: the properties, then the guards."""
        problem = self.problem
        predicates = [id(p) for p in (*problem.invariants, *problem.steps)]
        transitions = [id(t) for t in (*problem.beginnings, *problem.transitions)]
        kinds = list(ClaimKind)

        def place(result: ObligationResult) -> tuple[int, ...]:
            claim = result.claim
            subject = _index(predicates, id(claim.predicate), len(predicates))
            ranks = subject, kinds.index(claim.kind)
            ordered = reversed(ranks) if result.guard else ranks
            return (result.guard, result.obligation.supporting, *ordered, _index(transitions, id(claim.transition), -1))

        return tuple(sorted(self.results.values(), key=place))

    def warnings(self) -> Iterator[str]:
        """Yield what is proved of nothing, and what is not as it was asked for."""
        if self.options.workers > 1 and not can_fork():
            yield "no process can be forked here: one obligation after the other, and a solver that hangs is not ended"
        for exploration in self.explorations:
            if exploration.trouble:
                yield f"{exploration.source} was not explored beside the proof: {exploration.trouble}"
        for name in self.dropped:
            yield f"the lemma {name} is violated in the smoke instance: nothing here is proved with it"
        for result in self.results.values():
            if result.claim.kind is ClaimKind.CONTENT and result.proved is False:
                yield f"{result.claim.subject} follows from the axioms alone: it says nothing of the protocol"

    def refutations(self) -> list[Refutation]:
        """Return the violations that were found, or that a search finds now that a proof failed."""
        found = self._found()
        open_ = any(not r.proved and not r.guard for r in self.results.values())
        wanted = {p.name for p in (*self.invariants, *self.problem.steps)}
        if (open_ or found) and not wanted & {r.name for r in found} and not self.interrupted and not self.options.only:
            self._explore_default()
            found = self._found()
        order = [p.name for p in (*self.problem.invariants, *self.problem.steps)]
        return sorted(found, key=lambda r: _index(order, r.name, len(order)))

    def _found(self) -> list[Refutation]:
        explored = (r for exploration in self.explorations for r in exploration.refutations)
        found = {refutation.name: refutation for refutation in (*self._reached(), *explored)}
        return [r for r in found.values() if not self.options.only or r.about.name in self.options.only]

    def _explore_default(self) -> None:
        try:
            self.explorations.append(explore_default(self.problem.specification, self.options.search))
        except KeyboardInterrupt:
            self.interrupted = True

    def _reached(self) -> Iterator[Refutation]:
        """Yield what counterexamples show that begin in a reachable state: the reference interpreter takes the run."""
        for result in self.results.values():
            example = result.counterexample
            if example is not None and example.reachable and example.path is not None:
                settings = ", ".join(f"{name}={value}" for name, value in example.instance.settings().items())
                source = f"an instance with {settings}" if settings else "its one instance"
                yield Refutation(
                    self._culprit(result.claim, example.after is None), example.path, source, example.failure
                )

    def _culprit(self, claim: Claim, in_step: bool) -> Method | Predicate:
        """Return what is false, or what fails: the action, if the step itself does."""
        predicate = claim.predicate
        about_step = in_step and claim.kind is not ClaimKind.INITIATION
        if predicate is None or (about_step and predicate.ir is not None):
            return next(m for m in self.problem.specification.actions if m.name == claim.action)
        return self._method(predicate) or predicate


def _index(items: Sequence[Any], item: Any, otherwise: int) -> int:
    return items.index(item) if item in items else otherwise
