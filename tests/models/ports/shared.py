"""Specifications of the TLA+ Examples collection on resources that are shared, and on an atomic commitment."""

from __future__ import annotations

from typing import Annotated

from assay.checker.language import (
    AtMost,
    Enum,
    Formula,
    Map,
    Model,
    Order,
    Parameter,
    Range,
    Set,
    Sort,
    action,
    always,
    always_eventually,
    anything,
    constraint,
    everywhere,
    implies,
    initial,
    invariant,
    leads_to,
    record,
    require,
    some,
    temporal,
    weak,
)


class Process(Order):
    """A process; the order decides between requests of the same time."""


@record
class Request:
    """To enter, with the sender's clock."""

    clock: Annotated[int, Range(1, "most + 2")]


@record
class Ack:
    """To a request."""


@record
class Release:
    """The sender has left."""


class LamportMutex(Model):
    """Lamport's mutual exclusion by time stamps (CACM 1978), over channels that keep the order of messages."""

    default = {"Process": 2, "most": 3}
    deep = {"Process": 3, "most": 6}
    check_deadlock = False
    most: Parameter[int] = 3

    clock: Map[Process, Annotated[int, Range(1, "most + 2")]] = everywhere(1)
    requests: Map[Process, Map[Process, Annotated[int, Range(0, "most + 2")]]] = everywhere(everywhere(0))
    acks: Map[Process, Set[Process]]
    network: Map[Process, Map[Process, Annotated[list[Request | Ack | Release], AtMost(3)]]]
    inside: Set[Process]

    def precedes(self, p: Process, q: Process) -> bool:
        mine, other = self.requests[p][p], self.requests[p][q]
        return other == 0 or mine < other or (mine == other and p < q)

    def broadcast(self, p: Process, message: Request | Release) -> None:
        for q in Process:
            if q != p:
                self.network[p][q].append(message)

    @action
    def request(self, p: Process) -> None:
        require(self.requests[p][p] == 0)
        self.requests[p][p] = self.clock[p]
        self.broadcast(p, Request(self.clock[p]))
        self.acks[p] = {p}

    @action
    def enter(self, p: Process) -> None:
        require(self.acks[p] == set(Process), all(self.precedes(p, q) for q in Process if q != p))
        self.inside.add(p)

    @action
    def leave(self, p: Process) -> None:
        require(p in self.inside)
        self.inside.discard(p)
        self.broadcast(p, Release())
        self.requests[p][p] = 0
        self.acks[p] = set()

    @action
    def receive(self, p: Process, q: Process) -> None:
        require(p != q, self.network[q][p])
        message = self.network[q][p].pop(0)
        match message:
            case Request(clock):
                self.requests[p][q] = clock
                self.clock[p] = max(clock, self.clock[p]) + 1
                self.network[p][q].append(Ack())
            case Ack():
                self.acks[p].add(q)
            case Release():
                self.requests[p][q] = 0

    @constraint
    def early(self, p: Process) -> bool:
        return self.clock[p] <= self.most

    @invariant
    def mutual_exclusion(self, p: Process, q: Process) -> bool:
        return implies(p in self.inside and q in self.inside, p == q)


class Client(Sort):
    """Who asks for resources."""


class Resource(Sort):
    """What only one client may have."""


