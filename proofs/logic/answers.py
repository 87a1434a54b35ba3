"""The answers of a solver, and how it gives up; importing this loads no solver."""

from __future__ import annotations

__all__ = ["Answer", "SolverFailure"]

Answer = str
"""``"unsat"``, ``"sat"`` or ``"unknown"``."""


class SolverFailure(Exception):
    """The solver gave up with an error, such as running out of memory."""
