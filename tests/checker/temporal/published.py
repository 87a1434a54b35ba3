"""Specifications of the TLA+ Examples collection and of its neighbours whose liveness verdicts are published."""

from __future__ import annotations

from typing import Annotated

from assay.checker.language import (
    Enum,
    Formula,
    Map,
    Model,
    Order,
    Range,
    Seq,
    Set,
    Sort,
    action,
    always,
    always_eventually,
    anything,
    eventually,
    everywhere,
    happens,
    implies,
    initial,
    leads_to,
    record,
    require,
    strong,
    temporal,
    weak,
)


class Client(Sort):
    """Who wants resources."""


class Resource(Sort):
    """What only one may have."""


class SimpleAllocator(Model):
    """Merz's allocator: whatever is available may be given to whoever wants it, a part of a request too.

    As published all three properties hold: resources are returned even before the whole request was satisfied.
    """

    default = {"Client": 2, "Resource": 2}
    fairness = (weak("return_all", each="c"), strong("allocate", each="c"))

    unsat: Map[Client, Set[Resource]]
    alloc: Map[Client, Set[Resource]]

    def is_available(self, r: Resource) -> bool:
        return all(r not in self.alloc[c] for c in Client)

    @action
    def request(self, c: Client, some: Set[Resource]) -> None:
        require(not self.unsat[c], not self.alloc[c], len(some) > 0)
        self.unsat[c] = set(some)

    @action
    def allocate(self, c: Client, some: Set[Resource]) -> None:
        require(len(some) > 0, all(r in self.unsat[c] and self.is_available(r) for r in some))
        self.alloc[c] = self.alloc[c] | some
        self.unsat[c] = self.unsat[c] - some

    @action
    def return_some(self, c: Client, some: Set[Resource]) -> None:
        require(len(some) > 0, all(r in self.alloc[c] for r in some))
        self.alloc[c] = self.alloc[c] - some

    @action
    def return_all(self, c: Client) -> None:
        require(len(self.alloc[c]) > 0)
        self.alloc[c] = set()

    @temporal
    def clients_will_return(self, c: Client) -> Formula:
        return leads_to(not self.unsat[c], not self.alloc[c])

    @temporal
    def clients_will_obtain(self, c: Client, r: Resource) -> Formula:
        return leads_to(r in self.unsat[c], r in self.alloc[c])

    @always_eventually
    def is_satisfied(self, c: Client) -> bool:
        return not self.unsat[c]


class SimpleAllocator2(SimpleAllocator):
    """The weaker fairness: clients return what they have only once all of their request is satisfied."""

    fairness = (weak("return_when_satisfied", each="c"), strong("allocate", each="c"))

    @action
    def return_when_satisfied(self, c: Client) -> None:
        require(len(self.alloc[c]) > 0, not self.unsat[c])
        self.alloc[c] = set()


class Proc(Sort):
    """A process that wants to enter its critical section."""


class Pc(Enum):
    """Where a process is in Dijkstra's program."""

    LI0, LI1, LI2, LI3A, LI3B, LI3C, LI3D, LI4A, LI4B, CS, LI5, LI6, NCS = range(13)


class DijkstraMutex(Model):
    """The first mutual exclusion algorithm: free of deadlock, not of starvation."""

    default = {"Proc": 2}
    fairness = (weak(each="p"),)

    b: Map[Proc, bool] = everywhere(True)
    c: Map[Proc, bool] = everywhere(True)
    k: Proc = anything()
    pc: Map[Proc, Pc] = everywhere(Pc.LI0)
    seen: Map[Proc, Proc | None] = everywhere(None)
    rest: Map[Proc, Set[Proc]]

    @action
    def li0(self, p: Proc) -> None:
        require(self.pc[p] is Pc.LI0)
        self.b[p] = False
        self.pc[p] = Pc.LI1

    @action
    def li1(self, p: Proc) -> None:
        require(self.pc[p] is Pc.LI1)
        self.pc[p] = Pc.LI4A if self.k == p else Pc.LI2

    @action
    def li2(self, p: Proc) -> None:
        require(self.pc[p] is Pc.LI2)
        self.c[p] = True
        self.pc[p] = Pc.LI3A

    @action
    def li3a(self, p: Proc) -> None:
        require(self.pc[p] is Pc.LI3A)
        self.seen[p] = self.k
        self.pc[p] = Pc.LI3B

    @action
    def li3b(self, p: Proc) -> None:
        require(self.pc[p] is Pc.LI3B)
        self.pc[p] = Pc.LI3C if any(self.seen[p] == q and self.b[q] for q in Proc) else Pc.LI3D

    @action
    def li3c(self, p: Proc) -> None:
        require(self.pc[p] is Pc.LI3C)
        self.k = p
        self.pc[p] = Pc.LI3D

    @action
    def li3d(self, p: Proc) -> None:
        require(self.pc[p] is Pc.LI3D)
        self.pc[p] = Pc.LI1

    @action
    def li4a(self, p: Proc) -> None:
        require(self.pc[p] is Pc.LI4A)
        self.c[p] = False
        self.rest[p] = {q for q in Proc if q != p}
        self.pc[p] = Pc.LI4B

    @action
    def li4b(self, p: Proc, j: Proc) -> None:
        require(self.pc[p] is Pc.LI4B, j in self.rest[p])
        self.rest[p].discard(j)
        if not self.c[j]:
            self.pc[p] = Pc.LI1

    @action
    def enter(self, p: Proc) -> None:
        require(self.pc[p] is Pc.LI4B, not self.rest[p])
        self.pc[p] = Pc.CS

    @action
    def go_on(self, p: Proc) -> None:
        """Leave the critical section, or begin anew."""
        require(self.pc[p] in (Pc.CS, Pc.NCS))
        self.pc[p] = Pc.LI5 if self.pc[p] is Pc.CS else Pc.LI0

    @action
    def li5(self, p: Proc) -> None:
        require(self.pc[p] is Pc.LI5)
        self.c[p] = True
        self.pc[p] = Pc.LI6

    @action
    def li6(self, p: Proc) -> None:
        require(self.pc[p] is Pc.LI6)
        self.b[p] = True
        self.pc[p] = Pc.NCS

    @temporal
    def deadlock_free(self, p: Proc) -> Formula:
        return leads_to(self.pc[p] is Pc.LI0, any(self.pc[q] is Pc.CS for q in Proc))

    @temporal
    def starvation_free(self, p: Proc) -> Formula:
        return leads_to(self.pc[p] is Pc.LI0, self.pc[p] is Pc.CS)


