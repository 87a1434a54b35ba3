"""What checking a model is expected to show. Every model states it, so the library is its own test suite."""

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
    """The model is broken: it violates the named property (``"deadlock"`` for a deadlock)."""

    property: str

    def __str__(self) -> str:
        return f"violates {self.property}"


Expectation = Holds | Violates


def parse_expectation(text: str) -> Expectation | None:
    """Return the expectation in a user's ``holds`` or ``violates PROPERTY``; None for any other text."""
    match text.split():
        case ["holds"]:
            return Holds()
        case ["violates", name]:
            return Violates(name)
    return None
