"""Clusters: nodes, their network, the faults to expect, and the claims to check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from assay.impl.node.errors import ClusterError
from assay.impl.node.node import Address, Node
from assay.impl.node.releases import Rolling
from assay.impl.node.world import Predicate, World

__all__ = [
    "Caught",
    "Cluster",
    "Faults",
    "Network",
    "Record",
    "mutated",
    "record",
]


@dataclass(frozen=True)
class Network:
    """How messages travel.

    Attributes
    ----------
    kind : {"set", "bag", "fifo"}
        Set: an envelope may be delivered any number of times, in any order, arbitrarily late, or never. Bag: each
        envelope is delivered once, in any order. FIFO: each is delivered once, and those from one sender to one
        receiver in the order of sending.
    loss : int or None
        The number of envelopes that may be lost; None for any number. A set needs no losses, since an envelope need not
        be delivered: the only difference is in `World.network`. On a FIFO network whose senders crash, a real process
        that ends may also lose what it sent in earlier steps; explore that with losses.
    duplication : int
        The number of times that an envelope may be duplicated, on a bag or FIFO network.
    remembers_last : bool
        Whether the last delivered envelope is part of the state. This changes no verdict, only the number of states:
        some other checkers count like this.
    """

    kind: Literal["set", "bag", "fifo"] = "set"
    loss: int | None = 0
    duplication: int = 0
    remembers_last: bool = False


@dataclass(frozen=True)
class Faults:
    """The budgets of faults in one run; None stands for any number.

    Attributes
    ----------
    crashes : int or None
        The number of crashes in total.
    crashing : collection of Address, optional
        The nodes that may crash; by default all.
    restarts : int or None
        The number of times that crashed nodes restart.
    timeouts : int, None, or mapping of timer names to these
        The number of timers that fire, in total or for each name. Names not in the mapping have no limit.
    partitions : int or None
        The number of times that the network is partitioned.
    sides : sequence of collections of Address
        The possible partitions, each given by the nodes on one side. While a partition lasts, messages across it are
        lost.
    """

    crashes: int | None = 0
    crashing: frozenset[Address] | None = None
    restarts: int | None = None
    timeouts: int | Mapping[str, int | None] | None = None
    partitions: int | None = 0
    sides: tuple[frozenset[Address], ...] = ()


@dataclass(frozen=True)
class Record:
    """A record of the model, referred to by name, in the result of `Cluster.abstract`."""

    name: str
    fields: Mapping[str, Any]

    def __hash__(self) -> int:
        return hash((self.name, frozenset(self.fields.items())))


def record(name: str, /, **fields: Any) -> Record:
    """Return a record of the model: ``record("Promise", acceptor=source, ballot=m.ballot, accepted=m.accepted)``."""
    return Record(name, MappingProxyType(fields))


@dataclass(frozen=True)
class Caught:
    """The checks that must catch a mutant.

    Attributes
    ----------
    by : tuple of str
        The checks, each of which must catch it on its own: ``"refinement"``, ``"linearizability"``, or the name of an
        invariant.
    settings : mapping of str to int
        The parameters of ``cluster`` at which they do; the others have their defaults.
    """

    by: tuple[str, ...]
    settings: Mapping[str, int]

    def __init__(self, *by: str, **settings: int) -> None:
        object.__setattr__(self, "by", by)
        object.__setattr__(self, "settings", MappingProxyType(settings))


@dataclass(frozen=True)
class Cluster:
    """Nodes, their network, its faults, and the claims to check.

    Attributes
    ----------
    nodes : mapping of Address to Node
        The nodes in their state before the first start.
    network : Network
        How messages travel.
    faults : Faults
        The budgets of faults.
    invariants : tuple of predicates
        Predicates that are true of every reachable world.
    reachable : tuple of predicates
        Predicates that are true of some reachable world, to show that something happens at all.
    constraint : predicate, optional
        Worlds that do not satisfy it are neither counted nor expanded.
    refines : str, optional
        The model that the nodes implement, as an argument of ``assay check``.
    instance : mapping of str to int or str
        The sizes and parameters of that model, as for ``--set``.
    elements : mapping of str to sequence
        For each sort of the model, the values that represent its elements in the nodes, in order.
    abstract : function of World, optional
        Returns the values of the model's variables in a world, in terms of the nodes: an element as the value in
        `elements`, a record as a dataclass of the same name and fields or a `record`, an enumeration as the name of its
        member.
    steps : int
        The number of steps of the model that one step of the cluster may take.
    sequential : object, optional
        The sequential specification of the object that clients use (``assay help histories``).
    consistency : {"linearizable", "sequential"}
        The condition that the history of clients must satisfy for it.
    history : bool
        Whether the history of clients is part of the world; always so with `sequential`.
    ghosts : bool
        Whether every message ever sent is part of the world; always so on a set.
    strict : bool
        Whether a message that its receiver does not handle is an error rather than a warning.
    rolling : Rolling, optional
        Other releases of the nodes that run side by side with these, and which may replace which during a run.
    """

    nodes: Mapping[Address, Node]
    network: Network = Network()
    faults: Faults = Faults()
    invariants: tuple[Predicate, ...] = ()
    reachable: tuple[Predicate, ...] = ()
    constraint: Predicate | None = None
    refines: str | None = None
    instance: Mapping[str, int | str] = field(default_factory=dict)
    elements: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    abstract: Callable[[World], Mapping[str, Any]] | None = None
    steps: int = 1
    sequential: Any = None
    consistency: Literal["linearizable", "sequential"] = "linearizable"
    history: bool = False
    ghosts: bool = False
    strict: bool = False
    rolling: Rolling | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "history", self.history or self.sequential is not None)
        for name in ("invariants", "reachable"):
            object.__setattr__(self, name, self._predicates(name))
        if not self.nodes:
            raise ClusterError("a cluster has at least one node")
        self._demand_addresses("Faults.crashing", self.faults.crashing or ())
        for side in self.faults.sides:
            self._demand_addresses("Faults.sides", side)
        self._demand_budgets()

    def _predicates(self, name: str) -> tuple[Predicate, ...]:
        """Return predicates as a tuple: a generator would be empty when it is looked at for the second time."""
        given: Any = getattr(self, name)
        found = tuple(given) if isinstance(given, Iterable) else (None,)
        if not all(map(callable, found)):
            raise ClusterError(f"Cluster.{name} holds functions of a World, this is {given!r}", help="(one, another)")
        return found

    def _demand_addresses(self, where: str, addresses: Iterable[Address]) -> None:
        for address in addresses:
            if address not in self.nodes:
                raise ClusterError(f"{where}: there is no node {address!r}", help=f"there are {', '.join(self.nodes)}")

    def _demand_budgets(self) -> None:
        faults, network = self.faults, self.network
        timeouts = faults.timeouts if isinstance(faults.timeouts, Mapping) else {"timeouts": faults.timeouts}
        budgets = {"crashes": faults.crashes, "restarts": faults.restarts, "partitions": faults.partitions}
        budgets |= {"loss": network.loss, "duplication": network.duplication, **timeouts}
        for name, budget in budgets.items():
            if budget is not None and budget < 0:
                raise ClusterError(f"{name}={budget}: a budget is a number from 0, or None for any number of times")
        if faults.partitions != 0 and not faults.sides:
            raise ClusterError(
                "there may be partitions, and no cut is given", help="name one side of each: Faults.sides"
            )
        if network.kind not in ("set", "bag", "fifo"):
            raise ClusterError(f"there is no network {network.kind!r}", help="it is a set, a bag, or fifo")
        if network.kind == "set" and network.duplication:
            raise ClusterError("on a set every envelope may be delivered again: leave out duplication")


def mutated(cluster: Cluster, mutant: type[Node]) -> Cluster:
    """Return a cluster in which a mutant replaces each node of its base class.

    Raises
    ------
    ClusterError
        If the cluster has no node of exactly that class.
    """
    original = mutant.__bases__[0]
    nodes = {address: _replaced(node, original, mutant) for address, node in cluster.nodes.items()}
    if all(nodes[address] is node for address, node in cluster.nodes.items()):
        raise ClusterError(f"no node of the cluster is a {original.__name__}, of which {mutant.__name__} is a mutant")
    return replace(cluster, nodes=nodes)


def _replaced(node: Node, original: type[Node], mutant: type[Node]) -> Node:
    if type(node) is not original:
        return node
    return mutant(**node.attributes())
