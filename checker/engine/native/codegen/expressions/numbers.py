"""Literals, names, arithmetic and conditionals in generated code.

Python's integers are unbounded; a machine's are not. Each value carries the interval that its type and the instance
give it. If the interval of a result fits a word, as it nearly always does, the result is computed without a check;
otherwise it is computed by an operation that detects overflow, and then fails.
"""

from __future__ import annotations

from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.scalars import as_word_of, value_of
from assay.checker.engine.native.codegen.operations.instructions import Op, Register
from assay.checker.engine.native.codegen.operations.truth import both, evaluated_if, truth
from assay.checker.engine.native.codegen.operations.values import FIRST, RegisterType, Scalar, Word, fits, known, number
from assay.checker.engine.native.codegen.operations.words import (
    checked,
    equal,
    narrowed,
    product_interval,
    quotient,
    quotient_interval,
    remainder,
)
from assay.checker.language.ir.nodes import (
    Arithmetic,
    ArithmeticOperator,
    Conditional,
    ConstantRef,
    Expr,
    LeastOf,
    Let,
    Literal,
    Name,
    SizeOf,
)
from assay.checker.language.types import BoolType, IntType, NoneOnly, Type

__all__ = ["arithmetic", "conditional", "constant_ref", "least_of", "let", "literal", "name", "plus", "size_of"]


def literal(node: Literal, ctx: Context) -> Scalar:
    """Return a value that is written out."""
    return _written(ctx, node.type, node.value)


def constant_ref(node: ConstantRef, ctx: Context) -> Scalar:
    """Return the value of an instance parameter."""
    return _written(ctx, node.type, ctx.codes.instance.constants[node.name])


def _written(ctx: Context, type_: Type, value: object) -> Scalar:
    if isinstance(type_, BoolType):
        return truth(bool(value))
    if isinstance(type_, IntType):
        assert isinstance(value, int)
        return number(int(value))
    return number(0 if value is None or isinstance(type_, NoneOnly) else ctx.codes.encode(type_, value))


def name(node: Name, ctx: Context) -> Scalar:
    """Return the value of a name."""
    value = ctx.names[node.name]
    if not isinstance(value, Register):
        return value
    if value.kind is RegisterType.BIT:
        return ctx.b.get_bool(value)
    word = ctx.b.get_word(value)
    # A local name only ever holds values of its type.
    return word if isinstance(node.type, IntType) else value_of(ctx, node.type, word)


def size_of(node: SizeOf, ctx: Context) -> Word:
    """Return the number of elements of a sort."""
    return number(ctx.codes.instance.size(node.universe.of))


def least_of(_node: LeastOf, _ctx: Context) -> Word:
    """Return the code of the least element of an order."""
    return number(0)


def let(node: Let, ctx: Context) -> Scalar:
    """Compute a value in which a name stands for another value."""
    value = ctx.expr(node.value)
    with ctx.binding(node.variable, value):
        return ctx.expr(node.body)


def conditional(node: Conditional, ctx: Context) -> Scalar:
    """Compute one of two values, without evaluating the other."""
    test = ctx.truth(node.test)
    return evaluated_if(ctx.b, test, lambda: ctx.expr(node.then), lambda: ctx.expr(node.otherwise))


def arithmetic(node: Arithmetic, ctx: Context) -> Word:
    """Compute a sum, difference, product, quotient or remainder.

    A chain of operations is walked rather than recursed into: it may be longer than Python's stack is deep.
    """
    chain: list[Arithmetic] = []
    left: Expr = node
    while isinstance(left, Arithmetic):
        chain.append(left)
        left = left.left
    result = as_word_of(ctx, ctx.expr(left))
    for part in reversed(chain):
        result = _operation(ctx, part.operator, result, as_word_of(ctx, ctx.expr(part.right)))
    return result


def _operation(ctx: Context, operator: ArithmeticOperator, left: Word, right: Word) -> Word:
    match operator:
        case ArithmeticOperator.ADD:
            return plus(ctx, left, right)
        case ArithmeticOperator.SUBTRACT:
            low, high = left.low - right.high, left.high - right.low
            return checked(ctx.b, Op.SUB, left, right, low, high, ctx.fail_if)
        case ArithmeticOperator.MULTIPLY:
            return checked(ctx.b, Op.MUL, left, right, *product_interval(left, right), ctx.fail_if)
        case _:
            return _divided(ctx, operator, left, right)


def plus(ctx: Context, left: Word, right: Word) -> Word:
    """Return the sum of two numbers, or fail if it does not fit a word."""
    return checked(ctx.b, Op.ADD, left, right, left.low + right.low, left.high + right.high, ctx.fail_if)


def _divided(ctx: Context, operator: ArithmeticOperator, left: Word, right: Word) -> Word:
    ctx.fail_if(equal(ctx.b, right, number(0)))
    right = _not_zero(right)
    for word in (left, right):
        ctx.b.demand_held(word)
    if not fits(*quotient_interval(left, right)):
        # The least word divided by -1 is one more than the greatest, so the machine traps, even for the remainder.
        ctx.fail_if(both(ctx.b, equal(ctx.b, left, number(FIRST)), equal(ctx.b, right, number(-1))))
    return _unchecked(ctx, operator, left, right)


def _unchecked(ctx: Context, operator: ArithmeticOperator, left: Word, right: Word) -> Word:
    return quotient(ctx.b, left, right) if operator is ArithmeticOperator.DIVIDE else remainder(ctx.b, left, right)


def _not_zero(value: Word) -> Word:
    """Return a number that is known not to be 0."""
    if known(value) == 0:
        return number(1)  # never reached: the check before it has failed
    if value.low == 0:
        return narrowed(value, 1, value.high)
    return narrowed(value, value.low, -1) if value.high == 0 else value
