"""Mutants that run for real, with faults: does a run show what is broken?"""

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


def run_mutant(protocol: str, mutant: str, *, seconds: float, seed: int) -> Ran:
    """Run the deployment of a protocol with a mutant in it, kill and stop its nodes, hold messages back, and judge it.

    Parameters
    ----------
    protocol : str
        As `assay run` takes it.
    mutant : str
        The class.
    seconds : float
        How long it runs at most; it is judged after that.
    seed : int
        For the faults.
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
