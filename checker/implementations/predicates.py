"""Names of the predicates of a cluster."""

from __future__ import annotations

from functools import partial

from assay.impl.node.world import Predicate

__all__ = ["name_of"]


def name_of(predicate: Predicate) -> str:
    """Return the name of a predicate in reports; of a callable without one, the function inside or its class.

    Its repr would not do: that may hold an address, which is another one in every run.
    """
    inside = predicate.func if isinstance(predicate, partial) else predicate
    name: str = getattr(inside, "__name__", type(inside).__name__)
    return name
