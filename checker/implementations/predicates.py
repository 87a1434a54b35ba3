"""What the predicates of a cluster are called."""

from __future__ import annotations

from assay.impl.node.cluster import Predicate

__all__ = ["name_of"]


def name_of(predicate: Predicate) -> str:
    """Return the name under which a predicate is claimed; what has none, such as a partial, goes by how it prints."""
    return getattr(predicate, "__name__", repr(predicate))
