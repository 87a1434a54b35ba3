"""A trace as seen by the abstract model, as data for reports."""

from __future__ import annotations

from dataclasses import dataclass

from assay.checker.engine.trace import Trace
from assay.checker.errors import Location
from assay.checker.language.execution.interpreter import Call, Frozen
from assay.checker.properties.lassos import Assumption

__all__ = ["CandidateCall", "Guard", "Implementation"]


@dataclass(frozen=True)
class Guard:
    """A `require` that was false: where it stands, and its source."""

    location: Location
    text: str


@dataclass(frozen=True)
class CandidateCall:
    """A call of the model that is implemented, checked against a step that it is seen to take.

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


@dataclass(frozen=True)
class Implementation:
    """A trace as the implemented model sees it.

    Attributes
    ----------
    trace : Trace
        As many states of that model; a step without a call changes nothing there, or is none of its steps.
    reason : str
        What is wrong with it.
    attempts : tuple of CandidateCall
        The nearest calls, where the last step is none.
    refused : frozen state, optional
        What it begins with, where that is no initial state.
    unfair : Assumption, optional
        The fairness assumption that its loop breaks.
    """

    trace: Trace
    reason: str
    attempts: tuple[CandidateCall, ...] = ()
    refused: Frozen | None = None
    unfair: Assumption | None = None
