"""Interchangeable nodes, against all permutations of few nodes."""

from itertools import permutations

from assay.proofs.quorums.analyses.symmetry import orbits
from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.trees import any_of, choose, names
from hypothesis import given, settings
from hypothesis import strategies as st
from quorum_oracle import holds, subsets
from quorum_strategies import any_trees, flat_trees

FEW = tuple("abcd")
COLOURS = st.fixed_dictionaries({node: st.integers(0, 1) for node in FEW})


def exchanged(trees, colours):
    """Return the pairs (x, y) such that a permutation that keeps all quorums and colours takes x to y."""
    kept = [{chosen for chosen in subsets(FEW) if holds(tree, chosen)} for tree in trees]
    found = set()
    for image in permutations(FEW):
        moved = dict(zip(FEW, image, strict=True))
        if all(colours[node] == colours[moved[node]] for node in FEW) and all(
            {frozenset(map(moved.__getitem__, chosen)) for chosen in sets} == sets for sets in kept
        ):
            found |= moved.items()
    return found


@settings(max_examples=200, deadline=None)
@given(st.lists(any_trees(FEW) | flat_trees(FEW), min_size=1, max_size=2), COLOURS)
def test_nodes_of_an_orbit_are_exchanged_by_some_permutation(drawn, colours):
    trees = [simplify(tree) for tree in drawn]
    numbers = orbits(trees, colours)
    assert set(numbers) == {name for tree in trees for name in names(tree)}
    together = {(one, other) for one in numbers for other in numbers if numbers[one] == numbers[other]}
    assert together <= exchanged(trees, colours)


def test_members_of_like_groups_are_one_orbit_and_a_cost_sets_one_apart():
    groups = any_of([choose(1, "ab"), choose(2, "cd")])
    like = choose(2, [choose(2, "ab"), choose(2, "cd")])
    alike = dict.fromkeys("abcd", 0)
    assert len(set(orbits([simplify(groups)], alike).values())) == 2
    assert len(set(orbits([choose(1, [choose(2, "ab"), choose(2, "cd")])], alike).values())) == 1
    assert len(set(orbits([choose(1, [choose(2, "ab"), choose(2, "cd")])], alike | {"a": 1}).values())) == 3
    assert len(set(orbits([simplify(like)], alike).values())) == 1
