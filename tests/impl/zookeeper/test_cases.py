"""What goes wrong with locks on ZooKeeper is made to happen, seen, and a run of the model."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
from assay.checker.language.loader import load
from assay.checker.running.zookeeper import CaseRun, Plan, judged
from assay.checker.verdicts import Verdict
from assay.impl.zookeeper import cases
from assay.impl.zookeeper.cases import Case
from assay.impl.zookeeper.installation import NoZooKeeper
from assay.impl.zookeeper.servers import Server, Servers

from tests.command_line import Assay


def played(case: Case, servers: Servers, folder: Path, *, fencing: bool = True) -> CaseRun:
    path = f"/cases/{uuid.uuid4().hex}"
    outcome = cases.perform(case, folder, hosts=servers.hosts, path=path, servers=servers, fencing=fencing)
    return judged(Plan(load("lock")), outcome)


def demand_as_claimed(run: CaseRun) -> None:
    assert [claim.words for claim in run.outcome.claims if not claim.is_true] == []
    assert run.outcome.stale == ()
    assert run.found.verdict is Verdict.HOLDS, run.explanation
    assert run.verdict is Verdict.HOLDS


@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.__name__)
def test_a_case_is_a_run_of_the_model(case: Case, zookeeper: Servers, tmp_path: Path) -> None:
    demand_as_claimed(played(case, zookeeper, tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("case", cases.OF_AN_ENSEMBLE, ids=lambda case: case.__name__)
def test_a_case_of_an_ensemble_is_a_run_of_the_model(case: Case, ensemble: Servers, tmp_path: Path) -> None:
    demand_as_claimed(played(case, ensemble, tmp_path))


def test_without_fencing_the_stale_write_is_seen_to_happen(zookeeper: Servers, tmp_path: Path) -> None:
    run = played(cases.session_expired, zookeeper, tmp_path, fencing=False)
    (late,) = run.outcome.stale
    assert late.client == "c1"
    assert run.found.verdict is Verdict.VIOLATED
    assert run.verdict is Verdict.VIOLATED


@pytest.mark.slow
def test_a_zookeeper_that_is_there_is_used_and_left_as_it_was(assay: Assay, zookeeper: Servers) -> None:
    ran = assay(f"run lock --backend zookeeper --connect {zookeeper.hosts} --folder logs --format json")
    report = json.loads(ran.out)
    assert (ran.status, report["verdict"]) == (0, "holds")
    assert [case["name"] for case in report["cases"]] == [
        "take-and-release",
        "holder-killed",
        "session-expired",
        "reply-lost",
    ]
    words = report["cases"][2]["conform"].split()[1:]
    assert assay(*words).status == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("run paxos --backend zookeeper", "--backend zookeeper runs lock, and not paxos"),
        ("run lock --backend zookeeper --nodes 2", "--nodes 2: a ZooKeeper of one's own has 1 server or 3"),
        ("run lock --backend zookeeper --faults kill", "--faults has no effect with --backend zookeeper"),
        ("run lock --backend zookeeper --connect a:1 --nodes 3", "--nodes has no effect"),
        ("run paxos --connect a:1", "--connect has no effect with --backend sockets"),
        ("run paxos --no-fencing", "--no-fencing has no effect with --backend sockets"),
    ],
)
def test_wrong_usage_is_said(assay: Assay, words: str, said: str) -> None:
    ran = assay(words)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


def test_no_zookeeper_and_no_java_are_said(assay: Assay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOOKEEPER_HOME", "/nonexistent")
    monkeypatch.setenv("JAVA_HOME", "/nonexistent")
    monkeypatch.setenv("PATH", "/nonexistent")
    ran = assay("run lock --backend zookeeper")
    assert (ran.status, ran.err.splitlines()[0]) == (2, "error: no Java was found")
    Path("bin").mkdir()
    Path("bin/java").write_text("#!/bin/sh\nexit 1\n")
    Path("bin/java").chmod(0o755)
    monkeypatch.setenv("PATH", str(Path("bin").resolve()))
    ran = assay("run lock --backend zookeeper")
    assert (ran.status, ran.err.splitlines()[0]) == (2, "error: no ZooKeeper was found in /nonexistent")


@pytest.fixture
def broken_zookeeper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ZooKeeper be a program that says that it is broken and ends."""
    Path("bin").mkdir()
    Path("bin/java").write_text("#!/bin/sh\necho 'ERROR: it is broken'\nexit 1\n")
    Path("bin/java").chmod(0o755)
    Path("zookeeper-3.jar").touch()
    monkeypatch.setenv("JAVA_HOME", str(Path().resolve()))
    monkeypatch.setenv("ZOOKEEPER_HOME", str(Path().resolve()))


@pytest.mark.usefixtures("broken_zookeeper")
def test_a_server_that_ends_at_once_is_said(assay: Assay) -> None:
    ran = assay("run lock --backend zookeeper")
    assert (ran.status, ran.out) == (2, "")
    assert "a ZooKeeper server ended at once: ERROR: it is broken" in ran.err


@pytest.mark.usefixtures("assay", "broken_zookeeper")
def test_a_server_that_ended_before_anybody_looked_is_said() -> None:
    servers = StartingSlowly(patience=60)
    with pytest.raises(NoZooKeeper, match="ended at once: ERROR: it is broken"), servers:
        pytest.fail("it serves")


class StartingSlowly(Servers):
    """Looks at a server only when it has ended."""

    def start(self, server: Server) -> None:
        super().start(server)
        assert server.process is not None
        server.process.wait()
