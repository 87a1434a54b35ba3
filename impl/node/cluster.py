"""Clusters: which nodes there are, over which network, with which faults, and what is claimed of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

from assay.impl.node.errors import ClusterError
from assay.impl.node.node import Address, Node
from assay.impl.node.releases import Rolling

__all__ = [
    "Caught",
    "Cluster",
    "Envelope",
    "Faults",
    "Invocation",
    "Network",
    "Predicate",
    "Record",
    "Response",
    "World",
    "later",
    "mutated",
    "record",
]

M = TypeVar("M")
T = TypeVar("T")


@dataclass(frozen=True)
class Envelope(Generic[M]):
    """A message on its way.

    Attributes
    ----------
    source, destination : Address
        Who sent it, and to whom.
    message : object
        What was sent.
    """

    source: Address
    destination: Address
    message: M


@dataclass(frozen=True)
class Invocation:
    """A client has begun an operation."""

    client: Address
    operation: Any


@dataclass(frozen=True)
class Response:
    """The operation that a client has begun last is done."""

    client: Address
    result: Any


@dataclass(frozen=True)
class World:
    """What can be observed of a cluster at one moment: what invariants judge and `Cluster.abstract` reads.

    Attributes
    ----------
    nodes : mapping of Address to Node
        The nodes with their attributes; one that is down has its durable ones, and the others as they were given.
    down : frozenset of Address
        Those that have crashed and not restarted.
    network : tuple of Envelope
        What may be delivered, an envelope as often as it may be; on a FIFO network in the order of each channel.
    sent : tuple of Envelope
        All that was ever sent, whatever became of it, each once; that it was sent early is not told by its place. On a
        network other than a set it is there if `Cluster.ghosts`.
    history : tuple of Invocation and Response
        What clients saw, in order, if `Cluster.history`.
    timers : frozenset of (Address, Timer)
        The timers that are set.
    others : tuple of World
        The same in the words of the other releases, in their order, while several run side by side.
    """

    nodes: Mapping[Address, Any]
    down: frozenset[Address] = frozenset()
    network: tuple[Envelope[Any], ...] = ()
    sent: tuple[Envelope[Any], ...] = ()
    history: tuple[Invocation | Response, ...] = ()
    timers: frozenset[tuple[Address, Any]] = frozenset()
    others: tuple[World, ...] = ()

    def of(self, cls: type[M]) -> dict[Address, M]:
        """Return the nodes of a class, by address."""
        return {address: node for address, node in self.nodes.items() if isinstance(node, cls)}

    def messages(self, cls: type[M]) -> Iterator[Envelope[M]]:
        """Iterate over what was ever sent of a class of messages."""
        return (envelope for envelope in self.sent if isinstance(envelope.message, cls))


class _Late:
    """An attribute that is computed when it is first read, if it was set to a `_Later`.

    Most predicates look at the nodes, and ten thousand messages on their way are not copied for these.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, world: World | None, cls: type[World] | None = None) -> Any:
        if world is None:
            return self
        held = object.__getattribute__(world, "__dict__")  # past whoever notes what is looked at
        if isinstance(held[self.name], _Later):
            held[self.name] = held[self.name].compute()
        return held[self.name]

    def __set__(self, world: World, value: Any) -> None:
        object.__getattribute__(world, "__dict__")[self.name] = value


@dataclass(frozen=True)
class _Later:
    compute: Callable[[], Any]


for _name in ("network", "sent", "history"):
    setattr(World, _name, _Late(_name))


def later(compute: Callable[[], T]) -> T:
    """Return what stands for `World.network`, `World.sent` or `World.history` until somebody looks at it."""
    standing: Any = _Later(compute)
    return standing  # type: ignore[no-any-return]


Predicate = Callable[[World], bool]


@dataclass(frozen=True)
class Network:
    """How messages travel.

    Attributes
    ----------
    kind : {"set", "bag", "fifo"}
        A set: an envelope may be delivered any number of times, late, in any order, or never. A bag: each envelope is
        delivered once, in any order. FIFO: each is delivered once, in the order in which its sender sent it to its
        receiver.
    loss : int or None
        How many envelopes may be lost for good; None for any number. A set loses without that, since an envelope need
        not be delivered: only who asks what is still on its way can tell.
    duplication : int
        How many times an envelope may be doubled, on a bag or FIFO network.
    remembers_last : bool
        Whether the envelope that was delivered last is a part of the state. It changes no verdict, only how states
        are counted: some other checkers count so.
    """

    kind: Literal["set", "bag", "fifo"] = "set"
    loss: int | None = 0
    duplication: int = 0
    remembers_last: bool = False


