"""``assay run``: real processes, real faults, a verdict, and nothing left behind."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from assay.checker.report.running import RunReport, lines
from assay.checker.running.fleet import Deployment
from assay.checker.running.run import Plan, carry_out
from assay.checker.verdicts import Verdict
from assay.impl import two_phase_commit
from assay.impl.runtime.__main__ import DISKLESS
from assay.impl.runtime.store import Store, read_journal

from tests.command_line import Assay
from tests.processes import ASSAY, hear_signals, is_running, run, started


def test_a_run_with_faults_is_judged(assay: Assay, tmp_path: Path) -> None:
    others = children()  # servers of other tests, for the whole session
    options = ["--requests", "1", "--faults", "kill,pause,delay", "--duration", "5m", "--folder", str(tmp_path / "run")]
    ran = assay("run", "paxos", *options, "--format", "json")
    found = json.loads(ran.out)
    assert ran.status == 0, ran.out + ran.err
    assert (found["verdict"], found["refines"], found["findings"]) == ("holds", "holds", [])
    assert found["ending"] == "all requests were answered"
    assert found["actions"]["accept"] >= 2
    logged = [json.loads(line) for line in (tmp_path / "run" / "run.jsonl").read_text().splitlines()]
    assert {line["node"] for line in logged} == {"a1", "a2", "a3", "p1", "l1"}
    assert children() == others


def test_a_run_ends_when_nothing_happens_any_more(assay: Assay) -> None:
    ran = assay("run", "two_phase_commit", "--nodes", "2", "--duration", "5m")
    assert ran.status == 0, ran.out + ran.err
    assert "nothing happened any more" in ran.out
    assert "invariants  atomicity, commit_needs_all_votes" in ran.out
    assert ran.out.endswith("this run did what was claimed\n")


FAILING = """
from assay.impl.node import Cluster, Node, on_timeout

class Bad(Node):
    def on_start(self):
        self.set_timer("go", 0)

    @on_timeout("go")
    def go(self):
        raise ValueError("not today")

def cluster():
    return Cluster({"bad": Bad()})
"""


def test_a_node_that_raises_is_a_finding(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(FAILING)
    ran = assay("run", "bad.py", "--duration", "5m")
    assert ran.status == 1
    assert "bad failed: bad: a handler raised ValueError: not today" in ran.out
    assert "to try again: assay run bad.py --duration 5m --seed 0" in ran.out


def with_small_files() -> None:
    """Let no file grow beyond some pages of a database: to who writes it, the disk is full."""
    hear_signals()
    resource.setrlimit(resource.RLIMIT_FSIZE, (_SMALL, _SMALL))


_SMALL = 1 << 17
_WRITING = """
import sys
from pathlib import Path
from assay.impl.runtime.store import DiskError, Store
store, number = Store(Path(sys.argv[1])), 0
while True:
    try:
        store.commit({"value": str(number)}, {"step": number})
    except DiskError as error:
        sys.exit(f"{number} after {error}")
    number += 1
"""


@pytest.mark.skipif(sys.platform != "linux", reason="who writes too much is told so, and not ended, on Linux")
def test_what_a_full_disk_took_is_there_and_what_it_refused_is_not(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _WRITING, str(tmp_path / "a.db")]
    with started(command, with_small_files, stderr=subprocess.PIPE, text=True) as process:
        _, said = process.communicate()
    refused, _, error = said.strip().partition(" after ")
    assert error.startswith("the database of the node: ")
    store = Store(tmp_path / "a.db")
    assert store.durable() == {"value": str(int(refused) - 1)}
    assert [line["step"] for line in read_journal(tmp_path / "a.db")] == [*range(int(refused))]
    store.commit({"value": refused}, {"step": int(refused)})  # there is room again
    assert store.steps() == int(refused) + 1


COUNTING = """
from assay.impl.node import Cluster, Durable, Node, on_timeout

class Counting(Node):
    count: Durable[int] = 0

    def on_start(self):
        self.set_timer("next", 0)

    @on_timeout("next")
    def next(self):
        self.count += 1
        self.set_timer("next", 0)

def cluster():
    return Cluster({"a": Counting()})
