"""Errors in a node or in the description of a cluster."""

from __future__ import annotations

__all__ = ["ClusterError", "NodeError"]


class NodeError(Exception):
    """A node breaks a rule that exploration depends on.

    Parameters
    ----------
    message : str
        What it did, and where.
    help : str, optional
        What to do about it.
    """

    def __init__(self, message: str, *, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class ClusterError(NodeError):
    """A cluster is described wrongly: an unknown address, a negative budget, a missing name."""
