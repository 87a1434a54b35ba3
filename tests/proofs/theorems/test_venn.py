"""The reduction to sizes of regions, against enumeration of all structures with few nodes."""

import pytest
from assay.proofs.logic.z3_backend import Z3
from assay.proofs.theorems.evaluation import is_true
from assay.proofs.theorems.statements import (
    EVERYTHING,
    all_of,
    equal,
    exists,
    forall,
    implies,
    numbers,
    sets,
    size,
    weight,
)
from assay.proofs.theorems.venn import reduced
from formula_oracle import VALUES, bounded, is_satisfiable, open_formulas, quantified_formulas
from hypothesis import given, settings
from z3 import Solver

A, B, C = sets("A B C")
x, y = numbers("x y")


def solve(formula):
    """Return the answer to a formula's reduction, and the sets and numbers that the model stands for."""
    reduction, translation, solver = reduced(formula), Z3(), Solver()
    solver.set("timeout", 10_000)
    solver.add([translation.expression(term) for term in reduction.query])
    answer = str(solver.check())
    assert answer != "unknown"
    if answer == "unsat":
        return False, None
    model = solver.model()
    return True, reduction.structure(
        lambda term: model.eval(translation.expression(term), model_completion=True).as_long()
    )


def check_against_enumeration(formula):
    found, structure = solve(bounded(formula))
    assert found == is_satisfiable(formula)
    if found:
        assert is_true(bounded(formula), structure, VALUES)


@settings(max_examples=120, deadline=None)
@given(open_formulas([A, B, C], [x, y]))
def test_formulas_without_quantifiers(formula):
    check_against_enumeration(formula)


@settings(max_examples=80, deadline=None)
@given(open_formulas([A, B], [x], weights=True))
def test_formulas_with_weights(formula):
    check_against_enumeration(formula)


@settings(max_examples=120, deadline=None)
@given(quantified_formulas())
def test_formulas_with_quantifiers(formula):
    check_against_enumeration(formula)


@pytest.mark.slow
@settings(max_examples=2_000, deadline=None)
@given(quantified_formulas())
def test_many_formulas_with_quantifiers(formula):
    check_against_enumeration(formula)


def test_a_quantified_set_may_take_any_part_of_a_region():
    formula = all_of(equal(size(EVERYTHING), 3), exists((A,), equal(size(A), 2)))
    assert solve(formula)[0]
    assert not solve(all_of(equal(size(EVERYTHING), 3), exists((A,), equal(size(A), 4))))[0]


def test_a_bound_variable_hides_a_free_one_of_the_same_name():
    hiding = all_of(exists((A,), equal(size(A), 0)), forall((A,), size(A) <= 1), exists((x,), equal(x, 6)))
    formula = all_of(equal(size(A), 1), equal(x, 5), hiding)
    found, structure = solve(formula)
    assert found
    assert structure.nodes == 1
    assert structure.numbers == {"x": 5}


def test_a_model_becomes_sets_with_these_regions():
    found, structure = solve(
        all_of(equal(size(A), 4), equal(size(B), 3), equal(size(A & B), 2), equal(size(EVERYTHING), 6))
    )
    assert found
    assert structure.nodes == 6
    assert len(structure.sets["A"] & structure.sets["B"]) == 2
    assert str(structure) == "n = 6, A = {1, 2, 3, 4}, B = {1, 2, 5}"


def test_an_empty_region_weighs_nothing():
    assert not solve(all_of(equal(size(A), 0), weight(A) >= 1))[0]
    assert solve(all_of(equal(size(A), 1), equal(weight(A), 7)))[0]


def test_weights_inside_a_quantifier_over_sets_are_refused():
    """One node of weight 2 has no subset of weight 1, though its region's weight could be halved."""
    with pytest.raises(ValueError, match="quantifier over sets"):
        reduced(all_of(equal(weight(A), 2), exists((B,), equal(weight(A & B), 1))))


def test_weights_beside_a_quantifier_over_sets_are_exact():
    formula = all_of(equal(weight(A), 2), exists((B,), size(B - A) >= 1))
    found, structure = solve(formula)
    assert found
    assert is_true(formula, structure)


def test_no_two_sets_of_more_than_half_are_disjoint():
    halves = all_of(2 * size(A) > size(EVERYTHING), 2 * size(B) > size(EVERYTHING))
    assert not solve(~implies(halves, size(A & B) >= 1))[0]
