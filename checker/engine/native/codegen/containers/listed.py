"""Sets and bags with few elements out of many possible ones, in generated code: their codes in ascending order.

A set that outgrows its list fails like anything else for which machine code has no answer. The interpreter then finds
out which set it is, and the search begins again with more room.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from assay.checker.engine.native.codegen.containers.counting import counting
from assay.checker.engine.native.codegen.containers.sequences import item_code, length_at, put_item, set_length
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.scalars import value_of
from assay.checker.engine.native.codegen.operations.bitsets import moved_up, of_bits, union
from assay.checker.engine.native.codegen.operations.truth import both
from assay.checker.engine.native.codegen.operations.values import (
    FALSE,
    NONE,
    TRUE,
    Bool,
    Mask,
    RegisterType,
    Word,
    number,
    register_for,
)
from assay.checker.engine.native.codegen.operations.words import (
    add,
    bounded_sum,
    equal,
    less,
    less_or_equal,
    narrowed,
    subtract,
)
from assay.checker.engine.native.codegen.packing.access import Spot
from assay.checker.engine.native.codegen.packing.slots import Listed
from assay.checker.language.ir.nodes import Name

__all__ = ["copies_in", "each_kind_listed", "each_listed", "insert", "is_listed", "length_in", "listed_row", "remove"]


def is_listed(spot: Spot) -> bool:
    """Return whether a set or bag is stored as a list of codes."""
    return isinstance(spot.slot, Listed)


def _items(spot: Spot) -> Spot:
    """Return a list of codes as the sequence that it is stored as."""
    assert isinstance(spot.slot, Listed)
    return replace(spot, slot=spot.slot.items)


def _room(spot: Spot) -> int:
    assert isinstance(spot.slot, Listed)
    return spot.slot.items.items.count


def length_in(ctx: Context, spot: Spot) -> Word:
    """Return the number of elements, copies included."""
    return length_at(ctx, _items(spot), _room(spot))


@contextmanager
def _each_code(ctx: Context, spot: Spot) -> Iterator[Word]:
    items, room = _items(spot), _room(spot)
    with counting(ctx.b, number(0), length_in(ctx, spot)) as index:
        yield item_code(ctx, items, narrowed(index, 0, room - 1))


@contextmanager
def each_listed(ctx: Context, spot: Spot, variable: Name, start: Word | None = None, count: int = 0) -> Iterator[None]:
    """Run the generated block for every element, or for those of ``count`` codes from ``start`` on."""
    with _each_code(ctx, spot) as code:
        inside = TRUE if start is None else _within(ctx, code, start, count)
        value = value_of(ctx, variable.type, narrowed(code, 0, ctx.codes.size(variable.type) - 1))
        with ctx.b.when(inside), ctx.binding(variable, value):
            yield


@contextmanager
def each_kind_listed(ctx: Context, spot: Spot, variable: Name) -> Iterator[None]:
    """Run the generated block once for each element, however many copies of it are there."""
    b, most = ctx.b, ctx.codes.size(variable.type) - 1
    last = b.register("last", register_for(-1, most))
    b.set(last, number(-1))
    with _each_code(ctx, spot) as code, b.when(less(b, b.get_word(last, -1, most), code)):
        # The codes are in ascending order, so copies of an element follow one another.
        b.set(last, code)
        with ctx.binding(variable, value_of(ctx, variable.type, narrowed(code, 0, most))):
            yield


def _within(ctx: Context, code: Word, start: Word, count: int) -> Bool:
    end = add(ctx.b, start, number(count))
    return both(ctx.b, less_or_equal(ctx.b, start, code), less(ctx.b, code, end))


def listed_row(ctx: Context, spot: Spot, start: Word, count: int) -> Mask:
    """Return the word of the ``count`` elements from the code ``start`` on: bit i is for the code ``start + i``."""
    b, result = ctx.b, ctx.b.register("row", RegisterType.WORD)
    b.set(result, NONE)
    with _each_code(ctx, spot) as code, b.when(_within(ctx, code, start, count)):
        place = narrowed(subtract(b, code, start), 0, count - 1)
        b.set(result, union(b, b.get_mask(result), moved_up(b, of_bits(1), place)))
    return b.get_mask(result)


def copies_in(ctx: Context, spot: Spot, code: Word) -> Word:
    """Return how often an element occurs: at most once in a set."""
    b, room, done = ctx.b, _room(spot), ctx.b.label()
    count = b.register("copies", RegisterType.WORD)
    b.set(count, number(0))
    with _each_code(ctx, spot) as other:
        beyond = b.label()
        # The codes are in ascending order, so no copies come after a greater one.
        b.branch(less(b, code, other), done, beyond)
        b.place(beyond)
        with b.when(equal(b, code, other)):
            b.set(count, bounded_sum(b, b.get_word(count, 0, room), number(1), 0, room))
    b.place(done)
    return b.get_word(count, 0, room)


def insert(ctx: Context, spot: Spot, code: Word) -> None:
    """Insert an element in order, or fail if the list is full."""
    b, items, room = ctx.b, _items(spot), _room(spot)
    length = length_in(ctx, spot)
    ctx.fail_unless(less(b, length, number(room)))
    at, moving = b.register("at", RegisterType.WORD), b.register("moving", RegisterType.BIT)
    # States are compared as words, so two lists of the same elements must have the same bits. Codes are therefore kept
    # in ascending order, and those after the new one each move up by one.
    b.set(at, narrowed(length, 0, room - 1))
    b.set(moving, TRUE)
    with b.looping() as done:
        here = b.get_word(at, 0, room - 1)
        b.unless(less(b, number(0), here), done)
        before = narrowed(bounded_sum(b, here, number(-1), -1, room - 2), 0, max(0, room - 2))
        other = item_code(ctx, items, before)
        b.unless(less(b, code, other), done)
        put_item(ctx, items, here, other)
        b.set(at, before)
    put_item(ctx, items, b.get_word(at, 0, room - 1), code)
    set_length(ctx, items, add(b, narrowed(length, 0, room - 1), number(1)))


def remove(ctx: Context, spot: Spot, code: Word) -> Bool:
    """Remove one copy of an element, and return whether there was one."""
    b, items, room = ctx.b, _items(spot), _room(spot)
    length, found = length_in(ctx, spot), b.register("found", RegisterType.BIT)
    b.set(found, FALSE)
    with counting(b, number(0), length) as position:
        index = narrowed(position, 0, room - 1)
        with b.when(b.get_bool(found)):
            before = narrowed(bounded_sum(b, index, number(-1), -1, room - 2), 0, max(0, room - 2))
            put_item(ctx, items, before, item_code(ctx, items, index))
        with b.when(equal(b, item_code(ctx, items, index), code)):
            b.set(found, TRUE)
    with b.when(b.get_bool(found)):
        last = narrowed(bounded_sum(b, length, number(-1), -1, room - 1), 0, room - 1)
        # Everything beyond the length must be zero in every list, or equal sets would be packed differently.
        put_item(ctx, items, last, number(0))
        set_length(ctx, items, last)
    return b.get_bool(found)
