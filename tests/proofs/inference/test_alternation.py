"""Which lemmas keep all obligations in EPR, beside a second opinion that reads the queries' SMT-LIB; and hoisting."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import networkx as nx
import pytest
from assay.checker.language.loader import load
from assay.checker.language.model import Kind
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import Predicate, Problem, encode
from assay.proofs.induction.certificates import certificates_of
from assay.proofs.induction.fragment import Fragment
from assay.proofs.induction.obligations import consecution, initiation, step_obligations
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model
from assay.proofs.inference.alternation import Alternations
from assay.proofs.inference.goals import Goals
from assay.proofs.inference.infer import _Attempt, without_lemmas
from assay.proofs.inference.lemmas import Lemma
from assay.proofs.inference.loop import Search
from assay.proofs.inference.results import Inference
from assay.proofs.inference.spaces import Clause, Space
from assay.proofs.logic.smtlib import script
from assay.proofs.reports.inference import fragment_of, inferred_record

from tests.command_line import Assay
from tests.proofs.inference.alternations import alternation_graph
from tests.tiers import as_shown_by

ALONE = ProofOptions(workers=1)

ELECTION = """
from assay.checker.language import *

class Node(Sort):
    "A process."

class Quorum(QuorumSystem[Node]):
    "Enough of them."

class Election(Model):
    "Nodes vote once, and who has the votes of a quorum becomes the leader."
    default = {"Node": 3}
    vote: Map[Node, Node | None] = None
    leaders: Set[Node]

    @axiom
    def quorums_meet(self, q: Quorum, r: Quorum) -> bool:
        return any(n in r for n in q)

    @action
    def cast(self, voter: Node, candidate: Node) -> None:
        require(self.vote[voter] is None)
        self.vote[voter] = candidate

    @action
    def lead(self, node: Node, quorum: Quorum) -> None:
        require(all(self.vote[n] == node for n in quorum))
        self.leaders.add(node)

    @invariant
    def one_leader(self, n: Node, m: Node) -> bool:
        return n not in self.leaders or m not in self.leaders or n == m
