"""The three verdicts and the exit statuses: the one place where either is decided."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, IntEnum

__all__ = ["ExitStatus", "Verdict", "exit_status", "worst"]


class Verdict(Enum):
    """What is known about a claim: *unknown* is never to be read as *holds*."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNKNOWN = "unknown"

    def __and__(self, other: Verdict) -> Verdict:
        """Return the verdict on the conjunction of two claims: *violated* dominates, then *unknown*."""
        for verdict in (Verdict.VIOLATED, Verdict.UNKNOWN):
            if verdict in (self, other):
                return verdict
        return Verdict.HOLDS


class ExitStatus(IntEnum):
    """What every command returns to the shell."""

    AS_CLAIMED = 0
    FINDING = 1
    BAD_INPUT = 2
    UNKNOWN = 3
    INTERNAL_ERROR = 70

    @property
    def verdict(self) -> Verdict:
        """The verdict that it tells of; *unknown* where nothing was decided, for whatever reason."""
        return {ExitStatus.AS_CLAIMED: Verdict.HOLDS, ExitStatus.FINDING: Verdict.VIOLATED}.get(self, Verdict.UNKNOWN)


_STATUS_OF = {
    Verdict.HOLDS: ExitStatus.AS_CLAIMED,
    Verdict.VIOLATED: ExitStatus.FINDING,
    Verdict.UNKNOWN: ExitStatus.UNKNOWN,
}


def exit_status(verdicts: Iterable[Verdict]) -> ExitStatus:
    """Return the exit status of a run that reached these verdicts; no verdict at all is *unknown*."""
    combined: Verdict | None = None
    for verdict in verdicts:
        combined = verdict if combined is None else combined & verdict
    return _STATUS_OF[Verdict.UNKNOWN if combined is None else combined]


_FROM_WORST = (
    ExitStatus.INTERNAL_ERROR,
    ExitStatus.BAD_INPUT,
    ExitStatus.FINDING,
    ExitStatus.UNKNOWN,
    ExitStatus.AS_CLAIMED,
)


def worst(statuses: Iterable[int]) -> ExitStatus:
    """Return the exit status of a run over several models: the worst of theirs.

    A model that could not be read comes before a finding: the results of the others are not the whole picture.
    """
    there = set(statuses)
    return next((status for status in _FROM_WORST if status in there), ExitStatus.UNKNOWN)
