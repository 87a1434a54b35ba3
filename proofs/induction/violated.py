"""Which conjunct of a property a structure violates, in the words of its source, and for which values."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from assay.checker.errors import Location
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.written_values import spelled
from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import IntType, Type, subtypes
from assay.proofs.encoding.expressions.context import Context
from assay.proofs.encoding.expressions.forms import context_of
from assay.proofs.encoding.problem import Problem
from assay.proofs.encoding.states import values_in
from assay.proofs.encoding.symbols.values import Atom, Value
from assay.proofs.induction.obligations import Claim
from assay.proofs.logic.structures import Structure, evaluate
from assay.proofs.logic.terms import number

__all__ = ["violated_conjunct"]

ValuesOf = Callable[[Type], Iterator[tuple[Value, Any]]]
"""The values of a type, both as terms and as Python sees them."""


MOST = 10_000
"""The most elements that are tried, one after the other, for one that violates a property."""


def violated_conjunct(
    problem: Problem, claim: Claim, structure: Structure, instance: Instance
) -> tuple[str, Location | None]:
    """Return in words which part of a property is false in a structure and for which values, and the place of it.

    A part that is no expression (a case of a match statement) is told as the property.
    """
    predicate = None if claim.predicate is None else claim.predicate.ir
    if predicate is None:
        return "", None
    context, values_of = context_of(problem.theory), partial(values_in, problem.theory, structure, instance)
    for values, shown in _bindings(predicate.parameters, values_of):
        context.names = dict(values)
        for names, part in _parts(predicate.body, context, values_of, structure):
            words = ", ".join(f"{name}={value}" for name, value in {**shown, **names}.items())
            return f"{_source(part) or claim.subject}" + (f"  with {words}" if words else ""), part.location
    return claim.subject, predicate.location


def _bindings(
    parameters: tuple[ir.Name, ...], values_of: ValuesOf
) -> Iterator[tuple[Mapping[str, Value], dict[str, str]]]:
    if not parameters:
        yield {}, {}
        return
    first = parameters[0]
    for value, item in values_of(first.type):
        for values, shown in _bindings(parameters[1:], values_of):
            yield {first.name: value, **values}, {first.name: spelled(item), **shown}


def _parts(
    expr: ir.Expr, context: Context, values_of: ValuesOf, structure: Structure
) -> Iterator[tuple[dict[str, str], ir.Expr]]:
    """Yield the innermost conjuncts that are false, with the values of the names bound on the way."""
    # A conjunction is false by one of its parts, a universal quantifier by one of its instances: there the search
    # goes on. A disjunction is false as a whole, and so is everything else: there it ends.
    if evaluate(context.formula(expr), structure, {}):
        return
    match expr:
        case ir.And(parts):
            for part in parts:
                yield from _parts(part, context, values_of, structure)
        case ir.Let(name, value, body) if not isinstance(_written(expr), ast.Call):
            waiting = len(context.pending)
            context.names[name.name] = context.value(value)
            if len(context.pending) > waiting:  # an extreme, which only the formula around it says what it is
                del context.pending[waiting:]
                yield {}, expr
            else:
                yield from _parts(body, context, values_of, structure)
        case ir.Quantifier(True, name, domain, body):
            found = False
            for held, item in _elements(domain, name, context, values_of, structure):
                context.names[name.name] = held
                for names, part in _parts(body, context, values_of, structure):
                    found = True
                    yield {**_named(expr.location, name, item), **names}, part
            if not found:
                yield {}, expr
        case ir.Not(ir.Quantifier(False, name, domain, body, location=place)):
            universal = ir.Quantifier(True, name, domain, _denied(body), location=place)
            yield from _parts(universal, context, values_of, structure)
        case _:
            yield {}, expr


def _elements(
    domain: ir.Collection, name: ir.Name, context: Context, values_of: ValuesOf, structure: Structure
) -> Iterator[tuple[Value, Any]]:
    """Yield the elements that a quantifier ranges over; nothing if they cannot be enumerated."""
    match domain:
        case ir.Universe(of):
            yield from values_of(of)
        case ir.IntRange(start, stop):
            low, high = (evaluate(context.term(end), structure, {}) for end in (start, stop))
            yield from ((Atom(number(index)), index) for index in range(low, min(high, low + MOST)))
        case _ if not any(isinstance(part, IntType) and part.is_computed for part in subtypes(name.type)):
            for value, item in itertools.islice(values_of(name.type), MOST):
                inside = context.closed(partial(context.member, value, domain))
                if evaluate(inside, structure, {}):
                    yield value, item


def _named(place: Location | None, name: ir.Name, item: Any) -> dict[str, str]:
    """Return the names that the source gives to an element or to its parts, with their values."""
    target = _node_at(place) if place is not None else None
    if isinstance(target, ast.Tuple) and isinstance(item, tuple) and len(target.elts) == len(item):
        parts = zip(target.elts, item, strict=True)
        return {part.id: spelled(value) for part, value in parts if isinstance(part, ast.Name)}
    return {name.name: spelled(item)}


def _denied(expr: ir.Expr) -> ir.Expr:
    return ir.Not(expr, location=expr.location)


def _source(expr: ir.Expr) -> str:
    """Return the source of an expression, or an empty text if it cannot be found."""
    node = _written(expr)
    return "" if node is None else " ".join(ast.unparse(node).split())


def _written(expr: ir.Expr) -> ast.expr | None:
    """Return the syntax of an expression; ``a and b`` begins where its part ``a`` does, but is not the one wanted."""
    if expr.location is None:
        return None
    return _node_at(expr.location, whole=isinstance(expr, ir.And | ir.Or))


@cache
def _node_at(place: Location, *, whole: bool = True) -> ast.expr | None:
    try:
        tree = ast.parse(Path(place.file).read_text(encoding="utf-8"))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.expr)
        and (node.lineno, node.col_offset + 1) == (place.line, place.column)
        and (whole or not isinstance(node, ast.BoolOp))
    ]
    return max(found, key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0), default=None)
