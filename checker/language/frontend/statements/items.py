"""Insertion and removal at any position of a sequence: each assigns a whole new sequence."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.iterables.copies import only_argument
from assay.checker.language.frontend.expressions.operands import compile_part, compile_scalar
from assay.checker.language.ir.nodes import (
    Arithmetic,
    ArithmeticOperator,
    AssignCollection,
    AssignLocal,
    Compare,
    Comparison,
    Conditional,
    Expr,
    Extreme,
    Generator,
    IntRange,
    ItemAt,
    Listing,
    Literal,
    Name,
    Not,
    Place,
    SeqItem,
    SeqLength,
    Statement,
    Stored,
)
from assay.checker.language.types import INT, SeqType, Type

__all__ = ["inserted", "popped", "removed"]


def popped(scope: Scope, node: ast.Call, place: Place, name: str | None) -> list[Statement]:
    """Compile ``self.queue.pop(i)``: the item is read first, which fails if the index is out of range."""
    at = scope.at(node)
    argument = only_argument(scope, node)
    index = scope.fit(compile_scalar(scope, argument), INT, argument, "the index")
    given, taken = scope.fresh("index", INT, node), scope.fresh(name or "taken", _element(place), node)
    position = _position(given, place)
    statements: list[Statement] = [
        AssignLocal(given, index, location=at),
        AssignLocal(taken, SeqItem(place, given, location=at), location=at),
        _without(scope, place, position, node),
    ]
    if name is not None:
        scope.names[name] = taken
    return statements


def removed(scope: Scope, node: ast.Call, place: Place) -> list[Statement]:
    """Compile ``self.queue.remove(x)``: the first item that is equal is removed; without one, the step fails."""
    at, argument = scope.at(node), only_argument(scope, node)
    item = scope.fit(compile_scalar(scope, argument, _element(place)), _element(place), argument, "what is removed")
    sought, where = scope.fresh("sought", item.type, node), scope.fresh("index", INT, node)
    index = scope.fresh("index", INT, node)
    here = Compare(Comparison.EQ, _item(place, index), sought, location=at)
    found = Extreme(False, index, (Generator(index, _indices(place, 0), here),), None, location=at)
    return [
        AssignLocal(sought, item, location=at),
        AssignLocal(where, found, location=at),
        _without(scope, place, where, node),
    ]


def inserted(scope: Scope, node: ast.Call, place: Place) -> list[Statement]:
    """Compile ``self.queue.insert(i, x)``; as in Python, an index beyond an end is that end."""
    at = scope.at(node)
    if len(node.args) != 2 or node.keywords:
        scope.fail(node, "insert takes an index and an item", "self.queue.insert(0, x)")
    position = scope.fit(compile_scalar(scope, node.args[0]), INT, node.args[0], "the index")
    # The arguments may read the sequence itself, so they are evaluated into names before it changes.
    item = scope.fit(compile_part(scope, node.args[1], _element(place)), _element(place), node.args[1], "the item")
    given, new = scope.fresh("index", INT, node), scope.fresh("item", _element(place), node)
    where, index = scope.fresh("index", INT, node), scope.fresh("index", INT, node)
    before = Conditional(Compare(Comparison.LT, index, where), _item(place, index), _item(place, _minus_one(index)))
    shifted = Conditional(Compare(Comparison.EQ, index, where), new, before, location=at)
    whole = Listing(shifted, (Generator(index, _indices(place, 1)),), location=at)
    scope.wrote(place.variable)
    return [
        AssignLocal(given, position, location=at),
        AssignLocal(where, _clamped(_position(given, place), place), location=at),
        AssignLocal(new, item, location=at),
        AssignCollection(place, whole, in_place=True, location=at),
    ]


def _element(place: Place) -> Type:
    assert isinstance(place.type, SeqType)
    return place.type.element


def _item(place: Place, index: Expr) -> ItemAt:
    return ItemAt(Stored(place), index, safe=True)


def _minus_one(index: Expr) -> Expr:
    return Arithmetic(ArithmeticOperator.SUBTRACT, index, Literal(1, INT))


def _indices(place: Place, more: int) -> IntRange:
    length: Expr = SeqLength(place)
    end = Arithmetic(ArithmeticOperator.ADD, length, Literal(more, INT)) if more else length
    return IntRange(Literal(0, INT), end)


def _position(index: Name, place: Place) -> Expr:
    """Return the position of an index; a negative index counts from the end."""
    counted = Arithmetic(ArithmeticOperator.ADD, SeqLength(place), index)
    return Conditional(Compare(Comparison.LT, index, Literal(0, INT)), counted, index)


def _clamped(position: Expr, place: Place) -> Expr:
    # At most the length, not the last position: an item inserted there becomes the last one.
    length, zero = SeqLength(place), Literal(0, INT)
    least = Conditional(Compare(Comparison.LT, position, zero), zero, position)
    return Conditional(Compare(Comparison.LT, length, least), length, least)


def _without(scope: Scope, place: Place, position: Expr, node: ast.Call) -> Statement:
    """Return the assignment of a sequence without one of its items."""
    at, index = scope.at(node), scope.fresh("index", INT, node)
    other = Not(Compare(Comparison.EQ, index, position))
    rest = Listing(_item(place, index), (Generator(index, _indices(place, 0), other),), location=at)
    scope.wrote(place.variable)
    return AssignCollection(place, rest, in_place=True, location=at)
