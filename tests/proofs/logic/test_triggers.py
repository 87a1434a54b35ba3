"""Triggers: a refutation with them is one without them, and each has all variables of its quantifier."""

from __future__ import annotations

from assay.proofs.logic.binders import exists, for_all
from assay.proofs.logic.connectives import conjunction, disjunction, equal, negation
from assay.proofs.logic.orders import order_of
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
