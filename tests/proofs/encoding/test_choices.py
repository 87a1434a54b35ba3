"""The largest and the smallest of something: in loops, in keys, in comprehensions, in branches that are not taken."""

from __future__ import annotations

from pathlib import Path

from agreement import disagreements, some_states
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.proofs.encoding.problem import encode
from assay.proofs.induction.prover import ProofOptions, prove_model

CHOICES = """
from assay.checker.language import Map, Model, Order, Set, Sort, action, anything, first, invariant


class Node(Sort):
    pass


class Ballot(Order):
    pass


class Choices(Model):
    default = dict(Node=2, Ballot=2)
    best: Map[Node, Ballot] = anything()
    top: Ballot = anything()
    nodes: Set[Node]
    tops: Set[Ballot]
    seen: Map[Ballot, Set[Node]]

    @action
    def in_a_loop(self) -> None:
        for n in Node:
            self.best[n] = max((b for b in Ballot if n in self.seen[b]), default=first(Ballot))

    @action
    def in_a_map(self) -> None:
        self.best = {n: max((b for b in Ballot if n in self.seen[b]), default=self.best[n]) for n in Node}

    @action
    def in_a_branch(self) -> None:
        self.top = max(b for b in Ballot if self.seen[b]) if any(self.seen[b] for b in Ballot) else first(Ballot)

    @action
    def in_a_comprehension(self) -> None:
        self.tops = {max((b for b in Ballot if n in self.seen[b]), default=first(Ballot)) for n in self.nodes}

    @action
    def in_a_default(self) -> None:
        self.top = max((b for b in self.tops), default=min((b for b in Ballot if self.seen[b]), default=first(Ballot)))

    @action
    def in_a_key(self, n: Node) -> None:
        self.seen[max(b for b in Ballot)].add(n)

    @action
    def in_a_key_of_two_loops(self) -> None:
        for n in self.nodes:
            for m in Node:
                if m in self.nodes:
                    self.seen[min((b for b in self.tops if b > self.best[n]), default=self.best[n])].discard(m)

    @action
    def see(self, n: Node, b: Ballot) -> None:
        self.seen[b].add(n)
        self.nodes.add(n)

    @invariant
    def in_quantifiers(self) -> bool:
        low = max(b for b in self.tops) if self.tops else first(Ballot)
        return low <= max({min({self.best[n], self.top}) for n in Node})
"""

NOTHING_SEEN = """
from assay.checker.language import *


class Ballot(Order):
    pass


class NothingSeen(Model):
    default = dict(Ballot=2)
    seen: Set[Ballot]
    top: Ballot = anything()
    looked: bool = False

    @action
    def look(self) -> None:
        self.top = max(b for b in self.seen) if self.seen else first(Ballot)
        self.looked = True

    @lemma
    def nothing_is_seen(self) -> bool:
        return all(b not in self.seen for b in Ballot)

    @invariant
    def nobody_looked(self) -> bool:
        return not self.looked
"""


def test_formulas_choose_what_the_code_chooses(tmp_path: Path) -> None:
    path = tmp_path / "choices.py"
    path.write_text(CHOICES)
    specification = load(f"{path}:Choices").specification
    instance = instantiate(specification, {"Node": 2, "Ballot": 2})
    problem = encode(specification, instance=instance)
    with instance.active():
        assert next(disagreements(problem, instance, some_states(instance, 25)), None) is None


def test_a_maximum_of_nothing_disables_no_action_that_does_not_ask_for_it(tmp_path: Path) -> None:
    path = tmp_path / "nothing.py"
    path.write_text(NOTHING_SEEN)
    proof = prove_model(load(f"{path}:NothingSeen").specification, ProofOptions())
    assert [o.claim.subject for o in proof.obligations if o.proved is False] == ["nobody_looked"]
