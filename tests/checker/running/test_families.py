"""Each family runs for real, its nodes killed and stopped and its messages held back, and does what its model does."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.command_line import Assay

RUNS = {
    "paxos --requests 1": {"accept"},
    "two_phase_commit": {"tell"},
    "lock --requests 2": {"acquire", "write"},
    "round_robin --requests 4": {"dispatch", "execute"},
    "abd --requests 6": set(),
    "raft --requests 1": {"lead", "commit_entries"},
    "replication --requests 2": {"write", "store", "acknowledge"},
}
"""Runs that end when so many requests were answered, and actions of the model that lead there."""


@pytest.mark.slow
@pytest.mark.parametrize("run", RUNS)
def test_a_run_with_faults_does_what_the_model_does(run: str, assay: Assay, tmp_path: Path) -> None:
    options = ["--faults", "kill,pause,delay", "--duration", "90s", "--folder", str(tmp_path / "run")]
    ran = assay("run", *shlex.split(run), *options, "--format", "json")
    found = json.loads(ran.out)
    assert (found["findings"], found["failures"]) == ([], {}), ran.out
    if found["left"] is not None:  # a machine so slow that servers were elected more often than the model counts
        assert ran.status == 3
        return
    assert ran.status == 0, ran.out
    assert found["steps"] > 0
    if found["ending"] != "its time was over":  # as it is where nothing gets done in all that time
        assert found["actions"].keys() >= RUNS[run]
