"""The table of what is proved, held to the models: what is asked of each, without proving the library again.

That each of them is proved is the matter of ``tests/models`` and ``tests/proofs``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from assay.checker.language import Holds
from assay.checker.language.loader import library, load
from assay.proofs.induction.attempt import Attempt
from assay.proofs.induction.cache import Known
from assay.proofs.induction.decisions import Decision
from assay.proofs.induction.fragment import Fragment
from assay.proofs.induction.obligations import ClaimKind, Obligation
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import encoded

from tests.benchmarks import proofs

ROWS = proofs.rows(proofs.printed(proofs.PAGE.read_text(encoding="utf-8")))
OPEN: list[str] = []
"""Sound models of the library of which something is not proved yet."""
COUNTING = ["paxos_progress", "weighted_round_robin", "logless_reconfiguration"]
"""Models that are proved for the sizes of their default instance, as the page says."""


@dataclass
class Told(Attempt):
    """An attempt that asks no solver: everything is proved; what the lemmas are to imply, as it is told."""

    implied: bool = True

    def _collect(
        self,
        fragment: Fragment,
        asked: Sequence[Obligation],
        known: Known | None,
        *,
        screen: bool,
    ) -> None:
        for obligation in asked:
            proved = True if self.implied or obligation.claim.kind is not ClaimKind.IMPLIED else None
            self._note(obligation, Decision(proved), fragment)


def asked(model: str, *, implied: bool) -> tuple[int, str]:
    """Return how many obligations a proof has, and its cell on EPR, where the lemmas imply all the rest, or nothing."""
    problem, _ = encoded(load(model).specification, ProofOptions())
    attempt = Told(problem, ProofOptions(screening=0), implied=implied)
    attempt.run()
    relations = attempt.fragment.abstraction is not None and attempt.fragment.abstraction.functions
    fragment = "no" if attempt.fragment.cycle else "with relations" if relations else "yes"
    return sum(not result.guard for result in attempt.results.values()), fragment


def test_the_table_has_the_sound_models_of_the_library_in_their_order() -> None:
    sound = [m.name for m in library() if isinstance(m.cls.expected, Holds) and m.cls.provable]
    assert [name for name in sound if name not in ROWS] == OPEN
    assert list(ROWS) == [name for name in sound if name in ROWS]


@pytest.mark.slow
@pytest.mark.parametrize("model", ROWS)
def test_a_row_says_what_is_asked_of_its_model(model: str) -> None:
    (fewest, first), (most, second) = (asked(model, implied=implied) for implied in (True, False))
    obligations, fragment = ROWS[model]
    assert fewest <= obligations <= most
    assert fragment in (first, second)
    problem, _ = encoded(load(model).specification, ProofOptions())
    assert (problem.theory.instance is not None) == (model in COUNTING)


@pytest.mark.slow
@pytest.mark.parametrize("module", ["atomic_commit", "consensus", "lock_server"])
def test_the_command_reports_what_the_table_says(module: str) -> None:
    found = proofs.rows(proofs.table(proofs.report(module, "--all")))
    assert found
    assert found == {model: ROWS[model] for model in found}


def test_only_what_is_proved_as_expected_comes_into_the_table() -> None:
    report = """
| model | proved for | expected | shown | obligations | seconds | EPR |
| --- | --- | --- | --- | ---: | ---: | --- |
| proved | any sizes | holds | proved | 7/7 | 0.13 | yes |
| open | any sizes | holds | not proved | 6/7 | 0.13 | yes |
| broken | any sizes | violates agreement | agreement | 6/7 | 0.13 | no |
| unfit | | | cannot be proved: it counts | | | |
"""
    assert proofs.rows(proofs.table(report)) == {"proved": (7, "yes")}
