"""Quantifiers in generated code: a comparison of words if there are words, and a loop otherwise."""

from __future__ import annotations

from assay.checker.engine.native.codegen.containers.sets import plan_collection
from assay.checker.engine.native.codegen.context import Context, MaskPlan
from assay.checker.engine.native.codegen.facts import narrowed_scope
from assay.checker.engine.native.codegen.iteration.drawing import over_stored
from assay.checker.engine.native.codegen.iteration.extents import most_of
from assay.checker.engine.native.codegen.operations.bitsets import difference, intersection, is_empty, is_some
from assay.checker.engine.native.codegen.operations.truth import negation, truth
from assay.checker.engine.native.codegen.operations.values import Bool, RegisterType
from assay.checker.engine.native.codegen.wordwise.masks import over_elements, plan_condition
from assay.checker.engine.native.codegen.wordwise.restrict import demanded, without
from assay.checker.engine.native.codegen.wordwise.rows import each_where, restricted
from assay.checker.errors import Unsupported
from assay.checker.language.execution.instance import MOST_VALUES
from assay.checker.language.ir.nodes import Quantifier, Universe

__all__ = ["quantifier"]


def quantifier(node: Quantifier, ctx: Context) -> Bool:
    """Compute whether a condition is true of all elements of a collection, or of some."""
    scoped = narrowed_scope(node, ctx.facts)
    if scoped is not node:
        return ctx.truth(scoped)
    stored = over_stored(node, ctx)
    if stored is not None:
        return ctx.truth(stored)
    plans = _plans(node, ctx)
    if plans is None:
        return _by_loop(node, ctx)
    domain, body = plans[0](), plans[1]()
    if node.universal:
        return is_empty(ctx.b, difference(ctx.b, domain, body))
    return is_some(ctx.b, intersection(ctx.b, domain, body))


def _plans(node: Quantifier, ctx: Context) -> tuple[MaskPlan, MaskPlan] | None:
    over = over_elements(ctx, node.variable, frozenset(ctx.names))
    if over is None:
        return None
    domain, body = plan_collection(node.domain, ctx), plan_condition(node.body, over, ctx)
    return None if domain is None or body is None else (domain, body)


def _by_loop(node: Quantifier, ctx: Context) -> Bool:
    _demand_few(ctx, node)
    b, result, done = ctx.b, ctx.b.register("holds", RegisterType.BIT), ctx.b.label()
    b.set(result, truth(node.universal))
    ctx.evaluate(node.domain)
    # If the body can fail, every element is evaluated: what any of them raises must be raised.
    stops = not ctx.facts.can_fail(node.body)
    part = restricted(
        ctx, node.domain, node.variable, demanded(node.body, node.universal, ctx.facts), frozenset(ctx.names)
    )
    body = node.body if part is None else without(node.body, part.used, node.universal, ctx.facts)
    with each_where(ctx, node.domain, node.variable, part):
        value = ctx.truth(body)
        with b.when(negation(b, value) if node.universal else value):
            b.set(result, truth(not node.universal))
            if stops:
                b.jump(done)
    b.place(done)
    return b.get_bool(result)


def _demand_few(ctx: Context, node: Quantifier) -> None:
    """Refuse a loop over so many values in every state that the search would never end."""
    name, type_ = node.variable.name, node.variable.type
    size = most_of(ctx, node.domain) if isinstance(node.domain, Universe) else None
    if size is not None and size > MOST_VALUES:
        draw = f"{name} not in self.messages or ..." if node.universal else f"{name} in self.messages and ..."
        raise Unsupported(
            f"{name} is one of {size:,} {type_}, too many to try each of them in every state",
            help=f"draw it from a set, before anything that may raise: {draw}; or make the instance smaller",
        )
