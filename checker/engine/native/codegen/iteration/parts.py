"""Containers that are parts of values, in generated code: numbers whose fields of bits are their elements.

How they are numbered, `packing/codes.py` says. A sequence's code is the same whatever its bound, so sequences of
different bounds are compared, joined and cut by operations on words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from assay.checker.engine.native.codegen.containers.bags import copies_at
from assay.checker.engine.native.codegen.containers.counting import counting, each_bit
from assay.checker.engine.native.codegen.containers.sequences import item_code, length_at, length_of, stored_item
from assay.checker.engine.native.codegen.containers.sets import plan_collection
from assay.checker.engine.native.codegen.context import Context, MaskPlan
from assay.checker.engine.native.codegen.expressions.places import entry_of, read_cell, read_place, spot_at
from assay.checker.engine.native.codegen.expressions.records import fitted, fitted_value
from assay.checker.engine.native.codegen.expressions.scalars import as_word_of, value_of
from assay.checker.engine.native.codegen.iteration.extents import most_of
from assay.checker.engine.native.codegen.operations.bitsets import (
    as_word,
    bits_of,
    intersection,
    is_some,
    moved_down,
    moved_up,
    of_bits,
    only,
    union,
)
from assay.checker.engine.native.codegen.operations.truth import both, choose
from assay.checker.engine.native.codegen.operations.values import NONE, Bool, Mask, RegisterType, Scalar, Word, number
from assay.checker.engine.native.codegen.operations.words import (
    add,
    as_number,
    bounded_sum,
    equal,
    less,
    less_or_equal,
    multiply,
    narrowed,
    subtract,
    within,
)
from assay.checker.engine.native.codegen.packing.access import Spot, array_item, row
from assay.checker.engine.native.codegen.packing.layout import Array, Bag
from assay.checker.errors import Unsupported
from assay.checker.language.ir.nodes import (
    Collected,
    Collection,
    Concatenation,
    Elements,
    Entry,
    ItemAt,
    Length,
    MakeMap,
    Name,
    Read,
    SameItems,
    SetOf,
    Stored,
)
from assay.checker.language.types import BagType, MapType, SeqType, SetType, Type

__all__ = [
    "collected", "each_element", "each_joined", "entry", "evaluate_elements", "evaluate_joined", "has_element",
    "item_at", "length", "make_map", "plan_elements", "read", "same_items",
]  # fmt: skip


# Fields of words


def _field(ctx: Context, code: Word, index: Word, width: int) -> Word:
    """Return a field of a code, by its position."""
    shift = multiply(ctx.b, index, number(width))
    assert 0 <= shift.low <= shift.high < 64, shift
    bits = intersection(ctx.b, moved_down(ctx.b, bits_of(code), shift), of_bits((1 << width) - 1))
    return Word(bits.ref, 0, (1 << width) - 1)


def _placed(ctx: Context, value: Word, index: Word, width: int) -> Mask:
    """Return the bits of a field with a value, at a position."""
    return moved_up(ctx.b, bits_of(value), multiply(ctx.b, index, number(width)))


def _code(ctx: Context, bits: Mask, type_: Type) -> Word:
    """Return bits as the code of a container."""
    word = as_word(bits)
    return Word(word.ref, max(0, word.low), min(ctx.codes.size(type_) - 1, max(0, word.high)))


# Elements


def evaluate_elements(collection: Elements, ctx: Context) -> None:
    """Evaluate the container whose elements are meant."""
    ctx.expr(collection.value)


def plan_elements(collection: Elements, ctx: Context) -> MaskPlan | None:
    """Plan the word of the elements of a set."""
    if not isinstance(collection.value.type, SetType):
        return None
    return lambda: bits_of(ctx.word(collection.value))


def has_element(collection: Elements, value: Scalar, ctx: Context) -> Bool | None:
    """Compute whether a set has an element, or return None for other containers: they are looked through."""
    type_ = collection.value.type
    if not isinstance(type_, SetType):
        return None
    element = fitted_value(ctx, value, type_.element, type_.element)
    mask = bits_of(ctx.word(collection.value))
    code = narrowed(element.code, 0, ctx.codes.size(type_.element) - 1)
    bit = intersection(ctx.b, moved_down(ctx.b, mask, code), of_bits(1))
    return both(ctx.b, element.inside, is_some(ctx.b, bit))


@contextmanager
def each_element(domain: Elements, variable: Name, ctx: Context) -> Iterator[None]:
    """Loop over a container: a sequence in order, a bag with multiplicity."""
    code, type_ = ctx.word(domain.value), domain.value.type
    match type_:
        case SetType():
            loop = each_bit(ctx, bits_of(code), variable)
        case SeqType():
            loop = _each_item(ctx, code, ctx.codes.digit(type_), variable)
        case BagType():
            loop = _each_copy(ctx, code, type_, variable)
        case _:
            raise NotImplementedError(str(type_))
    with loop:
        yield


@contextmanager
def _each_item(ctx: Context, code: Word, width: int, variable: Name) -> Iterator[None]:
    b, rest = ctx.b, ctx.b.register("rest", RegisterType.WORD)
    b.set(rest, code)
    with b.looping() as done:
        left = b.get_mask(rest)
        b.unless(is_some(b, left), done)
        digit = Word(intersection(b, left, of_bits((1 << width) - 1)).ref, 1, (1 << width) - 1)
        b.set(rest, moved_down(b, left, number(width)))
        item = narrowed(subtract(b, digit, number(1)), 0, ctx.codes.size(variable.type) - 1)
        with ctx.binding(variable, value_of(ctx, variable.type, item)):
            yield


@contextmanager
def _each_copy(ctx: Context, code: Word, type_: BagType, variable: Name) -> Iterator[None]:
    width = ctx.codes.bound(type_).bit_length()
    with counting(ctx.b, number(0), number(ctx.codes.size(type_.element))) as item:
        copies = narrowed(_field(ctx, code, item, width), 0, ctx.codes.bound(type_))
        with (
            ctx.binding(variable, value_of(ctx, variable.type, item)),
            counting(ctx.b, number(0), copies),
        ):
            yield


# Making


def collected(node: Collected, ctx: Context) -> Word:
    """Compute the code of the container of what a collection gives, after failing where its bound is exceeded."""
    match node.type:
        case SetType():
            return _set_of(ctx, node.collection, node.type)
        case SeqType():
            return _sequence_of(ctx, node.collection, node.type)
        case BagType():
            return _bag_of(ctx, node.collection, node.type)


def _set_of(ctx: Context, collection: Collection, type_: SetType) -> Word:
    ctx.codes.size(type_)
    plan = plan_collection(collection, ctx)
    if plan is not None and collection.element == type_.element:
        return _code(ctx, plan(), type_)
    b, result, variable = ctx.b, ctx.b.register("made", RegisterType.WORD), ctx.fresh(collection.element)
    b.set(result, NONE)
    with ctx.each(collection, variable):
        code = fitted(ctx, variable, type_.element).demanded(ctx)
        b.set(result, union(b, b.get_mask(result), only(b, code)))
    return _code(ctx, b.get_mask(result), type_)


def _sequence_of(ctx: Context, collection: Collection, type_: SeqType) -> Word:
    """Return the code of a sequence. One that is longer than the bound fails."""
    width, bound = ctx.codes.digit(type_), ctx.codes.bound(type_)
    size = ctx.codes.size(type_)
    if isinstance(collection, Concatenation):
        return _joined(ctx, collection, type_)
    if isinstance(collection, Elements) and collection.element == type_.element:
        code = ctx.word(collection.value)
        ctx.fail_unless(less(ctx.b, code, number(size)))
        return narrowed(code, 0, size - 1)
    b, variable = ctx.b, ctx.fresh(collection.element)
    result, shift = b.register("made", RegisterType.WORD), b.register("shift", RegisterType.WORD)
    b.set(result, NONE)
    b.set(shift, number(0))
    with ctx.each(collection, variable):
        at = b.get_word(shift, 0, width * bound)
        ctx.fail_unless(less(b, at, number(width * bound)))
        code = narrowed(fitted(ctx, variable, type_.element).demanded(ctx), 0, ctx.codes.size(type_.element) - 1)
        at = narrowed(at, 0, width * (bound - 1))
        b.set(result, union(b, b.get_mask(result), moved_up(b, bits_of(add(b, code, number(1))), at)))
        b.set(shift, add(b, at, number(width)))
    return _code(ctx, b.get_mask(result), type_)


def _joined(ctx: Context, collection: Concatenation, type_: SeqType) -> Word:
    width, bound = ctx.codes.digit(type_), ctx.codes.bound(type_)
    left, right = (_natural(ctx, part, type_.element) for part in (collection.left, collection.right))
    before, after = (_digits_in(ctx, code, width, most) for code, most in (left, right))
    ctx.fail_unless(less_or_equal(ctx.b, add(ctx.b, before, after), number(bound)))
    # Where the left is as long as the bound, the right is empty, and is not moved: so no shift is beyond a word.
    at = choose(ctx.b, less(ctx.b, before, number(bound)), before, number(0))
    moved = _placed(ctx, right[0], narrowed(at, 0, max(0, bound - 1)), width)
    return _code(ctx, union(ctx.b, bits_of(left[0]), moved), type_)


def _natural(ctx: Context, collection: Collection, element: Type) -> tuple[Word, int]:
    """Return the code of a sequence with room for all that it may hold, and how much that is.

    Raises
    ------
    Unsupported
        If that is more than a machine word holds, or is not known.
    """
    most = most_of(ctx, collection)
    width = ctx.codes.size(element).bit_length()
    if most is None or most * width > 62:
        raise Unsupported(
            "a sequence that is computed here may be longer than a machine word holds, so the native explorer "
            "cannot compute with it",
            location=collection.location,
            help="make its bound or its elements smaller, or use --engine reference",
        )
    type_ = SeqType(element, max(1, most))
    return _sequence_of(ctx, collection, type_), max(1, most)


def _bag_of(ctx: Context, collection: Collection, type_: BagType) -> Word:
    ctx.codes.size(type_)
    b, bound, variable = ctx.b, ctx.codes.bound(type_), ctx.fresh(collection.element)
    width = bound.bit_length()
    result, total = b.register("made", RegisterType.WORD), b.register("total", RegisterType.WORD)
    b.set(result, number(0))
    b.set(total, number(0))
    with ctx.each(collection, variable):
        so_far = b.get_word(total, 0, bound)
        ctx.fail_unless(less(b, so_far, number(bound)))
        code = narrowed(fitted(ctx, variable, type_.element).demanded(ctx), 0, ctx.codes.size(type_.element) - 1)
        one = _placed(ctx, number(1), code, width)
        most = ctx.codes.size(type_) - 1
        b.set(result, bounded_sum(b, b.get_word(result, 0, most), Word(one.ref, 0, most), 0, most))
        b.set(total, add(b, narrowed(so_far, 0, bound - 1), number(1)))
    return b.get_word(result, 0, ctx.codes.size(type_) - 1)


# Sequences


def evaluate_joined(collection: Concatenation, ctx: Context) -> None:
    """Evaluate both parts of a sequence."""
    ctx.evaluate(collection.left)
    ctx.evaluate(collection.right)


@contextmanager
def each_joined(domain: Concatenation, variable: Name, ctx: Context) -> Iterator[None]:
    """Loop over one sequence after another."""
    code, _ = _natural(ctx, domain, domain.element)
    with _each_item(ctx, code, ctx.codes.size(domain.element).bit_length(), variable):
        yield


def _digits_in(ctx: Context, code: Word, width: int, most: int) -> Word:
    """Return how many items a code has: as many as there are powers of a field that it reaches."""
    total = number(0)
    for index in range(most):
        reached = less_or_equal(ctx.b, number(1 << width * index), code)
        total = add(ctx.b, total, as_number(ctx.b, reached))
    return total


def length(node: Length, ctx: Context) -> Word:
    """Compute how many items a sequence or bag has."""
    collection = node.collection
    match collection:
        case Stored(place) if isinstance(place.type, SeqType):
            return length_of(ctx, place)
        case Elements(value) if isinstance(value.type, SeqType):
            return _digits_in(ctx, ctx.word(value), ctx.codes.digit(value.type), ctx.codes.bound(value.type))
        case Concatenation(left, right):
            return add(ctx.b, length(Length(left), ctx), length(Length(right), ctx))
        case SetOf(items):
            ctx.evaluate(collection)
            return number(len(items))
        case _:
            return _counted(ctx, collection)


def _counted(ctx: Context, collection: Collection) -> Word:
    b, most = ctx.b, most_of(ctx, collection)
    most = 1 << 62 if most is None else most
    count = b.register("count", RegisterType.WORD)
    b.set(count, number(0))
    with ctx.each(collection, ctx.fresh(collection.element)):
        b.set(count, bounded_sum(b, b.get_word(count, 0, most), number(1), 0, most))
    return b.get_word(count, 0, most)


def item_at(node: ItemAt, ctx: Context) -> Scalar:
    """Compute an item of a sequence, or fail if there is none."""
    if isinstance(node.sequence, Stored):
        return stored_item(ctx, node.sequence.place, node.index, safe=node.safe)
    given = as_word_of(ctx, ctx.expr(node.index))
    code, most = _natural(ctx, node.sequence, node.sequence.element)
    width = ctx.codes.size(node.sequence.element).bit_length()
    if node.safe:
        digit = _field(ctx, code, narrowed(given, 0, most - 1), width)
    else:
        digit = _demanded_digit(ctx, code, given, width, most)
    item = subtract(ctx.b, narrowed(digit, 1, digit.high), number(1))
    return value_of(ctx, node.type, narrowed(item, 0, ctx.codes.size(node.type) - 1))


def _demanded_digit(ctx: Context, code: Word, given: Word, width: int, most: int) -> Word:
    """Return the field of an item, or fail if there is none; a negative index counts from the end."""
    ctx.fail_unless(within(ctx.b, given, -most, most - 1))
    near = narrowed(given, -most, most - 1)
    count = _digits_in(ctx, code, width, most)
    position = choose(ctx.b, less(ctx.b, near, number(0)), add(ctx.b, near, count), near)
    ctx.fail_unless(less_or_equal(ctx.b, number(0), position))
    ctx.fail_unless(less(ctx.b, position, count))
    return _field(ctx, code, narrowed(position, 0, most - 1), width)


def same_items(node: SameItems, ctx: Context) -> Bool:
    """Compute whether two sequences are the same: then their codes are."""
    left, _ = _natural(ctx, node.left, node.left.element)
    right, _ = _natural(ctx, node.right, node.left.element)
    return equal(ctx.b, left, right)


# Maps


def entry(node: Entry, ctx: Context) -> Scalar:
    """Compute what a map has at a key, after failing where it has no such key."""
    type_ = node.map.type
    assert isinstance(type_, MapType)
    code = ctx.word(node.map)
    key = fitted(ctx, node.key, type_.key).demanded(ctx)
    key = narrowed(key, 0, ctx.codes.size(type_.key) - 1)
    return value_of(ctx, type_.value, _field(ctx, code, key, ctx.codes.width(type_.value)))


def make_map(node: MakeMap, ctx: Context) -> Word:
    """Compute the code of a map with a value at every key."""
    type_ = node.type
    ctx.codes.size(type_)
    b, result, width = ctx.b, ctx.b.register("made", RegisterType.WORD), ctx.codes.width(type_.value)
    b.set(result, NONE)
    with (
        counting(b, number(0), number(ctx.codes.size(type_.key))) as key,
        ctx.binding(node.variable, value_of(ctx, type_.key, key)),
    ):
        value = fitted(ctx, node.value, type_.value).demanded(ctx)
        b.set(result, union(b, b.get_mask(result), _placed(ctx, value, key, width)))
    return _code(ctx, b.get_mask(result), type_)


def read(node: Read, ctx: Context) -> Scalar:
    """Read what is at a place of the state: a single value, or the code of a map."""
    if not isinstance(node.type, MapType):
        return read_place(node, ctx)
    ctx.codes.size(node.type)
    return _stored_code(ctx, spot_at(ctx, node.place), node.type)


def _stored_code(ctx: Context, spot: Spot, type_: Type) -> Word:
    match type_:
        case MapType(key, value):
            return _stored_entries(ctx, spot, type_, key, value)
        case SetType(element):
            return _code(ctx, row(ctx.b, spot, ctx.codes.size(element)), type_)
        case SeqType() | BagType():
            return _stored_fields(ctx, spot, type_)
        case _:
            raise NotImplementedError(str(type_))


def _stored_entries(ctx: Context, spot: Spot, type_: MapType, key: Type, value: Type) -> Word:
    b, result, width = ctx.b, ctx.b.register("made", RegisterType.WORD), ctx.codes.width(value)
    b.set(result, NONE)
    with counting(b, number(0), number(ctx.codes.size(key))) as code:
        if isinstance(value, MapType | SetType | SeqType | BagType):
            assert isinstance(spot.slot, Array)
            field = _stored_code(ctx, array_item(b, spot, spot.slot, code), value)
        else:
            field = read_cell(ctx, entry_of(ctx, spot, type_, code))
        b.set(result, union(b, b.get_mask(result), _placed(ctx, field, code, width)))
    return _code(ctx, b.get_mask(result), type_)


def _stored_fields(ctx: Context, spot: Spot, type_: SeqType | BagType) -> Word:
    b, result, bound = ctx.b, ctx.b.register("made", RegisterType.WORD), ctx.codes.bound(type_)
    b.set(result, NONE)
    if isinstance(type_, BagType):
        assert isinstance(spot.slot, Bag)
        width, count = bound.bit_length(), number(spot.slot.counts.count)
    else:
        width, count = ctx.codes.digit(type_), length_at(ctx, spot, bound)
    with counting(b, number(0), count) as position:
        index = narrowed(position, 0, max(0, count.high - 1))
        if isinstance(type_, BagType):
            field = copies_at(ctx, spot, index)
        else:
            field = add(b, item_code(ctx, spot, index), number(1))
        b.set(result, union(b, b.get_mask(result), _placed(ctx, field, index, width)))
    return _code(ctx, b.get_mask(result), type_)
