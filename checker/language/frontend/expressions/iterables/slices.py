"""Slices of sequences, and ranges of numbers."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.operands import compile_scalar
from assay.checker.language.ir.nodes import (
    Arithmetic,
    ArithmeticOperator,
    Collection,
    Compare,
    Comparison,
    Conditional,
    Expr,
    Generator,
    IntRange,
    ItemAt,
    Length,
    Listing,
    Literal,
    Slice,
    Stored,
)
from assay.checker.language.types import INT, Type

__all__ = ["backwards", "bounds_of_range", "compile_range", "compile_slice", "from_the_last", "part_of"]


def compile_slice(scope: Scope, sequence: Collection, node: ast.Subscript, bounds: ast.Slice) -> Collection:
    """Compile ``self.queue[1:]``, or ``self.log[start:stop]`` with computed bounds."""
    if bounds.step is not None:
        if bounds.lower is None and bounds.upper is None and ast.unparse(bounds.step) == "-1":
            return backwards(scope, sequence, node)
        remedy = "[x for i, x in enumerate(self.queue) if i % 2 == 0]"
        scope.fail(node, "a slice with a step is not part of the language", remedy)
    start, stop = (_slice_bound(scope, bound) for bound in (bounds.lower, bounds.upper))
    # A slice with literal bounds has a node of its own, which every backend evaluates without a loop over indices.
    if isinstance(sequence, Stored) and _is_fixed(start) and _is_fixed(stop):
        first, last = (bound.value if isinstance(bound, Literal) else None for bound in (start, stop))
        return Slice(sequence.place, first or 0, last, location=scope.at(node))
    return part_of(scope, sequence, start, stop, node)


def _is_fixed(bound: Expr | None) -> bool:
    """Return whether a bound of a slice is absent, or a nonnegative literal."""
    return bound is None or (isinstance(bound, Literal) and bound.value >= 0)


def _slice_bound(scope: Scope, node: ast.expr | None) -> Expr | None:
    if node is None:
        return None
    return scope.fit(compile_scalar(scope, node), INT, node, "the bound of a slice")


def part_of(scope: Scope, sequence: Collection, start: Expr | None, stop: Expr | None, node: ast.AST) -> Listing:
    """Return the items of a sequence between two indices, which, as in Python, may lie outside the sequence."""
    place, length = scope.at(node), Length(sequence, location=scope.at(node))
    zero = Literal(0, INT, location=place)
    first = zero if start is None else _from_the_end(start, length)
    last: Expr = length
    if stop is not None:
        bound = _from_the_end(stop, length)
        last = Conditional(Compare(Comparison.LT, bound, length), bound, length, location=place)
    index = scope.fresh("index", INT, node)
    items = Generator(index, IntRange(first, last, location=place), location=place)
    return Listing(ItemAt(sequence, index, safe=True, location=place), (items,), location=place)


def backwards(scope: Scope, sequence: Collection, node: ast.AST) -> Listing:
    """Return the items of a sequence from the last to the first."""
    place, length = scope.at(node), Length(sequence, location=scope.at(node))
    index = scope.fresh("index", INT, node)
    item = ItemAt(sequence, from_the_last(length, index), safe=True, location=place)
    items = Generator(index, IntRange(Literal(0, INT), length, location=place), location=place)
    return Listing(item, (items,), location=place)


def from_the_last(length: Expr, index: Expr) -> Expr:
    """Return the position that is as far from the last item as an index is from the first."""
    last = Arithmetic(ArithmeticOperator.SUBTRACT, length, Literal(1, INT), location=length.location)
    return Arithmetic(ArithmeticOperator.SUBTRACT, last, index, location=length.location)


def _from_the_end(bound: Expr, length: Expr) -> Expr:
    """Return a slice's index as a nonnegative position: a negative index counts from the end."""
    zero = Literal(0, INT)
    if isinstance(bound, Literal) and bound.value >= 0:
        return bound
    moved = Arithmetic(ArithmeticOperator.ADD, length, bound, location=bound.location)
    counted = Conditional(Compare(Comparison.LT, moved, zero), zero, moved, location=bound.location)
    return Conditional(Compare(Comparison.LT, bound, zero), counted, bound, location=bound.location)


def compile_range(scope: Scope, node: ast.Call, _: Type | None = None) -> IntRange:
    """Compile ``range(stop)`` or ``range(start, stop)``."""
    if len(node.args) == 3:
        scope.fail(
            node, "a range with a step is for loops and comprehensions", "list(range(...)) is a list of its numbers"
        )
    if not 1 <= len(node.args) <= 2 or node.keywords:
        scope.fail(node, "range takes a stop, or a start and a stop", "range(3), range(1, 4)")
    numbers = bounds_of_range(scope, node.args)
    start = numbers[0] if len(numbers) == 2 else Literal(0, INT)
    return IntRange(start, numbers[-1], location=scope.at(node))


def bounds_of_range(scope: Scope, arguments: list[ast.expr]) -> list[Expr]:
    """Compile bounds of a range, which are numbers."""
    return [
        scope.fit(compile_scalar(scope, argument), INT, argument, "a bound of range", raising=True)
        for argument in arguments
    ]
