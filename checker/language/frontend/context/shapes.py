"""What a compiled value is in Python: a set, a list, or something else that can be run over."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.bindings import Value
from assay.checker.language.ir.nodes import (
    Collection,
    Comprehension,
    Concatenation,
    Elements,
    Expr,
    IntRange,
    Listing,
    Members,
    Place,
    SetChoice,
    SetOf,
    SetOperation,
    Slice,
    Stored,
    Universe,
)
from assay.checker.language.types import BagType, SeqType, SetType, SortType

__all__ = [
    "described",
    "has_order",
    "is_alias",
    "is_bag",
    "is_call_of",
    "is_empty",
    "is_sequence",
    "is_set",
    "looked_into",
]


def is_empty(node: ast.expr) -> bool:
    """Return whether an expression is an empty collection, whose elements have no type of their own."""
    match node:
        case ast.Call(args=[]):
            return is_call_of(node, "set", "frozenset", "list")
        case ast.List(elts=[]):
            return True
        case _:
            return False


def is_call_of(node: ast.expr, *names: str) -> bool:
    """Return whether an expression is a call of one of these built-in functions."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def is_sequence(collection: Collection) -> bool:
    """Return whether a collection is a list in Python."""
    match collection:
        case Slice() | Listing() | Concatenation():
            return True
        case Stored(place):
            return isinstance(place.type, SeqType)
        case Elements(value):
            return isinstance(value.type, SeqType)
        case SetOf():
            return collection.ordered
        case _:
            return False


def has_order(domain: Collection) -> bool:
    """Return whether a loop over a collection runs in an order that the model states."""
    match domain:
        case IntRange():
            return True
        case SetOf():
            return False
        case Universe(SortType(_, ordered)):
            return ordered
        case _:
            return is_sequence(domain)


def looked_into(value: Value) -> Value:
    """Return a value that is a set, sequence or bag as the collection of what it holds."""
    if isinstance(value, Expr) and isinstance(value.type, SetType | SeqType | BagType):
        return Elements(value, location=value.location)
    return value


def is_bag(collection: Collection) -> bool:
    """Return whether a collection is a bag in Python."""
    match collection:
        case Stored(place):
            return isinstance(place.type, BagType)
        case Elements(held):
            return isinstance(held.type, BagType)
        case _:
            return False


def is_set(collection: Collection) -> bool:
    """Return whether a collection is a set in Python, rather than a class, a quorum, a list or a range."""
    match collection:
        case Stored(place):
            return isinstance(place.type, SetType)
        case Elements(held):
            return isinstance(held.type, SetType)
        case SetChoice(_, then, otherwise):
            return is_set(then) and is_set(otherwise)
        case SetOf():
            return not collection.ordered
        case _:
            return isinstance(collection, Comprehension | SetOperation)


def described(value: Value) -> str:
    """Return what a value is, in the words of the language."""
    match value:
        case Expr() | Place():
            return str(value.type)
        case Stored(place):
            return str(place.type)
        case Elements(held):
            return str(held.type)
        case Universe(of):
            return f"class {of}"
        case IntRange():
            return "range"
        case Members(quorum, _):
            return str(quorum.type)
        case _:
            return f"{'list' if is_sequence(value) else 'set'} of {value.element}"


def is_alias(node: ast.expr, value: Collection) -> bool:
    """Return whether a collection is a container in the state or in a value itself in Python, and no copy of one."""
    if is_call_of(node, "set", "frozenset", "list", "frozen"):
        return False
    match value:
        case Stored() | Elements():
            return True
        case SetChoice(_, then, otherwise):
            branches = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node, node)
            return is_alias(branches[0], then) or is_alias(branches[1], otherwise)
        case _:
            return False
