"""Whatever raises in a reachable state is refuted, and nothing that raises is proved: compared with the interpreter."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from assay.checker.errors import ModelError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict
from assay.proofs.induction.bounded import search_steps
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.results import ProofResult
from assay.proofs.induction.several_steps import induct
from claims import open_claims, proved, specified

from tests.tiers import one_in

HEAD = """
    default = dict(Node=2)
    queue: Seq[Node, 3]
    owner: Node | None = None
    count: Range[0, 3] = 1
    seen: Set[Range[0, 3]]
    done: bool = False
    @action
    def put(self, n: Node):
        require(len(self.queue) < 3)
        self.queue.append(n)
    @action
    def clear(self):
        self.queue = []
        self.owner = None
    @action
    def down(self):
        require(self.count > 0)
        self.count -= 1
    @action
    def finish(self):
        self.done = True
"""

EXPRESSIONS = {
    "item of an empty sequence": ("self.queue[0] in Node", "len(self.queue) > 0"),
    "item beyond the end": ("self.queue[1] in Node", "len(self.queue) == 2"),
    "last item": ("self.queue[-1] in Node", "len(self.queue) > 1"),
    "division by what may be zero": ("6 // self.count >= 0", "self.count > 0"),
    "remainder of a division by what may be zero": ("6 % self.count <= 2", "self.count > 0"),
    "greatest of what may be nothing": ("max(k for k in self.seen) >= 0", "len(self.seen) > 0"),
    "raises for one element": ("all(6 // k > 0 for k in range(0, self.count + 1))", "False"),
}
"""What may raise, and where it does not."""

PLACES = {
    "action": "    @action\n    def look(self):\n        {guard}\n        self.done = {expression}\n",
    "guard": "    @action\n    def look(self):\n        {guard}\n        require({expression})\n",
    "invariant": "    @invariant\n    def looks(self):\n        return {unless} {expression} or True\n",
    "lemma": "    @lemma\n    def looks(self):\n        return {unless} {expression} or True\n",
    "step invariant": "    @step_invariant\n    def looks(self, then):\n        return {unless} {expression} or True\n",
    "constraint": "    @constraint\n    def looks(self):\n        return {unless} {expression} or True\n",
}


def body(place: str, expression: str, condition: str | None) -> str:
    guard = "pass" if condition is None else f"require({condition})"
    unless = "" if condition is None else f"not ({condition}) or"
    return HEAD + PLACES[place].format(expression=expression, guard=guard, unless=unless)


def raises(folder: Path, source: str) -> bool:
    """Return whether the interpreter raises somewhere in the default instance."""
    try:
        check(instantiate(specified(folder, source)), Options(Engine.REFERENCE, deadlock=False))
    except ModelError:
        return True
    return False


def failures(result: ProofResult) -> list[str]:
    return [refutation.failure for refutation in result.refutations if refutation.failure]


def claims_to_be_defined(result: ProofResult) -> list[str]:
    """Return the open claims that an action, a property or an initial state never raises."""
    return [name for name in open_claims(result) if "is defined" in name or ": never " in name]


@pytest.mark.parametrize(("what", "place"), one_in(5, itertools.product(EXPRESSIONS, PLACES)))
def test_what_raises_is_refuted_and_what_cannot_is_proved(tmp_path: Path, what: str, place: str) -> None:
    """The first tier has each expression in some place, and each place with some expression."""
    expression, condition = EXPRESSIONS[what]
    source = body(place, expression, None)
    assert raises(tmp_path, source)
    result = proved(tmp_path, source, search=3.0)
    assert result.verdict is not Verdict.HOLDS
    assert claims_to_be_defined(result)
    assert failures(result), result.refutations

    guarded = body(place, expression, condition)
    assert not raises(tmp_path, guarded)
    sound = proved(tmp_path, guarded)
    assert claims_to_be_defined(sound) == []
    assert failures(sound) == []


@pytest.mark.parametrize("place", one_in(2, ["action", "guard", "invariant", "step invariant"]))
def test_longer_runs_find_what_raises_too(tmp_path: Path, place: str) -> None:
    specification = specified(tmp_path, body(place, "6 // self.count > 0", None))
    assert failures(search_steps(specification, 4, ProofOptions(workers=1)))
    assert induct(specification, 2, ProofOptions(workers=1)).verdict is not Verdict.HOLDS


def test_initial_state_that_may_raise_is_not_proved(tmp_path: Path) -> None:
    source = """
    first_: Range[0, 2] = anything()
    share: Range[0, 6] = 0
    @initial
    def start(self):
        self.share = 6 // self.first_
    @action
    def stay(self):
        self.share = self.share
    @invariant
    def at_most_six(self):
        return self.share <= 6
"""
    assert raises(tmp_path, source)
    result = proved(tmp_path, source)
    assert result.verdict is Verdict.UNKNOWN
    assert any(name.startswith("start: never a division by zero (line ") for name in open_claims(result))
    assert search_steps(specified(tmp_path, source), 2, ProofOptions()).bounded.startswith("start: ")


def test_invariant_may_rely_on_another_for_being_defined(tmp_path: Path) -> None:
    source = """
    default = dict(Node=1)
    queue: Seq[Node, 3]
    full: bool = False
    @action
    def put(self, n: Node):
        require(len(self.queue) < 3)
        self.queue.append(n)
        self.full = True
    @action
    def take(self):
        require(len(self.queue) > 1)
        self.queue.pop(0)
    @lemma
    def full_has_one(self):
        return implies(self.full, len(self.queue) > 0)
    @invariant
    def first_is_a_node(self):
        return not self.full or self.queue[0] in Node
"""
    assert not raises(tmp_path, source)
    result = proved(tmp_path, source)
    assert open_claims(result) == []
    assert "first_is_a_node is defined: implied" in [o.claim.name for o in result.own]
