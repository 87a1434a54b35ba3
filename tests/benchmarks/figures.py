"""What a benchmark measures, whichever program it measures."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Figures"]


@dataclass(frozen=True)
class Figures:
    """One exhaustive run.

    Attributes
    ----------
    distinct : int
        States stored.
    generated : int
        The initial states, and every successor that was computed.
    seconds : float
        As the program itself reports it, without start and compilation.
    """

    distinct: int
    generated: int
    seconds: float

    @property
    def rate(self) -> float:
        """Generated states a second."""
        return self.generated / self.seconds if self.seconds else float("inf")
