"""Codes and values of scalars, and numbers fitted into ranges.

In generated code the value of a bool is a truth value, that of an int is the number itself, and any other value is its
code. What is stored is always the code.
"""

from __future__ import annotations

from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.operations.truth import choose, same_truth, truth
from assay.checker.engine.native.codegen.operations.values import (
    FIRST,
    LAST,
    TRUE,
    Bool,
    RegisterType,
    Scalar,
    Word,
    fits,
    known,
    number,
    register_for,
)
from assay.checker.engine.native.codegen.operations.words import (
    add,
    as_number,
    equal,
    narrowed,
    subtract,
    unequal,
    within,
)
from assay.checker.errors import Unsupported
from assay.checker.immutable import immutable
from assay.checker.language.types import BoolType, IntType, Type

__all__ = [
    "Fitted",
    "as_word_of",
    "code_of",
    "fitted_number",
    "kind_of",
    "same",
    "value_of",
]


@immutable
class Fitted:
    """The code of a value in a type, and whether the value is of that type; if it is not, the code is meaningless."""

    code: Word
    inside: Bool = TRUE

    def demanded(self, ctx: Context) -> Word:
        """Return the code, or fail if the value is not of the type."""
        ctx.fail_unless(self.inside)
        return self.code


def kind_of(ctx: Context, type_: Type) -> RegisterType:
    """Return the kind of register that holds a value of a type."""
    if isinstance(type_, BoolType | IntType):
        return RegisterType.BIT if isinstance(type_, BoolType) else RegisterType.WORD
    return register_for(0, ctx.codes.size(type_) - 1)


def code_of(ctx: Context, type_: Type, value: Scalar) -> Word:
    """Return the code of a value of a type, which is in its range."""
    if isinstance(value, Bool):
        return as_number(ctx.b, value)
    if isinstance(type_, IntType) and type_.low is not None:
        return fitted_number(ctx, value, type_).code
    return value


def value_of(ctx: Context, type_: Type, code: Word) -> Scalar:
    """Return the value of a code of a type."""
    if isinstance(type_, BoolType):
        return _is_one(ctx, code)
    if isinstance(type_, IntType) and type_.low is not None:
        low, high = ctx.codes.instance.interval(type_)
        if not fits(low, high):
            raise Unsupported(
                f"{type_} has numbers beyond a machine word, so the native explorer cannot compute with them",
                help="use --engine reference",
            )
        return add(ctx.b, narrowed(code, 0, high - low), number(low))
    return ctx.b.settled(narrowed(code, 0, ctx.codes.size(type_) - 1)) if not isinstance(type_, IntType) else code


def _is_one(ctx: Context, code: Word) -> Bool:
    fixed = known(code)
    return truth(fixed != 0) if fixed is not None else unequal(ctx.b, code, number(0))


def fitted_number(ctx: Context, value: Word, type_: IntType) -> Fitted:
    """Return the code of a number in a range. Nothing is checked at run time where its interval decides."""
    if type_.low is None:
        return Fitted(value)
    low, high = ctx.codes.instance.interval(type_)
    inside = within(ctx.b, value, low, high)
    fixed = known(inside)
    if fixed is not None:
        code = subtract(ctx.b, narrowed(value, low, high), number(low)) if fixed else number(0)
        return Fitted(code, inside)
    # A meaningless code must still be a valid one: it is used as an index before anyone asks whether it is meaningful.
    least = max(low, FIRST)
    kept = narrowed(choose(ctx.b, inside, value, number(least)), least, min(high, LAST))
    return Fitted(subtract(ctx.b, kept, number(low)), inside)


def same(ctx: Context, left: Scalar, right: Scalar) -> Bool:
    """Return whether two values of one type are the same."""
    if isinstance(left, Bool) and isinstance(right, Bool):
        return same_truth(ctx.b, left, right)
    return equal(ctx.b, as_word_of(ctx, left), as_word_of(ctx, right))


def as_word_of(ctx: Context, value: Scalar) -> Word:
    """Return a value as a number; true is 1."""
    return as_number(ctx.b, value) if isinstance(value, Bool) else value
