"""Quorum systems: named classes of quorums, and what must hold between them.

A system states three things: which sets of nodes may act, its *classes* of quorums, such as ``read`` and ``write``;
which of these must have nodes in common, and how many, its *obligations*; and the labels of its nodes, such as zones.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from assay.checker.errors import UsageError
from assay.proofs.quorums.trees import Tree, names, satisfied

__all__ = ["NODES", "Federation", "QuorumClass", "QuorumObligation", "QuorumSystem", "class_names", "is_quorum"]

NODES = "f"
"""The name for single nodes where labels name groups of them: ``--fail-under f=1,zone=1``."""


@dataclass(frozen=True)
class Federation:
    """One tree for each node: the model of Stellar, and of servers whose configuration files differ.

    A set is a quorum if it is not empty and satisfies the tree of each of its members. So a node without a tree of its
    own is in no quorum, unless it is unknown to the system and the user says that it may do anything.
    """

    trees: Mapping[str, Tree]

    @cached_property
    def named_in(self) -> Mapping[str, tuple[Tree, ...]]:
        """The different trees that name each node."""
        found: dict[str, list[Tree]] = {}
        for tree in dict.fromkeys(self.trees.values()):
            for name in names(tree):
                found.setdefault(name, []).append(tree)
        return {name: tuple(trees) for name, trees in found.items()}


QuorumClass: TypeAlias = Tree | Federation


@dataclass(frozen=True)
class QuorumObligation:
    """Quorums of these classes, one of each, must have enough nodes in common.

    Parameters
    ----------
    classes : tuple of str
        Two or three names of classes; the same name twice means *any two quorums of that class*.
    need : int
        The least weight of the common nodes (*more than f*: ``f + 1``; masking: ``2 * f + 1``).
    weights : mapping of str to int, optional
        What each node counts towards ``need``, such as its voting power, or 0 for an arbiter without data. If empty,
        every node counts 1; otherwise a node that is not listed counts 0.
    faulty : tuple of frozenset of str, optional
        Sets of nodes; all nodes of any one set may be faulty at once, so ``need`` must be reached outside of each. If
        empty, no node is faulty.
    margin : int
        The part of ``need`` that allows for lying nodes: if these lie, the others must still reach ``need - margin``.
        Splitting sets are those that break this lower bound.
    words : str
        The obligation in the operator's words: ``every elected leader knows every acknowledged write``.
    source : str
        Where the rule is written down.
    """

    classes: tuple[str, ...]
    need: int = 1
    weights: Mapping[str, int] = field(default_factory=dict)
    faulty: tuple[frozenset[str], ...] = ()
    words: str = ""
    source: str = ""
    margin: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.margin <= max(0, self.need):
            raise UsageError("the margin of an obligation must be between 0 and what it needs")
        if len(self.classes) not in (2, 3):
            raise UsageError(f"an obligation is between two or three classes, not {len(self.classes)}")
        if any(weight < 0 for weight in self.weights.values()):
            raise UsageError("an obligation cannot count a node with a negative weight")

    @property
    def is_plain(self) -> bool:
        """Whether it is between two classes, every node counts 1, and none is faulty: counting nodes decides it."""
        return len(self.classes) == 2 and not self.weights and not any(self.faulty)

    @property
    def demand(self) -> Hashable:
        """What it demands, whatever its words and its source."""
        return self.classes, self.need, frozenset(self.weights.items()), frozenset(self.faulty), self.margin

    def weight(self, node: str) -> int:
        """Return how much the node counts."""
        return self.weights.get(node, 0) if self.weights else 1

    def measure(self, nodes: Set[str]) -> int:
        """Return how much these nodes count together."""
        return sum(self.weight(node) for node in nodes)


@dataclass(frozen=True)
class QuorumSystem:
    """Nodes, the classes of quorums over them, and what must hold between the classes.

    Parameters
    ----------
    name : str
        In words: ``majority of 5``.
    nodes : tuple of str
        The nodes that take part, each once, in the order of the file.
    classes : mapping of str to Tree or Federation
    obligations : tuple of QuorumObligation
    labels : mapping of node to mapping of str to str, optional
        ``{"n1": {"zone": "a", "organisation": "x"}}``; a node may lack a label.
    absent : frozenset of str, optional
        Names that occur in trees and are known not to take part, such as a ZooKeeper observer or a server that does not
        exist: nothing that needs them is ever satisfied by them. A name that occurs in a tree and is neither here nor
        in ``nodes`` is *unknown*, and the user is asked how to read it.
    needed : tuple of str, optional
        The classes that the system needs: it stops when one has no quorum left. If empty, all of them.
    services : mapping of str to Tree or Federation, optional
        What has to be up for each service to continue, if that is not a quorum of each class that is needed: after a
        failover of PostgreSQL, for example, a standby replaces the primary.
    latency : mapping of node to seconds, optional
    capacity : mapping of node to operations per second, optional
    failure : mapping of node to the probability that it is down, optional

    Raises
    ------
    UsageError
        If a node occurs twice or is also absent, or an obligation names a class that is not there.
    """

    name: str
    nodes: tuple[str, ...]
    classes: Mapping[str, QuorumClass]
    obligations: tuple[QuorumObligation, ...] = ()
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    needed: tuple[str, ...] = ()
    services: Mapping[str, QuorumClass] = field(default_factory=dict)
    latency: Mapping[str, float] = field(default_factory=dict)
    capacity: Mapping[str, float] = field(default_factory=dict)
    failure: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = set(self.nodes)
        if len(known) != len(self.nodes):
            twice = sorted({node for node in self.nodes if self.nodes.count(node) > 1})
            raise UsageError(f"the nodes {', '.join(twice)} occur more than once")
        if both := known & self.absent:
            raise UsageError(f"{', '.join(sorted(both))}: a node of the system cannot be absent at the same time")
        for name in [name for obligation in self.obligations for name in obligation.classes] + list(self.needed):
            if name not in self.classes:
                raise UsageError(f"no class {name!r} in this system, only {', '.join(self.classes)}")

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names that occur in trees and are neither nodes nor known to be absent."""
        known = set(self.nodes) | self.absent
        kinds = (*self.classes.values(), *self.services.values())
        seen = (name for kind in kinds for name in class_names(kind))
        return tuple(dict.fromkeys(name for name in seen if name not in known))

    @property
    def live_classes(self) -> tuple[str, ...]:
        """The names of the classes that must have a quorum for the system to make progress."""
        return self.needed or tuple(self.classes)

    @property
    def live(self) -> Mapping[str, QuorumClass]:
        """What must have a quorum among the nodes that are up: the services or, without any, the needed classes."""
        return self.services or {name: self.classes[name] for name in self.live_classes}

    def demands_as_much_as(self, other: QuorumSystem) -> bool:
        """Tell whether the obligations of both systems demand the same."""
        mine, theirs = ({obligation.demand for obligation in one.obligations} for one in (self, other))
        return mine == theirs

    def groups(self, label: str) -> dict[str, tuple[str, ...]]:
        """Return the nodes with each value of a label; nodes without it are left out."""
        found: dict[str, list[str]] = {}
        for node in self.nodes:
            if (value := self.labels.get(node, {}).get(label)) is not None:
                found.setdefault(value, []).append(node)
        return {value: tuple(members) for value, members in found.items()}


def class_names(kind: QuorumClass) -> tuple[str, ...]:
    """Return the names that occur in a class, each once."""
    if not isinstance(kind, Federation):
        return names(kind)
    seen = dict.fromkeys(kind.trees)
    for tree in dict.fromkeys(kind.trees.values()):
        seen.update(dict.fromkeys(names(tree)))
    return tuple(seen)


def is_quorum(kind: QuorumClass, nodes: Set[str]) -> bool:
    """Tell whether the set is a quorum, by direct evaluation, which every witness must pass.

    For a tree, supersets of quorums are quorums; in a federation, the tree of every member must be satisfied.
    """
    if not isinstance(kind, Federation):
        return satisfied(kind, nodes)
    trees = {kind.trees[node] for node in nodes if node in kind.trees}
    return bool(nodes) and nodes <= kind.trees.keys() and all(satisfied(tree, nodes) for tree in trees)
