"""Cases that can go wrong with locks on ZooKeeper: each injects a fault and checks what happens."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from assay.impl.zookeeper.clients import Answer, Client, Silent
from assay.impl.zookeeper.evidence import Evidence, written
from assay.impl.zookeeper.proxy import Proxy
from assay.impl.zookeeper.resource import Deed, Resource
from assay.impl.zookeeper.servers import Servers
from assay.impl.zookeeper.transactions import read_transactions

__all__ = ["CASES", "OF_AN_ENSEMBLE", "Case", "Check", "Outcome", "Stage", "perform"]

PATIENCE = 30.0
"""Seconds to wait for something that must happen."""

_SHORT = 1.0
"""Session timeout, in seconds, of clients that are to lose their session; others have one that slowness cannot hit."""


@dataclass(frozen=True)
class Check:
    """An expected observation of a case, and whether it was made."""

    words: str
    is_true: bool


@dataclass
class Stage:
    """The environment of a case.

    Attributes
    ----------
    hosts, path : str
        The servers, and the path of the lock.
    servers : Servers, optional
        The servers that may be killed; None if existing ones are used.
    resource : Resource
        The resource that the lock protects.
    """

    hosts: str
    path: str
    servers: Servers | None
    resource: Resource
    clients: list[Client] = field(default_factory=list)
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def client(self, *, session_timeout: float = 10.0, hosts: str | None = None) -> Client:
        """Start another client."""
        name = f"c{len(self.clients) + 1}"
        made = Client(name, hosts or self.hosts, self.path, self.resource.address, session_timeout)
        self.clients.append(self._stack.enter_context(made))
        return made

    def proxy(self) -> Proxy:
        """Start a proxy in front of the first server."""
        port = int(self.hosts.partition(",")[0].rpartition(":")[2])
        return self._stack.enter_context(Proxy(port))

    def close(self) -> None:
        """End all clients and proxies."""
        self._stack.close()


Case = Callable[[Stage], Iterator[Check]]


def take_and_release(stage: Stage) -> Iterator[Check]:
    """Three clients take the lock three times each."""
    clients = [stage.client() for _ in range(3)]
    failed: list[Answer] = []

    def work(client: Client) -> None:
        for words in ("acquire 30", "begin", "write", "release") * 3:
            try:
                answer = client.do(words, PATIENCE + 10)  # longer than it waits for the lock itself
            except Silent as silent:
                failed.append(Answer(error="Silent", message=str(silent)))
                return
            if answer.error or answer.result is False:
                failed.append(answer)

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tokens = [deed.token for deed in stage.resource.deeds if deed.what == "write"]
    yield Check("each of three clients had the lock three times", not failed and stage.resource.writes == 9)
    yield Check("every holder's token was greater than those before", tokens == sorted(set(tokens)))


def holder_killed(stage: Stage) -> Iterator[Check]:
    """The holder is killed with SIGKILL; ZooKeeper expires its session, and the next one gets the lock."""
    holder, other = stage.client(session_timeout=_SHORT), stage.client()
    held = holder.do("acquire 30")
    holder.do("begin")
    other.tell("acquire 30")
    _until(lambda: any(step["step"] == "set_watch" for step in other.steps))
    holder.kill()
    got = other.answer()
    yield Check("the lock of a holder that was killed came free", not got.error)
    yield Check("the next token is greater", not got.error and got.result > held.result)
    yield Check("the next holder's write was taken", _work(other))


def session_expired(stage: Stage) -> Iterator[Check]:
    """The holder is paused with SIGSTOP until its session has expired; when it goes on, it writes."""
    holder, other = stage.client(session_timeout=_SHORT), stage.client()
    held = holder.do("acquire 30")
    holder.do("begin")
    other.tell("acquire 30")
    _until(lambda: any(step["step"] == "set_watch" for step in other.steps))
    holder.pause()
    got = other.answer()
    yield Check("the lock of a paused holder came free", not got.error)
    yield Check("the next holder's write was taken", _work(other))
    holder.resume()
    late = holder.do("write")
    if stage.resource.fencing:
        yield Check("the resource refused the paused holder's write", late.result is False)
    yield Check("the paused holder was told that it has lost the lock", holder.lost.wait(PATIENCE))
    yield Check("its release says so, too", holder.do("release").error == "LockLost")
    again = holder.do("acquire 30")
    yield Check("it can take the lock again, with a greater token", not again.error and again.result > held.result)
    holder.do("release")


def reply_lost(stage: Stage) -> Iterator[Check]:
    """The connection is cut instead of delivering the reply to the creation of the client's node."""
    proxy = stage.proxy()
    client, other = stage.client(hosts=proxy.address), stage.client()
    proxy.cut_next_create()
    got = client.do("acquire 30")
    yield Check("the reply to the client's request was cut off", proxy.cut.is_set())
    yield Check("it found the node that had been made for it", any(step["step"] == "find_own" for step in client.steps))
    yield Check("it has the lock, and does not wait for itself", not got.error and _work(client))
    yield Check("nothing is left that others would wait for", not other.do("acquire 30").error and _work(other))


