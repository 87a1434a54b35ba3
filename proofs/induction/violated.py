"""Which conjunct of a property is violated, and for which values: for the reader of a counterexample."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from assay.checker.errors import Location
from assay.checker.language.instance import Instance
from assay.checker.language.ir import nodes as ir
from assay.checker.language.ir.program import PredicateIR
from assay.checker.language.types import IntType, subtypes
from assay.proofs.encoding.context import Context
from assay.proofs.encoding.expressions import context_of
from assay.proofs.encoding.states import embed
from assay.proofs.encoding.theory import Theory
from assay.proofs.encoding.values import Value
from assay.proofs.logic.structures import Structure, evaluate

__all__ = ["violated_conjunct"]

MOST = 10_000
"""Elements that are looked at, one after the other, for the one that violates a property."""


def violated_conjunct(
    theory: Theory, predicate: PredicateIR, structure: Structure, instance: Instance
) -> tuple[str, Location | None]:
    """Return which part of a predicate is false in a structure and for which values, in words, and its place.

    The instance must be active.
    """
    context = context_of(theory)
    for values, shown in _bindings(predicate.parameters, instance):
        context.names = dict(values)
        for names, part in _parts(predicate.body, context, instance, structure):
            words = ", ".join(f"{name}={value}" for name, value in {**shown, **names}.items())
            return f"{_source(part)}" + (f"  with {words}" if words else ""), part.location
    return "", predicate.location


def _bindings(
    parameters: tuple[ir.Name, ...], instance: Instance
) -> Iterator[tuple[Mapping[str, Value], dict[str, str]]]:
    if not parameters:
        yield {}, {}
        return
    first = parameters[0]
    for item in instance.universe(first.type):
        for values, shown in _bindings(parameters[1:], instance):
            yield {first.name: embed(first.type, item), **values}, {first.name: _shown(item), **shown}


def _parts(
    expr: ir.Expr, context: Context, instance: Instance, structure: Structure
) -> Iterator[tuple[dict[str, str], ir.Expr]]:
    """Yield the innermost conjuncts that are false, with the values of the names on the way."""
    if evaluate(context.formula(expr), structure, {}):
        return
    match expr:
        case ir.And(parts):
            for part in parts:
                yield from _parts(part, context, instance, structure)
        case ir.Quantifier(True, name, domain, body):
            found = False
            for item in _elements(domain, name, context, instance, structure):
                context.names[name.name] = embed(name.type, item)
                for names, part in _parts(body, context, instance, structure):
                    found = True
                    yield {**_named(expr.location, name, item), **names}, part
            if not found:
                yield {}, expr
        case ir.Not(ir.Quantifier(False, name, domain, body, location=place)):
            universal = ir.Quantifier(True, name, domain, _denied(body), location=place)
            yield from _parts(universal, context, instance, structure)
        case _:
            yield {}, expr


def _elements(
    domain: ir.Collection, name: ir.Name, context: Context, instance: Instance, structure: Structure
) -> Iterator[Any]:
    """Yield the elements of what a quantifier runs over; nothing where they cannot be enumerated."""
    match domain:
        case ir.Universe(of):
            yield from instance.universe(of)
        case ir.IntRange(start, stop):
            low, high = (evaluate(context.term(end), structure, {}) for end in (start, stop))
            yield from range(low, min(high, low + MOST))
        case _ if not any(isinstance(part, IntType) and part.is_computed for part in subtypes(name.type)):
            for item in itertools.islice(instance.universe(name.type), MOST):
                inside = context.closed(lambda i=item: context.member(embed(name.type, i), domain))  # type: ignore[misc]
                if evaluate(inside, structure, {}):
                    yield item


def _named(place: Location | None, name: ir.Name, item: Any) -> dict[str, str]:
    """Return the names that the source gives to an element, or to its parts, with their values."""
    target = _node_at(place) if place is not None else None
    if isinstance(target, ast.Tuple) and isinstance(item, tuple) and len(target.elts) == len(item):
        parts = zip(target.elts, item, strict=True)
        return {part.id: _shown(value) for part, value in parts if isinstance(part, ast.Name)}
    return {name.name: _shown(item)}


def _shown(value: object) -> str:
    return value.name if isinstance(value, Enum) else repr(value)


def _denied(expr: ir.Expr) -> ir.Expr:
    return ir.Not(expr, location=expr.location)


def _source(expr: ir.Expr) -> str:
    """Return the source of an expression, or nothing where it cannot be found."""
    place = expr.location
    node = _node_at(place) if place is not None else None
    return "" if node is None else " ".join(ast.unparse(node).split())


@cache
def _node_at(place: Location) -> ast.expr | None:
    try:
        tree = ast.parse(Path(place.file).read_text(encoding="utf-8"))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.expr) and (node.lineno, node.col_offset + 1) == (place.line, place.column)
    ]
    return max(found, key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0), default=None)
