"""What was proved of a version, and is not of the next one."""

from __future__ import annotations

from pathlib import Path

from assay.checker.changes.proofs import ProofsRequest, lost
from assay.proofs.changes.proving import proved

from tests.tiers import as_shown_by

MUTEX = """
from assay.checker.language import *


class Node(Sort):
    pass


class Mutex(Model):
    default = {"Node": 2}
    inside: Set[Node] = set()
    key: bool = True

    @action
    def enter(self, node: Node) -> None:
        require(self.key)
        self.key = False
        self.inside.add(node)

    @action
    def leave(self, node: Node) -> None:
        require(node in self.inside)
        self.key = True
        self.inside.discard(node)

    @lemma
    def key_is_out(self) -> bool:
        return not self.key or len(self.inside) == 0

    @invariant
    def alone(self) -> bool:
        return all(n == m for n in self.inside for m in self.inside)
"""


def told(folder: Path, *replaced: tuple[str, str]) -> list[tuple[str, str]]:
    """Return what was proved of the mutex, and is not of what becomes of it."""
    text = MUTEX
    for before, after in replaced:
        assert before in text
        text = text.replace(before, after)
    found = []
    for name, content in (("old.py", MUTEX), ("new.py", text)):
        (folder / name).write_text(content)
        found.append(proved(ProofsRequest(str(folder / name))))
    return [(each.rule.identifier, each.message) for each in lost("new.py", *found)]


def test_without_the_lemma_the_proof_is_lost(tmp_path: Path) -> None:
    lemma = MUTEX[MUTEX.index("    @lemma") : MUTEX.index("    @invariant")]
    assert told(tmp_path, (lemma, "")) == [("PRF004", "alone was proved for any size, and is not proved now")]


@as_shown_by(test_without_the_lemma_the_proof_is_lost)
def test_what_is_wrong_now_is_said_to_be(tmp_path: Path) -> None:
    found = told(tmp_path, ("        self.key = False\n", ""))
    assert ("PRF004", "alone was proved for any size, and is violated now") in found


def test_what_is_proved_still_is_not_told(tmp_path: Path) -> None:
    assert (
        told(
            tmp_path,
            (
                "        self.key = False\n        self.inside.add(node)",
                "        self.inside.add(node)\n        self.key = False",
            ),
        )
        == []
    )
