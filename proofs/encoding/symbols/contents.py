"""Containers that are parts of values: elements of a sort of their own, and what is assumed about it.

A message that carries a set of nodes contains an element of the sort of such sets, and a relation that is the same in
every state says which nodes are in that set. The sort stands for all containers of the type within its bounds: two with
the same contents are one element, and an action that makes a container finds its element there. That every container
exists is not an axiom, since it would have no small models. Instead, a formula that makes a container says itself that
there is one with these contents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from assay.proofs.encoding.symbols.bounds import fits_within
from assay.proofs.encoding.symbols.cases import Case, sort_of
from assay.proofs.encoding.symbols.layout import BagLayout, Layout, MapLayout, ScalarLayout, SeqLayout, SetLayout
from assay.proofs.encoding.symbols.theory import Theory
from assay.proofs.encoding.symbols.universes import in_window
from assay.proofs.encoding.symbols.values import are_equal
from assay.proofs.logic.binders import for_all
from assay.proofs.logic.connectives import conjunction, equal, implies, less
from assay.proofs.logic.terms import TRUE, Symbol, Term, number, variable

__all__ = ["container_axioms"]


def container_axioms(theory: Theory) -> Iterator[tuple[str, Term]]:
    """Yield the axioms about containers that are parts of values, each with a name.

    Raises
    ------
    Unencodable
        If their bounds need sizes that are not given.
    """
    for type_, layout in theory.inside.items():
        mine, other = variable(sort_of(type_)), variable(sort_of(type_))
        bounds = fits_within(theory, layout, (mine,))
        if bounds is not TRUE:
            yield f"a {type_} keeps to its bounds", bounds
        same = conjunction(_same(theory, layout, mine, other))
        yield f"a {type_} is what it holds", for_all([mine, other], implies(same, equal(mine, other)))


def _same(theory: Theory, layout: Layout, mine: Term, other: Term) -> Iterator[Term]:
    """Yield what must be true for two containers to hold the same; symbols that mean nothing are ignored."""
    match layout:
        case MapLayout(_, parts):
            for case, part in parts:
                assert isinstance(part, ScalarLayout)
                yield _everywhere(theory, case, partial(_same_part, part, mine, other))
        case SetLayout(_, tables) | BagLayout(_, tables, _):
            for case, symbol in tables:
                yield _everywhere(theory, case, partial(_same_entry, symbol, mine, other))
        case SeqLayout():
            length = layout.length(mine)
            yield equal(length, layout.length(other))
            for index in range(layout.capacity):
                there = less(number(index), length)
                yield implies(there, _same_part(layout.item(index), mine, other, ()))


def _same_part(part: ScalarLayout, mine: Term, other: Term, names: Sequence[Term]) -> Term:
    return are_equal(part.read((mine, *names), _apply), part.read((other, *names), _apply))


def _same_entry(table: Symbol, mine: Term, other: Term, names: Sequence[Term]) -> Term:
    return equal(table(mine, *names), table(other, *names))


def _apply(symbol: Symbol, arguments: Sequence[Term]) -> Term:
    return symbol(*arguments)


def _everywhere(theory: Theory, case: Case, holds: Callable[[tuple[Term, ...]], Term]) -> Term:
    names = tuple(variable(sort) for sort in case.sorts)
    return for_all(names, implies(in_window(theory, case, names), holds(names)))
