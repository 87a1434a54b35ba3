"""Loops over collections. Each yields every element as often as it occurs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from assay.checker.engine.native.codegen.containers.bags import copies_at
from assay.checker.engine.native.codegen.containers.counting import bits_of_words, counting, each_bit, each_code
from assay.checker.engine.native.codegen.containers.listed import each_kind_listed, each_listed, is_listed
from assay.checker.engine.native.codegen.containers.sequences import item_code, length_of
from assay.checker.engine.native.codegen.containers.sets import plan_collection, quorum_table
from assay.checker.engine.native.codegen.context import Context, Loops
from assay.checker.engine.native.codegen.expressions.places import spot_at
from assay.checker.engine.native.codegen.expressions.records import as_value
from assay.checker.engine.native.codegen.expressions.scalars import as_word_of, same, value_of
from assay.checker.engine.native.codegen.iteration.comprehensions import each_generated, each_in_universe
from assay.checker.engine.native.codegen.iteration.parts import each_element, each_joined
from assay.checker.engine.native.codegen.iteration.watching import watched
from assay.checker.engine.native.codegen.operations.truth import any_of, both, choose, negation
from assay.checker.engine.native.codegen.operations.values import FALSE, Bool, Mask, Scalar, Word, number
from assay.checker.engine.native.codegen.operations.words import add, equal, less, multiply, narrowed
from assay.checker.engine.native.codegen.packing.access import read_bits
from assay.checker.engine.native.codegen.packing.slots import WORD, BagCounts
from assay.checker.errors import Unsupported
from assay.checker.language.execution.instance import MOST_VALUES
from assay.checker.language.ir.nodes import (
    Collection,
    Comprehension,
    Concatenation,
    Elements,
    IntRange,
    Listing,
    Members,
    Name,
    Place,
    SetChoice,
    SetOf,
    SetOperation,
    Slice,
    Stored,
    Universe,
)
from assay.checker.language.types import BagType, SeqType, SetType, is_container

__all__ = ["LOOPS", "each_of_bag"]


@contextmanager
def _universe(domain: Universe, variable: Name, ctx: Context) -> Iterator[None]:
    size = ctx.codes.instance.size(domain.of) if is_container(domain.of) else 0
    if size > MOST_VALUES:
        raise Unsupported(
            f"{variable.name} is one of {size:,} {domain.of}, too many to try each of them in every state",
            help="make the instance smaller, or give the type fewer values",
        )
    with each_code(ctx, domain.of) as code, ctx.binding(variable, value_of(ctx, variable.type, code)):
        yield


@contextmanager
def _int_range(domain: IntRange, variable: Name, ctx: Context) -> Iterator[None]:
    start, stop = as_word_of(ctx, ctx.expr(domain.start)), as_word_of(ctx, ctx.expr(domain.stop))
    with counting(ctx.b, start, stop) as counter, ctx.binding(variable, counter):
        yield


@contextmanager
def _members(domain: Members, variable: Name, ctx: Context) -> Iterator[None]:
    table, words = quorum_table(ctx, domain)
    quorum = narrowed(ctx.word(domain.quorum), 0, len(table.entries) // words - 1)
    if words == 1:
        with each_bit(ctx, Mask(ctx.b.load(table, quorum)), variable):
            yield
        return
    with counting(ctx.b, number(0), number(words)) as word:
        index = add(ctx.b, multiply(ctx.b, quorum, number(words)), word)
        with each_bit(ctx, Mask(ctx.b.load(table, index)), variable, multiply(ctx.b, word, number(WORD))):
            yield


@contextmanager
def _stored(domain: Stored, variable: Name, ctx: Context) -> Iterator[None]:
    match domain.place.type:
        case SetType():
            loop = _stored_set(domain.place, variable, ctx)
        case SeqType():
            loop = _sequence(domain.place, variable, ctx, 0, None)
        case BagType():
            loop = _bag(domain.place, variable, ctx)
        case _:
            raise NotImplementedError(str(domain.place.type))
    with loop:
        yield


@contextmanager
def _stored_set(place: Place, variable: Name, ctx: Context) -> Iterator[None]:
    spot, size = spot_at(ctx, place), ctx.codes.size(variable.type)
    if is_listed(spot):
        with each_listed(ctx, spot, variable):
            yield
        return
    loop = (
        each_bit(ctx, read_bits(ctx.b, spot, size), variable)
        if size <= WORD
        else bits_of_words(ctx, spot, variable, 0, size)
    )
    with loop:
        yield


@contextmanager
def _slice(domain: Slice, variable: Name, ctx: Context) -> Iterator[None]:
    with _sequence(domain.place, variable, ctx, domain.start, domain.stop):
        yield


@contextmanager
def _sequence(place: Place, variable: Name, ctx: Context, start: int, stop: int | None) -> Iterator[None]:
    spot, length = spot_at(ctx, place), length_of(ctx, place)
    # The block that generates the body must run exactly once, even for a sequence that is always empty.
    if not length.high:
        with ctx.b.when(FALSE), ctx.binding(variable, value_of(ctx, variable.type, number(0))):
            yield
        return
    first = number(min(start, length.high))
    last = length if stop is None else choose(ctx.b, less(ctx.b, length, number(stop)), length, _least(stop, length))
    with counting(ctx.b, first, last) as index:
        code = item_code(ctx, spot, narrowed(index, 0, length.high - 1))
        with ctx.binding(variable, value_of(ctx, variable.type, code)):
            yield


def _least(stop: int, length: Word) -> Word:
    return number(min(stop, length.high))


@contextmanager
def _bag(place: Place, variable: Name, ctx: Context) -> Iterator[None]:
    spot = spot_at(ctx, place)
    if is_listed(spot):
        with each_listed(ctx, spot, variable):
            yield
        return
    assert isinstance(spot.slot, BagCounts)
    with (
        counting(ctx.b, number(0), number(spot.slot.counts.count)) as code,
        ctx.binding(variable, value_of(ctx, variable.type, code)),
        counting(ctx.b, number(0), copies_at(ctx, spot, code)),
    ):
        yield


@contextmanager
def each_of_bag(ctx: Context, place: Place, variable: Name) -> Iterator[None]:
    """Run the generated block once for each element of a bag, however many copies of it are there."""
    spot = spot_at(ctx, place)
    if is_listed(spot):
        with each_kind_listed(ctx, spot, variable):
            yield
        return
    assert isinstance(spot.slot, BagCounts)
    with (
        counting(ctx.b, number(0), number(spot.slot.counts.count)) as code,
        ctx.b.when(less(ctx.b, number(0), copies_at(ctx, spot, code))),
        ctx.binding(variable, value_of(ctx, variable.type, code)),
    ):
        yield


@contextmanager
def _comprehension(domain: Comprehension | Listing, variable: Name, ctx: Context) -> Iterator[None]:
    with each_generated(ctx, domain.generators), ctx.binding(variable, ctx.expr(domain.item)):
        yield


@contextmanager
def _written_out(domain: SetOf, variable: Name, ctx: Context) -> Iterator[None]:
    """Loop over a display; of equal elements in a set, only the first counts."""
    # The body is generated once, in a loop over positions, not once per item: nested displays would multiply it.
    items = [as_value(ctx, item, domain.of) for item in domain.items] or [_nothing(ctx, domain)]
    with counting(ctx.b, number(0), number(len(domain.items))) as index:
        value = items[-1]
        for position, item in reversed(list(enumerate(items[:-1]))):
            value = _chosen(ctx, equal(ctx.b, index, number(position)), item, value)
        with ctx.binding(variable, value):
            if domain.ordered:
                yield
                return
            with ctx.b.when(negation(ctx.b, _seen_before(ctx, items, index, value))):
                yield


def _nothing(ctx: Context, domain: SetOf) -> Scalar:
    return value_of(ctx, domain.of, number(0))


def _chosen(ctx: Context, test: Bool, then: Scalar, otherwise: Scalar) -> Scalar:
    if isinstance(then, Bool) and isinstance(otherwise, Bool):
        return choose(ctx.b, test, then, otherwise)
    return choose(ctx.b, test, as_word_of(ctx, then), as_word_of(ctx, otherwise))


def _seen_before(ctx: Context, items: list[Scalar], index: Word, value: Scalar) -> Bool:
    return any_of(
        ctx.b,
        [
            both(ctx.b, less(ctx.b, number(position), index), same(ctx, value, item))
            for position, item in enumerate(items[:-1])
        ],
    )


@contextmanager
def _any_set(domain: Collection, variable: Name, ctx: Context) -> Iterator[None]:
    """Loop over a set by its word, or over the universe, testing each value for membership."""
    ctx.evaluate(domain)
    plan = plan_collection(domain, ctx)
    loop = each_in_universe(ctx, domain, variable) if plan is None else each_bit(ctx, plan(), variable)
    with loop:
        yield


_LOOPS: Loops = {
    Universe: _universe,
    IntRange: _int_range,
    Members: _members,
    Stored: _stored,
    Slice: _slice,
    Comprehension: _comprehension,
    Listing: _comprehension,
    Elements: each_element,
    Concatenation: each_joined,
    SetOf: _written_out,
    SetOperation: _any_set,
    SetChoice: _any_set,
}

LOOPS: Loops = {form: watched(loop) for form, loop in _LOOPS.items()}
"""For each form of collection, the loop over it."""
