"""Evaluating collections only to find the failures in them.

Python builds a whole set before it looks into it; generated code computes only what it needs. So if evaluating a
collection may raise, all of it is evaluated first, as in Python, with no effect other than to fail.
"""

from __future__ import annotations

from assay.checker.engine.native.codegen.context import Context, Evaluation
from assay.checker.engine.native.codegen.expressions.places import spot_at
from assay.checker.engine.native.codegen.iteration.comprehensions import each_generated
from assay.checker.engine.native.codegen.iteration.parts import evaluate_elements, evaluate_joined
from assay.checker.language.ir.nodes import (
    Comprehension,
    Concatenation,
    Elements,
    IntRange,
    Listing,
    Members,
    SetChoice,
    SetOf,
    SetOperation,
    Slice,
    Stored,
    Universe,
)

__all__ = ["EVALUATION"]


def _universe(_collection: Universe, _ctx: Context) -> None:
    pass  # the elements of a type do not depend on the state: nothing can fail


def _members(collection: Members, ctx: Context) -> None:
    ctx.expr(collection.quorum)


def _stored(collection: Stored | Slice, ctx: Context) -> None:
    spot_at(ctx, collection.place)


def _int_range(collection: IntRange, ctx: Context) -> None:
    ctx.expr(collection.start)
    ctx.expr(collection.stop)


def _written_out(collection: SetOf, ctx: Context) -> None:
    for item in collection.items:
        ctx.expr(item)


def _operation(collection: SetOperation, ctx: Context) -> None:
    ctx.evaluate(collection.left)
    ctx.evaluate(collection.right)


def _choice(collection: SetChoice, ctx: Context) -> None:
    b, other, after = ctx.b, ctx.b.label(), ctx.b.label()
    b.unless(ctx.truth(collection.test), other)
    ctx.evaluate(collection.then)
    b.jump(after)
    b.place(other)
    ctx.evaluate(collection.otherwise)
    b.place(after)


def _comprehension(collection: Comprehension | Listing, ctx: Context) -> None:
    with each_generated(ctx, collection.generators):
        ctx.expr(collection.item)


EVALUATION: Evaluation = {
    Universe: _universe,
    Members: _members,
    Stored: _stored,
    Slice: _stored,
    IntRange: _int_range,
    SetOf: _written_out,
    SetOperation: _operation,
    SetChoice: _choice,
    Comprehension: _comprehension,
    Listing: _comprehension,
    Elements: evaluate_elements,
    Concatenation: evaluate_joined,
}
"""For each form of collection, how to evaluate all of it."""
