"""A trial of the proxy: its backends are processes, killed, paused and brought back while clients send requests."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assay.impl.http_proxy.backend import effects, make_store
from assay.impl.http_proxy.http import Message
from assay.impl.http_proxy.proxy import Proxy
from assay.impl.http_proxy.upstream import Unreachable, Upstream

__all__ = ["FAULTS", "Plan", "Trial", "carry_out"]

FAULTS = ("kill", "pause")
"""The faults that backends may suffer."""

_CLIENTS = 16
"""How many clients send requests at once."""

_AWAY = 0.4
"""Seconds for which a backend is down or paused: longer than the proxy's patience, so that requests are repeated."""

_BETWEEN = 0.3
"""Seconds between two faults."""

_STARTING = 60.0
"""Seconds within which a backend must be up: a busy machine may take several to import its modules."""


@dataclass(frozen=True)
class Plan:
    """What to try.

    Attributes
    ----------
    folder : Path
        Where the ledger is.
    backends : int
        How many.
    requests : int
        How many requests clients send in all. With faults, they continue until each kind has occurred at least once.
    faults : sequence of str
        Some of `FAULTS`.
    seed : int
        Determines which backends are disturbed, and in which order.
    careless : bool
        Whether backends execute a repeated request again.
    deadline : float
        Seconds after which clients stop sending.
    """

    folder: Path
    backends: int = 3
    requests: int = 2000
    faults: Sequence[str] = ()
    seed: int = 0
    careless: bool = False
    deadline: float = 60.0


@dataclass
class Trial:
    """What a trial showed.

    Attributes
    ----------
    sent, answered : int
        How many requests clients sent, and how many of them a backend answered with success.
    refused : Counter of int
        How many other responses there were, by status; 0 stands for no response at all.
    lost, twice : list of str
        The keys of requests that had no effect, and of those that had more than one.
    done : Counter of str
        How often each fault occurred.
    by : Counter of str
        How many responses came from each backend.
    seconds : float
        For how many seconds clients sent requests.
    """

    sent: int = 0
    answered: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    by: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def is_as_claimed(self) -> bool:
        """Whether every request was answered, and had its effect exactly once."""
        return self.answered == self.sent > 0 and not self.lost and not self.twice


@dataclass
class _Process:
    """A backend."""

    name: str
    store: str
    careless: bool
    port: int = 0
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        options = ["careless"] if self.careless else []
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "assay.impl.http_proxy.backend", self.name, str(self.port), self.store, *options),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), _STARTING)
        if not line:
            raise OSError(f"the backend {self.name} did not start at port {self.port}")
        self.port = int(line)

    def signal(self, number: int) -> None:
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    async def kill(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.signal(signal.SIGKILL)
            await self.process.wait()


async def _trouble(backends: Sequence[_Process], plan: Plan, trial: Trial) -> None:
    """Kill or pause backends, one at a time, and bring each back."""
    chance = random.Random(plan.seed)
    for number in itertools.count():
        await asyncio.sleep(_BETWEEN)
        victim = backends[chance.randrange(len(backends))]
        fault = plan.faults[number % len(plan.faults)]
        if fault == "kill":
            await victim.kill()
            await asyncio.sleep(_AWAY)
            await victim.start()
        else:
            victim.signal(signal.SIGSTOP)
            await asyncio.sleep(_AWAY)
            victim.signal(signal.SIGCONT)
        trial.done[fault] += 1


async def _send(proxy: Proxy, plan: Plan, trial: Trial, until: float) -> None:
    """Send requests one after another, each once the one before has ended."""
    with contextlib.closing(Upstream("127.0.0.1", proxy.port)) as upstream:
        while _wants_more(plan, trial) and time.monotonic() < until:
            trial.sent += 1
            await _send_one(upstream, f"r{trial.sent}", trial)


async def _send_one(upstream: Upstream, key: str, trial: Trial) -> None:
    headers = (("Host", "backend"), ("Idempotency-Key", key))
    try:
        answer = await upstream.ask(Message("POST /work HTTP/1.1", headers, b"work"))
    except Unreachable:
        trial.refused[0] += 1
        return
    if answer.status == 200:
        trial.answered += 1
        trial.by[json.loads(answer.body)["by"]] += 1
    else:
        trial.refused[answer.status] += 1


def _wants_more(plan: Plan, trial: Trial) -> bool:
    return trial.sent < plan.requests or any(trial.done[fault] == 0 for fault in plan.faults)


async def carry_out(plan: Plan) -> Trial:
    """Try the proxy.

    Raises
    ------
    OSError
        If a process does not start, or the ledger cannot be kept.
    """
    plan.folder.mkdir(parents=True, exist_ok=True)
    store = str(plan.folder / "ledger.sqlite")
    make_store(store).close()
    backends = [_Process(f"b{number}", store, plan.careless) for number in range(1, plan.backends + 1)]
    trial = Trial()
    try:
        for backend in backends:
            await backend.start()
        async with Proxy([("127.0.0.1", b.port) for b in backends], patience=0.3, silence=0.6, rhythm=0.1) as proxy:
            await _under_load(proxy, backends, plan, trial)
    finally:
        for backend in backends:
            await backend.kill()
    found = effects(store)
    trial.lost = [key for key in (f"r{n}" for n in range(1, trial.sent + 1)) if key not in found]
    trial.twice = [key for key, count in found.items() if count > 1]
    return trial


async def _under_load(proxy: Proxy, backends: Sequence[_Process], plan: Plan, trial: Trial) -> None:
    started = time.monotonic()
    trouble = asyncio.create_task(_trouble(backends, plan, trial)) if plan.faults else None
    clients = (_send(proxy, plan, trial, started + plan.deadline) for _ in range(_CLIENTS))
    try:
        await asyncio.gather(*clients)
    finally:
        if trouble is not None:
            trouble.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await trouble
    trial.seconds = time.monotonic() - started
