"""Paxos: its lemmas are among the candidates, and are found from its invariants alone."""

from __future__ import annotations

import itertools

import pytest
from assay.checker.language.loader import load
from assay.checker.language.model import Kind
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import Predicate
from assay.proofs.induction.options import ProofOptions
from assay.proofs.inference.evaluation import holds
from assay.proofs.inference.hitting import Effort
from assay.proofs.inference.infer import _Attempt, infer
from assay.proofs.inference.lemmas import Lemma
from assay.proofs.inference.levels import Outline, levels, space_of
from assay.proofs.inference.spaces import Clause, Space
from assay.proofs.inference.worlds import of_structure

pytestmark = pytest.mark.slow

ALONE = ProofOptions(workers=1)

LIGHT, VALUES, LAST = Outline((1, 2, 1, 1), 3), Outline((1, 1, 2, 1), 3), Outline((1, 3, 2, 0), 2)
QUORUMS = Outline((0, 2, 2, 1), 5, pairs=True)
"""Acceptors, ballots, values and quorums of the spaces that the lemmas are in."""

PROMISED = "(self.promised[a1] is not None and b1 <= self.promised[a1])"
LEFT = "any(Accepted(a0, Proposal(b2, v2)) not in self.messages and (self.promised[a0] is not None and b2 < self.promised[a0]) for a0 in q1)"  # noqa: E501

TEXTBOOK: dict[str, tuple[Outline, tuple[str, ...]]] = {
    "one proposal a ballot": (
        VALUES,
        (
            "Accept(Proposal(b1, v1)) not in self.messages",
            "Accept(Proposal(b1, v2)) not in self.messages",
            "v1 == v2",
        ),
    ),
    "accepted was proposed": (
        LIGHT,
        ("Accepted(a1, Proposal(b1, v1)) not in self.messages", "Accept(Proposal(b1, v1)) in self.messages"),
    ),
    "a promise binds": (LIGHT, ("Promise(a1, b1, None) not in self.messages", PROMISED)),
    "a promise with a vote binds": (LIGHT, ("Promise(a1, b1, Proposal(b2, v1)) not in self.messages", PROMISED)),
    "a vote binds": (LIGHT, ("Accepted(a1, Proposal(b1, v1)) not in self.messages", PROMISED)),
    "memory is not behind the votes": (
        LIGHT,
        (
            "Accepted(a1, Proposal(b1, v1)) not in self.messages",
            "(self.accepted[a1] is not None and b1 <= self.accepted[a1].ballot)",
        ),
    ),
    "memory is a vote": (
        LIGHT,
        (
            "not (self.accepted[a1] is not None and b1 == self.accepted[a1].ballot)",
            "(self.accepted[a1] is not None and Accepted(a1, Proposal(b1, self.accepted[a1].value)) in self.messages)",
        ),
    ),
    "a promise tells the last vote": (
        LAST,
        (
            "Promise(a1, b1, Proposal(b2, v1)) not in self.messages",
            "Accepted(a1, Proposal(b3, v2)) not in self.messages",
            "b1 <= b3",
            "b3 <= b2",
        ),
    ),
    "a promise without a vote tells that there is none": (
        LAST,
        (
            "Promise(a1, b1, None) not in self.messages",
            "Accepted(a1, Proposal(b2, v1)) not in self.messages",
            "b1 <= b2",
        ),
    ),
    "what a promise tells is a vote": (
        LAST,
        ("Promise(a1, b1, Proposal(b2, v1)) not in self.messages", "Accepted(a1, Proposal(b2, v1)) in self.messages"),
    ),
    "what a promise tells is earlier": (
        LAST,
        ("Promise(a1, b1, Proposal(b2, v1)) not in self.messages", "b1 > b2"),
    ),
    "no other value is choosable": (
        QUORUMS,
        ("Accept(Proposal(b1, v1)) not in self.messages", "b1 <= b2", "v1 == v2", LEFT),
    ),
}


@pytest.fixture(scope="module")
def attempt() -> _Attempt:
    ticks = itertools.count()
    found = _Attempt(load("paxos").specification, ALONE, 1e9, None, lambda _: None, lambda: float(next(ticks)))
    assert found._explore() is None
    return found


@pytest.fixture(scope="module")
def textbook(attempt: _Attempt) -> dict[str, Lemma]:
    spaces = dict[Outline, Space]()
    for outline in {outline for outline, _ in TEXTBOOK.values()}:
        spaces[outline] = space_of(attempt.grammar, outline, attempt.search.worlds)
        for world in attempt.search.worlds:
            spaces[outline].learn(world)
    clauses = {name: _clause(spaces[outline], texts) for name, (outline, texts) in TEXTBOOK.items()}
    return {name: Lemma(c, Predicate("inferred", Kind.LEMMA, c.formula)) for name, c in clauses.items()}


def _clause(space: Space, texts: tuple[str, ...]) -> Clause:
    signed = {
        text: (atom, positive) for atom in space.atoms for text, positive in ((atom.text, True), (atom.denial, False))
    }
    return Clause(space, tuple(signed[text] for text in texts))


def test_their_spaces_are_looked_at_before_the_third_level(attempt: _Attempt) -> None:
    first = [outline for level in itertools.islice(levels(attempt.grammar), 2) for outline in level.outlines]
    assert {outline for outline, _ in TEXTBOOK.values()} <= set(first)


def test_they_are_true_in_all_reachable_states(attempt: _Attempt, textbook: dict[str, Lemma]) -> None:
    assert [name for name, lemma in textbook.items() if attempt.search.refuted(lemma.clause)] == []


def test_they_are_inductive_in_small_structures_and_each_is_a_candidate_where_it_is_missed(
    attempt: _Attempt, textbook: dict[str, Lemma]
) -> None:
    search = attempt.search
    search.lemmas = list(textbook.values())
    assert search.support.breaking(search._lemmas) is None
    missed = 0
    for lemma in textbook.values():
        search.lemmas = [one for one in textbook.values() if one is not lemma]
        stuck = search.support.breaking(search._lemmas)
        if stuck is None or stuck.structure is None:  # it is missed in larger structures, if at all
            continue
        missed += 1
        state = of_structure(stuck.structure)
        assert not holds(lemma.predicate.formula, state)[0]
        keys = {clause.order for clause in lemma.clause.space.excluding(state, Effort(4, 9))}
        assert any(set(key) <= set(lemma.clause.order) for key in keys)
    assert missed > len(textbook) // 2


def test_paxos_is_proved_from_its_invariants_alone() -> None:
    found = infer(load("paxos").specification, ALONE, budget=1e9, resume=False)
    assert found.proof.verdict is Verdict.HOLDS
    assert any("any(" in method and "self.promised" in method for method in found.methods)
