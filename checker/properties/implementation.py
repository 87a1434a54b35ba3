"""A trace mapped to the abstract model, as data for reports."""

from __future__ import annotations

from enum import Enum

from assay.checker.engine.trace import Trace
from assay.checker.errors import Location
from assay.checker.immutable import immutable
from assay.checker.language.execution.interpreter import Call, Frozen
from assay.checker.properties.lassos import Assumption

__all__ = ["CandidateCall", "Guard", "Implementation", "Missed"]


class Missed(Enum):
    """What is wrong with a guard: in words before its source, and in words after it."""

    FALSE = "this is false", "is false"
    NONE = "this is None", "is None"
    NO_CHOICE = "there is nothing to choose from", "leaves nothing to choose from"


@immutable
class Guard:
    """What kept an action from happening, a `require`, `some` or `choose`: where it stands, and its source."""

    location: Location
    text: str
    missed: Missed = Missed.FALSE

    @property
    def complaint(self) -> str:
        """What is wrong with it, before its source."""
        return self.missed.value[0]


@immutable
class CandidateCall:
    """A call of the abstract model, compared with the step that it would have to take.

    Attributes
    ----------
    call : Call
        The call.
    after : frozen state
        Where it leads, or would lead if no guard were false.
    guard : Guard, optional
        The first guard that is false.
    """

    call: Call
    after: Frozen
    guard: Guard | None


@immutable
class Implementation:
    """A trace mapped to the abstract model.

    Attributes
    ----------
    trace : Trace
        One state of that model for each state of the trace. A step without a call changes nothing there, or is
        no step of that model.
    reason : str
        Why the abstract model does not allow the trace.
    attempts : tuple of CandidateCall
        The calls nearest to the last step, if no call leads there.
    refused : frozen state, optional
        The first state, if it is not initial.
    unfair : Assumption, optional
        The fairness assumption that its loop breaks.
    """

    trace: Trace
    reason: str
    attempts: tuple[CandidateCall, ...] = ()
    refused: Frozen | None = None
    unfair: Assumption | None = None