class SchedulingAllocator(Model):
    """Merz's allocator: who has asked is put on a schedule, in any order, and served without starving others."""

    default = {"Client": 3, "Resource": 2}
    fairness = (weak("give_all_back", each="c"), weak("allocate", each="c"), weak("schedule"))

    unsatisfied: Map[Client, Set[Resource]]
    held: Map[Client, Set[Resource]]
    scheduled: Annotated[list[Client], AtMost("Client")]

    def available(self) -> set[Resource]:
        return {r for r in Resource if all(r not in self.held[c] for c in Client)}

    @action
    def ask(self, c: Client, wanted: Set[Resource]) -> None:
        require(not self.unsatisfied[c], not self.held[c], wanted)
        self.unsatisfied[c] = wanted

    @action
    def allocate(self, c: Client, given: Set[Resource]) -> None:
        """Nobody who is scheduled before has asked for any of it."""
        require(given, given <= self.available() & self.unsatisfied[c], c in self.scheduled)
        place = self.scheduled.index(c)
        require(all(self.unsatisfied[d].isdisjoint(given) for d in self.scheduled[:place]))
        if given == self.unsatisfied[c]:
            self.scheduled.pop(place)
        self.held[c] |= given
        self.unsatisfied[c] -= given

    @action
    def give_back(self, c: Client, some: Set[Resource]) -> None:
        require(some, some <= self.held[c])
        self.held[c] -= some

    @action(fires="maybe")
    def give_all_back(self, c: Client) -> None:
        """What fairness is about: the same step as one of `give_back`."""
        require(not self.unsatisfied[c], self.held[c])
        self.held[c].clear()

    @action
    def schedule(self, order: Annotated[list[Client], AtMost("Client")]) -> None:
        """Who waits is put on the schedule, in any order."""
        waiting = {c for c in Client if self.unsatisfied[c] and c not in self.scheduled}
        require(waiting, len(order) == len(waiting), set(order) == waiting)
        self.scheduled += order

    @invariant
    def one_holder(self, a: Client, b: Client) -> bool:
        return a == b or self.held[a].isdisjoint(self.held[b])

    @invariant
    def scheduled_clients_wait(self) -> bool:
        return all(self.unsatisfied[c] for c in self.scheduled)

    @invariant
    def nobody_holds_what_those_before_want(self) -> bool:
        return all(
            self.held[c].isdisjoint(self.unsatisfied[d])
            for i, c in enumerate(self.scheduled)
            for d in self.scheduled[:i]
        )

    @temporal
    def clients_obtain(self, c: Client, r: Resource) -> Formula:
        return leads_to(r in self.unsatisfied[c], r in self.held[c])

    @temporal
    def clients_are_satisfied_again_and_again(self, c: Client) -> Formula:
        return always_eventually(not self.unsatisfied[c])


class Actor(Sort):
    """Reads and writes."""


class Wish(Enum):
    """What an actor waits for."""

    READ = "read"
    WRITE = "write"


class ReadersWriters(Model):
    """Readers and writers whose wishes are granted in the order of a queue."""

    default = {"Actor": 3}
    fairness = (weak("ask", each=("wish", "a")), weak("grant"), weak("stop"))

    reading: Set[Actor]
    writing: Set[Actor]
    waiting: Annotated[list[tuple[Wish, Actor]], AtMost("2 * Actor")]

    @action
    def ask(self, wish: Wish, a: Actor) -> None:
        require((wish, a) not in self.waiting)
        self.waiting.append((wish, a))

    @action
    def grant(self) -> None:
        require(self.waiting, not self.writing)
        wish, actor = self.waiting.pop(0)
        match wish:
            case Wish.READ:
                self.reading.add(actor)
            case Wish.WRITE:
                require(not self.reading)
                self.writing.add(actor)

    @action
    def stop(self, a: Actor) -> None:
        require(a in self.reading | self.writing)
        if a in self.reading:
            self.reading.discard(a)
        else:
            self.writing.discard(a)

    @invariant
    def no_conflict(self) -> bool:
        return len(self.writing) <= 1 and not (self.reading and self.writing)

    @temporal
    def everybody_reads(self, a: Actor) -> Formula:
        return always_eventually(a in self.reading) & always_eventually(a not in self.reading)

    @temporal
    def everybody_writes(self, a: Actor) -> Formula:
        return always_eventually(a in self.writing) & always_eventually(a not in self.writing)


class Participant(Sort):
    """Votes."""


Count = Annotated[int, Range(0, "Participant")]


class Phase(Enum):
    """How far a participant is."""

    YES, NO, SENT, ABORTED, COMMITTED, CRASHED = range(6)


