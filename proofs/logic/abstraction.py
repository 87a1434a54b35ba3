"""Functions replaced by relations, which do not make new terms: weaker formulas, but often decidable ones.

A function into an order becomes a *cut* for each argument: the elements at most its value, and those at least its
value. A function into any other sort becomes its graph. That a value always exists is forgotten, except for
applications without variables. Every structure that satisfies the original also satisfies the result, so a refutation
of the result refutes the original. People do this by hand when they write a map into ballots as the relation *has left
the ballot*.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from assay.proofs.logic.binders import exists, for_all, opened, rebuilt
from assay.proofs.logic.connectives import conjunction, disjunction, equal, implies, negation
from assay.proofs.logic.orders import least_of, order_of
from assay.proofs.logic.terms import BOOL, Op, Sort, Symbol, Term, constant, subterms, variable

__all__ = ["Abstraction", "Relation"]


# An atom with n choices has 2**n cases. Where it has more choices than these, their values get names instead.
_MOST_SPLIT = 3


class Abstraction:
    """The replacement of some functions by relations.

    Parameters
    ----------
    functions : iterable of Symbol
        The functions to replace.
    orders : iterable of Sort
        The sorts that are orders.
    """

    def __init__(self, functions: Iterable[Symbol], orders: Iterable[Sort]) -> None:
        self.functions = frozenset(functions)
        self.orders = frozenset(orders)
        self._comparisons = {order_of(sort): sort for sort in self.orders}
        self._done: dict[Term, Term] = {}

    def query(self, formulas: Iterable[Term]) -> tuple[Term, ...]:
        """Return weaker formulas without the functions, and axioms for the relations in their place."""
        found = [self.formula(formula) for formula in formulas]
        values = [t for t in subterms(found) if t.op is Op.APPLY and isinstance(t.of.of, _ValueOf)]
        known = [self.is_value(t.of.of.application, t) for t in values]
        return (*found, *known, *self.axioms())

    def axioms(self) -> Iterator[Term]:
        """Yield the axioms for the relations."""
        for function in sorted(self.functions, key=lambda function: function.order):
            names = [variable(sort) for sort in function.arguments]
            here = function(*names)
            b, c = variable(function.result), variable(function.result)
            if function.result not in self.orders:
                same = disjunction((negation(self.is_value(here, b)), negation(self.is_value(here, c)), equal(b, c)))
                yield for_all([*names, b, c], same)
                continue
            below, above, at_most = self.below, self.above, order_of(function.result)
            yield for_all([*names, b, c], implies(conjunction((below(here, b), at_most(c, b))), below(here, c)))
            yield for_all([*names, b, c], implies(conjunction((above(here, b), at_most(b, c))), above(here, c)))
            yield for_all([*names, b, c], implies(conjunction((below(here, b), above(here, c))), at_most(b, c)))
            yield for_all([*names, b], disjunction((below(here, b), above(here, b))))
            yield for_all(names, below(here, least_of(function.result)))

    # The relations

    def below(self, application: Term, bound: Term) -> Term:
        """Return the formula that a term is at most the function's value."""
        return self.relation(application, Relation.AT_LEAST)(*application.args, bound)

    def above(self, application: Term, bound: Term) -> Term:
        """Return the formula that a term is at least the function's value."""
        return self.relation(application, Relation.AT_MOST)(*application.args, bound)

    def is_value(self, application: Term, value: Term) -> Term:
        """Return the formula that a term is the function's value."""
        if application.sort in self.orders:
            return conjunction((self.below(application, value), self.above(application, value)))
        return self.relation(application, Relation.GRAPH)(*application.args, value)

    @staticmethod
    def relation(application: Term, relation: Relation) -> Symbol:
        """Return a relation in place of the function of a term."""
        function = application.of
        return Symbol(_InPlace(function, relation), (*function.arguments, function.result), BOOL)

    # The replacement

    def formula(self, term: Term) -> Term:
        """Return a formula, weaker or equal, without the functions."""
        if self.functions.isdisjoint(term.symbols):
            return term
        found = self._done.get(term)
        if found is None:
            found = self._done[term] = self._replaced(term)
        return found

    def _replaced(self, term: Term) -> Term:
        match term.op:
            case Op.AND:
                return conjunction(map(self.formula, term.args))
            case Op.OR:
                return disjunction(map(self.formula, term.args))
            case Op.FORALL | Op.EXISTS:
                names, body = opened(term)
                return (for_all if term.op is Op.FORALL else exists)(names, self.formula(body))
            case Op.NOT:
                return self._literal(term.args[0], positive=False)
            case _:
                return self._literal(term, positive=True)

    def _literal(self, atom: Term, *, positive: bool) -> Term:
        if atom.op is Op.EQUAL and atom.args[0].sort is BOOL:
            left, right = atom.args if positive else (atom.args[0], negation(atom.args[1]))
            both = conjunction((left, right)), conjunction((negation(left), negation(right)))
            return disjunction(map(self.formula, both))
        choice = _innermost_choice(atom)
        if choice is not None:
            return self._named(atom, positive) if _is_long(atom) else self._split(atom, choice, positive)
        application = next(t for t in subterms((atom,)) if t.op is Op.APPLY and t.of in self.functions)
        if not application.free:
            return self._signed(_with(atom, application, _value(application)), positive)
        return self._compared(atom, application, positive) or self._generic(atom, application, positive)

    def _split(self, atom: Term, choice: Term, positive: bool) -> Term:
        test, then, otherwise = choice.args
        first = conjunction((test, self._sign(_with(atom, choice, then), positive)))
        second = conjunction((negation(test), self._sign(_with(atom, choice, otherwise), positive)))
        return self.formula(disjunction((first, second)))

    def _named(self, atom: Term, positive: bool) -> Term:
        """Return what a literal says of every value that its choices may have, so that no case is written twice."""
        names, definitions = [], []
        while (choice := _innermost_choice(atom)) is not None:
            test, then, otherwise = choice.args
            value = variable(choice.sort)
            names.append(value)
            definitions += [implies(test, equal(value, then)), implies(negation(test), equal(value, otherwise))]
            atom = _with(atom, choice, value)
        # One quantifier for all of them: to rename variables takes time exponential in the nesting of quantifiers.
        return self.formula(for_all(names, implies(conjunction(definitions), self._sign(atom, positive))))

    @staticmethod
    def _sign(formula: Term, positive: bool) -> Term:
        return formula if positive else negation(formula)

    def _signed(self, formula: Term, positive: bool) -> Term:
        return self.formula(self._sign(formula, positive))

    def _compared(self, atom: Term, application: Term, positive: bool) -> Term | None:
        """Return a comparison of a function's value with another term, or None if the term is not of that form."""
        if atom.op is Op.APPLY and atom.of in self._comparisons:
            return self._ordered(atom.args[0], atom.args[1], positive)
        if atom.op is Op.EQUAL and application in atom.args:
            other = atom.args[1] if atom.args[0] is application else atom.args[0]
            if self.functions.isdisjoint(other.symbols):
                return self._sign(self.is_value(application, other), positive)
            if self._is_function(other) and self._is_plain(other) and self._is_plain(application):
                return self._same(application, other, positive)
        return None

    def _same(self, left: Term, right: Term, positive: bool) -> Term:
        """Return whether the values of two functions are equal, as far as the relations can say."""
        c = variable(left.sort)
        if not positive:
            return for_all([c], negation(conjunction((self.is_value(left, c), self.is_value(right, c)))))
        if left.sort not in self.orders:
            return for_all([c], equal(self.is_value(left, c), self.is_value(right, c)))
        low, high = equal(self.below(left, c), self.below(right, c)), equal(self.above(left, c), self.above(right, c))
        return for_all([c], conjunction((low, high)))

    def _ordered(self, left: Term, right: Term, positive: bool) -> Term | None:
        if not self._is_plain(left) or not self._is_plain(right):
            return None
        if self._is_function(left) and self._is_function(right):
            c = variable(left.sort)
            if not positive:
                return for_all([c], negation(conjunction((self.above(left, c), self.below(right, c)))))
            down = implies(self.below(left, c), self.below(right, c))
            up = implies(self.above(right, c), self.above(left, c))
            return for_all([c], conjunction((down, up)))
        if self._is_function(right):
            return self._sign(self.below(right, left), positive)
        return self._sign(self.above(left, right), positive)

    def _is_function(self, term: Term) -> bool:
        return term.op is Op.APPLY and term.of in self.functions

    def _is_plain(self, term: Term) -> bool:
        parts = term.args if self._is_function(term) else (term,)
        return all(self.functions.isdisjoint(part.symbols) for part in parts)

    def _generic(self, atom: Term, application: Term, positive: bool) -> Term:
        # Universal, not existential: to claim that a value exists would bring back the alternation to be removed.
        value = variable(application.sort)
        rest = self._signed(_with(atom, application, value), positive)
        return for_all([value], implies(self.is_value(application, value), rest))


