"""Terms of an order as numbers: in every instance, the elements of an order are the first numbers there are.

A solver with arithmetic then needs no axiom of the order, and nothing to instantiate it with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from assay.proofs.logic.binders import rebuilt
from assay.proofs.logic.connectives import add, at_most, equal, ite
from assay.proofs.logic.orders import Next, greatest_of, least_of, order_of
from assay.proofs.logic.terms import INT, Op, Sort, Symbol, Term, constant, number

__all__ = ["Ranks"]


@dataclass(frozen=True)
class _Rank:
    """Stands for a function of which arguments or values are ranks instead of elements."""

    of: Symbol | Term

    def __str__(self) -> str:
        return f"rank of {self.of}"


class Ranks:
    """The translation of formulas; what they say with quantifiers stays as it is.

    Parameters
    ----------
    orders : collection of Sort
        The sorts that are orders.
    """

    def __init__(self, orders: Collection[Sort]) -> None:
        self._orders = frozenset(orders)
        self._comparisons = frozenset(map(order_of, orders))
        self._done: dict[Term, Term] = {}
        self._told: list[Term] = []

    def of(self, term: Term) -> Term:
        """Return a term with ranks for the elements of orders."""
        found = self._done.get(term)
        if found is None:
            found = self._done[term] = self._translated(term)
            if term.sort in self._orders:
                self._told.append(term)
        return found

    def _translated(self, term: Term) -> Term:
        if term.op is Op.ELEMENT and term.sort in self._orders:
            return constant(_Rank(term), INT)
        if term.op is Op.FORALL or term.op is Op.EXISTS:
            return term
        if term.op is not Op.APPLY:
            return rebuilt(term, tuple(map(self.of, term.args))) if term.args else term
        arguments = tuple(map(self.of, term.args))
        symbol: Symbol = term.of
        if symbol in self._comparisons:
            return at_most(*arguments)
        if self._orders.isdisjoint((*symbol.arguments, term.sort)):
            return symbol(*arguments)
        result = INT if term.sort in self._orders else term.sort
        return Symbol(_Rank(symbol), tuple(argument.sort for argument in arguments), result)(*arguments)

    def bounds(self) -> Iterator[Term]:
        """Yield what is true of the ranks that are new since this was last asked."""
        while self._told:
            term = self._told.pop()
            rank, first, last = map(self.of, (term, least_of(term.sort), greatest_of(term.sort)))
            yield at_most(first, rank)
            yield at_most(rank, last)
            if term.op is Op.APPLY and isinstance(term.of.of, Next):
                end, by = (last, 1) if term.of.of.up else (first, -1)
                before = self.of(term.args[0])
                yield equal(rank, ite(equal(before, end), before, add((before, number(by)))))
