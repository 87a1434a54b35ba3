"""What a model is expected to show: the library is its own test suite by these."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Expectation", "Holds", "Violates", "parse_expectation"]


@dataclass(frozen=True)
class Holds:
    """Every property holds, every `@reachable` state is reached, no action is dead."""

    def __str__(self) -> str:
        return "holds"


@dataclass(frozen=True)
class Violates:
    """The model is broken: the named property is violated (``"deadlock"`` for a deadlock)."""

    property: str

    def __str__(self) -> str:
        return f"violates {self.property}"


Expectation = Holds | Violates


def parse_expectation(text: str) -> Expectation | None:
    """Return the expectation that a user has written, ``holds`` or ``violates PROPERTY``; None if it is neither."""
    match text.split():
        case ["holds"]:
            return Holds()
        case ["violates", name]:
            return Violates(name)
    return None
