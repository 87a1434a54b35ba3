"""Containers inside values, in generated code: numbers whose bit fields are the elements.

`packing/codes.py` says how they are numbered. A sequence's code does not depend on its bound, so sequences with
different bounds are compared, joined and cut by operations on words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from assay.checker.engine.native.codegen.containers.counting import counting, each_bit
from assay.checker.engine.native.codegen.containers.sequences import length_of, stored_item
from assay.checker.engine.native.codegen.context import Context, MaskPlan
from assay.checker.engine.native.codegen.expressions.records import fitted, fitted_value
from assay.checker.engine.native.codegen.expressions.scalars import as_word_of, value_of
from assay.checker.engine.native.codegen.iteration.extents import most_of
from assay.checker.engine.native.codegen.iteration.fields import field_at
from assay.checker.engine.native.codegen.iteration.making import digits_in, natural_sequence
from assay.checker.engine.native.codegen.operations.bitsets import (
    bits_of,
    field,
    is_some,
    moved_down,
)
from assay.checker.engine.native.codegen.operations.truth import both, choose
from assay.checker.engine.native.codegen.operations.values import (
    Bool,
    Mask,
    RegisterType,
    Scalar,
    Word,
    number,
    register_of_bits,
    widest,
)
from assay.checker.engine.native.codegen.operations.words import (
    add,
    bounded_sum,
    clamped,
    equal,
    less,
    less_or_equal,
    multiply,
    narrowed,
    subtract,
    within,
)
from assay.checker.engine.native.codegen.packing.slots import WORD
from assay.checker.language.ir.nodes import (
    Collection,
    Concatenation,
    Elements,
    Entry,
    ItemAt,
    Length,
    Name,
    SameItems,
    SetOf,
    Stored,
)
from assay.checker.language.types import BagType, MapType, SeqType, SetType

__all__ = [
    "each_element",
    "each_joined",
    "entry",
    "evaluate_elements",
    "evaluate_joined",
    "has_element",
    "item_at",
    "length",
    "plan_elements",
    "same_items",
]


def evaluate_elements(collection: Elements, ctx: Context) -> None:
    """Evaluate the container that the elements are of."""
    ctx.expr(collection.value)


def plan_elements(collection: Elements, ctx: Context) -> MaskPlan | None:
    """Plan the word of the elements of a set."""
    if not isinstance(collection.value.type, SetType):
        return None
    return lambda: bits_of(ctx.b, ctx.word(collection.value))


def has_element(collection: Elements, value: Scalar, ctx: Context) -> Bool | None:
    """Compute whether a set contains an element; None for other containers, which a loop searches."""
    type_ = collection.value.type
    if not isinstance(type_, SetType):
        return None
    element = fitted_value(ctx, value, type_.element, type_.element)
    code = narrowed(element.code, 0, ctx.codes.size(type_.element) - 1)
    bit = field_at(ctx, ctx.word(collection.value), code, 1)
    return both(ctx.b, element.inside, equal(ctx.b, bit, number(1)))


@contextmanager
def each_element(domain: Elements, variable: Name, ctx: Context) -> Iterator[None]:
    """Loop over a container: a sequence in order, a bag with multiplicity."""
    code, type_ = ctx.word(domain.value), domain.value.type
    match type_:
        case SetType():
            loop = _each_bit(ctx, bits_of(ctx.b, code), variable)
        case SeqType():
            loop = _each_item(ctx, code, ctx.codes.digit(type_), variable)
        case BagType():
            loop = _each_copy(ctx, code, type_, variable)
        case _:
            raise NotImplementedError(str(type_))
    with loop:
        yield


@contextmanager
def _each_bit(ctx: Context, bits: Mask, variable: Name) -> Iterator[None]:
    """Run the generated block for every element of a set, word by word if there are several."""
    b, words = ctx.b, bits.kind.bits // WORD
    if words == 1:
        with each_bit(ctx, bits, variable):
            yield
        return
    with counting(b, number(0), number(words)) as index:
        start = multiply(b, index, number(WORD))
        with each_bit(ctx, b.lowest_bits(moved_down(b, bits, start), RegisterType.WORD), variable, start):
            yield


@contextmanager
def _each_item(ctx: Context, code: Word, width: int, variable: Name) -> Iterator[None]:
    b, bits = ctx.b, bits_of(ctx.b, code)
    # The rest is shifted by whole fields, the last of which may be as wide as the register.
    rest = b.register("rest", widest(bits.kind, register_of_bits(width + 1)))
    b.set(rest, bits)
    with b.looping() as done:
        # A field is the code of an item plus 1, so the rest of a sequence is 0 if and only if no item is left.
        left = b.get_mask(rest)
        b.unless(is_some(b, left), done)
        digit = narrowed(field(b, left, number(0), width), 1, (1 << width) - 1)
        b.set(rest, moved_down(b, left, number(width)))
        item = narrowed(subtract(b, digit, number(1)), 0, ctx.codes.size(variable.type) - 1)
        with ctx.binding(variable, value_of(ctx, variable.type, item)):
            yield


@contextmanager
def _each_copy(ctx: Context, code: Word, type_: BagType, variable: Name) -> Iterator[None]:
    width = ctx.codes.bound(type_).bit_length()
    with counting(ctx.b, number(0), number(ctx.codes.size(type_.element))) as item:
        copies = narrowed(field_at(ctx, code, item, width), 0, ctx.codes.bound(type_))
        with (
            ctx.binding(variable, value_of(ctx, variable.type, item)),
            counting(ctx.b, number(0), copies),
        ):
            yield


def evaluate_joined(collection: Concatenation, ctx: Context) -> None:
    """Evaluate both parts of a sequence."""
    ctx.evaluate(collection.left)
    ctx.evaluate(collection.right)


@contextmanager
def each_joined(domain: Concatenation, variable: Name, ctx: Context) -> Iterator[None]:
    """Loop over one sequence after another."""
    code, _ = natural_sequence(ctx, domain, domain.element)
    with _each_item(ctx, code, ctx.codes.digit_of(domain.element), variable):
        yield


def length(node: Length, ctx: Context) -> Word:
    """Compute how many items a sequence or bag has."""
    collection = node.collection
    match collection:
        case Stored(place) if isinstance(place.type, SeqType):
            return length_of(ctx, place)
        case Elements(value) if isinstance(value.type, SeqType):
            return digits_in(ctx, ctx.word(value), ctx.codes.digit(value.type), ctx.codes.bound(value.type))
        case Concatenation(left, right):
            return add(ctx.b, length(Length(left), ctx), length(Length(right), ctx))
        case SetOf(items):
            ctx.evaluate(collection)
            return number(len(items))
        case _:
            return _counted(ctx, collection)


def _counted(ctx: Context, collection: Collection) -> Word:
    b, most = ctx.b, most_of(ctx, collection)
    # If nothing bounds the count, or nothing that a loop reaches, its interval must still fit a word.
    most = 1 << 62 if most is None else min(most, 1 << 62)
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
    code, most = natural_sequence(ctx, node.sequence, node.sequence.element)
    width = ctx.codes.digit_of(node.sequence.element)
    if node.safe:
        digit = field_at(ctx, code, clamped(ctx.b, given, 0, most - 1), width)
    else:
        digit = _demanded_digit(ctx, code, given, width, most)
    item = subtract(ctx.b, clamped(ctx.b, digit, 1, digit.high), number(1))
    return value_of(ctx, node.type, narrowed(item, 0, ctx.codes.size(node.type) - 1))


def _demanded_digit(ctx: Context, code: Word, given: Word, width: int, most: int) -> Word:
    """Return the field of an item, or fail if there is none; a negative index counts from the end."""
    ctx.fail_unless(within(ctx.b, given, -most, most - 1))
    near = narrowed(given, -most, most - 1)
    count = digits_in(ctx, code, width, most)
    position = choose(ctx.b, less(ctx.b, near, number(0)), add(ctx.b, near, count), near)
    ctx.fail_unless(less_or_equal(ctx.b, number(0), position))
    ctx.fail_unless(less(ctx.b, position, count))
    return field_at(ctx, code, narrowed(position, 0, most - 1), width)


def same_items(node: SameItems, ctx: Context) -> Bool:
    """Compute whether two sequences are equal: then their codes are."""
    left, _ = natural_sequence(ctx, node.left, node.left.element)
    right, _ = natural_sequence(ctx, node.right, node.left.element)
    return equal(ctx.b, left, right)


def entry(node: Entry, ctx: Context) -> Scalar:
    """Compute the value of a map at a key, or fail if it has no such key."""
    type_ = node.map.type
    assert isinstance(type_, MapType)
    code = ctx.word(node.map)
    key = fitted(ctx, node.key, type_.key).demanded(ctx)
    key = narrowed(key, 0, ctx.codes.size(type_.key) - 1)
    return value_of(ctx, type_.value, field_at(ctx, code, key, ctx.codes.width(type_.value)))
