"""How to prove."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

__all__ = ["ProofOptions", "Watch"]


@dataclass(frozen=True)
class ProofOptions:
    """How to prove.

    Attributes
    ----------
    timeout : float
        Seconds of processor time for each obligation.
    only : tuple of str
        Properties or actions to which to keep; all if empty.
    fixed : mapping from name to text
        Instance parameters that have a value; with sizes, a finite instance.
    workers : int
        Processes.
    memory : int
        Mebibytes for each.
    use_cache : bool
        Whether to remember what was proved.
    screening : int
        States of the smoke instance that are explored beside the proof.
    search : float
        Seconds for finding out whether a counterexample is reachable, and whether the model is broken.
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


def _silent(*_: object) -> None:
    """Ignore what a proof reports."""


@dataclass(frozen=True)
class Watch:
    """Who is told how a proof gets on; nobody, unless it is said.

    Attributes
    ----------
    progress : callable
        Called with how many obligations are decided, of how many.
    tell : callable
        Called with what a user should know at once, in words.
    """

    progress: Callable[[int, int], None] = _silent
    tell: Callable[[str], None] = _silent
