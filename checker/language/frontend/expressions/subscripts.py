"""Subscripts of maps, sequences and tuples, and tuple displays."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.bindings import Value
from assay.checker.language.frontend.context.conversions import fits, held, widened
from assay.checker.language.frontend.context.facts import known
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, is_sequence
from assay.checker.language.frontend.expressions.iterables.slices import compile_slice
from assay.checker.language.frontend.expressions.operands import compile_part, compile_scalar
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    Collection,
    Entry,
    Expr,
    Item,
    ItemAt,
    MakeTuple,
    Narrow,
    Place,
    SeqItem,
    Stored,
)
from assay.checker.language.types import INT, MapType, OptionalType, SeqType, TupleType, Type
from assay.checker.language.values import Bag, Perm, Seq
from assay.checker.wording import article

__all__ = ["compile_subscript", "compile_tuple"]


def compile_subscript(scope: Scope, node: ast.Subscript, _: Type | None) -> Value:
    _demand_no_type(scope, node)
    owner = scope.value(node.value)
    # An entry of a map in the state is a place, which can be assigned to; an entry of a map in a value is only read.
    if isinstance(owner, Place) and isinstance(owner.type, MapType):
        key = scope.fit(
            compile_scalar(scope, node.slice, owner.type.key), owner.type.key, node.slice, "the key", raising=True
        )
        return scope.read(
            Place(owner.root, owner.variable, (*owner.keys, key), owner.type.value, location=scope.at(node))
        )
    if isinstance(owner, Stored) and isinstance(owner.place.type, SeqType):
        if isinstance(node.slice, ast.Slice):
            return compile_slice(scope, owner, node, node.slice)
        index = scope.fit(compile_scalar(scope, node.slice), INT, node.slice, "the index", raising=True)
        return SeqItem(owner.place, index, location=scope.at(node))
    if isinstance(owner, Collection) and is_sequence(owner):
        return _of_sequence(scope, owner, node)
    owner = present(owner) if isinstance(owner, Expr) else owner
    if isinstance(owner, Expr) and isinstance(owner.type, MapType):
        key = scope.fit(
            compile_scalar(scope, node.slice, owner.type.key), owner.type.key, node.slice, "the key", raising=True
        )
        return known(Entry(owner, key, location=scope.at(node)), scope.facts)
    if isinstance(owner, Expr) and isinstance(owner.type, TupleType):
        return _item(scope, owner, owner.type, node)
    scope.fail(node, f"{article(described(owner))} cannot be indexed", "maps, sequences and tuples can")


def _demand_no_type(scope: Scope, node: ast.Subscript) -> None:
    """Refuse ``Set[Node]`` and the like, which are types: Python would run over something else than their values."""
    thing = resolve(scope, node.value)[1]
    if any(thing is generic for generic in _GENERIC):
        whole = ast.unparse(node)
        scope.fail(node, f"{whole} is a type, not a collection of its values", f"run over values_of({whole})")


_GENERIC = (set, frozenset, dict, list, tuple, Bag, Perm, Seq)


def present(value: Expr) -> Expr:
    """Return an optional map as a map; evaluating it fails where the map is None."""
    if isinstance(value.type, OptionalType) and isinstance(value.type.inner, MapType):
        return Narrow(value, value.type.inner, location=value.location)
    return value


def _of_sequence(scope: Scope, owner: Collection, node: ast.Subscript) -> Value:
    if isinstance(node.slice, ast.Slice):
        return compile_slice(scope, owner, node, node.slice)
    index = scope.fit(compile_scalar(scope, node.slice), INT, node.slice, "the index", raising=True)
    return ItemAt(owner, index, location=scope.at(node))


def _item(scope: Scope, owner: Expr, type_: TupleType, node: ast.Subscript) -> Expr:
    index = node.slice.value if isinstance(node.slice, ast.Constant) else None
    if not isinstance(index, int) or not 0 <= index < len(type_.items):
        scope.fail(
            node.slice,
            f"the index of a {type_} must be a number from 0 to {len(type_.items) - 1}, written out",
            "or unpack it: a, b = pair",
        )
    if isinstance(owner, MakeTuple) and not any(map(can_fail, owner.arguments)):
        return owner.arguments[index]
    return known(Item(owner, index, type_.items[index], location=scope.at(node)), scope.facts)


def compile_tuple(scope: Scope, node: ast.Tuple, expected: Type | None) -> Expr:
    elements = node.elts
    wanted: list[Type | None] = [None] * len(elements)
    expected = expected.inner if isinstance(expected, OptionalType) else expected
    if isinstance(expected, TupleType) and len(expected.items) == len(elements):
        wanted = list(expected.items)
    values = [compile_part(scope, element, want) for element, want in zip(elements, wanted, strict=True)]
    types_ = [
        held(value.type) if want is None or not fits(value.type, want) else want
        for value, want in zip(values, wanted, strict=True)
    ]
    fitted = [widened(value, type_) for value, type_ in zip(values, types_, strict=True)]
    return MakeTuple(TupleType(tuple(types_)), tuple(fitted), location=scope.at(node))
