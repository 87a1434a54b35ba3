"""The shape that a compiled value has in Python: a set, a list, a bag, or something else to iterate over."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.bindings import Value
from assay.checker.language.ir.nodes import (
    Collection,
    Comprehension,
    Concatenation,
    Elements,
    Expr,
    Generator,
    IntRange,
    Listing,
    Literal,
    Members,
    Name,
    Not,
    Place,
    SetChoice,
    SetOf,
    SetOperation,
    Slice,
    Stored,
    Universe,
)
from assay.checker.language.types import (
    BagType,
    EnumType,
    IntType,
    QuorumType,
    SeqType,
    SetType,
    SortType,
    Type,
)

__all__ = [
    "described",
    "element_of",
    "has_order",
    "is_alias",
    "is_bag",
    "is_call_of",
    "is_empty",
    "is_enumerated",
    "is_sequence",
    "is_set",
    "is_sortable",
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


def is_enumerated(collection: Collection) -> bool:
    """Return whether a collection is all values of a type that cannot be run over by its name: see `values_of`."""
    return isinstance(collection, Universe) and not isinstance(collection.of, SortType | EnumType | QuorumType)


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
        case Universe(SortType(_, ordered)):
            return ordered
        case _:
            return is_sequence(domain)


def looked_into(value: Value) -> Value:
    """Return the elements of a set, sequence or bag that is part of a value; any other value as it is."""
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
    """Return the description of a value's type for messages."""
    match value:
        case Expr() | Place():
            return str(value.type)
        case Stored(place):
            return str(place.type)
        case Elements(held):
            return str(held.type)
        case Universe(of) if is_enumerated(value):
            return f"values_of({of})"
        case Universe(of):
            return f"class {of}"
        case IntRange():
            return "range"
        case Members(quorum, _):
            return str(quorum.type)
        case _:
            return f"{'list' if is_sequence(value) else 'set'} of {value.element}"


def is_alias(node: ast.expr, value: Collection) -> bool:
    """Return whether an expression denotes, in Python, the very container in the state or in a value, not a copy."""
    if is_call_of(node, "set", "frozenset", "list", "frozen") or isinstance(node, ast.List | ast.Set):
        return False
    branches = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node, node)
    match value:
        case Stored() | Elements():
            return True
        case SetChoice(_, then, otherwise):
            return is_alias(branches[0], then) or is_alias(branches[1], otherwise)
        # A conditional expression of two sequences is compiled to this: all items of one, and none of the other.
        case Concatenation(
            Listing(_, (Generator(_, then, Expr() as test),)), Listing(_, (Generator(_, otherwise, Not(opposite)),))
        ) if test == opposite:
            return _is_alias_of_items(branches[0], then) or _is_alias_of_items(branches[1], otherwise)
        case _:
            return False


def _is_alias_of_items(node: ast.expr, value: Collection) -> bool:
    """As `is_alias`, for one of two sequences, whose items may have been widened to a common type."""
    if isinstance(value, Listing) and not isinstance(node, ast.ListComp) and len(value.generators) == 1:
        generator = value.generators[0]
        return generator.condition is None and is_alias(node, generator.domain)
    return is_alias(node, value)


FEW = 4096
"""The widest range that stands for a display of numbers: backends may go through every number of a range."""


def is_sortable(element: Type) -> bool:
    """Return whether ``sorted`` takes elements of a type: they have an order, with a first and a last."""
    match element:
        case SortType(_, True) | IntType(int(), int()):
            return True
        case _:
            return False


def element_of(collection: Collection) -> Type:
    """Return the type of a collection's elements: of numbers that are written out, the range of these."""
    match collection:
        case IntRange(Literal(int(start)), Literal(int(stop))):
            return IntType(start, max(start, stop - 1))
        case Comprehension(Name() as item, (Generator(variable, domain), *_)) if item == variable:
            return element_of(domain)
        case SetOf(items) if items and all(isinstance(item, Literal) and type(item.value) is int for item in items):
            numbers = [item.value for item in items if isinstance(item, Literal)]
            few = max(numbers) - min(numbers) < FEW
            return IntType(min(numbers), max(numbers)) if few else collection.element
        case _:
            return collection.element
