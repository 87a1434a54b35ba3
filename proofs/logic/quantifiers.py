"""Quantifiers: simplified by the one-point rule, and merged where one stands right inside another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assay.proofs.logic.connectives import conjunction, disjunction, negation
from assay.proofs.logic.substitution import replace_variables
from assay.proofs.logic.terms import BOOL, Op, Term, make, numbered_variable, variable

__all__ = ["exists", "for_all", "opened", "pulled"]


def exists(variables: Iterable[Term], body: Term) -> Term:
    """Return whether the body is true for some values of the variables."""
    return _quantified(Op.EXISTS, tuple(variables), body)


def for_all(variables: Iterable[Term], body: Term) -> Term:
    """Return whether the body is true for all values of the variables."""
    return _quantified(Op.FORALL, tuple(variables), body)


def opened(formula: Term) -> tuple[tuple[Term, ...], Term]:
    """Return a quantifier's variables, renamed so that they occur nowhere else, and its body."""
    fresh = tuple(variable(bound.sort) for bound in formula.of)
    return fresh, replace_variables(formula.args[0], dict(zip(formula.of, fresh, strict=True)))


def _quantified(op: str, variables: tuple[Term, ...], body: Term) -> Term:
    variables = tuple(v for v in variables if v in body.free)
    if not variables:
        return body
    outer, inner = (Op.OR, Op.AND) if op == Op.EXISTS else (Op.AND, Op.OR)
    if body.op == outer:
        join = disjunction if op == Op.EXISTS else conjunction
        return join(_quantified(op, variables, part) for part in body.args)
    parts = body.args if body.op == inner else (body,)
    point = _point(op, variables, parts)
    if point is not None:
        name, value = point
        rest = tuple(v for v in variables if v is not name)
        return _quantified(op, rest, replace_variables(body, {name: value}))
    if body.op == op:
        fresh, inside = opened(body)
        return _quantified(op, (*variables, *fresh), inside)
    return _bound(op, variables, body)


def _point(op: str, variables: Sequence[Term], parts: Sequence[Term]) -> tuple[Term, Term] | None:
    """Return a variable that has but one value that matters, and the value."""
    for part in parts:
        equation = part if op == Op.EXISTS else negation(part)
        for name in variables:
            if equation is name or negation(equation) is name:
                from assay.proofs.logic.terms import FALSE, TRUE

                return name, TRUE if equation is name else FALSE
            if equation.op == Op.EQUAL and name in equation.args:
                other = equation.args[1] if equation.args[0] is name else equation.args[0]
                if name not in other.free:
                    return name, other
    return None


def _bound(op: str, variables: tuple[Term, ...], body: Term) -> Term:
    names = [numbered_variable(body.depth + index, v.sort) for index, v in enumerate(variables)]
    renaming = {old: new for old, new in zip(variables, names, strict=True) if old is not new}
    return make(op, BOOL, (replace_variables(body, renaming),), tuple(names))


def pulled(term: Term) -> Term:
    """Return an equivalent formula with quantifiers of one kind pulled together: ``all x: A or (all y: B)`` as one.

    Solvers instantiate a quantifier inside another one only after the outer one.
    """
    match term.op:
        case Op.AND | Op.OR:
            join = conjunction if term.op == Op.AND else disjunction
            return join(map(pulled, term.args))
        case Op.FORALL | Op.EXISTS:
            return _pulled(term) if term.depth > len(term.of) else term
        case _:
            return term


def _pulled(term: Term) -> Term:
    names, body = opened(term)
    body = pulled(body)
    inner = Op.OR if term.op == Op.FORALL else Op.AND
    if body.op != inner:
        return _quantified(term.op, names, body)
    merged, flat = list(names), []
    for part in body.args:
        fresh, inside = opened(part) if part.op == term.op else ((), part)
        merged += fresh
        flat.append(inside)
    return _quantified(term.op, tuple(merged), (conjunction if inner == Op.AND else disjunction)(flat))
