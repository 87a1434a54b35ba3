"""Sequences of safe steps between weighted, hierarchical and counted systems; against searches by brute force."""

from dataclasses import replace
from itertools import pairwise, product

from assay.proofs.quorums import library
from assay.proofs.quorums.analyse import analyse
from assay.proofs.quorums.analyses.change import steps as steps_module
from assay.proofs.quorums.analyses.change.assess import assess_change
from assay.proofs.quorums.analyses.change.seats import seats_of_both, system_of
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.formats.reading import parse_source
from assay.proofs.quorums.formats.texts.source import Source
from assay.proofs.quorums.rendering import machine
from assay.proofs.quorums.rendering.text import render
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from quorum_oracle import minimal, quorums


def resolved(system):
    return resolve(system, UnknownNodes.ABSENT)


def read(system):
    return Configuration("test", ("file",), system)


def change(old, new):
    return assess_change(resolved(old), resolved(new), Deadline(), written=(read(old), read(new)))


def follows(old, new):
    """Whether old quorums meet new ones in each pair of classes that must meet, and new ones each other."""
    nodes = tuple(dict.fromkeys((*old.nodes, *new.nodes)))
    before, after = ({n: minimal(quorums(k, nodes)) for n, k in s.classes.items()} for s in (old, new))
    for duty in new.obligations:
        i, j = duty.classes
        for one, other in ((before[i], after[j]), (before[j], after[i]), (after[i], after[j])):
            if not all(a & b for a in one for b in other):
                return False
    return all(after.values())


def shortest(start, goal, neighbours):
    level, seen, steps = {start}, {start}, 0
    while goal not in level:
        steps += 1
        level = {b for a in level for b in neighbours(a) if b not in seen}
        if not level:
            return None
        seen |= level
    return steps


WEIGHTS = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 3), min_size=1)


@settings(max_examples=40, deadline=None)
@given(WEIGHTS, WEIGHTS)
def test_steps_between_weighted_majorities_are_as_few_as_brute_force_finds(old, new):
    assume(set(old.values()) != {1} or set(new.values()) != {1})
    found = change(library.weighted(old), library.weighted(new))
    if found.condition is Condition.SAFE:
        return
    assume(any(len(set(weights.values())) > 1 for weights in (old, new)))
    names = sorted({*old, *new})

    def system(weights):
        return library.weighted({n: w for n, w in zip(names, weights, strict=True) if w})

    def neighbours(state):
        for place, name in enumerate(names):
            low, high = sorted((state[place], new.get(name, 0)))
            for weight in range(low, high + 1):
                after = (*state[:place], weight, *state[place + 1 :])
                if after != state and any(after) and follows(system(state), system(after)):
                    yield after

    start, goal = (tuple(weights.get(name, 0) for name in names) for weights in (old, new))
    assert len(found.steps) == shortest(start, goal, neighbours)
    stations = [library.weighted(old), *(step.system for step in found.steps)]
    assert all(follows(before, after) for before, after in pairwise(stations))
    assert minimal(quorums(stations[-1].classes["quorum"], names)) == minimal(
        quorums(library.weighted(new).classes["quorum"], names)
    )


SIZES = st.tuples(st.sets(st.sampled_from("abcd"), min_size=1), st.integers(1, 4), st.integers(1, 4))


def read_write(drawn):
    nodes, read, write = drawn
    return library.read_write(sorted(nodes), min(read, len(nodes)), min(write, len(nodes)))


@settings(max_examples=40, deadline=None)
@given(SIZES, SIZES)
def test_steps_between_reads_and_writes_are_as_few_as_brute_force_finds(old, new):
    one, other = read_write(old), read_write(new)
    assume(follows(other, other))
    found = change(one, other)
    if found.condition is Condition.SAFE:
        return
    union = sorted(old[0] | new[0])
    keep, may = old[0] & new[0], [n for n in union if n not in old[0] & new[0]]
    states = []
    for mask in product([False, True], repeat=len(may)):
        nodes = sorted(keep | {n for n, there in zip(may, mask, strict=True) if there})
        states += [(tuple(nodes), r, w) for r in range(1, len(nodes) + 1) for w in range(1, len(nodes) + 1)]

    def neighbours(state):
        for after in states:
            close = len(set(state[0]) ^ set(after[0])) <= 1
            if close and follows(library.read_write(*state), library.read_write(*after)):
                yield after

    start, goal = ((s.nodes, s.classes["read"].need, s.classes["write"].need) for s in (one, other))
    assert len(found.steps) == (shortest(start, goal, neighbours) or 0)
    stations = [one, *(step.system for step in found.steps)]
    assert all(follows(before, after) for before, after in pairwise(stations))


