"""One finding: what every format of a report is made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from assay.checker.errors import Location
from assay.checker.findings.rules import Level, Rule
from assay.checker.findings.subject import Subject
from assay.checker.immutable import immutable
from assay.checker.verdicts import ExitStatus, worst

__all__ = ["Finding", "Step", "status_of"]


@immutable
class Step:
    """A step of a counterexample.

    Attributes
    ----------
    words : str
        What happens: ``vote(b1, p2)``.
    location : Location, optional
        The action's source.
    sender, receiver : str
        Of a message that arrives, or of whatever else passes from one to another; empty where nothing does.
    actor : str
        Who takes the step; empty if that is nobody in particular.
    """

    words: str
    location: Location | None = None
    sender: str = ""
    receiver: str = ""
    actor: str = ""


@immutable
class Finding:
    """Something that a rule objects to.

    Attributes
    ----------
    rule : Rule
        The rule.
    subject : Subject
        What it is about.
    message : str
        What was found, in one sentence without a full stop.
    identity : tuple of str
        What tells it from other findings of this rule about this subject: the name of a property, an action with the
        shape of a trace. Neither line numbers nor counts, which change while the finding stays the same.
    location : Location, optional
        The source line that it concerns.
    steps : tuple of Step
        The counterexample, if there is one.
    help : str
        What to do about it; the rule's own remedy if it is empty.
    level : Level, optional
        How serious it is, where that is not what the rule says.
    """

    rule: Rule
    subject: Subject
    message: str
    identity: tuple[str, ...] = ()
    location: Location | None = None
    steps: tuple[Step, ...] = ()
    help: str = ""
    level: Level | None = None

    @property
    def severity(self) -> Level:
        """How serious it is."""
        return self.rule.level if self.level is None else self.level

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return self.help or self.rule.remedy

    @property
    def fingerprint(self) -> str:
        """Thirty-two hexadecimal digits that stay the same while the finding does, wherever its lines move."""
        told_apart = json.dumps([self.rule.identifier, self.subject.name, *self.identity])
        return hashlib.sha256(told_apart.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def record(self) -> dict[str, str | int | None]:
        """What reports for programs say of it, besides its subject and steps."""
        place = self.location
        return {
            "rule": self.rule.identifier,
            "name": self.rule.name,
            "level": self.severity.value,
            "message": self.message,
            "fingerprint": self.fingerprint,
            "file": None if place is None else place.file,
            "line": None if place is None or not place.line else place.line,
            "help": self.remedy,
        }

    @property
    def status(self) -> ExitStatus:
        """What it makes of the run: nothing unless it is an error."""
        return self.rule.status if self.severity is Level.ERROR else ExitStatus.AS_CLAIMED


def status_of(findings: Iterable[Finding]) -> ExitStatus:
    """Return the exit status of a run that checked something, and found this."""
    return worst([ExitStatus.AS_CLAIMED, *(finding.status for finding in findings)])
