"""Formulas about quorums of a given size: that they meet, or how many nodes they share."""

from __future__ import annotations

from assay.proofs.theorems.statements import Formula, NodeSet, Number, all_of, forall, implies, sets, size

__all__ = ["all_meet", "all_share", "meet"]

A, B = sets("A B")


def meet(*nodes: NodeSet) -> Formula:
    """Return the formula *the sets have a node in common*."""
    common = nodes[0]
    for one in nodes[1:]:
        common = common & one
    return size(common) >= 1


def all_meet(first: Number, second: Number) -> Formula:
    """Return the formula *every set of at least `first` nodes meets every set of at least `second`*."""
    return all_share(first, second, 1)


def all_share(first: Number, second: Number, least: Number | int) -> Formula:
    """Return the formula *any set of `first` or more nodes shares `least` or more with any set of `second` or more*."""
    quorums = all_of(size(A) >= first, size(B) >= second)
    return forall((A, B), implies(quorums, size(A & B) >= least))