class Node(Order):
    """A process on a ring, with its identity: the messages go down, and from the first to the last."""


class State(Enum):
    """What a process knows of itself."""

    CAND, LOST, WON = range(3)


def is_next(node: Node, other: Node) -> bool:
    """Whether ``other`` gets the messages of a node."""
    return (
        all(n <= other for n in Node)
        if all(node <= n for n in Node)
        else other < node and all(n <= other or node <= n for n in Node)
    )


class ChangRoberts(Model):
    """Leader election on a ring by extinction of messages: a candidate wins in the end, if there is any."""

    default = {"Node": 3}
    fairness = (weak(each="node"),)

    msgs: Map[Node, Set[Node]]
    initiator: Map[Node, bool] = anything()
    state: Map[Node, State] = everywhere(State.LOST)
    started: Set[Node]

    @initial
    def begin(self) -> None:
        self.state = {n: State.CAND if self.initiator[n] else State.LOST for n in Node}

    @action
    def start(self, node: Node, other: Node) -> None:
        require(node not in self.started, is_next(node, other))
        self.started.add(node)
        if self.initiator[node]:
            self.msgs[other].add(node)

    @action
    def receive(self, node: Node, id: Node, other: Node) -> None:
        require(node in self.started, id in self.msgs[node], is_next(node, other))
        self.msgs[node].discard(id)
        if self.state[node] is State.LOST:
            self.msgs[other].add(id)
        elif id < node:
            self.state[node] = State.LOST
            self.msgs[other].add(id)
        elif id == node:
            self.state[node] = State.WON

    @temporal
    def liveness(self) -> Formula:
        return implies(
            any(self.state[n] is State.CAND for n in Node), eventually(any(self.state[n] is State.WON for n in Node))
        )


class EWD840(Model):
    """Dijkstra, Feijen and van Gasteren's termination detection: a probe goes round a ring.

    The first node is the one that begins; ``next`` is downwards.
    """

    default = {"Node": 3}
    fairness = (weak("initiate_probe", "pass_token"),)

    active: Map[Node, bool] = anything()
    black: Map[Node, bool] = anything()
    token: Node = anything()
    token_is_black: bool = True

    def is_first(self, i: Node) -> bool:
        return all(i <= j for j in Node)

    @action
    def initiate_probe(self, zero: Node, last: Node) -> None:
        require(self.is_first(zero), is_next(zero, last), self.token == zero)
        require(self.token_is_black or self.black[zero])
        self.token = last
        self.token_is_black = False
        self.black[zero] = False

    @action
    def pass_token(self, i: Node, other: Node) -> None:
        require(not self.is_first(i), self.token == i, is_next(i, other))
        require(not self.active[i] or self.black[i] or self.token_is_black)
        self.token = other
        self.token_is_black = self.token_is_black or self.black[i]
        self.black[i] = False

    @action
    def send(self, i: Node, j: Node) -> None:
        require(self.active[i], i != j)
        self.active[j] = True
        self.black[i] = self.black[i] or i < j

    @action
    def deactivate(self, i: Node) -> None:
        require(self.active[i])
        self.active[i] = False

    def is_detected(self) -> bool:
        return not self.token_is_black and any(
            self.is_first(i) and self.token == i and not self.black[i] and not self.active[i] for i in Node
        )

    @temporal
    def liveness(self) -> Formula:
        return leads_to(all(not self.active[i] for i in Node), self.is_detected())

    @temporal
    def all_nodes_terminate_if_no_messages(self) -> Formula:
        return implies(eventually(always(~happens(self.send))), eventually(all(not self.active[i] for i in Node)))

    @temporal
    def false_liveness(self) -> Formula:
        """With two nodes, whose being passive again and again is written out."""
        return leads_to(
            always_eventually(any(self.is_first(i) and not self.active[i] for i in Node))
            & always_eventually(any(not self.is_first(i) and not self.active[i] for i in Node)),
            self.is_detected(),
        )


