"""Records, tuples, unions and optionals in generated code: making them, taking them apart, widening and narrowing."""

from __future__ import annotations

from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.scalars import Fitted, as_word_of, code_of, fitted_number, value_of
from assay.checker.engine.native.codegen.operations.truth import both, choose, either, truth
from assay.checker.engine.native.codegen.operations.values import FALSE, TRUE, Bool, Scalar, Word, number
from assay.checker.engine.native.codegen.operations.words import (
    add,
    bounded_sum,
    clamped,
    equal,
    less,
    less_or_equal,
    multiply,
    narrowed,
    quotient,
    remainder,
    subtract,
    unequal,
)
from assay.checker.language.ir.nodes import Cast, Expr, Field, IsKind, Item, Make, MakeTuple, Narrow
from assay.checker.language.types import (
    COMPUTED,
    IntType,
    NoneOnly,
    OptionalType,
    RecordType,
    TupleType,
    Type,
    UnionType,
)

__all__ = ["as_value", "cast", "field", "fitted", "fitted_value", "is_kind", "item", "made", "narrow"]


def field(node: Field, ctx: Context) -> Scalar:
    """Compute a field of a record."""
    assert isinstance(node.operand.type, RecordType)
    return _part(ctx, node.operand, [name for name, _ in node.operand.type.fields].index(node.name))


def item(node: Item, ctx: Context) -> Scalar:
    """Compute an item of a tuple."""
    return _part(ctx, node.operand, node.index)


def _part(ctx: Context, operand: Expr, index: int) -> Scalar:
    if isinstance(operand, Make | MakeTuple) and not ctx.facts.can_fail(operand):
        return ctx.expr(operand.arguments[index])
    type_ = operand.type
    assert isinstance(type_, RecordType | TupleType)
    return _taken(ctx, type_, ctx.word(operand), index)


def _taken(ctx: Context, type_: RecordType | TupleType, code: Word, index: int) -> Scalar:
    """Return a part of a record or tuple that is given by its code."""
    part, stride = ctx.codes.parts(type_)[index], ctx.codes.strides(type_)[index]
    room, whole = ctx.codes.rooms(type_)[index], ctx.codes.size(type_)
    rest = quotient(ctx.b, narrowed(code, 0, whole - 1), number(stride))
    return value_of(ctx, part, rest if stride * room == whole else remainder(ctx.b, rest, number(room)))


def made(node: Make | MakeTuple, ctx: Context) -> Scalar:
    """Compute a record or tuple, or fail if a number in it is out of range."""
    return fitted(ctx, node, node.type).demanded(ctx)


def cast(node: Cast, ctx: Context) -> Scalar:
    """Compute a value of a wider type, or fail if a number in it is out of range."""
    return value_of(ctx, node.type, fitted(ctx, node, node.type).demanded(ctx))


def fitted(ctx: Context, node: Expr, wanted: Type) -> Fitted:
    """Return the code of an expression in a type at least as wide as its own, or in a range."""
    match node:
        case Make(type_, arguments) | MakeTuple(type_, arguments):
            return _fitted_as(ctx, _fitted_parts(ctx, type_, arguments), type_, wanted)
        case Cast(operand, type_):
            return _fitted_as(ctx, fitted(ctx, operand, type_), type_, wanted)
        case _:
            return fitted_value(ctx, ctx.expr(node), node.type, wanted)


def as_value(ctx: Context, node: Expr, wanted: Type) -> Scalar:
    """Compute an expression as a value of a type at least as wide as its own, or fail if it does not fit."""
    if node.type == wanted:
        return ctx.expr(node)
    return value_of(ctx, wanted, fitted(ctx, node, wanted).demanded(ctx))


def _fitted_parts(ctx: Context, type_: RecordType | TupleType, arguments: tuple[Expr, ...]) -> Fitted:
    parts = [fitted(ctx, argument, part) for argument, part in zip(arguments, ctx.codes.parts(type_), strict=True)]
    return _weighted(ctx, type_, parts)


