"""What a solver answers, and how it gives up; known without loading one."""

from __future__ import annotations

__all__ = ["Answer", "SolverFault"]

Answer = str
"""``"unsat"``, ``"sat"`` or ``"unknown"``."""


class SolverFault(Exception):
    """The solver gave up with an error, such as running out of memory."""
