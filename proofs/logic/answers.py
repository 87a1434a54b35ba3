"""What a solver answers, and how it gives up; known without loading one."""

from __future__ import annotations

__all__ = ["Answer", "SolverFailure"]

Answer = str
"""``"unsat"``, ``"sat"`` or ``"unknown"``."""


class SolverFailure(Exception):
    """The solver gave up with an error, such as running out of memory."""
