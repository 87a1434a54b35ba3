"""The symbols that come with an order."""

from __future__ import annotations

from dataclasses import dataclass

from assay.proofs.logic.terms import BOOL, Sort, Symbol, Term, constant

__all__ = ["AtMost", "Greatest", "Least", "Next", "greatest_of", "least_of", "next_of", "order_of"]
__all__ += ["symbols_of_order"]


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


@dataclass(frozen=True)
class Greatest:
    """Stands for the greatest element of an order."""

    sort: Sort

    def __str__(self) -> str:
        return f"{self.sort.name}.last"


@dataclass(frozen=True)
class Next:
    """Stands for the neighbour in an order, upwards or downwards; the neighbour of the last element is itself."""

    sort: Sort
    up: bool

    def __str__(self) -> str:
        return f"{self.sort.name}.{'succ' if self.up else 'pred'}"


def order_of(sort: Sort) -> Symbol:
    """Return the relation *at most* of an order."""
    return Symbol(AtMost(sort), (sort, sort), BOOL)


def least_of(sort: Sort) -> Term:
    """Return the least element of an order."""
    return constant(Least(sort), sort)


def greatest_of(sort: Sort) -> Term:
    """Return the greatest element of an order."""
    return constant(Greatest(sort), sort)


def next_of(sort: Sort, *, up: bool) -> Symbol:
    """Return the function to the next element of an order."""
    return Symbol(Next(sort, up), (sort,), sort)


def symbols_of_order(sort: Sort) -> frozenset[Symbol]:
    """Return all symbols that come with an order."""
    ends = least_of(sort).of, greatest_of(sort).of
    return frozenset((order_of(sort), *ends, next_of(sort, up=True), next_of(sort, up=False)))
