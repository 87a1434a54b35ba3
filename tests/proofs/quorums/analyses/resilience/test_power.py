"""Voting power, and nodes that fail together: splitting sets and loads, against brute force."""

import json
from dataclasses import replace

from assay.checker.cli import main
from assay.proofs.quorums import library
from assay.proofs.quorums.analyses.cost.cheapest_quorum import cheapest_quorum
from assay.proofs.quorums.analyses.resilience.splitting import smallest_splitting_set
from assay.proofs.quorums.analyses.resilience.splitting_sets import minimal_splitting_sets
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import problem_of
from assay.proofs.quorums.systems import QuorumObligation
from assay.proofs.quorums.trees import weighted
from hypothesis import given, settings
from hypothesis import strategies as st
from quorum_oracle import minimal, quorums, splitting_sets

NODES = "abcdef"
POWERS = st.lists(st.integers(1, 9), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(POWERS, st.data())
def test_units_that_split_a_chain_are_those_of_brute_force(powers, data):
    power = dict(zip(NODES, powers, strict=False))
    total = sum(powers)
    need = data.draw(st.sampled_from([total // 2 + 1, total * 2 // 3 + 1, total]))
    duty = QuorumObligation(("quorum", "quorum"), data.draw(st.integers(1, total // 3 + 1)), power)
    system = replace(library.weighted(power, min(need, total)), obligations=(duty,))
    units = data.draw(st.fixed_dictionaries({}, optional={node: st.sampled_from("xyz") for node in power}))
    units = units or {node: node for node in power}
    expected = splitting_sets(system, duty, units)
    problem = problem_of(resolve(system, UnknownNodes.ABSENT), duty, frozenset())
    smallest = smallest_splitting_set(problem, units, Deadline())
    assert smallest.is_settled
    assert smallest.size == min(map(len, expected), default=None)
    assert smallest.example is None or smallest.example in expected
    found = minimal_splitting_sets(problem, units, 3, Deadline())
    assert found.is_complete
    assert set(found.sets) == {one for one in expected if len(one) <= 3}


@settings(max_examples=150, deadline=None)
@given(POWERS, st.lists(st.integers(0, 50), min_size=6, max_size=6), st.data())
def test_the_cheapest_quorum_is_that_of_brute_force(powers, prices, data):
    power = dict(zip(NODES, powers, strict=False))
    tree = weighted(data.draw(st.integers(1, sum(powers))), power)
    price_of = {node: float(price) for node, price in zip(NODES, prices, strict=True)}
    price, quorum = cheapest_quorum(simplify(tree), price_of, Deadline())
    every = minimal(quorums(tree, tuple(power)))
    assert price == min(sum(price_of[node] for node in one) for one in every)
    assert sum(power[node] for node in quorum) >= tree.need
    assert sum(price_of[node] for node in quorum) == price


def test_validators_with_a_power_of_their_own_have_all_their_answers_in_seconds(tmp_path, capsys):
    """A solver for integers did not end in a minute on this."""
    powers = [1000 + 37 * i * i for i in range(30)]
    validators = [{"address": f"v{i}", "power": str(power)} for i, power in enumerate(powers)]
    (tmp_path / "genesis.json").write_text(json.dumps({"chain_id": "c", "validators": validators}))
    assert main(["quorum", str(tmp_path / "genesis.json"), "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["missing"] == []
    assert record["survival"]["splitting_sets"]["f"]["complete"]
    assert record["strategy"]["load"] - record["strategy"]["at_least"] < 1e-6
