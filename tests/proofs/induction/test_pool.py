"""Work in processes: what dies, hangs or runs out of memory takes nothing with it, and nothing outlives its parent."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from assay.proofs.induction.pool import Lost, run_all
from assay.proofs.induction.processes import done_apart, is_replaceable
from assay.proofs.logic.answers import SolverFailure

from tests.processes import PATIENCE, is_running, started
from tests.tiers import as_shown_by


def die_once(task: int, folder: Path) -> int:
    marker = folder / str(task)
    if task == 1 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return task * 10


def test_process_that_dies_once_is_started_again(tmp_path: Path) -> None:
    found = dict(run_all([partial(die_once, task, tmp_path) for task in range(3)], workers=2, seconds=20))
    assert found == {0: 0, 1: 10, 2: 20}


def die_always(task: int) -> int:
    if task == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def test_process_that_dies_twice_leaves_its_task_unknown() -> None:
    found = dict(run_all([partial(die_always, task) for task in range(3)], workers=2, seconds=20))
    assert (found[0], found[2]) == (0, 2)
    assert isinstance(found[1], Lost)
    assert "twice" in found[1].reason


def test_a_task_is_done_in_its_other_form_after_its_process_has_died() -> None:
    tasks = [partial(die_always, task) for task in range(3)]
    found = dict(run_all(tasks, workers=2, seconds=20, retried=[partial(int, f"10{task}") for task in range(3)]))
    assert found == {0: 0, 1: 101, 2: 2}


def test_only_processes_of_a_pool_may_end_themselves() -> None:
    assert not is_replaceable()
    assert dict(run_all([is_replaceable] * 2, workers=2, seconds=20)) == {0: True, 1: True}
    assert dict(run_all([is_replaceable] * 2, workers=1, seconds=20)) == {0: False, 1: False}
    assert dict(run_all([forked_from_there] * 2, workers=2, seconds=20)) == {0: False, 1: False}


def forked_from_there() -> bool | None:
    return done_apart(lambda _: is_replaceable(), 5.0)[0]


def run_out_of_memory(task: int) -> int:
    if task == 1:
        raise SolverFailure("out of memory")
    return task


def test_solver_out_of_memory_is_tried_again_and_then_unknown() -> None:
    found = dict(run_all([partial(run_out_of_memory, task) for task in range(3)], workers=2, seconds=20))
    assert (found[0], found[2]) == (0, 2)
    assert found[1] == Lost("the solver gave up: out of memory, twice")


def hang(task: int) -> int:
    if task == 1:
        time.sleep(60)
    return task


def test_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.proofs.induction.pool.GRACE", 0.2)
    monkeypatch.setattr("assay.proofs.induction.pool.SLOWEST", 1.0)
    found = dict(run_all([partial(hang, task) for task in range(3)], workers=2, seconds=0.3))
    assert isinstance(found[1], Lost)
    assert (found[0], found[2]) == (0, 2)


def compute(task: int) -> int:
    while task == 1:
        pass
    return task


def test_process_that_overruns_its_processor_time_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.proofs.induction.pool.GRACE", 0.1)
    monkeypatch.setattr("assay.proofs.induction.pool.SLOWEST", 1e9)
    found = dict(run_all([partial(compute, task) for task in range(3)], workers=2, seconds=0.2))
    assert found == {0: 0, 1: Lost("it did not keep its time limit"), 2: 2}


def wait_a_while(task: int) -> int:
    time.sleep(0.5 if task == 1 else 0.0)
    return task


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit is by the clock")
def test_process_that_waits_for_the_processor_keeps_its_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.proofs.induction.pool.GRACE", 0.0)
    monkeypatch.setattr("assay.proofs.induction.pool.SLOWEST", 1e9)
    assert dict(run_all([partial(wait_a_while, task) for task in range(3)], workers=2, seconds=0.3)) == {
        0: 0,
        1: 1,
        2: 2,
    }


SLOW = """
import os, sys, time
from assay.checker.cli import main
from assay.proofs.induction import deciding

decide = deciding.Decider.decide

def later(self, obligation, seconds, careful=False):
    print('deciding', os.getpid(), flush=True)
    time.sleep({pause})
    return decide(self, obligation, seconds)

deciding.Decider.decide = later
sys.exit(main(sys.argv[1:]))
"""


def slowly(folder: Path, pause: float) -> Path:
    """Write the command with a pause before each obligation, which names its process."""
    path = folder / "slow.py"
    path.write_text(SLOW.format(pause=pause))
    return path


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")
def test_solvers_end_when_the_process_that_began_them_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, str(slowly(tmp_path, 300)), "prove", "two_phase_commit", "--workers", "2"]
    with started(command, stdout=subprocess.PIPE, text=True) as process:
        solvers = [int(process.stdout.readline().split()[1]) for _ in range(2)]
        assert process.pid not in solvers
        process.kill()
        process.communicate(timeout=PATIENCE)  # returns when nobody holds the pipe any more
    until = time.monotonic() + PATIENCE
    while any(map(is_running, solvers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(is_running, solvers))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_that_is_asked_to_end_reports_what_was_decided(tmp_path: Path, number: int) -> None:
    command = [sys.executable, str(slowly(tmp_path, 3)), "prove", "two_phase_commit", "--workers", "2"]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        solvers = [int(process.stdout.readline().split()[1]) for _ in range(2)]
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    assert "\ninterrupted: " in out
    assert "obligations open" in out
    assert "Traceback" not in err
    assert process.returncode == (3 if number == signal.SIGINT else 128 + number)
    assert not any(map(is_running, solvers))


@as_shown_by(test_command_that_is_asked_to_end_reports_what_was_decided)
def test_interrupt_ends_in_order_and_leaves_no_process(tmp_path: Path) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text(
        "import time\n"
        "from assay.checker.language.loader import load\n"
        "from assay.proofs.induction import deciding\n"
        "from assay.proofs.induction.prover import ProofOptions, prove_model\n"
        "decide = deciding.Decider.decide\n"
        "def later(self, obligation, seconds, careful=False):\n"
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


@as_shown_by(test_command_that_is_asked_to_end_reports_what_was_decided)
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


def test_what_was_made_before_takes_no_time_of_a_task() -> None:
    """Collecting garbage looks through nothing that the parent has made: a task's time is its own."""
    before = [[] for _ in range(1000)]
    counts = dict(run_all([gc.get_freeze_count, gc.get_freeze_count], workers=2, seconds=10.0))
    assert all(isinstance(count, int) and count >= len(before) for count in counts.values())
