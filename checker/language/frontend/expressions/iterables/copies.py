"""Copies and measures of collections: ``set(x)``, ``list(x)``, ``frozen(x)``, ``len(x)``."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.bindings import Value
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import has_order, is_enumerated, is_sequence, is_set, is_sortable
from assay.checker.language.frontend.expressions.collections import compile_collection, evaluated
from assay.checker.language.frontend.expressions.displays import empty_collection
from assay.checker.language.frontend.expressions.iterables.generators import (
    bound_generators,
    compile_comprehension,
    compile_listing,
    is_run_through,
    map_view,
)
from assay.checker.language.frontend.expressions.iterables.positions import each
from assay.checker.language.frontend.expressions.records import evaluated_first
from assay.checker.language.frontend.expressions.widening import contained
from assay.checker.language.ir.nodes import (
    BagTotal,
    Cardinality,
    Collection,
    Comprehension,
    Elements,
    Expr,
    Generator,
    Length,
    Listing,
    Literal,
    SeqLength,
    SizeOf,
    Stored,
    Sum,
    Universe,
)
from assay.checker.language.types import INT, BagType, MapType, SeqType, Type

__all__ = ["compile_frozen", "compile_length", "compile_list_copy", "compile_set_copy", "only_argument"]


def only_argument(scope: Scope, node: ast.Call) -> ast.expr:
    """Return the only argument of a call."""
    if len(node.args) != 1 or node.keywords:
        scope.fail(node, f"{ast.unparse(node.func)} takes one argument here", f"{ast.unparse(node.func)}(...)")
    return node.args[0]


def some_arguments(scope: Scope, node: ast.Call) -> list[ast.expr]:
    """Return the arguments of a call that takes one or more."""
    function = ast.unparse(node.func)
    if not node.args or node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
        scope.fail(node, f"{function} takes one or more arguments here", f"{function}(a, b)")
    return node.args


def compile_length(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    """Compile ``len(x)``."""
    argument = only_argument(scope, node)
    if isinstance(argument, ast.ListComp):
        with bound_generators(scope, argument.generators) as generators:
            one = _one_for(scope, scope.value(argument.elt), argument.elt)
        return Sum(one, generators, location=scope.at(node))
    view = map_view(scope, argument)
    if view is not None and isinstance(view[1].type, MapType):
        return SizeOf(Universe(view[1].type.key), location=scope.at(node))
    collection = compile_collection(scope, argument)
    match collection:
        case Elements() if not is_set(collection):
            return Length(collection, location=scope.at(node))
        case Universe() if is_enumerated(collection):
            scope.fail(argument, "values_of is run over, and has no length", "count them: sum(1 for x in values_of(T))")
        case Universe():
            return SizeOf(collection, location=scope.at(node))
        case Stored(place) if isinstance(place.type, SeqType):
            return SeqLength(place, location=scope.at(node))
        case Stored(place) if isinstance(place.type, BagType):
            return BagTotal(place, location=scope.at(node))
        case _ if is_sequence(collection):
            return Length(collection, location=scope.at(node))
        case _:
            return Cardinality(collection, location=scope.at(node))


def _one_for(scope: Scope, item: Value, node: ast.expr) -> Expr:
    """Return what an item adds to a length: one, once the item is evaluated, as Python does, since that may raise."""
    one = Literal(1, INT, location=scope.at(node))
    whole = evaluated(scope, item, node) if isinstance(item, Collection) else contained(scope, item, None, node)
    return one if whole is None else evaluated_first(scope, whole, one, node)


def compile_set_copy(scope: Scope, node: ast.Call, expected: Type | None) -> Collection:
    """Compile ``set(x)`` or ``frozenset(x)``."""
    if not node.args and not node.keywords:
        return empty_collection(scope, node, expected)
    argument = only_argument(scope, node)
    if isinstance(argument, ast.GeneratorExp):
        return compile_comprehension(scope, argument, expected)
    if is_run_through(scope, argument):
        return compile_comprehension(scope, each(argument), expected)
    collection = compile_collection(scope, argument, expected)
    is_own = is_set(collection) and not isinstance(collection, Elements)
    return collection if is_own else _as_distinct(scope, collection, node)


def _as_distinct(scope: Scope, collection: Collection, node: ast.expr) -> Collection:
    """Return the set of the elements of a collection that is not a set in Python."""
    item = scope.fresh("item", collection.element, node)
    return Comprehension(item, (Generator(item, collection),), location=scope.at(node))


def compile_list_copy(scope: Scope, node: ast.Call, expected: Type | None) -> Collection:
    """Compile ``list(x)``."""
    if not node.args and not node.keywords:
        return empty_collection(scope, node, expected)
    argument = only_argument(scope, node)
    if isinstance(argument, ast.GeneratorExp):
        return compile_listing(scope, argument, expected)
    if is_run_through(scope, argument):
        return compile_listing(scope, each(argument), expected)
    collection = compile_collection(scope, argument, expected)
    if not has_order(collection):
        scope.fail(
            argument,
            "a list of this has no place here: sets and sorts have no order",
            _in_an_order(collection),
        )
    return (
        collection
        if is_sequence(collection) and not isinstance(collection, Elements)
        else _listed(scope, collection, node)
    )


def _in_an_order(collection: Collection) -> str:
    """Return what to write for a list of what has no order: only where the elements have one, they can be sorted."""
    if is_sortable(collection.element):
        return "write a set: set(...), or sorted(...)"
    return "write a set: set(...); or let the action choose an order, by a parameter order: Seq[T, n]"


def _listed(scope: Scope, collection: Collection, node: ast.expr) -> Collection:
    """Return an ordered collection as a new list."""
    item = scope.fresh("item", collection.element, node)
    return Listing(item, (Generator(item, collection),), location=scope.at(node))


def compile_frozen(scope: Scope, node: ast.Call, expected: Type | None) -> Value:
    """Compile ``frozen(x)``: the value of a container at this point, which later changes do not affect."""
    return scope.value(only_argument(scope, node), expected)
