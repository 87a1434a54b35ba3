"""Formulas about sets by brute force: every structure with few nodes, and random formulas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from assay.proofs.theorems.evaluation import Interpretation, is_true, subsets
from assay.proofs.theorems.statements import (
    EVERYTHING,
    Formula,
    Literal,
    all_of,
    any_of,
    choose,
    equal,
    exists,
    forall,
    free_numbers,
    free_sets,
    iff,
    implies,
    numbers,
    parts,
    sets,
    size,
    weight,
)
from assay.proofs.theorems.syntax import Weight
from hypothesis import strategies as st

MOST_NODES = 2
VALUES = range(-1, 4)
MOST_WEIGHT = 3


def structures(formula: Formula, nodes: int, values: Sequence[int]) -> Iterator[Interpretation]:
    """Yield every structure for the free variables of a formula, with so many nodes and numbers among the values."""
    universe = frozenset(range(1, nodes + 1))
    set_names = [v.name for v in free_sets(formula)]
    number_names = [v.name for v in free_numbers(formula)]
    has_weights = any(isinstance(part, Weight) for part in parts(formula))
    for chosen in product(list(subsets(universe)), repeat=len(set_names)):
        for found in product(values, repeat=len(number_names)):
            for weights in _weights(nodes) if has_weights else [()]:
                yield Interpretation(
                    nodes,
                    dict(zip(set_names, chosen, strict=True)),
                    dict(zip(number_names, found, strict=True)),
                    dict(enumerate(weights, start=1)),
                )


def _weights(nodes: int) -> Iterator[tuple[int, ...]]:
    return (found for found in product(range(MOST_WEIGHT + 1), repeat=nodes) if sum(found) <= MOST_WEIGHT)


def bounded(formula: Formula) -> Formula:
    """Return a formula that is satisfiable if and only if the given one is in a structure of `within_bounds`."""
    low, high = VALUES[0], VALUES[-1]
    bounds = [size(EVERYTHING) <= MOST_NODES]
    bounds += [bound for v in free_numbers(formula) for bound in (v >= low, v <= high)]
    if any(isinstance(part, Weight) for part in parts(formula)):
        bounds.append(weight(EVERYTHING) <= MOST_WEIGHT)
    return all_of(formula, *bounds)


def is_satisfiable(formula: Formula) -> bool:
    """Tell by enumeration whether a formula is true in a structure within the bounds."""
    return any(
        is_true(formula, structure, VALUES)
        for nodes in range(MOST_NODES + 1)
        for structure in structures(formula, nodes, VALUES)
    )


# Random formulas


def node_sets(variables):
    leaves = st.sampled_from([*variables, EVERYTHING])
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(lambda a, b: a & b, inner, inner),
            st.builds(lambda a, b: a | b, inner, inner),
            st.builds(lambda a, b: a - b, inner, inner),
            st.builds(lambda a: ~a, inner),
        ),
        max_leaves=3,
    )


def terms(set_variables, number_variables, *, weights: bool):
    measures = [st.builds(size, node_sets(set_variables))]
    if weights:
        measures.append(st.builds(weight, node_sets(set_variables)))
    leaves = st.one_of(*measures, st.integers(-1, 3).map(Literal), st.sampled_from([*number_variables, Literal(1)]))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(lambda a, b: a + b, inner, inner),
            st.builds(lambda a, b: a - b, inner, inner),
            st.builds(lambda a, k: k * a, inner, st.integers(-2, 3)),
            st.builds(lambda a, k: a // k, inner, st.integers(1, 3)),
            st.builds(lambda a, k: a % k, inner, st.integers(1, 3)),
            st.builds(lambda a, b, c, d: choose(a <= b, c, d), inner, inner, inner, inner),
        ),
        max_leaves=3,
    )


def atoms(set_variables, number_variables, *, weights: bool):
    term = terms(set_variables, number_variables, weights=weights)
    return st.one_of(
        st.builds(lambda a, b: a <= b, term, term),
        st.builds(lambda a, b: a < b, term, term),
        st.builds(equal, term, term),
    )


def open_formulas(set_variables, number_variables, *, weights: bool = False):
    return st.recursive(
        atoms(set_variables, number_variables, weights=weights),
        lambda inner: st.one_of(
            st.builds(all_of, inner, inner),
            st.builds(any_of, inner, inner),
            st.builds(iff, inner, inner),
            st.builds(implies, inner, inner),
            st.builds(lambda a: ~a, inner),
        ),
        max_leaves=4,
    )


A, B, C, D = sets("A B C D")
x, y = numbers("x y")


def _within(variable, body, universal: bool):
    bounds = all_of(variable >= VALUES[0], variable <= VALUES[-1])
    return forall((variable,), implies(bounds, body)) if universal else exists((variable,), all_of(bounds, body))


def quantified_formulas():
    """Formulas with sets and numbers bound one inside the other, in any order, with shadowing."""
    return st.recursive(
        open_formulas([A, C, D], [x, y]),
        lambda inner: st.one_of(
            st.builds(forall, st.sampled_from([(C,), (D,), (C, D), (A,)]), inner),
            st.builds(exists, st.sampled_from([(C,), (D,), (D, C), (A,)]), inner),
            st.builds(_within, st.sampled_from([x, y]), inner, st.booleans()),
            st.builds(all_of, inner, inner),
            st.builds(lambda a: ~a, inner),
        ),
        max_leaves=2,
    )
