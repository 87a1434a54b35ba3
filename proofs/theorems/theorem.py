"""Theorems: their statements in words, their sources, and the formulas to be proved."""

from __future__ import annotations

from dataclasses import dataclass

from assay.proofs.theorems.statements import Formula, all_of, implies

__all__ = ["Conjecture", "Theorem"]


@dataclass(frozen=True)
class Conjecture:
    """A formula about all sets and numbers: a claim to prove, or a mistaken belief to refute.

    Attributes
    ----------
    name : str
        Unique within its theorem.
    words : str
        What it says.
    then : Formula
        The conclusion; its free variables stand for any sets and numbers.
    given : tuple of Formula
        The hypotheses.
    example : str
        For a false statement, a counterexample in words; empty for a true one.
    """

    name: str
    words: str
    then: Formula
    given: tuple[Formula, ...] = ()
    example: str = ""

    @property
    def holds(self) -> bool:
        """Whether the claim is that the formula is true."""
        return not self.example

    @property
    def formula(self) -> Formula:
        """The whole formula: it is valid if and only if its denial is unsatisfiable."""
        return implies(self.hypotheses, self.then) if self.given else self.then

    @property
    def hypotheses(self) -> Formula:
        """All hypotheses together."""
        return all_of(*self.given)

    @property
    def denial(self) -> Formula:
        """The formula that exactly the counterexamples satisfy."""
        return all_of(*self.given, ~self.then)


@dataclass(frozen=True)
class Theorem:
    """A statement about every number of nodes.

    Attributes
    ----------
    name : str
        Unique.
    statement : str
        What it says, in words.
    source : str
        Who says so, and where.
    claims : tuple of Conjecture
        Its formulas: it is proved if all that are claimed to hold are proved, and all others refuted.
    """

    name: str
    statement: str
    source: str
    claims: tuple[Conjecture, ...]
