"""Facts about the sizes of sets that an obligation needs: those that its small structures violate."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from assay.proofs.encoding.symbols.vocabulary import SizeOf
from assay.proofs.induction.small import Written, find_any
from assay.proofs.logic.binders import count
from assay.proofs.logic.cardinalities import Fact, Part, contradiction, counted_in, is_one, of_one
from assay.proofs.logic.connectives import equal
from assay.proofs.logic.terms import TRUE, Counted, Sort, Symbol, Term, variable

__all__ = ["learned", "sizes_of_sorts"]

SIZES = (1, 2, 3)
"""The number of elements of each sort, attempt by attempt."""

MOST_SPECIAL = 3
"""The most facts about single elements to learn from structures of one size."""

FACT = 1.0
"""Seconds for finding a fact that a structure contradicts."""


def learned(
    query: Sequence[Term], seconds: float, numbers: tuple[int, ...] | None, is_false: Callable[[float], bool]
) -> tuple[Term, ...]:
    """Return facts about the sizes of sets in a query: those that small structures satisfying it violate.

    Parameters
    ----------
    query : sequence of Term
        Closed formulas, the axioms among them.
    seconds : float
        The processor time it may take.
    numbers : tuple of int, optional
        The numbers that a symbol is ever applied to, if they are known and not too many.
    is_false : callable
        Looks, for some seconds, for a structure with true sizes. It is called once, when no fact tells a structure's
        sizes from true ones; if it finds one, the claim is false, and nothing more need be learned.
    """
    sizes = counted_in(query)
    if not sizes:
        return ()
    return tuple(_Learning(tuple(query), sizes, time.process_time() + seconds, numbers, is_false).run())


@dataclass
class _Learning:
    query: tuple[Term, ...]
    sizes: list[Symbol]
    deadline: float
    numbers: tuple[int, ...] | None
    is_false: Callable[[float], bool]
    asked: bool = False
    written: Written = field(default_factory=Written)

    def run(self) -> list[Term]:
        linked = sizes_of_sorts(self.query)
        self.sizes += [size for size in counted_in(linked) if size not in self.sizes]
        self.named, self.any = _of_constants(self.query, self.sizes), _of_one(self.sizes)
        self.facts = dict.fromkeys([*linked, *(Fact((Part(1, size),)).formula for size in self.sizes)])
        self.facts.update(dict.fromkeys(map(is_one, (*self.named, *self.any))))
        for bound in SIZES:
            if not self._of_size(bound):
                return []
        return list(self.facts)

    def _of_size(self, bound: int) -> bool:
        """Learn until no structure of a size violates a fact; return whether it is worth going on."""
        special = MOST_SPECIAL
        while (left := self.deadline - time.process_time()) > 0:
            found = find_any((*self.query, *self.facts), bound, left, self.numbers, self.written)
            if found is None:
                return True
            new = contradiction(found, [*self.sizes, *self.named], FACT)
            if not new and not self.asked:
                self.asked = True
                if self.is_false(left / 2):
                    return False
            if not new and special:
                # Facts about single elements exclude structures that are too small for their sizes one by one, of which
                # there are infinitely many.
                special -= 1
                new = contradiction(found, [*self.sizes, *self.any], FACT)
            if not new:
                return True
            self.facts.update(dict.fromkeys(fact.formula for fact in new))
        return True


def _of_constants(query: Sequence[Term], sizes: Sequence[Symbol]) -> list[Symbol]:
    """Return the sizes of the sets that hold one constant of the query, if elements of its sort are counted."""
    sorts = {kinds[0] for kinds in map(_counted, sizes) if len(kinds) == 1}
    constants = [s for s in _symbols(query) if not s.arguments and s.result in sorts]
    return [of_one((constant(),)) for constant in constants]


def _of_one(sizes: Sequence[Symbol]) -> list[Symbol]:
    """Return the sizes of the sets that hold any one element of what is counted."""
    return [of_one(tuple(map(variable, kind))) for kind in dict.fromkeys(map(_counted, sizes))]


def _counted(size: Symbol) -> tuple[Sort, ...]:
    assert isinstance(size.of, Counted)
    return tuple(name.sort for name in size.of.elements)


def _symbols(formulas: Sequence[Term]) -> list[Symbol]:
    found: dict[Symbol, None] = {}
    for formula in formulas:
        found.update(dict.fromkeys(sorted(formula.mentioned, key=lambda symbol: symbol.order)))
    return list(found)


def sizes_of_sorts(query: Sequence[Term]) -> list[Term]:
    """Return equations for the sizes of sorts that occur in bounds: each is the number of the sort's elements."""
    return [equal(s(), count([variable(s.of.sort)], TRUE)) for s in _symbols(query) if isinstance(s.of, SizeOf)]