class NonBlockingCommitment(Model):
    """Atomic commitment with a failure detector (Guerraoui 2001): who suspects a crash, aborts."""

    default = {"Participant": 3}
    check_deadlock = False

    # Votes that may arrive; a participant that crashes may have sent its vote.
    yes: Count = 0
    no: Count = 0
    lost_yes: Count = 0
    lost_no: Count = 0
    received_yes: Map[Participant, Count] = everywhere(0)
    received_no: Map[Participant, Count] = everywhere(0)
    suspects: Map[Participant, bool] = anything()
    phase: Map[Participant, Phase]

    @initial
    def vote(self, yes: Set[Participant]) -> None:
        self.phase = {p: Phase.YES if p in yes else Phase.NO for p in Participant}

    @action
    def crash(self, p: Participant) -> None:
        require(self.phase[p] != Phase.CRASHED)
        if self.phase[p] == Phase.YES:
            self.lost_yes += 1
        elif self.phase[p] == Phase.NO:
            self.lost_no += 1
        self.phase[p] = Phase.CRASHED

    @action
    def send(self, p: Participant) -> None:
        require(not self.suspects[p])
        match self.phase[p]:
            case Phase.YES:
                self.yes += 1
            case Phase.NO:
                self.no += 1
            case _:
                require(False)
        self.phase[p] = Phase.SENT

    @action
    def receive_yes(self, p: Participant) -> None:
        require(self.phase[p] is Phase.SENT, self.received_yes[p] < self.yes + self.lost_yes)
        self.received_yes[p] += 1

    @action
    def receive_no(self, p: Participant) -> None:
        require(self.phase[p] is Phase.SENT, self.received_no[p] < self.no + self.lost_no)
        self.received_no[p] += 1

    @action
    def abort(self, p: Participant) -> None:
        waits, voted = self.phase[p] in {Phase.YES, Phase.NO}, self.phase[p] is Phase.SENT
        require((self.suspects[p] and waits) or (voted and self.received_no[p] > 0))
        self.phase[p] = Phase.ABORTED

    @action
    def commit(self, p: Participant) -> None:
        require(self.phase[p] is Phase.SENT, self.received_no[p] == 0, self.received_yes[p] >= len(Participant))
        self.phase[p] = Phase.COMMITTED

    @invariant
    def agreement(self, p: Participant, q: Participant) -> bool:
        return not (self.phase[p] is Phase.COMMITTED and self.phase[q] is Phase.ABORTED)

    @temporal
    def nobody_commits_against_a_vote(self) -> Formula:
        return always(all(self.phase[p] != Phase.COMMITTED for p in Participant)) | all(
            self.phase[p] != Phase.NO for p in Participant
        )


Slot = Annotated[int, Range(0, "size - 1")]
Number = Annotated[int, Range(0, "most")]


class Reader(Sort):
    """Reads all that is published."""


class Writer(Sort):
    """Publishes numbers."""


class Disruptor(Model):
    """A ring buffer of one producer and several consumers (Disruptor_SPMC), each of which reads everything."""

    default = {"Reader": 3, "Writer": 1, "size": 4, "most": 10}
    smoke = {"Reader": 2, "size": 2, "most": 3}
    check_deadlock = False
    size: Parameter[int] = 4
    most: Parameter[int] = 10

    slots: Map[Slot, Number | None]
    readers: Map[Slot, Set[Reader]]
    writers: Map[Slot, Set[Writer]]
    published: Annotated[int, Range(-1, "most")] = -1
    read: Map[Reader, Annotated[int, Range(-1, "most")]] = everywhere(-1)
    consumed: Map[Reader, Annotated[list[Number], AtMost("most + 1")]]
    is_reading: Map[Reader, bool] = everywhere(False)
    is_writing: Map[Writer, bool] = everywhere(False)

    @action
    def begin_write(self, w: Writer) -> None:
        following = self.published + 1
        index = following % self.size
        require(not self.is_writing[w], min(self.read.values()) >= following - self.size)
        self.is_writing[w] = True
        self.writers[index].add(w)
        self.slots[index] = following

    @action
    def end_write(self, w: Writer) -> None:
        following = self.published + 1
        require(self.is_writing[w])
        self.is_writing[w] = False
        self.writers[following % self.size].discard(w)
        self.published = following

    @action
    def begin_read(self, r: Reader) -> None:
        following = self.read[r] + 1
        index = following % self.size
        require(self.published >= following, not self.is_reading[r])
        self.is_reading[r] = True
        self.readers[index].add(r)
        self.consumed[r].append(some(self.slots[index]))

    @action
    def end_read(self, r: Reader) -> None:
        following = self.read[r] + 1
        require(self.is_reading[r])
        self.is_reading[r] = False
        self.readers[following % self.size].discard(r)
        self.read[r] = following

    @constraint
    def few(self) -> bool:
        return self.published < self.most

    @invariant
    def no_data_race(self) -> bool:
        return all((not self.readers[i] or not self.writers[i]) and len(self.writers[i]) <= 1 for i in range(self.size))

    @invariant
    def everything_is_read_in_order(self, r: Reader) -> bool:
        return all(n == i for i, n in enumerate(self.consumed[r]))
