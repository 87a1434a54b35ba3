"""What a loop goes through by positions: ``reversed``, ``enumerate``, ``zip``, and ``range`` with a step."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass

from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, element_of, has_order, is_sequence, is_sortable
from assay.checker.language.frontend.expressions.collections import compile_collection
from assay.checker.language.frontend.expressions.iterables.slices import backwards, bounds_of_range
from assay.checker.language.ir.nodes import (
    Arithmetic,
    ArithmeticOperator,
    Collection,
    Expr,
    Generator,
    IntRange,
    ItemAt,
    Length,
    Listing,
    Literal,
)
from assay.checker.language.types import INT
from assay.checker.wording import article

__all__ = ["Numbers", "Positions", "each", "positions"]


@dataclass(frozen=True)
class Numbers:
    """The numbers from ``start`` on, each ``step`` after the one before, up to ``stop`` and without it."""

    start: Expr
    stop: Expr
    step: int


@dataclass(frozen=True)
class Positions:
    """What a loop goes through by positions.

    Attributes
    ----------
    function
        What it is written with: ``reversed``, ``enumerate``, ``zip``, ``range``, or ``enumerate(zip)``.
    through
        What has an item at each position.
    start
        The number of the first position, for ``enumerate``.
    """

    function: str
    through: tuple[Collection | Numbers, ...]
    start: int

    def lengths(self, node: ast.AST, scope: Scope) -> list[Expr]:
        """Return the number of positions of each, which may be below 0 where there are none."""
        return [_length(scope, ordered, node) for ordered in self.through]

    def items(self, index: Expr, node: ast.AST, scope: Scope) -> list[Expr]:
        """Return the item of each at an index, which is one of its positions."""
        if self.function == "reversed":
            (ordered,) = self.through
            last = _computed(scope, ArithmeticOperator.SUBTRACT, _length(scope, ordered, node), Literal(1, INT), node)
            return [_item(scope, ordered, _computed(scope, ArithmeticOperator.SUBTRACT, last, index, node), node)]
        return [_item(scope, ordered, index, node) for ordered in self.through]


def positions(scope: Scope, node: ast.expr) -> Positions | None:
    """Return what ``enumerate``, ``zip``, ``reversed``, or a ``range`` with a step, goes through; None for all else."""
    if not isinstance(node, ast.Call) or not node.args:
        return None
    found, function = resolve(scope, node.func)
    if not found or function not in (enumerate, zip, reversed, range):
        return None
    if function is range:
        return Positions("range", (_stepping(scope, node),), 0) if len(node.args) == 3 else None
    name = function.__name__
    start, arguments = _numbered_from(scope, node) if function is enumerate else (0, node.args)
    if function is not enumerate:
        _demand_not_strict(scope, node, name)
    if len(arguments) != 1 and function is not zip:
        scope.fail(node, f"{name} takes one sequence here", f"{name}(self.log)")
    if function is enumerate and isinstance(node.args[0], ast.Call) and resolve(scope, node.args[0].func)[1] is zip:
        zipped = positions(scope, node.args[0])
        assert zipped is not None
        return Positions("enumerate(zip)", zipped.through, start)
    return Positions(name, tuple(_ordered(scope, argument, name) for argument in arguments), start)


def _ordered(scope: Scope, argument: ast.expr, name: str) -> Collection | Numbers:
    """Compile what has an item at each position."""
    inner = positions(scope, argument)
    if inner is not None and inner.function in ("range", "reversed"):
        (through,) = inner.through
        if inner.function == "range":
            return through
        return _backwards(scope, through, argument)
    if inner is not None:
        scope.fail(
            argument,
            f"{name} takes a sequence here, not what {ast.unparse(argument).partition('(')[0]} gives",
            "possible are enumerate(zip(a, b)), zip(a, b, c), enumerate(reversed(a)) and zip(a, reversed(b))",
        )
    collection = compile_collection(scope, argument)
    if is_sequence(collection):
        return collection
    if isinstance(collection, IntRange):
        return Numbers(collection.start, collection.stop, 1)
    if has_order(collection):
        element = scope.fresh("item", collection.element, argument)
        return Listing(element, (Generator(element, collection),), location=scope.at(argument))
    scope.fail(
        argument,
        f"{name} takes what has an order, found {article(described(collection))}",
        f"sort it: {name}(sorted({ast.unparse(argument)}))"
        if is_sortable(element_of(collection)) and name != "zip"
        else "a sequence has one, an Order, range(...), and sorted(...) of numbers or elements of an Order",
    )


def _stepping(scope: Scope, node: ast.Call) -> Numbers:
    """Compile ``range(start, stop, step)``."""
    start, stop = bounds_of_range(scope, node.args[:2])
    step = scope.value(node.args[2])
    if not isinstance(step, Literal) or type(step.value) is not int or step.value == 0:
        scope.fail(
            node.args[2],
            "the step of a range is a number other than 0 that is written out, or a constant of the model",
            "multiply where the number is used: start + step * i for i in range(...)",
        )
    return Numbers(start, stop, step.value)


def _backwards(scope: Scope, ordered: Collection | Numbers, node: ast.AST) -> Collection | Numbers:
    """Return what is gone through from its last item to its first."""
    if isinstance(ordered, Collection):
        return backwards(scope, ordered, node)
    last = _computed(scope, ArithmeticOperator.SUBTRACT, _length(scope, ordered, node), Literal(1, INT), node)
    first = _item(scope, ordered, last, node)
    end = _computed(scope, ArithmeticOperator.SUBTRACT, ordered.start, Literal(ordered.step, INT), node)
    return Numbers(first, end, -ordered.step)


def _length(scope: Scope, ordered: Collection | Numbers, node: ast.AST) -> Expr:
    if isinstance(ordered, Collection):
        return Length(ordered, location=scope.at(node))
    first, last = (ordered.start, ordered.stop) if ordered.step > 0 else (ordered.stop, ordered.start)
    distance, step = _computed(scope, ArithmeticOperator.SUBTRACT, last, first, node), abs(ordered.step)
    # Rounded up: a step that does not end at `stop` precisely is still begun.
    distance = _computed(scope, ArithmeticOperator.ADD, distance, Literal(step - 1, INT), node)
    return _computed(scope, ArithmeticOperator.DIVIDE, distance, Literal(step, INT), node)


def _item(scope: Scope, ordered: Collection | Numbers, index: Expr, node: ast.AST) -> Expr:
    if isinstance(ordered, Collection):
        return ItemAt(ordered, index, safe=True, location=scope.at(node))
    if ordered.step < 0:
        step = _computed(scope, ArithmeticOperator.MULTIPLY, index, Literal(-ordered.step, INT), node)
        return _computed(scope, ArithmeticOperator.SUBTRACT, ordered.start, step, node)
    step = _computed(scope, ArithmeticOperator.MULTIPLY, index, Literal(ordered.step, INT), node)
    return _computed(scope, ArithmeticOperator.ADD, step, ordered.start, node)


_COMPUTED: dict[ArithmeticOperator, tuple[int, Callable[[int, int], int]]] = {
    ArithmeticOperator.ADD: (0, operator.add),
    ArithmeticOperator.SUBTRACT: (0, operator.sub),
    ArithmeticOperator.MULTIPLY: (1, operator.mul),
    ArithmeticOperator.DIVIDE: (1, operator.floordiv),
}
"""For each operation the right operand that changes nothing, and what it computes."""


def _computed(scope: Scope, how: ArithmeticOperator, left: Expr, right: Expr, node: ast.AST) -> Expr:
    """Return a result, computed where both operands are known: most ranges begin at 0, and have a step of 1."""
    neutral, compute = _COMPUTED[how]
    if isinstance(right, Literal) and right.value == neutral:
        return left
    if isinstance(left, Literal) and isinstance(right, Literal):
        return Literal(compute(left.value, right.value), INT, location=scope.at(node))
    return Arithmetic(how, left, right, location=scope.at(node))


def _numbered_from(scope: Scope, node: ast.Call) -> tuple[int, list[ast.expr]]:
    """Return what ``enumerate`` counts from, and its other arguments."""
    starts = [keyword.value for keyword in node.keywords if keyword.arg == "start"] + node.args[1:]
    if not starts and not node.keywords:
        return 0, node.args
    if len(starts) != 1 or len(node.args) + len(node.keywords) != 2:
        scope.fail(node, "enumerate takes one sequence here, and where to start", "enumerate(self.log, 1)")
    start = scope.value(starts[0])
    if not isinstance(start, Literal) or isinstance(start.value, bool) or not isinstance(start.value, int):
        scope.fail(
            starts[0],
            "what enumerate starts at is a number that is written out, or a constant of the model",
            "add it where the number is used: i + start",
        )
    return start.value, node.args[:1]


def _demand_not_strict(scope: Scope, node: ast.Call, name: str) -> None:
    for keyword in node.keywords:
        plain = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        if name != "zip" or keyword.arg != "strict" or not plain:
            remedy = "require that the lengths are equal" if keyword.arg == "strict" else f"{name}(self.log)"
            scope.fail(keyword.value, f"{keyword.arg}={ast.unparse(keyword.value)} has no place here", remedy)


def each(iterated: ast.expr) -> ast.ListComp:
    """Return ``[item for item in iterated]``."""
    target, item = ast.Name("item", ast.Store()), ast.Name("item", ast.Load())
    made = ast.ListComp(item, [ast.comprehension(target, iterated, [], 0)])
    for part in (target, item, made):
        ast.copy_location(part, iterated)
    return made
