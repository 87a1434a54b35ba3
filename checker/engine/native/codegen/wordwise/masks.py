"""Conditions as arithmetic on whole words.

The truth of a condition for every element of a sort of at most 64 elements is a word: bit i says whether it is true for
element i. `p in votes` is a row of the set's own bits, connectives are bit operations, and a quantifier compares the
word with its domain's.

Whether there is such a word must be decided before any code is generated, because generated code cannot be taken back.
That is why conditions are planned first, as a `MaskPlan`.
"""

from __future__ import annotations

from collections.abc import Callable

from assay.checker.engine.native.codegen.containers.listed import is_listed, listed_row
from assay.checker.engine.native.codegen.containers.sets import plan_collection, universe_size
from assay.checker.engine.native.codegen.context import ConditionPlans, Context, MaskPlan, Over
from assay.checker.engine.native.codegen.expressions.places import spot_at
from assay.checker.engine.native.codegen.facts import narrowed_scope
from assay.checker.engine.native.codegen.operations.bitsets import below, complement, intersection, only, spread, union
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.values import ALL, NONE, Mask, RegisterType, Word
from assay.checker.engine.native.codegen.packing.access import Spot, row
from assay.checker.engine.native.codegen.wordwise.affine import affine_plan
from assay.checker.engine.native.codegen.wordwise.planes import plan_code, plan_comparison
from assay.checker.engine.native.codegen.wordwise.restrict import Restriction, demanded, without
from assay.checker.engine.native.codegen.wordwise.rows import each_where, restricted
from assay.checker.language.ir.nodes import (
    And,
    Compare,
    Comparison,
    Conditional,
    Expr,
    Implies,
    IsKind,
    Let,
    Member,
    Name,
    Not,
    Or,
    Quantifier,
    Read,
    SetOf,
    SetOperation,
    SetOperator,
    Stored,
)
from assay.checker.language.types import BoolType, IntType, NoneOnly, SetType

__all__ = ["CONDITION_PLANS", "over_elements", "plan_condition"]


def over_elements(ctx: Context, variable: Name, bound: frozenset[str]) -> Over | None:
    """Return the elements that a word for a variable would cover; None if there is no such word."""
    size = universe_size(ctx, variable.type)
    if size is None or isinstance(variable.type, IntType | BoolType):
        return None
    return Over(variable, size, bound - {variable.name})


def plan_condition(condition: Expr, over: Over, ctx: Context) -> MaskPlan | None:
    """Plan the word of the elements for which a condition is true; None if it has no such word.

    Bits beyond the universe's size have no meaning. A condition that can fail has no word: a word evaluates every
    element at once, and Python might have stopped before the one that raises.
    """
    if ctx.facts.can_fail(condition):
        return None
    if over.variable.name not in ctx.facts.names(condition):
        return lambda: spread(ctx.b, ctx.truth(condition))
    plan = ctx.forms.condition_plans.get(type(condition))
    return None if plan is None else plan(condition, over, ctx)


_Combine = Callable[[Builder, Mask, Mask], Mask]


def _joined(parts: tuple[Expr, ...], combine: _Combine, over: Over, ctx: Context) -> MaskPlan | None:
    plans: list[MaskPlan] = []
    for part in parts:
        plan = plan_condition(part, over, ctx)
        if plan is None:
            return None
        plans.append(plan)
    return lambda: _folded(ctx.b, plans, combine)


def _folded(b: Builder, plans: list[MaskPlan], combine: _Combine) -> Mask:
    result = ALL if combine is intersection else NONE
    for plan in plans:
        result = combine(b, result, plan())
    return result


def _not(node: Not, over: Over, ctx: Context) -> MaskPlan | None:
    inner = plan_condition(node.operand, over, ctx)
    return None if inner is None else lambda: complement(ctx.b, inner())


def _and(node: And, over: Over, ctx: Context) -> MaskPlan | None:
    return _joined(node.parts, intersection, over, ctx)


def _or(node: Or, over: Over, ctx: Context) -> MaskPlan | None:
    return _joined(node.parts, union, over, ctx)


def _implies(node: Implies, over: Over, ctx: Context) -> MaskPlan | None:
    # Nothing in a word can fail, so it makes no difference that `implies` evaluates both sides and `or` need not.
    return _joined((Not(node.left), node.right), union, over, ctx)


def _conditional(node: Conditional, over: Over, ctx: Context) -> MaskPlan | None:
    return _joined((And((node.test, node.then)), And((Not(node.test), node.otherwise))), union, over, ctx)


def _let(node: Let, over: Over, ctx: Context) -> MaskPlan | None:
    if over.variable.name in ctx.facts.names(node.value):
        return None
    inner = plan_condition(node.body, Over(over.variable, over.size, over.bound | {node.variable.name}), ctx)
    if inner is None:
        return None

    def compute() -> Mask:
        with ctx.binding(node.variable, ctx.expr(node.value)):
            return inner()

    return compute


