"""The result of a proof attempt as data, from which every report is made."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from assay.checker.engine.trace import Trace
from assay.checker.errors import Location
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen
from assay.checker.language.expectations import Expectation, Holds
from assay.checker.language.introspection.specification import Method, Specification, semantics_of
from assay.checker.language.kinds import Assertions, Judged
from assay.checker.language.model import Kind
from assay.checker.properties.implementation import Implementation
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import Predicate, Unencodable
from assay.proofs.induction.decisions import Decision
from assay.proofs.induction.fragment import Fragment
from assay.proofs.induction.obligations import Claim, ClaimKind, Obligation

__all__ = ["Counterexample", "InstanceExploration", "ObligationResult", "ProofResult", "Refutation"]

_JUDGED = frozenset({Judged.STATE, Judged.STEP, Judged.CODE, Judged.REFINEMENT})
"""What is judged state by state, or step by step."""


@immutable
class Counterexample:
    """A step from a state that satisfies all hypotheses to one that does not, or an initial state that does not.

    Attributes
    ----------
    claim : Claim
        The claim that it refutes.
    instance : Instance
        The sizes, quorums and parameters.
    before : frozen state
        The state before the step, or the initial state.
    call : Call, optional
        The step; None if there is none.
    after : frozen state, optional
        The state after the step.
    part : str
        The violated conjunct, and its values.
    location : Location, optional
        The place of that conjunct.
    reachable : bool or None
        Whether the state before can be reached in this instance; None if that is not known.
    path : Trace, optional
        A path to that state, with the step if the model's own code takes it.
    failure : str
        How the model's own code fails in the step, if it does; then there is no state after it.
    about : Method, Predicate or Assertions, optional
        What is certainly false, or whose code fails, if the state before can be reached.
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


@immutable
class ObligationResult:
    """One obligation with its decision: proved, refuted, or not decided.

    Attributes
    ----------
    obligation : Obligation
        The claim and the query that was asked.
    decision : Decision
        The decision.
    counterexample : Counterexample, optional
        The counterexample, if the claim was refuted.
    fragment : Fragment, optional
        What is known about the queries of the proof.
    """

    obligation: Obligation
    decision: Decision
    counterexample: Counterexample | None = None
    fragment: Fragment | None = None

    @cached_property
    def cycle(self) -> tuple[str, ...]:
        """A cycle of sorts in its query, which puts it outside EPR; empty if it is inside."""
        if self.fragment is None or self.guard or self.obligation.on_sight:
            return ()
        return self.fragment.cycle_in(self.obligation)

    @property
    def claim(self) -> Claim:
        """The claim."""
        return self.obligation.claim

    @property
    def proved(self) -> bool | None:
        """Whether the claim is true; None if that was not decided."""
        return self.decision.proved

    @property
    def guard(self) -> bool:
        """Whether it guards against a vacuous proof, rather than being part of it."""
        return self.claim.kind.is_guard


@immutable
class Refutation:
    """Something that a finite instance shows to be false: a property, or that the model's own code never fails.

    Attributes
    ----------
    about : Method, Predicate or Assertions
        The violated property, or the action or property whose code fails. For a variable that leaves its bounds, the
        predicate that it does not; for a false assertion, the claim that none is false.
    trace : Trace
        The run that shows it, executed by the interpreter.
    source : str
        Where the run was found, in words.
    failure : str
        How the model's own code fails after the run, if that is what it shows.
    implementation : Implementation, optional
        For a refinement, the run as the abstract model sees it.
    """

    about: Method | Predicate | Assertions
    trace: Trace
    source: str
    failure: str = ""
    implementation: Implementation | None = None

    @property
    def kind(self) -> Kind | ClaimKind:
        """The kind of claim that is false."""
        return ClaimKind.DEFINED if self.failure and not isinstance(self.about, Assertions) else self.about.kind

    @property
    def name(self) -> str:
        """The name of what is false."""
        return f"{self.about.name} is defined" if self.failure and isinstance(self.about, Method) else self.about.name

    @property
    def violation(self) -> str:
        """What the run shows, in a sentence."""
        if self.failure and not isinstance(self.about, Assertions):
            return f"the model's own code fails: {self.failure}"
        semantics = self.about.kind.semantics
        said = "" if semantics is None else semantics.violation.format(self.about.name)
        return (said or f"{self.about.name} is violated") + (f": {self.failure}" if self.failure else "")


