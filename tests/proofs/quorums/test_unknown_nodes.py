"""Nodes that nothing describes: what a quorum with them is, in both readings, against brute force."""

import pytest
from assay.proofs.quorums import library
from assay.proofs.quorums.analyse import analyse, assess
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection import sat, smt
from assay.proofs.quorums.intersection.outcome import Misses
from assay.proofs.quorums.questions import Questions
from assay.proofs.quorums.rendering.text import render
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, problem_of, verify
from assay.proofs.quorums.systems import Federation, QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import NEVER, choose
from hypothesis import given, settings
from hypothesis import strategies as st
from quorum_oracle import holds, minimal, subsets
from quorum_strategies import any_trees

NAMES = tuple("abcdef")
DUTY = QuorumObligation(("quorum", "quorum"))


@st.composite
def partly_described(draw):
    """Federations whose trees name nodes that are absent or that nothing describes."""
    described = NAMES[: draw(st.integers(1, 4))]
    trees = draw(st.fixed_dictionaries({}, optional={node: any_trees(NAMES) for node in described}))
    absent = draw(st.frozensets(st.sampled_from(NAMES[4:]), max_size=1))
    return QuorumSystem("drawn", described, {"quorum": Federation(trees)}, (DUTY,), absent=absent)


def quorums_with_anything(system):
    """Sets with a described node, all described members of which are content; absent nodes are in none."""
    trees = system.classes["quorum"].trees
    every = subsets(set(system.nodes) | set(system.unknown))
    return [
        q
        for q in every
        if q & set(system.nodes) and all(holds(trees.get(n, NEVER), q) for n in q - set(system.unknown))
    ]


def expected(every):
    if not every:
        return Condition.NO_QUORUM
    smallest = minimal(every)
    return Condition.SPLIT if any(not a & b for a in smallest for b in smallest) else Condition.SAFE


@settings(max_examples=150, deadline=None)
@given(partly_described())
def test_unknown_nodes_may_join_any_quorum_of_described_nodes_and_are_none_by_themselves(system):
    resolved = resolve(system, UnknownNodes.ANYTHING)
    safety = verify(resolved)
    assert safety.condition is expected(quorums_with_anything(system))
    for one in safety.checked:
        problem = problem_of(resolved, one.obligation, one.faulty)
        for search in (sat.search, smt.search):
            assert isinstance(search(problem, Deadline()), Misses) == isinstance(one.outcome, Misses)


@settings(max_examples=150, deadline=None)
@given(partly_described())
def test_the_verdict_is_known_exactly_where_both_readings_agree(system):
    with_anything = expected(quorums_with_anything(system))
    alone = expected([q for q in quorums_with_anything(system) if not q & set(system.unknown)])
    found = assess(Configuration("test", ("file",), system), None, Deadline())
    assert found.condition is (alone if alone is with_anything else Condition.UNKNOWN)
    agreed = Condition.SPLIT not in (alone, with_anything)
    assert ("no two quorums miss each other in either reading" in found.doubt) == (
        alone is not with_anything and agreed
    )


def lone():
    """A node that asks for one that nothing describes, beside three that do not."""
    own = dict.fromkeys("abc", choose(2, "abc"))
    return library.federated({**own, "d": choose(3, ["a", "b", "gone"])})


@pytest.mark.parametrize("reading", [None, *UnknownNodes])
def test_a_node_that_nothing_describes_is_no_quorum_of_anybody(reading):
    report = analyse(Configuration("test", ("file",), lone()), Questions(reading))
    assert report.subject.condition is Condition.SAFE


def test_readings_that_agree_on_no_split_say_so():
    """Two of five servers are described: three others may or may not be there."""
    five = choose(3, "abcde")
    report = analyse(Configuration("test", ("file",), library.federated({"a": five, "b": five})))
    assert report.subject.condition is Condition.UNKNOWN
    text = "\n".join(line.plain for line in render(report))
    assert "no two quorums miss each other in either reading" in text
    assert report.status == 3


def test_many_nodes_that_nothing_describes_are_decided():
    nodes = [f"n{i}" for i in range(60)]
    rule = choose(41, nodes)
    trees = dict.fromkeys(nodes[:40], rule) | {f"m{i}": choose(1, [nodes[i], f"gone{i}"]) for i in range(40)}
    safety = verify(resolve(library.federated(trees), UnknownNodes.ANYTHING), Deadline.after(20))
    assert safety.condition is Condition.SPLIT
    trees = dict.fromkeys(nodes[:40], rule) | {f"m{i}": choose(3, [*nodes[i : i + 2], "gone"]) for i in range(30)}
    safety = verify(resolve(library.federated(trees), UnknownNodes.ANYTHING), Deadline.after(20))
    assert safety.condition is Condition.SAFE
