"""Formulas whose quantifiers are written out say the same of every small structure, and small structures are found."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from assay.proofs.induction.premises import premises
from assay.proofs.induction.small import find_any, find_small
from assay.proofs.logic import expansion
from assay.proofs.logic.binders import count, exists, for_all
from assay.proofs.logic.connectives import (
    add,
    at_most,
    conjunction,
    disjunction,
    equal,
    iff,
    ite,
    less,
    multiply,
    negation,
)
from assay.proofs.logic.enums import only_these
from assay.proofs.logic.expansion import Expansion, written_out
from assay.proofs.logic.structures import Structure, evaluate
from assay.proofs.logic.terms import BOOL, INT, TRUE, Sort, Symbol, Term, element, number, variable
from assay.proofs.logic.z3_backend import Z3
from hypothesis import example, given
from hypothesis import strategies as st

S = Sort("S")
COLOUR = Sort("Colour", ("red", "green"))
P = Symbol("P", (S,), BOOL)
R = Symbol("R", (S, S), BOOL)
F = Symbol("F", (S,), S)
PAINT = Symbol("paint", (S,), COLOUR)
x, y, z, b, c, n = (variable(sort) for sort in (S, S, S, BOOL, COLOUR, INT))

FORMULAS = {
    "total": for_all([x], exists([y], R(x, y))),
    "nested": exists([x], for_all([y], disjunction((R(x, y), exists([z], conjunction((R(y, z), P(z)))))))),
    "equalities": for_all([x, y], disjunction((equal(x, y), equal(F(x), y), R(x, y)))),
    "equivalence of quantified": iff(for_all([x], P(x)), exists([x], R(x, x))),
    "enumeration": for_all([c], exists([x], equal(PAINT(x), c))),
    "truth values": for_all([b, x], disjunction((negation(b), P(x), equal(b, P(F(x)))))),
    "numbers": for_all([x, n], disjunction((less(n, number(0)), less(number(0), n), P(x)))),
    "denied": negation(for_all([x, y], disjunction((negation(R(x, y)), R(y, x))))),
}


def structures(size: int) -> Iterator[Structure]:
    """Yield every structure of a size, with a few functions."""
    here = range(size)
    ones, pairs = [(i,) for i in here], list(itertools.product(here, repeat=2))
    for inside in itertools.product((False, True), repeat=size):
        for related in itertools.product((False, True), repeat=size * size):
            for shift in here:
                yield Structure(
                    {S: size},
                    {
                        P: dict(zip(ones, inside, strict=True)),
                        R: dict(zip(pairs, related, strict=True)),
                        F: {(i,): (i + shift) % size for i in here},
                        PAINT: {(i,): (i + shift) % 2 for i in here},
                    },
                )


@pytest.mark.parametrize("name", FORMULAS)
def test_written_out_formulas_are_true_in_the_same_structures(name: str) -> None:
    formula = FORMULAS[name]
    for size in (1, 2):
        out = Expansion({S: [element(S, index) for index in range(size)]}).of(formula)
        assert S not in {v.sort for v in out.free}
        assert (out.depth == 0) is (name != "numbers")
        for structure in structures(size):
            assert evaluate(out, structure, {}) is evaluate(formula, structure, {})


def test_what_is_too_long_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expansion, "LONGEST", 10)
    here = Expansion({S: [element(S, index) for index in range(3)]})
    assert here.of(FORMULAS["total"]) is FORMULAS["total"]
    assert here.of(TRUE) is TRUE


@pytest.mark.parametrize("name", FORMULAS)
def test_structures_that_are_found_satisfy_their_query(name: str) -> None:
    for asked in (FORMULAS[name], negation(FORMULAS[name])):
        for size in (1, 2, 3):
            found = find_any([asked], size, 60.0, (0,))
            one = next((s for s in structures(size) if evaluate(asked, s, {})), None) if size < 3 else found
            if name not in ("truth values", "enumeration", "equalities"):  # `structures` has only some functions
                assert (found is None) is (one is None), (name, size)
            if found is not None:
                assert found.sizes[S] == size
                assert evaluate(asked, found, {})


def test_elements_that_may_be_the_same_are_not_taken_for_different_ones() -> None:
    """At most four elements: the search begins with two names, which must be able to stand for a single element."""
    alone = for_all([x, y], equal(x, y))
    found = find_small([alone, P(F(element(S, 0)))], [R], [P], 60.0).structure
    assert found is not None
    assert found.sizes[S] == 1
    several = exists([x, y], conjunction((negation(equal(x, y)), P(x), negation(P(y)))))
    both = find_small([several], [P], [R, F], 60.0).structure
    assert both is not None
    assert both.sizes[S] == 2
    assert find_small([alone, several], [P], [R], 60.0) == (None, "no counterexample with up to 4 elements a sort")


def test_a_search_says_how_far_it_came() -> None:
    count = Symbol("count", (INT,), BOOL)
    assert "without bounds" in find_small([count(number(0))], [], [], 60.0).none
    wide = tuple(range(30_000))
    assert "too many entries" in find_small([count(number(0))], [], [], 60.0, wide).none


def test_functions_have_elements_for_values() -> None:
    outside = for_all([x], conjunction((negation(equal(F(x), x)), negation(P(F(x))))))
    assert find_any([outside], 1, 60.0) is None
    found = find_any([outside, exists([x], P(x))], 3, 60.0)
    assert found is not None
    assert set(found.tables[F].values()) <= {0, 1, 2}


def test_a_premise_about_sizes_is_seen_to_be_false_where_the_sizes_are_claimed_to_be_so() -> None:
    """A solver may claim that nothing has two elements; the fact that says otherwise is what a proof needs."""
    size = count([x], P(x))
    none_is_two = negation(exists([x], P(x)))
    fact = disjunction((exists([x], P(x)), at_most(size, number(0))))
    query = (none_is_two, less(number(0), size), fact)
    assert list(premises(query, {fact}, (0,), 60.0)) == [query]


# Whole queries, written out


A = Symbol("A", (), S)
W = Symbol("W", (S,), INT)
WEIGHTS = (1, 2)
SMALL_WEIGHTS = for_all([x], disjunction(equal(W(x), number(weight)) for weight in WEIGHTS))


def weighted_structures(size: int) -> Iterator[Structure]:
    """Yield every structure of a size for one set, two functions and one constant."""
    ones, here = [(i,) for i in range(size)], range(size)
    rows = (itertools.product(values, repeat=size) for values in ((False, True), here, WEIGHTS))
    for *chosen, constant in itertools.product(*rows, here):
        tables = {symbol: dict(zip(ones, row, strict=True)) for symbol, row in zip((P, F, W), chosen, strict=True)}
        yield Structure({S: size}, {**tables, A: {(): constant}})


NUMERALS = st.integers(0, 3)
BINDERS = st.sampled_from([for_all, exists])


def places() -> st.SearchStrategy[Term]:
    """Return terms for elements, with x and y free."""
    return st.recursive(st.sampled_from([x, y, A()]), lambda inner: inner.map(F), max_leaves=3)


def weights() -> st.SearchStrategy[Term]:
    """Return terms for numbers, with products of variables in them."""
    several = st.lists(places().map(W), min_size=1, max_size=2)
    products = several.map(lambda them: them[0] if len(them) == 1 else multiply(*them))
    return st.builds(
        lambda one, other, minus: add((one, multiply(number(-minus), other))), products, products, NUMERALS
    )


def claims() -> st.SearchStrategy[Term]:
    """Return closed formulas."""
    atoms = st.one_of(
        places().map(P),
        st.builds(equal, places(), places()),
        st.builds(lambda left, right: at_most(left, number(right)), weights(), NUMERALS),
        st.builds(lambda left, right: equal(left, number(right)), weights(), NUMERALS),
        st.builds(lambda test, one, other: P(ite(P(test), one, other)), places(), places(), places()),
    )

    def joined(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
        pairs = st.tuples(inner, inner)
        binders = st.builds(lambda bind, name, body: bind([name], body), BINDERS, st.sampled_from([x, y]), inner)
        return st.one_of(inner.map(negation), pairs.map(conjunction), pairs.map(disjunction), binders)

    return st.builds(lambda bind, body: bind([x, y], body), BINDERS, st.recursive(atoms, joined, max_leaves=6))


@given(st.integers(1, 2), st.lists(claims(), min_size=1, max_size=3))
@example(1, [negation(equal(F(A()), A()))])
@example(2, [for_all([x], P(x)), negation(P(A()))])
@example(2, [for_all([x], negation(equal(multiply(W(x), W(F(x))), number(4))))])
@example(2, [for_all([x], P(F(F(x)))), exists([x], negation(P(F(F(x)))))])
def test_a_query_that_is_written_out_has_a_model_if_the_query_has_one_of_these_sizes(
    size: int, asked: list[Term]
) -> None:
    query = (SMALL_WEIGHTS, *asked)
    out = written_out(query, {S: size})
    assert not any(formula.depth for formula in out)
    one = next((s for s in weighted_structures(size) if all(evaluate(f, s, {}) for f in query)), None)
    solver = Z3(alone=True)
    solver.declare(out)
    solver.add(out)
    assert solver.check(30.0) == ("unsat" if one is None else "sat")


@pytest.mark.parametrize("size", [1, 2])
def test_where_quantifiers_are_left_the_sorts_have_these_elements_alone(size: int) -> None:
    """A number cannot be written out; what is under its quantifier is no term of which anything can be said."""
    by_number = Symbol("by number", (INT,), S)
    query = (for_all([n], negation(P(by_number(n)))), for_all([x], P(x)))
    out = written_out(query, {S: size})
    assert only_these(S, size) in out
    solver = Z3(alone=True)
    solver.declare(out)
    solver.add(out)
    assert solver.check(30.0) == "unsat"
