"""Small models and what they implement, or do not."""

from __future__ import annotations

from typing import Annotated

from assay.checker.language import Model, Range, Sort, action, constraint, initial, refines, require, weak


class Hour(Model):
    """A clock that shows hours, four of them."""

    hour: Annotated[int, Range(0, 3)] = 0

    @action
    def tick(self) -> None:
        self.hour = (self.hour + 1) % 4


class RunningHour(Hour):
    """It goes on for ever."""

    fairness = (weak("tick"),)


class Minutes(Model):
    """A clock with hours of three minutes each."""

    hour: Annotated[int, Range(0, 3)] = 0
    minute: Annotated[int, Range(0, 2)] = 0

    @action
    def step(self) -> None:
        if self.minute == 2:
            self.hour = (self.hour + 1) % 4
        self.minute = (self.minute + 1) % 3

    @refines(Hour)
    def shows_hours(self) -> dict[str, object]:
        return {"hour": self.hour}

    @refines(RunningHour)
    def goes_on(self) -> dict[str, object]:
        return {"hour": self.hour}


class RunningMinutes(Minutes):
    """It goes on for ever."""

    fairness = (weak("step"),)


class Jumping(Minutes):
    """Passes over an hour."""

    @action
    def step(self) -> None:
        self.hour = (self.hour + 2) % 4


class BeginningLate(Minutes):
    """Begins where no clock begins."""

    @initial
    def begin(self) -> None:
        self.hour = 2


class Busy(RunningMinutes):
    """Something happens for ever, and no hour passes."""

    @action
    def step(self) -> None:
        self.minute = (self.minute + 1) % 3


class Bounded(Minutes):
    """Is not followed beyond two hours."""

    @constraint
    def is_early(self) -> bool:
        return self.hour < 2


class Lacking(Minutes):
    """Says nothing of a variable."""

    @refines(Hour)
    def shows_hours(self) -> dict[str, object]:
        return {}


class Unknown(Minutes):
    """Names a variable that is not there."""

    @refines(Hour)
    def shows_hours(self) -> dict[str, object]:
        return {"hour": self.hour, "day": 1}


class TooLate(Minutes):
    """Shows an hour that there is not."""

    @refines(Hour)
    def shows_hours(self) -> dict[str, object]:
        return {"hour": self.hour + 4}


class Nothing(Minutes):
    """Returns no variables."""

    @refines(Hour)
    def shows_hours(self) -> int:
        return self.hour


class Guarded(Hour):
    """The same, of which only odd hours end."""

    @action
    def tick(self) -> None:
        require(self.hour % 2 == 1)
        self.hour = (self.hour + 1) % 4


class MinutesAsGuarded(Minutes):
    """No even hour may end."""

    @refines(Guarded)
    def shows_guarded_hours(self) -> dict[str, object]:
        return {"hour": self.hour}


class TooLateOnce(Minutes):
    """Shows an hour that there is not, in one state."""

    @refines(Hour)
    def shows_hours(self) -> dict[str, object]:
        return {"hour": self.hour + 1 if self.minute == 2 else self.hour}


class BeyondAWord(Minutes):
    """Computes with numbers on the way that are longer than a machine word."""

    @refines(Hour)
    def shows_hours(self) -> dict[str, object]:
        return {"hour": (self.hour * 4_000_000_000 * 4_000_000_000) // (4_000_000_000 * 4_000_000_000)}


class Part(Sort):
    """A part that a clock is made of."""


class Assembled(Model):
    """A clock with parts, of which nothing more is said."""

    default = {"Part": 2}
    hour: Annotated[int, Range(0, 3)] = 0
    newest: Part | None = None

    @action
    def tick(self) -> None:
        self.hour = (self.hour + 1) % 4


class WithParts(Model):
    """A clock that implements one with elements that it has not."""

    hour: Annotated[int, Range(0, 3)] = 0

    @action
    def tick(self) -> None:
        self.hour = (self.hour + 1) % 4

    @refines(Assembled)
    def is_assembled(self) -> dict[str, object]:
        return {"hour": self.hour, "newest": None}


class Statements(Minutes):
    """Computes what it shows in several statements."""

    @refines(Hour)
    def shows_hours(self) -> dict[str, object]:
        shown = self.hour
        return {"hour": shown}

    @refines(RunningHour)
    def goes_on(self) -> dict[str, object]:
        shown = self.hour
        return {"hour": shown}
