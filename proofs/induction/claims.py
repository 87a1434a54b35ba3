"""What is claimed of a model: the things that obligations prove, and that results are about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from assay.proofs.encoding.execution import Transition
from assay.proofs.encoding.problem import Predicate

__all__ = ["Claim", "ClaimKind"]


class ClaimKind(Enum):
    """What kind of claim it is; the value is its name in reports."""

    INITIATION = "initially"
    CONSECUTION = "preserved"
    IMPLIED = "implied"
    STEP = "step"
    DEFINED = "defined"
    WITHIN = "within"
    INDUCTIVE = "inductive"
    AXIOMS = "axioms consistent"
    HYPOTHESES = "invariants consistent"
    BEGINS = "initial state exists"
    ENABLED = "enabled"
    CONTENT = "not by the axioms alone"

    @property
    def is_guard(self) -> bool:
        """Whether it guards against a vacuous proof: its query is to have a model, that of a proof none."""
        return self in _GUARDS


_GUARDS = frozenset({ClaimKind.AXIOMS, ClaimKind.HYPOTHESES, ClaimKind.BEGINS, ClaimKind.ENABLED, ClaimKind.CONTENT})

_SUBJECTS = {
    ClaimKind.AXIOMS: "axioms",
    ClaimKind.HYPOTHESES: "invariants",
    ClaimKind.BEGINS: "model",
}
"""What a claim is about that is about neither a property nor an action."""


@dataclass(frozen=True, eq=False)
class Claim:
    """One claim; claims are told apart by what they are about, never by their names.

    Attributes
    ----------
    kind : ClaimKind
        What kind of claim.
    predicate : Predicate, optional
        The property that it is about.
    transition : Transition, optional
        The step that it is about, or the way to make an initial state.
    steps : int, optional
        Of a bounded search, within how many steps; of an induction over several, from how many states.
    """

    kind: ClaimKind
    predicate: Predicate | None = None
    transition: Transition | None = None
    steps: int | None = None

    @property
    def key(self) -> tuple[ClaimKind, int, int, int | None]:
        """What tells it from other claims, and is the same for the same claim made again."""
        return self.kind, id(self.predicate), id(self.transition), self.steps

    @property
    def subject(self) -> str:
        """The name of what it is about: the property, or else the action."""
        if self.predicate is not None:
            return self.predicate.name
        return _SUBJECTS.get(self.kind) or self.action

    @property
    def action(self) -> str:
        """The name of the action, or nothing."""
        return "" if self.transition is None else self.transition.name

    @property
    def words(self) -> str:
        """What it says of its subject."""
        if self.kind is ClaimKind.WITHIN:
            return f"within {self.steps} step{'' if self.steps == 1 else 's'}"
        if self.kind is ClaimKind.INDUCTIVE:
            return f"inductive over {self.steps} states"
        if self.kind is ClaimKind.CONSECUTION:
            return f"preserved by {self.action}"
        return f"in {self.action}" if self.kind is ClaimKind.STEP else self.kind.value

    @property
    def name(self) -> str:
        """Subject and claim in one; the cases of an action's parameters share it."""
        if self.kind in (ClaimKind.CONSECUTION, ClaimKind.STEP):
            return f"{self.subject}: {self.kind.value} {self.action}"
        return f"{self.subject}: {self.words}"
