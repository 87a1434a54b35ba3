"""The gate's data types: items, and the named facts that verifying them establishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from assay.checker.findings.finding import Finding
from assay.checker.findings.subject import Subject

__all__ = ["ANY_SIZE", "ORDER", "Facts", "Item", "ItemKind", "Name", "Outcome", "Value", "in_order"]

ANY_SIZE = "any size"
"""The instance of a proof, which holds at every size."""

Name = tuple[str, ...]
"""A fact's name: its category, then its subject: ``("property", "one_holder")``."""

Value = str | int
Facts = Mapping[Name, Value]


class ItemKind(Enum):
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
    kind : ItemKind
        What it is.
    reference : str
        Name that finds it again: ``protocols/lease.py:GrantsTwice``.
    instance : str
        The instance, as spelt in the settings: ``default``, ``smoke Node=3``.
    """

    kind: ItemKind
    reference: str
    instance: str

    @property
    def words(self) -> str:
        """Its name in reports."""
        at = "" if self.instance in ("default", ANY_SIZE) else f" [{self.instance}]"
        return f"{self.kind.value} {self.reference}{at}"

    @property
    def subject(self) -> Subject:
        """The item as the subject of findings."""
        return Subject(self.words)

    @property
    def place(self) -> tuple[int, str, str]:
        """Its sort key in the lock file."""
        return [*ItemKind].index(self.kind), self.reference, self.instance


@dataclass(frozen=True)
class Outcome:
    """The result of verifying an item.

    Attributes
    ----------
    item : Item
        What was verified.
    facts : Facts
        The facts established.
    findings : tuple of Finding
        Problems of the item itself, whatever was accepted.
    seconds : float
        Time it took.
    is_cached : bool
        Whether the result came from an earlier run over the same content.
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
    "strict",
    "refinement",
    "consistency",
    "statement",
    "asserted",
    "fires",
    "fairness",
    "claim",
    "action",
    "coverage",
    "never",
    "mutant",
    "obligation",
)
"""Categories of facts in the lock file's order; any other category comes last."""


def in_order(facts: Facts) -> list[tuple[Name, Value]]:
    """Return facts in the lock file's order: summaries before details."""
    return sorted(facts.items(), key=lambda fact: (_rank(fact[0][0]), fact[0]))


def _rank(what: str) -> int:
    return ORDER.index(what) if what in ORDER else len(ORDER)
