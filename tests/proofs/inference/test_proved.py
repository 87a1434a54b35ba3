"""What the page says is proved is proved in every way there is, with the lemmas as a user pastes them."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import networkx as nx
import pytest
from assay.checker.language.loader import load
from assay.checker.language.model import Kind
from assay.checker.verdicts import Verdict
from assay.proofs.induction.certificates import certificates_of
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model
from assay.proofs.induction.several_steps import induct
from assay.proofs.inference.infer import infer
from assay.proofs.inference.results import Inference
from assay.proofs.logic.smtlib import script

from tests.benchmarks.inference import LATER, PAGE, UNSEEN, classics, place, printed
from tests.command_line import Assay
from tests.proofs.inference.alternations import alternation_graph
from tests.proofs.inference.pasting import pasted

ALONE = ProofOptions(workers=1)

FAST = ("lock_server", "toy_consensus")
"""Looked at in the first tier."""


def _proved() -> list[str]:
    """Return the models that the page says are proved."""
    found = printed(PAGE.read_text(encoding="utf-8"))
    return [name for name, row in found.items() if row.split("|")[2].strip() == "proved"]


ROWS = [name if name in FAST else pytest.param(name, marks=pytest.mark.slow) for name in _proved()]


OUTSIDE = {"client_server_db_ae", "firewall", "flexible_paxos", "paxos"}
"""Proved, but not in EPR.

The invariant of `firewall` is not, either, nor are the lemmas that people wrote for the last two. In the lemmas of the
first, there is a client for an inquiry, and an inquiry for a client.
"""

WITH_RELATIONS = {"simple_regular"}
"""Proved in EPR with relations for its functions from a sort to itself, which certificates write as functions."""


@cache
def _inferred(name: str) -> Inference:
    return infer(load(place(name)).specification, ALONE, budget=1e9, resume=False)


def test_the_page_has_proofs_of_both_tiers() -> None:
    assert set(FAST) < set(_proved())


def test_every_model_of_the_classics_that_holds_has_a_row_on_the_page() -> None:
    assert {*classics(), *UNSEEN, *LATER, "paxos", "flexible_paxos"} <= set(printed(PAGE.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ROWS)
def test_the_lemmas_pasted_into_the_source_prove_the_model(assay: Assay, tmp_path: Path, name: str) -> None:
    found, specification = _inferred(name), load(place(name)).specification
    assert found.proof.verdict is Verdict.HOLDS
    model = pasted(specification, found, tmp_path / "pasted.py")
    ran = assay("prove", model, "--workers", "1", "--format", "json")
    assert ran.status == 0, ran.out + ran.err
    report = json.loads(ran.out)
    assert report["verdict"] == "holds"
    again = load(model).specification
    assert len(again.of(Kind.LEMMA)) == len(found.methods)
    assert {m.name for m in again.of(Kind.INVARIANT)} == {m.name for m in specification.of(Kind.INVARIANT)}


VARIANT = """
from assay.checker.language import *

class Client(Sort):
    "Clients."

class Lock(Model):
    default = {"Client": 2}
    free: bool = True
    holders: Set[Client]

    @action
    def take(self, client: Client) -> None:
        require(self.free)
        self.free = False
        self.holders.add(client)

    @lemma
    def taken(self, client: Client) -> bool:
        return client not in self.holders or not self.free

    @lemma
    def free_or_not(self) -> bool:
        return self.free or not self.free

    @invariant
    def mutual_exclusion(self, c: Client, d: Client) -> bool:
        return c not in self.holders or d not in self.holders or c == d

class Held(Lock):
    free: bool = False  # so that the lemma of the base is false at first

    @initial
    def somebody(self, client: Client) -> None:
        self.free = True
        self.holders.add(client)

    @action
    def take(self, client: Client) -> None:
        require(not self.holders)
        self.holders.add(client)

    @lemma
    def taken(self) -> bool:
        return True
"""


def test_lemmas_that_a_variant_inherits_are_taken_away(assay: Assay, tmp_path: Path) -> None:
    source = tmp_path / "lock.py"
    source.write_text(VARIANT, encoding="utf-8")
    specification = load(f"{source}:Held").specification
    found = infer(specification, ALONE, budget=1e9, resume=False)
    assert found.removals == ("free_or_not = removed", "taken = removed")
    ran = assay("prove", pasted(specification, found, tmp_path / "pasted.py"), "--workers", "1")
    assert ran.status == 0, ran.out + ran.err
    assert "taken" not in ran.out


@pytest.mark.parametrize("name", ROWS)
def test_both_encodings_prove_it_with_the_lemmas_as_pasted(tmp_path: Path, name: str) -> None:
    found, specification = _inferred(name), load(place(name)).specification
    path = pasted(specification, found, tmp_path / "pasted.py")
    model = load(path).specification
    assert prove_model(model, ALONE).verdict is Verdict.HOLDS
    assert induct(model, 1, ALONE).verdict is Verdict.HOLDS


@pytest.mark.parametrize("name", ROWS)
def test_another_solver_agrees_with_every_obligation(assay: Assay, tmp_path: Path, name: str) -> None:
    pytest.importorskip("cvc5")
    found, specification = _inferred(name), load(place(name)).specification
    model = pasted(specification, found, tmp_path / "pasted.py")
    assert assay("prove", model, "--workers", "1", "--certificate", "proof").status == 0
    again = assay("prove", "--recheck", "proof")
    assert again.status == 0, again.out


@pytest.mark.parametrize("name", ROWS)
def test_all_obligations_together_are_in_epr_where_the_page_says_so(name: str) -> None:
    found = _inferred(name)
    asked = [o for o in found.proof.obligations if not o.guard and not o.obligation.on_sight]
    queries = certificates_of(replace(found.proof, obligations=tuple(asked)))
    graph = alternation_graph(script(one.query) for one in queries)
    is_acyclic = nx.is_directed_acyclic_graph(graph)
    assert is_acyclic is (not found.proof.cycle and name not in WITH_RELATIONS), list(nx.simple_cycles(graph))
    assert is_acyclic is (name not in OUTSIDE | WITH_RELATIONS)


def test_the_second_opinion_sees_what_leads_out_of_epr() -> None:
    head = "(declare-sort A 0)(declare-sort B 0)(declare-fun r (A B) Bool)"
    there = "(assert (forall ((x A)) (exists ((y B)) (r x y))))"
    back = "(assert (not (exists ((y B)) (forall ((x A)) (r x y)))))"
    function = "(declare-fun f (B) A)"
    assert nx.is_directed_acyclic_graph(alternation_graph([head + there]))
    assert nx.is_directed_acyclic_graph(alternation_graph([head + back]))
    assert not nx.is_directed_acyclic_graph(alternation_graph([head + there + back]))
    assert not nx.is_directed_acyclic_graph(alternation_graph([head + there, head + back]))
    assert not nx.is_directed_acyclic_graph(alternation_graph([head + there + function]))
    both = "(assert (= (forall ((x A)) (r x c)) (exists ((x A)) (forall ((y B)) (r x y)))))"
    assert set(alternation_graph([head + "(declare-const c B)" + both]).edges) == {("A", "B")}
    phases = "(declare-sort P 0)(declare-const p P)(assert (forall ((x P)) (or (= x p) (= x q))))(declare-fun g (P) A)"
    assert set(alternation_graph([head + phases + "(declare-fun h (A) P)"]).nodes) <= {"A", "B"}
