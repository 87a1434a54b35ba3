"""Build the clusters for an upgrade: both versions side by side, and one version that is only restarted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assay.checker.errors import UsageError
from assay.checker.upgrades.judging import VersionedPredicate, by_either
from assay.checker.wording import nearest
from assay.impl.node.cluster import Cluster
from assay.impl.node.node import Address
from assay.impl.node.releases import Release, Rolling

__all__ = ["mixed", "restarted"]

_BEFORE, _AFTER = 0, 1


def mixed(
    before: Release,
    after: Release,
    clusters: tuple[Cluster, Cluster],
    *,
    moving: Sequence[Address] = (),
    downgrades: bool = False,
) -> Cluster:
    """Return the cluster in which each node runs either version, and is upgraded at any time.

    Parameters
    ----------
    before, after : Release
    clusters : pair of Cluster
        Those of the two versions. The network, the faults and the claims are those of the version after.
    moving : sequence of Address
        The nodes that are upgraded; by default all. The others run the version before.
    downgrades : bool
        Whether a node may go back, too.

    Raises
    ------
    UsageError
        If there is no such node.
    """
    former, cluster = clusters
    for address in moving:
        if address not in cluster.nodes:
            raise UsageError(
                f"there is no node {address!r}{nearest(address, [*cluster.nodes])}",
                help=f"there are {', '.join(cluster.nodes)}",
            )
    moves = {_BEFORE: (_AFTER,), _AFTER: (_BEFORE,) if downgrades else ()}
    rolling = Rolling((before, after), (_BEFORE, _AFTER), moves, frozenset(moving or cluster.nodes), judged=_AFTER)
    return replace(
        cluster,
        rolling=rolling,
        invariants=by_either(cluster.invariants, former.invariants, where_open=True),
        reachable=by_either(cluster.reachable, former.reachable, where_open=False),
        constraint=cluster.constraint and VersionedPredicate(cluster.constraint, former.constraint, None),
        abstract=cluster.abstract and VersionedPredicate(cluster.abstract, former.abstract, None),
    )


def restarted(release: Release, cluster: Cluster, *, moving: Sequence[Address] = ()) -> Cluster:
    """Return the cluster in which each node is stopped and started again once, as the same version.

    A violation found here is not due to mixing versions.
    """
    again = replace(release, name=f"{release.name}, restarted")
    rolling = Rolling((release, again), (_BEFORE,), {_BEFORE: (_AFTER,)}, frozenset(moving or cluster.nodes), judged=0)
    return replace(cluster, nodes=release.nodes, rolling=rolling)
