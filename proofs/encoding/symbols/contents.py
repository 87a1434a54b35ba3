"""Containers that are parts of values: elements of a sort of their own, and what is assumed about it.

A message that carries a set of nodes contains an element of the sort of such sets, and a relation that is the same in
every state says which nodes are in that set. The sort stands for all containers of the type within its bounds: two with
the same contents are one element, and an action that makes a container finds its element there. That every container
exists is not an axiom, since it would have no small models. Instead, a formula that makes a container says itself that
there is one with these contents.

The exception is a type over whose values the model quantifies, where sizes are stated and it has few values: "there is
an order of the clients" is proved by that order, which nothing makes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from assay.checker.language.execution.instance import Instance
from assay.checker.language.types import Type, is_container, subtypes
from assay.proofs.encoding.symbols.bounds import fits_within
from assay.proofs.encoding.symbols.cases import Case, sort_of
from assay.proofs.encoding.symbols.embedding import constant_of, fill, without_tables
from assay.proofs.encoding.symbols.layout import BagLayout, Layout, MapLayout, ScalarLayout, SeqLayout, SetLayout
from assay.proofs.encoding.symbols.theory import Theory
from assay.proofs.encoding.symbols.universes import in_window
from assay.proofs.encoding.symbols.values import are_equal
from assay.proofs.logic.binders import exists, for_all
from assay.proofs.logic.connectives import conjunction, equal, implies, less
from assay.proofs.logic.structures import Table
from assay.proofs.logic.terms import TRUE, Symbol, Term, number, variable

__all__ = ["all_exist", "container_axioms"]


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
        if theory.instance is not None and all_exist(theory, type_):
            yield f"every {type_} exists", conjunction(list(_each(theory, theory.instance, layout, type_)))


_FEW = 32
"""The most containers of a type that an axiom says to exist: the sets of five elements, the orders of four."""


def all_exist(theory: Theory, type_: Type) -> bool:
    """Return whether an axiom says that every container of a type within its bounds exists."""
    if theory.instance is None or type_ not in theory.quantified or theory.instance.size(type_) > _FEW:
        return False
    return not any(map(is_container, itertools.islice(subtypes(type_), 1, None)))


def _each(theory: Theory, instance: Instance, layout: Layout, type_: Type) -> Iterator[Term]:
    """Yield for each container of a type that there is one with its contents."""
    mine, empty = variable(sort_of(type_)), without_tables(theory)
    for value in instance.universe(type_):
        tables: dict[Symbol, Table] = {}
        fill(tables, layout, type_, value, instance, empty, (0,))
        facts = [
            equal(symbol(mine, *map(constant_of, symbol.arguments[1:], point[1:])), constant_of(symbol.result, entry))
            for symbol, table in tables.items()
            for point, entry in table.items()
        ]
        yield exists([mine], conjunction(facts))


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
