"""``values_of(Perm[Client])``: all values of a type, as what a quantifier runs over."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.hints import type_named
from assay.checker.language.frontend.expressions.iterables.copies import only_argument
from assay.checker.language.frontend.expressions.iterables.spans import every_number
from assay.checker.language.introspection.consistency import demand_bounds
from assay.checker.language.ir.nodes import Universe
from assay.checker.language.types import (
    BoolType,
    EnumType,
    IntType,
    QuorumType,
    SortType,
    Type,
    has_unbounded,
    subtypes,
)
from assay.checker.wording import article

__all__ = ["compile_values_of"]


def compile_values_of(scope: Scope, node: ast.Call, _: Type | None) -> Universe:
    """Compile ``values_of(T)``.

    Raises
    ------
    ModelError
        If it is no type, has infinitely many values, depends on what no instance fixes, or is run over without a call.
    """
    argument = only_argument(scope, node)
    type_ = type_named(scope, argument)
    _demand_needed(scope, type_, argument)
    if has_unbounded(type_):
        scope.fail(argument, f"{article(type_)} has no bounds, and infinitely many values", "state them: Range[0, 3]")
    _demand_sorts(scope, type_, argument)
    known = scope.specification
    demand_bounds([(type_, scope.at(argument))], known.variables, known.constants, known.sorts)
    return Universe(type_, location=scope.at(node))


def _demand_needed(scope: Scope, type_: Type, node: ast.expr) -> None:
    """Refuse types of which the elements have a shorter name, so that there is one way to write each loop."""
    match type_:
        case SortType() | EnumType() | QuorumType():
            remedy = f"for x in {type_}"
        case IntType() if not type_.is_unbounded:
            remedy = f"for x in {every_number(scope, type_)}"
        case BoolType():
            remedy = "for x in {False, True}"
        case _:
            return
    scope.fail(node, f"values_of is for types that cannot be run over otherwise, and {type_} can", remedy)


def _demand_sorts(scope: Scope, type_: Type, node: ast.expr) -> None:
    """Refuse sorts that only the fields of a record mention: without a size, they have no elements."""
    known = {*scope.specification.sorts, *(quorum.cls for quorum in scope.specification.quorums)}
    for part in subtypes(type_):
        if isinstance(part, SortType | QuorumType) and part.cls not in known:
            scope.fail(
                node,
                f"{part.cls.__name__} is no sort of {scope.specification.name}",
                "name it in a method of the model, or as the type of a variable or parameter",
            )
