"""Triggers: which terms a solver instantiates the universal quantifiers of a query with.

Outside of EPR, Z3's search for a model of all quantifiers may go on for ever, while a few instances would refute the
query. Left to choose triggers itself, it often finds none: no atom of ``some acceptor of q and r`` has both ``q`` and
``r``, and variables of an inner quantifier cannot stand in the trigger of the outer one. Here a quantifier gets a
trigger that has all of its variables: the atoms that its body has on the left of an implication, and *x is known* for
every other variable. Constants are known, and so is what an existential quantifier or a function stands for, once the
solver meets it.

Whoever knows all elements satisfies the result if the query was satisfied. So a refutation of the result refutes the
query, whichever the triggers are. That the result is not refuted means nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assay.proofs.logic.binders import exists, for_all, opened, pulled
from assay.proofs.logic.connectives import conjunction, disjunction, negation
from assay.proofs.logic.orders import order_of
from assay.proofs.logic.terms import BOOL, INT, Op, Sort, Symbol, Term, subterms

__all__ = ["split", "trigger", "with_triggers"]


def with_triggers(formulas: Iterable[Term]) -> tuple[Term, ...]:
    """Return formulas for a solver that is given a `trigger` for each quantifier; none is true more often than was."""
    found = [pulled(split(formula)) for formula in formulas]
    constants = (term for term in subterms(found) if _has_elements(term.sort) and _is_ground(term))
    return (*map(_knowing, found), *(_known(term) for term in constants))


def trigger(names: Sequence[Term], body: Term) -> tuple[Term, ...]:
    """Return the atoms that a universal quantifier is to be instantiated by; none where the solver must choose.

    Parameters
    ----------
    names : sequence of Term
        The variables of the quantifier.
    body : Term
        What is true for all their values.
    """
    left, chosen = set(names), list[Term]()
    parts = body.args if body.op is Op.OR else (body,)
    guards = [part.args[0] for part in parts if part.op is Op.NOT and _is_guard(part.args[0])]
    for atom in sorted(guards, key=lambda atom: -len(atom.free & left)):
        if not left.isdisjoint(atom.free):
            chosen.append(atom)
            left -= atom.free
    if any(not _has_elements(name.sort) for name in left):
        return ()
    return (*chosen, *(_known(name) for name in names if name in left))


@dataclass(frozen=True)
class _IsKnown:
    """Stands for the elements of a sort that quantifiers are instantiated with."""

    sort: Sort

    def __str__(self) -> str:
        return f"known {self.sort.name}"


def _known(term: Term) -> Term:
    return Symbol(_IsKnown(term.sort), (term.sort,), BOOL)(term)


def _has_elements(sort: Sort) -> bool:
    return sort is not BOOL and sort is not INT


def _is_ground(term: Term) -> bool:
    return not term.free and term.op in (Op.APPLY, Op.ELEMENT)


def _is_guard(atom: Term) -> bool:
    """Return whether an atom may be part of a trigger: no comparison, which is met for all pairs of elements."""
    if atom.op is not Op.APPLY or not atom.args or atom.of is order_of(atom.args[0].sort):
        return False
    return all(part.op in (Op.APPLY, Op.VARIABLE, Op.ELEMENT) for part in subterms((atom,)))


def split(formula: Term) -> Term:
    """Return a formula with equivalences of quantified formulas as two implications: a trigger needs a direction."""
    match formula.op:
        case _ if not formula.depth:
            return formula
        case Op.AND:
            return conjunction(map(split, formula.args))
        case Op.OR:
            return disjunction(map(split, formula.args))
        case Op.FORALL | Op.EXISTS:
            names, body = opened(formula)
            return (for_all if formula.op is Op.FORALL else exists)(names, split(body))
        case Op.EQUAL if formula.args[0].sort is BOOL:
            return _both_ways(*formula.args)
        case Op.NOT if formula.args[0].op is Op.EQUAL and formula.args[0].args[0].sort is BOOL:
            left, right = formula.args[0].args
            return _both_ways(left, negation(right))
        case _:
            return formula


def _both_ways(left: Term, right: Term) -> Term:
    return split(conjunction((disjunction((negation(left), right)), disjunction((left, negation(right))))))


def _knowing(formula: Term) -> Term:
    """Return a formula in which what exists is known, and so are the values of functions."""
    match formula.op:
        case _ if not formula.depth:
            return formula
        case Op.AND:
            return conjunction(map(_knowing, formula.args))
        case Op.OR:
            return disjunction(map(_knowing, formula.args))
        case Op.EXISTS:
            names, body = opened(formula)
            found = [_known(name) for name in names if _has_elements(name.sort)]
            return exists(names, conjunction((_knowing(body), *found)))
        case Op.FORALL:
            names, body = opened(formula)
            return for_all(names, conjunction((_knowing(body), *map(_known, _values(names, body)))))
        case _:
            return formula


def _values(names: Sequence[Term], body: Term) -> Iterator[Term]:
    """Yield the applications of functions to the variables of a quantifier."""
    for term in subterms((body,)):
        if term.op is Op.APPLY and term.free and term.free <= set(names) and _has_elements(term.sort):
            yield term
