"""The result of a proof attempt, as data: what every report is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assay.checker.engine.trace import Trace
from assay.checker.errors import Location
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen
from assay.checker.language.expectations import Expectation, Holds
from assay.checker.language.introspection.specification import Method, Specification
from assay.checker.language.kinds import Assertions
from assay.checker.language.model import Kind
from assay.checker.properties.implementation import Implementation
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import Predicate, Unencodable
from assay.proofs.induction.deciding import Fragment
from assay.proofs.induction.decisions import Decision
from assay.proofs.induction.obligations import Claim, ClaimKind, Obligation

__all__ = ["Counterexample", "Exploration", "ObligationResult", "ProofResult", "Refutation"]


@dataclass(frozen=True)
class Counterexample:
    """A step out of a state that satisfies all hypotheses, to one that does not: or an initial state that does not.

    Attributes
    ----------
    claim : Claim
        What it refutes.
    instance : Instance
        Its sizes, quorums and parameters.
    before : frozen state
        The state before; of an initial state, that state.
    call : Call, optional
        The step; None where there is none.
    after : frozen state, optional
        The state after it.
    part : str
        The conjunct that is violated, and for which values.
    location : Location, optional
        Where that part stands.
    reachable : bool or None
        Whether the state before can be reached in this instance; None if that was not found out.
    path : Trace, optional
        How it is reached, and the step if the model's own code takes it.
    failure : str
        How the model's own code fails in the step, if it does: then there is no state after it.
    about : Method, Predicate or Assertions, optional
        What is false for certain, or whose code fails, if the state before can be reached.
    """

    claim: Claim
    instance: Instance
    before: Frozen
    call: Call | None = None
    after: Frozen | None = None
    part: str = ""
    location: Location | None = None
    reachable: bool | None = None
    path: Trace | None = None
    failure: str = ""
    about: Method | Predicate | Assertions | None = None


@dataclass(frozen=True)
class ObligationResult:
    """One obligation: proved, refuted, or not decided.

    Attributes
    ----------
    obligation : Obligation
        The claim and the query that was asked.
    decision : Decision
        What came of it.
    counterexample : Counterexample, optional
        To a claim that was refuted.
    fragment : Fragment, optional
        What is known of the queries that it was decided with.
    """

    obligation: Obligation
    decision: Decision
    counterexample: Counterexample | None = None
    fragment: Fragment | None = None

    @cached_property
    def cycle(self) -> tuple[str, ...]:
        """Sorts that lead back to themselves in its query, so that it is outside of EPR; empty where it is inside."""
        if self.fragment is None or self.guard or self.obligation.on_sight:
            return ()
        return self.fragment.cycle_in(self.obligation)

    @property
    def claim(self) -> Claim:
        """What it is about."""
        return self.obligation.claim

    @property
    def proved(self) -> bool | None:
        """Whether the claim is true; None where it was not decided."""
        return self.decision.proved

    @property
    def guard(self) -> bool:
        """Whether it guards against a vacuous proof, rather than being part of it."""
        return self.claim.kind.is_guard


@dataclass(frozen=True)
class Refutation:
    """What a finite instance shows to be false: a property, or that the model's own code never fails.

    Attributes
    ----------
    about : Method, Predicate or Assertions
        The property that is violated, or the action or property whose code fails; of a variable that leaves its
        bounds, that it keeps to them; of a false assertion, that none is.
    trace : Trace
        The run that shows it, executed by the reference interpreter.
    source : str
        Where the run was found, in words.
    failure : str
        How the model's own code fails after the run, if that is what it shows.
    implementation : Implementation, optional
        Of a refinement, how the model that is to be implemented sees the run.
    """

    about: Method | Predicate | Assertions
    trace: Trace
    source: str
    failure: str = ""
    implementation: Implementation | None = None

    @property
    def kind(self) -> Kind | ClaimKind:
        """What kind of claim is false."""
        return ClaimKind.DEFINED if self.failure and not isinstance(self.about, Assertions) else self.about.kind

    @property
    def name(self) -> str:
        """What is false, by name."""
        return f"{self.about.name} is defined" if self.failure and isinstance(self.about, Method) else self.about.name


@dataclass(frozen=True)
class Exploration:
    """What was explored beside a proof, and how long it took.

    Attributes
    ----------
    source : str
        Which instance, in words.
    seconds : float
        Wall time.
    states : int, optional
        How many states were stored, if that was counted.
    refutations : tuple of Refutation
        What it showed to be false.
    trouble : str
        Why it failed, if it did.
    fired : frozenset of str
        The actions that were seen to happen.
    """

    source: str
    seconds: float
    states: int | None = None
    refutations: tuple[Refutation, ...] = ()
    trouble: str = ""
    fired: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ProofResult:
    """The result of proving one model.

    Attributes
    ----------
    specification : Specification
        The model.
    fixed : mapping
        Instance parameters that had a value.
    instance : Instance, optional
        The sizes it was proved for, where it could not be for any.
    unencodable : tuple of Unencodable
        What stood in the way of a proof for any sizes.
    obligations : tuple of ObligationResult
        All of them, in order.
    refutations : tuple of Refutation
        What is violated for certain, with traces.
    cycle : tuple of str
        Sorts that lead back to themselves, so that the queries are outside of EPR; empty where they are inside.
    relational : tuple of str
        Functions that relations took the place of.
    axioms : tuple of str
        The model's axioms and those of its vocabulary, by name.
    constraints : tuple of str
        The state constraints: nothing is said of what lies beyond them.
    explorations : tuple of Exploration
        What was explored beside the proof.
    warnings : tuple of str
        What the user should know.
    seconds : float
        Wall time, without loading.
    bounded : str
        Of a bounded run, how far it came; empty otherwise.
    dropped : tuple of str
        Lemmas that a finite instance refutes, and that nothing was proved with.
    partial : tuple of str
        The actions to whose steps it was kept, so that no property is proved; empty if it was not.
    interrupted : bool
        Whether the user ended it.
    gaps : tuple of Counterexample
        Of invariants that were not proved: a state in which all lemmas are true, and they are not.
    """

    specification: Specification
    fixed: Mapping[str, Any]
    instance: Instance | None
    unencodable: tuple[Unencodable, ...]
    obligations: tuple[ObligationResult, ...]
    refutations: tuple[Refutation, ...]
    cycle: tuple[str, ...] = ()
    relational: tuple[str, ...] = ()
    axioms: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    explorations: tuple[Exploration, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    bounded: str = ""
    dropped: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    interrupted: bool = False
    gaps: tuple[Counterexample, ...] = ()

    @property
    def own(self) -> tuple[ObligationResult, ...]:
        """The obligations that are part of the proof: without the guards."""
        return tuple(o for o in self.obligations if not o.guard)

    @property
    def failed(self) -> tuple[ObligationResult, ...]:
        """The obligations that were not proved, guards aside."""
        return tuple(o for o in self.own if not o.proved)

    @property
    def guards_failed(self) -> tuple[ObligationResult, ...]:
        """The guards against a vacuous proof that were not met, or not decided."""
        return tuple(o for o in self.obligations if o.guard and not o.proved)

    @property
    def dead_actions(self) -> tuple[str, ...]:
        """The actions that are never enabled, as is certain only if all that says so is proved."""
        if self.failed or self.interrupted or self.partial:
            return ()
        never = (o for o in self.guards_failed if o.proved is False and o.claim.kind is ClaimKind.ENABLED)
        return tuple(o.claim.action for o in never)

    @property
    def unproved_lemmas(self) -> tuple[str, ...]:
        """What was asked for rests on these, and they are not proved."""
        return tuple(dict.fromkeys(o.claim.subject for o in self.failed if o.obligation.supporting))

    @property
    def violated(self) -> tuple[str, ...]:
        """The properties that are violated for certain."""
        return tuple(dict.fromkeys(refutation.name for refutation in self.refutations))

    @property
    def verdict(self) -> Verdict:
        """*Holds* only if everything was proved, *violated* only if a run shows it."""
        if self.refutations or self.dead_actions:
            return Verdict.VIOLATED
        open_ = self.failed or self.guards_failed or self.interrupted or self.bounded or self.partial
        return Verdict.HOLDS if self.own and not open_ else Verdict.UNKNOWN

    @property
    def expected(self) -> Expectation:
        """What the model is expected to show."""
        return self.specification.expected

    @property
    def as_expected(self) -> bool:
        """Whether it showed that."""
        if isinstance(self.expected, Holds):
            return self.verdict is Verdict.HOLDS
        meant = self.specification.expected_violation
        return any(refutation.about is meant for refutation in self.refutations)
