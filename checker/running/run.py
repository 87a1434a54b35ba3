"""A run: start a cluster, disturb it, stop it, and judge what it did."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assay.checker.histories.judgement import Judgement
from assay.checker.implementations.abstraction import Abstraction
from assay.checker.implementations.clients import judge_history
from assay.checker.running.faults import Fault, Mischief, Network
from assay.checker.running.fleet import Deployment, Failure, Fleet, fleet
from assay.checker.running.journals import JudgedRun, judge, merge
from assay.checker.verdicts import Verdict
from assay.impl.node.cluster import Cluster
from assay.impl.node.freezing import Frozen
from assay.impl.node.node import Address
from assay.impl.runtime.codec import Codec
from assay.impl.runtime.host import Peer
from assay.impl.runtime.store import read_journal

__all__ = ["Glance", "Plan", "Run", "carry_out"]

_LOOKING = 0.1
"""Seconds between two looks at the journals."""
_SILENCE = 1.0
"""Seconds without a step, while no timer is set, after which a run without a number of requests ends.

A message may be under way for 0.1 s (`Fault.DELAY`), and its receiver be paused for 0.6 s.
"""
_FAILED = "a node failed"
_INTERRUPTED = "it was interrupted"


@dataclass(frozen=True)
class Plan:
    """What to run, and how.

    Attributes
    ----------
    cluster : Cluster
        The cluster that the deployment makes.
    deployment : Deployment
        How the processes make it.
    addresses : mapping of Address to Peer
        Where each node listens; port 0 stands for any free port.
    faults : sequence of Fault
        The kinds of faults to inject.
    duration : float
        Maximum number of seconds.
    requests : int or None
        The number of responses to clients after which the run ends.
    """

    cluster: Cluster
    deployment: Deployment
    addresses: Mapping[Address, Peer]
    faults: Sequence[Fault] = ()
    duration: float = 10.0
    requests: int | None = None


@dataclass(frozen=True)
class Glance:
    """A snapshot of a run in progress.

    Attributes
    ----------
    seconds : float
        Time since it began.
    nodes : dict of Address to (str, int, str)
        The state of each process, its number of steps, and its last event.
    responses : int
        The number of responses to clients.
    faults : dict of str to int
        The number of faults of each kind.
    """

    seconds: float
    nodes: dict[Address, tuple[str, int, str]]
    responses: int
    faults: dict[str, int]


@dataclass
class Run:
    """The result of a run.

    Attributes
    ----------
    ending : str
        Why it ended.
    seconds : float
        How long it took.
    faults : dict of str to int
        The number of faults of each kind.
    failures : dict of Address to Failure
        The nodes whose processes ended on their own.
    judged : JudgedRun
        The result of replaying the journals.
    judgement : Judgement or None
        The judgement on the history of clients, if the cluster has a sequential specification.
    files : list of str
        The logs written.
    not_left : str
        Why a log could not be written, such as a full disk; empty if all were.
    """

    plan: Plan
    ending: str = "its time was over"
    seconds: float = 0.0
    faults: dict[str, int] = field(default_factory=dict)
    failures: dict[Address, Failure] = field(default_factory=dict)
    judged: JudgedRun = field(default_factory=JudgedRun)
    judgement: Judgement | None = None
    files: list[str] = field(default_factory=list)
    not_left: str = ""

    @property
    def verdict(self) -> Verdict:
        """The verdict on everything checked: a finding counts however the run ended; an empty run decides nothing."""
        inconsistent = self.judgement is not None and self.judgement.verdict is Verdict.VIOLATED
        broken = any(not failure.is_of_the_disk for failure in self.failures.values())
        if broken or self.judged.findings or inconsistent:
            return Verdict.VIOLATED
        if self.failures or not self.judged.steps or self.judged.left is not None or self.ending == _INTERRUPTED:
            return Verdict.UNKNOWN
        if self.judged.refines is Verdict.UNKNOWN:
            return Verdict.UNKNOWN
        return Verdict.HOLDS if self.judgement is None else self.judgement.verdict


def carry_out(plan: Plan, look: Callable[[Glance], None]) -> Run:
    """Run a cluster, and judge the run.

    Parameters
    ----------
    plan : Plan
        What to run.
    look : function of Glance
        Progress callback, called several times a second.

    Raises
    ------
    InputError
        If a node cannot listen at its address.
    AssayError
        If the model cannot be loaded at the sizes of the cluster.
    """
    run = Run(plan)
    if plan.cluster.refines is not None:
        Abstraction(plan.cluster)  # reports errors in the model or its sizes before anything runs
    began = time.monotonic()
    with fleet(plan.deployment, plan.addresses) as started:
        try:
            asyncio.run(_Conduct(run, started, look).conduct())
        except KeyboardInterrupt:
            run.ending = _INTERRUPTED
    run.seconds = time.monotonic() - began
    journals = {address: read_journal(plan.deployment.database(address)) for address in plan.cluster.nodes}
    run.judged = judge(plan.cluster, journals)
    if plan.cluster.sequential is not None:
        run.judgement = judge_history(plan.cluster, run.judged.history)
    _leave_logs(run, journals)
    return run


class _Conduct:
    """Controls the processes of a run."""

    def __init__(self, run: Run, started: Fleet, look: Callable[[Glance], None]) -> None:
        self.run = run
        self.plan = run.plan
        self.fleet = started
        self.look = look
        self.codec = Codec(type(node) for node in run.plan.cluster.nodes.values())
        self.random = random.Random(run.plan.deployment.seed)
        self.seen: dict[Address, list[dict[str, Any]]] = {address: [] for address in run.plan.cluster.nodes}
        self.responses = 0
        self.began = time.monotonic()
        self.moved = self.began

    async def conduct(self) -> None:
        """Start the nodes, inject faults, and return when the run is over."""
        network = None
        if any(fault.is_of_the_network for fault in self.plan.faults):
            network = Network(self.plan.cluster, self.plan.faults, self.random)
            await network.stand_before(self.fleet)
        for address in self.plan.cluster.nodes:
            self.fleet.start(address)
        mischief = Mischief(self.plan.cluster, self.fleet, self.plan.faults, self.random, network)
        tasks = mischief.tasks()
        try:
            while not self._is_over():
                await asyncio.sleep(_LOOKING)
                self._observe(mischief)
                for task in tasks:
                    if task.done():
                        task.result()
        finally:
            for task in tasks:
                task.cancel()
            if network is not None:
                await network.end()
            self.run.faults = _counts(mischief)
            self.run.failures = self.fleet.failures()

    def _is_over(self) -> bool:
        now = time.monotonic()
        if self.fleet.failures():
            self.run.ending = _FAILED
        elif now - self.began > self.plan.duration:
            self.run.ending = "its time was over"
        elif self.plan.requests is not None and self.responses >= self.plan.requests:
            self.run.ending = "all requests were answered"
        elif self.plan.requests is None and now - self.moved > _SILENCE and self._are_done():
            self.run.ending = "nothing happened any more"
        else:
            return False
        return True

    def _are_done(self) -> bool:
        """Return whether all nodes have started and are up, and none waits for a timer."""
        up = all(self.fleet.state(address) == "up" for address in self.plan.cluster.nodes)
        return up and all(lines and not lines[-1]["timers"] for lines in self.seen.values())

    def _observe(self, mischief: Mischief) -> None:
        for address, lines in self.seen.items():
            new = read_journal(self.plan.deployment.database(address), after=len(lines), waits=False)
            lines.extend(new)
            self.responses += sum(word == "respond" for line in new for word, _ in line["client"])
            if new:
                self.moved = time.monotonic()
        nodes = {a: (self.fleet.state(a), len(lines), _last(lines, self.codec)) for a, lines in self.seen.items()}
        self.look(Glance(time.monotonic() - self.began, nodes, self.responses, _counts(mischief)))


def _last(lines: Sequence[Mapping[str, Any]], codec: Codec) -> str:
    """Return a node's last event as a short text."""
    if not lines:
        return ""
    event = lines[-1]["event"]
    match event["kind"]:
        case "receive":
            return f"{_class(codec.decode(event['message']))} from {event['from']}"
        case "timer":
            return f"timer {event['timer'][0]}"
    return str(event["kind"])


def _class(message: Frozen) -> str:
    match message:
        case (type() as cls, *_) if cls is not type:
            return cls.__qualname__
    return "message"


def _counts(mischief: Mischief) -> dict[str, int]:
    counts = {fault.value: count for fault, count in mischief.done.items()}
    if mischief.network is not None:
        counts |= {Fault.DROP.value: mischief.network.dropped, Fault.DELAY.value: mischief.network.delayed}
    return {name: count for name, count in counts.items() if count}


def _leave_logs(run: Run, journals: Mapping[Address, Sequence[Mapping[str, Any]]]) -> None:
    """Write the journals as JSON lines: one file per node, and one with all steps in order."""
    folder = run.plan.deployment.folder
    logs = {**journals, "run": merge(journals)}
    for name, lines in logs.items():
        path = folder / f"{name}.jsonl"
        try:
            path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        except OSError as error:
            path.unlink(missing_ok=True)
            run.not_left = (error.strerror or str(error)).lower()
            return
        run.files.append(str(path))
