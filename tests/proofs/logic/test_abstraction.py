"""Relations for functions: whatever is true with the functions is true with the relations that they have."""

from __future__ import annotations

import itertools

import pytest
from assay.proofs.logic import abstraction
from assay.proofs.logic.abstraction import Abstraction, Relation
from assay.proofs.logic.binders import exists, for_all
from assay.proofs.logic.connectives import equal, ite, negation
from assay.proofs.logic.orders import least_of, order_of
from assay.proofs.logic.structures import Structure, evaluate
from assay.proofs.logic.terms import BOOL, Op, Sort, Symbol, Term, element, subterms, variable
from hypothesis import given, settings
from hypothesis import strategies as st

S, BALLOT = Sort("S"), Sort("Ballot")
P = Symbol("P", (S,), BOOL)
NEXT = Symbol("next", (S,), S)
LAST = Symbol("last", (S,), BALLOT)
AT_MOST = order_of(BALLOT)
x, y, b = variable(S), variable(S), variable(BALLOT)
SIZES = {S: 2, BALLOT: 3}
TRUTH = {Relation.AT_LEAST: int.__ge__, Relation.AT_MOST: int.__le__, Relation.GRAPH: int.__eq__}
FUNCTIONS = [[LAST], [NEXT], [LAST, NEXT]]


def choices(of: st.SearchStrategy[Term], tests: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    return st.recursive(of, lambda inner: st.builds(ite, tests, inner, inner), max_leaves=3)


elements = st.sampled_from([x, y, NEXT(x), NEXT(y)])
plain = st.builds(P, elements) | st.builds(equal, elements, elements)
ballots = choices(st.sampled_from([b, LAST(x), LAST(y), LAST(NEXT(x))]), plain)
tests = plain | st.builds(AT_MOST, ballots, ballots)
ballots = choices(st.just(b) | st.builds(LAST, choices(elements, tests)), tests)
atoms = st.builds(AT_MOST, ballots, ballots) | st.builds(equal, ballots, ballots)
literals = st.builds(lambda atom, denied: negation(atom) if denied else atom, atoms, st.booleans())
quantifiers = st.permutations([x, y, b]).flatmap(
    lambda names: st.tuples(*(st.tuples(st.sampled_from([for_all, exists]), st.just(name)) for name in names))
)


@st.composite
def structures(draw: st.DrawFn) -> Structure:
    def table(symbol: Symbol, values: list[bool] | range) -> dict[tuple[int, ...], int]:
        return {(i,): draw(st.sampled_from(values)) for i in range(SIZES[S])}

    order = {(i, j): i <= j for i, j in itertools.product(range(3), repeat=2)}
    tables = {P: table(P, [False, True]), NEXT: table(NEXT, range(2)), LAST: table(LAST, range(3)), AT_MOST: order}
    return Structure(SIZES, {**tables, least_of(BALLOT).of: {(): 0}})


def with_relations(structure: Structure, replaced: Abstraction) -> Structure:
    tables = dict(structure.tables)
    for function in replaced.functions:
        for (at,), value in structure.tables[function].items():
            for which, holds in TRUTH.items():
                relation = replaced.relation(function(element(S, at)), which)
                for bound in range(SIZES[function.result]):
                    tables.setdefault(relation, {})[at, bound] = holds(value, bound)
    return Structure(structure.sizes, tables)


@pytest.mark.parametrize("most_split", [0, 3])
@given(literal=literals, quantified=quantifiers, structure=structures(), functions=st.sampled_from(FUNCTIONS))
@settings(max_examples=80)
def test_what_is_true_of_functions_is_true_of_their_relations(
    most_split: int,
    literal: Term,
    quantified: tuple[tuple[type[Term], Term], ...],
    structure: Structure,
    functions: list[Symbol],
) -> None:
    formula = literal
    for quantifier, name in quantified:
        formula = quantifier([name], formula)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(abstraction, "_MOST_SPLIT", most_split)
        replaced = Abstraction(functions, [BALLOT])
        weaker = replaced.formula(formula)
    assert replaced.functions.isdisjoint(weaker.symbols)
    if evaluate(formula, structure, {}):
        assert evaluate(weaker, with_relations(structure, replaced), {})


def test_choices_in_choices_do_not_multiply() -> None:
    """Of an atom with n choices, each a test of the next, cases would be 2**n."""
    value = LAST(x)
    for _ in range(40):
        value = ite(AT_MOST(value, b), LAST(y), value)
    formula = exists([x], for_all([y, b], negation(AT_MOST(value, LAST(y)))))
    assert sum(term.op is Op.ITE for term in subterms([formula])) == 40
    assert sum(1 for _ in subterms([Abstraction([LAST], [BALLOT]).formula(formula)])) < 1000
