"""Claims decided by cases: the verdict is that of the whole, and no case goes without time for the others' sake."""

from __future__ import annotations

import pytest
from assay.proofs.induction.decisions import Decision, Means
from assay.proofs.induction.obligations import Claim, ClaimKind, Obligation
from assay.proofs.induction.several_steps import decided_by_cases
from assay.proofs.logic.terms import BOOL, Term, constant

CLAIM = Claim(ClaimKind.INDUCTIVE)
CASES = [(constant(f"case {number}", BOOL),) for number in range(3)]
WHOLE = Obligation(CLAIM, (constant("whole", BOOL),))


def decided(needed: dict[Term, float], false: Term | None = None) -> tuple[Decision, list[tuple[Term, float]]]:
    """Decide the whole, of which each case needs some seconds; return the decision and what was asked for how long."""
    asked: list[tuple[Term, float]] = []

    def decide(obligation: Obligation, seconds: float) -> Decision:
        (case,) = obligation.query
        asked.append((case, seconds))
        if needed[case] > seconds:
            return Decision(None, seconds, reason="not in time")
        return Decision(case is not false, needed[case])

    return decided_by_cases(decide, WHOLE, [Obligation(CLAIM, query) for query in CASES], 30.0), asked


def test_it_is_proved_when_every_case_is() -> None:
    found, asked = decided({case: 1.0 for (case,) in CASES})
    assert (found.proved, found.seconds, len(asked)) == (True, 3.0, 3)


@pytest.mark.parametrize("hard", range(3))
def test_a_case_that_needs_nearly_all_of_the_time_gets_it(hard: int) -> None:
    found, asked = decided({case: 12.0 if number == hard else 1.0 for number, (case,) in enumerate(CASES)})
    assert found.proved is True
    assert found.seconds <= 30.0
    assert max(seconds for _, seconds in asked) >= 12.0


@pytest.mark.parametrize("false", range(3))
def test_it_is_false_when_one_case_is_also_behind_one_that_is_not_decided(false: int) -> None:
    hard = (false + 1) % 3
    found, _ = decided({case: 99.0 if number == hard else 1.0 for number, (case,) in enumerate(CASES)}, CASES[false][0])
    assert found.proved is False


@pytest.mark.parametrize("hard", range(3))
def test_it_is_not_known_when_one_case_is_not(hard: int) -> None:
    found, _ = decided({case: 99.0 if number == hard else 1.0 for number, (case,) in enumerate(CASES)})
    assert found.proved is None
    assert "30" in found.reason


def test_without_cases_the_whole_is_asked() -> None:
    asked = []

    def decide(obligation: Obligation, seconds: float) -> Decision:
        asked.append((obligation, seconds))
        return Decision(True)

    assert decided_by_cases(decide, WHOLE, [], 30.0).proved
    assert asked == [(WHOLE, 30.0)]


@pytest.mark.parametrize(
    ("means", "together"),
    [
        ([Means.RELATIONS, Means.RELATIONS], Means.RELATIONS),
        ([Means.RELATIONS, Means.SIGHT], Means.RELATIONS),
        ([Means.RELATIONS, Means.SOLVER], Means.SOLVER),
        ([Means.RELATIONS, Means.WRITTEN_OUT], Means.WRITTEN_OUT),
        ([Means.SOLVER, Means.WRITTEN_OUT], Means.WRITTEN_OUT),
        ([Means.SIGHT, Means.SIGHT], Means.SOLVER),
    ],
)
def test_it_is_certified_with_relations_only_if_no_case_needs_the_functions(
    means: list[Means], together: Means
) -> None:
    decisions = iter([Decision(True, means=each) for each in means])
    cases = [Obligation(CLAIM, query) for query in CASES[: len(means)]]
    assert decided_by_cases(lambda _, __: next(decisions), WHOLE, cases, 30.0).means is together
