"""Facts: what is known of something that is gated, each with a name; the nouns of the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from assay.checker.findings.finding import Finding

__all__ = ["ANY_SIZE", "ORDER", "Facts", "Item", "Kind", "Name", "Outcome", "Value", "in_order"]

ANY_SIZE = "any size"
"""The instance of what is proved."""

Name = tuple[str, ...]
"""A fact's name: what it is, and what it is about: ``("property", "one_holder")``."""

Value = str | int
Facts = Mapping[Name, Value]


class Kind(Enum):
    """What can be gated; the value is its word in settings and in the lock file."""

    MODEL = "model"
    PROOF = "proof"
    IMPLEMENTATION = "implementation"
    QUORUM = "quorum"


@dataclass(frozen=True)
class Item:
    """Something that is gated.

    Attributes
    ----------
    kind : Kind
        What it is.
    reference : str
        Under which it is found again: ``protocols/lease.py:GrantsTwice``.
    instance : str
        At which size, in the words of the settings: ``default``, ``smoke Node=3``.
    """

    kind: Kind
    reference: str
    instance: str

    @property
    def words(self) -> str:
        """How reports call it."""
        at = "" if self.instance in ("default", ANY_SIZE) else f" [{self.instance}]"
        return f"{self.kind.value} {self.reference}{at}"

    @property
    def place(self) -> tuple[int, str, str]:
        """Its place among the others."""
        return [*Kind].index(self.kind), self.reference, self.instance


@dataclass(frozen=True)
class Outcome:
    """What verifying an item showed.

    Attributes
    ----------
    item : Item
        What was verified.
    facts : Facts
        What is known of it now.
    findings : tuple of Finding
        What is wrong with it by itself, whatever was accepted.
    seconds : float
        How long that took.
    is_cached : bool
        Whether it is what an earlier run found of the same content.
    """

    item: Item
    facts: Facts
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0
    is_cached: bool = False


ORDER = (
    "expected",
    "verdict",
    "sizes",
    "format",
    "nodes",
    "quorums",
    "survives",
    "states",
    "worlds",
    "generated",
    "depth",
    "behaviour",
    "property",
    "deadlock",
    "assertions",
    "rules",
    "refinement",
    "consistency",
    "statement",
    "fairness",
    "claim",
    "action",
    "coverage",
    "never",
    "mutant",
    "obligation",
)
"""What facts are about, in the order in which the lock file tells them; what is not here comes last."""


def in_order(facts: Facts) -> list[tuple[Name, Value]]:
    """Return facts as the lock file tells them: those that sum up before those that go into detail."""
    return sorted(facts.items(), key=lambda fact: (_rank(fact[0][0]), fact[0]))


def _rank(what: str) -> int:
    return ORDER.index(what) if what in ORDER else len(ORDER)
