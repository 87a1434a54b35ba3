"""Triggers: a refutation with them is one without them, and each has all variables of its quantifier."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from assay.proofs.logic.binders import exists, for_all
from assay.proofs.logic.connectives import conjunction, disjunction, equal, negation
from assay.proofs.logic.orders import order_of
from assay.proofs.logic.structures import Structure, evaluate
from assay.proofs.logic.terms import BOOL, INT, Sort, Symbol, Term, constant, variable
from assay.proofs.logic.triggers import trigger, with_triggers
from assay.proofs.logic.z3_backend import Z3

NODE, QUORUM = Sort("node"), Sort("quorum")
MEMBER, SEEN = Symbol("member", (QUORUM, NODE), BOOL), Symbol("seen", (NODE,), BOOL)
NEXT = Symbol("next", (NODE,), NODE)
Q, R, N, M = variable(QUORUM), variable(QUORUM), variable(NODE), variable(NODE)
ONE, OTHER = constant("one", QUORUM), constant("other", QUORUM)
MEET = for_all([Q, R], exists([N], conjunction((MEMBER(Q, N), MEMBER(R, N)))))


def asked(*formulas: Term) -> str:
    solver = Z3(alone=True, trigger=trigger).again(mbqi=False, auto_config=False)
    query = with_triggers(formulas)
    solver.declare(query)
    solver.add(query)
    return solver.check(5.0)


def all_of(quorum: Term, *, seen: bool) -> Term:
    return for_all([N], disjunction((negation(MEMBER(quorum, N)), SEEN(N) if seen else negation(SEEN(N)))))


def test_variables_that_no_guard_has_are_instantiated_by_what_is_known() -> None:
    assert asked(MEET, all_of(ONE, seen=True), all_of(OTHER, seen=False)) == "unsat"


def test_what_has_a_model_is_not_refuted() -> None:
    assert asked(all_of(ONE, seen=True), all_of(OTHER, seen=False)) != "unsat"
    assert asked(MEET, all_of(ONE, seen=True), exists([N], negation(SEEN(N)))) != "unsat"
    assert asked(equal(for_all([N], SEEN(N)), for_all([N], SEEN(NEXT(N))))) != "unsat"


def test_values_of_functions_are_known() -> None:
    start = constant("start", NODE)
    assert asked(for_all([N], SEEN(NEXT(N))), for_all([M], negation(SEEN(M))), SEEN(start)) == "unsat"


def test_an_equivalence_of_quantified_formulas_is_split() -> None:
    start = constant("start", NODE)
    everywhere = for_all([N], SEEN(N))
    assert asked(equal(everywhere, for_all([Q], MEMBER(Q, start))), everywhere, negation(MEMBER(ONE, start))) == "unsat"
    assert asked(negation(equal(everywhere, SEEN(start))), everywhere, SEEN(start)) == "unsat"


def test_a_trigger_is_of_guards_first_and_has_every_variable() -> None:
    guarded = trigger((Q, N), disjunction((negation(MEMBER(Q, N)), SEEN(N))))
    assert guarded == (MEMBER(Q, N),)
    free = trigger((Q, N, M), disjunction((negation(SEEN(N)), MEMBER(Q, M))))
    assert {name for atom in free for name in atom.free} == {Q, N, M}
    assert free[0] is SEEN(N)


def test_comparisons_are_no_trigger() -> None:
    chosen = trigger((N, M), disjunction((negation(order_of(NODE)(N, M)), SEEN(N))))
    assert all(atom.of is not order_of(NODE) for atom in chosen)


def test_a_variable_for_a_number_that_no_guard_has_is_left_to_the_solver() -> None:
    number = variable(INT)
    at = Symbol("at", (NODE, INT), BOOL)
    assert trigger((N, number), disjunction((negation(SEEN(N)), at(N, number)))) == ()
    assert trigger((N, number), disjunction((SEEN(N), negation(at(N, number))))) == (at(N, number),)


def structures(size: int) -> Iterator[Structure]:
    """Yield every structure of as many nodes and quorums."""
    here = range(size)
    pairs = list(itertools.product(here, repeat=2))
    for inside in itertools.product((False, True), repeat=size * size):
        for seen in itertools.product((False, True), repeat=size):
            for after in itertools.product(here, repeat=size):
                yield Structure(
                    {NODE: size, QUORUM: size},
                    {
                        MEMBER: dict(zip(pairs, inside, strict=True)),
                        SEEN: {(i,): seen[i] for i in here},
                        NEXT: {(i,): after[i] for i in here},
                        ONE.of: {(): 0},
                        OTHER.of: {(): size - 1},
                    },
                )


FORMULAS = {
    "quorums meet": MEET,
    "all of a quorum": all_of(ONE, seen=True),
    "denied": negation(all_of(OTHER, seen=False)),
    "successors": for_all([N], disjunction((negation(SEEN(N)), SEEN(NEXT(N))))),
    "nested": exists([Q], for_all([N], disjunction((MEMBER(Q, N), exists([M], equal(NEXT(M), N)))))),
    "equivalence": equal(for_all([N], SEEN(N)), exists([N], equal(NEXT(N), N))),
    "denied equivalence": negation(equal(for_all([N], SEEN(N)), for_all([N], MEMBER(ONE, N)))),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_whoever_knows_all_elements_satisfies_what_was_satisfied(name: str) -> None:
    """Triggers change no meaning: with every element known, the result is true in the same structures."""
    given = with_triggers([FORMULAS[name]])
    known = set[Symbol]().union(*(formula.mentioned for formula in given)) - FORMULAS[name].mentioned
    assert known
    for size in (1, 2):
        for structure in structures(size):
            everything = {symbol: {(i,): True for i in range(size)} for symbol in known}
            knowing = Structure(structure.sizes, {**structure.tables, **everything})
            told = all(evaluate(formula, knowing, {}) for formula in given)
            assert told == evaluate(FORMULAS[name], structure, {}), structure
