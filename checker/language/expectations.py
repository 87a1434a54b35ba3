"""What checking a model is expected to show. Every model states it, so the library is its own test suite."""

from __future__ import annotations

from assay.checker.immutable import immutable

__all__ = ["Expectation", "Holds", "Violates", "parse_expectation"]


@immutable
class Holds:
    """Every property holds, every `@reachable` state is reached, no action is dead."""

    def __str__(self) -> str:
        return "holds"


@immutable
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
