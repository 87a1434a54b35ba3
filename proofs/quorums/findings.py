"""What a parser or an analysis has to say about a configuration, besides the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from assay.checker.errors import Location

__all__ = ["Finding", "Severity"]


class Severity(Enum):
    """How bad a finding is: only an *error* makes the configuration fail."""

    ERROR = "error"
    """The configuration breaks a rule of its system."""

    WARNING = "warning"
    """It is allowed, and operators regret it."""

    NOTE = "note"
    """What was assumed, or left out, in reading it."""


@dataclass(frozen=True)
class Finding:
    """One remark.

    Parameters
    ----------
    severity : Severity
    code : str
        A stable name in kebab case, such as ``even-voters``.
    message : str
        One sentence: what was found, with the names of the nodes it is about.
    location : Location, optional
        The file and line it comes from.
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
