"""The intersection problem: are there quorums with less than ``need`` in common?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assay.proofs.quorums.systems import Federation, QuorumClass, class_names, is_quorum

__all__ = ["IntersectionProblem"]


@dataclass(frozen=True)
class IntersectionProblem:
    """Find quorums, one of each class, whose common nodes weigh less than ``need``.

    Parameters
    ----------
    kinds : sequence of QuorumClass
        The classes, resolved; the same one may occur twice.
    need : int
        Positive, or the problem is trivial.
    weights : mapping of str to int
        How much each node of the classes counts; not negative.
    """

    kinds: Sequence[QuorumClass]
    need: int
    weights: Mapping[str, int]

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that occur in a class; in a federation those that have a tree."""
        seen: dict[str, None] = {}
        for kind in self.kinds:
            seen.update(dict.fromkeys(kind.trees if isinstance(kind, Federation) else class_names(kind)))
        return tuple(seen)

    def is_answered_by(self, quorums: Sequence[frozenset[str]]) -> bool:
        """Tell, by direct evaluation, whether these are quorums of the classes with too little in common."""
        common = frozenset.intersection(*quorums)
        return (
            len(quorums) == len(self.kinds)
            and all(is_quorum(kind, quorum) for kind, quorum in zip(self.kinds, quorums, strict=True))
            and sum(self.weights[node] for node in common) < self.need
        )
