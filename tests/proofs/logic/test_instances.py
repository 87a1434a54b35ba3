"""Ground instances: what satisfies formulas satisfies all instances of them, for some witnesses and names."""

from __future__ import annotations

import itertools
import random

import pytest
from assay.proofs.logic.binders import exists, for_all
from assay.proofs.logic.connectives import conjunction, disjunction, equal, negation
from assay.proofs.logic.instances import Instances
from assay.proofs.logic.orders import next_of, order_of
from assay.proofs.logic.ranks import Ranks
from assay.proofs.logic.structures import Structure, evaluate
from assay.proofs.logic.terms import BOOL, Op, Sort, Symbol, Term, constant, variable
from assay.proofs.logic.z3_backend import Z3

S = Sort("element of instances")
P, R = Symbol("P", (S,), BOOL), Symbol("R", (S, S), BOOL)
C = constant("c", S)


def formula(rng: random.Random, names: list[Term], depth: int) -> Term:
    """Return a random formula with these free variables."""
    if depth == 0:
        one, other = rng.choice([*names, C]), rng.choice([*names, C])
        atom = rng.choice([P(one), R(one, other), equal(one, other)])
        return rng.choice([atom, negation(atom)])
    if rng.random() < 0.5:
        name = variable(S)
        return rng.choice([exists, for_all])([name], formula(rng, [*names, name], depth - 1))
    parts = formula(rng, names, depth - 1), formula(rng, names, depth - 1)
    return equal(*parts) if rng.random() < 0.2 else rng.choice([conjunction, disjunction])(parts)


def structures() -> list[Structure]:
    found = []
    for p in itertools.product((False, True), repeat=2):
        for r in itertools.product((False, True), repeat=4):
            tables = {P: {(i,): p[i] for i in (0, 1)}, C.of: {(): 0}}
            tables[R] = dict(zip(itertools.product((0, 1), repeat=2), r, strict=True))
            found.append(Structure({S: 2}, tables))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_formulas_with_a_model_have_instances_with_a_model(seed: int) -> None:
    rng = random.Random(seed)
    formulas = [formula(rng, [], 4) for _ in range(3)]
    made = Instances()
    for one in formulas:
        made.state(one)
    for _ in range(2):
        for universal in list(made.universal):
            for values in list(made.points(universal.of)):
                made.instantiate(universal, values)
    assert not any(one.depth or one.free for one in made.formulas)
    solver = Z3(alone=True)
    solver.add(made.formulas)
    answer = solver.check(10.0)
    if any(all(evaluate(one, structure, {}) for one in formulas) for structure in structures()):
        assert answer == "sat"


def test_what_is_false_of_the_terms_that_occur_has_no_model() -> None:
    """A witness that an instance gives is a term as well, for which the rest is instantiated."""
    x, y = variable(S), variable(S)
    made = Instances()
    for one in (for_all([x], exists([y], R(x, y))), for_all([x, y], negation(R(x, y))), P(C)):
        made.state(one)
    for _ in range(2):
        for universal in list(made.universal):
            for values in list(made.points(universal.of)):
                made.instantiate(universal, values)
    solver = Z3(alone=True)
    solver.add(made.formulas)
    assert solver.check(10.0) == "unsat"


def test_ranks_keep_the_order_and_its_neighbours() -> None:
    at_most, after = order_of(S), next_of(S, up=True)
    a, b = constant("a", S), constant("b", S)
    between = [negation(at_most(b, a)), negation(equal(after(a), b)), at_most(b, after(a))]
    ranks, solver = Ranks([S]), Z3(alone=True)
    solver.add([ranks.of(one) for one in between])
    solver.add(ranks.bounds())
    assert solver.check(10.0) == "unsat"
    solver = Z3(alone=True)
    solver.add([ranks.of(one) for one in [negation(at_most(b, a)), negation(equal(after(a), b))]])
    assert solver.check(10.0) == "sat"
    assert ranks.of(at_most(a, b)).op is Op.AT_MOST
