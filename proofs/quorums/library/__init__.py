"""The quorum systems of the literature, each as classes, obligations and their source."""

from __future__ import annotations

from assay.proofs.quorums.library.byzantine import byzantine, dissemination, masking, opaque, opaque_of
from assay.proofs.quorums.library.composed import federated, joint
from assay.proofs.quorums.library.counted import (
    epaxos,
    fast_paxos,
    flexible_paxos,
    majority,
    read_write,
    weighted,
)
from assay.proofs.quorums.library.structured import (
    crumbling_wall,
    grid,
    hierarchical,
    maekawa_grid,
    projective_plane,
    tree,
)

__all__ = [
    "byzantine",
    "crumbling_wall",
    "dissemination",
    "epaxos",
    "fast_paxos",
    "federated",
    "flexible_paxos",
    "grid",
    "hierarchical",
    "joint",
    "maekawa_grid",
    "majority",
    "masking",
    "opaque",
    "opaque_of",
    "projective_plane",
    "read_write",
    "tree",
    "weighted",
]
