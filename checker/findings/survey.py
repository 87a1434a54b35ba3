"""What a run checked and found: the input of every report format for other programs."""

from __future__ import annotations

from assay.checker.findings.finding import Finding
from assay.checker.findings.rules import RULES, Level
from assay.checker.findings.subject import Subject
from assay.checker.immutable import immutable
from assay.checker.verdicts import ExitStatus, Verdict, worst

__all__ = ["Checked", "Survey"]


@immutable
class Checked:
    """A claim that was checked.

    Attributes
    ----------
    subject : Subject
        What the claim is about.
    claim : str
        What is claimed: the name of a property, of an obligation, of a question.
    verdict : Verdict
        Whether the claim is true; where a violation is expected, whether it is as expected.
    findings : tuple of Finding
        What rules object to.
    note : str
        What qualifies the verdict.
    seconds : float
        How long the check took; 0 if that is not known for this claim alone.
    """

    subject: Subject
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
        """The exit status this claim asks for: an unknown verdict never passes, whatever the level of a rule."""
        unknown = [ExitStatus.UNKNOWN] if self.verdict is Verdict.UNKNOWN else []
        # A violation without a finding still fails: a checker that forgot to report one must not make the run pass.
        unsaid = [ExitStatus.FINDING] if self.verdict is Verdict.VIOLATED and not self.findings else []
        return worst([ExitStatus.AS_CLAIMED, *unknown, *unsaid, *(finding.status for finding in self.findings)])


@immutable
class Survey:
    """A run.

    Attributes
    ----------
    title : str
        What was done: ``assay check``.
    checked : tuple of Checked
        The claims, in the order in which they were checked.
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
        """Findings for what fails the run without a finding of its own: unknown claims, or that nothing was checked."""
        if not self.checked:
            return (Finding(RULES["CHK003"], Subject(self.title), "nothing was checked", ("nothing",)),)
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
        """The outcome of the run, in one sentence."""
        names = {ExitStatus.AS_CLAIMED: "as claimed", ExitStatus.FINDING: "with errors", ExitStatus.UNKNOWN: "unknown"}
        if not self.checked:
            return "unknown: nothing was checked"
        counts = {status: sum(checked.status is status for checked in self.checked) for status in ExitStatus}
        parts = [f"{counts[status]} {names.get(status, 'unreadable')}" for status in ExitStatus if counts[status]]
        return f"{len(self.checked)} checked: {', '.join(parts)}"
