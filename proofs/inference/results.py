"""The result of inference, as data for reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from assay.proofs.induction.results import ProofResult

__all__ = ["Counts", "Inference"]


@dataclass(frozen=True)
class Counts:
    """Statistics of a search.

    Attributes
    ----------
    examples : int
        Counterexamples to induction.
    candidates : int
        Candidate clauses generated.
    banned : int
        Lemmas removed because they were not preserved.
    """

    examples: int = 0
    candidates: int = 0
    banned: int = 0


@dataclass(frozen=True)
class Inference:
    """The result.

    Attributes
    ----------
    proof : ProofResult
        The proof of the model with the lemmas in place of its own, by the ordinary prover.
    methods : tuple of str
        The lemmas, as methods in Python.
    removals : tuple of str
        The source that removes the lemmas that the model inherits.
    imports : dict from name to object
        What these need and the model's module lacks.
    counts : Counts
        What was done.
    states : int
        The number of reachable states on which the lemmas were tested.
    levels : int
        How far candidates went.
    queries : int
        How often the solver was asked.
    near : tuple of str
        Where no proof was found: true of all reachable states seen, false in the counterexample to induction, and not
        proved.
    ended : str
        Why no proof was found, in words.
    confined : bool
        Whether some lemmas could keep the obligations in EPR: the model's own axioms, actions and invariants do.
    seconds : float
        How long it took, with the proof.
    """

    proof: ProofResult
    methods: tuple[str, ...] = ()
    removals: tuple[str, ...] = ()
    imports: dict[str, Any] = field(default_factory=dict)
    counts: Counts = Counts()
    states: int = 0
    levels: int = 0
    queries: int = 0
    near: tuple[str, ...] = ()
    ended: str = ""
    confined: bool = True
    seconds: float = 0.0
