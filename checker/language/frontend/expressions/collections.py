"""Collections: the operands of iteration and of membership tests."""

from __future__ import annotations

import ast
import enum
from typing import Any

from assay.checker.language.frontend.context.bindings import Value
from assay.checker.language.frontend.context.conversions import common_type
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, is_sequence, looked_into
from assay.checker.language.frontend.expressions.displays import displayed
from assay.checker.language.frontend.expressions.widening import alike, container_in, widen
from assay.checker.language.introspection.annotations import type_of
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    TRUE,
    Collection,
    Concatenation,
    Conditional,
    Elements,
    Expr,
    Generator,
    Listing,
    Members,
    Narrow,
    Not,
    Place,
    Quantifier,
    SetChoice,
    Stored,
    Universe,
)
from assay.checker.language.sorts import Element
from assay.checker.language.types import MapType, OptionalType, QuorumType, SetType, Type
from assay.checker.wording import article, nearest

__all__ = ["as_collection", "chosen", "class_universe", "compile_collection", "evaluated", "stored_place"]


def as_collection(scope: Scope, value: Value, node: ast.expr) -> Collection:
    """Return a compiled value as a collection: a set, a quorum's members, a map's keys."""
    match value:
        case Collection():
            return value
        case Place(_, _, _, MapType(key, _)):
            return Universe(key, location=scope.at(node))
        case Expr() if isinstance(value.type, MapType):
            return Universe(value.type.key, location=scope.at(node))
        case Expr() if isinstance(value.type, OptionalType) and container_in(value.type) is not None:
            present = Narrow(value, value.type.inner, location=value.location)
            return as_collection(scope, looked_into(present), node)
        case Expr() if isinstance(value.type, QuorumType):
            return Members(value, value.type.member, location=scope.at(node))
        case _:
            assert isinstance(value, Expr)  # every other place is a map
            scope.fail(node, f"{article(value.type)} is no collection", _ITERABLE)


def class_universe(scope: Scope, cls: Any, node: ast.AST) -> Universe | None:
    """Return the collection of all values of a sort or enum, if ``cls`` is one."""
    if not isinstance(cls, type):
        return None
    if issubclass(cls, Element):
        known_sorts = [*scope.specification.sorts, *(quorum.cls for quorum in scope.specification.quorums)]
        if cls not in known_sorts:
            scope.fail(
                node,
                f"{cls.__name__} is no sort of {scope.specification.name}"
                + nearest(cls.__name__, map(_name, known_sorts)),
                "name it in a method of the model, or as the type of a variable or parameter",
            )
        return Universe(type_of(cls), location=scope.at(node))
    if not issubclass(cls, enum.Enum):
        return None
    return Universe(type_of(cls, scope.at(node)), location=scope.at(node))


def evaluated(scope: Scope, collection: Collection, node: ast.AST) -> Expr:
    """Return a condition that is true once all of a collection is evaluated.

    Python evaluates a collection where it is given a name, even if some path never uses the name. In the IR, a name for
    a collection stands for the expression, which is evaluated where it is used; so one that may raise is evaluated here
    as well.
    """
    return Quantifier(True, scope.fresh("item", collection.element, node), collection, TRUE, location=scope.at(node))


def chosen(scope: Scope, test: Expr, then: Collection, otherwise: Collection, node: ast.AST) -> Collection:
    """Return ``then if test else otherwise`` of sets, or of sequences."""
    if isinstance(then, Elements) and isinstance(otherwise, Elements) and then.value.type == otherwise.value.type:
        return Elements(Conditional(test, then.value, otherwise.value, location=scope.at(node)))
    if is_sequence(then) and is_sequence(otherwise):
        return _chosen_sequence(scope, test, then, otherwise, node)
    if is_sequence(then) or is_sequence(otherwise):
        scope.fail(
            node,
            f"one branch is {article(described(then))}, the other {article(described(otherwise))}",
            "both must be sets, or both lists",
        )
    then, otherwise = alike(scope, then, otherwise, node)
    return SetChoice(test, then, otherwise, location=scope.at(node))


def _chosen_sequence(scope: Scope, test: Expr, then: Collection, otherwise: Collection, node: ast.AST) -> Collection:
    """Return one of two sequences as a concatenation: all items of one, and none of the other."""
    if can_fail(then) or can_fail(otherwise):
        scope.fail(
            node,
            "a sequence that may raise is not chosen inside an expression, where both are looked at",
            "guard each of its items, as in [x for x in ... if ...] or self.q[:1]",
        )
    first, second = alike(scope, then, otherwise, node)
    kept = [_items_if(scope, part, condition, node) for part, condition in ((first, test), (second, Not(test)))]
    return Concatenation(kept[0], kept[1], location=scope.at(node))


def _items_if(scope: Scope, sequence: Collection, condition: Expr, node: ast.AST) -> Listing:
    item = scope.fresh("item", sequence.element, node)
    return Listing(item, (Generator(item, sequence, condition),), location=scope.at(node))


def stored_place(scope: Scope, node: ast.expr, what: type[Any], name: str) -> Place:
    """Compile an expression that must be a container in the state."""
    value = scope.value(node)
    place = value.place if isinstance(value, Stored) else value
    if isinstance(place, Place) and isinstance(place.type, what):
        return place
    found = article(described(value))
    remedy = _OF_SETS if isinstance(place, Place) and isinstance(place.type, SetType) else f"only a {name} can do this"
    scope.fail(node, f"expected a {name} in the state, found {found}", remedy)


_OF_SETS = "a set has add and discard; x = choose(self.nodes) takes any of its elements, in an action"


def _name(cls: type[Any]) -> str:
    return cls.__name__


_ITERABLE = "possible are sets, sorts, enums, quorums, maps, sequences, bags and range(...)"


def compile_collection(scope: Scope, node: ast.expr, expected: Type | None = None) -> Collection:
    """Compile an expression that must be a collection."""
    if isinstance(node, ast.Tuple):
        return displayed(scope, node.elts, node, expected)
    value = as_collection(scope, scope.value(node, expected), node)
    if expected is not None and not isinstance(value, Stored | Universe):
        return widen(scope, value, expected, node) if common_type(value.element, expected) == expected else value
    return value
