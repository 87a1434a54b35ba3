"""A small project that the tests of the gate change: one protocol, a lease, and settings that gate it."""

from __future__ import annotations

import subprocess
from pathlib import Path

__all__ = ["LEASE", "MUTEX", "SETTINGS", "change", "committed", "git", "project", "promises"]

LEASE = '''\
from assay.checker.language import *


class Node(Sort):
    """Who may hold the lease."""


class Lease(Model):
    """One node at a time holds the lease."""

    default = {"Node": 2}
    holder: Node | None = None

    @action
    def grant(self, node: Node) -> None:
        require(self.holder is None)
        self.holder = node

    @action
    def release(self, node: Node) -> None:
        require(self.holder == node)
        self.holder = None

    @invariant
    def at_most_one(self) -> bool:
        return all(n == m for n in Node for m in Node if self.holder == n and self.holder == m)

    @reachable
    def is_held(self) -> bool:
        return self.holder is not None


class Hoards(Lease):
    """Broken: nobody gives the lease back."""

    expected = Violates("deadlock")

    @action
    def release(self, node: Node) -> None:
        require(False)
'''

PROMISE = '''\
from assay.checker.language import *


class Promise(Model):
    """Somebody promises to listen to no smaller ballot than the greatest that it has seen."""

    default = {}
    promised: Annotated[int, Range(0, 2)] = 0

    @action
    def promise(self, ballot: Annotated[int, Range(1, 2)]) -> None:
        require(ballot > self.promised)
        self.promised = ballot

    @reachable
    def all_is_promised(self) -> bool:
        return self.promised == 2
'''

MUTEX = '''\
from assay.checker.language import *


class Node(Sort):
    """Who may be inside."""


class Mutex(Model):
    """One at a time is inside."""

    default = {"Node": 2}
    inside: Set[Node]
    served: Set[Node]

    @action
    def enter(self, node: Node) -> None:
        require(all(n not in self.inside for n in Node))
        self.inside.add(node)
        self.served.add(node)

    @action
    def leave(self, node: Node) -> None:
        require(node in self.inside)
        self.inside.discard(node)

    @invariant
    def at_most_one(self) -> bool:
        return all(n == m for n in Node for m in Node if n in self.inside and m in self.inside)
'''

NODES = '''\
from assay.impl.node import Address, Caught, Cluster, Durable, Faults, Network, Node, message, on


@message
class Prepare:
    ballot: int


class Acceptor(Node):
    promised: Durable[int] = 0

    @on(Prepare)
    def prepare(self, proposer: Address, message: Prepare) -> None:
        if message.ballot > self.promised:
            self.promised = message.ballot


class Proposer(Node):
    def on_start(self) -> None:
        for ballot in (1, 2):
            self.send("acceptor", Prepare(ballot))


class Obedient(Acceptor):
    """Broken: it takes whatever comes last."""

    expected = Caught("refinement")

    @on(Prepare)
    def prepare(self, proposer: Address, message: Prepare) -> None:
        self.promised = message.ballot


def cluster(crashes: int = 1) -> Cluster:
    return Cluster(
        {"acceptor": Acceptor(), "proposer": Proposer()},
        network=Network("bag"),
        faults=Faults(crashes=crashes, crashing=frozenset({"acceptor"})),
        refines="protocols/promise.py",
        abstract=lambda world: {"promised": world.nodes["acceptor"].promised},
    )
'''

SETTINGS = '[[models]]\nfiles = "protocols/*.py"\n'


def project(folder: Path, settings: str = SETTINGS) -> Path:
    """Write the project, and return its protocol."""
    (folder / "protocols").mkdir(parents=True)
    (folder / "assay.toml").write_text(settings)
    protocol = folder / "protocols" / "lease.py"
    protocol.write_text(LEASE)
    return protocol


def promises(folder: Path) -> Path:
    """Write a project of a model and its implementation, and return the latter."""
    (folder / "assay.toml").write_text('[[implementations]]\nfiles = "nodes.py"\n')
    (folder / "protocols").mkdir(parents=True)
    (folder / "protocols" / "promise.py").write_text(PROMISE)
    nodes = folder / "nodes.py"
    nodes.write_text(NODES)
    return nodes


def git(folder: Path, *words: str) -> str:
    """Run git as somebody, and return what it prints."""
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "protocol.file.allow=always"]
    ran = subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True)
    return ran.stdout


def committed(folder: Path) -> None:
    """Make a repository of a project, or a further commit of one."""
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "what there is")


def change(file: Path, before: str, after: str) -> None:
    """Replace a part of a file, which must be there."""
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))
