"""Changes: one step, a shortest sequence, the joint configuration; against enumeration."""

from dataclasses import replace
from itertools import pairwise

import pytest
from assay.proofs.quorums import library
from assay.proofs.quorums.analyse import analyse
from assay.proofs.quorums.analyses.change.assess import assess_change
from assay.proofs.quorums.analyses.change.crossing import cross
from assay.proofs.quorums.configurations import Configuration, Reconfiguration
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.library.single import single_class
from assay.proofs.quorums.rendering import machine
from assay.proofs.quorums.rendering.text import render
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, verify
from assay.proofs.quorums.systems import QuorumObligation, is_quorum
from assay.proofs.quorums.trees import majority
from hypothesis import given, settings
from hypothesis import strategies as st
from quorum_oracle import is_broken, minimal, quorums
from quorum_strategies import NODES, any_trees, federated_systems, systems


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


def demanding(voters, *obligations):
    return replace(library.majority(voters), obligations=obligations)


QUORUM = ("quorum", "quorum")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            demanding("abc", QuorumObligation(QUORUM)),
            demanding("deabc", QuorumObligation(QUORUM, faulty=(frozenset("a"),))),
        ),
        (demanding("abc"), demanding("ade", QuorumObligation((*QUORUM, "quorum")))),
        (demanding("abc", QuorumObligation((*QUORUM, "quorum"))), demanding("a", QuorumObligation(QUORUM))),
        (demanding("abc", QuorumObligation(QUORUM, 2)), demanding("ade", QuorumObligation(QUORUM))),
        (demanding("abc", QuorumObligation(QUORUM, weights={"a": 1})), demanding("bcd", QuorumObligation(QUORUM))),
    ],
)
def test_what_two_majorities_alone_would_allow_is_no_advice_where_more_is_demanded(old, new):
    """The searches count what two quorums have in common: faulty nodes, weights and a third quorum are not counted."""
    found = change(old, new)
    for before, after in pairwise([resolved(old), *(step.system for step in found.steps)]):
        between = cross(before, after)
        assert not any(is_broken(between, duty) for duty in between.obligations)


any_system = systems() | federated_systems()


@settings(max_examples=40, deadline=None)
@given(any_system, any_system)
def test_a_change_between_any_two_systems_is_safe_exactly_if_brute_force_breaks_nothing(old, new):
    found = change(old, new)
    between = found.crossing_system
    broken = any(is_broken(between, duty) for duty in between.obligations)
    assert (found.crossing.condition is Condition.SPLIT) == broken
    for before, after in pairwise([resolved(old), *(step.system for step in found.steps)]):
        assert verify(cross(before, after)).condition is Condition.SAFE


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


def read(system, **more):
    return Configuration(more.pop("format", "test"), ("file",), system, **more)


def lines_of(report):
    return [line.plain.strip() for line in render(report)]


@pytest.mark.parametrize(
    ("other", "are"),
    [
        (read(library.majority("xyz"), format="other"), "are two systems"),
        (read(library.read_write("abc", 1, 1)), "are systems without a class of quorums in common"),
    ],
)
def test_two_systems_are_compared_and_no_change_is_claimed(other, are):
    report = analyse(read(library.majority("abc")), against=other)
    assert report.change is None
    record = machine.record(report)
    assert record["change"] is None
    assert record["against"]["verdict"] == report.against.condition.value
    text = "\n".join(lines_of(report))
    assert are in text
    assert "change in one step" not in text
    assert record["survival_after"]["tolerance"]["f"]["of"] == 3
    assert report.status == (0 if report.against.condition is Condition.SAFE else 1)


def test_both_sides_of_a_change_are_said_to_survive_what_they_do():
    report = analyse(read(library.majority("abc")), against=read(library.majority("abcde")))
    assert report.survival.tolerances["f"].at_least == 1
    assert report.survival_after.tolerances["f"].at_least == 2
    assert {"the old configuration:", "the new configuration:"} <= set(lines_of(report))


def test_classes_of_one_side_only_are_named_and_the_others_are_checked():
    old = library.read_write("abc", 2, 2)
    serial = replace(old, classes={**old.classes, "serial": majority("abc")})
    serial = replace(serial, obligations=(*old.obligations, QuorumObligation(("serial", "serial"))))
    report = analyse(read(old), against=read(serial))
    assert report.change.condition is Condition.SAFE
    assert [finding.code for finding in report.findings if "serial" in finding.message] == ["classes-differ"]
    assert {duty.classes for duty in report.change.crossing_system.obligations} == {
        ("old read", "new write"),
        ("new read", "old write"),
    }


def test_where_data_stays_nothing_helps_but_a_repair():
    """From one replica to three: what the first one has, the reads of any two of three may miss."""
    one, three = library.read_write("a", 1, 1), library.read_write("abc", 2, 2)
    rule = Reconfiguration(stays=True)
    report = analyse(read(one, reconfiguration=rule), against=read(three, reconfiguration=rule))
    assert report.status == 1
    assert report.change.needs_repair
    assert not report.change.steps
    assert report.change.joint is None
    assert "data stays where it was written, so no sequence of steps helps: repair all of it first" in lines_of(report)
    assert machine.record(report)["change"]["needs_repair"] is True


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=2, max_size=3))
def test_where_data_stays_a_plan_is_safe_exactly_if_every_later_reader_meets_every_earlier_writer(sizes):
    """By enumeration: steps that are safe in pairs do not make a plan safe, so none are offered."""
    plan = [library.read_write("abcd"[: max(r, w)], r, w) for r, w in sizes]
    first, last = plan[0], plan[-1]
    nodes = tuple("abcd")
    reads, writes = (minimal(quorums(s.classes[n], nodes)) for s, n in ((last, "read"), (first, "write")))
    rule = Reconfiguration(stays=True)
    report = analyse(read(first, reconfiguration=rule), against=read(last, reconfiguration=rule))
    if not all(a & b for a in reads for b in writes):
        assert report.change.condition is Condition.SPLIT
        assert not report.change.steps


def test_a_change_to_what_has_no_quorum_says_that_and_offers_no_way():
    stuck = replace(library.majority("abc"), nodes=("a",), absent=frozenset("bc"))
    report = analyse(read(library.majority("abc")), against=read(stuck))
    assert report.status == 1
    text = "\n".join(lines_of(report))
    assert "no set of nodes is a quorum for 'new quorum': there is nothing to go to or from" in text
    assert "step 1" not in text
    assert "joint configuration" not in text
