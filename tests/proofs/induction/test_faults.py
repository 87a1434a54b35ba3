"""Bad input and faults: all of it told, none of it green."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from assay.checker.errors import AssayWarning, UsageError
from assay.checker.language.loader import load
from assay.checker.storage import kept_directory
from assay.checker.verdicts import Verdict
from assay.proofs.induction.decisions import Means
from assay.proofs.induction.obligations import ClaimKind
from assay.proofs.induction.prover import ProofOptions, prove_model
from assay.proofs.induction.results import ProofResult
from assay.proofs.logic.z3_backend import Z3

from tests.tiers import one_in

HEADER = """
from assay.checker.language import *

class Node(Sort):
    pass

class Round(Order):
    pass

"""


def proved(folder: Path, body: str, **options: object) -> ProofResult:
    path = folder / f"model_{abs(hash(body))}.py"
    path.write_text(HEADER + body)
    return prove_model(load(str(path)).specification, ProofOptions(**options))  # type: ignore[arg-type]


def test_lemma_that_is_false_initially_is_violated_with_its_state(tmp_path: Path) -> None:
    result = proved(
        tmp_path,
        """
class M(Model):
    default = dict(Node=2)
    seen: Set[Node]
    @action
    def see(self, n: Node):
        self.seen.add(n)
    @lemma
    def somebody_is_seen(self):
        return any(n in self.seen for n in Node)
    @invariant
    def fine(self):
        return all(n in Node for n in self.seen)
""",
        screening=0,
    )
    assert result.verdict is Verdict.VIOLATED
    failed = next(o for o in result.obligations if o.claim.kind is ClaimKind.INITIATION and not o.proved)
    assert failed.claim.subject == "somebody_is_seen"
    assert result.refutations[0].trace.steps[0].call is None


def test_contradictory_axioms_prove_nothing(tmp_path: Path) -> None:
    result = proved(
        tmp_path,
        """
class M(Model):
    default = dict(Node=2)
    seen: Set[Node]
    @axiom
    def impossible(self):
        return all(m != n for m in Node for n in Node)
    @action
    def see(self, n: Node):
        self.seen.add(n)
    @invariant
    def nobody_is_seen(self):
        return all(n not in self.seen for n in Node)
""",
    )
    assert result.verdict is not Verdict.HOLDS
    assert "axioms: axioms consistent" in [o.claim.name for o in result.guards_failed]


def test_action_that_can_never_happen_is_a_finding(tmp_path: Path) -> None:
    result = proved(
        tmp_path,
        """
class M(Model):
    default = dict(Node=2)
    seen: Set[Node]
    @action
    def see(self, n: Node):
        require(n in self.seen)
        self.seen.add(n)
    @invariant
    def nobody_is_seen(self):
        return not self.seen
""",
    )
    assert result.verdict is Verdict.VIOLATED
    assert [o.claim.subject for o in result.guards_failed] == ["see"]


def test_invariant_that_says_nothing_is_warned_of(tmp_path: Path) -> None:
    result = proved(
        tmp_path,
        """
class M(Model):
    default = dict(Round=2)
    last: Round | None = None
    @action
    def go(self, r: Round):
        self.last = r
    @invariant
    def rounds_are_ordered(self):
        return all(a <= b or b <= a for a in Round for b in Round)
""",
    )
    assert "rounds_are_ordered follows from the axioms alone" in result.warnings[0]
    assert result.verdict is not Verdict.HOLDS


def test_a_sum_is_named_with_its_line_and_proved_for_the_default_sizes(tmp_path: Path) -> None:
    result = proved(
        tmp_path,
        """
class M(Model):
    default = dict(Node=3)
    votes: Set[Node]
    won: bool = False
    @action
    def vote(self, n: Node):
        self.votes.add(n)
    @action
    def win(self):
        require(2 * sum(1 for n in Node if n in self.votes) > 3)
        self.won = True
    @invariant
    def winner_has_votes(self):
        return implies(self.won, 2 * sum(1 for n in Node if n in self.votes) > 3)
