"""Structure and choices of containers in proofs: for every relation, and a counterexample names one."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import encode
from assay.proofs.induction.bounded import search_steps
from assay.proofs.induction.prover import ProofOptions
from claims import proved, specified

ALLOCATOR = """
    held: Map[Node, Set[Item]]
    turn: Seq[Color, 2]

    @action
    def take(self, n: Node, some: Set[Item]) -> None:
        require(len(some) > 0, all(i not in self.held[m] for m in Node for i in some))
        self.held[n] |= some

    @action
    def give(self, goes: Map[Node, Set[Item]], turn: Seq[Color, 2]) -> None:
        require(all(goes[n] <= self.held[n] for n in Node), len(turn) == 1)
        for n in Node:
            self.held[n] -= goes[n]
        self.turn = turn

    @invariant
    def one_holder(self, a: Node, b: Node, i: Item) -> bool:
        return a == b or not (i in self.held[a] and i in self.held[b])
"""


def test_any_subset_and_any_map_of_subsets_keep_an_invariant(tmp_path: Path) -> None:
    result = proved(tmp_path, ALLOCATOR)
    assert result.verdict is Verdict.HOLDS
    assert result.instance is None


def test_a_counterexample_names_the_set_that_is_chosen(tmp_path: Path) -> None:
    body = ALLOCATOR.replace("for m in Node for i in some", "for m in Node if m == n for i in some")
    result = proved(tmp_path, body)
    found = next(o.counterexample for o in result.obligations if o.proved is False)
    assert found.call is not None
    name, (node, some) = found.call
    assert name == "take"
    taken = {item for n, items in enumerate(found.before[0]) if n != node.index for item in items}
    assert some & taken


def test_steps_choose_apart(tmp_path: Path) -> None:
    """Two steps with one choice between them would never take two items from two nodes."""
    body = ALLOCATOR.replace("for m in Node for i in some", "for m in Node if m == n for i in some")
    result = search_steps(specified(tmp_path, body), 2, ProofOptions(timeout=20.0))
    assert [r.name for r in result.refutations] == ["one_holder"]
    assert len(result.refutations[0].trace.states) == 3


RING = """
    next: Function[Node, Node]
    member: Relation[Node, Item]
    level: Function[Node, Range[0, 3]]
    at: Node = anything()
    been: Set[Node]

    @axiom
    def injective(self, a: Node, b: Node) -> bool:
        return implies(self.next[a] == self.next[b], a == b)

    @axiom
    def levels_rise(self, a: Node) -> bool:
        return self.level[self.next[a]] >= self.level[a]

    @action
    def go(self) -> None:
        self.been.add(self.at)
        self.at = self.next[self.at]

    @invariant
    def low(self, n: Node) -> bool:
        return implies(n in self.been, self.level[n] <= self.level[self.at])

    @step_invariant
    def stays(self, after: Self) -> bool:
        return all(after.member(n, i) == self.member(n, i) for n in Node for i in Item) and after.next == self.next
"""


def test_what_never_changes_is_the_same_after_a_step(tmp_path: Path) -> None:
    result = proved(tmp_path, RING)
    assert result.verdict is Verdict.HOLDS
    assert result.instance is None


def test_a_range_of_the_structure_is_known(tmp_path: Path) -> None:
    body = RING + "\n    @lemma\n    def bounded(self, n: Node) -> bool:\n        return self.level[n] <= 3\n"
    result = proved(tmp_path, body, only=("bounded",))
    assert all(o.proved for o in result.obligations if o.claim.subject == "bounded")


@pytest.mark.parametrize("nodes", [2, 3, pytest.param(None, marks=pytest.mark.slow)])
def test_a_counterexample_has_a_structure_that_satisfies_the_axioms(nodes: int | None, tmp_path: Path) -> None:
    """For any number of nodes, a solver that does not end is asked before small structures are tried."""
    fixed = {"Node": str(nodes), "Item": "1"} if nodes else {}
    result = proved(tmp_path, RING.replace("<= self.level[self.at]", "< self.level[self.at]"), fixed=fixed)
    found = next(o.counterexample for o in result.obligations if o.proved is False)
    following = found.instance.structure["next"]
    assert len(set(following)) == len(following) == (nodes or len(following))


def test_given_structure_is_assumed(tmp_path: Path) -> None:
    body = RING + "\n    @lemma\n    def flat(self, n: Node) -> bool:\n        return self.level[n] == 2\n"
    assert proved(tmp_path, body).verdict is not Verdict.HOLDS
    flat = {"Node": "2", "Item": "1", "level": "{n1: 2, n2: 2}"}
    result = proved(tmp_path, body, fixed=flat, only=("flat",))
    assert all(o.proved for o in result.obligations if o.claim.subject == "flat")


def test_contradicting_axioms_are_told(tmp_path: Path) -> None:
    result = proved(
        tmp_path, RING + "\n    @axiom\n    def no(self, a: Node) -> bool:\n        return self.level[a] > 3\n"
    )
    assert result.verdict is not Verdict.HOLDS
    assert any(o.claim.subject == "axioms" and o.proved is False for o in result.obligations)


def test_sizes_against_each_other_are_told_with_a_remedy(tmp_path: Path) -> None:
    body = """
    heard: Set[Node]
    won: bool

    @action
    def hear(self, n: Node) -> None:
        self.heard.add(n)

    @action
    def win(self) -> None:
        require(2 * len(self.heard) > len(Node))
        self.won = True

    @invariant
    def somebody_was_heard(self) -> bool:
        return not self.won or any(n in self.heard for n in Node)
"""
    result = proved(tmp_path, body, fixed={"Node": "3"})
    assert result.verdict is Verdict.HOLDS
    found = encode(specified(tmp_path, body)).unencodable
    assert [unencodable.construct for unencodable in found] == ["the size of Node"]
    assert "QuorumSystem" in found[0].remedy
