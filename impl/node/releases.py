"""Releases of a cluster that run side by side, as in a rolling upgrade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType

from assay.impl.node.errors import ClusterError
from assay.impl.node.node import Address, Node

__all__ = ["Release", "Rolling"]


@dataclass(frozen=True)
class Release:
    """One release of the nodes of a cluster.

    Attributes
    ----------
    name : str
        Its name in reports: a revision or a file.
    nodes : mapping of Address to Node
        The nodes in their state before the first start.
    modules : dict of str to module
        The release's own modules, by the names under which it imports them; all other modules are shared by all
        releases. Two releases may have different modules of the same name.
    main : str
        The module that defines the cluster. It corresponds to that of another release, whatever its name.
    paths : tuple of str
        The folders that it imports its modules from.
    """

    name: str
    nodes: Mapping[Address, Node]
    modules: dict[str, ModuleType] = field(default_factory=dict)
    main: str = ""
    paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rolling:
    """Releases that run side by side, and which may replace which.

    To be replaced, a node stops between two handlers and restarts later in the other release, which finds the durable
    attributes of the old one: `Node.on_recover`. A node that restarts after a crash may have been replaced as well.

    Attributes
    ----------
    releases : tuple of Release
        The releases, all with nodes at the same addresses.
    starts : tuple of int
        The releases that a node may run at the beginning.
    moves : mapping of int to tuple of int
        For each release, those that may replace it during a run.
    moving : frozenset of Address
        The nodes that may run a release other than the first.
    judged : int
        The release whose node classes appear in the worlds that predicates and `Cluster.abstract` receive; the
        cluster's own nodes are of this release.

    Raises
    ------
    ClusterError
        If two releases have different addresses, or a moving node does not exist.
    """

    releases: tuple[Release, ...]
    starts: tuple[int, ...]
    moves: Mapping[int, tuple[int, ...]]
    moving: frozenset[Address]
    judged: int

    def __post_init__(self) -> None:
        first, *others = self.releases
        for other in others:
            different = sorted({*first.nodes} ^ {*other.nodes})
            if different:
                raise ClusterError(
                    f"{first.name} and {other.name} have different nodes: {', '.join(different)} in one of them only",
                    help="make both clusters of the same size",
                )
        for address in self.moving:
            if address not in first.nodes:
                raise ClusterError(f"there is no node {address!r}", help=f"there are {', '.join(first.nodes)}")
