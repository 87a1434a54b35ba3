"""What a proof attempt came to, as data: what every report is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assay.checker.engine.trace import Trace
from assay.checker.errors import Location
from assay.checker.language.expectations import Expectation, Holds
from assay.checker.language.instance import Instance
from assay.checker.language.reading import Call, Frozen
from assay.checker.language.specification import Specification
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import Barrier

__all__ = ["Counterexample", "ObligationResult", "ProofResult", "Refutation"]


@dataclass(frozen=True)
class Counterexample:
    """A step out of a state that satisfies all invariants, to one that does not: or an initial state that does not.

    Attributes
    ----------
    instance : Instance
        Its sizes, quorums and parameters.
    before : frozen state
        The state before; of an initial state, that state.
    call : Call, optional
        The step; None where there is none.
    after : frozen state, optional
        The state after it.
    violated : str
        The property that is violated.
    part : str
        The part of it that is, and for which values.
    location : Location, optional
        Where that part stands.
    reachable : bool or None
        Whether the state before can be reached in this instance; None if that was not found out.
    path : Trace, optional
        How it is reached, and the step.
    note : str
        What else there is to say.
    """

    instance: Instance
    before: Frozen
    call: Call | None
    after: Frozen | None
    violated: str
    part: str = ""
    location: Location | None = None
    reachable: bool | None = None
    path: Trace | None = None
    note: str = ""


@dataclass(frozen=True)
class ObligationResult:
    """One obligation: proved, refuted, or not decided.

    Attributes
    ----------
    name, claim, subject, action : str
        What it is about.
    proved : bool or None
        None where it was not decided.
    seconds : float
        How long that took.
    note : str
        How it was decided, or why not.
    counterexample : Counterexample, optional
        To a claim that was refuted.
    guard : bool
        Whether it guards against a vacuous proof, rather than being part of it.
    cycle : tuple of str
        Sorts that lead back to themselves in its query, so that it is outside of EPR; empty where it is inside.
    """

    name: str
    claim: str
    subject: str
    action: str
    proved: bool | None
    seconds: float
    note: str = ""
    counterexample: Counterexample | None = None
    guard: bool = False
    cycle: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refutation:
    """A property that a finite instance violates: by exploration, or by bounded model checking.

    Attributes
    ----------
    name, kind : str
        What is violated.
    trace : Trace
        The run that shows it.
    source : str
        Where the run was found, in words.
    failure : str
        How the model's own code fails after the run, if that is what it shows.
    """

    name: str
    kind: str
    trace: Trace
    source: str
    failure: str = ""


@dataclass(frozen=True)
class ProofResult:
    """What proving one model came to.

    Attributes
    ----------
    specification : Specification
        The model.
    fixed : mapping
        Instance parameters that had a value.
    instance : Instance, optional
        The sizes it was proved for, where it could not be for any.
    barriers : tuple of Barrier
        What stood in the way of a proof for any sizes.
    obligations : tuple of ObligationResult
        All of them, in order.
    refutations : tuple of Refutation
        What is violated for certain, with traces.
    cycle : tuple of str
        Sorts that lead back to themselves, so that the queries are outside of EPR; empty where they are inside.
    relational : tuple of str
        Functions that relations took the place of.
    assumptions : tuple of str
        The axioms.
    warnings : tuple of str
        What the user should know.
    seconds : float
        Wall time, without loading.
    bounded : str
        Of a bounded run, how far it came; empty otherwise.
    dropped : tuple of str
        Lemmas that a finite instance refutes, and that nothing was proved with.
    """

    specification: Specification
    fixed: Mapping[str, Any]
    instance: Instance | None
    barriers: tuple[Barrier, ...]
    obligations: tuple[ObligationResult, ...]
    refutations: tuple[Refutation, ...]
    cycle: tuple[str, ...] = ()
    relational: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    bounded: str = ""
    dropped: tuple[str, ...] = ()
    interrupted: bool = field(default=False)

    @property
    def failed(self) -> tuple[ObligationResult, ...]:
        """The obligations that were not proved, guards aside."""
        return tuple(o for o in self.obligations if not o.proved and not o.guard)

    @property
    def guards_failed(self) -> tuple[ObligationResult, ...]:
        """The guards against a vacuous proof that were not met."""
        return tuple(o for o in self.obligations if o.guard and not o.proved)

    @property
    def violated(self) -> tuple[str, ...]:
        """The properties that are violated for certain."""
        return tuple(dict.fromkeys(refutation.name for refutation in self.refutations))

    @property
    def verdict(self) -> Verdict:
        """*Holds* only if everything was proved, *violated* only if a run shows it."""
        if self.refutations:
            return Verdict.VIOLATED
        if any(o.proved is False and o.claim == "enabled" for o in self.guards_failed):
            return Verdict.VIOLATED
        complete = self.obligations and not self.failed and not self.guards_failed and not self.interrupted
        return Verdict.HOLDS if complete and not self.bounded else Verdict.UNKNOWN

    @property
    def expected(self) -> Expectation:
        """What the model is expected to show."""
        return self.specification.expected

    @property
    def as_expected(self) -> bool:
        """Whether it showed that."""
        if isinstance(self.expected, Holds):
            return self.verdict is Verdict.HOLDS
        return self.expected.property in self.violated