@immutable
class InstanceExploration:
    """An exploration that ran beside a proof.

    Attributes
    ----------
    source : str
        The instance, in words.
    seconds : float
        Wall time.
    states : int, optional
        The number of stored states, if they were counted.
    refutations : tuple of Refutation
        What the exploration showed to be false.
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


@immutable
class ProofResult:
    """The result of proving one model.

    Attributes
    ----------
    specification : Specification
        The model.
    fixed : mapping
        Instance parameters with a given value.
    instance : Instance, optional
        The sizes that it was proved for, if it could not be proved for all.
    unencodable : tuple of Unencodable
        What prevented a proof for any sizes.
    obligations : tuple of ObligationResult
        All obligations, in order.
    refutations : tuple of Refutation
        What is certainly violated, with traces.
    fragment : Fragment, optional
        What is known about the queries of all obligations together; None where it is not known.
    axioms : tuple of str
        The model's axioms and those of its vocabulary, by name.
    constraints : tuple of str
        The state constraints; nothing is said about states outside of them.
    explorations : tuple of InstanceExploration
        The explorations that ran beside the proof.
    warnings : tuple of str
        What the user should know.
    seconds : float
        Wall time, without loading.
    bounded : str
        For a bounded search, how far it got; otherwise empty.
    dropped : tuple of str
        Lemmas that a finite instance refutes, and that no proof uses.
    partial : tuple of str
        The actions whose steps the proof was restricted to, so that no property is proved; empty if there are none.
    interrupted : bool
        Whether the user interrupted it.
    gaps : tuple of Counterexample
        For unproved invariants: states in which all lemmas are true and the invariant is false.
    """

    specification: Specification
    fixed: Mapping[str, Any]
    instance: Instance | None
    unencodable: tuple[Unencodable, ...]
    obligations: tuple[ObligationResult, ...]
    refutations: tuple[Refutation, ...]
    fragment: Fragment | None = None
    axioms: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    explorations: tuple[InstanceExploration, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    bounded: str = ""
    dropped: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    interrupted: bool = False
    gaps: tuple[Counterexample, ...] = ()

    @property
    def cycle(self) -> tuple[str, ...]:
        """A cycle of sorts, which puts the queries outside EPR; empty if they are inside."""
        return () if self.fragment is None else self.fragment.cycle

    @property
    def relational(self) -> tuple[str, ...]:
        """The functions that were replaced by relations."""
        abstraction = None if self.fragment is None else self.fragment.abstraction
        return () if abstraction is None else tuple(sorted(function.name for function in abstraction.functions))

    @property
    def own(self) -> tuple[ObligationResult, ...]:
        """The obligations that are part of the proof, without the guards."""
        return tuple(o for o in self.obligations if not o.guard)

    @property
    def failed(self) -> tuple[ObligationResult, ...]:
        """The obligations that were not proved, without the guards."""
        return tuple(o for o in self.own if not o.proved)

    @property
    def guards_failed(self) -> tuple[ObligationResult, ...]:
        """The guards against a vacuous proof that were not met, or not decided."""
        return tuple(o for o in self.obligations if o.guard and not o.proved)

    @property
    def dead_actions(self) -> tuple[str, ...]:
        """The actions that are never enabled, which is certain only if every claim that says so is proved."""
        if self.failed or self.interrupted or self.partial:
            return ()
        never = (o for o in self.guards_failed if o.proved is False and o.claim.kind is ClaimKind.ENABLED)
        return tuple(o.claim.action for o in never)

    @property
    def unproved_lemmas(self) -> tuple[str, ...]:
        """The unproved claims that what was asked for depends on."""
        return tuple(dict.fromkeys(o.claim.subject for o in self.failed if o.obligation.supporting))

    @property
    def violated(self) -> tuple[str, ...]:
        """The properties that are certainly violated."""
        return tuple(dict.fromkeys(refutation.name for refutation in self.refutations))

    @property
    def verdict(self) -> Verdict:
        """*Holds* only if everything was proved; *violated* only if a run shows it."""
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
        """Whether it showed that, as far as a proof can."""
        return self.shows(self.expected)

    def is_judged(self, expected: Expectation) -> bool:
        """Return whether a proof can show what is expected.

        That something never comes to pass, that a state is a deadlock, that none is a witness or that no reachable one
        enables an action is judged by what was explored, once that is everything. That no state at all enables an
        action is shown.
        """
        meant = None if isinstance(expected, Holds) else self.specification.named(expected.property)
        if meant is None:
            return True
        if isinstance(meant, Method) and meant.kind is Kind.ACTION:
            return meant.fires == "never" or bool(self.dead_actions)
        semantics = semantics_of(meant)
        return semantics.is_claim and semantics.judged_on in _JUDGED

    def shows(self, expected: Expectation) -> bool:
        """Return whether it showed what is expected; where no proof can, whether all that it is about was proved."""
        if isinstance(expected, Holds) or not self.is_judged(expected):
            return self.verdict is Verdict.HOLDS
        meant = self.specification.named(expected.property)
        assert meant is not None
        return meant.name in self.dead_actions or any(refutation.about is meant for refutation in self.refutations)