@dataclass(frozen=True)
class Faults:
    """What may go wrong, how often in one run. None stands for any number of times.

    Attributes
    ----------
    crashes : int or None
        How many crashes there may be in all.
    crashing : collection of Address, optional
        The nodes that may crash; by default all.
    restarts : int or None
        How many times crashed nodes come back.
    timeouts : int, None, or mapping of timer names to these
        How many timers fire, in all or of each name. A name that is not mentioned fires any number of times.
    partitions : int or None
        How many times the network is cut.
    sides : sequence of collections of Address
        The cuts there may be, each given by the nodes on one side. While a cut lasts, nothing passes it, and what is
        sent over it is lost.
    """

    crashes: int | None = 0
    crashing: frozenset[Address] | None = None
    restarts: int | None = None
    timeouts: int | Mapping[str, int | None] | None = None
    partitions: int | None = 0
    sides: tuple[frozenset[Address], ...] = ()


@dataclass(frozen=True)
class Record:
    """A record of the model, written down by its name: what `Cluster.abstract` returns for it."""

    name: str
    fields: Mapping[str, Any]

    def __hash__(self) -> int:
        return hash((self.name, frozenset(self.fields.items())))


def record(name: str, /, **fields: Any) -> Record:
    """Return a record of the model: ``record("Promise", acceptor=source, ballot=m.ballot, accepted=m.accepted)``."""
    return Record(name, MappingProxyType(fields))


@dataclass(frozen=True)
class Caught:
    """What must catch a mutant.

    Attributes
    ----------
    by : tuple of str
        The checks that find it, each by itself: ``"refinement"``, ``"linearizability"``, or the name of an invariant.
    settings : mapping of str to int
        The sizes of the cluster at which they do, over its own.
    """

    by: tuple[str, ...]
    settings: Mapping[str, int]

    def __init__(self, *by: str, **settings: int) -> None:
        object.__setattr__(self, "by", by)
        object.__setattr__(self, "settings", MappingProxyType(settings))


@dataclass(frozen=True)
class Cluster:
    """Nodes, a network, faults, and what is claimed.

    Attributes
    ----------
    nodes : mapping of Address to Node
        Each node as it is before its first start.
    network : Network
    faults : Faults
    invariants : tuple of predicates
        What is true of every reachable world.
    reachable : tuple of predicates
        What is true of some reachable world: that something happens at all.
    constraint : predicate, optional
        Worlds of which it is not true are neither counted nor expanded.
    refines : str, optional
        The model that the nodes implement, as `assay check` would be given it.
    instance : mapping of str to int or str
        The sizes and parameters of that model, as for ``--set``.
    elements : mapping of str to sequence
        For each sort of the model, what stands for its elements in the nodes, in their order.
    abstract : function of World, optional
        The values of the model's variables in a world. A value is written as the nodes have it: an element by what
        stands for it, a record as a dataclass of the same name and fields or by `record`, an enumeration by the name of
        its member.
    steps : int
        How many steps of the model one step of the cluster may take.
    sequential : object, optional
        What clients must see as if operations happened one at a time: a model of the tester of linearizability.
    consistency : {"linearizable", "sequential"}
        In which sense.
    history : bool
        Whether what clients saw is a part of the world; it is, if `sequential` is given.
    ghosts : bool
        Whether all that was ever sent is, on a network other than a set, where it is anyway.
    strict : bool
        Whether a message that its receiver does not handle is an error, and not a warning.
    symmetric : tuple of tuples of Address
        Nodes that may be interchanged, each group with its own.
    rolling : Rolling, optional
        Other releases of the nodes that run beside these, and what is replaced by what during a run.
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
    symmetric: tuple[tuple[Address, ...], ...] = ()
    rolling: Rolling | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "history", self.history or self.sequential is not None)
        if not self.nodes:
            raise ClusterError("a cluster has at least one node")
        self._demand_addresses("Faults.crashing", self.faults.crashing or ())
        for side in self.faults.sides:
            self._demand_addresses("Faults.sides", side)
        for group in self.symmetric:
            self._demand_addresses("Cluster.symmetric", group)
        self._demand_budgets()

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
    """Return a cluster with a mutant in place of each node of the class that it derives from.

    Raises
    ------
    ClusterError
        If there is no such node.
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
