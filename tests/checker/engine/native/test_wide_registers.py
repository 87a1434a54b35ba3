"""Registers of several words: what is computed in them is what Python computes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from assay.checker.engine.native.codegen.operations import bitsets, words
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.truth import choose, evaluated_if
from assay.checker.engine.native.codegen.operations.values import (
    Bool,
    Mask,
    RegisterType,
    Word,
    number,
    register_for,
    register_of_bits,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.checker.engine.native.generated import MEMORY, load, run

WIDTHS = [1, 61, 62, 63, 64, 65, 66, 124, 126, 127, 128, 129, 130, 191, 255, 256, 510]
PIECES = 8
"""Words of memory that a number takes."""


@st.composite
def sized(draw: st.DrawFn) -> tuple[int, int]:
    """Draw a number, and how many bits it is known to have at most."""
    width = draw(st.sampled_from(WIDTHS))
    return draw(st.one_of(st.sampled_from([0, 1, 2**width - 1, 2 ** (width - 1)]), st.integers(0, 2**width - 1))), width


def pieces(value: int) -> list[int]:
    """Return a number as signed words, the lowest first."""
    unsigned = [value >> 64 * index & 2**64 - 1 for index in range(PIECES)]
    return [word - 2**64 if word >> 63 else word for word in unsigned]


def whole(memory: list[int]) -> int:
    return sum((word & 2**64 - 1) << 64 * index for index, word in enumerate(memory))


def loaded(b: Builder, at: int, width: int) -> Word:
    """Return a number of some bits in memory."""
    kind = register_for(0, 2**width - 1)
    result = bitsets.of_bits(0, kind)
    for index in range(-(-width // 64)):
        part = Mask(b.in_register(Mask(load(b, at + index).ref), kind))
        result = bitsets.union(b, result, bitsets.moved_up(b, part, number(64 * index)))
    return Word(result.ref, 0, 2**width - 1)


def put(b: Builder, at: int, value: Word | Mask | Bool) -> None:
    """Write a number into memory, of which everything is 0."""
    if isinstance(value, Bool):
        value = words.as_number(b, value)
    bits = Mask(b.in_register(Mask(value.ref), RegisterType.EIGHT_WORDS))
    for index in range(PIECES):
        moved = bitsets.moved_down(b, bits, number(64 * index))
        b.store(MEMORY["memory"], number(at + index), b.lowest_bits(moved, RegisterType.WORD))


def computed(numbers: list[tuple[int, int]], compute: Callable[..., list[Word | Mask | Bool]]) -> list[int]:
    """Return what generated code computes from numbers."""
    count = 0

    def build(b: Builder) -> None:
        nonlocal count
        results = compute(b, *(loaded(b, PIECES * index, width) for index, (_, width) in enumerate(numbers)))
        count = len(results)
        for index, result in enumerate(results):
            put(b, PIECES * (len(numbers) + index), result)

    given = [piece for value, _ in numbers for piece in pieces(value)]
    memory = run(build, [*given, *[0] * PIECES * 8])[len(given) :]
    return [whole(memory[PIECES * index : PIECES * (index + 1)]) for index in range(count)]


@settings(max_examples=60, deadline=None)
@given(sized(), sized())
@example((2**63 - 1, 63), (2**63, 64))
@example((2**64 - 1, 64), (1, 1))
def test_sums_differences_and_comparisons_are_those_of_python(one: tuple[int, int], other: tuple[int, int]) -> None:
    (x, _), (y, _) = one, other

    def compute(b: Builder, left: Word, right: Word) -> list[Word | Mask | Bool]:
        total = words.add(b, left, right)
        return [
            total,
            words.narrowed(words.subtract(b, total, right), 0, left.high),
            words.equal(b, left, right),
            words.unequal(b, left, right),
            words.less(b, left, right),
            words.less_or_equal(b, left, right),
            words.less(b, words.subtract(b, left, right), number(0)),
        ]

    expected = [x + y, x, x == y, x != y, x < y, x <= y, x - y < 0]
    assert computed([one, other], compute) == list(map(int, expected))


@settings(max_examples=60, deadline=None)
@given(sized(), st.integers(0, 500), st.sampled_from([*WIDTHS[:-1]]))
def test_fields_products_and_quotients_are_those_of_python(one: tuple[int, int], shift: int, width: int) -> None:
    x, most = one
    shift = min(shift, max(0, 510 - most))
    by = min(shift, most - 1)

    def compute(b: Builder, value: Word) -> list[Word | Mask | Bool]:
        return [
            words.multiply(b, value, number(2**shift)),
            words.quotient(b, value, number(2**by)),
            words.remainder(b, value, number(2**by)),
            bitsets.field(b, bitsets.bits_of(b, value), number(by), width),
        ]

    assert computed([one], compute) == [x << shift, x >> by, x % 2**by, x >> by & 2**width - 1]


@settings(max_examples=60, deadline=None)
@given(sized(), sized(), st.booleans())
def test_one_of_two_numbers_in_registers_of_any_width_is_chosen(
    one: tuple[int, int], other: tuple[int, int], first: bool
) -> None:
    def compute(b: Builder, left: Word, right: Word, test: Word) -> list[Word | Mask | Bool]:
        is_first = words.equal(b, test, number(1))
        evaluated = evaluated_if(b, is_first, lambda: left, lambda: right)
        return [choose(b, is_first, left, right), evaluated]

    expected = (one if first else other)[0]
    assert computed([one, other, (int(first), 1)], compute) == [expected, expected]


@settings(max_examples=60, deadline=None)
@given(sized(), sized(), st.integers(0, 511))
def test_sets_of_different_widths_are_combined_as_sets(one: tuple[int, int], other: tuple[int, int], code: int) -> None:
    (x, _), (y, width) = one, other
    code %= register_of_bits(width).bits

    def compute(b: Builder, left: Word, right: Word, at: Word) -> list[Word | Mask | Bool]:
        first, second = bitsets.bits_of(b, left), bitsets.bits_of(b, right)
        place = words.narrowed(at, 0, second.kind.bits - 1)
        return [
            bitsets.union(b, first, second),
            bitsets.intersection(b, first, second),
            bitsets.difference(b, first, second),
            bitsets.only(b, place, second.kind),
            bitsets.is_empty(b, first),
        ]

    expected = [x | y, x & y, x & ~y, 1 << code, int(x == 0)]
    assert computed([one, other, (code, 9)], compute) == expected


def test_what_does_not_fit_a_register_is_not_put_there() -> None:
    def build(b: Builder) -> None:
        wide = loaded(b, 0, 100)
        with pytest.raises(TypeError):
            b.in_register(wide, RegisterType.WORD)
        with pytest.raises(TypeError):
            b.set(b.register("x", RegisterType.WORD), wide)
        with pytest.raises(OverflowError):
            Word(wide.ref, 0, 2**127)
        with pytest.raises(OverflowError):
            words.add(b, loaded(b, 0, 511), loaded(b, 0, 511))
        with pytest.raises(OverflowError):
            words.quotient(b, wide, number(3))

    run(build, [0] * PIECES)