"""


@pytest.mark.skipif(sys.platform != "linux", reason="who writes too much is told so, and not ended, on Linux")
def test_a_full_disk_under_a_node_ends_the_run_and_is_no_finding(tmp_path: Path) -> None:
    (tmp_path / "writing.py").write_text(COUNTING)
    command = [*ASSAY, "run", "writing.py", "--duration", "1h", "--folder", "run", "--format", "json"]
    with started(command, with_small_files, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        found = json.loads(process.communicate()[0])
        assert children(process.pid) == []
    assert process.returncode == 3, found
    assert (found["verdict"], found["ending"], found["findings"]) == ("unknown", "a node failed", [])
    assert found["failures"]["a"].startswith("a: the database of the node: ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_node_that_cannot_even_say_that_its_disk_is_full_ends_with_the_status_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "writing.py").write_text(COUNTING)
    reading, writing = os.pipe()  # who holds the writing end is the parent
    with socket.create_server(("127.0.0.1", 0)) as listening, Path("/dev/full").open("w") as full:
        configuration = {
            "reference": str(tmp_path / "writing.py"), "function": "cluster", "settings": {}, "mutant": None,
            "address": "a", "peers": {"a": list(listening.getsockname())}, "database": str(tmp_path / "no" / "a.db"),
            "seed": 0, "listening": listening.fileno(), "life": reading, "parent": os.getpid(),
        }  # fmt: skip
        command = [sys.executable, "-m", "assay.impl.runtime", json.dumps(configuration)]
        with started(command, stderr=full, pass_fds=(listening.fileno(), reading)) as process:
            assert process.wait() == DISKLESS
    os.close(reading)
    os.close(writing)


def test_logs_that_find_no_room_leave_the_verdict_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = Path.write_text

    def write_text(path: Path, text: str, **options: Any) -> int:
        if path.name == "run.jsonl":
            written(path, text[:20], **options)
            raise OSError(errno.ENOSPC, "No space left on device")
        return written(path, text, **options)

    cluster = two_phase_commit.cluster(participants=1)
    deployment = Deployment("two_phase_commit", "cluster", {"participants": 1}, None, 0, tmp_path)
    monkeypatch.setattr(Path, "write_text", write_text)
    plan = Plan(cluster, deployment, dict.fromkeys(cluster.nodes, ("127.0.0.1", 0)), duration=60)
    run = carry_out(plan, lambda _: None)
    assert (run.verdict, run.not_left) == (Verdict.HOLDS, "no space left on device")
    assert not (tmp_path / "run.jsonl").exists()
    assert [Path(file).name for file in run.files] == ["c.jsonl", "p1.jsonl"]
    assert "(not all: no space left on device)" in "".join(text.plain for text in lines(RunReport(run, "assay run")))


def test_an_address_in_use_is_an_error(assay: Assay) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = assay("run", "two_phase_commit", "--addresses", f"p1=127.0.0.1:{port}")
    assert ran.status == 2
    assert f"error: p1 cannot listen at 127.0.0.1:{port}: address already in use" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing_such"], "there is no implementation 'nothing_such'"),
        (["none.py"], "none.py does not exist"),
        (["lease.py", "--nodes", "3"], "lease.py has no function cluster"),
        (["paxos", "--faults", "fire"], "--faults fire: there is no such fault"),
        (["paxos", "--nodes", "0"], "--nodes 0: expected a number from 1"),
        (["two_phase_commit", "--requests", "2"], "--requests: deployment() has no such parameter"),
        (["paxos", "--set", "nodes=many"], "--set nodes=many: expected a whole number"),
        (["paxos", "--set", "colour=3"], "deployment of assay.impl.paxos has no parameter 'colour'"),
        (["paxos", "--mutant", "Nobody"], "assay.impl.paxos has no node class 'Nobody'"),
        (["paxos", "--addresses", "a1"], "--addresses a1: expected node=host:port"),
        (["paxos", "--addresses", f"a1=h:{'9' * 5000}"], f"--addresses a1=h:{'9' * 40}...: expected node=host:port"),
        (["paxos", "--addresses", "x=h:1"], "--addresses: there is no node 'x'"),
        (["raft", "--requests", "100000"], "Value=100001: a sort has between 1 and 4096 elements"),
        (["paxos", "--folder", "lease.py"], "lease.py cannot be used"),
    ],
)
def test_what_cannot_be_run_is_said_in_one_line(assay: Assay, arguments: list[str], said: str) -> None:
    ran = assay("run", *arguments)
    assert ran.status == 2
    assert ran.err.startswith(f"error: {said}")


def test_a_folder_of_another_run_is_not_written_over(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "p1.db").write_text("")
    ran = assay("run", "two_phase_commit", "--folder", "run")
    assert ran.status == 2
    assert "run holds p1.db of another run" in ran.err


def children(of: int | str = "self") -> list[int]:
    return [int(child) for file in Path(f"/proc/{of}/task").glob("*/children") for child in file.read_text().split()]


def wait_for(condition: Iterator[bool]) -> None:
    for met in condition:
        if met:
            return
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_survives_a_run_however_it_ends(number: signal.Signals, tmp_path: Path) -> None:
    command = [*ASSAY, "run", "paxos", "--faults", "pause", "--requests", "3", "--duration", "1h", "--set", "nodes=2"]
    quiet = (tmp_path / "out").open("wb")
    with quiet, started([*command, "--folder", str(tmp_path / "run")], stdout=quiet, stderr=quiet) as process:
        wait_for(len(children(process.pid)) == 6 or process.poll() is not None for _ in iter(int, 1))
        nodes = children(process.pid)
        process.send_signal(number)
        process.wait()
        wait_for(not any(map(is_running, nodes)) for _ in iter(int, 1))
    assert len(nodes) == 6 or process.returncode == 0


def test_help_tells_of_it() -> None:
    assert "assay run" in run("run", "--help").stdout
