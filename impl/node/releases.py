"""Releases of one cluster that run at the same time, as they do while a new one is rolled out node by node."""

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
        What it is called: a revision, a file.
    nodes : mapping of Address to Node
        Each node as it is before its first start.
    modules : dict of str to module
        The modules that belong to it, by the names under which it imports them; what is in none of them is the same in
        all releases. Two releases may have modules of one name.
    main : str
        The module of these that defines the cluster. It stands for that of another release, whatever that is called.
    paths : tuple of str
        The folders from which it imports its modules.
    """

    name: str
    nodes: Mapping[Address, Node]
    modules: dict[str, ModuleType] = field(default_factory=dict)
    main: str = ""
    paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rolling:
    """Releases that run side by side, and what may be replaced by what.

    A node that is replaced is stopped between two handlers, and starts again later as the other release, with what the
    first one has left on disk: `Node.on_recover`. A node that comes back after a crash may have been replaced too.

    Attributes
    ----------
    releases : tuple of Release
        All with nodes at the same addresses.
    starts : tuple of int
        The releases in which a node may be at the very beginning.
    moves : mapping of int to tuple of int
        By what each release may be replaced during a run.
    moving : frozenset of Address
        The nodes that may be in another release than the first.
    judged : int
        The release in whose words predicates and `Cluster.abstract` are given worlds; its nodes are the cluster's own.
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
