"""Affine codes: a multiple of a variable's code, plus a remainder that does not depend on the variable."""

from __future__ import annotations

from collections.abc import Callable

from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.records import fitted
from assay.checker.engine.native.codegen.expressions.scalars import code_of
from assay.checker.engine.native.codegen.operations.values import Word, number
from assay.checker.engine.native.codegen.operations.words import add, multiply
from assay.checker.immutable import immutable
from assay.checker.language.ir.nodes import Cast, Expr, Make, MakeTuple, Name
from assay.checker.language.types import OptionalType, RecordType, TupleType, Type, UnionType

__all__ = ["Affine", "affine_plan"]


@immutable
class Affine:
    """A code that is ``stride`` times the variable's code, plus the rest.

    The rest is a closure: only at the end is it known whether the whole is affine, and code generated before that could
    not be taken back.
    """

    stride: int
    rest: Callable[[], Word]


def affine_plan(element: Expr, variable: Name, ctx: Context) -> Affine | None:
    """Return the code of an element, which cannot fail, as affine in the variable's code; None if it is not."""
    if variable.name not in ctx.facts.names(element):
        return Affine(0, lambda: code_of(ctx, element.type, ctx.expr(element)))
    match element:
        case Name():
            return Affine(1, lambda: number(0))
        case Cast(operand, OptionalType(inner)) if operand.type == inner:
            return _plus(ctx, affine_plan(operand, variable, ctx), 1)
        case Cast(operand, UnionType() as union) if isinstance(operand.type, RecordType):
            return _plus(ctx, affine_plan(operand, variable, ctx), ctx.codes.offset(union, operand.type))
        case Make(type_, arguments) | MakeTuple(type_, arguments):
            return _sum(ctx, type_, arguments, variable)
        case _:
            return None


def _plus(ctx: Context, affine: Affine | None, by: int) -> Affine | None:
    if affine is None:
        return None
    return Affine(affine.stride, lambda: add(ctx.b, affine.rest(), number(by)))


def _sum(ctx: Context, type_: RecordType | TupleType, arguments: tuple[Expr, ...], variable: Name) -> Affine | None:
    parts: list[tuple[int, Affine]] = []
    for stride, argument, wanted in zip(ctx.codes.strides(type_), arguments, ctx.codes.parts(type_), strict=True):
        part = _argument(ctx, argument, variable, wanted)
        if part is None:
            return None
        parts.append((stride, part))
    return Affine(sum(stride * part.stride for stride, part in parts), lambda: _weighted(ctx, parts))


def _argument(ctx: Context, argument: Expr, variable: Name, wanted: Type) -> Affine | None:
    if variable.name not in ctx.facts.names(argument):
        return Affine(0, lambda: fitted(ctx, argument, wanted).demanded(ctx))
    return affine_plan(argument, variable, ctx) if argument.type == wanted else None


def _weighted(ctx: Context, parts: list[tuple[int, Affine]]) -> Word:
    total = number(0)
    for stride, part in parts:
        total = add(ctx.b, multiply(ctx.b, part.rest(), number(stride)), total)
    return total
