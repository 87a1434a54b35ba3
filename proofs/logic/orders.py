"""The symbols that come with an order."""

from __future__ import annotations

from assay.proofs.logic.terms import BOOL, Sort, Symbol, Term, constant

__all__ = ["least_of", "order_of"]


def order_of(sort: Sort) -> Symbol:
    """Return the relation *at most* of an order."""
    return Symbol(f"{sort.name}.<=", (sort, sort), BOOL)


def least_of(sort: Sort) -> Term:
    """Return the least element of an order."""
    return constant(f"{sort.name}.first", sort)
