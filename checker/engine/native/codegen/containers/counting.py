"""Counting loops, and loops over the bits of words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.scalars import value_of
from assay.checker.engine.native.codegen.operations.bitsets import (
    intersection,
    is_some,
    lowest,
    of_bits,
    without_lowest,
)
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.instructions import Table
from assay.checker.engine.native.codegen.operations.values import Mask, RegisterType, Word, number
from assay.checker.engine.native.codegen.operations.words import add, bounded_sum, equal, less, multiply, narrowed
from assay.checker.engine.native.codegen.packing.access import Spot, read_bits, whole_words
from assay.checker.engine.native.codegen.packing.slots import WORD
from assay.checker.language.ir.nodes import Name
from assay.checker.language.types import Type

__all__ = ["bits_of_words", "counting", "each_bit", "each_code"]


@contextmanager
def counting(b: Builder, start: Word, stop: Word) -> Iterator[Word]:
    """Run the generated block for every number from `start` up to, but not including, `stop`."""
    # The counter is a 64-bit register: a limit that does not fit one would be compared as some other number.
    b.demand_held(start)
    b.demand_held(stop)
    counter = b.register("counter", RegisterType.WORD)
    b.set(counter, start)
    least, most = start.low, max(start.low, stop.high - 1)
    with b.looping() as done:
        b.unless(less(b, b.get_word(counter), stop), done)
        yield b.get_word(counter, least, most)
        b.set(counter, bounded_sum(b, b.get_word(counter), number(1), least, max(least, stop.high)))


@contextmanager
def each_code(ctx: Context, type_: Type, count: Word | None = None) -> Iterator[Word]:
    """Run the generated block for the code of every value of a type, or of its first `count` values."""
    used = ctx.codes.used(type_)
    with counting(ctx.b, number(0), number(len(used)) if count is None else count) as index:
        if isinstance(used, range):
            yield index
            return
        # The codes have holes, so they are read from a table.
        table = ctx.tables.setdefault(type_, Table(f"values{len(ctx.tables)}", tuple(used)))
        yield Word(ctx.b.load(table, index), used[0], used[-1])


@contextmanager
def each_bit(ctx: Context, mask: Mask, variable: Name, base: Word | None = None) -> Iterator[None]:
    """Run the generated block for every element of a set; `base`, by default 0, is the code of bit 0."""
    b, rest = ctx.b, ctx.b.register("rest", RegisterType.WORD)
    b.set(rest, mask)
    with b.looping() as done:
        left = b.get_mask(rest)
        b.unless(is_some(b, left), done)
        code = lowest(b, left)
        b.set(rest, without_lowest(b, left))
        code = narrowed(code if base is None else add(b, code, base), 0, ctx.codes.size(variable.type) - 1)
        with ctx.binding(variable, value_of(ctx, variable.type, code)):
            yield


@contextmanager
def bits_of_words(ctx: Context, spot: Spot, variable: Name, low: int, high: int) -> Iterator[None]:
    """Run the generated block for every element of a large stored set whose code is in ``range(low, high)``."""
    b, first, last = ctx.b, low // WORD, whole_words(high) - 1
    with counting(b, number(first), number(last + 1)) as index:
        start = multiply(b, index, number(WORD))
        part = b.register("part", RegisterType.WORD)
        b.set(part, read_bits(b, spot.moved(start), WORD))
        # The first and last words also hold bits of codes outside the range.
        if low % WORD:
            with b.when(equal(b, index, number(first))):
                b.set(part, intersection(b, b.get_mask(part), of_bits(-1 << low % WORD)))
        if high % WORD:
            with b.when(equal(b, index, number(last))):
                b.set(part, intersection(b, b.get_mask(part), of_bits((1 << high % WORD) - 1)))
        with each_bit(ctx, b.get_mask(part), variable, start):
            yield
