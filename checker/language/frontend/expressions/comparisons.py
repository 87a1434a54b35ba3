"""Comparisons and chains of them: equality, identity, order, membership."""

from __future__ import annotations

import ast
from typing import NoReturn

from assay.checker.language.frontend.context.bindings import Value
from assay.checker.language.frontend.context.conversions import common_type, fits, widened
from assay.checker.language.frontend.context.ownership import is_open
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, is_bag, is_enumerated, is_sequence, is_set
from assay.checker.language.frontend.expressions.collections import compile_collection, evaluated
from assay.checker.language.frontend.expressions.iterables.generators import elements_of, map_view
from assay.checker.language.frontend.expressions.iterables.lexicographic import demand_order, ordered
from assay.checker.language.frontend.expressions.operands import compile_part, compile_scalar
from assay.checker.language.frontend.expressions.records import evaluated_first, none_test
from assay.checker.language.frontend.expressions.widening import alike, contained, container_in, widen
from assay.checker.language.ir.nodes import (
    And,
    Collection,
    Compare,
    Comparison,
    Comprehension,
    Elements,
    Expr,
    IsKind,
    Let,
    Literal,
    Member,
    Narrow,
    Not,
    Place,
    SameContents,
    SameItems,
    SeqItem,
    SeqLength,
    SetOf,
    SetRelation,
    Stored,
    Universe,
)
from assay.checker.language.types import (
    INT,
    BoolType,
    EnumType,
    NoneOnly,
    OptionalType,
    QuorumType,
    SeqType,
    SetType,
    SortType,
    Type,
)
from assay.checker.wording import article

__all__ = ["compile_comparison"]


def compile_comparison(scope: Scope, node: ast.Compare, _: Type | None) -> Expr:
    """Compile ``a < b <= c``."""
    parts: list[Expr] = []
    operands = [node.left, *node.comparators]
    for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
        parts.append(_compared(scope, left, operator, right, node))
    return parts[0] if len(parts) == 1 else And(tuple(parts), location=scope.at(node))


def _compared(scope: Scope, left: ast.expr, operator: ast.cmpop, right: ast.expr, node: ast.Compare) -> Expr:
    identity = isinstance(operator, ast.Is | ast.IsNot)
    match operator:
        case ast.In():
            return _membership(scope, left, right, node)
        case ast.NotIn():
            return Not(_membership(scope, left, right, node), location=scope.at(node))
        case ast.NotEq() | ast.IsNot():
            return Not(_equal(scope, left, right, node, identity=identity), location=scope.at(node))
        case ast.Eq() | ast.Is():
            return _equal(scope, left, right, node, identity=identity)
        case ast.Lt():
            return _ordered(scope, Comparison.LT, left, right, node)
        case ast.LtE():
            return _ordered(scope, Comparison.LE, left, right, node)
        case ast.Gt():
            return _ordered(scope, Comparison.LT, right, left, node)
        case _:
            return _ordered(scope, Comparison.LE, right, left, node)


def _both(scope: Scope, left: ast.expr, right: ast.expr) -> tuple[Value, Value]:
    """Compile two operands; an empty collection takes the element type of the other."""
    if is_open(scope, left):
        second = scope.value(right)
        return scope.value(left, _expectation(second)), second
    first = scope.value(left)
    return first, scope.value(right, _expectation(first))


def _equal(scope: Scope, left: ast.expr, right: ast.expr, node: ast.expr, *, identity: bool) -> Expr:
    first, second = _both(scope, left, right)
    if isinstance(first, Expr) and isinstance(second, Expr):
        return _same_values(scope, first, second, node, identity=identity)
    for value, other in ((first, second), (second, first)):
        if isinstance(value, Literal) and value.value is None and isinstance(other, Elements):
            return none_test(scope, other.value, node)
    if identity:
        scope.fail(node, "`is` does not compare containers", "use ==")
    if isinstance(first, Collection) and isinstance(second, Collection):
        return _same_collections(scope, first, second, node)
    if isinstance(first, Place) and isinstance(second, Place) and first.type == second.type:
        return SameContents(first, second, location=scope.at(node))
    return _same_parts(scope, first, second, node)


