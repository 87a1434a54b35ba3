"""Arithmetic of generated code: what Python computes, or a failure where a word is too small."""

from __future__ import annotations

import operator
from types import SimpleNamespace
from typing import Any

import pytest
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.numbers import arithmetic
from assay.checker.engine.native.codegen.expressions.scalars import fitted_number
from assay.checker.engine.native.codegen.operations import words
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.values import FIRST, LAST, Bool, Word, number
from assay.checker.errors import Unsupported
from assay.checker.language.ir.nodes import Arithmetic, ArithmeticOperator, Expr, Name
from assay.checker.language.types import INT, IntType
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.checker.engine.native.generated import MEMORY, load, run

PYTHON = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
}
ENDS = [FIRST, FIRST + 1, -(2**32), -2, -1, 0, 1, 2, 3, 2**31, 2**32, LAST - 1, LAST]
values = st.one_of(st.sampled_from(ENDS), st.integers(-10, 10), st.integers(FIRST, LAST))


@st.composite
def known(draw: st.DrawFn) -> tuple[int, int, int]:
    """Draw a number, and an interval that it is known to be in."""
    three = sorted((draw(values), draw(values), draw(values)))
    return three[1], three[0], three[2]


def context(b: Builder) -> Context:
    instance = SimpleNamespace(interval=lambda type_: (type_.low, type_.high))
    codes: Any = SimpleNamespace(instance=instance)
    nothing: Any = None

    class _Leaves(Context):
        def expr(self, node: Expr) -> Any:
            return self.names[node.name] if isinstance(node, Name) else arithmetic(node, self)  # type: ignore[arg-type]

    return _Leaves(codes, nothing, nothing, nothing, {}, b, {}, b.label(), nothing, nothing)


def build_chain(operators: list[str], operands: list[tuple[int, int, int]]) -> list[int]:
    """Compute a chain of operations; return whether it failed, and the result."""

    def build(b: Builder) -> None:
        ctx, at = context(b), len(operands)
        for index, (_, low, high) in enumerate(operands):
            ctx.names[f"x{index}"] = load(b, index, low, high)
        node: Any = Name("x0", INT)
        for index, symbol in enumerate(operators, 1):
            node = Arithmetic(ArithmeticOperator(symbol), node, Name(f"x{index}", INT))
        result = arithmetic(node, ctx)
        b.store(MEMORY["memory"], number(at + 1), result)
        # the interval that is claimed must be true as well
        in_interval = words.within(b, Word(result.ref, FIRST, LAST), result.low, result.high)
        b.store(MEMORY["memory"], number(at), words.as_number(b, in_interval))
        b.leave(number(0))
        b.place(ctx.failure)
        b.store(MEMORY["memory"], number(at), number(2))

    return run(build, [*(value for value, _, _ in operands), 0, 0])[len(operands) :]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(PYTHON)), known()), min_size=1, max_size=3), known())
@example([("//", (-1, -1, -1))], (FIRST, FIRST, FIRST))
@example([("%", (-1, -2, 3))], (FIRST, FIRST, LAST))
@example([("*", (4_000_000_000, 0, 4_000_000_000))], (4_000_000_000, 0, 4_000_000_000))
def test_a_result_is_that_of_python_or_none(steps: Any, first: tuple[int, int, int]) -> None:
    expected: int | None = first[0]
    for symbol, (value, _, _) in steps:
        if expected is None or (value == 0 and symbol in ("//", "%")):
            expected = None
            break
        expected = PYTHON[symbol](expected, value)
        if not FIRST <= expected <= LAST:
            expected = None
    try:
        flag, result = build_chain([symbol for symbol, _ in steps], [first, *(operand for _, operand in steps)])
    except Unsupported:  # by the intervals alone, some step is always beyond a word
        assert expected is None
        return
    if expected is None:
        assert flag == 2
    elif flag == 2:
        assert any(value == -1 and symbol in ("//", "%") for symbol, (value, _, _) in steps)
    else:
        assert (flag, result) == (1, expected)


@settings(max_examples=120, deadline=None)
@given(known(), known())
def test_comparisons_are_those_of_python(first: tuple[int, int, int], second: tuple[int, int, int]) -> None:
    tests = {
        words.equal: operator.eq,
        words.unequal: operator.ne,
        words.less: operator.lt,
        words.less_or_equal: operator.le,
    }

    def build(b: Builder) -> None:
        left, right = load(b, 0, *first[1:]), load(b, 1, *second[1:])
        for index, compare in enumerate(tests, 2):
            b.store(MEMORY["memory"], number(index), words.as_number(b, compare(b, left, right)))

    found = run(build, [first[0], second[0], *[0] * len(tests)])[2:]
    assert found == [int(test(first[0], second[0])) for test in tests.values()]


@settings(max_examples=120, deadline=None)
@given(known(), values, st.integers(0, 2**62 - 1))
@example((0, FIRST, LAST), -(2**61), 2**62 - 1)
def test_a_number_has_a_code_in_a_range_exactly_if_it_is_inside(
    drawn: tuple[int, int, int], low: int, span: int
) -> None:
    value, least, most = drawn
    high = min(LAST, low + span)

    def build(b: Builder) -> None:
        fit = fitted_number(context(b), load(b, 0, least, most), IntType(low, high))
        assert 0 <= fit.code.low <= fit.code.high <= high - low
        b.store(MEMORY["memory"], number(1), words.as_number(b, fit.inside))
        b.store(MEMORY["memory"], number(2), fit.code)

    _, inside, code = run(build, [value, 0, 0])
    assert inside == (low <= value <= high)
    assert 0 <= code <= high - low
    assert not inside or code == value - low


def test_a_sum_whose_interval_fits_is_not_checked() -> None:
    def build(b: Builder) -> None:
        ctx = context(b)
        ctx.names |= {"x": load(b, 0, 0, 10), "y": load(b, 1, 0, 10)}
        arithmetic(Arithmetic(ArithmeticOperator.ADD, Name("x", INT), Name("y", INT)), ctx)
        assert not any("checked" in str(type(one)).lower() for one in b.function.code)

    run(build, [1, 2])


def test_a_thousand_additions_are_not_nested() -> None:
    def build(b: Builder) -> None:
        ctx = context(b)
        ctx.names["x"] = load(b, 0, 0, 10)
        node: Expr = Name("x", INT)
        for _ in range(20_000):
            node = Arithmetic(ArithmeticOperator.ADD, node, Name("x", INT))
        b.store(MEMORY["memory"], number(0), arithmetic(node, ctx))  # type: ignore[arg-type]

    assert run(build, [3]) == [60_003]


def test_sums_beyond_a_word_are_computed_in_wider_registers() -> None:
    def build(b: Builder) -> None:
        total = words.add(b, load(b, 0), load(b, 0))
        b.store(MEMORY["memory"], number(1), words.as_number(b, words.less(b, number(2**63), total)))

    assert run(build, [LAST, 0]) == [LAST, 1]
    assert run(build, [3, 0]) == [3, 0]
    assert isinstance(words.equal(None, number(2**70), number(3)), Bool)  # type: ignore[arg-type]


def test_products_beyond_a_word_are_only_by_powers_of_2() -> None:
    def build(b: Builder) -> None:
        for by in (3, -4):
            with pytest.raises(OverflowError):
                words.multiply(b, load(b, 0), number(by))

    run(build, [1])
