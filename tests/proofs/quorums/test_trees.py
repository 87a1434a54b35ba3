"""Trees, their algebra and their normal form, against evaluation on every subset."""

import pytest
from assay.checker.errors import Location
from assay.proofs.quorums.normal import canonical, simplify
from assay.proofs.quorums.trees import (
    ALWAYS,
    DEEPEST,
    NEVER,
    Node,
    Threshold,
    TreeError,
    all_of,
    any_of,
    choose,
    dual,
    leaves,
    majority,
    names,
    satisfied,
    substitute,
    weighted,
)
from hypothesis import given
from hypothesis import strategies as st
from quorum_oracle import holds, subsets
from quorum_strategies import NODES, any_trees


@given(any_trees())
def test_evaluation_agrees_with_the_definition(tree):
    assert all(satisfied(tree, chosen) == holds(tree, chosen) for chosen in subsets(NODES))


@given(any_trees())
def test_the_dual_is_satisfied_by_exactly_the_sets_that_meet_every_quorum(tree):
    everyone = frozenset(NODES)
    for chosen in subsets(NODES):
        assert satisfied(dual(tree), chosen) == (not holds(tree, everyone - chosen))
    assert dual(dual(tree)) == tree


@given(any_trees())
def test_the_normal_form_has_the_same_quorums(tree):
    for form in (simplify(tree), canonical(tree)):
        assert all(holds(form, chosen) == holds(tree, chosen) for chosen in subsets(NODES))


@given(any_trees())
def test_the_normal_form_is_a_fixed_point(tree):
    assert simplify(simplify(tree)) == simplify(tree)
    assert canonical(canonical(tree)) == canonical(tree)


@given(any_trees(), any_trees())
def test_and_and_or_combine_quorums(left, right):
    for chosen in subsets(NODES):
        assert holds(left & right, chosen) == (holds(left, chosen) and holds(right, chosen))
        assert holds(left | right, chosen) == (holds(left, chosen) or holds(right, chosen))


@given(any_trees(), st.dictionaries(st.sampled_from(NODES), st.sampled_from([ALWAYS, NEVER])))
def test_substituting_a_constant_is_choosing_or_losing_the_node(tree, constants):
    for chosen in subsets(NODES):
        forced = {n for n, c in constants.items() if c == ALWAYS}
        lost = {n for n, c in constants.items() if c == NEVER}
        assert holds(substitute(tree, constants), chosen) == holds(tree, (chosen | forced) - lost)


def test_the_threshold_that_real_data_uses_for_never_is_never():
    assert simplify(Threshold(9007199254740991, tuple((1, Node(n)) for n in NODES))) == NEVER


def test_a_majority_of_an_even_number_is_one_more_than_half():
    assert majority("abcd") == choose(3, "abcd")


def test_a_weight_that_reaches_the_threshold_alone_is_clamped_to_it():
    assert simplify(weighted(2, {"a": 10**30, "b": 2})) == any_of("ab")
    assert simplify(weighted(6, {"a": 10**30, "b": 4, "c": 2})) == weighted(3, {"a": 3, "b": 2, "c": 1})


def test_where_a_part_came_from_makes_no_difference():
    here = Location("zoo.cfg", 3)
    assert Node("a", here) == Node("a")
    assert hash(choose(1, "a", origin=here)) == hash(choose(1, "a"))


def test_names_are_listed_once_and_leaves_as_often_as_they_occur():
    tree = (Node("b") & Node("a")) | Node("b")
    assert names(tree) == ("b", "a")
    assert [leaf.name for leaf in leaves(tree)] == ["b", "a", "b"]


@pytest.mark.parametrize("need", [0, 4, -1])
def test_a_threshold_outside_of_its_parts_is_refused(need):
    with pytest.raises(TreeError, match="between 1 and"):
        choose(need, "abc")


def test_a_threshold_over_nothing_is_refused():
    with pytest.raises(TreeError, match="without any parts"):
        all_of([])


def test_a_negative_weight_is_refused_with_its_place():
    with pytest.raises(TreeError, match=r"zoo.cfg:7: negative weight -1 of 'a'"):
        Threshold(1, ((-1, Node("a", Location("zoo.cfg", 7))),))


@pytest.mark.parametrize("weight", [0.5, True, "1", None])
def test_a_weight_that_is_no_integer_is_refused(weight):
    with pytest.raises(TreeError, match="must be an integer"):
        Threshold(1, ((weight, Node("a")),))


def test_a_tree_that_is_too_deep_is_refused():
    tree = Node("a")
    for _ in range(DEEPEST - 1):
        tree = Threshold(1, ((1, tree),))
    assert satisfied(simplify(tree), {"a"})
    with pytest.raises(TreeError, match="levels deep"):
        Threshold(1, ((1, tree),))


def test_a_tree_reads_like_a_sentence():
    assert str(majority("abc") & Node("d")) == "2 of (2 of (a, b, c), d)"
    assert str(weighted(3, {"a": 2, "b": 1})) == "3 of (a=2, b=1)"