def _weighted(ctx: Context, type_: RecordType | TupleType, parts: list[Fitted]) -> Fitted:
    ctx.codes.size(type_)  # raises if the type has too many codes for a register
    total, inside = number(0), TRUE
    for part, stride in zip(parts, ctx.codes.strides(type_), strict=True):
        total = add(ctx.b, multiply(ctx.b, part.code, number(stride)), total)
        inside = both(ctx.b, inside, part.inside)
    return Fitted(total, inside)


def _fitted_as(ctx: Context, given: Fitted, type_: Type, wanted: Type) -> Fitted:
    if type_ == wanted:
        return given
    seen = fitted_value(ctx, value_of(ctx, type_, given.code), type_, wanted)
    return Fitted(seen.code, both(ctx.b, given.inside, seen.inside))


def fitted_value(ctx: Context, value: Scalar, given: Type, wanted: Type) -> Fitted:
    """Return the code, in one type, of a value of a type no wider."""
    if isinstance(wanted, IntType):
        return _fitted_number(ctx, as_word_of(ctx, value), wanted)
    if given == wanted:
        return Fitted(code_of(ctx, given, value))
    match given, wanted:
        case NoneOnly(), OptionalType():
            return Fitted(number(0))
        case OptionalType(inner), OptionalType(wider):
            return _fitted_optional(ctx, code_of(ctx, given, value), inner, wider)
        case _, OptionalType(wider):
            return _after_none(ctx, fitted_value(ctx, value, given, wider))
        case RecordType(), UnionType():
            return Fitted(add(ctx.b, code_of(ctx, given, value), number(ctx.codes.offset(wanted, given))))
        case UnionType(alternatives), UnionType():
            return Fitted(_moved(ctx, code_of(ctx, given, value), given, wanted, alternatives))
        case TupleType(items), TupleType(wide):
            code = code_of(ctx, given, value)
            taken = [_taken(ctx, given, code, index) for index in range(len(items))]
            parts = [fitted_value(ctx, *three) for three in zip(taken, items, wide, strict=True)]
            return _weighted(ctx, wanted, parts)
    raise NotImplementedError(f"{given} as {wanted}")


def _fitted_number(ctx: Context, value: Word, wanted: IntType) -> Fitted:
    fit = fitted_number(ctx, value, wanted)
    # A number outside the range of computed numbers has no code at all, so it cannot be told apart from other values.
    return Fitted(fit.demanded(ctx)) if wanted == COMPUTED else fit


def _after_none(ctx: Context, inner: Fitted) -> Fitted:
    return Fitted(add(ctx.b, inner.code, number(1)), inner.inside)


def _fitted_optional(ctx: Context, code: Word, inner: Type, wider: Type) -> Fitted:
    absent = equal(ctx.b, code, number(0))
    some = narrowed(bounded_sum(ctx.b, code, number(-1), -1, code.high - 1), 0, code.high - 1)
    some = choose(ctx.b, absent, number(0), some)
    part = _after_none(ctx, fitted_value(ctx, value_of(ctx, inner, some), inner, wider))
    return Fitted(choose(ctx.b, absent, number(0), part.code), either(ctx.b, absent, part.inside))


def _moved(ctx: Context, code: Word, given: UnionType, wanted: UnionType, kinds: tuple[RecordType, ...]) -> Word:
    """Return the code of a union's value in another union that has these records too."""
    result = number(0)
    for kind in reversed(kinds):
        start, size = ctx.codes.offset(given, kind), ctx.codes.size(kind)
        # All the sums are computed, whichever record the value is. All but one are meaningless; that one is chosen.
        by = number(ctx.codes.offset(wanted, kind) - start)
        moved = bounded_sum(ctx.b, code, by, ctx.codes.offset(wanted, kind), ctx.codes.offset(wanted, kind) + size - 1)
        result = choose(ctx.b, _is_record(ctx, code, given, kind), moved, result)
    return result


