"""Collections as words: bit i says whether the element with code i is in the collection."""

from __future__ import annotations

from assay.checker.engine.native.codegen.context import CollectionPlans, Context, MaskPlan
from assay.checker.engine.native.codegen.expressions.places import spot_at
from assay.checker.engine.native.codegen.expressions.records import fitted
from assay.checker.engine.native.codegen.operations.bitsets import difference, intersection, of_bits, only, union
from assay.checker.engine.native.codegen.operations.instructions import Table
from assay.checker.engine.native.codegen.operations.truth import choose
from assay.checker.engine.native.codegen.operations.values import NONE, Mask
from assay.checker.engine.native.codegen.operations.words import narrowed
from assay.checker.engine.native.codegen.packing.access import row
from assay.checker.engine.native.codegen.packing.slots import WORD
from assay.checker.language.ir.nodes import (
    Collection,
    Members,
    SetChoice,
    SetOf,
    SetOperation,
    SetOperator,
    Stored,
    Universe,
)
from assay.checker.language.types import IntType, QuorumType, SetType, Type

__all__ = ["COLLECTION_PLANS", "plan_collection", "quorum_table", "universe_size"]


def universe_size(ctx: Context, type_: Type) -> int | None:
    """Return the number of a type's elements if a word has a bit for each of them, and None otherwise."""
    if isinstance(type_, IntType) and type_.low is None:
        return None
    size = ctx.codes.size(type_)
    return size if size <= WORD else None


def quorum_table(ctx: Context, members: Members) -> tuple[Table, int]:
    """Return the table of a quorum system, and the number of words that each entry takes."""
    assert isinstance(members.quorum.type, QuorumType)
    return ctx.tables[members.quorum.type.cls], -(-ctx.codes.size(members.member) // WORD)


def plan_collection(collection: Collection, ctx: Context) -> MaskPlan | None:
    """Plan the word of a collection's elements; None if it has no such word, or can fail."""
    known = ctx.gathered.get(id(collection))
    if known is not None:
        return lambda: known
    # A computed number may lie outside every range.
    computed = isinstance(collection.element, IntType) and not isinstance(collection, Stored | Universe)
    if computed or universe_size(ctx, collection.element) is None or ctx.facts.can_fail(collection):
        return None
    plan = ctx.forms.collection_plans.get(type(collection))
    return None if plan is None else plan(collection, ctx)


def _universe(node: Universe, ctx: Context) -> MaskPlan | None:
    return lambda: of_bits(sum(1 << code for code in ctx.codes.used(node.of)))


def _members(node: Members, ctx: Context) -> MaskPlan | None:
    table, _ = quorum_table(ctx, node)
    quorums = len(table.entries)
    return lambda: Mask(ctx.b.load(table, narrowed(ctx.word(node.quorum), 0, quorums - 1)))


def _stored(node: Stored, ctx: Context) -> MaskPlan | None:
    if not isinstance(node.place.type, SetType):
        return None
    size = ctx.codes.size(node.place.type.element)
    return lambda: row(ctx.b, spot_at(ctx, node.place), size)


def _written_out(node: SetOf, ctx: Context) -> MaskPlan | None:
    def compute() -> Mask:
        result = NONE
        for item in node.items:
            result = union(ctx.b, result, only(ctx.b, fitted(ctx, item, node.of).demanded(ctx)))
        return result

    return compute


def _operation(node: SetOperation, ctx: Context) -> MaskPlan | None:
    left, right = plan_collection(node.left, ctx), plan_collection(node.right, ctx)
    if left is None or right is None or node.left.element != node.right.element:
        return None
    combine = _COMBINED[node.operator]
    return lambda: combine(ctx.b, left(), right())


def _choice(node: SetChoice, ctx: Context) -> MaskPlan | None:
    then, otherwise = plan_collection(node.then, ctx), plan_collection(node.otherwise, ctx)
    if then is None or otherwise is None or node.then.element != node.otherwise.element:
        return None
    return lambda: choose(ctx.b, ctx.truth(node.test), then(), otherwise())


COLLECTION_PLANS: CollectionPlans = {
    Universe: _universe,
    Members: _members,
    Stored: _stored,
    SetOf: _written_out,
    SetOperation: _operation,
    SetChoice: _choice,
}
"""The collections that may have a word, except for comprehensions."""


_COMBINED = {
    SetOperator.UNION: union,
    SetOperator.INTERSECTION: intersection,
    SetOperator.DIFFERENCE: difference,
}
