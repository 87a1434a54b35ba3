"""Lemmas: clauses that are added to a proof, with the predicates that are to be proved of them."""

from __future__ import annotations

from dataclasses import dataclass

from assay.checker.language.model import Kind
from assay.proofs.encoding.problem import Predicate
from assay.proofs.inference.spaces import Clause

__all__ = ["Lemma", "lemma_of"]


@dataclass(frozen=True, eq=False)
class Lemma:
    """An added clause, with the predicate to be proved."""

    clause: Clause
    predicate: Predicate


def lemma_of(clause: Clause) -> Lemma:
    """Return the lemma that a clause holds. It has a name once it is written down."""
    return Lemma(clause, Predicate("inferred", Kind.LEMMA, clause.formula))