def _is_kind(node: IsKind, over: Over, ctx: Context) -> MaskPlan | None:
    return plan_code(node.operand, 0, over, ctx) if node.kinds == (NoneOnly(),) else None


def _read(node: Read, over: Over, ctx: Context) -> MaskPlan | None:
    return plan_code(node, 1, over, ctx)


def _quantifier(node: Quantifier, over: Over, ctx: Context) -> MaskPlan | None:
    scoped = narrowed_scope(node, ctx.facts)
    if scoped is not node:
        return plan_condition(scoped, over, ctx)
    if over.variable.name in ctx.facts.names(node.domain):
        return None
    conditions = demanded(node.body, node.universal, ctx.facts)
    part = restricted(ctx, node.domain, node.variable, conditions, over.bound)
    body = without(node.body, () if part is None else part.used, node.universal, ctx.facts)
    inner = plan_condition(body, Over(over.variable, over.size, over.bound | {node.variable.name}), ctx)
    return None if inner is None else lambda: _gathered(node, part, inner, ctx)


def _gathered(node: Quantifier, part: Restriction | None, inner: MaskPlan, ctx: Context) -> Mask:
    """Join the words of a condition for all elements of a domain."""
    b, result = ctx.b, ctx.b.register("mask", RegisterType.WORD)
    b.set(result, ALL if node.universal else NONE)
    combine = intersection if node.universal else union
    with each_where(ctx, node.domain, node.variable, part):
        b.set(result, combine(b, b.get_mask(result), inner()))
    return b.get_mask(result)


def _member(node: Member, over: Over, ctx: Context) -> MaskPlan | None:
    element, collection, name = node.element, node.collection, over.variable.name
    closed = name not in ctx.facts.names(collection)
    if isinstance(collection, Stored) and isinstance(collection.place.type, SetType):
        return _stored_row(element, collection, over, ctx) if closed else None
    if element == over.variable and closed:
        return plan_collection(collection, ctx)
    if isinstance(collection, SetOperation):
        left, right = Member(element, collection.left), Member(element, collection.right)
        if collection.operator is SetOperator.DIFFERENCE:
            return _joined((left, Not(right)), intersection, over, ctx)
        return _joined((left, right), union if collection.operator is SetOperator.UNION else intersection, over, ctx)
    if isinstance(collection, SetOf):
        same = tuple(Compare(Comparison.EQ, element, item) for item in collection.items)
        return _joined(same, union, over, ctx)
    return None


def _stored_row(element: Expr, collection: Stored, over: Over, ctx: Context) -> MaskPlan | None:
    assert isinstance(collection.place.type, SetType)
    if element.type != collection.place.type.element:
        return None
    affine = affine_plan(element, over.variable, ctx)
    # With a stride of 1 the bits asked for are adjacent in the row, so the shifted row is the answer.
    if affine is None or affine.stride != 1:
        return None
    return lambda: stored_row(ctx, spot_at(ctx, collection.place), affine.rest(), over.size)


def stored_row(ctx: Context, spot: Spot, start: Word, size: int) -> Mask:
    """Return the word of the ``size`` elements of a stored set whose codes begin at ``start``."""
    return listed_row(ctx, spot, start, size) if is_listed(spot) else row(ctx.b, spot.moved(start), size)


def _compare(node: Compare, over: Over, ctx: Context) -> MaskPlan | None:
    name, names = over.variable.name, ctx.facts.names
    if node.left == over.variable and name not in names(node.right):
        return lambda: _codes_before(ctx.b, node.operator, ctx.word(node.right))
    if node.right == over.variable and name not in names(node.left):
        return lambda: _codes_after(ctx.b, node.operator, ctx.word(node.left))
    return plan_comparison(node.operator, node.left, node.right, over, ctx)


def _codes_before(b: Builder, operator: Comparison, code: Word) -> Mask:
    """Return the elements that are equal to, less than, or at most a given one."""
    if operator is Comparison.EQ:
        return only(b, code)
    smaller = below(b, code)
    return smaller if operator is Comparison.LT else union(b, smaller, only(b, code))


def _codes_after(b: Builder, operator: Comparison, code: Word) -> Mask:
    """Return the elements that a given one is equal to, less than, or at most."""
    if operator is Comparison.EQ:
        return only(b, code)
    return complement(b, _codes_before(b, Comparison.LE if operator is Comparison.LT else Comparison.LT, code))


CONDITION_PLANS: ConditionPlans = {
    Not: _not,
    And: _and,
    Or: _or,
    Implies: _implies,
    Conditional: _conditional,
    Let: _let,
    IsKind: _is_kind,
    Read: _read,
    Quantifier: _quantifier,
    Member: _member,
    Compare: _compare,
}
"""Plans for the conditions that mention the element and may have a word."""
