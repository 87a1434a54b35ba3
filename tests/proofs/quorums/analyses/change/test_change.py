"""Changes: one step, a shortest sequence, the joint configuration; against enumeration."""

from itertools import pairwise

import pytest
from assay.checker.errors import UsageError
from assay.proofs.quorums import library
from assay.proofs.quorums.analyses.change.assess import assess_change
from assay.proofs.quorums.analyses.change.crossing import cross
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.library.single import single_class
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, verify
from assay.proofs.quorums.systems import is_quorum
from hypothesis import given, settings
from hypothesis import strategies as st
from quorum_oracle import minimal, quorums
from quorum_strategies import NODES, any_trees


def resolved(system):
    return resolve(system, UnknownNodes.ABSENT)


def change(old, new):
    return assess_change(resolved(old), resolved(new), Deadline())


def meet(old, new):
    nodes = tuple(dict.fromkeys((*old.nodes, *new.nodes)))
    one, other = (minimal(quorums(s.classes["quorum"], nodes)) for s in (old, new))
    return all(a & b for a in one for b in other)


voters = st.sets(st.sampled_from(NODES[:6]), min_size=1).map(lambda chosen: library.majority(sorted(chosen)))


@settings(max_examples=60, deadline=None)
@given(voters, voters)
def test_one_step_between_majorities_is_safe_exactly_if_all_quorums_meet(old, new):
    found = change(old, new)
    assert (found.condition is Condition.SAFE) == meet(old, new)
    for split in found.crossing.splits:
        (before, old_quorum), (after, new_quorum) = split.quorums
        assert (before, after) == ("old quorum", "new quorum")
        assert is_quorum(old.classes["quorum"], old_quorum)
        assert is_quorum(new.classes["quorum"], new_quorum)
        assert not old_quorum & new_quorum


def shortest_by_search(old, new):
    """Breadth-first over all subsets of the voters of either."""
    every = sorted({*old.nodes, *new.nodes})
    goal = frozenset(new.nodes)
    between = [frozenset(n for i, n in enumerate(every) if mask >> i & 1) for mask in range(1, 2 ** len(every))]
    keep = frozenset(old.nodes) & goal
    level, seen, steps = {frozenset(old.nodes)}, {frozenset(old.nodes)}, 0
    while goal not in level:
        steps += 1
        level = {
            b for a in level for b in between if b not in seen and keep <= b and meet(*map(library.majority, (a, b)))
        }
        if not level:
            return None
        seen |= level
    return steps


@settings(max_examples=40, deadline=None)
@given(voters, voters)
def test_the_sequence_of_steps_is_safe_and_as_short_as_a_search_over_all_subsets_finds(old, new):
    found = change(old, new)
    if found.condition is Condition.SAFE:
        return
    expected = shortest_by_search(old, new)
    assert len(found.steps) == (expected or 0)
    stations = [resolved(old), *(step.system for step in found.steps)]
    for before, after in pairwise(stations):
        assert meet(before, after)
    if found.steps:
        assert set(stations[-1].nodes) == set(new.nodes)


@settings(max_examples=60, deadline=None)
@given(any_trees(), any_trees())
def test_a_joint_configuration_that_is_offered_meets_both_sides(one, other):
    old, new = (single_class(name, NODES, tree, "") for name, tree in (("old", one), ("new", other)))
    found = change(old, new)
    if found.joint is not None:
        for side in (old, new, found.joint):
            assert meet(found.joint, side)


def test_adding_one_voter_is_safe_and_swapping_one_is_not():
    assert change(library.majority("abc"), library.majority("abcd")).condition is Condition.SAFE
    swap = change(library.majority("abc"), library.majority("abd"))
    assert swap.condition is Condition.SPLIT
    assert len(swap.steps) == 2
    replaced = change(library.majority("abc"), library.majority("ade"))
    assert replaced.condition is Condition.SPLIT
    assert len(replaced.steps) >= 2
    assert replaced.joint is not None


def test_from_three_to_five_in_one_step_splits():
    found = change(library.majority("123"), library.majority("12345"))
    assert found.condition is Condition.SPLIT
    (split,) = found.crossing.splits
    assert {len(quorum) for _, quorum in split.quorums} == {2, 3}
    assert [step.system.nodes for step in found.steps] == [tuple("1234"), tuple("12345")]


def test_new_reads_must_see_old_writes():
    nodes = "abcde"
    old, new = library.read_write(nodes, 1, 5), library.read_write(nodes, 3, 3)
    safety = verify(cross(resolved(old), resolved(new)))
    assert safety.condition is Condition.SPLIT
    assert {tuple(name for name, _ in split.quorums) for split in safety.splits} == {("old read", "new write")}


def test_configurations_of_different_kinds_are_refused():
    with pytest.raises(UsageError, match="classes of quorums differ"):
        change(library.majority("abc"), library.read_write("abc", 2, 2))
