"""Run mutants as real processes, with faults: does a run show what is broken?"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from assay.checker.implementations.survey import Ran
from assay.checker.running.faults import Fault
from assay.checker.running.fleet import Deployment
from assay.checker.running.run import Plan, Run, carry_out
from assay.checker.verdicts import Verdict
from assay.impl.runtime.loading import load_module, make_cluster

__all__ = ["run_mutant"]

_FAULTS = (Fault.KILL, Fault.PAUSE, Fault.DELAY)
"""Not dropped messages or partitions: clusters whose network loses nothing are not claimed to bear them."""


def run_mutant(protocol: str, mutant: str, *, seconds: float, seed: int) -> Ran:
    """Run a protocol's deployment with a mutant, kill and pause nodes, delay messages, and judge the run.

    Parameters
    ----------
    protocol : str
        The protocol, as an argument of ``assay run``.
    mutant : str
        The name of the class.
    seconds : float
        Maximum duration of the run, without the judging.
    seed : int
        Seed of the faults.
    """
    module = load_module(protocol)
    function = "deployment" if hasattr(module, "deployment") else "cluster"
    cluster = make_cluster(module, {}, function=function, mutant=mutant)
    reference = str(Path(protocol).resolve()) if protocol.endswith(".py") else protocol
    with tempfile.TemporaryDirectory(prefix="assay-mutant-") as folder:
        number = random.Random(f"{seed} {mutant}").randrange(2**31)  # no two mutants meet the same faults
        deployment = Deployment(reference, function, {}, mutant, number, Path(folder))
        plan = Plan(cluster, deployment, dict.fromkeys(cluster.nodes, ("127.0.0.1", 0)), _FAULTS, seconds)
        return _ran(carry_out(plan, lambda _: None))


def _ran(run: Run) -> Ran:
    verdict = run.verdict
    if verdict is not Verdict.VIOLATED:
        return Ran(verdict, len(run.judged.steps))
    if run.judged.findings:
        return Ran(verdict, len(run.judged.steps), run.judged.findings[0].check)
    return Ran(verdict, len(run.judged.steps), "a node failed" if run.failures else run.plan.cluster.consistency)
