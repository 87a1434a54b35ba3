"""Names of the predicates of a cluster."""

from __future__ import annotations

from assay.impl.node.world import Predicate

__all__ = ["name_of"]


def name_of(predicate: Predicate) -> str:
    """Return the name of a predicate in reports; a callable without one, such as a partial, goes by its repr."""
    return getattr(predicate, "__name__", repr(predicate))
