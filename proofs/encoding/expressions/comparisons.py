"""Comparisons of scalars, and of the contents of maps, sets, sequences and bags."""

from __future__ import annotations

from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import SortType, Type
from assay.proofs.encoding.expressions.context import Context
from assay.proofs.encoding.expressions.counting import count_compared
from assay.proofs.encoding.expressions.places import targets
from assay.proofs.encoding.expressions.ranges import demand_within
from assay.proofs.encoding.expressions.sequences import items_at, same_items
from assay.proofs.encoding.symbols.cases import Case, sort_of
from assay.proofs.encoding.symbols.layout import BagLayout, Layout, MapLayout, ScalarLayout, SeqLayout, SetLayout
from assay.proofs.encoding.symbols.universes import in_window
from assay.proofs.encoding.symbols.values import Atom, are_equal
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import for_all
from assay.proofs.logic.orders import order_of
from assay.proofs.logic.terms import TRUE, Symbol, Term, variable

__all__ = ["at_most", "compared", "same_contents"]

_Part = tuple[ir.Root, tuple[Term, ...], Layout]
"""A part of the layout, in a state, for some keys."""

_Tables = tuple[tuple[Case, Symbol], ...]
"""What is known of a set or bag, for each case of its elements."""


def compared(c: Context, expr: ir.Compare) -> Term:
    """Return whether a scalar is equal to another, less than it, or at most as large."""
    counted = count_compared(c, expr)
    if counted is not None:
        return counted
    left, right = c.value(expr.left), c.value(expr.right)
    if expr.operator is ir.Comparison.EQ:
        return are_equal(left, right)
    assert isinstance(left, Atom)
    assert isinstance(right, Atom)
    if expr.operator is ir.Comparison.LE:
        return at_most(left.term, right.term, expr.left.type)
    return logic.negation(at_most(right.term, left.term, expr.left.type))


def at_most(left: Term, right: Term, type_: Type) -> Term:
    """Return whether a number, or an element of an order, is at most another."""
    if isinstance(type_, SortType):
        return TRUE if left is right else order_of(sort_of(type_))(left, right)
    return logic.at_most(left, right)


def same_contents(c: Context, left: ir.Place, right: ir.Place) -> Term:
    """Return whether two places have the same contents."""
    demand_within(c, left)
    demand_within(c, right)
    return logic.disjunction(
        logic.conjunction((here, there, _same(c, (left.root, first, mine), (right.root, second, theirs))))
        for here, first, mine in targets(c, left)
        for there, second, theirs in targets(c, right)
    )


def _same(c: Context, left: _Part, right: _Part) -> Term:
    """Return whether two parts of the state have the same contents; symbols that mean nothing are ignored."""
    (_, keys, mine), (_, others, theirs) = left, right
    match mine, theirs:
        case MapLayout(_, parts), MapLayout(_, other_parts):
            pairs = zip(parts, other_parts, strict=True)
            return logic.conjunction(_same_entries(c, left, right, case, a, b) for (case, a), (_, b) in pairs)
        case ScalarLayout(), ScalarLayout():
            return are_equal(mine.read(keys, c.applied(left[0])), theirs.read(others, c.applied(right[0])))
        case SetLayout(_, tables), SetLayout(_, other_tables):
            return _same_tables(c, left, right, tables, other_tables)
        case BagLayout(_, tables, _), BagLayout(_, other_tables, _):
            return _same_tables(c, left, right, tables, other_tables)
        case SeqLayout(), SeqLayout():
            return same_items(items_at(c, mine, keys, left[0]), items_at(c, theirs, others, right[0]))
    raise AssertionError((mine, theirs))


def _same_entries(c: Context, left: _Part, right: _Part, case: Case, mine: Layout, theirs: Layout) -> Term:
    names = tuple(variable(sort) for sort in case.sorts)
    first, second = (left[0], (*left[1], *names), mine), (right[0], (*right[1], *names), theirs)
    known = in_window(c.theory, case, names)
    return for_all(names, logic.implies(known, _same(c, first, second)))


def _same_tables(c: Context, left: _Part, right: _Part, tables: _Tables, others: _Tables) -> Term:
    return logic.conjunction(
        _same_table(c, left, right, case, mine, theirs)
        for (case, mine), (_, theirs) in zip(tables, others, strict=True)
    )


def _same_table(c: Context, left: _Part, right: _Part, case: Case, mine: Symbol, theirs: Symbol) -> Term:
    names = tuple(variable(sort) for sort in case.sorts)
    here = c.applied(left[0])(mine, (*left[1], *names))
    there = c.applied(right[0])(theirs, (*right[1], *names))
    return for_all(names, logic.implies(in_window(c.theory, case, names), logic.equal(here, there)))
