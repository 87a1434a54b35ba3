"""What came of an obligation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from assay.proofs.logic.structures import Structure

__all__ = ["Decision", "Means"]


class Means(Enum):
    """By what an obligation was decided; the value is what a report says of it."""

    SIGHT = "on sight"
    SOLVER = ""
    RELATIONS = "relations for functions"
    CACHE = "proved before"
    SEEN = "seen in the smoke instance"


@dataclass(frozen=True)
class Decision:
    """What came of an obligation.

    Attributes
    ----------
    proved : bool or None
        Whether the claim is true; None if that is not known.
    seconds : float
        How long it took.
    means : Means
        By what it was decided.
    reason : str
        Why it is not known, or has no counterexample to show.
    structure : Structure, optional
        A counterexample.
    by_stronger : int, optional
        Which of the obligation's stronger claims it was that was proved, if it was one.
    """

    proved: bool | None
    seconds: float = 0.0
    means: Means = Means.SOLVER
    reason: str = ""
    structure: Structure | None = None
    by_stronger: int | None = None

    @property
    def note(self) -> str:
        """How it was decided, or why not."""
        return self.reason or self.means.value