""",
    )
    assert result.verdict is Verdict.HOLDS
    assert result.instance is not None
    assert result.instance.settings() == {"Node": 3}
    assert {b.method for b in result.unencodable} == {"win", "winner_has_votes"}
    assert all(b.location is not None and b.location.line for b in result.unencodable)


def test_comparing_a_count_with_a_small_number_needs_no_sizes(tmp_path: Path) -> None:
    result = proved(
        tmp_path,
        """
class M(Model):
    default = dict(Node=3)
    holders: Set[Node]
    @action
    def take(self, n: Node):
        require(len(self.holders) == 0)
        self.holders.add(n)
    @action
    def release(self, n: Node):
        self.holders.discard(n)
    @invariant
    def mutual_exclusion(self):
        return len(self.holders) <= 1
""",
    )
    assert result.verdict is Verdict.HOLDS
    assert result.instance is None


def test_range_is_an_obligation_of_its_own(tmp_path: Path) -> None:
    body = """
class M(Model):
    count: Range[0, 3] = 0
    @action
    def up(self):
        {guard}
        self.count += 1
    @invariant
    def not_negative(self):
        return self.count >= 0
"""
    assert proved(tmp_path, body.format(guard="require(self.count < 3)")).verdict is Verdict.HOLDS
    broken = proved(tmp_path, body.format(guard="pass"))
    assert any(o.claim.subject == "count in range" and not o.proved for o in broken.obligations)
    assert broken.verdict is not Verdict.HOLDS


def test_unknown_name_in_only_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'atomicity'"):
        prove_model(load("two_phase_commit").specification, ProofOptions(only=("atomicty",)))


def test_only_keeps_to_one_property() -> None:
    result = prove_model(load("two_phase_commit").specification, ProofOptions(only=("votes_were_cast",)))
    own = [o for o in result.own if not o.obligation.supporting]
    assert {o.claim.subject for o in own} == {"votes_were_cast"}


def test_no_time_is_unknown_and_never_green(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver never comes to an answer here: a real limit, however small, is kept by some machine."""
    monkeypatch.setattr(Z3, "_asked", lambda _: "unknown")
    result = prove_model(load("atomic_commit").specification, ProofOptions(timeout=0.001, screening=0))
    assert result.verdict is Verdict.UNKNOWN
    assert any("not decided" in o.decision.note for o in result.failed)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the directory in which proofs are remembered."""
    monkeypatch.setenv("ASSAY_CACHE_DIR", str(tmp_path / "kept"))
    kept_directory.cache_clear()
    yield tmp_path / "kept" / "proofs"
    kept_directory.cache_clear()


def notes() -> set[str]:
    result = prove_model(load("two_phase_commit").specification, ProofOptions(use_cache=True))
    assert result.verdict is Verdict.HOLDS
    return {o.decision.note for o in result.obligations if o.decision.means is not Means.SIGHT}


def test_cache_remembers_what_was_proved(kept: Path) -> None:
    assert "proved before" not in notes()
    assert notes() == {"proved before"}


@pytest.mark.parametrize("content", one_in(3, [b"", b"assay proof 2\n", b"\xff" * 100]))
def test_cache_believes_no_file_without_its_content(kept: Path, content: bytes) -> None:
    notes()
    for path in kept.iterdir():
        path.write_bytes(content)
    assert "proved before" not in notes()
    assert notes() == {"proved before"}


def test_cache_believes_no_file_that_others_can_write(kept: Path) -> None:
    notes()
    for path in kept.iterdir():
        path.chmod(0o666)
    assert "proved before" not in notes()


def test_cache_that_cannot_be_used_is_said(kept: Path) -> None:
    kept.parent.write_text("")
    with pytest.warns(AssayWarning, match="nothing is kept between runs: .*kept cannot be used"):
        assert "proved before" not in notes()
