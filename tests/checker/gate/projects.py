"""A small project that the tests of the gate change: one protocol, a lease, and settings that gate it."""

from __future__ import annotations

from pathlib import Path

__all__ = ["LEASE", "SETTINGS", "change", "project"]

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

SETTINGS = '[[models]]\nfiles = "protocols/*.py"\n'


def project(folder: Path, settings: str = SETTINGS) -> Path:
    """Write the project, and return its protocol."""
    (folder / "assay.toml").write_text(settings)
    (folder / "protocols").mkdir()
    protocol = folder / "protocols" / "lease.py"
    protocol.write_text(LEASE)
    return protocol


def change(file: Path, before: str, after: str) -> None:
    """Replace a part of a file, which must be there."""
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))
