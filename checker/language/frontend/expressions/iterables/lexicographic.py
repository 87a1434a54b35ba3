"""What has an order: numbers, the elements of an Order, and tuples of these, item by item as in Python.

The IR orders numbers and elements only; the order of tuples is written out here.
"""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    And,
    Compare,
    Comparison,
    Expr,
    Extreme,
    Generator,
    Item,
    Let,
    MakeTuple,
    Name,
    Or,
)
from assay.checker.language.types import IntType, SortType, TupleType, Type
from assay.checker.wording import article

__all__ = ["demand_order", "extreme", "ordered"]


def demand_order(scope: Scope, type_: Type, node: ast.AST) -> None:
    """Refuse a type whose values have no order."""
    if not _has_order(type_):
        scope.fail(
            node, f"{article(type_)} has no order", "numbers, the elements of an Order, and tuples of these have one"
        )


def _has_order(type_: Type) -> bool:
    match type_:
        case IntType():
            return True
        case SortType(_, is_order):
            return is_order
        case TupleType(items):
            return all(map(_has_order, items))
        case _:
            return False


def ordered(scope: Scope, operator: Comparison, left: Expr, right: Expr, node: ast.AST) -> Expr:
    """Return ``left < right`` or ``left <= right`` of two values of one type that has an order."""
    if not isinstance(left.type, TupleType):
        return Compare(operator, left, right, location=scope.at(node))
    first, second = (scope.fresh(name, value.type, node) for name, value in (("left", left), ("right", right)))
    result = _item_by_item(scope, operator, first, second, node)
    return Let(first, left, Let(second, right, result, location=scope.at(node)), location=scope.at(node))


def _item_by_item(scope: Scope, operator: Comparison, left: Name, right: Name, node: ast.AST) -> Expr:
    *pairs, last = zip(_items(left), _items(right), strict=True)
    result = ordered(scope, operator, *last, node)
    for one, other in reversed(pairs):
        less = ordered(scope, Comparison.LT, one, other, node)
        same = Compare(Comparison.EQ, one, other, location=scope.at(node))
        result = Or((less, And((same, result), location=scope.at(node))), location=scope.at(node))
    return result


def extreme(scope: Scope, largest: bool, element: Expr, generators: tuple[Generator, ...], node: ast.AST) -> Expr:
    """Return the largest or smallest of the elements; evaluating it fails if there are none.

    Of tuples, that is the tuple of the greatest first item, of the greatest second item among those with that first
    one, and so on.
    """
    if not isinstance(element.type, TupleType):
        return Extreme(largest, element, generators, None, location=scope.at(node))
    items = _items(element)
    names = [scope.fresh("best", item.type, node) for item in items]
    found: Expr = MakeTuple(element.type, tuple(names), location=scope.at(node))
    for place in reversed(range(len(items))):
        tied = [
            Compare(Comparison.EQ, *pair, location=scope.at(node)) for pair in zip(items[:place], names, strict=False)
        ]
        value = extreme(scope, largest, _with_all(scope, items[place], element, node), _where(generators, tied), node)
        found = Let(names[place], value, found, location=scope.at(node))
    return found


def _items(value: Expr) -> list[Expr]:
    assert isinstance(value.type, TupleType)
    if isinstance(value, MakeTuple):
        return list(value.arguments)
    return [Item(value, i, type_, location=value.location) for i, type_ in enumerate(value.type.items)]


def _with_all(scope: Scope, item: Expr, element: Expr, node: ast.AST) -> Expr:
    """Return an item of a tuple all of whose items are evaluated, as Python does, in case that one of them raises."""
    if not can_fail(element):
        return item
    return Let(scope.fresh("element", element.type, node), element, item, location=scope.at(node))


def _where(generators: tuple[Generator, ...], conditions: list[Compare]) -> tuple[Generator, ...]:
    """Return generators whose last one keeps only what meets further conditions, too."""
    *before, last = generators
    parts = (*(() if last.condition is None else (last.condition,)), *conditions)
    condition = parts[0] if len(parts) == 1 else And(parts) if parts else None
    return (*before, Generator(last.variable, last.domain, condition, location=last.location))
