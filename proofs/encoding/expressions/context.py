"""The context of an expression: the state, what names stand for, and how forms are translated.

Expressions and collections contain each other, so their translations call each other. They do so through the context,
so that each module of forms imports only the context and the modules below it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assay.checker.immutable import immutable
from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import IntType, Type
from assay.proofs.encoding.symbols.cases import is_part_of_values
from assay.proofs.encoding.symbols.layout import Holder, Layout
from assay.proofs.encoding.symbols.theory import Theory, primed
from assay.proofs.encoding.symbols.values import Atom, Value
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition, exists, for_all
from assay.proofs.logic.terms import Symbol, Term

__all__ = ["Apply", "Context", "Forms", "Predicate", "Target"]

Predicate = Callable[[Value], Term]

Apply = Callable[[Symbol, Sequence[Term]], Term]

Target = tuple[Term, tuple[Term, ...], Layout]
"""A possible target of a place: the condition under which it is the target, the keys, the part of the layout."""


@immutable
class Forms:
    """The translations of all forms, by the question that they answer.

    Attributes
    ----------
    value : callable
        What is the value of an expression?
    member : callable
        Is a value in a collection?
    any_of : callable
        Is something true of some element of a collection?
    """

    value: Callable[[Context, ir.Expr], Value]
    member: Callable[[Context, Value, ir.Collection], Term]
    any_of: Callable[[Context, ir.Collection, Predicate], Term]


@dataclass
class Context:
    """A state, and what names stand for in it.

    Attributes
    ----------
    theory : Theory
        The vocabulary.
    forms : Forms
        How the forms are translated.
    definitions : dict from Symbol to Definition
        The state's symbols in terms of the state before; an absent symbol is unchanged.
    beginning : mapping from Symbol to Definition
        The definitions with which the action began.
    names : dict from str to Value
        The values of local names and parameters.
    chosen : dict from str to Layout
        The symbols of the containers that the action chooses, by their names.
    rooms : dict from Held or Contents to int
        The number of items that a sequence may have by now, by what its layout stands for; its bound if absent.
    pending : list of (Term, Term)
        Variables that stand for the largest or smallest of something, each with the formula that it must satisfy.
        They are quantified by the formula around them, or by the binder of a variable that they depend on: see
        `closed`.
    ranges : dict from Term to IntType
        The ranges of those arguments and bound variables that are numbers.
    widened : set of str
        The variables that may by now hold numbers outside their ranges.
    denied : bool
        Whether the formula will be negated. If it makes a container, it then does not say that there is one with
        these elements for which the rest is true, but that the rest is true for every one with these elements. Both
        mean the same, since there is exactly one; but the solver gets the negation, which must say that there is one.
    """

    theory: Theory
    forms: Forms
    definitions: dict[Symbol, Definition] = field(default_factory=dict)
    beginning: Mapping[Symbol, Definition] = field(default_factory=dict)
    names: dict[str, Value] = field(default_factory=dict)
    chosen: dict[str, Layout] = field(default_factory=dict)
    rooms: dict[Holder, int] = field(default_factory=dict)
    pending: list[tuple[Term, Term]] = field(default_factory=list)
    ranges: dict[Term, IntType] = field(default_factory=dict)
    widened: set[str] = field(default_factory=set)
    denied: bool = False

    def layout(self, place: ir.Place) -> Layout:
        """Return the symbols of the root of a place: a variable, or a container that an action chooses."""
        if place.root is ir.Root.CHOSEN:
            return self.chosen[place.variable]
        return self.theory.layout(place.variable, place.location)

    def type_of(self, place: ir.Place) -> Type:
        """Return the type of the root of a place."""
        if place.root is ir.Root.CHOSEN:
            return self.chosen[place.variable].type
        return self.theory.type_of(place.variable)

    # Forms

    def value(self, expr: ir.Expr) -> Value:
        """Return the value of an expression."""
        return self.forms.value(self, expr)

    def term(self, expr: ir.Expr) -> Term:
        """Return the value of an expression that is a single term."""
        value = self.value(expr)
        assert isinstance(value, Atom), expr
        return value.term

    def formula(self, expr: ir.Expr) -> Term:
        """Return a condition as a formula."""
        return self.closed(lambda: self.term(expr))

    def closed(self, build: Callable[[], Term]) -> Term:
        """Return a condition as a formula in which nothing is pending."""
        saved, self.pending = self.pending, []
        try:
            return _quantified(build(), self.pending, denied=self.denied)
        finally:
            self.pending = saved

    def negated(self, build: Callable[[], Term]) -> Term:
        """Return the negation of a formula."""
        self.denied = not self.denied
        try:
            return logic.negation(build())
        finally:
            self.denied = not self.denied

    def member(self, value: Value, collection: ir.Collection) -> Term:
        """Return whether a value is in a collection."""
        return self.forms.member(self, value, collection)

    def any_of(self, collection: ir.Collection, holds: Predicate) -> Term:
        """Return whether something is true of some element of a collection."""
        return self.forms.any_of(self, collection, holds)

    def all_of(self, collection: ir.Collection, holds: Predicate) -> Term:
        """Return whether something is true of all elements of a collection."""
        return logic.negation(self.any_of(collection, lambda value: logic.negation(holds(value))))

    # Symbols

    def applied(self, root: ir.Root) -> Apply:
        """Return the function that applies symbols in the state of a root."""
        if root is ir.Root.AFTER:
            return lambda symbol, arguments: primed(symbol)(*arguments)
        return self.apply_before if root is ir.Root.BEFORE else self.apply

    def apply(self, symbol: Symbol, arguments: Sequence[Term]) -> Term:
        """Return the value of a symbol for some arguments, in the current state."""
        return _applied(self.definitions, symbol, arguments)

    def apply_before(self, symbol: Symbol, arguments: Sequence[Term]) -> Term:
        """Return the value of a symbol for some arguments, in the state that the action began in."""
        return _applied(self.beginning, symbol, arguments)

    def define(self, symbol: Symbol, formals: tuple[Term, ...], body: Term) -> None:
        """Change a symbol."""
        self.definitions[symbol] = Definition(formals, body)


def _applied(definitions: Mapping[Symbol, Definition], symbol: Symbol, arguments: Sequence[Term]) -> Term:
    definition = definitions.get(symbol)
    return symbol(*arguments) if definition is None else definition(*arguments)


def _quantified(term: Term, pending: Sequence[tuple[Term, Term]], *, denied: bool) -> Term:
    """Return a formula with all pending variables quantified."""
    made = [(name, meaning) for name, meaning in pending if denied and is_part_of_values(name.sort)]
    rest = [part for part in pending if part not in made]
    if any(name in meaning.free for name, _ in rest for _, meaning in made):
        # A container made from an extreme cannot be quantified outside it; quantifying both inside means the same.
        made, rest = [], list(pending)
    term = exists([name for name, _ in rest], logic.conjunction((*(meaning for _, meaning in rest), term)))
    known = logic.conjunction(meaning for _, meaning in made)
    return for_all([name for name, _ in made], logic.implies(known, term))
