"""The compiler of generated code: what compiled instructions compute is what Python computes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from assay.checker.engine.native.codegen.containers.counting import counting
from assay.checker.engine.native.codegen.operations import bitsets, truth, words
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.instructions import Function, Module, Op, Table, listing
from assay.checker.engine.native.codegen.operations.values import TRUE, Bool, Mask, RegisterType, Word, number
from assay.checker.engine.native.compiler import compile_module
from assay.checker.engine.native.objects import link_object
from assay.checker.errors import Unsupported
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checker.engine.native.generated import MEMORY, load, run

WORDS = 4
ONES = 2**64 - 1


def signed(bits: int) -> int:
    """Return 64 bits as a signed number."""
    bits &= ONES
    return bits - 2**64 if bits >> 63 else bits


@dataclass(frozen=True)
class Both:
    """An expression twice: how it is generated, and what Python computes for given memory."""

    generate: Callable[[Builder], Any]
    compute: Callable[[list[int]], int]


def _mask_leaf(index: int) -> Both:
    return Both(lambda b: Mask(load(b, index).ref), lambda memory: memory[index] & ONES)


def _binary(generate: Callable[..., Any], compute: Callable[[int, int], int]) -> Callable[[Both, Both], Both]:
    return lambda left, right: Both(
        lambda b: generate(b, left.generate(b), right.generate(b)),
        lambda memory: compute(left.compute(memory), right.compute(memory)),
    )


def _unary(generate: Callable[..., Any], compute: Callable[[int], int]) -> Callable[[Both], Both]:
    return lambda inner: Both(lambda b: generate(b, inner.generate(b)), lambda memory: compute(inner.compute(memory)))


def _choice(test: Both, then: Both, otherwise: Both) -> Both:
    return Both(
        lambda b: truth.choose(b, test.generate(b), then.generate(b), otherwise.generate(b)),
        lambda memory: then.compute(memory) if test.compute(memory) else otherwise.compute(memory),
    )


def _known_mask(bits: int) -> Both:
    return Both(lambda _: bitsets.of_bits(bits), lambda _: bits)


def _known_truth(value: bool) -> Both:
    return Both(lambda _: truth.truth(value), lambda _: int(value))


MASK_LEAVES = st.one_of(
    st.integers(0, WORDS - 1).map(_mask_leaf), st.sampled_from([0, 1, ONES, 1 << 63, 6]).map(_known_mask)
)
ON_MASKS = (
    _binary(bitsets.union, lambda x, y: x | y),
    _binary(bitsets.intersection, lambda x, y: x & y),
    _binary(bitsets.difference, lambda x, y: x & ~y & ONES),
    _binary(bitsets.same_bits, lambda x, y: ~(x ^ y) & ONES),
)
ON_TRUTHS = (
    _binary(truth.both, lambda x, y: x & y),
    _binary(truth.either, lambda x, y: x | y),
    _binary(truth.same_truth, lambda x, y: int(x == y)),
)


@st.composite
def masks(draw: st.DrawFn, depth: int = 3) -> Both:
    if depth == 0:
        return draw(MASK_LEAVES)
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return _unary(bitsets.complement, lambda x: ~x & ONES)(draw(masks(depth - 1)))
    if kind == 1:
        return _unary(bitsets.spread, lambda x: ONES if x else 0)(draw(truths(depth - 1)))
    if kind == 2:
        return _choice(draw(truths(depth - 1)), draw(masks(depth - 1)), draw(masks(depth - 1)))
    return draw(st.sampled_from(ON_MASKS))(draw(masks(depth - 1)), draw(masks(depth - 1)))


@st.composite
def truths(draw: st.DrawFn, depth: int = 3) -> Both:
    kind = draw(st.integers(0, 5)) if depth else 5
    if kind == 0:
        return _unary(truth.negation, lambda x: 1 - x)(draw(truths(depth - 1)))
    if kind == 1:
        return _unary(bitsets.is_empty, lambda x: int(x == 0))(draw(masks(depth - 1)))
    if kind == 2:
        return _unary(bitsets.is_some, lambda x: int(x != 0))(draw(masks(depth - 1)))
    if kind == 3:
        return _choice(draw(truths(depth - 1)), draw(truths(depth - 1)), draw(truths(depth - 1)))
    if kind == 4:
        return draw(st.sampled_from(ON_TRUTHS))(draw(truths(depth - 1)), draw(truths(depth - 1)))
    return _known_truth(draw(st.booleans()))


numbers = st.one_of(st.integers(-4, 70), st.integers(-(2**63), 2**63 - 1))
memories = st.lists(numbers, min_size=WORDS, max_size=WORDS)


def store(b: Builder, index: int, value: Word | Mask) -> None:
    b.store(MEMORY["memory"], number(index), value)


@settings(max_examples=80, deadline=None)
@given(st.lists(masks(), min_size=1, max_size=4), st.lists(truths(), min_size=1, max_size=4), memories)
def test_words_of_truth_values_are_sets(some_masks: list[Both], some_truths: list[Both], memory: list[int]) -> None:
    room = [0] * (len(some_masks) + len(some_truths))

    def build(b: Builder) -> None:
        for position, one in enumerate(some_masks, WORDS):
            store(b, position, one.generate(b))
        for position, one in enumerate(some_truths, WORDS + len(some_masks)):
            store(b, position, words.as_number(b, one.generate(b)))

    expected = [signed(one.compute(memory)) for one in some_masks] + [one.compute(memory) for one in some_truths]
    assert run(build, memory + room) == memory + expected


@settings(max_examples=40, deadline=None)
@given(st.integers(0, ONES), st.integers(0, 63))
def test_bits_are_found_counted_and_moved(bits: int, by: int) -> None:
    def build(b: Builder) -> None:
        mask, shift = Mask(load(b, 0).ref), load(b, 1, 0, 63)
        store(b, 2, bitsets.population(b, mask))
        store(b, 3, bitsets.moved_up(b, mask, shift))
        store(b, 4, bitsets.moved_down(b, mask, shift))
        store(b, 5, bitsets.only(b, shift))
        store(b, 6, bitsets.below(b, shift))
        with b.when(bitsets.is_some(b, mask)):
            store(b, 7, bitsets.lowest(b, mask))
            store(b, 8, bitsets.without_lowest(b, mask))

    lowest = (bits & -bits).bit_length() - 1 if bits else 0
    expected = [
        bits.bit_count(),
        bits << by,
        bits >> by,
        1 << by,
        (1 << by) - 1,
        lowest,
        bits & (bits - 1) if bits else 0,
    ]
    assert run(build, [signed(bits), by, *[0] * 7])[2:] == [signed(one) for one in expected]


@settings(max_examples=40, deadline=None)
@given(st.integers(-5, 5), st.integers(-5, 5), st.integers(-6, 6))
def test_loops_count_as_range_does_and_are_left_where_they_are_left(start: int, stop: int, last: int) -> None:
    def build(b: Builder) -> None:
        total, done = b.register("total", RegisterType.WORD), b.label()
        b.set(total, number(0))
        with counting(b, load(b, 0, -5, 5), load(b, 1, -5, 5)) as counter:
            b.set(total, words.bounded_sum(b, b.get_word(total), counter, -100, 100))
            with b.when(words.equal(b, counter, load(b, 2))):
                b.jump(done)
        b.place(done)
        store(b, 3, b.get_word(total))

    expected = 0
    for counter in range(start, stop):
        expected += counter
        if counter == last:
            break
    assert run(build, [start, stop, last, 0])[3] == expected


def test_only_one_of_two_values_is_evaluated() -> None:
    def build(b: Builder) -> None:
        negative = words.less(b, load(b, 0), number(0))
        far = number(100_000_000_000)
        chosen = truth.evaluated_if(b, negative, lambda: Word(b.load(MEMORY["memory"], far), 0, 9), lambda: number(5))
        assert isinstance(chosen, Word)
        store(b, 0, chosen)

    assert run(build, [1]) == [5]


def test_a_table_is_read_by_its_index() -> None:
    table = Table("powers", (1, 3, 9, -(2**63)))
    function = Function("f", MEMORY)
    b = Builder(function)
    store(b, 0, Word(b.load(table, load(b, 0, 0, 3)), -(2**63), 2**63 - 1))
    b.leave(number(0))
    assert "powers" in listing(Module((table,), (function,)))
    assert link_object(compile_module(Module((table,), (function,))))["f"]


def test_a_loop_that_llvm_replaces_by_a_formula_of_wide_numbers_is_linked() -> None:
    """The sum of the squares of squares is a polynomial divided by 30, in 128-bit arithmetic."""

    def build(b: Builder) -> None:
        total = b.register("total", RegisterType.WORD)
        b.set(total, number(0))
        with counting(b, number(0), load(b, 0, 0, 5)) as counter:
            square = words.multiply(b, counter, counter)
            b.set(total, words.bounded_sum(b, b.get_word(total), words.multiply(b, square, square), 0, 10**6))
        store(b, 0, b.get_word(total))

    assert run(build, [5]) == [sum(c**4 for c in range(5))]


def test_a_thousand_nested_branches_compile() -> None:
    """Labels do not nest, so nothing here recurses."""

    def build(b: Builder) -> None:
        end = b.label()
        for value in range(1_000):
            b.unless(words.unequal(b, load(b, 0), number(value)), end)
        store(b, 0, number(-1))
        b.place(end)

    assert run(build, [999]) == [999]
    assert run(build, [1_000]) == [-1]


def test_values_are_used_as_what_they_are() -> None:
    b = Builder(Function("f", MEMORY))
    with pytest.raises(TypeError):
        Word(TRUE.ref, 0, 1)
    with pytest.raises(TypeError):
        Bool(number(1).ref)
    with pytest.raises(TypeError):
        b.compute(Op.ADD, TRUE.ref, number(1).ref)
    with pytest.raises(TypeError):
        b.set(b.register("flag", RegisterType.BIT), number(1))


def test_a_number_beyond_a_word_is_refused_where_a_machine_would_need_it() -> None:
    b = Builder(Function("f", MEMORY))
    with pytest.raises(Unsupported, match="9223372036854775808 does not fit"):
        store(b, 0, number(2**63))
