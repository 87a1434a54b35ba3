"""The same question has the same answer, whatever finishes first."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SHOWN = """
import sys
from assay.checker.language.loader import load
from assay.checker.report.values import Renderer
from assay.proofs.induction.prover import ProofOptions, prove_model

result = prove_model(load(sys.argv[1]).specification, ProofOptions(workers=int(sys.argv[2])))
for o in result.obligations:
    print(o.claim.name, o.proved, o.cycle)
    c = o.counterexample
    if c is not None:
        shown = Renderer(c.instance)
        print(c.instance.settings(), list(shown.state(c.before)), c.call and shown.call(c.call), c.part, c.reachable)
print(result.cycle, result.violated, result.dropped)
"""


def shown(model: str, workers: int, seed: int) -> str:
    """Return what is shown of a model by a process of its own."""
    command = [sys.executable, "-c", SHOWN, model, str(workers)]
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout


@pytest.mark.parametrize(
    "model",
    [
        "two_phase_commit:CommitsOnMajority",
        "atomic_commit:AbortsWhenOthersCommitted",
        pytest.param("paxos:PaxosIgnoringVotes", marks=pytest.mark.slow),
    ],
)
def test_proof_shows_the_same_whatever_the_workers_and_hash_seeds(model: str) -> None:
    assert shown(model, 1, 1) == shown(model, 3, 2)
