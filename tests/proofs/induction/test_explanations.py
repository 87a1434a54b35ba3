"""What stands beside a proof that is open: the state that the lemmas leave, and guards that an exploration settles."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from assay.checker.verdicts import Verdict
from assay.proofs.induction.deciding import Decider
from assay.proofs.induction.decisions import Decision, Means
from assay.proofs.induction.obligations import ClaimKind
from assay.proofs.induction.results import InstanceExploration
from assay.proofs.reports.text import _explored
from claims import proved
from test_verdicts import told

LEASE = """
    default = dict(Node=2)
    holder: Node | None
    told: Map[Node, bool]

    @action
    def give(self, n: Node) -> None:
        require(self.holder is None)
        self.holder = n
        self.told[n] = True

    @action
    def back(self, n: Node) -> None:
        require(self.holder == n)
        self.holder = None
        self.told[n] = {after}

    @lemma
    def holders_know(self, n: Node) -> bool:
        return self.holder != n or self.told[n]

    @invariant
    def one(self, n: Node, m: Node) -> bool:
        return not (self.told[n] and self.told[m]) or n == m
"""


TOLD_ALONE = """
    @lemma
    def told_alone(self, n: Node) -> bool:
        return not self.told[n] or self.holder == n
"""


def test_a_state_is_shown_that_the_lemmas_allow_and_an_open_invariant_does_not(tmp_path: Path) -> None:
    result = proved(tmp_path, LEASE.format(after="False"))
    assert result.verdict is Verdict.UNKNOWN
    (gap,) = result.gaps
    assert gap.claim.subject == "one"
    assert gap.reachable is False
    assert gap.part.startswith("not (self.told[n] and self.told[m]) or n == m  with ")
    text = told(result)["text"]
    assert "one does not follow from the lemmas" in text
    assert "a state that satisfies all lemmas" in text
    assert json.loads(told(result)["json"])["gaps"][0]["invariant"] == "one"


def test_where_there_is_no_lemma_none_is_blamed(tmp_path: Path) -> None:
    lemma = LEASE[LEASE.index("    @lemma") : LEASE.index("    @invariant")]
    # That a number stays in its range is proved like a lemma, but the model states none.
    result = proved(tmp_path, "\n    count: Nat = 0\n" + LEASE.replace(lemma, "").format(after="False"))
    (gap,) = result.gaps
    assert gap.claim.subject == "one"
    text = told(result)["text"]
    assert "one is not true of every state, and there is no lemma" in text
    assert "a state that a lemma may exclude" in text
    assert "lemmas" not in text


def test_an_invariant_of_which_no_part_can_be_told_is_named_itself(tmp_path: Path) -> None:
    branching = LEASE.replace("return not (self.told[n] and self.told[m]) or n == m", BRANCHES)
    text = told(proved(tmp_path, branching.format(after="False")))["text"]
    assert set(re.findall(r"violated: (.*?)  \(", text)) == {"one  with n=n1, m=n2"}


BRANCHES = """match self.holder:
            case _ if self.told[n]:
                return not self.told[m] or n == m
        return True"""


def test_none_is_looked_for_where_all_is_proved(tmp_path: Path) -> None:
    result = proved(tmp_path, LEASE.format(after="False") + TOLD_ALONE)
    assert result.verdict is Verdict.HOLDS
    assert result.gaps == ()


def test_a_gap_that_can_be_reached_is_a_violation(tmp_path: Path) -> None:
    result = proved(tmp_path, LEASE.format(after="True"))
    assert result.violated == ("one",)


SETTLED = {ClaimKind.AXIOMS, ClaimKind.HYPOTHESES, ClaimKind.BEGINS, ClaimKind.ENABLED}


def test_guards_that_the_solver_leaves_open_are_settled_by_what_was_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Decider, "_witness", lambda *_: Decision(None, reason="not decided"))
    body = LEASE.format(after="False").replace("@invariant", "@lemma")
    result = proved(tmp_path, body, screening=100, workers=1)
    found = {o.claim.kind: o.decision for o in result.obligations if o.guard}
    assert set(found) <= SETTLED
    assert all(decision.proved and decision.means is Means.SEEN for decision in found.values())


def test_they_stay_open_where_nothing_was_explored_or_the_action_was_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Decider, "_witness", lambda *_: Decision(None, reason="not decided"))
    body = LEASE.format(after="False").replace("@invariant", "@lemma")
    assert all(o.proved is None for o in proved(tmp_path, body, workers=1).obligations if o.guard)
    never = body.replace("require(self.holder == n)", "require(self.holder == n, not self.told[n])")
    result = proved(tmp_path, never, screening=100, workers=1)
    open_ = [o.claim.action for o in result.obligations if o.guard and o.proved is None]
    assert open_ == ["back"]


def test_an_instance_that_is_explored_twice_is_listed_once() -> None:
    """Refinements are judged in the smoke instance, which is explored for claims before."""
    smoke, default = "the smoke instance", "the default instance"
    explored = [
        InstanceExploration(smoke, 1.0, 5),
        InstanceExploration(default, 2.0, 0),
        InstanceExploration(smoke, 2.0, 5),
    ]
    assert list(_explored(explored)) == [
        "explored beside the proof: the smoke instance in 3.00 s: 5 states",
        "explored beside the proof: the default instance in 2.00 s",
    ]
