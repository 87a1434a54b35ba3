"""What is reported of outages and splitting sets, by node and by label: all of them, as brute force finds them."""

import json

import pytest
from assay.proofs.quorums import library
from assay.proofs.quorums.analyse import analyse
from assay.proofs.quorums.analyses.resilience.splitting_sets import minimal_splitting_sets
from assay.proofs.quorums.analyses.units import units_by_label, units_of_nodes
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.formats.reading import parse_source
from assay.proofs.quorums.formats.texts.source import Source
from assay.proofs.quorums.questions import Questions
from assay.proofs.quorums.rendering import machine
from assay.proofs.quorums.rendering.svg import picture
from assay.proofs.quorums.rendering.text import render
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, problem_of
from assay.proofs.quorums.systems import QuorumObligation
from assay.proofs.quorums.trees import all_of
from hypothesis import given, settings
from hypothesis import strategies as st
from quorum_oracle import blocking_sets, minimal, quorums, splitting_sets, subsets
from quorum_strategies import federated_systems, systems

ZONES = st.lists(st.sampled_from(["east", "west", "north"]), min_size=7, max_size=7)


def read(system):
    return Configuration("test", ("file.cfg",), system)


def text_of(report):
    return "\n".join(line.plain for line in render(report))


def in_json(record, kind, name):
    found = record["survival"][kind][name]
    assert found["complete"]
    return {frozenset(one) for one in found["sets"]}


@settings(max_examples=60, deadline=None)
@given(systems() | federated_systems(), ZONES, st.integers(0, 4))
def test_the_json_report_has_all_minimal_sets_up_to_the_bound(system, drawn, up_to):
    labels = {node: {"zone": zone} for node, zone in zip(system.nodes[:5], drawn, strict=False)}
    system = type(system)(system.name, system.nodes, system.classes, system.obligations, labels)
    report = analyse(read(system), Questions(sets_up_to=up_to))
    if report.subject.condition is Condition.NO_QUORUM:
        assert report.survival is None
        return
    record = json.loads(machine.encode(report))
    resolved = report.subject.system
    live = list(resolved.classes.values())
    kind = live[0] if len(live) == 1 else all_of(live)
    for name, units in (("f", units_of_nodes(resolved)), ("zone", units_by_label(resolved, "zone"))):
        bound = record["survival"]["outages"][name]["up_to"]
        assert bound >= up_to
        expected = blocking_sets(kind, resolved.nodes, units)
        assert in_json(record, "outages", name) == {one for one in expected if len(one) <= bound}
        every = [one for duty in resolved.obligations for one in splitting_sets(resolved, without_faults(duty), units)]
        bound = record["survival"]["splitting_sets"][name]["up_to"]
        assert in_json(record, "splitting_sets", name) == {one for one in minimal(every) if len(one) <= bound}
    smallest = blocking_sets(kind, resolved.nodes, units_of_nodes(resolved))
    least = min(map(len, smallest), default=0)
    assert {frozenset(one) for one in record["survival"]["smallest_outages"]["sets"]} == {
        one for one in smallest if len(one) == least
    }


def without_faults(duty):
    return QuorumObligation(duty.classes, duty.need, duty.weights)


def test_the_text_report_tells_sizes_counts_and_the_first_few():
    zones = {node: {"zone": zone} for node, zone in zip("abcdefg", "1122334", strict=True)}
    system = library.majority("abcdefg")
    report = analyse(read(type(system)(system.name, system.nodes, system.classes, system.obligations, zones)))
    lines = [" ".join(line.split()) for line in text_of(report).splitlines()]
    assert "smallest outages 35 of size 4: {a, b, c, d}, {a, b, c, e}, {a, b, c, f}, ..." in lines
    assert "smallest outages by zone 3 of size 2: {1, 2}, {1, 3}, {2, 3}" in lines
    assert "can split it if they lie 7 of size 1: {a}, {b}, {c}, ..." in lines
    assert "can split it if they lie by zone 4 of size 1: {1}, {2}, {3}, ..." in lines


def test_a_label_of_which_each_node_has_its_own_value_is_not_repeated():
    hosts = {node: {"host": f"h-{node}"} for node in "abc"}
    system = library.majority("abc")
    report = analyse(read(type(system)(system.name, system.nodes, system.classes, system.obligations, hosts)))
    assert "by host" not in text_of(report)
    assert json.loads(machine.encode(report))["survival"]["tolerance"]["host"]["at_least"] == 1


