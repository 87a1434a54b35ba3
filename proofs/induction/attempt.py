"""One attempt at the obligations of a model: decided in parallel, in two rounds, and explained if they fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from assay.checker.language.introspection.specification import Method
from assay.checker.language.kinds import ASSERTIONS, Assertions
from assay.checker.language.model import Kind
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.induction.counterexamples import Incomplete, counterexample, in_a_state
from assay.proofs.induction.deciding import Decider
from assay.proofs.induction.decisions import LATE, Decision, Means
from assay.proofs.induction.exploring import SMOKE, explore_default, explore_refinements, explore_smoke
from assay.proofs.induction.fragment import Fragment
from assay.proofs.induction.obligations import (
    Claim,
    ClaimKind,
    Obligation,
    definedness,
    guards,
    implied,
    inductive,
    initiation,
    never_enabled,
    step_obligations,
)
from assay.proofs.induction.options import ProofOptions, Watch
from assay.proofs.induction.pool import Lost, run_all
from assay.proofs.induction.results import Counterexample, InstanceExploration, ObligationResult
from assay.proofs.induction.selection import Selection
from assay.proofs.logic.cardinalities import counted_in
from assay.proofs.logic.structures import Structure

if TYPE_CHECKING:
    from assay.proofs.induction.cache import Known

__all__ = ["Attempt"]

_OF_HYPOTHESES = (ClaimKind.HYPOTHESES, ClaimKind.ENABLED)
"""The guards that have to be asked again when the hypotheses change."""

_NOT_BEGUN = Decision(None, reason="interrupted")
_MOST_GAPS = 3
"""How many invariants are shown not to follow from the lemmas: the next lemma is likely to fix more than one."""

_Key = tuple[ClaimKind, int, int, int | None]


@dataclass
class Attempt:
    """One attempt at one problem: first with the lemmas as hypotheses, then also with what they do not imply.

    Attributes
    ----------
    problem : Problem
        The model.
    options : ProofOptions
        The options of the proof.
    watch : Watch
        Receives the progress.
    results : dict
        What is known about each claim.
    explorations : list of InstanceExploration
        The explorations that ran beside the proof.
    dropped : tuple of str
        Lemmas that no proof uses, because they are false or were not proved themselves.
    interrupted : bool
        Whether the user interrupted it.
    gaps : list of Counterexample
        States in which all lemmas are true and an unproved invariant is false.
    given_up : Claim, optional
        An undecided claim about sizes of sets, which may be decidable for given sizes of sorts.
    """

    problem: Problem
    options: ProofOptions
    watch: Watch = field(default_factory=Watch)
    results: dict[_Key, ObligationResult] = field(default_factory=dict)
    explorations: list[InstanceExploration] = field(default_factory=list)
    dropped: tuple[str, ...] = ()
    interrupted: bool = False
    gaps: list[Counterexample] = field(default_factory=list)
    given_up: Claim | None = None

    def __post_init__(self) -> None:
        self.lemmas = [p for p in self.problem.invariants if p.kind is Kind.LEMMA]
        self.invariants = [p for p in self.problem.invariants if p.kind is Kind.INVARIANT]
        self.hypotheses = self.lemmas or self.invariants
        self.fragment = Fragment(self.problem)
        self.selection = Selection(self.problem, self.options.only)

    # Rounds

    def run(self) -> None:
        """Decide everything, and start again without the lemmas that turn out to be false."""
        self._prove(screen=self.options.screening > 0)
        if self.given_up is not None:
            return
        false = [p for p in self.lemmas if self.problem.declaration(p) in self._refuted_lemmas()]
        if false and not self.interrupted:
            self.dropped = tuple(predicate.name for predicate in false)
            self._go_on_without(false)
        if self.options.only:
            self._drop_open_lemmas()
        self._withdraw()

    def _withdraw(self) -> None:
        """Withdraw proofs of refinements that used invariants or lemmas which were not proved themselves."""
        open_ = [p.name for p in (*self.lemmas, *self.invariants) if not self._is_proved(p)]
        for key, result in self.results.items():
            predicate = result.claim.predicate
            rests = predicate is not None and predicate.kind is Kind.REFINEMENT
            if open_ and rests and result.claim.kind is ClaimKind.STEP and result.proved:
                reason = f"rests on {open_[0]}, which is not proved"
                self.results[key] = replace(result, decision=Decision(None, result.decision.seconds, reason=reason))

    def _is_proved(self, predicate: Predicate) -> bool:
        own = [r for r in self.results.values() if r.claim.predicate is predicate and not r.guard]
        by_induction = [r for r in own if r.claim.kind is not ClaimKind.IMPLIED]
        return self._is_implied(predicate) or (bool(by_induction) and all(r.proved for r in by_induction))

    def _refuted_lemmas(self) -> list[Method | Predicate | Assertions]:
        found = (refutation for exploration in self.explorations for refutation in exploration.refutations)
        return [refutation.about for refutation in found if refutation.kind is Kind.LEMMA]

    def _go_on_without(self, predicates: Sequence[Predicate]) -> None:
        self.results.clear()
        self.lemmas = [p for p in self.lemmas if p not in predicates]
        self.invariants = [p for p in self.invariants if p not in predicates]
        self._prove(screen=False)

    def _drop_open_lemmas(self) -> None:
        """Try to prove what was asked for without the lemmas that were not proved, until all used lemmas are.

        The lemmas that are left in the end are proved together, so they may be assumed. If they are not enough, the
        result of the first try stands, which names what would have to be proved.
        """
        first = dict(self.results), list(self.explorations), self.hypotheses, self.fragment
        dropped: list[Predicate] = []
        while not self.interrupted and (open_ := self._open_support()):
            dropped += open_
            self._go_on_without(open_)
        if dropped and self.is_open:
            self.results, self.explorations, self.hypotheses, self.fragment = first
        else:
            self.dropped += tuple(predicate.name for predicate in dropped)

    def _open_support(self) -> list[Predicate]:
        """Return the assumptions that were not proved, apart from what was asked for."""
        open_ = [r.claim.predicate for r in self.results.values() if r.obligation.supporting and not r.proved]
        return [p for p in (*self.lemmas, *self.invariants) if p in open_]

    def _prove(self, *, screen: bool) -> None:
        """Decide with the lemmas as hypotheses, and which other properties they imply; then add those they do not."""
        self.hypotheses = self.lemmas or self.invariants
        self.consequences = [*(self.invariants if self.lemmas else ()), *self.problem.definedness]
        found = [implied(p, self.hypotheses) for p in self.consequences]
        found += self._by_induction(self.hypotheses)
        self._decide(found, screen=screen, also=self._guards())
        self._settle_guards()
        if not self.interrupted and self.given_up is None:
            self._strengthen()

    def _by_induction(self, predicates: Sequence[Predicate]) -> list[Obligation]:
        """Return the obligations of some hypotheses, which assume these and nothing else before each step."""
        problem = self.problem
        found = list(inductive(problem, predicates, predicates))
        for predicate in (*problem.steps, *problem.step_definedness):
            found += step_obligations(problem, predicate, self._known_of_steps(predicate, predicates))
        for predicate in problem.initial_claims:
            found += initiation(problem, predicate)
        return [*found, *definedness(problem, predicates), *never_enabled(problem, predicates)]

    def _known_of_steps(self, predicate: Predicate, predicates: Sequence[Predicate]) -> Sequence[Predicate]:
        """Return what a property of steps may assume; for a refinement the invariants too, which are proved as well."""
        if predicate.kind is not Kind.REFINEMENT or self.options.only:
            return predicates
        return [*predicates, *(p for p in self.invariants if p not in predicates)]

    def _guards(self) -> list[Obligation]:
        """Return the guards against a vacuous proof; for a single property, only those that its proof depends on."""
        found = list(guards(self.problem, self.hypotheses))
        if self.options.only:
            found = [g for g in found if g.claim.kind not in (ClaimKind.ENABLED, ClaimKind.CONTENT)]
        return found

    def _strengthen(self) -> None:
        """Prove by induction what the hypotheses do not imply, and add it to the hypotheses."""
        rest = [p for p in self.consequences if self.selection.has(p) and not self._is_implied(p)]
        if not rest:
            return
        failed = {k for k, r in self.results.items() if not r.proved}
        # Guards that do not involve the hypotheses are not asked again: those that failed stay failed.
        self.results = {
            k: r for k, r in self.results.items() if r.proved or (r.guard and r.claim.kind not in _OF_HYPOTHESES)
        }
        self.hypotheses = [*self.hypotheses, *rest]
        again = self._by_induction(self.hypotheses)
        self._decide(
            [o for o in again if id(o.claim.predicate) in map(id, rest) or o.claim.key in failed],
            also=[g for g in self._guards() if g.claim.kind in _OF_HYPOTHESES],
        )
        self._settle_guards()

    def _settle_guards(self) -> None:
        """Settle guards for which the solver found no model in time, if an exploration met one."""
        for key, result in self.results.items():
            if result.guard and result.proved is None and self._is_seen(result.claim):
                decision = Decision(True, result.decision.seconds, Means.SEEN)
                self.results[key] = replace(result, decision=decision)

    def _is_seen(self, claim: Claim) -> bool:
        """Return whether the smoke instance has the states that a guard asks for.

        All assumptions were evaluated in every state of it, and were true.
        """
        smoke = next((e for e in self.explorations if e.source == SMOKE), None)
        if smoke is None or not smoke.states or smoke.refutations or not self.problem.unbounded:
            return False
        if claim.kind is ClaimKind.ENABLED:
            return claim.action in smoke.fired
        return claim.kind in (ClaimKind.AXIOMS, ClaimKind.HYPOTHESES, ClaimKind.BEGINS)

    def _is_implied(self, predicate: Predicate) -> bool:
        found = self.results.get(Claim(ClaimKind.IMPLIED, predicate).key)
        return found is not None and bool(found.proved)

    # Deciding

    def _decide(self, obligations: Sequence[Obligation], *, also: Sequence[Obligation], screen: bool = False) -> None:
        asked = [*self.selection.of(obligations, self.hypotheses), *also]
        fragment = Fragment(self.problem, asked)
        if any(not o.claim.kind.is_guard for o in asked):
            keys = {o.claim.key for o in asked}
            before = [r.obligation for r in self.results.values() if not r.guard and r.claim.key not in keys]
            self.fragment = Fragment(self.problem, [*before, *asked]) if before else fragment
        known = self._known(asked)
        hard = []
        for obligation in asked:
            decision = self._at_once(obligation, known)
            self.results[obligation.claim.key] = ObligationResult(obligation, decision, None, fragment)
            hard += [obligation] if decision.proved is None else []
        try:
            self._collect(fragment, hard, known, screen=screen)
        except KeyboardInterrupt:
            self.interrupted = True
        if not self.interrupted and self.given_up is None:
            self._leave()

    def _leave(self) -> None:
        """Say of what was not begun why: no time was left for it."""
        for key, result in self.results.items():
            if result.decision is _NOT_BEGUN:
                self.results[key] = replace(result, decision=Decision(None, reason=LATE))

    def _known(self, obligations: Sequence[Obligation]) -> Known | None:
        """Return what earlier proofs have shown; None unless that was asked for."""
        if not self.options.use_cache:
            return None
        from assay.proofs.induction.cache import Known

        return Known(self.problem, obligations)

    @staticmethod
    def _at_once(obligation: Obligation, known: Known | None) -> Decision:
        if obligation.on_sight:
            return Decision(True, means=Means.SIGHT)
        if known is not None and known.is_proved(obligation):
            return Decision(True, means=Means.CACHE)
        return _NOT_BEGUN

    def _collect(self, fragment: Fragment, asked: Sequence[Obligation], known: Known | None, *, screen: bool) -> None:
        if self.options.left() <= 0:
            return
        # None stands for the exploration of the smoke instance
        subjects: list[Obligation | None] = [*([None] if screen else []), *asked]
        decider = Decider(self.problem, fragment, self.options.memory)
        decider.prepare()
        tasks, retried = self._tasks(decider, subjects), self._tasks(decider, subjects, careful=True)
        workers, seconds = self.options.workers, self.options.timeout
        with closing(run_all(tasks, workers=workers, seconds=seconds, retried=retried)) as outcomes:
            for done, (index, outcome) in enumerate(outcomes, start=1):
                self.watch.progress(done, len(tasks))
                obligation = subjects[index]
                if obligation is None:
                    if self._screened(outcome):
                        return  # The tasks in progress assume a false lemma, so everything starts again without it.
                    continue
                decision = Decision(None, reason=outcome.reason) if isinstance(outcome, Lost) else outcome
                self._note(obligation, decision, fragment)
                if self._is_beyond(obligation, decision):
                    self.given_up = obligation.claim
                    return
                if known is not None and decision.proved:
                    known.remember(obligation)
                if self.options.left() <= 0:
                    return

    def _is_beyond(self, obligation: Obligation, decision: Decision) -> bool:
        """Return whether an undecided obligation may be decidable for given sizes, where sets can be counted."""
        asked = not obligation.claim.kind.is_guard and obligation.claim.kind is not ClaimKind.IMPLIED
        return asked and decision.proved is None and bool(counted_in(obligation.query))

    def _tasks(
        self, decider: Decider, subjects: Sequence[Obligation | None], *, careful: bool = False
    ) -> list[Callable[[], Any]]:
        """Return the tasks that run side by side: deciding obligations, and exploring the smoke instance."""
        options = self.options
        smoke = partial(explore_smoke, self.problem.specification, dict(options.fixed), options.screening)
        return [smoke if o is None else partial(decider.decide, o, options.each, careful=careful) for o in subjects]

    def _screened(self, outcome: InstanceExploration | Lost) -> bool:
        """Record what the smoke instance showed; return whether it refutes a lemma, and report that."""
        if isinstance(outcome, Lost):
            outcome = InstanceExploration(SMOKE, 0.0, trouble=outcome.reason)
        mine = tuple(replace(r, about=self._same(r.about)) for r in outcome.refutations)
        self.explorations.append(replace(outcome, refutations=mine))
        false = [r.name for r in mine if r.kind is Kind.LEMMA]
        for name in false:
            self.watch.tell(f"the lemma {name} is violated in {SMOKE}: going on without it")
        return bool(false)

    def _same(self, about: Method | Predicate | Assertions) -> Method | Predicate | Assertions:
        """Return the subject of a refutation as an object of this process: the exploration ran in another one."""
        if isinstance(about, Assertions):
            return ASSERTIONS
        return next((m for m in self.problem.specification.methods if m.name == about.name), about)

    def _note(self, obligation: Obligation, decision: Decision, fragment: Fragment) -> None:
        claim = obligation.claim
        if decision.by_stronger is not None:  # keep the very query that was answered
            obligation = replace(obligation, query=obligation.stronger[decision.by_stronger])
        found = None
        if decision.proved is False and decision.structure is not None:
            try:
                patience = max(min(self.options.search, self.options.left()), 0.0)
                found = counterexample(self.problem, claim, decision.structure, patience)
            except Incomplete as lacking:
                decision = replace(decision, proved=None, structure=None, reason=str(lacking))
        self.results[claim.key] = ObligationResult(obligation, decision, found, fragment)

    # Where a proof failed

    @property
    def is_open(self) -> bool:
        """Whether a part of the proof itself was not proved."""
        return any(not r.proved and not r.guard for r in self.results.values())

    def find_gaps(self) -> None:
        """Look for states in which all lemmas are true and an unproved invariant is false."""
        open_ = {id(r.claim.predicate) for r in self.results.values() if not r.proved and not r.guard}
        asked = [implied(p, self.lemmas) for p in self.invariants if self.lemmas and id(p) in open_][:_MOST_GAPS]
        decider = Decider(self.problem, Fragment(self.problem, asked), self.options.memory)
        tasks: list[Callable[[], Any]] = [partial(decider.example, o, self.options.search) for o in asked]
        try:
            with closing(run_all(tasks, workers=self.options.workers, seconds=self.options.search)) as outcomes:
                found = {index: outcome for index, outcome in outcomes if isinstance(outcome, Structure)}
            for index in sorted(found):
                with suppress(Incomplete):
                    self.gaps.append(in_a_state(self.problem, asked[index].claim, found[index], self.options.search))
        except KeyboardInterrupt:
            self.interrupted = True

    def explore_refinements(self) -> None:
        """Judge unproved refinements in the smoke instance, and record what else it shows."""
        try:
            made = explore_refinements(self.problem.specification, dict(self.options.fixed), self.options.search)
        except KeyboardInterrupt:
            self.interrupted = True
        else:
            self.explorations.append(made)

    @property
    def has_open_refinements(self) -> bool:
        """Whether some refinement was not proved."""
        return any(
            not r.proved and r.claim.predicate is not None and r.claim.predicate.kind is Kind.REFINEMENT
            for r in self.results.values()
        )

    def explore(self) -> None:
        """Look for a violation in the default instance, too."""
        try:
            self.explorations.append(explore_default(self.problem.specification, self.options.search))
        except KeyboardInterrupt:
            self.interrupted = True
