"""What needs no solver."""

from __future__ import annotations

from pathlib import Path

from assay.proofs.induction.decisions import Means
from claims import proved

UNTOUCHED = """
    seen: Set[Node]
    asked: Set[Node]
    late: bool = False
    @action
    def hurry(self):
        require(self.late)
        self.late = False
    @invariant
    def {name}(self):
        return {formula}
"""


def _means(folder: Path, formula: str) -> Means | None:
    result = proved(folder, UNTOUCHED.format(name="fine", formula=formula))
    return next(o.decision.means for o in result.obligations if o.claim.name == "fine: preserved hurry")


def test_implication_that_an_action_does_not_touch_is_preserved_on_sight(tmp_path: Path) -> None:
    assert _means(tmp_path, "all(implies(n in self.seen, n in self.asked) for n in Node)") is Means.SIGHT


def test_conjunction_that_an_action_does_not_touch_is_preserved_on_sight(tmp_path: Path) -> None:
    formula = "all(n in self.asked for n in self.seen) and not any(n in self.seen for n in self.asked)"
    assert _means(tmp_path, formula) is Means.SIGHT


def test_what_an_action_touches_is_decided_by_a_solver(tmp_path: Path) -> None:
    assert _means(tmp_path, "implies(not self.late, all(n in self.asked for n in self.seen))") is not Means.SIGHT