class EWD840FairInAll(EWD840):
    """Under WF(Next), where nodes that send nothing any more become passive in the end."""

    fairness = (weak(),)


class Producer(Sort):
    """Who puts into the buffer."""


class Consumer(Sort):
    """Who takes out of it."""


class BlockingQueue(Model):
    """A bounded buffer with a set of waiting producers and one of consumers: no deadlock, but threads may starve."""

    default = {"Producer": 2, "Consumer": 1}
    fairness = (
        weak("put", "wait_to_put", each="p"),
        weak("get", "wait_to_get", each="c"),
    )
    filled: Annotated[int, Range(0, 1)] = 0
    producers: Set[Producer]
    consumers: Set[Consumer]

    @action
    def put(self, p: Producer, woken: Consumer | None) -> None:
        require(p not in self.producers, self.filled < 1)
        require(not self.consumers if woken is None else woken in self.consumers)
        self.filled += 1
        self.consumers = {c for c in self.consumers if c != woken}

    @action
    def wait_to_put(self, p: Producer) -> None:
        require(p not in self.producers, self.filled == 1)
        self.producers.add(p)

    @action
    def get(self, c: Consumer, woken: Producer | None) -> None:
        require(c not in self.consumers, self.filled > 0)
        require(not self.producers if woken is None else woken in self.producers)
        self.filled -= 1
        self.producers = {p for p in self.producers if p != woken}

    @action
    def wait_to_get(self, c: Consumer) -> None:
        require(c not in self.consumers, self.filled == 0)
        self.consumers.add(c)

    @temporal
    def producer_does_not_starve(self, p: Producer) -> Formula:
        return always_eventually(happens(self.put, p))

    @temporal
    def consumer_does_not_starve(self, c: Consumer) -> Formula:
        return always_eventually(happens(self.get, c))


class BlockingQueueFair(Model):
    """The same with queues in place of the sets: the one that has waited longest is woken, and nobody starves."""

    default = {"Producer": 2, "Consumer": 1}
    fairness = BlockingQueue.fairness

    filled: Annotated[int, Range(0, 1)] = 0
    producers: Seq[Producer, 2]
    consumers: Seq[Consumer, 1]

    @action
    def put(self, p: Producer) -> None:
        require(p not in self.producers, self.filled < 1)
        self.filled += 1
        if len(self.consumers) > 0:
            self.consumers.pop(0)

    @action
    def wait_to_put(self, p: Producer) -> None:
        require(p not in self.producers, self.filled == 1)
        self.producers.append(p)

    @action
    def get(self, c: Consumer) -> None:
        require(c not in self.consumers, self.filled > 0)
        self.filled -= 1
        if len(self.producers) > 0:
            self.producers.pop(0)

    @action
    def wait_to_get(self, c: Consumer) -> None:
        require(c not in self.consumers, self.filled == 0)
        self.consumers.append(c)

    @temporal
    def producer_does_not_starve(self, p: Producer) -> Formula:
        return always_eventually(happens(self.put, p))

    @temporal
    def consumer_does_not_starve(self, c: Consumer) -> Formula:
        return always_eventually(happens(self.get, c))


class Actor(Sort):
    """Who reads and writes."""


@record
class Wish:
    """A place in the queue."""

    actor: Actor
    writes: bool


class ReadersWriters(Model):
    """Readers and writers served in the order in which they asked."""

    default = {"Actor": 2}
    fairness = (
        weak("try_to_read", each="a"),
        weak("try_to_write", each="a"),
        weak("serve"),
        weak("stop"),
    )

    readers: Set[Actor]
    writers: Set[Actor]
    waiting: Seq[Wish, 4]

    @action
    def try_to_read(self, a: Actor) -> None:
        require(Wish(a, False) not in self.waiting)
        self.waiting.append(Wish(a, False))

    @action
    def try_to_write(self, a: Actor) -> None:
        require(Wish(a, True) not in self.waiting)
        self.waiting.append(Wish(a, True))

    @action
    def serve(self, wish: Wish) -> None:
        require(not self.writers, len(self.waiting) > 0)
        require(self.waiting[0] == wish, not wish.writes or not self.readers)
        self.waiting.pop(0)
        if wish.writes:
            self.writers.add(wish.actor)
        else:
            self.readers.add(wish.actor)

    @action
    def stop(self, a: Actor) -> None:
        require(a in self.readers or a in self.writers)
        if a in self.readers:
            self.readers.discard(a)
        else:
            self.writers.discard(a)

    @always_eventually
    def reads(self, a: Actor) -> bool:
        return a in self.readers

    @always_eventually
    def writes(self, a: Actor) -> bool:
        return a in self.writers

    @always_eventually
    def reads_not(self, a: Actor) -> bool:
        return a not in self.readers

    @always_eventually
    def writes_not(self, a: Actor) -> bool:
        return a not in self.writers
