"""What parsers and analyses report about a configuration, besides the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from assay.checker.errors import Location

__all__ = ["QuorumFinding", "Severity"]


class Severity(Enum):
    """How bad a finding is: only an *error* makes the configuration fail."""

    ERROR = "error"
    """The configuration breaks a rule of its system."""

    WARNING = "warning"
    """The system allows it, but operators are likely to regret it."""

    NOTE = "note"
    """An assumption that was made in reading the configuration, or a part of it that was ignored."""


@dataclass(frozen=True)
class QuorumFinding:
    """One finding.

    Parameters
    ----------
    severity : Severity
    code : str
        A stable name in kebab case, such as ``even-voters``.
    message : str
        What was found, in a sentence, with the names of the nodes concerned.
    location : Location, optional
        The file and line concerned.
    help : str, optional
        What to do about it.
    """

    severity: Severity
    code: str
    message: str
    location: Location | None = None
    help: str | None = None

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location else ""
        return f"{place}{self.severity.value}: {self.message} [{self.code}]"
