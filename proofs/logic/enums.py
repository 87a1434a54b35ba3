"""Distinctness and domain-closure axioms: named elements differ, and an enumeration has no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assay.proofs.logic.binders import for_all
from assay.proofs.logic.connectives import disjunction, equal
from assay.proofs.logic.terms import Op, Sort, Term, element, subterms, variable

__all__ = ["facts", "only_these", "sorts_in"]


def sorts_in(formulas: Iterable[Term]) -> list[Sort]:
    """Return the sorts that occur in formulas, in the order of their first occurrence."""
    found: dict[Sort, None] = {}
    for term in subterms(list(formulas)):
        found.setdefault(term.sort)
        if term.op == Op.APPLY:
            found.update(dict.fromkeys(term.of.arguments))
    return list(found)


def only_these(sort: Sort, count: int) -> Term:
    """Return the formula that a sort has no elements except the first `count`."""
    x = variable(sort)
    return for_all([x], disjunction(equal(x, element(sort, index)) for index in range(count)))


def facts(formulas: Sequence[Term]) -> Iterator[tuple[Sort, int]]:
    """Yield each sort with named elements and their number, which for an enumeration is that of all elements."""
    counts: dict[Sort, int] = {sort: len(sort.members) for sort in sorts_in(formulas) if sort.members}
    for term in subterms(formulas):
        if term.op == Op.ELEMENT and not term.sort.members:
            counts[term.sort] = max(counts.get(term.sort, 0), term.of + 1)
    yield from counts.items()
