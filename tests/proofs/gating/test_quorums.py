"""What the gate says of a quorum configuration whose answers were not all found in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from assay.checker.gate.requests import Request, Verified
from assay.proofs.gating import quorums
from assay.proofs.quorums.analyses.resilience.survival import Survival
from assay.proofs.quorums.analyses.resilience.tolerance import Tolerance
from assay.proofs.quorums.report import QuorumReport

THREE = '[assay]\nsystem = "majority"\nnodes = ["a", "b", "c"]\n'


def verified(folder: Path, monkeypatch: pytest.MonkeyPatch, late: Callable[[QuorumReport], QuorumReport]) -> Verified:
    """Verify a majority of three, of which not everything was found out."""
    (folder / "three.toml").write_text(THREE)
    monkeypatch.chdir(folder)
    whole = quorums.analyse
    monkeypatch.setattr(quorums, "analyse", lambda *words, **options: late(whole(*words, **options)))
    (one,) = quorums.verify(Request("quorum", "three.toml"), lambda: None)
    return one


def test_what_is_settled_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = verified(tmp_path, monkeypatch, lambda report: report)
    assert (("survives", "f"), 1) in found.facts
    assert found.objections == ()


@pytest.mark.parametrize(
    ("survival", "complaint"),
    [
        (Survival({"f": Tolerance(0, frozenset("ab"), 3)}), "how many nodes may fail is unknown: between 0 and 1"),
        (None, "how many nodes may fail is unknown"),
    ],
)
def test_what_is_not_settled_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survival: Survival | None, complaint: str
) -> None:
    found = verified(tmp_path, monkeypatch, lambda report: replace(report, survival=survival))
    assert (("survives", "f"), "unknown") in found.facts
    assert [(one.rule, one.message) for one in found.objections] == [("CHK003", complaint)]