"""
"""Its leaders have the votes of a quorum: said of each, that leads out of EPR; said of all of them, it does not."""


@cache
def _problem(name: str) -> Problem:
    return encode(load(name).specification)


# Which lemmas


def _graph_of(problem: Problem, predicates: Sequence[Predicate]) -> nx.DiGraph:
    """Return the graph of all obligations of some predicates, by their text."""
    asked = [o for p in predicates for o in (*initiation(problem, p), *consecution(problem, p, predicates))]
    asked += [
        o for p in problem.steps if p.kind is not Kind.REFINEMENT for o in step_obligations(problem, p, predicates)
    ]
    fragment = Fragment(problem, asked)
    queries = [fragment.query(o, abstract=True) for o in asked if not o.on_sight]
    return alternation_graph(map(script, queries))


@pytest.mark.parametrize("name", ["quorum_election", "toy_consensus", "lock_server", "raft_election"])
def test_lemmas_keep_all_obligations_in_epr_if_the_text_of_the_queries_says_so(name: str) -> None:
    problem = _problem(name)
    claims = [p for p in problem.invariants if p.kind is Kind.INVARIANT]
    lemmas = [p for p in problem.invariants if p.kind is Kind.LEMMA]
    goals = Goals(problem)
    goals.__dict__["claimed"] = claims
    alternations, answers = Alternations(goals), set[bool]()
    for some in itertools.chain([[]], ([one] for one in lemmas), itertools.combinations(lemmas, len(lemmas) - 1)):
        answer = alternations.is_acyclic(some)
        assert answer == nx.is_directed_acyclic_graph(_graph_of(problem, [*claims, *some])), some
        answers.add(answer)
    inside, outside = alternations.split(lemmas)
    assert sorted(inside + outside, key=lemmas.index) == lemmas
    if inside != lemmas:
        assert alternations.is_acyclic(inside)
        assert not any(alternations.is_acyclic([*inside, one]) for one in outside)
    if name == "quorum_election":
        assert [one.name for one in outside] == ["leaders_have_a_quorum"]
        assert answers == {True, False}


@pytest.fixture(scope="module")
def election(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("election") / "election.py"
    path.write_text(ELECTION, encoding="utf-8")
    return path


def test_of_the_answers_to_a_counterexample_those_are_taken_that_keep_everything_in_epr() -> None:
    problem = encode(without_lemmas(load("quorum_election").specification))
    own = {p.name: p for p in _problem("quorum_election").invariants}
    search = Search(Goals(problem), [], 1e9)
    outside, inside = (Lemma(None, own[name]) for name in ("leaders_have_a_quorum", "one_leader"))  # type: ignore[arg-type]
    assert search._in_epr([outside, inside]) == [inside]
    assert search._in_epr([outside]) == [outside]
    again = Lemma(None, own["one_leader"])  # type: ignore[arg-type]
    assert search._in_epr([inside, again]) == [inside]


# Hoisting

ELECTED = "any(all((self.vote[n0] is not None and n1 == self.vote[n0]) for n0 in q0) for q0 in Quorum)"


@pytest.fixture(scope="module")
def attempt(election: Path) -> _Attempt:
    found = _Attempt(load(str(election)).specification, ALONE, 1e9, None, lambda _: None, lambda: 0.0)
    assert found._explore() is None
    variables = found.grammar.bound([(found.grammar.types[0], 1)])
    atoms = {atom.text: atom for atom in found.grammar.atoms(variables, 5)}
    literals = [(atoms["n1 in self.leaders"], False), (atoms[ELECTED], True)]
    clause = Clause(Space(variables, list(atoms.values())), tuple(literals))
    found.search.lemmas = [Lemma(clause, Predicate("inferred", Kind.LEMMA, clause.formula))]
    assert found.search._gap() is None
    found.search.minimise()
    found._hoist()
    return found


@pytest.fixture(scope="module")
def proved(attempt: _Attempt) -> Inference:
    return attempt._proved()


def _is_in_epr(found: Inference) -> bool:
    asked = [one for one in found.proof.own if not one.obligation.on_sight and one.fragment is not None]
    queries = [one.fragment.query(one.obligation, abstract=True) for one in asked if one.fragment is not None]
    assert queries
    return nx.is_directed_acyclic_graph(alternation_graph(map(script, queries)))


def test_a_quorum_that_a_lemma_says_to_exist_is_hoisted_where_that_brings_the_proof_into_epr(
    attempt: _Attempt, proved: Inference
) -> None:
    assert not attempt.search.alternations.is_acyclic([lemma.predicate for lemma in attempt.found])
    hoisted = [lemma.clause for lemma in attempt.search.lemmas if lemma.clause.within]
    assert len(hoisted) == 1
    assert proved.proof.verdict is Verdict.HOLDS
    assert _is_in_epr(proved)
    assert fragment_of(proved) == "all obligations together are in EPR, with relations for vote"
    assert inferred_record(proved)["in_epr"] is True
    assert any("for n1 in Node" in method for method in proved.methods)


@as_shown_by(test_a_quorum_that_a_lemma_says_to_exist_is_hoisted_where_that_brings_the_proof_into_epr)
def test_what_is_not_proved_with_a_hoisted_lemma_is_proved_without(attempt: _Attempt) -> None:
    right, attempt.search.lemmas = attempt.search.lemmas, []
    try:
        found = attempt._proved()
    finally:
        attempt.search.lemmas = right
    assert found.proof.verdict is Verdict.HOLDS
    assert not _is_in_epr(found)
    assert fragment_of(found).startswith("the obligations together are not in EPR: ")
    assert "Node to Quorum by inferred_1" in fragment_of(found)
    assert "Quorum to Node by " in fragment_of(found)
    assert inferred_record(found)["in_epr"] is False


def test_a_hoisted_clause_is_what_its_python_says(attempt: _Attempt, election: Path, tmp_path: Path) -> None:
    lemma = next(lemma for lemma in attempt.search.lemmas if lemma.clause.within)
    problem = encode(load(str(election)).specification)
    methods = [method for method in attempt._methods() if "for q0 in Quorum" in method]
    source = ELECTION + "".join(f"\n    {line}" for line in methods[0].splitlines()) + "\n"
    again = tmp_path / "again.py"
    again.write_text(source, encoding="utf-8")
    (written,) = (p for p in encode(load(str(again)).specification).invariants if p.kind is Kind.LEMMA)
    assert str(written.formula) == str(lemma.predicate.formula)
    assert len(problem.invariants) == 1


def test_hoisting_that_reachable_states_refute_is_not_tried(attempt: _Attempt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Search, "_refuted", lambda *_: True)
    lemmas, attempt.search.lemmas = attempt.search.lemmas, list(attempt.found)
    try:
        assert not attempt.search.hoist()
        assert attempt.search.lemmas == attempt.found
    finally:
        attempt.search.lemmas = lemmas


def test_a_clause_says_the_same_as_the_one_it_is_hoisted_from_where_there_is_one_value(attempt: _Attempt) -> None:
    clause = next(lemma.clause for lemma in attempt.search.lemmas if lemma.clause.within)
    plain = Clause(clause.space, clause.literals)
    assert plain.hoisted(()).formula is plain.formula
    assert clause.formula is not plain.formula
    assert clause.used == plain.used


# What is said of it


@as_shown_by(test_lemmas_keep_all_obligations_in_epr_if_the_text_of_the_queries_says_so)
def test_the_report_says_whether_all_obligations_are_in_epr(assay: Assay) -> None:
    ran = assay("prove", "lock_server", "--infer", "--workers", "1")
    assert ran.status == 0, ran.out + ran.err
    assert "all obligations together are in EPR\n" in ran.out


def test_a_model_that_is_outside_of_epr_with_any_lemmas_is_said_to_be(proved: Inference) -> None:
    found = replace(proved, confined=False)
    known = SimpleNamespace(cycle=("Node to Node by the guard of vote",), abstraction=None)
    outside = replace(found, proof=replace(found.proof, fragment=known))
    assert fragment_of(outside) == (
        "the obligations together are not in EPR: Node to Node by the guard of vote; "
        "the model is outside of it by itself, with any lemmas"
    )


def test_what_is_decided_in_a_second_round_is_looked_at_together_with_the_first() -> None:
    proof = prove_model(load("quorum_election").specification, ALONE)
    graph = alternation_graph(script(one.query) for one in certificates_of(proof))
    assert bool(proof.cycle) is not nx.is_directed_acyclic_graph(graph)
