"""What a node, or the description of a cluster, can do wrong."""

from __future__ import annotations

__all__ = ["ClusterError", "NodeError"]


class NodeError(Exception):
    """A node breaks a rule that makes it explorable: what it did, where, and what to do about it.

    Parameters
    ----------
    message : str
        What was wrong.
    help : str, optional
        What to do about it.
    """

    def __init__(self, message: str, *, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class ClusterError(NodeError):
    """A cluster is described wrongly: an unknown address, a negative budget, a name that is not there."""
