"""The same obligations put in another way, or to another solver, have the same answers."""

from __future__ import annotations

import pytest
from assay.checker.language.loader import load
from assay.proofs.encoding.problem import encode
from assay.proofs.induction.obligations import consecution
from assay.proofs.induction.prover import ProofOptions, prove_model
from assay.proofs.induction.unrolling import Unrolling
from assay.proofs.logic.connectives import negation
from assay.proofs.logic.terms import Term
from assay.proofs.logic.z3_backend import Z3
from claims import certified

from tests.tiers import one_in

EPR = ["consensus", "consensus:ChoosesTwice", "two_phase_commit", "two_phase_commit:CommitsOnMajority"]
EPR += ["two_phase_commit:ForgetfulParticipant", "atomic_commit:CommitsOnMajority"]


def answer(query: tuple[Term, ...]) -> str:
    solver = Z3()
    solver.declare(query)
    solver.add(query)
    return solver.check(20.0)


@pytest.mark.parametrize("name", one_in(3, EPR))
def test_substitution_and_two_vocabularies_agree(name: str) -> None:
    """By substitution the state after a step has no symbols of its own; here it has."""
    problem = encode(load(name).specification)
    for predicate in problem.invariants:
        for obligation in consecution(problem, predicate, problem.invariants):
            alone = encode(load(name).specification)
            alone.transitions = [obligation.claim.transition]
            unrolling = Unrolling(alone)
            before = [unrolling.at(p.formula, 0) for p in problem.invariants]
            after = negation(unrolling.at(predicate.formula, 1))
            doubled = answer((*problem.assumptions, *before, unrolling.step(0), after))
            single = "unsat" if obligation.on_sight else answer((*problem.assumptions, *obligation.query))
            assert doubled == single, obligation.claim.name


@pytest.mark.parametrize(
    "name", one_in(3, ["two_phase_commit", "two_phase_commit:CommitsOnMajority", "consensus:ChoosesTwice"])
)
def test_cvc5_agrees_on_every_certificate(name: str, tmp_path) -> None:
    pytest.importorskip("cvc5")
    from assay.checker.verdicts import Verdict
    from assay.proofs.induction.recheck import recheck

    result = prove_model(load(name).specification, ProofOptions())
    count = certified(result, tmp_path)
    assert count == len(result.obligations)
    found = recheck(str(tmp_path))
    assert len(found.results) == count > 0
    assert [r.name for r in found.results if r.verdict is not Verdict.HOLDS] == []


@pytest.mark.slow
def test_cvc5_agrees_on_paxos(tmp_path) -> None:
    test_cvc5_agrees_on_every_certificate("paxos", tmp_path)


@pytest.mark.parametrize("name", ["paxos", "voting"])
def test_relations_for_functions_are_weaker(name: str) -> None:
    """Whatever a small structure satisfies with functions, it satisfies with the relations that they have."""
    from agreement import some_states
    from assay.checker.language.execution.instantiate import instantiate
    from assay.proofs.encoding.states import structure_of
    from assay.proofs.logic.abstraction import Abstraction, Relation
    from assay.proofs.logic.structures import Structure, evaluate

    truth = {Relation.AT_LEAST: int.__ge__, Relation.AT_MOST: int.__le__, Relation.GRAPH: int.__eq__}
    specification = load(name).specification
    instance = instantiate(specification, name="smoke")
    problem = encode(specification)
    orders = [sort for sort in problem.theory.sorts if sort.name == "Ballot"]
    functions = [s for s in problem.theory.state_symbols if s.arguments and s.result.name in ("Ballot", "Value")]
    abstraction = Abstraction(functions, orders)
    with instance.active():
        for state in some_states(instance, 60):
            structure = structure_of(problem.theory, instance, state)
            tables = dict(structure.tables)
            for f in functions:
                for point in structure.tuples(f.arguments):
                    value = structure.value(f, point)
                    here = f(*(_element(sort, i) for sort, i in zip(f.arguments, point, strict=True)))
                    for which, holds in truth.items():
                        relation = abstraction.relation(here, which)
                        table = tables.setdefault(relation, {})
                        table.update({(*point, b): holds(value, b) for b in range(structure.size(f.result))})
            weaker = Structure(structure.sizes, tables)
            for predicate in problem.invariants:
                for formula in (predicate.formula, negation(predicate.formula)):
                    if evaluate(formula, structure, {}):
                        assert evaluate(abstraction.formula(formula), weaker, {})
            assert all(evaluate(axiom, weaker, {}) for axiom in abstraction.axioms())


def _element(sort, index):
    from assay.proofs.logic.terms import element

    return element(sort, index)
