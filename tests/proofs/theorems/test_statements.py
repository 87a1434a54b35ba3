"""The language of the theorems refuses what Python would make something else of."""

import pytest
from assay.proofs.theorems.evaluation import Interpretation, is_true
from assay.proofs.theorems.statements import (
    EVERYTHING,
    all_of,
    any_of,
    exists,
    forall,
    free_numbers,
    free_sets,
    implies,
    numbers,
    sets,
    size,
)

A, B = sets("A B")
(x,) = numbers("x")


@pytest.mark.parametrize(
    "misuse",
    [
        lambda: bool(size(A) <= 1),
        lambda: 0 <= size(A) <= 1,
        lambda: size(A) <= 1 and size(B) <= 1,
        lambda: not size(A) <= 1,
        lambda: [1] if size(A) > 0 else [],
    ],
)
def test_a_formula_has_no_truth_value(misuse):
    with pytest.raises(TypeError, match="no truth value"):
        misuse()


@pytest.mark.parametrize("divisor", [0, -2])
def test_a_divisor_is_positive(divisor):
    with pytest.raises(ValueError, match="not positive"):
        size(A) // divisor
    with pytest.raises(ValueError, match="not positive"):
        size(A) % divisor


def test_a_bound_variable_is_not_free():
    formula = all_of(forall((A,), size(A & B) >= x), exists((x,), x >= 1))
    assert free_sets(formula) == (B,)
    assert free_numbers(formula) == (x,)


def test_formulas_are_written_as_one_reads_them():
    formula = forall((A, B), implies(all_of(size(A) >= x, size(B) > x), size(A & B) >= 1))
    assert str(formula) == "all A, B: (if (x <= |A| and |B| > x) then 1 <= |(A & B)|)"
    assert str(size(EVERYTHING - A) // 2) == "(|(nodes & ~A)| // 2)"


@pytest.mark.parametrize(("a", "b"), [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_connectives(a, b):
    left, right = size(A) >= 1, size(B) >= 1
    structure = Interpretation(1, {"A": frozenset({1} if a else ()), "B": frozenset({1} if b else ())})
    assert is_true(all_of(left, right), structure) == bool(a and b)
    assert is_true(any_of(left, right), structure) == bool(a or b)
    assert is_true(implies(left, right), structure) == bool(not a or b)
    assert is_true(size(A | B) >= 1, structure) == bool(a or b)
    assert is_true(size(A - B) >= 1, structure) == bool(a and not b)
