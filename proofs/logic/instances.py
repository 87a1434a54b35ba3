"""Ground instances of formulas: what they say of the terms that occur, without quantifiers.

Existential quantifiers get witnesses, and each universal quantifier a name: a proposition that implies its instances.
A structure that satisfies the formulas gives witnesses and names their values, so it satisfies all instances. Hence
instances that have no model refute the formulas, whichever of them were chosen. That they have one means nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assay.proofs.logic.binders import opened, replace_variables
from assay.proofs.logic.cardinalities import is_in
from assay.proofs.logic.connectives import conjunction, conjuncts, disjunction, negation
from assay.proofs.logic.terms import BOOL, FALSE, INT, TRUE, Counted, Op, Sort, Term, constant, element
from assay.proofs.logic.triggers import split

__all__ = ["Instances", "counts", "has_terms"]


@dataclass(frozen=True)
class Witness:
    """Stands for something that exists; the number tells it from others."""

    number: int

    def __str__(self) -> str:
        return f"witness {self.number}"


@dataclass(frozen=True)
class Name:
    """Stands for what a quantified formula says; the number tells it from others."""

    number: int

    def __str__(self) -> str:
        return f"statement {self.number}"


class Instances:
    """Formulas, as ground instances of them.

    Attributes
    ----------
    formulas : list of Term
        The instances so far.
    universal : dict from Term to Term
        The universal quantifiers that occur, with their names.
    terms : dict from Sort to the terms of that sort
        The terms that occur, those of booleans, numbers and enumerations left out, in the order of their coming.
    sizes : dict of Term
        The sizes of sets that occur.
    """

    def __init__(self) -> None:
        self.formulas: list[Term] = []
        self.universal: dict[Term, Term] = {}
        self.terms: dict[Sort, dict[Term, None]] = {}
        self.sizes: dict[Term, None] = {}
        self._witnesses = 0
        self._stated: set[Term] = set()
        self._met: set[Term] = set()
        self._bodies: dict[tuple[Term, tuple[Term, ...]], Term] = {}
        self._members: dict[tuple[Term, tuple[Term, ...]], Term] = {}
        self._made: set[tuple[Term, tuple[Term, ...]]] = set()

    def state(self, formula: Term) -> list[Term]:
        """State a closed formula, and return the instances that are new."""
        new = [part for part in conjuncts(self._ground(split(formula))) if part not in self._stated]
        self._stated.update(new)
        self.formulas += new
        self._meet(new)
        return new

    def instantiate(self, universal: Term, values: tuple[Term, ...]) -> list[Term]:
        """State an instance of a universal quantifier, and return what is new."""
        if (universal, values) in self._made:
            return []
        self._made.add((universal, values))
        return self.state(disjunction((negation(self.universal[universal]), self.body(universal, values))))

    def body(self, universal: Term, values: tuple[Term, ...]) -> Term:
        """Return what a universal quantifier says of some values."""
        found = self._bodies.get((universal, values))
        if found is None:
            found = replace_variables(universal.args[0], dict(zip(universal.of, values, strict=True)))
            self._bodies[universal, values] = found
        return found

    def member(self, size: Term, place: tuple[Term, ...]) -> Term:
        """Return the formula that some terms are counted by the size of a set."""
        found = self._members.get((size, place))
        if found is None:
            found = self._members[size, place] = is_in(size.of.of, size.args, place)
        return found

    def values(self, sort: Sort) -> Sequence[Term]:
        """Return the terms to instantiate a variable with; for numbers none."""
        if sort is BOOL:
            return TRUE, FALSE
        if sort.members:
            return [element(sort, index) for index in range(len(sort.members))]
        return list(self.terms.get(sort, ()))

    def points(self, names: Iterable[Term]) -> Iterator[tuple[Term, ...]]:
        """Yield the terms to instantiate some variables with, together."""
        return itertools.product(*(self.values(name.sort) for name in names))

    def _ground(self, formula: Term) -> Term:
        match formula.op:
            case _ if not formula.depth:
                return formula
            case Op.AND:
                return conjunction(map(self._ground, formula.args))
            case Op.OR:
                return disjunction(map(self._ground, formula.args))
            case Op.EXISTS:
                names, body = opened(formula)
                return self._ground(replace_variables(body, {name: self._witness(name.sort) for name in names}))
            case Op.FORALL:
                return self.universal.setdefault(formula, constant(Name(len(self.universal)), BOOL))
            case _:
                return TRUE  # a quantifier inside a term; to say less is always allowed

    def _witness(self, sort: Sort) -> Term:
        self._witnesses += 1
        return constant(Witness(self._witnesses), sort)

    def _meet(self, formulas: Iterable[Term]) -> None:
        waiting = list(formulas)
        while waiting:
            term = waiting.pop()
            if term not in self._met:
                self._met.add(term)
                waiting.extend(reversed(term.args))
                if term.op is Op.APPLY and isinstance(term.of.of, Counted):
                    self.sizes[term] = None
                elif term.op in (Op.APPLY, Op.ELEMENT) and has_terms(term.sort):
                    self.terms.setdefault(term.sort, {})[term] = None


def has_terms(sort: Sort) -> bool:
    """Return whether instances are made for the terms of a sort that occur."""
    return sort is not BOOL and sort is not INT and not sort.members


def counts(formula: Term) -> bool:
    """Return whether sizes of sets occur in a formula."""
    return any(isinstance(symbol.of, Counted) for symbol in formula.symbols)
