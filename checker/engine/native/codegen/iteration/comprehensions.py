"""Generators of comprehensions, quantifiers and sums: nested loops, or words where words will do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from assay.checker.engine.native.codegen.containers.counting import counting, each_bit
from assay.checker.engine.native.codegen.containers.sets import plan_collection, universe_size
from assay.checker.engine.native.codegen.context import Context, MaskPlan
from assay.checker.engine.native.codegen.expressions.records import fitted_value
from assay.checker.engine.native.codegen.facts import conjuncts
from assay.checker.engine.native.codegen.iteration.ranges import Bounds, bounds_of
from assay.checker.engine.native.codegen.operations.bitsets import intersection, only, union
from assay.checker.engine.native.codegen.operations.values import NONE, Mask, RegisterType, fits, number
from assay.checker.engine.native.codegen.wordwise.masks import over_elements, plan_condition
from assay.checker.engine.native.codegen.wordwise.restrict import without
from assay.checker.engine.native.codegen.wordwise.rows import each_where, restricted
from assay.checker.errors import Unsupported
from assay.checker.language.ir.nodes import (
    TRUE,
    Collection,
    Comprehension,
    Concatenation,
    Elements,
    Expr,
    Generator,
    Listing,
    Name,
    SetOf,
    Slice,
    Stored,
    Universe,
)
from assay.checker.language.types import IntType, SetType, subtypes

__all__ = ["each_distinct", "each_generated", "each_in_universe", "is_distinct", "is_filter", "plan_comprehension"]

_MANY = 1 << 20
"""The most numbers that a loop tries one by one, because it does so in every state."""


@contextmanager
def each_generated(ctx: Context, generators: tuple[Generator, ...], *, once: bool = False) -> Iterator[None]:
    """Run the generated block for each choice of the generators, the first one outermost.

    With ``once``, each generator yields each element of its domain once.
    """
    with ExitStack() as stack:
        for generator in generators:
            if once:
                stack.enter_context(each_distinct(ctx, generator.domain, generator.variable))
                rest = generator.condition
            else:
                rest = _entered(ctx, stack, generator)
            if rest is not None and rest != TRUE:
                stack.enter_context(ctx.b.when(ctx.truth(rest)))
        yield


def _entered(ctx: Context, stack: ExitStack, generator: Generator) -> Expr | None:
    """Enter the loop of a generator, and return what its condition still demands of the elements in that loop."""
    domain, variable, condition = generator.domain, generator.variable, generator.condition
    if condition is None:
        stack.enter_context(ctx.each(domain, variable))
        return None
    part = restricted(ctx, domain, variable, conjuncts(condition, ctx.facts), frozenset(ctx.names))
    stack.enter_context(each_where(ctx, domain, variable, part))
    return condition if part is None else without(condition, part.used, False, ctx.facts)


def plan_comprehension(node: Comprehension, ctx: Context) -> MaskPlan | None:
    """Plan the word of the elements that a comprehension yields."""
    return _plan_filter(node, ctx) or (lambda: gathered(node, ctx))


def _plan_filter(node: Comprehension, ctx: Context) -> MaskPlan | None:
    generator = node.generators[0]
    if len(node.generators) != 1 or node.item != generator.variable:
        return None
    domain = plan_collection(generator.domain, ctx)
    if domain is None or generator.condition is None:
        return domain
    over = over_elements(ctx, generator.variable, frozenset(ctx.names))
    inside = None if over is None else plan_condition(generator.condition, over, ctx)
    return None if inside is None else lambda: intersection(ctx.b, domain(), inside())


def gathered(node: Comprehension, ctx: Context) -> Mask:
    """Gather the elements of a comprehension into a word."""
    b, result = ctx.b, ctx.b.register("set", RegisterType.WORD)
    b.set(result, NONE)
    with each_generated(ctx, node.generators):
        code = fitted_value(ctx, ctx.expr(node.item), node.item.type, node.element).demanded(ctx)
        b.set(result, union(b, b.get_mask(result), only(b, code)))
    return b.get_mask(result)


@contextmanager
def each_distinct(ctx: Context, domain: Collection, variable: Name) -> Iterator[None]:
    """Run the generated block once for each element of a collection."""
    if not isinstance(domain, Comprehension) or is_filter(domain):
        with ctx.each(domain, variable):
            yield
        return
    ctx.evaluate(domain)
    plan = plan_collection(domain, ctx)
    if plan is None and not isinstance(domain.element, IntType) and universe_size(ctx, domain.element) is not None:
        plan = lambda: gathered(domain, ctx)  # noqa: E731
    loop = each_in_universe(ctx, domain, variable) if plan is None else each_bit(ctx, plan(), variable)
    with loop:
        yield


@contextmanager
def each_in_universe(ctx: Context, domain: Collection, variable: Name) -> Iterator[None]:
    """Run the generated block for each value of a type, or number of an interval, that is in a collection.

    Raises
    ------
    Unsupported
        If the values have no bounds.
    """
    with _candidates(ctx, domain, variable), ctx.b.when(ctx.contains(domain, ctx.expr(variable))):
        yield


def _candidates(ctx: Context, domain: Collection, variable: Name) -> AbstractContextManager[None]:
    if isinstance(domain.element, IntType):
        bounds = bounds_of(ctx, domain)
        if bounds is not None and fits(*bounds) and bounds[1] - bounds[0] < _MANY:
            return _each_number(ctx, bounds, variable)
    if any(isinstance(part, IntType) and part.is_computed for part in subtypes(domain.element)):
        raise Unsupported(
            "a set of computed numbers has no bounds, so the native explorer cannot run over it",
            location=domain.location,
            help="keep them in a Set[Range[lo, hi]], run over what they come from, or use --engine reference",
        )
    return ctx.each(Universe(domain.element), variable)


@contextmanager
def _each_number(ctx: Context, bounds: Bounds, variable: Name) -> Iterator[None]:
    low, high = bounds
    with counting(ctx.b, number(low), number(high + 1)) as candidate, ctx.binding(variable, candidate):
        yield


def is_filter(domain: Comprehension) -> bool:
    """Return whether a comprehension yields some elements of a collection, each of them once."""
    generator = domain.generators[0]
    return len(domain.generators) == 1 and domain.item == generator.variable and is_distinct(generator.domain)


def is_distinct(domain: Collection) -> bool:
    """Return whether a loop over a collection yields each element once."""
    match domain:
        case Slice() | Listing() | Concatenation():
            return False
        case Stored(place):
            return isinstance(place.type, SetType)
        case Elements(held):
            return isinstance(held.type, SetType)
        case SetOf():
            return not domain.ordered
        case Comprehension():
            return is_filter(domain)
        case _:
            return True