def _same_parts(scope: Scope, first: Value, second: Value, node: ast.expr) -> Expr:
    """Compare containers of which one is part of a value, where it may also be None, or a map."""
    types_ = [value.type if isinstance(value, Expr | Place) else None for value in (first, second)]
    wanted = next((type_ for type_ in types_ if type_ is not None), None)
    operands = [contained(scope, value, wanted, node) for value in (first, second)]
    if wanted is None or container_in(wanted) is None or operands[0] is None or operands[1] is None:
        _never_equal(scope, first, second, node)
    return _same_values(scope, operands[0], operands[1], node, identity=False)


def _same_values(scope: Scope, first: Expr, second: Expr, node: ast.expr, *, identity: bool) -> Expr:
    if identity and not _interned(first.type) and not _interned(second.type):
        scope.fail(node, f"`is` does not compare values of type {first.type}", "use ==")
    for value, other in ((first, second), (second, first)):
        if isinstance(other, Literal) and other.value is None:
            return none_test(scope, value, node)
    common = common_type(first.type, second.type)
    if common is None:
        _never_equal(scope, first, second, node)
    operands = [widened(value, common) for value in (first, second)]
    return Compare(Comparison.EQ, operands[0], operands[1], location=scope.at(node))


def _never_equal(scope: Scope, first: Value, second: Value, node: ast.AST) -> NoReturn:
    scope.fail(
        node,
        f"{article(described(first))} is never equal to {article(described(second))}",
        "compare values of one type; what is no set becomes one by set(...)",
    )


def _same_collections(scope: Scope, first: Collection, second: Collection, node: ast.expr) -> Expr:
    stored = [c.place for c in (first, second) if isinstance(c, Stored) and not isinstance(c.place.type, SetType)]
    if len(stored) == 2 and stored[0].type == stored[1].type:
        return SameContents(stored[0], stored[1], location=scope.at(node))
    for sequence, written in ((first, second), (second, first)):
        if isinstance(sequence, Stored) and is_sequence(sequence) and isinstance(written, SetOf) and written.ordered:
            return _same_items(scope, sequence.place, written, node)
    if is_sequence(first) and is_sequence(second):
        first, second = alike(scope, first, second, node)
        return SameItems(first, second, location=scope.at(node))
    if is_bag(first) and is_bag(second) and first.element == second.element:
        return _same_bags(scope, first, second, node)
    if not (is_set(first) and is_set(second)):
        _never_equal(scope, first, second, node)
    first, second = alike(scope, first, second, node)
    return SetRelation(Comparison.EQ, first, second, location=scope.at(node))


def _same_bags(scope: Scope, first: Collection, second: Collection, node: ast.expr) -> Expr:
    parts = [contained(scope, bag, None, node) for bag in (first, second)]
    assert parts[0] is not None
    assert parts[1] is not None
    if parts[0].type != parts[1].type:
        _never_equal(scope, parts[0], parts[1], node)
    return Compare(Comparison.EQ, parts[0], parts[1], location=scope.at(node))


def _same_items(scope: Scope, place: Place, written: SetOf, node: ast.AST) -> Expr:
    """Compare a stored sequence with a list display: the lengths, then item by item.

    Python evaluates the display first, so its items get names before anything is compared.
    """
    assert isinstance(place.type, SeqType)
    length = Literal(len(written.items), INT, location=scope.at(node))
    parts: list[Expr] = [Compare(Comparison.EQ, SeqLength(place), length, location=scope.at(node))]
    names = [scope.fresh("item", item.type, node) for item in written.items]
    for index, item in enumerate(names):
        stored = SeqItem(place, Literal(index, INT), location=scope.at(node))
        common = common_type(place.type.element, item.type)
        if common is None:
            _never_equal(scope, stored, item, node)
        operands = [widened(value, common) for value in (stored, item)]
        parts.append(Compare(Comparison.EQ, operands[0], operands[1], location=scope.at(node)))
    result: Expr = And(tuple(parts), location=scope.at(node))
    for name, value in zip(reversed(names), reversed(written.items), strict=True):
        result = Let(name, value, result, location=scope.at(node))
    return result


