"""Operations on truth values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.instructions import Op, Register
from assay.checker.engine.native.codegen.operations.values import (
    FALSE,
    TRUE,
    Bool,
    Mask,
    RegisterType,
    Scalar,
    Word,
    known,
    widest,
)

__all__ = ["any_of", "both", "choose", "either", "evaluated_if", "negation", "same_truth", "truth"]

V = TypeVar("V", Bool, Word, Mask)


def truth(value: bool) -> Bool:
    """Return a constant truth value."""
    return TRUE if value else FALSE


def negation(b: Builder, value: Bool) -> Bool:
    """Return the negation of a truth value."""
    fixed = known(value)
    # LLVM has no instruction for negation: it is an exclusive or with true.
    return Bool(b.compute(Op.DIFFER, value.ref, TRUE.ref)) if fixed is None else truth(not fixed)


def both(b: Builder, left: Bool, right: Bool) -> Bool:
    """Return the conjunction of two truth values; both have been evaluated."""
    for one, other in ((left, right), (right, left)):
        fixed = known(one)
        if fixed is not None:
            return other if fixed else FALSE
    return Bool(b.compute(Op.BOTH, left.ref, right.ref))


def either(b: Builder, left: Bool, right: Bool) -> Bool:
    """Return the disjunction of two truth values; both have been evaluated."""
    for one, other in ((left, right), (right, left)):
        fixed = known(one)
        if fixed is not None:
            return TRUE if fixed else other
    return Bool(b.compute(Op.EITHER, left.ref, right.ref))


def any_of(b: Builder, values: list[Bool]) -> Bool:
    """Return the disjunction of any number of truth values."""
    result = FALSE
    for value in values:
        result = either(b, result, value)
    return result


def same_truth(b: Builder, left: Bool, right: Bool) -> Bool:
    """Return whether two truth values are the same."""
    for one, other in ((left, right), (right, left)):
        fixed = known(one)
        if fixed is not None:
            return other if fixed else negation(b, other)
    return negation(b, Bool(b.compute(Op.DIFFER, left.ref, right.ref)))


def choose(b: Builder, test: Bool, then: V, otherwise: V) -> V:
    """Return one of two values of the same type, without a branch; both have been evaluated."""
    fixed = known(test)
    if fixed is not None:
        return then if fixed else otherwise
    if isinstance(then, Bool) and isinstance(otherwise, Bool):
        return Bool(b.compute(Op.CHOOSE_BIT, test.ref, then.ref, otherwise.ref))
    assert not isinstance(then, Bool)
    assert not isinstance(otherwise, Bool)
    kind = widest(then.kind, otherwise.kind)
    chosen = b.compute(Op.CHOOSE, test.ref, b.in_register(then, kind), b.in_register(otherwise, kind))
    if isinstance(then, Word) and isinstance(otherwise, Word):
        return Word(chosen, min(then.low, otherwise.low), max(then.high, otherwise.high))
    return Mask(chosen)


def evaluated_if(b: Builder, test: Bool, then: Callable[[], Scalar], otherwise: Callable[[], Scalar]) -> Scalar:
    """Return one of two values without evaluating the other, which may fail."""
    fixed = known(test)
    if fixed is not None:
        return then() if fixed else otherwise()
    one, other, after = b.label(), b.label(), b.label()
    b.branch(test, one, other)
    b.place(one)
    first = then()
    result = _kept(b, first)
    b.jump(after)
    b.place(other)
    second = otherwise()
    if isinstance(first, Word) and isinstance(second, Word) and widest(first.kind, second.kind) is not first.kind:
        # Only now is it known that the first register is too narrow for both.
        wide = _kept(b, second)
        b.place(after)
        return choose(b, test, b.get_word(result, first.low, first.high), b.get_word(wide, second.low, second.high))
    b.set(result, second)
    b.place(after)
    if isinstance(first, Word) and isinstance(second, Word):
        return b.get_word(result, min(first.low, second.low), max(first.high, second.high))
    return b.get_bool(result)


def _kept(b: Builder, value: Scalar) -> Register:
    """Return a register that a value is kept in."""
    register = b.register("choice", RegisterType.BIT if isinstance(value, Bool) else value.kind)
    b.set(register, value)
    return register
