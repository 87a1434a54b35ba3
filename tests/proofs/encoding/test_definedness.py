"""What raises under Python raises under the formulas, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from agreement import disagreements, scattered_states
from assay.checker.errors import ModelError, Unsupported
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import library_names, load, load_all
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import Problem, encode
from assay.proofs.logic.terms import FALSE
from claims import specified

PARTIAL = Path(__file__).parent / "models" / "partial.py"
EVALUATED = Path(__file__).parent / "models" / "evaluated.py"
NEVER_FAIL = {
    "asks_before",
    "asks_one_of_two",
    "stops_at_the_first_that_is_true",
    "divides_by_what_is_negative",
    "the_smallest_in_a_branch",
}


def whats(problem: Problem, action: str) -> list[str]:
    """Return how an action may fail, in words."""
    found = [t for t in problem.transitions if t.name == action]
    return [failure.what for transition in found for failure in transition.failures]


@pytest.mark.parametrize("count", [10, pytest.param(150, marks=pytest.mark.slow)])
def test_formulas_fail_where_the_code_raises_and_nowhere_else(count: int) -> None:
    specification = load(f"{PARTIAL}:Partial").specification
    instance = instantiate(specification, {})
    problem = encode(specification, instance=instance)
    assert problem.unencodable == []
    with instance.active():
        assert next(disagreements(problem, instance, scattered_states(instance, count)), None) is None


def test_every_partial_operation_has_a_failure_with_its_place() -> None:
    specification = load(f"{PARTIAL}:Partial").specification
    problem = encode(specification, instance=instantiate(specification, {}))
    partial = {t.name for t in problem.transitions if t.failures}
    assert {t.name for t in problem.transitions} - partial <= NEVER_FAIL
    failures = [f for t in (*problem.transitions, *problem.invariants) for f in t.failures]
    assert all(failure.location is not None for failure in failures)
    assert {p.name for p in problem.invariants if p.failures} == {"of_the_state", "of_all", "implied", "whatever"}


def test_what_is_evaluated_may_raise_although_its_outcome_is_known() -> None:
    specification = load(f"{EVALUATED}:Evaluated").specification
    instance = instantiate(specification, {})
    problem = encode(specification, instance=instance)
    assert problem.unencodable == []
    partial = {claim.name for claim in (*problem.transitions, *problem.invariants) if claim.failures}
    assert partial == {method.name for method in (*specification.actions, *specification.properties)}
    with instance.active():
        assert next(disagreements(problem, instance, scattered_states(instance, 30)), None) is None


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE], ids=str)
@pytest.mark.parametrize(
    "condition",
    [
        "isinstance(self.only[0], Only)",
        "(None if self.queue[0] else None) is None",
        "(None if self.queue[0] else None) == self.maybe",
        "(None if self.queue[0] else None) not in self.held",
        "self.maybe not in {n for n in Node if self.queue[0]}",
        "len([self.queue[0] for n in Node]) == 2",
        "next((b for b in [True]), self.queue[0])",
        "next((i == 0 for i in range(2)), self.queue[0])",
    ],
)
def test_explorers_evaluate_what_may_raise_although_its_outcome_is_known(
    condition: str, engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "known.py"
    path.write_text(f"{KNOWN}        return {condition}\n")
    with pytest.raises(ModelError, match="IndexError: list index out of range"):
        check(instantiate(load(str(path)).specification, {}), Options(engine))


KNOWN = """
from assay.checker.language import *


class Node(Sort):
    pass


@record
class Only:
    flag: bool


class Known(Model):
    default = {"Node": 2}
    queue: Seq[bool, 1]
    only: Seq[Only, 1]
    maybe: Node | None = None
    held: Set[Node | None]

    @action
    def stay(self) -> None:
        self.maybe = None

    @invariant
    def known(self) -> bool:
"""


def test_a_failure_says_what_there_is_none_of(tmp_path: Path) -> None:
    problem = encode(
        specified(
            tmp_path,
            """
    default = {"Node": 2}
    perhaps: Node | None = None
    up: Map[Node, bool]
    flag: bool
    n: Range[0, 3] = 0
    queue: Seq[Range[0, 3], 2]
    nodes: Set[Node]
    count: Map[Range[0, 1], Range[0, 3]] = everywhere(0)

    @action
    def copy(self) -> None:
        self.flag = self.up[self.perhaps]

    @action
    def take(self) -> None:
        self.n = self.queue[0] // self.count[self.n]

    @action
    def largest(self) -> None:
        self.flag = max(self.count[0] for n in self.nodes) == self.queue[1]
""",
        )
    )
    assert whats(problem, "copy") == ["None where there is to be a Node"]
    assert whats(problem, "take") == [
        "an item beyond the end of a sequence",
        "a key that is no Range[0, 1]",
        "a division by zero",
    ]
    assert whats(problem, "largest") == ["the largest of nothing", "an item beyond the end of a sequence"]


FIRST = ("paxos", "two_phase_commit")
"""Files of the library that stand for the others in the first tier."""

OF_QUORUMS = {
    "become_leader": ["the smallest of nothing"],
    "reconfigure": ["the smallest of nothing", "a false assertion"],
}
MAY_FAIL = {
    "LoglessReconfigurationOfQuorums": OF_QUORUMS,
    "LoglessReconfigurationOfQuorumsThatNeedNotMeet": OF_QUORUMS,
}
"""By model, how its actions would fail but for what is proved: successors in an order, and steps of its proof."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name not in FIRST)) for name in library_names()]
)
def test_no_model_of_the_library_can_fail_but_where_that_is_proved(name: str) -> None:
    for model in load_all(name):
        problem = encode(model.specification)
        predicates = (*problem.invariants, *problem.steps)
        failing = {t.name: whats(problem, t.name) for t in problem.transitions if t.failure is not FALSE}
        assert failing == MAY_FAIL.get(model.specification.name, {})
        assert [p.name for p in predicates if p.failures] == []


def test_numbers_of_a_list_that_is_written_out_are_left_to_the_reference_explorer(tmp_path: Path) -> None:
    path = tmp_path / "written.py"
    path.write_text(f"{KNOWN}        return next((x for x in [1, 2] if x > 1), 0) == 2\n")
    instance = instantiate(load(str(path)).specification, {})
    with pytest.raises(Unsupported, match="without bounds"):
        check(instance, Options(Engine.NATIVE))
    assert all(p.verdict is Verdict.HOLDS for p in check(instance, Options(Engine.AUTO)).properties)
