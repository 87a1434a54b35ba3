"""The effects of statements on scalars, maps and sets: each symbol becomes a function of the state before."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import is_container, subtypes
from assay.proofs.encoding.expressions.context import Predicate
from assay.proofs.encoding.expressions.places import sets_among
from assay.proofs.encoding.expressions.ranges import note_additions
from assay.proofs.encoding.statements.effects import Execution
from assay.proofs.encoding.symbols.layout import BagLayout, MapLayout, ScalarLayout, SeqLayout
from assay.proofs.encoding.symbols.values import are_equal
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition, for_all
from assay.proofs.logic.terms import FALSE, Symbol, Term, number, variable

__all__ = ["assign", "assign_map", "clear", "update_set"]


def assign(e: Execution, node: ir.Assign) -> None:
    """Put a scalar into a place."""
    value, changes = e.computed(node.value), []
    for test, arguments, layout in e.places(node.place):
        assert isinstance(layout, ScalarLayout)
        changes += [(symbol, test, arguments, term) for symbol, term in layout.written(value)]
    for symbol, test, arguments, term in changes:
        e.write(symbol, test, arguments, term)


def assign_map(e: Execution, node: ir.AssignMap) -> None:
    """Set a map to one value at every key."""
    changes = []  # written only at the end, since every value is computed in the state before the assignment
    for test, arguments, layout in e.places(node.place):
        assert isinstance(layout, MapLayout)
        for case, part in layout.parts:
            assert isinstance(part, ScalarLayout)
            keys = [variable(sort) for sort in case.sorts]
            e.context.names[node.variable.name] = case.build(keys)
            guards, e.guards = e.guards, []
            value = e.computed(node.value)
            e.guards = [*guards, for_all(keys, logic.conjunction(e.guards))]
            changes += [(symbol, test, arguments, keys, term) for symbol, term in part.written(value)]
    for symbol, test, arguments, keys, term in changes:
        e.redefine(symbol, test, arguments, Definition(tuple(keys), term).at)


def update_set(e: Execution, place: ir.Place, change: ir.SetChange | None, value: ir.Collection) -> None:
    """Add a collection to a set, discard or keep what is in it, or make the set equal to it (None)."""
    changes, holds = [], _membership(e, value)
    for test, arguments, layout in sets_among(e.places(place), place.type):
        for case, symbol in layout.relations:
            names = [variable(sort) for sort in case.sorts]
            new = holds(case.build(names))
            changes.append((symbol, test, arguments, Definition(tuple(names), new)))
    if change in (ir.SetChange.ADD, None):
        note_additions(e.context, place, value)
    for symbol, test, arguments, inside in changes:
        _update_relation(e, symbol, test, arguments, inside, change)


def _membership(e: Execution, collection: ir.Collection) -> Predicate:
    """Return a test for membership of a collection; containers in a set display are symbols of the action."""
    if isinstance(collection, ir.SetOf) and any(is_container(part) for part in subtypes(collection.element)):
        values = [e.computed(item) for item in collection.items]
        return lambda value: logic.disjunction(are_equal(value, item) for item in values)
    return lambda value: e.context.closed(functools.partial(e.context.member, value, collection))


def _update_relation(
    e: Execution,
    symbol: Symbol,
    test: Term,
    arguments: Sequence[Term],
    inside: Definition,
    change: ir.SetChange | None,
) -> None:
    """Change a relation for these first arguments by the elements of a collection; without a change, assign these."""
    formals = tuple(variable(sort) for sort in symbol.arguments)
    new, old = inside(*formals[len(arguments) :]), e.context.apply(symbol, formals)
    here = logic.conjunction([test, *map(logic.equal, formals, arguments)])
    match change:
        case ir.SetChange.ADD:
            body = logic.disjunction((old, logic.conjunction((here, new))))
        case ir.SetChange.DISCARD:
            body = logic.conjunction((old, logic.negation(logic.conjunction((here, new)))))
        case ir.SetChange.KEEP:
            body = logic.ite(here, logic.conjunction((old, new)), old)
        case _:
            body = logic.ite(here, new, old)
    e.context.define(symbol, formals, body)


def clear(e: Execution, place: ir.Place) -> None:
    """Empty a set, sequence or bag."""
    for test, arguments, layout in e.places(place):
        match layout:
            case SeqLayout():
                e.write(layout.length, test, arguments, number(0))
            case BagLayout():
                for _, symbol in layout.counts:
                    e.write(symbol, test, arguments, number(0))
            case _:
                for symbol in layout.leaves():
                    e.write(symbol, test, arguments, FALSE)
