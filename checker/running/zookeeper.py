"""A run of the lock on a real ZooKeeper: cases that break it, each checked against the model."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assay.checker.conformance.explaining import Explanation, explain
from assay.checker.conformance.logs import Log, read
from assay.checker.conformance.mapping_files import read_mapping
from assay.checker.conformance.search import Conformance, conform
from assay.checker.engine.limits import Limits
from assay.checker.errors import InputError, UsageError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import NamedModel
from assay.checker.verdicts import Verdict
from assay.impl.zookeeper import cases
from assay.impl.zookeeper.cases import Case, Outcome
from assay.impl.zookeeper.clients import Silent
from assay.impl.zookeeper.installation import NoZooKeeper
from assay.impl.zookeeper.lock import LockUnavailable, erase, reach
from assay.impl.zookeeper.servers import Servers
from assay.impl.zookeeper.transactions import BrokenLog

__all__ = ["CaseRun", "Plan", "carry_out", "default_folder", "judged"]

_JUDGING = 120.0
"""Time limit, in seconds, of checking a log against the model: where much is unlogged, there are many ways to try."""


@dataclass(frozen=True)
class Plan:
    """What to run.

    Attributes
    ----------
    model : NamedModel
        The model of the lock.
    size : int, optional
        The number of servers, 1 or 3; by default, as many as each case needs.
    connect : str, optional
        Existing servers to use instead of new ones.
    fencing : bool
        Whether the resource checks tokens.
    folder : Path
        The folder for logs.
    """

    model: NamedModel
    size: int | None = None
    connect: str | None = None
    fencing: bool = True
    folder: Path = Path()


@dataclass(frozen=True)
class CaseRun:
    """The result of a case, and of checking its log against the model.

    Attributes
    ----------
    outcome : Outcome
        The observations.
    log : Log
        The log of the case.
    found : Conformance
        Whether the log is a run of the model.
    explanation : Explanation, optional
        Why it is not.
    """

    outcome: Outcome
    log: Log
    found: Conformance
    explanation: Explanation | None

    @property
    def verdict(self) -> Verdict:
        """Whether everything expected was seen, no stale write was accepted, and the log is a run of the model."""
        if self.outcome.stale or not all(claim.is_true for claim in self.outcome.claims):
            return Verdict.VIOLATED
        return self.found.verdict


def carry_out(plan: Plan, begin: Callable[[str], None]) -> tuple[CaseRun, ...]:
    """Run the cases, one after another.

    Parameters
    ----------
    plan : Plan
        What to run.
    begin : callable
        Called with the name of each case before it begins.

    Raises
    ------
    InputError
        If ZooKeeper, Java or kazoo is missing, or a server or client does not answer.
    UsageError
        If the number of servers is neither 1 nor 3.
    """
    if plan.size not in (None, 1, 3):
        raise UsageError(f"--nodes {plan.size}: a ZooKeeper of one's own has 1 server or 3")
    try:
        return tuple(_run(plan, begin))
    except NoZooKeeper as error:
        raise InputError(error.message, help=error.help) from None
    except (LockUnavailable, Silent, BrokenLog) as error:
        raise InputError(str(error)) from None


def _run(plan: Plan, begin: Callable[[str], None]) -> Iterator[CaseRun]:
    if plan.connect is not None:
        with _borrowed(plan.connect) as path:
            yield from _all(plan, begin, cases.CASES, plan.connect, path, None)
        return
    alone, together = (cases.CASES, cases.OF_AN_ENSEMBLE)
    for size, played in ((1, alone if plan.size in (None, 1) else ()), (3, _of_three(plan.size, alone, together))):
        if played:
            with Servers(size) as servers:
                yield from _all(plan, begin, played, servers.hosts, "/locks", servers)


def _of_three(size: int | None, alone: Sequence[Case], together: Sequence[Case]) -> Sequence[Case]:
    return {None: together, 1: (), 3: (*alone, *together)}[size]


@contextmanager
def _borrowed(hosts: str) -> Iterator[str]:
    """Yield an unused path on an existing ZooKeeper, and delete it afterwards."""
    path = f"/assay-{uuid.uuid4().hex}"
    reach(hosts)
    try:
        yield path
    finally:
        erase(hosts, path)


def _all(
    plan: Plan,
    begin: Callable[[str], None],
    played: Sequence[Case],
    hosts: str,
    path: str,
    servers: Servers | None,
) -> Iterator[CaseRun]:
    for case in played:
        begin(case.__name__.replace("_", "-"))
        node = f"{path}/{case.__name__}"
        folder = plan.folder / case.__name__.replace("_", "-")
        outcome = cases.perform(case, folder, hosts=hosts, path=node, servers=servers, fencing=plan.fencing)
        yield judged(plan, outcome)


def judged(plan: Plan, outcome: Outcome) -> CaseRun:
    """Check the log of a case against the model."""
    evidence = outcome.evidence
    settings = {"Client": evidence.clients, "Serial": evidence.serials}
    instance = instantiate(plan.model.specification, settings)
    log = read([str(file) for file in evidence.files], instance, read_mapping(str(evidence.mapping)))
    found = conform(instance, log.chains, unlogged=log.unlogged, limits=Limits(seconds=_JUDGING))
    return CaseRun(outcome, log, found, None if found.verdict is Verdict.HOLDS else explain(found))


def default_folder() -> Path:
    """Return a new temporary folder, which is not deleted."""
    return Path(tempfile.mkdtemp(prefix="assay-lock-"))