def test_a_group_is_exchanged_one_member_at_a_time():
    old = library.hierarchical([list("abc"), list("def"), list("ghi")])
    new = library.hierarchical([list("abx"), list("dey"), list("ghi")])
    found = change(old, new)
    assert found.condition is Condition.SPLIT
    assert len(found.steps) == 4
    stations = [old, *(step.system for step in found.steps)]
    assert all(follows(before, after) for before, after in pairwise(stations))
    assert set(found.steps[-1].system.nodes) == set(new.nodes)


def test_zookeeper_groups_are_matched_by_their_members_and_observers_keep_their_weight():
    def ensemble(groups, *more):
        lines = [f"server.{i}=zoo{i}:2888:3888" for i in range(1, 10)]
        return parse_source(Source("zoo.cfg", "\n".join([*lines, *groups, *more])))

    old = ensemble(["group.1=1:2:3", "group.2=4:5:6", "group.3=7:8:9"])
    new = ensemble(["group.1=7:8:9", "group.2=1:4:3", "group.3=2:5:6"])
    report = analyse(old, against=new)
    told = [change for step in report.change.steps for change in step.changes]
    assert sorted(told) == ["move 2 to another group", "move 4 to another group"]
    ghost = ensemble(["group.1=1:2:3:10", "group.2=4:5:6", "group.3=7:8:9"], "weight.10=1")
    seats = seats_of_both(ghost.system, ghost.system)
    assert not seats[0]["10"].votes
    again = system_of(seats[0], ghost.system)
    assert again.absent == {"10"}
    assert minimal(quorums(resolved(again).classes["quorum"], again.nodes)) == minimal(
        quorums(resolved(ghost.system).classes["quorum"], ghost.system.nodes)
    )


def test_what_is_not_of_a_known_kind_is_not_sought_and_the_report_says_so():
    old, new = library.maekawa_grid(["ab", "cd"]), library.maekawa_grid(["ef", "gh"])
    report = analyse(Configuration("test", ("old",), old), against=Configuration("test", ("new",), new))
    assert report.change.search is None
    assert "no sequence of steps is searched for" in "\n".join(line.plain for line in render(report))
    assert machine.record(report)["change"]["steps_sought"] is None


def test_a_search_that_is_cut_short_says_so_and_offers_the_joint_configuration(monkeypatch):
    monkeypatch.setattr(steps_module, "MOST_CROSSINGS", 2)
    old = library.weighted({"a": 3, "b": 1, "c": 1, "d": 1})
    new = library.weighted({"e": 2, "f": 1, "g": 1, "h": 3})
    report = analyse(Configuration("test", ("old",), old), against=Configuration("test", ("new",), new))
    assert not report.change.search.is_exhaustive
    text = "\n".join(line.plain for line in render(report))
    assert "within the limits: 4 were tried" in text
    assert report.change.joint is not None
    assert "go through the joint configuration" in text


def test_there_is_no_sequence_to_a_configuration_that_is_split_itself():
    old, new = library.read_write("abc", 2, 2), library.read_write("abc", 1, 1)
    report = analyse(Configuration("test", ("old",), old), against=Configuration("test", ("new",), new))
    assert not report.change.steps
    assert report.change.search.is_exhaustive
    assert "no sequence of single changes, in which no member goes back, is safe" in "\n".join(
        line.plain for line in render(report)
    )


def test_many_weights_change_in_steps_that_need_not_be_the_fewest():
    count = 12
    old = library.weighted({f"n{i}": i % 5 + 1 for i in range(count)})
    new = library.weighted({f"n{i}": i * 3 % 7 + 1 for i in range(count // 3, count)})
    found = change(old, new)
    assert found.condition is Condition.SPLIT
    assert found.steps
    stations = [resolved(old), *(resolved(step.system) for step in found.steps)]
    for before, after in pairwise(stations):
        assert assess_change(before, after, Deadline()).condition is Condition.SAFE
    assert replace(found.steps[-1].system, name="").nodes
