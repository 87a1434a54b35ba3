"""Opaque systems of any tree, against the definition: up-to-date correct nodes outvote faulty and stale ones."""

from itertools import combinations

import pytest
from assay.checker.errors import InputError
from assay.proofs.quorums import library
from assay.proofs.quorums.analyses.resilience.splitting_sets import splitting_of
from assay.proofs.quorums.analyses.resilience.survival import lower_bounds
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.formats.reading import parse_source
from assay.proofs.quorums.formats.texts.source import Source
from assay.proofs.quorums.library.byzantine import opaque_of
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, verify
from assay.proofs.quorums.trees import choose, majority, names
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from quorum_oracle import minimal, quorums, subsets
from quorum_strategies import NODES, any_trees


def is_opaque(tree, faults):
    """Definition 5.1: for every two quorums and every set of faulty nodes."""
    nodes = names(tree)
    every = minimal(quorums(tree, nodes))
    return all(
        len((one & other) - set(lying)) >= len((other & set(lying)) | (other - one))
        for one in every
        for other in every
        for lying in combinations(nodes, min(faults, len(nodes)))
    )


@settings(max_examples=150, deadline=None)
@given(any_trees(NODES[:6]), st.integers(0, 2))
def test_opaque_systems_of_any_tree_are_safe_exactly_by_the_definition(tree, faults):
    assume(all(minimal(quorums(tree, names(tree)))) and quorums(tree, names(tree)) and names(tree))
    system = opaque_of(tree, faults)
    safety = verify(resolve(system, UnknownNodes.ABSENT))
    assert (safety.condition is Condition.SAFE) == is_opaque(tree, faults)


@settings(max_examples=60, deadline=None)
@given(any_trees(NODES[:5]), st.integers(0, 1))
def test_what_splits_an_opaque_system_is_what_outvotes_its_correct_nodes(tree, faults):
    nodes = names(tree)
    every = minimal(quorums(tree, nodes))
    assume(nodes and every and all(every))
    lying = [
        chosen
        for chosen in subsets(nodes)
        if any(2 * len((one & other) - chosen) < len(other) for one in every for other in every)
    ]
    problems = lower_bounds(resolve(opaque_of(tree, faults), UnknownNodes.ABSENT))
    found = splitting_of(problems, {node: node for node in nodes}, len(nodes), Deadline())
    assert set(found.sets.sets) == set(minimal(lying))


def test_quorums_of_one_size_need_no_list():
    groups = [[f"{group}{i}" for i in range(9)] for group in "abcdefghi"]
    tree = choose(8, [choose(8, group) for group in groups])
    system = opaque_of(tree, 2)
    assert list(system.classes) == ["quorum"]
    assert system.obligations[0].need == 2 + 32
    plain = opaque_of(choose(4, "abcde"), 1)
    assert plain.obligations[0].need == library.opaque("abcde", 1).obligations[0].need


def test_opaque_systems_can_be_written_in_toml():
    text = 'quorum = {any = [{all = ["a", "b", "c", "d"]}, {all = ["a", "b", "c", "e", "f"]}]}'
    configuration = parse_source(Source("o.toml", f'[assay]\nsystem = "opaque"\nfaulty = 0\n{text}\n'))
    assert set(configuration.system.classes) == {"quorum", "quorum of 4", "quorum of 5"}
    assert verify(resolve(configuration.system, UnknownNodes.ABSENT)).condition is Condition.SAFE


def test_too_many_quorums_of_different_sizes_are_refused_with_the_reason():
    weights = ", ".join(f"n{i} = {i + 1}" for i in range(30))
    text = f'[assay]\nsystem = "opaque"\nfaulty = 1\nquorum = {{weighted = {{{weights}}}, need = 300}}\n'
    with pytest.raises(InputError, match="have different sizes, and there are more than 1000 of them") as caught:
        parse_source(Source("o.toml", text))
    assert caught.value.location is not None
    assert caught.value.help


def test_a_majority_is_not_opaque_and_says_which_quorums():
    safety = verify(resolve(opaque_of(majority("abcde"), 1), UnknownNodes.ABSENT))
    assert safety.condition is Condition.SPLIT