def _is_record(ctx: Context, code: Word, union: UnionType, kind: RecordType) -> Bool:
    start = ctx.codes.offset(union, kind)
    end = start + ctx.codes.size(kind)
    from_start = TRUE if start == 0 else less_or_equal(ctx.b, number(start), code)
    return from_start if end == ctx.codes.size(union) else both(ctx.b, from_start, less(ctx.b, code, number(end)))


def narrow(node: Narrow, ctx: Context) -> Scalar:
    """Compute a value of a narrower type, or fail if it is not of that type."""
    operand, type_ = node.operand, node.type
    if isinstance(operand, Cast) and operand.operand.type == type_:
        return ctx.expr(operand.operand)
    given, code = operand.type, code_of(ctx, operand.type, ctx.expr(operand))
    if isinstance(given, OptionalType) and isinstance(type_, OptionalType) and given != type_:
        return value_of(ctx, type_, _narrowed_optional(ctx, code, given, type_, node.safe))
    if isinstance(given, OptionalType) and given != type_:
        if not node.safe:
            ctx.fail_if(equal(ctx.b, code, number(0)))
        code = subtract(ctx.b, clamped(ctx.b, code, 1, ctx.codes.size(given) - 1), number(1))
        given = given.inner
    if isinstance(given, UnionType) and given != type_:
        code = _narrowed_union(ctx, code, given, type_, node.safe)
    return value_of(ctx, type_, code)


def _narrowed_optional(ctx: Context, code: Word, given: OptionalType, type_: OptionalType, safe: bool) -> Word:
    """Return the code of an optional value that, unless it is None, is one of the records of a narrower union."""
    assert isinstance(given.inner, UnionType)
    absent = equal(ctx.b, code, number(0))
    inner = subtract(ctx.b, clamped(ctx.b, code, 1, ctx.codes.size(given) - 1), number(1))
    if not safe:
        kinds = type_.inner.alternatives if isinstance(type_.inner, UnionType) else (type_.inner,)
        ctx.fail_unless(either(ctx.b, absent, _is_any(ctx, inner, given.inner, kinds)))
    present = add(ctx.b, _narrowed_union(ctx, inner, given.inner, type_.inner, safe=True), number(1))
    return choose(ctx.b, absent, number(0), present)


def _narrowed_union(ctx: Context, code: Word, given: UnionType, type_: Type, safe: bool) -> Word:
    kinds = type_.alternatives if isinstance(type_, UnionType) else (type_,)
    if not safe:
        ctx.fail_unless(_is_any(ctx, code, given, kinds))
    if isinstance(type_, UnionType):
        return _moved(ctx, code, given, type_, type_.alternatives)
    assert isinstance(type_, RecordType)
    start, size = ctx.codes.offset(given, type_), ctx.codes.size(type_)
    return subtract(ctx.b, clamped(ctx.b, code, start, start + size - 1), number(start))


def _is_any(ctx: Context, code: Word, given: UnionType, kinds: tuple[Type, ...]) -> Bool:
    result = FALSE
    for kind in kinds:
        if isinstance(kind, RecordType):
            result = either(ctx.b, result, _is_record(ctx, code, given, kind))
    return result


def is_kind(node: IsKind, ctx: Context) -> Bool:
    """Compute whether a value is one of some records, or None."""
    type_ = node.operand.type
    return _kind_test(ctx, code_of(ctx, type_, ctx.expr(node.operand)), type_, node.kinds)


def _kind_test(ctx: Context, code: Word, given: Type, kinds: tuple[Type, ...]) -> Bool:
    if isinstance(given, UnionType):
        return _is_any(ctx, code, given, kinds)
    if not isinstance(given, OptionalType):
        return truth(given in kinds)
    none = equal(ctx.b, code, number(0)) if NoneOnly() in kinds else FALSE
    rest = tuple(kind for kind in kinds if not isinstance(kind, NoneOnly))
    if not rest:
        return none
    some = unequal(ctx.b, code, number(0))
    inner = bounded_sum(ctx.b, code, number(-1), -1, code.high - 1)
    return either(ctx.b, none, both(ctx.b, some, _kind_test(ctx, inner, given.inner, rest)))
