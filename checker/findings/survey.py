"""What a run checked and found: the input of every report format for other programs."""

from __future__ import annotations

from dataclasses import dataclass

from assay.checker.findings.finding import Finding
from assay.checker.findings.rules import RULES, Level
from assay.checker.verdicts import ExitStatus, Verdict, worst

__all__ = ["Checked", "Survey"]


@dataclass(frozen=True)
class Checked:
    """A claim that was looked at.

    Attributes
    ----------
    subject : str
        What it is claimed of, by the reference under which it is found again.
    claim : str
        What is claimed: the name of a property, of an obligation, of a question.
    verdict : Verdict
        Whether it is true, or, of what is expected to be violated, whether all is as expected.
    findings : tuple of Finding
        What there is to object to.
    note : str
        What qualifies the verdict.
    seconds : float
        How long it took; 0 where that is not known of this claim.
    """

    subject: str
    claim: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    note: str = ""
    seconds: float = 0.0

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make the run fail."""
        return tuple(finding for finding in self.findings if finding.severity is Level.ERROR)

    @property
    def status(self) -> ExitStatus:
        """What it makes of the run: what is unknown is never right, whatever the level of a rule."""
        unknown = [ExitStatus.UNKNOWN] if self.verdict is Verdict.UNKNOWN else []
        # Violated, and no rule objects: that somebody forgot to say so is no reason to pass.
        unsaid = [ExitStatus.FINDING] if self.verdict is Verdict.VIOLATED and not self.findings else []
        return worst([ExitStatus.AS_CLAIMED, *unknown, *unsaid, *(finding.status for finding in self.findings)])


@dataclass(frozen=True)
class Survey:
    """A run.

    Attributes
    ----------
    title : str
        What was done: ``assay check``.
    checked : tuple of Checked
        All that was looked at.
    again : str
        The command that does it again.
    """

    title: str
    checked: tuple[Checked, ...]
    again: str

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, errors first."""
        order = list(Level)
        found = (finding for checked in self.checked for finding in checked.findings)
        return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))

    @property
    def unsaid(self) -> tuple[Finding, ...]:
        """What makes the run fail although no finding says so: a claim that is not known; that nothing was checked."""
        if not self.checked:
            return (Finding(RULES["CHK003"], self.title, "nothing was checked", ("nothing",)),)
        return tuple(
            Finding(
                RULES["CHK003" if checked.status is ExitStatus.UNKNOWN else "CHK001"],
                checked.subject,
                f"{checked.claim}: {checked.note or checked.verdict.value}",
                (checked.claim,),
            )
            for checked in self.checked
            if checked.status is not ExitStatus.AS_CLAIMED and not checked.errors
        )

    @property
    def status(self) -> ExitStatus:
        """The exit status of the run; one that checked nothing is not a success."""
        return worst([checked.status for checked in self.checked])

    @property
    def sentence(self) -> str:
        """What became of it, in one sentence."""
        names = {ExitStatus.AS_CLAIMED: "as claimed", ExitStatus.FINDING: "with errors", ExitStatus.UNKNOWN: "unknown"}
        if not self.checked:
            return "unknown: nothing was checked"
        counts = {status: sum(checked.status is status for checked in self.checked) for status in ExitStatus}
        parts = [f"{counts[status]} {names.get(status, 'unreadable')}" for status in ExitStatus if counts[status]]
        return f"{len(self.checked)} checked: {', '.join(parts)}"
