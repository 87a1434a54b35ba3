"""Bounds on the numbers in a collection, where its sources give any.

The type of a set's numbers says less: those of ``self.few | {7}`` lie in no range that the model declares.
"""

from __future__ import annotations

from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.operations.values import FIRST, LAST, Word
from assay.checker.language.ir.nodes import (
    Collection,
    Comprehension,
    Concatenation,
    ConstantRef,
    Elements,
    Entry,
    Expr,
    Field,
    IntRange,
    Item,
    Listing,
    Literal,
    Name,
    Read,
    SeqItem,
    SetChoice,
    SetOf,
    SetOperation,
    SetOperator,
    Slice,
    Stored,
    Universe,
)
from assay.checker.language.types import IntType, Type

__all__ = ["Bounds", "bounds_of"]

Bounds = tuple[int, int]
"""The least and the greatest number of an interval."""

_Known = dict[str, Bounds | None]


def bounds_of(ctx: Context, collection: Collection) -> Bounds | None:
    """Return an interval around all numbers of a collection, or None if only the running code knows one."""
    return _collection(ctx, collection, {})


def _collection(ctx: Context, collection: Collection, known: _Known) -> Bounds | None:
    match collection:
        case Universe() | Stored() | Slice() | Elements():
            return _declared(ctx, collection.element)
        case IntRange(start, stop):
            first, last = _number(ctx, start, known), _number(ctx, stop, known)
            return None if first is None or last is None else (first[0], max(first[0], last[1] - 1))
        case SetOf(items):
            return _joined([_number(ctx, item, known) for item in items])
        case SetOperation(SetOperator.UNION, left, right) | SetChoice(_, left, right):
            return _joined([_collection(ctx, left, known), _collection(ctx, right, known)])
        case SetOperation(SetOperator.INTERSECTION, left, right):
            # Every element is in both, so either one's bounds hold.
            return _collection(ctx, left, known) or _collection(ctx, right, known)
        case SetOperation(SetOperator.DIFFERENCE, left, _):
            return _collection(ctx, left, known)
        case Concatenation(left, right):
            return _joined([_collection(ctx, left, known), _collection(ctx, right, known)])
        case Comprehension(item, generators) | Listing(item, generators):
            inner = dict(known)
            for generator in generators:
                inner[generator.variable.name] = _collection(ctx, generator.domain, inner)
            return _number(ctx, item, inner)
        case _:
            return None


def _number(ctx: Context, value: Expr, known: _Known) -> Bounds | None:
    match value:
        case Literal(number, IntType()):
            return number, number
        case ConstantRef(name, IntType()):
            return int(ctx.codes.instance.constants[name]), int(ctx.codes.instance.constants[name])
        case Name(name, _):
            return known[name] if name in known else _bound_name(ctx, name)
        case Read() | SeqItem() | Field() | Item() | Entry():
            return _declared(ctx, value.type)
        case _:
            return None


def _bound_name(ctx: Context, name: str) -> Bounds | None:
    word = ctx.names.get(name)
    if not isinstance(word, Word) or word.low == FIRST or word.high == LAST:
        return None
    return word.low, word.high


def _declared(ctx: Context, type_: Type) -> Bounds | None:
    if not isinstance(type_, IntType) or type_.is_computed:
        return None
    return ctx.codes.instance.interval(type_)


def _joined(bounds: list[Bounds | None]) -> Bounds | None:
    known = [one for one in bounds if one is not None]
    if len(known) < len(bounds):
        return None
    return (min(low for low, _ in known), max(high for _, high in known)) if known else (0, 0)
