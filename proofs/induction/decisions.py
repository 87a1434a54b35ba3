"""The decision on an obligation."""

from __future__ import annotations

from enum import Enum

from assay.checker.immutable import immutable
from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import Term

__all__ = ["LATE", "Decision", "Means", "undecided"]

LATE = "not tried: no time was left"
"""Why nothing is known of an obligation that was not begun in time."""


class Means(Enum):
    """How an obligation was decided; the value is the wording in reports."""

    SIGHT = "on sight"
    SOLVER = ""
    RELATIONS = "relations for functions"
    WRITTEN_OUT = "quantifiers written out"
    INSTANCES = "ground instances"
    CACHE = "proved before"
    SEEN = "seen in the smoke instance"


@immutable
class Decision:
    """The decision on an obligation.

    Attributes
    ----------
    proved : bool or None
        Whether the claim is true; None if it is not known.
    seconds : float
        How long it took.
    means : Means
        How it was decided.
    reason : str
        Why the answer is not known, or why there is no counterexample to show.
    structure : Structure, optional
        A counterexample.
    by_stronger : int, optional
        The index of the stronger claim that was proved instead, if one was.
    facts : tuple of Term
        What was assumed about sizes of sets, beside the query: it is true of all finite sets.
    instances : tuple of Term, optional
        The instances of the query, and of facts about sizes of sets, that have no model already.
    kept : tuple of int, optional
        Which formulas of the query, facts included, have no model already; None if all were asked about.
    withdrawn : bool
        Whether the query has no model, but assumes what is not known of all reachable states.
    """

    proved: bool | None
    seconds: float = 0.0
    means: Means = Means.SOLVER
    reason: str = ""
    structure: Structure | None = None
    by_stronger: int | None = None
    facts: tuple[Term, ...] = ()
    instances: tuple[Term, ...] | None = None
    kept: tuple[int, ...] | None = None
    withdrawn: bool = False

    @property
    def note(self) -> str:
        """How the obligation was decided, or why it was not."""
        return self.reason or self.means.value


def undecided(spent: float, limit: float) -> str:
    """Return why something is not known: time ran out, or the solver gave up before."""
    if spent < 0.9 * limit:
        return f"not decided: the solver gave up after {spent:.1f} of {limit:g} s"
    return f"not decided in {limit:g} s"
