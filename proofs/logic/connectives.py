"""Constructors of formulas, which simplify where that is cheap."""

from __future__ import annotations

from collections.abc import Iterable

from assay.proofs.logic.term_order import is_before
from assay.proofs.logic.terms import BOOL, FALSE, INT, TRUE, Op, Term, make, number

__all__ = ["add", "at_most", "conjunction", "disjunction", "divide", "equal", "iff", "implies"]
__all__ += ["conjuncts", "ite", "less", "modulo", "multiply", "negation", "subtract"]


# Remembered in both directions: conjunctions look for the negation of each part, and duals negate back and forth.
_negations: dict[Term, Term] = {}


def negation(formula: Term) -> Term:
    """Return the negation, pushed inwards as far as possible."""
    found = _negations.get(formula)
    if found is None:
        found = _negations[formula] = _negated(formula)
        _negations[found] = formula
    return found


def _negated(formula: Term) -> Term:
    match formula.op:
        case Op.TRUE:
            return FALSE
        case Op.FALSE:
            return TRUE
        case Op.NOT:
            return formula.args[0]
        case Op.AND | Op.OR:
            dual = Op.OR if formula.op is Op.AND else Op.AND
            return make(dual, BOOL, tuple(negation(part) for part in formula.args))
        case Op.FORALL | Op.EXISTS:
            dual = Op.EXISTS if formula.op is Op.FORALL else Op.FORALL
            return make(dual, BOOL, (negation(formula.args[0]),), formula.of)
        case _:
            return make(Op.NOT, BOOL, (formula,))


def conjunction(parts: Iterable[Term]) -> Term:
    """Return the conjunction, flattened and without repeats."""
    return _joined(Op.AND, FALSE, TRUE, parts)


def disjunction(parts: Iterable[Term]) -> Term:
    """Return the disjunction, flattened and without repeats."""
    return _joined(Op.OR, TRUE, FALSE, parts)


def _joined(op: Op, zero: Term, one: Term, parts: Iterable[Term]) -> Term:
    found: dict[Term, None] = {}
    for part in parts:
        for inner in part.args if part.op == op else (part,):
            if inner is zero or negation(inner) in found:
                return zero
            if inner is not one:
                found[inner] = None
    if not found:
        return one
    return next(iter(found)) if len(found) == 1 else make(op, BOOL, tuple(found))


def conjuncts(formula: Term) -> tuple[Term, ...]:
    """Return the conjuncts of a formula: the formula itself if it is not a conjunction."""
    if formula is TRUE:
        return ()
    return formula.args if formula.op is Op.AND else (formula,)


def implies(left: Term, right: Term) -> Term:
    """Return the implication."""
    return disjunction((negation(left), right))


def iff(left: Term, right: Term) -> Term:
    """Return whether two formulas are both true or both false."""
    return equal(left, right)


def equal(left: Term, right: Term) -> Term:
    """Return whether two terms of one sort are equal."""
    if left is right:
        return TRUE
    if left.sort is BOOL:
        return _equivalent(left, right)
    if left.op is right.op and left.op in (Op.ELEMENT, Op.NUMBER):
        return FALSE
    for one, other in ((left, right), (right, left)):
        if one.op is Op.ITE and other.op is Op.ELEMENT:
            return ite(one.args[0], equal(one.args[1], other), equal(one.args[2], other))
    return _equation(left, right)


def _equation(left: Term, right: Term) -> Term:
    # In a fixed order, so that a == b and b == a are the same term, and either is recognised as the other. Not in the
    # order in which the sides were made: then the formulas of a model would depend on what was proved before it.
    return make(Op.EQUAL, BOOL, (left, right) if is_before(left, right) else (right, left))


def _equivalent(left: Term, right: Term) -> Term:
    for one, other in ((left, right), (right, left)):
        if one is TRUE:
            return other
        if one is FALSE:
            return negation(other)
    if negation(left) is right:
        return FALSE
    return _equation(left, right)


def ite(test: Term, then: Term, otherwise: Term) -> Term:
    """Return the term that is ``then`` if ``test`` is true and ``otherwise`` if not."""
    if test is TRUE or then is otherwise:
        return then
    if test is FALSE:
        return otherwise
    if test.op is Op.NOT:
        return ite(test.args[0], otherwise, then)
    if then.sort is BOOL:
        return _formula_ite(test, then, otherwise)
    return make(Op.ITE, then.sort, (test, then, otherwise))


def _formula_ite(test: Term, then: Term, otherwise: Term) -> Term:
    if then.op in (Op.TRUE, Op.FALSE) or otherwise.op in (Op.TRUE, Op.FALSE):
        return disjunction((conjunction((test, then)), conjunction((negation(test), otherwise))))
    # Of the two possible forms, this is the conjunction, whose parts can be separate hypotheses.
    return conjunction((disjunction((negation(test), then)), disjunction((test, otherwise))))


def at_most(left: Term, right: Term) -> Term:
    """Return whether one number is at most another."""
    if left.op is right.op is Op.NUMBER:
        return TRUE if left.of <= right.of else FALSE
    return TRUE if left is right else make(Op.AT_MOST, BOOL, (left, right))


def less(left: Term, right: Term) -> Term:
    """Return whether one number is less than another."""
    return negation(at_most(right, left))


def add(parts: Iterable[Term]) -> Term:
    """Return the sum of numbers, with like terms collected."""
    total, factors = 0, dict[Term, int]()
    for part in parts:
        for inner in part.args if part.op is Op.ADD else (part,):
            if inner.op is Op.NUMBER:
                total += inner.of
                continue
            factor, term = _factored(inner)
            factors[term] = factors.get(term, 0) + factor
    rest = [multiply(number(factor), term) for term, factor in factors.items() if factor]
    if total or not rest:
        rest.append(number(total))
    return rest[0] if len(rest) == 1 else make(Op.ADD, INT, tuple(rest))


def _factored(term: Term) -> tuple[int, Term]:
    """Return a term as a factor times another term, so that a sum of equal terms becomes one product."""
    if term.op is Op.MULTIPLY and term.args[0].op is Op.NUMBER:
        return term.args[0].of, term.args[1]
    return 1, term


def subtract(left: Term, right: Term) -> Term:
    """Return the difference of two numbers."""
    return add((left, multiply(number(-1), right)))


def multiply(left: Term, right: Term) -> Term:
    """Return the product of two numbers."""
    for one, other in ((left, right), (right, left)):
        if one.op is Op.NUMBER:
            if other.op is Op.NUMBER:
                return number(one.of * other.of)
            if one.of in (0, 1):
                return other if one.of else number(0)
            return _scaled(one.of, other)
    return make(Op.MULTIPLY, INT, (left, right))


def _scaled(factor: int, term: Term) -> Term:
    if term.op is Op.ADD:
        return add(_scaled(factor, part) for part in term.args)
    inner, rest = _factored(term)
    if rest.op is Op.NUMBER:
        return number(factor * inner * rest.of)
    return make(Op.MULTIPLY, INT, (number(factor * inner), rest)) if factor * inner != 1 else rest


def divide(left: Term, right: Term) -> Term:
    """Return the quotient, rounded down for a positive divisor."""
    if left.op is right.op is Op.NUMBER and right.of > 0:
        return number(left.of // right.of)
    return make(Op.DIVIDE, INT, (left, right))


def modulo(left: Term, right: Term) -> Term:
    """Return the remainder, not negative for a positive divisor."""
    if left.op is right.op is Op.NUMBER and right.of > 0:
        return number(left.of % right.of)
    return make(Op.MODULO, INT, (left, right))
