"""Upper bounds on the number of elements of a collection."""

from __future__ import annotations

import math

from assay.checker.engine.native.codegen.context import Context
from assay.checker.language.ir.nodes import (
    And,
    Arithmetic,
    ArithmeticOperator,
    Cardinality,
    Collection,
    Compare,
    Comparison,
    Comprehension,
    Concatenation,
    Conditional,
    Elements,
    Expr,
    Generator,
    IntRange,
    ItemAt,
    Length,
    Listing,
    Literal,
    Members,
    Name,
    SeqLength,
    SetChoice,
    SetOf,
    SetOperation,
    SizeOf,
    Slice,
    Stored,
    Universe,
)
from assay.checker.language.types import BagType, SeqType, is_container

__all__ = ["most_choices", "most_of"]


def most_of(ctx: Context, collection: Collection) -> int | None:
    """Return an upper bound on the elements of a loop over a collection, repeats included; None if there is none."""
    match collection:
        case Universe(of) if is_container(of):
            return ctx.codes.instance.size(of)  # many numbers below the greatest code are the code of nothing
        case Universe(of):
            return ctx.codes.size(of)
        case Stored(place) | Slice(place, _, _):
            if isinstance(place.type, SeqType | BagType):
                return ctx.codes.instance.bound(place.type.bound)
            return ctx.codes.size(collection.element)
        case Elements(value) if isinstance(value.type, SeqType | BagType):
            return ctx.codes.bound(value.type)
        case Elements():
            return ctx.codes.size(collection.element)
        case Concatenation(left, right):
            return _added(most_of(ctx, left), most_of(ctx, right))
        case Listing(item, generators):
            return _most_listed(ctx, item, generators)
        case IntRange(Literal(low), high):
            last = _greatest(ctx, high)
            return None if last is None else max(0, last - int(low))
        case Members(_, member):
            return ctx.codes.size(member)
        case SetOf(items):
            return len(items)
        case Comprehension(_, generators):
            return most_choices(ctx, generators)
        case SetOperation(_, left, right):
            return _added(most_of(ctx, left), most_of(ctx, right))
        case SetChoice(_, then, otherwise):
            return _added(most_of(ctx, then), most_of(ctx, otherwise))
        case _:
            return None


def _greatest(ctx: Context, end: Expr) -> int | None:
    """Return an upper bound on where a range of positions ends; None if none is known."""
    match end:
        case Literal(value):
            return int(value)
        case Length(collection) | Cardinality(collection):
            return most_of(ctx, collection)
        case SeqLength(place):
            return most_of(ctx, Stored(place))
        case SizeOf(universe):
            return most_of(ctx, universe)
        case Arithmetic(ArithmeticOperator.ADD | ArithmeticOperator.SUBTRACT as operator, left, Literal(value)):
            most = _greatest(ctx, left)
            change = int(value) if operator is ArithmeticOperator.ADD else -int(value)
            return None if most is None else most + change
        case Conditional(_, then, otherwise):
            ends = _greatest(ctx, then), _greatest(ctx, otherwise)
            return None if ends[0] is None or ends[1] is None else max(ends[0], ends[1])
        case _:
            return None


def _most_listed(ctx: Context, item: Expr, generators: tuple[Generator, ...]) -> int | None:
    """Return an upper bound on the items of a list.

    A generator of positions in a sequence counts as the sequence itself: where an index is safe, there is an item.
    """
    counts: list[int | None] = []
    for generator in generators:
        parts = [item, *(inner.condition for inner in generators if inner.condition is not None)]
        at = [node for part in parts for node in ctx.facts.parts(part) if isinstance(node, ItemAt) and node.safe]
        positions = [node for node in at if generator.variable.name in ctx.facts.names(node.index)]
        variables = [other.variable.name for other in generators]
        earlier = set(variables[: variables.index(generator.variable.name) + 1])
        if any(_determines(ctx, inner.condition, generator.variable, earlier) for inner in generators):
            continue  # later generators yield its values, and are counted there
        domain = positions[0].sequence if positions and isinstance(generator.domain, IntRange) else generator.domain
        counts.append(most_of(ctx, domain))
    return None if None in counts else math.prod(count for count in counts if count is not None)


def _determines(ctx: Context, condition: Expr | None, variable: Name, earlier: set[str]) -> bool:
    """Return whether a condition says what a variable is by names that come after it."""
    match condition:
        case Compare(Comparison.EQ, left, right):
            return right == variable and earlier.isdisjoint(ctx.facts.names(left))
        case And(parts):
            return any(_determines(ctx, part, variable, earlier) for part in parts)
        case _:
            return False


def _added(left: int | None, right: int | None) -> int | None:
    return None if left is None or right is None else left + right


def most_choices(ctx: Context, generators: tuple[Generator, ...]) -> int | None:
    """Return an upper bound on the combinations that generators yield; None if there is none."""
    counts = [most_of(ctx, generator.domain) for generator in generators]
    return None if None in counts else math.prod(count for count in counts if count is not None)