class Relation(Enum):
    """The relations that replace a function."""

    AT_LEAST = ">="
    AT_MOST = "<="
    GRAPH = "="


@dataclass(frozen=True)
class _InPlace:
    """Stands for a relation in place of a function."""

    function: Symbol
    relation: Relation

    def __str__(self) -> str:
        return f"{self.function.name} {self.relation.value}"


@dataclass(frozen=True)
class _ValueOf:
    """Stands for the value of a function at constants."""

    application: Term

    def __str__(self) -> str:
        return repr(self.application)


def _value(application: Term) -> Term:
    return constant(_ValueOf(application), application.sort)


def _innermost_choice(term: Term) -> Term | None:
    return next((t for t in subterms((term,)) if t.op is Op.ITE), None)  # operands first


def _is_long(atom: Term) -> bool:
    choices = [t for t in subterms((atom,)) if t.op is Op.ITE]
    return len(choices) > _MOST_SPLIT and all(choice.sort is not BOOL for choice in choices)


def _with(term: Term, old: Term, new: Term) -> Term:
    """Return a quantifier-free term with one term in it replaced; a shared subterm is visited once."""
    done: dict[Term, Term] = {old: new}
    for inner in subterms((term,)):  # operands first
        if inner not in done:
            args = tuple(done[arg] for arg in inner.args)
            same = all(found is arg for found, arg in zip(args, inner.args, strict=True))
            done[inner] = inner if same else rebuilt(inner, args)
    return done[term]
