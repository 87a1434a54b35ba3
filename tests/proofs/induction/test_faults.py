"""Bad input and faults: all of it told, none of it green."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from assay.checker.errors import AssayWarning, UsageError
from assay.checker.language.loader import load
from assay.checker.storage import kept_directory
from assay.checker.verdicts import Verdict
from assay.proofs.induction.claims import ClaimKind
from assay.proofs.induction.decisions import Means
from assay.proofs.induction.pool import Lost, run_all
from assay.proofs.induction.prover import ProofOptions, prove_model
from assay.proofs.induction.results import ProofResult
from assay.proofs.logic.answers import SolverFault

from tests.processes import started

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


def test_count_is_named_with_its_line_and_proved_for_the_default_sizes(tmp_path: Path) -> None:
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
        require(2 * len(self.votes) > len(Node))
        self.won = True
    @invariant
    def winner_has_votes(self):
        return implies(self.won, 2 * len(self.votes) > len(Node))
""",
    )
    assert result.verdict is Verdict.HOLDS
    assert result.instance is not None
    assert result.instance.settings() == {"Node": 3}
    assert {b.method for b in result.barriers} == {"win", "winner_has_votes"}
    assert all(b.location is not None and b.location.line for b in result.barriers)


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


def test_no_time_is_unknown_and_never_green() -> None:
    result = prove_model(load("paxos").specification, ProofOptions(timeout=0.001, screening=0))
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


@pytest.mark.parametrize("content", [b"", b"assay proof 2\n", b"\xff" * 100])
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


def die_once(task: int, folder: Path) -> int:
    marker = folder / str(task)
    if task == 1 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return task * 10


def test_process_that_dies_once_is_started_again(tmp_path: Path) -> None:
    found = dict(run_all([0, 1, 2], lambda task: die_once(task, tmp_path), workers=2, seconds=20))
    assert found == {0: 0, 1: 10, 2: 20}


def die_always(task: int) -> int:
    if task == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def test_process_that_dies_twice_leaves_its_task_unknown() -> None:
    found = dict(run_all([0, 1, 2], die_always, workers=2, seconds=20))
    assert (found[0], found[2]) == (0, 2)
    assert isinstance(found[1], Lost)
    assert "twice" in found[1].reason


def run_out_of_memory(task: int) -> int:
    if task == 1:
        raise SolverFault("out of memory")
    return task


def test_solver_out_of_memory_is_tried_again_and_then_unknown() -> None:
    found = dict(run_all([0, 1, 2], run_out_of_memory, workers=2, seconds=20))
    assert (found[0], found[2]) == (0, 2)
    assert found[1] == Lost("the solver gave up: out of memory, twice")


def hang(task: int) -> int:
    if task == 1:
        time.sleep(60)
    return task


def test_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.proofs.induction.pool.GRACE", 0.2)
    found = dict(run_all([0, 1, 2], hang, workers=2, seconds=0.3))
    assert isinstance(found[1], Lost)
    assert (found[0], found[2]) == (0, 2)


def test_interrupt_ends_in_order_and_leaves_no_process(tmp_path: Path) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text(
        "import time\n"
        "from assay.checker.language.loader import load\n"
        "from assay.proofs.induction import deciding\n"
        "from assay.proofs.induction.prover import ProofOptions, prove_model\n"
        "decide = deciding.Decider.decide\n"
        "def later(self, obligation, seconds):\n"
        "    print('deciding', flush=True)\n"
        "    time.sleep(3)\n"
        "    return decide(self, obligation, seconds)\n"
        "deciding.Decider.decide = later\n"
        "result = prove_model(load('two_phase_commit').specification, ProofOptions(workers=2, screening=0))\n"
        "print(result.verdict.value, result.interrupted, len(result.obligations))\n"
    )
    with started([sys.executable, str(slow)], stdout=subprocess.PIPE, text=True) as process:
        assert [process.stdout.readline() for _ in range(2)] == ["deciding\n"] * 2  # both workers are at it
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=20)
    verdict, interrupted, count = told.splitlines()[-1].split()
    assert (verdict, interrupted) == ("unknown", "True")
    assert int(count) > 0


def test_interrupt_is_heard_while_the_solver_runs_in_this_process(tmp_path: Path) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text(
        "from assay.checker.language.loader import load\n"
        "from assay.proofs.induction.bounded import search_steps\n"
        "from assay.proofs.induction.options import ProofOptions, Watch\n"
        "options = ProofOptions(timeout=300.0)\n"
        "watch = Watch(lambda done, total: print('deciding', flush=True))\n"
        "result = search_steps(load('two_phase_commit').specification, 40, options, watch)\n"
        "print(result.verdict.value, result.interrupted, all(o.proved for o in result.obligations))\n"
    )
    with started([sys.executable, str(slow)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "deciding\n"
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=20)
    assert told.splitlines()[-1].split() == ["unknown", "True", "True"]
    assert process.returncode == 0
