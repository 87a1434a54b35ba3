"""The options of a proof."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import field

from assay.checker.immutable import immutable

__all__ = ["ProofOptions", "Watch"]


def _unlimited() -> float:
    return math.inf


@immutable
class ProofOptions:
    """The options of a proof.

    Attributes
    ----------
    timeout : float
        Seconds of processor time for each obligation.
    only : tuple of str
        The properties or actions to restrict the proof to; all if empty.
    fixed : mapping from name to text
        Instance parameters with a given value; sizes among them make it a proof for a finite instance.
    workers : int
        The number of processes.
    memory : int
        Mebibytes for each process.
    use_cache : bool
        Whether to remember what was proved.
    screening : int
        The most states of the smoke instance that are explored beside the proof.
    search : float
        Seconds for finding out whether a counterexample is reachable, and whether the model is broken.
    left : callable
        Returns the seconds that are left for all obligations together. Those that have not begun when none are left
        are not decided.
    """

    timeout: float = 30.0
    only: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    workers: int = field(
        default_factory=lambda: len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
    )
    memory: int = 4096
    use_cache: bool = False
    screening: int = 1000
    search: float = 5.0
    left: Callable[[], float] = _unlimited

    @property
    def each(self) -> float:
        """Seconds for the next obligation: its limit, or what is left for all."""
        return max(min(self.timeout, self.left()), 0.0)


def _silent(*_: object) -> None:
    """Ignore what a proof reports."""


@immutable
class Watch:
    """Callbacks for the progress of a proof; by default they do nothing.

    Attributes
    ----------
    progress : callable
        Called with the number of decided obligations, and the number of all.
    tell : callable
        Called with a message that the user should see at once.
    """

    progress: Callable[[int, int], None] = _silent
    tell: Callable[[str], None] = _silent
