"""`next(...)` and `min(..., key=...)` over an order, proved for any sizes."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.language.loader import load
from assay.checker.verdicts import Verdict
from assay.proofs.induction.prover import prove_model

from tests.tiers import one_in

LEAST = Path(__file__).parent / "models" / "least.py"


def test_the_first_and_the_least_of_an_order_are_proved_for_any_number() -> None:
    result = prove_model(load(f"{LEAST}:Least").specification)
    assert result.instance is None
    assert result.verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("model", "violated"),
    one_in(3, [("FirstOfNone", "take is defined"), ("Greatest", "is_least"), ("NoneTies", "assertions")]),
)
def test_what_is_not_the_first_or_least_is_refuted(model: str, violated: str) -> None:
    result = prove_model(load(f"{LEAST}:{model}").specification)
    assert result.instance is None
    assert violated in {refutation.name for refutation in result.refutations}
