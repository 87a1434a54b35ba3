"""Membership of collections, and quantifiers over them, form by form."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence

from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import BagType, QuorumType, SetType
from assay.proofs.encoding.expressions.bags import any_in_bag
from assay.proofs.encoding.expressions.context import Apply, Context, Predicate
from assay.proofs.encoding.expressions.places import Holding, containers, root_of, sets_among, type_of
from assay.proofs.encoding.expressions.ranges import demand_within
from assay.proofs.encoding.expressions.ranging import some_terms, some_value
from assay.proofs.encoding.expressions.sequences import in_order
from assay.proofs.encoding.symbols.theory import members_of
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.values import Atom, Value, are_equal
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.terms import FALSE, TRUE, Symbol, Term

__all__ = ["any_of", "member", "related"]


# Membership


def member(c: Context, value: Value, collection: ir.Collection) -> Term:
    """Return whether a value is in a collection."""
    match collection:
        case ir.Universe():
            return TRUE
        case ir.Stored() | ir.Elements() if isinstance(type_of(collection), SetType):
            return _in_set(c, value, collection)
        case ir.Members(quorum, _):
            return _in_quorum(c, value, quorum)
        case ir.IntRange(start, stop):
            return _in_range(c, value, start, stop)
        case ir.SetOf(items, _):
            return logic.disjunction(are_equal(value, c.value(item)) for item in items)
        case ir.SetOperation(operator, left, right):
            return _combined(operator, c.member(value, left), c.member(value, right))
        case ir.SetChoice(test, then, otherwise):
            return logic.ite(c.formula(test), c.member(value, then), c.member(value, otherwise))
        case ir.Stored() | ir.Elements() | ir.Slice() | ir.Comprehension() | ir.Listing() | ir.Concatenation():
            return c.any_of(collection, lambda item: are_equal(value, item))
    raise Unencodable(_described(collection), collection.location, finite=True)


def _in_set(c: Context, value: Value, held: Holding) -> Term:
    apply = c.applied(root_of(held))
    found = []
    for test, arguments, layout in sets_among(containers(c, held), type_of(held)):
        for case, symbol in layout.relations:
            matches, terms = case.match(value)
            if matches is not FALSE:
                found.append(logic.conjunction((test, matches, apply(symbol, (*arguments, *terms)))))
    return logic.disjunction(found)


def _in_quorum(c: Context, value: Value, quorum: ir.Expr) -> Term:
    assert isinstance(value, Atom)
    assert isinstance(quorum.type, QuorumType)
    return members_of(quorum.type)(c.term(quorum), value.term)


def _in_range(c: Context, value: Value, start: ir.Expr, stop: ir.Expr) -> Term:
    assert isinstance(value, Atom)
    inside = logic.less(value.term, c.term(stop))
    return logic.conjunction((logic.at_most(c.term(start), value.term), inside))


def _combined(operator: ir.SetOperator, left: Term, right: Term) -> Term:
    if operator is ir.SetOperator.UNION:
        return logic.disjunction((left, right))
    return logic.conjunction((left, _signed(operator, right)))


def _signed(operator: ir.SetOperator, inside: Term) -> Term:
    return inside if operator is ir.SetOperator.INTERSECTION else logic.negation(inside)


# Quantification


def any_of(c: Context, collection: ir.Collection, holds: Predicate) -> Term:
    """Return whether something is true of some element of a collection."""
    match collection:
        case ir.Universe(of):
            return logic.disjunction(some_value(c, of, holds))
        case ir.Stored() | ir.Elements() if isinstance(type_of(collection), SetType):
            return logic.disjunction(_any_in_set(c, collection, holds))
        case ir.Stored() | ir.Elements() if isinstance(type_of(collection), BagType):
            return logic.disjunction(any_in_bag(c, collection, holds))
        case ir.Concatenation(left, right):
            return logic.disjunction((c.any_of(left, holds), c.any_of(right, holds)))
        case ir.Listing(item, generators):
            return _any_generated(c, item, generators, holds)
        case ir.Stored() | ir.Elements() | ir.Slice() | ir.IntRange() if (found := in_order(c, collection)) is not None:
            c.theory.allowance.spend(len(found))
            return logic.disjunction(_if_there(test, item, holds) for test, item in found)
        case ir.Members() | ir.IntRange():
            inside = functools.partial(c.member, collection=collection)
            return logic.disjunction(some_value(c, collection.element, functools.partial(_both, inside, holds)))
        case ir.SetOf(items, _):
            return logic.disjunction([holds(c.value(item)) for item in items])
        case ir.SetOperation():
            return _any_combined(c, collection, holds)
        case ir.SetChoice(test, then, otherwise):
            return logic.ite(c.formula(test), c.any_of(then, holds), c.any_of(otherwise, holds))
        case ir.Comprehension(item, generators):
            return _any_generated(c, item, generators, holds)
    raise Unencodable(_described(collection), collection.location, finite=True)


def _both(inside: Predicate, holds: Predicate, value: Value) -> Term:
    return logic.conjunction((inside(value), holds(value)))


def _if_there(test: Term, item: Value, holds: Predicate) -> Term:
    return FALSE if test is FALSE else logic.conjunction((test, holds(item)))


def _any_combined(c: Context, operation: ir.SetOperation, holds: Predicate) -> Term:
    operator, left, right = operation.operator, operation.left, operation.right
    if operator is ir.SetOperator.UNION:
        return logic.disjunction((c.any_of(left, holds), c.any_of(right, holds)))
    return c.any_of(left, lambda v: logic.conjunction((_signed(operator, c.member(v, right)), holds(v))))


def _any_in_set(c: Context, held: Holding, holds: Predicate) -> Iterator[Term]:
    demand_within(c, held)
    apply = c.applied(root_of(held))
    for test, arguments, layout in sets_among(containers(c, held), type_of(held)):
        for case, symbol in layout.relations:
            inside = functools.partial(_inside, apply, symbol, arguments, test)
            yield from some_terms(c, case, functools.partial(_held, inside, case.build, holds))


def _inside(apply: Apply, symbol: Symbol, arguments: tuple[Term, ...], test: Term, terms: Sequence[Term]) -> Term:
    return logic.conjunction((test, apply(symbol, (*arguments, *terms))))


def _held(
    inside: Callable[[Sequence[Term]], Term],
    build: Callable[[Sequence[Term]], Value],
    holds: Predicate,
    terms: Sequence[Term],
) -> Term:
    """Return the formula that terms are inside and a condition is true of their value.

    Where they certainly are not inside, the condition is not even built.
    """
    test = inside(terms)
    return FALSE if test is FALSE else logic.conjunction((test, holds(build(terms))))


def _any_generated(c: Context, item: ir.Expr, generators: Sequence[ir.Generator], holds: Predicate) -> Term:
    if not generators:
        return holds(c.value(item))
    first, rest = generators[0], generators[1:]

    def inner(value: Value) -> Term:
        c.names[first.variable.name] = value
        condition = TRUE if first.condition is None else c.formula(first.condition)
        if condition is FALSE:
            return FALSE
        return logic.conjunction((condition, _any_generated(c, item, rest, holds)))

    return c.any_of(first.domain, inner)


def related(c: Context, operator: ir.Comparison, left: ir.Collection, right: ir.Collection) -> Term:
    """Return whether one set is equal to another, or a (proper) subset of it."""
    below = c.all_of(left, lambda value: c.member(value, right))
    if operator is ir.Comparison.LE:
        return below
    above = c.all_of(right, lambda value: c.member(value, left))
    return logic.conjunction((below, above if operator is ir.Comparison.EQ else logic.negation(above)))


def _described(collection: ir.Collection) -> str:
    return f"a {type(collection).__name__.lower()}"
