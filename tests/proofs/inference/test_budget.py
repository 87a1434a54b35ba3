"""Every phase of a search looks at the budget: exploring, asking the solver, and saying what is proved in the end."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from assay.checker.engine.limits import Limits
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.loader import load
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import encode
from assay.proofs.induction.decisions import LATE
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model
from assay.proofs.induction.several_steps import induct
from assay.proofs.inference.goals import Goals
from assay.proofs.inference.infer import CLOSING, WORLD, _Attempt, infer
from assay.proofs.inference.instances import instances
from assay.proofs.inference.loop import OutOfTime
from assay.proofs.inference.support import Support

from tests.tiers import as_shown_by

ALONE = ProofOptions(workers=1)


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _lock_server() -> Specification:
    return load("lock_server").specification


def _attempt(clock: Clock, budget: float) -> _Attempt:
    return _Attempt(_lock_server(), ALONE, budget, None, lambda _: None, clock)


# Exploring


def test_an_instance_is_explored_for_a_part_of_what_is_left() -> None:
    clock = Clock()
    attempt = _attempt(clock, 60.0)
    assert attempt._limits() == Limits(states=WORLD, seconds=6.0)
    clock.now = 50.0
    assert attempt._limits().seconds == pytest.approx(1.0)
    clock.now = 61.0
    assert attempt._limits().seconds == 0.0
    assert _attempt(Clock(), 1e9)._limits().states == WORLD


def test_no_further_instance_is_explored_when_the_budget_is_spent() -> None:
    clock = Clock()
    attempt = _attempt(clock, 60.0)
    attempt.progress = lambda _: setattr(clock, "now", 61.0)
    assert attempt._explore() is None
    assert len(attempt.explored) == 1


def test_the_limits_are_asked_for_before_each_instance() -> None:
    asked: list[Limits] = []

    def limits() -> Limits:
        asked.append(Limits(states=10 + len(asked)))
        return asked[-1]

    found = list(instances(encode(_lock_server()).theory, {}, limits))
    assert len(asked) == len(found) > 2


# Asking the solver


def test_a_question_gets_no_more_time_than_is_left() -> None:
    problem, left = encode(_lock_server()), iter([100.0, 3.0, -1.0])
    goals = Goals(problem, left=lambda: next(left))
    assert [goals._allowed for _ in range(3)] == [goals.patience, 3.0, 0.0]


def test_that_the_solver_had_no_time_says_nothing_about_a_lemma(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    attempt = _attempt(clock, 60.0)
    attempt.search.worlds = []
    monkeypatch.setattr(Goals, "holds", lambda *_: False)
    monkeypatch.setattr(Goals, "breaking", lambda *_, **__: None)
    monkeypatch.setattr(Goals, "enough", lambda *_, **__: frozenset())

    def spend(*_: object) -> None:
        clock.now = 61.0

    monkeypatch.setattr(Support, "_refuting", spend)
    with pytest.raises(OutOfTime):
        attempt.search.support.unproved([])


# Saying what is proved


def _left(seconds: float, questions: int) -> Iterator[float]:
    return itertools.chain(itertools.repeat(seconds, questions), itertools.repeat(0.0))


@pytest.mark.parametrize("workers", [1, 2])
def test_without_any_time_nothing_is_tried(workers: int) -> None:
    proof = prove_model(_lock_server(), ProofOptions(workers=workers, left=lambda: 0.0))
    assert proof.verdict is Verdict.UNKNOWN
    asked = [o for o in proof.obligations if not o.obligation.on_sight]
    assert asked
    assert {(o.proved, o.decision.reason) for o in asked} == {(None, LATE)}


def test_what_had_begun_before_the_time_was_up_is_decided() -> None:
    left = _left(100.0, 40)
    proof = prove_model(_lock_server(), ProofOptions(workers=1, left=lambda: next(left)))
    assert proof.verdict is Verdict.UNKNOWN
    said = [o.decision.reason for o in proof.obligations if not o.obligation.on_sight]
    assert "" in said
    assert LATE in said


def test_the_other_encoding_looks_at_the_time_too() -> None:
    asked = itertools.count()
    whole = induct(_lock_server(), 1, ProofOptions(workers=1, left=lambda: 100.0 + next(asked)))
    assert whole.verdict is Verdict.HOLDS
    left = _left(100.0, next(asked) - 6)
    late = induct(_lock_server(), 1, ProofOptions(workers=1, left=lambda: next(left)))
    assert late.verdict is Verdict.UNKNOWN
    assert any(o.decision.reason == LATE for o in late.obligations)


def test_a_search_that_failed_says_within_some_seconds_what_is_proved() -> None:
    ticks = itertools.count()
    found = infer(_lock_server(), ALONE, budget=60.0, resume=False, clock=lambda: float(next(ticks)))
    assert found.proof.verdict is Verdict.UNKNOWN
    assert "60 s is spent" in found.ended
    assert any(o.decision.reason == LATE for o in found.proof.obligations)
    assert found.seconds < 60.0 + 4 * CLOSING


@as_shown_by(test_a_question_gets_no_more_time_than_is_left)
def test_a_proof_in_both_encodings_that_is_found_with_the_last_of_the_budget_counts() -> None:
    attempt = _attempt(Clock(), 1e9)
    assert attempt._explore() is None
    assert attempt._search() == ("", None)
    found = attempt._open("the budget is spent", None)
    assert found.proof.verdict is Verdict.HOLDS
    assert found.ended == ""
