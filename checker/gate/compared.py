"""What was compared of two versions of a repository: each item that is gated, and all of them together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from assay.checker.changes.difference import Effect
from assay.checker.changes.report import Comparison
from assay.checker.changes.report import survey as survey_of
from assay.checker.findings.finding import Finding, status_of
from assay.checker.findings.subject import subject_of
from assay.checker.findings.survey import Checked, Survey
from assay.checker.gate.facts import ItemKind
from assay.checker.verdicts import ExitStatus, worst
from rich.text import Text

__all__ = ["Compared", "ConfigurationChange", "Overview"]


class ConfigurationChange(Protocol):
    """The analysis of a changed quorum configuration, by `assay.proofs`."""

    @property
    def status(self) -> int:
        """The exit status."""

    @property
    def effect(self) -> str:
        """What became of it, in a few words."""

    @property
    def survey(self) -> Survey:
        """The change, for the formats of other programs."""

    @property
    def record(self) -> str:
        """The change as JSON."""

    @property
    def lines(self) -> list[Text]:
        """The change for a terminal."""

    @property
    def page(self) -> str:
        """The change as Markdown."""


@dataclass(frozen=True)
class Compared:
    """The comparison of one item, or the reason why there is none.

    Attributes
    ----------
    kind : ItemKind
        What it is.
    reference : str
        Under which it is found again: ``protocols/lease.py:Lease``.
    instance : str
        At which size.
    comparison : Comparison or ConfigurationChange, optional
        The two versions, side by side; None where there are no two, one cannot be read, or both are the same file.
    findings : tuple of Finding
        Why there is no comparison, or what else is told.
    """

    kind: ItemKind
    reference: str
    instance: str = "default"
    comparison: Comparison | ConfigurationChange | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def effect(self) -> str:
        """What became of it, in a word or a few."""
        if self.comparison is None:
            return self.findings[0].rule.name if self.findings else "none"
        if isinstance(self.comparison, Comparison):
            difference = self.comparison.difference
            is_open = difference.effect is Effect.NONE and not difference.is_complete
            return "unknown" if is_open else difference.effect.value
        return self.comparison.effect

    @property
    def status(self) -> ExitStatus:
        """What it makes of the run."""
        own = [] if self.comparison is None else [ExitStatus(self.comparison.status)]
        return worst([status_of(self.findings), *own])

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to report, as both versions are the same."""
        if isinstance(self.comparison, Comparison):
            difference = self.comparison.difference
            is_same = difference.effect is Effect.NONE and difference.is_complete
            return is_same and not self.findings and not self.comparison.findings
        return self.comparison is None and not self.findings

    @property
    def checked(self) -> Iterator[Checked]:
        """Yield what formats for other programs are made from."""
        if self.comparison is not None:
            one = self.comparison
            yield from (survey_of(one) if isinstance(one, Comparison) else one.survey).checked
        else:
            verdict = status_of(self.findings).verdict
            yield Checked(subject_of(self.reference), "is the same", verdict, self.findings)


@dataclass(frozen=True)
class Overview:
    """Two versions of a repository, side by side.

    Attributes
    ----------
    before, after : str
        As the user named them.
    compared : tuple of Compared
        Everything that is gated.
    seconds : float
        How long it took.
    command : str
        The command that repeats it.
    """

    before: str
    after: str
    compared: tuple[Compared, ...]
    seconds: float
    command: str

    @property
    def status(self) -> ExitStatus:
        """The exit status."""
        return worst([ExitStatus.AS_CLAIMED, *(each.status for each in self.compared)])

    @property
    def survey(self) -> Survey:
        """The run, for the formats of other programs."""
        return Survey("assay diff", tuple(one for each in self.compared for one in each.checked), self.command)
