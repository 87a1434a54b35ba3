"""Conversions of collections: to a wider element type, and to a container that is part of another value."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.bindings import Value
from assay.checker.language.frontend.context.conversions import common_type
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, is_bag, is_sequence, is_set
from assay.checker.language.ir.nodes import (
    Collected,
    Collection,
    Comprehension,
    Concatenation,
    Elements,
    Expr,
    Generator,
    Listing,
    Place,
    Read,
    SetOf,
    Stored,
)
from assay.checker.language.types import BagType, MapType, OptionalType, SeqType, SetType, Type
from assay.checker.wording import article

__all__ = ["alike", "collected", "contained", "container_in", "widen"]


def widen(scope: Scope, collection: Collection, element: Type, node: ast.AST) -> Collection:
    """Return a collection converted to a wider element type; a sequence keeps its order and its repetitions."""
    if collection.element == element:
        return collection
    if isinstance(collection, SetOf):
        items = tuple(scope.fit(item, element, node, "the element") for item in collection.items)
        return SetOf(items, element, collection.ordered, location=collection.location)
    if isinstance(collection, Comprehension | Listing):
        item = scope.fit(collection.item, element, node, "the element")
        return type(collection)(item, collection.generators, location=collection.location)
    if isinstance(collection, Concatenation):
        parts = (widen(scope, part, element, node) for part in (collection.left, collection.right))
        return Concatenation(*parts, location=collection.location)
    # Anything else has no items to convert: a new collection runs over it, and converts each element.
    variable = scope.fresh("item", collection.element, node)
    item = scope.fit(variable, element, node, "the element")
    generators = (Generator(variable, collection),)
    made = Listing if is_sequence(collection) else Comprehension
    return made(item, generators, location=collection.location)


def alike(scope: Scope, left: Collection, right: Collection, node: ast.AST) -> tuple[Collection, Collection]:
    """Return two collections widened to a common element type."""
    common = common_type(left.element, right.element)
    if common is None:
        scope.fail(
            node,
            f"sets of {left.element} and of {right.element} have nothing in common",
            "the elements must be of one type, or records",
        )
    return widen(scope, left, common, node), widen(scope, right, common, node)


def container_in(expected: Type | None) -> Type | None:
    """Return the container type that a type is, or that it is optionally; None if it is neither."""
    inner = expected.inner if isinstance(expected, OptionalType) else expected
    return inner if isinstance(inner, SetType | SeqType | BagType | MapType) else None


def contained(scope: Scope, value: Value, expected: Type | None, node: ast.expr) -> Expr | None:
    """Return a value in the form that another value can contain, or None for a collection where none is expected."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, Elements):
        return value.value
    wanted = container_in(expected) or (value.place.type if isinstance(value, Stored) else None)
    if isinstance(value, Place):
        return Read(value, location=scope.at(node)) if expected is None or isinstance(wanted, MapType) else None
    if isinstance(wanted, SetType | SeqType | BagType):
        return collected(scope, value, wanted, node)
    if expected is None and is_set(value):
        return Collected(value, SetType(value.element), location=scope.at(node))
    return None


def collected(scope: Scope, collection: Collection, wanted: SetType | SeqType | BagType, node: ast.AST) -> Expr:
    """Return a container of a type that holds the elements of a collection."""
    is_kind = {SetType: is_set, SeqType: is_sequence, BagType: is_bag}[type(wanted)]
    if not is_kind(collection) or (isinstance(wanted, BagType) and collection.element != wanted.element):
        scope.fail(node, f"expected {article(wanted)}, found {article(described(collection))}", _REMEDIES[type(wanted)])
    if isinstance(collection, Elements) and collection.value.type == wanted:
        return collection.value
    return Collected(widen(scope, collection, wanted.element, node), wanted, location=scope.at(node))


_REMEDIES: dict[type[Type], str] = {
    SetType: "what can be run over becomes a set by set(...)",
    SeqType: "a set has no order; write [a, b], a slice, or [... for ... in ...] over what has an order",
    BagType: "a bag is made by the methods of a bag in the state",
}
