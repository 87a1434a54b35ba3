"""Refinement for any number of elements: proved where it is true, refuted where it is not, and never half."""

from __future__ import annotations

from typing import Annotated

import pytest
from assay.checker.language import (
    Function,
    Map,
    Model,
    Range,
    Set,
    Sort,
    action,
    everywhere,
    initial,
    invariant,
    refines,
    removed,
    require,
)
from assay.checker.language.introspection.specification import specify
from assay.checker.verdicts import Verdict
from assay.models import two_phase_commit, voting
from assay.proofs.encoding.problem import encode
from assay.proofs.induction.attempt import Attempt
from assay.proofs.induction.exploring import explore_refinements
from assay.proofs.induction.obligations import ClaimKind
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model


class Node(Sort):
    """Somebody."""


class Chosen(Model):
    """Nodes are chosen one after the other."""

    default = {"Node": 2}
    chosen: Set[Node]

    @action
    def choose(self, node: Node) -> None:
        require(node not in self.chosen)
        self.chosen.add(node)


class Marked(Model):
    """The same by marks."""

    default = {"Node": 2}
    mark: Map[Node, bool] = everywhere(False)

    @action
    def put(self, node: Node) -> None:
        self.mark[node] = True

    @refines(Chosen)
    def marks_choose(self) -> dict[str, object]:
        return {"chosen": {n for n in Node if self.mark[n]}}


class Unmarking(Marked):
    """Takes a mark away."""

    @action
    def take(self, node: Node) -> None:
        self.mark[node] = False


class MarkedAtFirst(Marked):
    """Begins with marks."""

    mark = everywhere(True)


class Misled(Marked):
    """Claims more than is true."""

    @invariant
    def nobody_is_marked(self) -> bool:
        return not any(self.mark[n] for n in Node)


class Disk(Model):
    """Loses what is not safe."""

    default = {"Node": 2}
    held: Set[Node]
    safe: Set[Node]

    @action
    def take(self, node: Node) -> None:
        self.held.add(node)

    @action
    def save(self, node: Node) -> None:
        require(node in self.held)
        self.safe.add(node)

    @action
    def crash(self, left: Set[Node]) -> None:
        require(all(n in left for n in self.safe), all(n in self.held for n in left))
        self.held = set(left)


class Cache(Model):
    """Keeps what is safe, and loses all the rest at once."""

    default = {"Node": 2}
    there: Map[Node, bool] = everywhere(False)
    kept: Map[Node, bool] = everywhere(False)

    @action
    def put(self, node: Node) -> None:
        self.there[node] = True

    @action
    def keep(self, node: Node) -> None:
        require(self.there[node])
        self.kept[node] = True

    @action
    def stop(self) -> None:
        for n in Node:
            self.there[n] = self.kept[n]

    @invariant
    def what_is_kept_is_there(self, node: Node) -> bool:
        return self.there[node] or not self.kept[node]

    @refines(Disk)
    def is_a_disk(self) -> dict[str, object]:
        return {"held": {n for n in Node if self.there[n]}, "safe": {n for n in Node if self.kept[n]}}


class LosingCache(Cache):
    """Loses everything."""

    what_is_kept_is_there = removed

    @action
    def stop(self) -> None:
        self.there = everywhere(False)


class InPython(Marked):
    """Its mapping is more than formulas can say."""

    @refines(Chosen)
    def marks_choose(self) -> dict[str, object]:
        values = {}
        values["chosen"] = {n for n in Node if self.mark[n]}
        return values


def verdicts(model: type[Model]) -> dict[ClaimKind, set[bool | None]]:
    """Return what became of the claims of a model's refinements."""
    problem = encode(specify(model))
    attempt = Attempt(problem, ProofOptions(use_cache=False))
    attempt.run()
    found: dict[ClaimKind, set[bool | None]] = {}
    for result in attempt.results.values():
        if result.claim.predicate in (*problem.initial_claims, *(p for p in problem.steps if p.ways)):
            found.setdefault(result.claim.kind, set()).add(result.proved)
    return found


@pytest.mark.parametrize("model", [Marked, Cache, two_phase_commit.TwoPhaseCommitWithCrashes], ids=lambda m: m.__name__)
def test_what_implements_another_model_is_proved_to(model: type[Model]) -> None:
    assert verdicts(model) == {ClaimKind.STEP: {True}, ClaimKind.INITIATION: {True}}


