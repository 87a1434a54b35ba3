"""Quantifiers: simplified by the one-point rule, and pulled together where one stands right inside another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assay.proofs.encoding.connectives import conjunction, disjunction, negation
from assay.proofs.encoding.substitution import replace_variables
from assay.proofs.encoding.terms import BOOL, Op, Term, make, numbered_variable, variable

__all__ = ["exists", "for_all", "opened"]


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
    if any(part.op == op for part in parts):
        return _pulled(op, inner, variables, parts)
    return _bound(op, variables, body)


def _point(op: str, variables: Sequence[Term], parts: Sequence[Term]) -> tuple[Term, Term] | None:
    """Return a variable that has but one value that matters, and the value."""
    for part in parts:
        equation = part if op == Op.EXISTS else negation(part)
        for name in variables:
            if equation is name or negation(equation) is name:
                from assay.proofs.encoding.terms import FALSE, TRUE

                return name, TRUE if equation is name else FALSE
            if equation.op == Op.EQUAL and name in equation.args:
                other = equation.args[1] if equation.args[0] is name else equation.args[0]
                if name not in other.free:
                    return name, other
    return None


def _pulled(op: str, inner: str, variables: tuple[Term, ...], parts: Sequence[Term]) -> Term:
    merged, flat = list(variables), []
    for part in parts:
        if part.op == op:
            fresh, body = opened(part)
            merged += fresh
            flat.append(body)
        else:
            flat.append(part)
    join = conjunction if inner == Op.AND else disjunction
    return _quantified(op, tuple(merged), join(flat))


def _bound(op: str, variables: tuple[Term, ...], body: Term) -> Term:
    names = [numbered_variable(body.depth + index, v.sort) for index, v in enumerate(variables)]
    renaming = {old: new for old, new in zip(variables, names, strict=True) if old is not new}
    return make(op, BOOL, (replace_variables(body, renaming),), tuple(names))