def _ordered(scope: Scope, operator: Comparison, left: ast.expr, right: ast.expr, node: ast.expr) -> Expr:
    first, second = _both(scope, left, right)
    if isinstance(first, Collection) and isinstance(second, Collection) and is_set(first) and is_set(second):
        first, second = alike(scope, first, second, node)
        return SetRelation(operator, first, second, location=scope.at(node))
    if not isinstance(first, Expr) or not isinstance(second, Expr):
        scope.fail(
            node,
            f"{article(described(first))} cannot be compared with {article(described(second))}",
            "sets can be compared with sets, numbers with numbers; what is no set becomes one by set(...)",
        )
    _demand_not_none(scope, (left, first), (right, second))
    types_ = [t.inner if isinstance(t, OptionalType) else t for t in (first.type, second.type)]
    common = common_type(*types_)
    if common is None:
        scope.fail(
            node,
            f"{article(first.type)} cannot be compared with {article(second.type)}",
            "both must be numbers, or of one Order",
        )
    demand_order(scope, common, node)
    operands = [widened(value, common) for value in (first, second)]
    return ordered(scope, operator, operands[0], operands[1], node)


def _demand_not_none(scope: Scope, *operands: tuple[ast.expr, Expr]) -> None:
    """Refuse to order a name that was given nothing but None so far."""
    for (node, value), (_, other) in zip(operands, reversed(operands), strict=True):
        if isinstance(node, ast.Name) and isinstance(value.type, NoneOnly):
            scope.fail(
                node,
                f"{node.id} is None here, which has no order",
                f"say what it may be where it is made: {node.id}: {other.type} | None = None",
            )


def _membership(scope: Scope, left: ast.expr, right: ast.expr, node: ast.expr) -> Expr:
    collection = _searched(scope, right)
    if is_enumerated(collection):
        remedy = f"compare with each: any({ast.unparse(left)} == x for x in {ast.unparse(right)})"
        scope.fail(right, "values_of is run over, and not searched", remedy)
    element = _sought(scope, left, collection)
    if isinstance(element.type, OptionalType) and not isinstance(collection.element, OptionalType | NoneOnly):
        if isinstance(collection, Universe) and isinstance(collection.of, EnumType):
            scope.fail(node, f"Python does not ask whether None is in {collection.of}", "ask whether it is not None")
        inner = Narrow(element, element.type.inner, safe=True, location=element.location)
        present = Not(IsKind(element, (NoneOnly(),)))
        member = And((present, _member(scope, inner, collection, node)), location=scope.at(node))
        # Python evaluates the collection even if the element is None, and that may raise.
        return evaluated_first(scope, evaluated(scope, collection, node), member, node)
    return _member(scope, element, collection, node)


def _sought(scope: Scope, node: ast.expr, collection: Collection) -> Expr:
    """Compile the element of a membership test: a list compares it by ==, but a set or bag needs its hash."""
    if is_sequence(collection) or (isinstance(collection, Elements | Stored) and is_set_of_sets(collection)):
        return compile_scalar(scope, node, collection.element)
    return compile_part(scope, node, collection.element)


def is_set_of_sets(collection: Collection) -> bool:
    """Return whether a set has sets as elements: Python then accepts a mutable set in a membership test."""
    return is_set(collection) and isinstance(collection.element, SetType)


def _searched(scope: Scope, node: ast.expr) -> Collection:
    """Compile the collection of a membership test; of a map's values, repetitions do not matter."""
    view = map_view(scope, node)
    if view is None or view[0] == "items":
        return compile_collection(scope, node)
    element, generators = elements_of(scope, node)
    assert isinstance(element, Expr)  # containers among the values were refused
    return Comprehension(element, generators, location=scope.at(node))


def _member(scope: Scope, element: Expr, collection: Collection, node: ast.expr) -> Expr:
    if fits(element.type, collection.element):
        return Member(widened(element, collection.element), collection, location=scope.at(node))
    common = common_type(element.type, collection.element)
    if common is None:
        scope.fail(
            node,
            f"{article(element.type)} is never in a collection of {collection.element}",
            "ask for an element of that type",
        )
    collection = widen(scope, collection, common, node)
    return Member(widened(element, common), collection, location=scope.at(node))


def _expectation(value: Value) -> Type | None:
    """Return the type that suits the other side of a comparison, or its elements if that is a collection."""
    return value.element if isinstance(value, Collection) else value.type if isinstance(value, Expr) else None


def _interned(type_: Type) -> bool:
    """Return whether `is` and `==` agree on values of a type: each value exists once, and is never copied."""
    if isinstance(type_, OptionalType):
        return _interned(type_.inner)
    return isinstance(type_, BoolType | EnumType | SortType | QuorumType | NoneOnly)
