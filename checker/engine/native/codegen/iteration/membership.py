"""Membership in generated code."""

from __future__ import annotations

from collections.abc import Callable

from assay.checker.engine.native.codegen.containers.listed import copies_in, is_listed
from assay.checker.engine.native.codegen.containers.sets import quorum_table
from assay.checker.engine.native.codegen.context import Context, Membership
from assay.checker.engine.native.codegen.expressions.places import spot_at
from assay.checker.engine.native.codegen.expressions.records import as_value, fitted, fitted_value
from assay.checker.engine.native.codegen.expressions.scalars import Fitted, as_word_of, same, value_of
from assay.checker.engine.native.codegen.iteration.comprehensions import is_filter
from assay.checker.engine.native.codegen.iteration.parts import has_element
from assay.checker.engine.native.codegen.operations.bitsets import intersection, is_some, moved_down, of_bits
from assay.checker.engine.native.codegen.operations.instructions import Op
from assay.checker.engine.native.codegen.operations.truth import any_of, both, either, evaluated_if, negation
from assay.checker.engine.native.codegen.operations.values import (
    FALSE,
    TRUE,
    Bool,
    Mask,
    RegisterType,
    Scalar,
    Word,
    number,
)
from assay.checker.engine.native.codegen.operations.words import add, less, less_or_equal, multiply, narrowed, unequal
from assay.checker.engine.native.codegen.packing.access import read
from assay.checker.engine.native.codegen.packing.slots import Bits
from assay.checker.language.ir.nodes import (
    Collection,
    Comprehension,
    Concatenation,
    Elements,
    IntRange,
    Listing,
    Member,
    Members,
    SetChoice,
    SetOf,
    SetOperation,
    SetOperator,
    Slice,
    Stored,
    Universe,
)
from assay.checker.language.types import IntType, SetType

__all__ = ["MEMBERSHIP", "member"]


def member(node: Member, ctx: Context) -> Bool:
    """Compute whether an element is in a collection; Python evaluates both completely first."""
    type_ = node.element.type
    if isinstance(type_, IntType):
        element = Fitted(as_word_of(ctx, ctx.expr(node.element)))
        value: Scalar = element.code
    else:
        element = fitted(ctx, node.element, type_)
        value = value_of(ctx, type_, element.code)
    ctx.evaluate(node.collection)
    # A record containing a number that is out of range is in no set of records.
    return _if(ctx, element.inside, lambda: ctx.contains(node.collection, value))


def _if(ctx: Context, test: Bool, compute: Callable[[], Bool]) -> Bool:
    """Return whether two conditions are both true; the second is evaluated only if the first is true."""
    result = evaluated_if(ctx.b, test, compute, lambda: FALSE)
    assert isinstance(result, Bool)
    return result


def _universe(_collection: Universe, _value: Scalar, _ctx: Context) -> Bool:
    return TRUE


def _members(collection: Members, value: Scalar, ctx: Context) -> Bool:
    b, (table, words) = ctx.b, quorum_table(ctx, collection)
    quorum = narrowed(ctx.word(collection.quorum), 0, len(table.entries) // words - 1)
    code = narrowed(as_word_of(ctx, value), 0, ctx.codes.size(collection.member) - 1)
    if words > 1:
        index = Word(b.compute(Op.LSHR, code.ref, number(6).ref), 0, words - 1)
        quorum = add(b, multiply(b, quorum, number(words)), index)
        code = Word(b.compute(Op.AND, code.ref, number(63).ref), 0, 63)
    return is_some(b, intersection(b, moved_down(b, Mask(b.load(table, quorum)), code), of_bits(1)))


def _stored(collection: Stored, value: Scalar, ctx: Context) -> Bool:
    if not isinstance(collection.place.type, SetType):
        return _found(collection, value, ctx)
    element = collection.place.type.element
    code = fitted_value(ctx, value, element, element)
    whole = spot_at(ctx, collection.place)
    if is_listed(whole):
        return both(ctx.b, code.inside, unequal(ctx.b, copies_in(ctx, whole, code.code), number(0)))
    spot = whole.moved(code.code, Bits(1))
    return both(ctx.b, code.inside, unequal(ctx.b, read(ctx.b, spot, 1), number(0)))


def _int_range(collection: IntRange, value: Scalar, ctx: Context) -> Bool:
    start, stop = as_word_of(ctx, ctx.expr(collection.start)), as_word_of(ctx, ctx.expr(collection.stop))
    word = as_word_of(ctx, value)
    return both(ctx.b, less_or_equal(ctx.b, start, word), less(ctx.b, word, stop))


def _written_out(collection: SetOf, value: Scalar, ctx: Context) -> Bool:
    return any_of(ctx.b, [same(ctx, value, as_value(ctx, item, collection.of)) for item in collection.items])


def _operation(collection: SetOperation, value: Scalar, ctx: Context) -> Bool:
    first, second = ctx.contains(collection.left, value), ctx.contains(collection.right, value)
    match collection.operator:
        case SetOperator.UNION:
            return either(ctx.b, first, second)
        case SetOperator.INTERSECTION:
            return both(ctx.b, first, second)
        case _:
            return both(ctx.b, first, negation(ctx.b, second))


def _choice(collection: SetChoice, value: Scalar, ctx: Context) -> Bool:
    result = evaluated_if(
        ctx.b,
        ctx.truth(collection.test),
        lambda: ctx.contains(collection.then, value),
        lambda: ctx.contains(collection.otherwise, value),
    )
    assert isinstance(result, Bool)
    return result


def _comprehension(collection: Comprehension, value: Scalar, ctx: Context) -> Bool:
    generator = collection.generators[0]
    if not is_filter(collection) or generator.variable.type != generator.domain.element:
        return _found(collection, value, ctx)
    condition = generator.condition
    inside = ctx.contains(generator.domain, value)
    if condition is None:
        return inside
    with ctx.binding(generator.variable, value):
        return _if(ctx, inside, lambda: ctx.truth(condition))


def _elements(collection: Elements, value: Scalar, ctx: Context) -> Bool:
    held = has_element(collection, value, ctx)
    return _found(collection, value, ctx) if held is None else held


def _found(collection: Collection, value: Scalar, ctx: Context) -> Bool:
    """Search a collection for a value."""
    b, found, done = ctx.b, ctx.b.register("found", RegisterType.BIT), ctx.b.label()
    b.set(found, FALSE)
    element = ctx.fresh(collection.element)
    with ctx.each(collection, element), b.when(same(ctx, ctx.expr(element), value)):
        b.set(found, TRUE)
        b.jump(done)
    b.place(done)
    return b.get_bool(found)


MEMBERSHIP: Membership = {
    Universe: _universe,
    Members: _members,
    Stored: _stored,
    IntRange: _int_range,
    SetOf: _written_out,
    SetOperation: _operation,
    SetChoice: _choice,
    Comprehension: _comprehension,
    Slice: _found,
    Listing: _found,
    Concatenation: _found,
    Elements: _elements,
}
"""For each form of collection, how to compute whether it contains a value."""
