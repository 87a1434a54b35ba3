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
    intersection,
    is_some,
    moved_down,
    of_bits,
)
from assay.checker.engine.native.codegen.operations.truth import both, choose
from assay.checker.engine.native.codegen.operations.values import Bool, RegisterType, Scalar, Word, number
from assay.checker.engine.native.codegen.operations.words import (
    add,
    bounded_sum,
    clamped,
    equal,
    less,
    less_or_equal,
    narrowed,
    subtract,
    within,
)
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
    return lambda: bits_of(ctx.word(collection.value))


def has_element(collection: Elements, value: Scalar, ctx: Context) -> Bool | None:
    """Compute whether a set contains an element; None for other containers, which a loop searches."""
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
        # A field is the code of an item plus 1, so the rest of a sequence is 0 if and only if no item is left.
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
    with _each_item(ctx, code, ctx.codes.size(domain.element).bit_length(), variable):
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
    # If nothing bounds the count, its interval must still fit a word.
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
    code, most = natural_sequence(ctx, node.sequence, node.sequence.element)
    width = ctx.codes.size(node.sequence.element).bit_length()
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
