"""A repository from scratch, with a history: what is said of each change that somebody makes to it, by each command."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.checker.changes.test_quorum_changes import MAJORITY, nodes
from tests.checker.gate.projects import MUTEX, change, committed, git, promises
from tests.checker.upgrades.test_models import UNNOTED, version
from tests.command_line import Assay

GATED = '[[models]]\nfiles = ["protocols/mutex.py", "protocols/protocol.py"]\n[[implementations]]\nfiles = "nodes.py"\n'
GATED += '[[quorums]]\nfiles = "cluster.toml"\n'


@pytest.fixture
def repository(tmp_path: Path, assay: Assay) -> Iterator[Path]:
    """Yield a repository in which everything is accepted and committed."""
    promises(tmp_path)
    (tmp_path / "assay.toml").write_text(GATED)
    (tmp_path / "protocols" / "mutex.py").write_text(MUTEX)
    (tmp_path / "protocols" / "protocol.py").write_text(version("always", "first"))
    (tmp_path / "cluster.toml").write_text(MAJORITY.format(nodes(3)))
    assert assay("gate --accept").status == 0
    committed(tmp_path)
    assert assay("gate --check").status == 0
    yield tmp_path
    assert git(tmp_path, "status", "--short") == "", "no command has written anything"


def undone(repository: Path) -> None:
    git(repository, "checkout", "-q", ".")


@pytest.mark.slow
def test_every_change_is_told_for_what_it_is(repository: Path, assay: Assay) -> None:
    mutex, protocol = repository / "protocols" / "mutex.py", repository / "protocols" / "protocol.py"

    # A refactoring: nothing is new, nothing is to be accepted.
    mutex.write_text(MUTEX.replace("inside", "admitted").replace("self.served.add(node)\n", "self.note(node)\n"))
    change(
        mutex,
        "    @action\n    def leave",
        "    def note(self, node: Node) -> None:\n        self.served.add(node)\n\n    @action\n    def leave",
    )
    assert assay("gate --check").status == 0
    ran = assay("diff HEAD:protocols/mutex.py protocols/mutex.py")
    assert (ran.status, "none: both versions have the same behaviours" in ran.out) == (0, True), ran.out
    committed(repository)

    # A guard is widened.
    change(mutex, "n not in self.admitted for n in Node)", "n not in self.admitted for n in Node if n != node)")
    ran = assay("gate --check")
    assert ran.status == 1
    assert "error BEH002 model protocols/mutex.py: enter can be taken where it could not in HEAD:" in ran.out
    assert "    1  enter(n1)\n    2  enter(n1)\n  at protocols/mutex.py:" in ran.out
    assert "additive: 1 action" in assay("diff HEAD:protocols/mutex.py protocols/mutex.py").out
    undone(repository)

    # An attribute is not persisted any more.
    change(repository / "nodes.py", "promised: Durable[int] = 0", "promised: int = 0")
    ran = assay("gate --check")
    assert ran.status == 1
    assert "error IMP001 implementation nodes.py: the last step is no step of the model" in ran.out
    undone(repository)

    # An invariant is weakened: it holds, and no verdict tells.
    change(mutex, "and m in self.admitted)", "and m in self.admitted and n in self.served)")
    for command in ("gate --check", "diff HEAD:protocols/mutex.py protocols/mutex.py"):
        ran = assay(command)
        assert ran.status == 1
        assert "at_most_one says less than before: what it said does not follow from it" in ran.out
    undone(repository)

    # From three nodes to five.
    cluster = repository / "cluster.toml"
    sides = MAJORITY.format(nodes(3)).replace("assay", "old") + MAJORITY.format(nodes(5)).replace("assay", "new")
    five, joint = MAJORITY.format(nodes(5)), f'[assay]\nsystem = "joint"\n{sides}'
    cluster.write_text(five)
    assert assay("gate --check").status == 1
    ran = assay("diff HEAD:cluster.toml cluster.toml")
    assert (ran.status, "change in one step: not safe" in ran.out) == (1, True)
    for before, after in pairwise((MAJORITY.format(nodes(3)), joint, five)):
        cluster.write_text(before)
        (repository / "next.toml").write_text(after)
        assert assay("diff cluster.toml next.toml").status == 0
    (repository / "next.toml").unlink()
    undone(repository)

    # A version that is right, as the one before is, and must not run beside it.
    protocol.write_text(UNNOTED)
    ran = assay("upgrade HEAD:protocols/protocol.py protocols/protocol.py --versions Node")
    assert ran.status == 1
    assert "unsafe only while mixed: one_is_done" in ran.out
    undone(repository)
    assert assay("upgrade HEAD:nodes.py nodes.py").status == 0
