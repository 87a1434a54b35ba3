"""One attempt at the obligations of a model: what each round proves, assuming what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial

from assay.checker.language.introspection.specification import Method
from assay.checker.language.kinds import Assertions
from assay.checker.language.model import Kind
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.induction.decisions import LATE, Decision, Means
from assay.proofs.induction.exploring import SMOKE, explore_default, explore_refinements
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
from assay.proofs.induction.results import Counterexample, InstanceExploration, ObligationResult
from assay.proofs.induction.rounds import NOT_BEGUN, Round, gaps
from assay.proofs.induction.selection import Selection
from assay.proofs.logic.cardinalities import counted_in

__all__ = ["Attempt"]

_OF_HYPOTHESES = (ClaimKind.HYPOTHESES, ClaimKind.ENABLED)
"""The guards that have to be asked again when the hypotheses change."""

_OUTSIDE = (ClaimKind.STEP, ClaimKind.DEFINED, ClaimKind.NEVER)
"""The claims about all reachable states that nothing else rests on. *Preserved* and *implied* are said of more states:
of all in which the hypotheses hold."""

_MOST_GAPS = 3
"""How many invariants are shown not to follow from the lemmas: the next lemma is likely to fix more than one."""

_Key = tuple[ClaimKind, int, int, int, int | None]


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
        beyond = self.given_up
        self._go_on_without_undecided()
        if self.given_up is not None:
            return
        false = [p for p in self.lemmas if self.problem.declaration(p) in self._refuted_lemmas()]
        if false and not self.interrupted:
            self.dropped += tuple(predicate.name for predicate in false)
            self._go_on_without(false)
        if self.options.only:
            self._drop_open_lemmas()
        self._withdraw()
        if beyond is not None and self.is_open and not self.interrupted:
            self.given_up = beyond

    def _go_on_without_undecided(self) -> None:
        """Try what was asked for without the lemmas about sizes of sets that are undecided, and only support it."""
        while self.given_up is not None and self.results[self.given_up.key].obligation.supporting:
            undecided = [p for p in (*self.lemmas, *self.invariants) if p is self.given_up.predicate]
            self.dropped += tuple(predicate.name for predicate in undecided)
            self.watch.tell(f"{self.given_up.name} is not decided for any number of nodes: going on without it")
            self.given_up = None
            self._go_on_without(undecided)

    def _withdraw(self) -> None:
        """Withdraw proofs of refinements that used invariants or lemmas which were not proved themselves."""
        open_ = [p.name for p in (*self.lemmas, *self.invariants) if not self._is_proved(p)]
        for key, result in self.results.items():
            predicate = result.claim.predicate
            rests = predicate is not None and predicate.kind is Kind.REFINEMENT
            if open_ and rests and result.claim.kind is ClaimKind.STEP and result.proved:
                self.results[key] = _open(result, f"rests on {open_[0]}, which is not proved")

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
        """Decide in one round what was asked for of some obligations, and all of some others."""
        asked = [*self.selection.of(obligations, self.hypotheses), *also]
        round_ = Round(self.problem, asked, self.options, self.watch)
        if any(not o.claim.kind.is_guard for o in asked):
            keys = {o.claim.key for o in asked}
            before = [r.obligation for r in self.results.values() if not r.guard and r.claim.key not in keys]
            self.fragment = Fragment(self.problem, [*before, *asked]) if before else round_.fragment
        self.results.update((result.claim.key, result) for result in round_.begun)
        try:
            with closing(round_.outcomes(screen=screen)) as outcomes:
                for found in outcomes:
                    if self._ends_the_round(found):
                        break
        except KeyboardInterrupt:
            self.interrupted = True
        if not self.interrupted and self.given_up is None:
            self._leave()

    def _ends_the_round(self, found: ObligationResult | InstanceExploration) -> bool:
        """Record what was found; return whether it makes the rest of the round useless."""
        if isinstance(found, InstanceExploration):
            return self._screened(found)  # the tasks in progress assume a lemma that is false
        self.results[found.claim.key] = found
        if _is_beyond(found):
            self.given_up = found.claim
        return self.given_up is not None

    def _screened(self, smoke: InstanceExploration) -> bool:
        """Record what the smoke instance showed; return whether it refutes a lemma, and report that."""
        self.explorations.append(smoke)
        false = [r.name for r in smoke.refutations if r.kind is Kind.LEMMA]
        for name in false:
            self.watch.tell(f"the lemma {name} is violated in {SMOKE}: going on without it")
        return bool(false)

    def _leave(self) -> None:
        """Say of what was not begun why: no time was left for it."""
        for key, result in self.results.items():
            if result.decision is NOT_BEGUN:
                self.results[key] = replace(result, decision=Decision(None, reason=LATE))

    # Where a proof failed

    @property
    def is_open(self) -> bool:
        """Whether a part of the proof itself was not proved."""
        return any(not r.proved and not r.guard for r in self.results.values())

    def find_gaps(self) -> None:
        """Look for states in which all lemmas are true and an unproved invariant is false."""
        open_ = {id(r.claim.predicate) for r in self.results.values() if not r.proved and not r.guard}
        false = self._violated()
        lacking = [p for p in self.invariants if self.lemmas and id(p) in open_ and p not in false]
        asked = [implied(p, self.lemmas) for p in lacking[:_MOST_GAPS]]
        try:
            for gap in gaps(self.problem, asked, self.options):
                self.gaps.append(gap)
        except KeyboardInterrupt:
            self.interrupted = True

    def withdraw_what_rests_on_violated(self) -> None:
        """Withdraw what was proved outside of the induction from hypotheses that are certainly false."""
        false = self._violated()
        for key, result in self.results.items():
            if result.proved and result.claim.kind in _OUTSIDE:
                used = [p.name for p in false if p.formula in result.obligation.query]
                if used:
                    self.results[key] = _open(result, f"rests on {used[0]}, which is violated")

    def _violated(self) -> list[Predicate]:
        """Return the invariants and lemmas that a run violates."""
        examples = [*(r.counterexample for r in self.results.values()), *self.gaps]
        about = [example.about for example in examples if example is not None and example.path is not None]
        about += [refutation.about for e in self.explorations for refutation in e.refutations]
        return [p for p in (*self.lemmas, *self.invariants) if p in about or self.problem.declaration(p) in about]

    def explore_refinements(self) -> None:
        """Judge unproved refinements in the smoke instance, and record what else it shows."""
        self._explore(partial(explore_refinements, self.problem.specification, dict(self.options.fixed)))

    def explore(self) -> None:
        """Look for a violation in the default instance, too."""
        self._explore(partial(explore_default, self.problem.specification))

    def _explore(self, explored: Callable[[float], InstanceExploration]) -> None:
        try:
            self.explorations.append(explored(self.options.search))
        except KeyboardInterrupt:
            self.interrupted = True

    @property
    def has_open_refinements(self) -> bool:
        """Whether some refinement was not proved."""
        return any(
            not r.proved and r.claim.predicate is not None and r.claim.predicate.kind is Kind.REFINEMENT
            for r in self.results.values()
        )


def _open(result: ObligationResult, reason: str) -> ObligationResult:
    """Return the result of a query that has no model, which is no proof, for a reason."""
    return replace(result, decision=replace(result.decision, proved=None, reason=reason, withdrawn=True))


def _is_beyond(result: ObligationResult) -> bool:
    """Return whether a result is undecided that may be decidable for given sizes, where sets can be counted."""
    asked = not result.guard and result.claim.kind is not ClaimKind.IMPLIED
    return asked and result.proved is None and bool(counted_in(result.obligation.query))
