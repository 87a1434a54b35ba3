"""Collections: who is in them, and quantification over them."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import BagType, QuorumType, SetType, Type
from assay.proofs.encoding.barriers import Barrier
from assay.proofs.encoding.cases import Case, cases
from assay.proofs.encoding.layout import Layout, SetLayout
from assay.proofs.encoding.theory import Theory, members_of
from assay.proofs.encoding.universes import few_numbers, in_window
from assay.proofs.encoding.values import Atom, Value, are_equal
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition, exists
from assay.proofs.logic.terms import FALSE, TRUE, Op, Symbol, Term, variable

__all__ = ["Predicate", "Sets", "Target"]

Predicate = Callable[[Value], Term]

Apply = Callable[[Symbol, Sequence[Term]], Term]

Target = tuple[Term, tuple[Term, ...], Layout]
"""Where a place may be: under which condition, with which keys, in which part of the layout."""


@dataclass
class Sets:
    """Collections in a state.

    Attributes
    ----------
    theory : Theory
        The vocabulary.
    definitions : dict from Symbol to Definition
        What the state's symbols are, in terms of the state before; the same, if absent.
    names : dict from str to Value
        What local names and parameters stand for.
    """

    theory: Theory
    definitions: dict[Symbol, Definition] = field(default_factory=dict)
    names: dict[str, Value] = field(default_factory=dict)

    # Membership

    def member(self, value: Value, collection: ir.Collection) -> Term:
        """Return whether a value is in a collection."""
        match collection:
            case ir.Universe():
                return TRUE
            case ir.Stored(place) if isinstance(place.type, SetType):
                return self._stored(value, place)
            case ir.Stored() | ir.Slice():
                return self.any_of(collection, lambda item: are_equal(value, item))
            case ir.Members(quorum, _):
                assert isinstance(value, Atom)
                assert isinstance(quorum.type, QuorumType)
                return members_of(quorum.type)(self.term(quorum), value.term)
            case ir.IntRange(start, stop):
                assert isinstance(value, Atom)
                inside = logic.less(value.term, self.term(stop))
                return logic.conjunction((logic.at_most(self.term(start), value.term), inside))
            case ir.SetOf(items, _):
                return logic.disjunction(are_equal(value, self.value(item)) for item in items)
            case ir.SetOperation(operator, left, right):
                return _combined(operator, self.member(value, left), self.member(value, right))
            case ir.SetChoice(test, then, otherwise):
                return logic.ite(self.formula(test), self.member(value, then), self.member(value, otherwise))
            case ir.Comprehension():
                return self.any_of(collection, lambda item: are_equal(value, item))
        raise Barrier(_described(collection), collection.location, finite=True)

    def _stored(self, value: Value, place: ir.Place) -> Term:
        apply = self.applied(place.root)
        found = []
        for test, arguments, layout in self.set_at(place):
            for case, symbol in layout.relations:
                matches, terms = case.match(value)
                if matches is not FALSE:
                    found.append(logic.conjunction((test, matches, apply(symbol, (*arguments, *terms)))))
        return logic.disjunction(found)

    # Quantification

    def any_of(self, collection: ir.Collection, holds: Predicate) -> Term:
        """Return whether something is true of some element."""
        match collection:
            case ir.Universe(of):
                return logic.disjunction(self.some_value(of, holds))
            case ir.Stored(place) if isinstance(place.type, SetType):
                return logic.disjunction(self._any_stored(place, holds))
            case ir.Stored(place) if isinstance(place.type, BagType):
                return logic.disjunction(self.any_in_bag(place, holds))
            case ir.Stored() | ir.Slice() | ir.IntRange() if (found := self.in_order(collection)) is not None:
                self.theory.allowance.spend(len(found))
                return logic.disjunction(_if_there(test, item, holds) for test, item in found)
            case ir.Members() | ir.IntRange():
                return logic.disjunction(
                    self.some_value(
                        collection.element, lambda v: logic.conjunction((self.member(v, collection), holds(v)))
                    )
                )
            case ir.SetOf(items, _):
                return logic.disjunction([holds(self.value(item)) for item in items])
            case ir.SetOperation("|", left, right):
                return logic.disjunction((self.any_of(left, holds), self.any_of(right, holds)))
            case ir.SetOperation(operator, left, right):
                return self.any_of(
                    left, lambda v: logic.conjunction((_signed(operator, self.member(v, right)), holds(v)))
                )
            case ir.SetChoice(test, then, otherwise):
                return logic.ite(self.formula(test), self.any_of(then, holds), self.any_of(otherwise, holds))
            case ir.Comprehension(item, generators):
                return self._any_generated(item, generators, holds)
        raise Barrier(_described(collection), collection.location, finite=True)

    def all_of(self, collection: ir.Collection, holds: Predicate) -> Term:
        """Return whether something is true of all elements."""
        return logic.negation(self.any_of(collection, lambda value: logic.negation(holds(value))))

    def _any_stored(self, place: ir.Place, holds: Predicate) -> Iterator[Term]:
        apply = self.applied(place.root)
        for test, arguments, layout in self.set_at(place):
            for case, symbol in layout.relations:
                inside = functools.partial(_inside, apply, symbol, arguments, test)
                yield from self.some_terms(case, functools.partial(_held, inside, case.build, holds))

    def some_value(self, type_: Type, holds: Predicate) -> Iterator[Term]:
        """Yield formulas one of which is true if something is true of some value of a type."""
        for case in cases(type_):
            yield from self.some_terms(case, lambda terms, c=case: holds(c.build(terms)))  # type: ignore[misc]

    def some_terms(self, case: Case, holds: Callable[[Sequence[Term]], Term]) -> Iterator[Term]:
        """Yield formulas one of which is true if something is true of some terms of a case; ranges are written out."""
        choices = [
            few_numbers(self.theory, sort, range_) or [variable(sort)]
            for sort, range_ in zip(case.sorts, case.ranges, strict=True)
        ]
        names = [terms[0] for terms in choices if terms[0].op == Op.VARIABLE]
        for terms in itertools.product(*choices):
            self.theory.allowance.spend()
            told = self.closed(functools.partial(holds, terms))
            yield exists(names, logic.conjunction((in_window(self.theory, case, terms), told)))

    def _any_generated(self, item: ir.Expr, generators: Sequence[ir.Generator], holds: Predicate) -> Term:
        if not generators:
            return holds(self.value(item))
        first, rest = generators[0], generators[1:]

        def inner(value: Value) -> Term:
            self.names[first.variable.name] = value
            condition = TRUE if first.condition is None else self.formula(first.condition)
            if condition is FALSE:
                return FALSE
            return logic.conjunction((condition, self._any_generated(item, rest, holds)))

        return self.any_of(first.domain, inner)

    def related(self, operator: ir.Comparison, left: ir.Collection, right: ir.Collection) -> Term:
        """Return whether one set is equal to another, or a (proper) subset of it."""
        below = self.all_of(left, lambda value: self.member(value, right))
        if operator is ir.Comparison.LE:
            return below
        above = self.all_of(right, lambda value: self.member(value, left))
        return logic.conjunction((below, above if operator is ir.Comparison.EQ else logic.negation(above)))

    # What the class built on this one provides

    def value(self, expr: ir.Expr) -> Value:
        """Return what an expression is."""
        raise NotImplementedError

    def term(self, expr: ir.Expr) -> Term:
        """Return an expression that is a single term."""
        raise NotImplementedError

    def formula(self, expr: ir.Expr) -> Term:
        """Return what a condition says."""
        raise NotImplementedError

    def closed(self, build: Callable[[], Term]) -> Term:
        """Return a formula that speaks of nothing but the names that are bound."""
        raise NotImplementedError

    def in_order(self, collection: ir.Collection) -> list[tuple[Term, Value]] | None:
        """Return the elements of what has an order, each with whether it is there, or None if it has no known end."""
        raise NotImplementedError

    def any_in_bag(self, place: ir.Place, holds: Predicate) -> Iterator[Term]:
        """Yield formulas one of which is true if something is true of some element of a bag."""
        raise NotImplementedError

    def targets(self, place: ir.Place) -> list[Target]:
        """Return where a place may be: under which condition, with which keys, in which part of the layout."""
        raise NotImplementedError

    def applied(self, root: ir.Root) -> Callable[[Symbol, Sequence[Term]], Term]:
        """Return what the symbols are in the state of a root."""
        raise NotImplementedError

    def set_at(self, place: ir.Place) -> list[tuple[Term, tuple[Term, ...], SetLayout]]:
        """Return where a stored set may be."""
        raise NotImplementedError


def _inside(apply: Apply, symbol: Symbol, arguments: tuple[Term, ...], test: Term, terms: Sequence[Term]) -> Term:
    return logic.conjunction((test, apply(symbol, (*arguments, *terms))))


def _held(
    inside: Callable[[Sequence[Term]], Term],
    build: Callable[[Sequence[Term]], Value],
    holds: Predicate,
    terms: Sequence[Term],
) -> Term:
    """Return that terms are inside and something is true of what they stand for, which is not asked if they are not."""
    test = inside(terms)
    return FALSE if test is FALSE else logic.conjunction((test, holds(build(terms))))


def _if_there(test: Term, item: Value, holds: Predicate) -> Term:
    return FALSE if test is FALSE else logic.conjunction((test, holds(item)))


def _signed(operator: str, inside: Term) -> Term:
    return inside if operator == "&" else logic.negation(inside)


def _combined(operator: str, left: Term, right: Term) -> Term:
    if operator == "|":
        return logic.disjunction((left, right))
    return logic.conjunction((left, _signed(operator, right)))


def _described(collection: ir.Collection) -> str:
    return f"a {type(collection).__name__.lower()}"