def test_sets_of_several_sizes_are_counted_by_size():
    report = analyse(read(library.weighted({"a": 4, "b": 2, "c": 1, "d": 1, "e": 1})), Questions(sets_up_to=4))
    assert "4 of size 2, 1 of size 4: {a, b}" in text_of(report)


@pytest.mark.parametrize("powers", [(10, 10, 10, 10), (7, 5, 3, 2, 1), (1, 1, 1, 1, 1, 1), (40, 30, 20, 9, 1)])
def test_validators_that_can_fork_a_chain_are_those_that_two_commits_may_share_alone(powers):
    """Not those beyond a third that the rule grants: the smallest set that holds what two commits have in common."""
    listed = ", ".join(f'{{"address": "V{i}", "power": "{power}"}}' for i, power in enumerate(powers))
    text = f'{{"chain_id": "c", "validators": [{listed}]}}'
    configuration = parse_source(Source("genesis.json", text))
    system = configuration.system
    every = minimal(quorums(system.classes["commit"], system.nodes))
    forks = [chosen for chosen in subsets(system.nodes) if any(a & b <= chosen for a in every for b in every)]
    least = min(map(len, forks))
    record = json.loads(machine.encode(analyse(configuration)))
    assert record["survival"]["splitting"]["at_least"] == least
    assert in_json(record, "splitting_sets", "f") == {one for one in forks if len(one) == least}


def test_a_thousand_validators_of_any_power_have_their_smallest_fork_at_once():
    powers = {f"v{i}": 10**12 + 7919 * i * i for i in range(1000)}
    total = sum(powers.values())
    system = library.weighted(powers, total * 2 // 3 + 1)
    weights = QuorumObligation(("quorum", "quorum"), 1, powers)
    resolved = resolve(type(system)(system.name, system.nodes, system.classes, (weights,)), UnknownNodes.ABSENT)
    problem = problem_of(resolved, weights, frozenset())
    from assay.proofs.quorums.analyses.resilience.splitting import smallest_splitting_set, splits

    limit = Deadline.after(20)
    found = smallest_splitting_set(problem, units_of_nodes(resolved), limit)
    assert found.is_settled
    assert splits(problem, units_of_nodes(resolved), found.example, limit)
    heaviest = sorted(powers.values(), reverse=True)[: found.size - 1]
    assert sum(heaviest) <= 2 * (total * 2 // 3 + 1) - total - 1


def test_candidates_that_a_symmetry_exchanges_are_decided_once(monkeypatch):
    from assay.proofs.quorums.analyses.resilience import splitting_sets as module

    decided = []

    def counted(problem, units, chosen, deadline, judge=module.splits):
        decided.append(chosen)
        return judge(problem, units, chosen, deadline)

    monkeypatch.setattr(module, "splits", counted)
    system = library.majority([f"n{i}" for i in range(40)])
    problem = problem_of(resolve(system, UnknownNodes.ABSENT), system.obligations[0], frozenset())
    found = minimal_splitting_sets(problem, units_of_nodes(system), 2, Deadline.after(30))
    assert found.is_complete
    assert len(found.sets) == 40 * 39 // 2
    assert len(decided) == 1  # the smaller candidates weigh too little to be decided


def test_the_picture_rings_a_smallest_outage():
    drawn = picture(analyse(read(library.majority("abc"))))
    assert drawn.count("stroke-dasharray") == 2
    assert "a smallest outage, 2 nodes" in drawn


@settings(max_examples=40, deadline=None)
@given(systems() | federated_systems())
def test_without_a_sat_solver_the_same_splitting_sets_are_found(system):
    resolved = resolve(system, UnknownNodes.ABSENT)
    problem = problem_of(resolved, resolved.obligations[0], frozenset())
    units = units_of_nodes(resolved)
    found = minimal_splitting_sets(problem, units, 3, Deadline())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assay.proofs.quorums.analyses.resilience.splitting_sets.is_installed", lambda: False)
        without = minimal_splitting_sets(problem, units, 3, Deadline())
    assert found == without
