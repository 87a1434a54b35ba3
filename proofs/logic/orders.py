"""The symbols that come with an order."""

from __future__ import annotations

from dataclasses import dataclass

from assay.proofs.logic.terms import BOOL, Sort, Symbol, Term, constant

__all__ = ["AtMost", "Least", "least_of", "order_of"]


@dataclass(frozen=True)
class AtMost:
    """Stands for the relation *at most* of an order."""

    sort: Sort

    def __str__(self) -> str:
        return f"{self.sort.name}.<="


@dataclass(frozen=True)
class Least:
    """Stands for the least element of an order."""

    sort: Sort

    def __str__(self) -> str:
        return f"{self.sort.name}.first"


def order_of(sort: Sort) -> Symbol:
    """Return the relation *at most* of an order."""
    return Symbol(AtMost(sort), (sort, sort), BOOL)


def least_of(sort: Sort) -> Term:
    """Return the least element of an order."""
    return constant(Least(sort), sort)