def test_a_step_that_the_other_model_does_not_take_is_refuted() -> None:
    assert verdicts(Unmarking) == {ClaimKind.STEP: {True, False}, ClaimKind.INITIATION: {True}}


def test_a_beginning_that_is_none_of_the_other_model_is_refuted() -> None:
    assert verdicts(MarkedAtFirst) == {ClaimKind.STEP: {True}, ClaimKind.INITIATION: {False}}


def test_nothing_is_proved_with_an_invariant_that_is_not() -> None:
    assert verdicts(Misled) == {ClaimKind.STEP: {None}, ClaimKind.INITIATION: {True}}


def test_a_mapping_that_is_more_than_a_dictionary_is_refused_with_its_place() -> None:
    problem = encode(specify(InPython))
    (unencodable,) = problem.unencodable
    assert "a mapping that is more than a dictionary written out" in str(unencodable)
    assert not problem.initial_claims


def test_that_no_choice_of_a_container_was_found_refutes_nothing() -> None:
    """The steps of the other model are more than the ways that a proof tries."""
    assert verdicts(LosingCache) == {ClaimKind.STEP: {True, None}, ClaimKind.INITIATION: {True}}


@pytest.mark.parametrize(
    ("model", "name"),
    [(LosingCache, "is_a_disk"), (Unmarking, "marks_choose")],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_refinement_that_is_not_proved_is_judged_in_an_instance(model: type[Model], name: str) -> None:
    result = prove_model(specify(model), ProofOptions(use_cache=False, timeout=0.3, search=60.0))
    found = next(refutation for refutation in result.refutations if refutation.name == name)
    assert found.implementation is not None
    assert found.implementation.attempts
    assert result.verdict is Verdict.VIOLATED


def test_it_is_judged_there_whatever_invariants_are_violated_before() -> None:
    explored = explore_refinements(specify(voting.VotesWithoutLooking), {}, 60.0)
    assert [refutation.name for refutation in explored.refutations] == ["implements_consensus"]


class Dial(Model):
    """A number that is set, even where that leaves its range."""

    shown: Annotated[int, Range(0, 3)] = 0

    @action
    def turn(self, to: Annotated[int, Range(0, 3)], by: Annotated[int, Range(0, 2)]) -> None:
        self.shown = to + by


class Counter(Model):
    """Counts beyond what the dial shows."""

    n: Annotated[int, Range(0, 5)] = 0

    @action
    def up(self) -> None:
        require(self.n < 5)
        self.n += 1

    @refines(Dial)
    def is_shown(self) -> dict[str, object]:
        return {"shown": self.n}


def test_a_step_of_the_other_model_that_is_an_error_there_is_no_step() -> None:
    assert verdicts(Counter) == {ClaimKind.STEP: {False}, ClaimKind.INITIATION: {True}}


class Beyond(Counter):
    """Begins beyond what the dial shows."""

    n: Annotated[int, Range(0, 5)] = 5


class LooseDial(Dial):
    """Begins anywhere, and does not look at its range."""

    @initial
    def anywhere(self, to: Annotated[int, Range(0, 5)]) -> None:
        self.shown = to


class BeyondLoose(Beyond):
    """Implements the loose dial."""

    @refines(LooseDial)
    def is_shown(self) -> dict[str, object]:
        return {"shown": self.n}


def test_a_beginning_of_the_other_model_that_is_an_error_there_is_none() -> None:
    assert verdicts(BeyondLoose)[ClaimKind.INITIATION] == {False}


class Routed(Model):
    """A model with structure."""

    default = {"Node": 2}
    next: Function[Node, Node]
    at: Node | None = None

    @action
    def go(self, node: Node) -> None:
        self.at = self.next[node]


class Routing(Routed):
    """The same structure."""

    @refines(Routed)
    def is_routed(self) -> dict[str, object]:
        return {"next": self.next, "at": self.at}


def test_structure_of_the_other_model_is_refused_as_such() -> None:
    (unencodable,) = encode(specify(Routing)).unencodable
    assert "a model with structure, such as next," in str(unencodable)
