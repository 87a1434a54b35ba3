"""Loops over the part of a stored set that a restriction leaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from assay.checker.engine.native.codegen.containers.counting import bits_of_words, each_bit
from assay.checker.engine.native.codegen.containers.listed import each_listed, is_listed
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.places import spot_at
from assay.checker.engine.native.codegen.expressions.scalars import code_of
from assay.checker.engine.native.codegen.operations.values import Word, number
from assay.checker.engine.native.codegen.operations.words import add, multiply, narrowed
from assay.checker.engine.native.codegen.packing.access import row
from assay.checker.engine.native.codegen.packing.slots import WORD
from assay.checker.engine.native.codegen.wordwise.restrict import Restriction, restriction
from assay.checker.language.ir.nodes import Collection, Expr, Name, Place, Stored
from assay.checker.language.types import SetType

__all__ = ["each_where", "restricted"]


def restricted(
    ctx: Context, domain: Collection, variable: Name, conditions: list[Expr], bound: frozenset[str]
) -> Restriction | None:
    """Return the part of a domain that conditions leave, if `each_where` can loop over that part alone."""
    if not isinstance(domain, Stored) or not isinstance(domain.place.type, SetType):
        return None
    part = restriction(variable, conditions, ctx.codes, ctx.facts, bound)
    # A row of several words must begin at a bit known now, because the generated code masks its first and last words.
    return None if part is None or (part.count > WORD and part.fixed) else part


@contextmanager
def each_where(ctx: Context, domain: Collection, variable: Name, part: Restriction | None) -> Iterator[None]:
    """Run the generated block for the elements of a domain, or of the part of it that a restriction leaves."""
    if part is None:
        with ctx.each(domain, variable):
            yield
        return
    assert isinstance(domain, Stored)
    loop = _words(ctx, domain.place, variable, part) if part.count > WORD else _row(ctx, domain.place, variable, part)
    with loop:
        yield


@contextmanager
def _words(ctx: Context, place: Place, variable: Name, part: Restriction) -> Iterator[None]:
    spot = spot_at(ctx, place)
    if is_listed(spot):
        with each_listed(ctx, spot, variable, number(part.base), part.count):
            yield
        return
    with bits_of_words(ctx, spot, variable, part.base, part.base + part.count):
        yield


@contextmanager
def _row(ctx: Context, place: Place, variable: Name, part: Restriction) -> Iterator[None]:
    spot, start = spot_at(ctx, place), _start(ctx, variable, part)
    if is_listed(spot):
        with each_listed(ctx, spot, variable, start, part.count):
            yield
        return
    with each_bit(ctx, row(ctx.b, spot.moved(start), part.count), variable, start):
        yield


def _start(ctx: Context, variable: Name, part: Restriction) -> Word:
    """Return the first code that is left."""
    start = number(part.base)
    for value, stride in part.fixed:
        code = code_of(ctx, value.type, ctx.expr(value))
        start = add(ctx.b, multiply(ctx.b, code, number(stride)), start)
    return narrowed(start, part.base, ctx.codes.size(variable.type) - part.count)