def leader_killed(stage: Stage) -> Iterator[Check]:
    """The server that leads is killed while one client has the lock and another waits."""
    servers = _own(stage)
    holder, other = stage.client(session_timeout=30), stage.client(session_timeout=30)
    holder.do("acquire 30")
    other.tell("acquire 60")
    _until(lambda: any(step["step"] == "set_watch" for step in other.steps))
    killed = servers.leader()
    killed.kill()
    servers.wait()
    yield Check("there is another leader", servers.leader() is not killed)
    yield Check("the holder has the lock still", _until(lambda: holder.do("ask").result["held"]))
    yield Check("its write was taken", _work(holder))
    yield Check("the one that waited got the lock after it", not other.answer(60).error and _work(other))
    servers.start(killed)  # the next case finds three servers
    servers.wait()


def quorum_lost(stage: Stage) -> Iterator[Check]:
    """Two of three servers are killed, and come back."""
    servers = _own(stage)
    holder, other = stage.client(session_timeout=30), stage.client(session_timeout=30)
    holder.do("acquire 30")
    killed = servers.servers[:2]
    for server in killed:
        server.kill()
    yield Check("the holder is told that its lock is in doubt", _until(lambda: not holder.do("ask").result["held"]))
    yield Check("nobody gets the lock", other.do("acquire 1").error in ("LockTimeout", "LockUnavailable"))
    for server in killed:
        servers.start(server)
    servers.wait()
    yield Check("the holder has its lock again", _until(lambda: holder.do("ask").result["held"]))
    yield Check("its write was taken", _work(holder))
    yield Check("the other one gets the lock after it", not other.do("acquire 60", 70).error and _work(other))


CASES: tuple[Case, ...] = (take_and_release, holder_killed, session_expired, reply_lost)
"""The cases that need one server."""

OF_AN_ENSEMBLE: tuple[Case, ...] = (leader_killed, quorum_lost)
"""The cases that need an ensemble of three."""


@dataclass(frozen=True)
class Outcome:
    """The result of a case.

    Attributes
    ----------
    case : Case
        The case.
    claims : tuple of Check
        The expected observations.
    stale : tuple of Deed
        Writes that the resource accepted after one by a later holder.
    evidence : Evidence
        The log of the case.
    """

    case: Case
    claims: tuple[Check, ...]
    stale: tuple[Deed, ...]
    evidence: Evidence

    @property
    def name(self) -> str:
        """The name of the case."""
        return self.case.__name__.replace("_", "-")


def perform(
    case: Case, folder: Path, *, hosts: str, path: str, servers: Servers | None = None, fencing: bool = True
) -> Outcome:
    """Run a case.

    Parameters
    ----------
    case : Case
        The case.
    folder : Path
        The folder for its log.
    hosts, path : str
        The servers, and an unused path for the lock.
    servers : Servers, optional
        The servers, if they were started here: then they may be killed, and their transaction log is part of the log.
    fencing : bool
        Whether the resource checks tokens.
    """
    with Resource(fencing) as resource:
        stage = Stage(hosts, path, servers, resource)
        try:
            claims = tuple(case(stage))
            for client in stage.clients:
                if client.process.poll() is None:
                    client.do("close", PATIENCE)
            transactions = None if servers is None else read_transactions(servers.leader().folder)
            evidence = written(folder, stage.clients, resource.deeds, transactions, path)
        finally:
            stage.close()
    return Outcome(case, claims, resource.stale_writes, evidence)


def _own(stage: Stage) -> Servers:
    assert stage.servers is not None, "only one's own servers are killed"
    return stage.servers


def _work(client: Client) -> bool:
    """Have a holder read, write and release; return whether everything succeeded."""
    return all(
        not answer.error and answer.result is not False for answer in map(client.do, ("begin", "write", "release"))
    )


def _until(is_so: Callable[[], bool]) -> bool:
    """Wait until a condition is true; return whether it became so."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False
