"""What was proved before, by the content of the query: in the user's cache directory."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assay.proofs.logic.smtlib import script
from assay.proofs.logic.terms import Term

if TYPE_CHECKING:
    from assay.proofs.encoding.problem import Problem
    from assay.proofs.induction.solving import Solver

__all__ = ["Known", "digest"]

VERSION = "assay proof 1"
"""Raised when a proof of an earlier version is to count no more."""


def digest(query: Sequence[Term]) -> str:
    """Return what tells a query from others."""
    return hashlib.sha256(f"{VERSION}\n{script(query)}".encode()).hexdigest()


class Known:
    """The obligations of a solver that are known to be true.

    Parameters
    ----------
    problem : Problem
        The model.
    solver : Solver
        Its obligations.
    """

    def __init__(self, problem: Problem, solver: Solver) -> None:
        from assay.checker.engine.native.cache import cache_directory

        self.directory = cache_directory() / "proofs"
        self.digests = [
            digest((*problem.assumptions, *o.query)) + ("-sat" if o.satisfiable else "-unsat")
            for o in solver.obligations
        ]

    def _path(self, index: int) -> Path:
        return self.directory / self.digests[index]

    def is_proved(self, index: int) -> bool:
        """Return whether an obligation was proved before."""
        return self._path(index).is_file()

    def remember(self, index: int) -> None:
        """Note that an obligation is proved; a cache that cannot be written is no error."""
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            self._path(index).touch()
        except OSError:
            return
