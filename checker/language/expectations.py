"""What a model is expected to show: the library is its own test suite by these."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Expectation", "Holds", "Violates"]


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
