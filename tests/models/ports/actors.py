"""Stateright's registers: actors that exchange messages, and clients whose histories must be linearizable.

These are its examples `single-copy-register`, `linearizable-register` (Attiya, Bar-Noy, Dolev) and `paxos`. As there,
servers are the first identities and clients the others, a message is delivered once, and not at all where nothing would
change, and the history of the clients is part of the state.
"""

from __future__ import annotations

from typing import Annotated

from assay.checker.language import (
    AtMost,
    Enum,
    Map,
    Model,
    Parameter,
    Range,
    Set,
    Violates,
    action,
    choose,
    everywhere,
    initial,
    invariant,
    reachable,
    record,
    require,
    some,
)
from assay.checker.language.networks import BagNetwork

Id = Annotated[int, Range(0, "servers + clients - 1")]
RequestId = Annotated[int, Range(0, "2 * (servers + clients)")]
Clock = Annotated[int, Range(0, "clients")]
Stamp = tuple[Clock, Id]


class Value(Enum):
    """What clients write, and what is there before."""

    NONE, A, B = range(3)


@record
class Put:
    """A client writes."""

    request: RequestId
    value: Value


@record
class Get:
    """A client reads."""

    request: RequestId


@record
class PutOk:
    """It is written."""

    request: RequestId


@record
class GetOk:
    """It is read."""

    request: RequestId
    value: Value


@record
class Query:
    """What is your newest value?"""

    request: RequestId


@record
class AckQuery:
    """This one, with its stamp."""

    request: RequestId
    stamp: Stamp
    value: Value


@record
class Record:
    """Adopt this value, if it is newer."""

    request: RequestId
    stamp: Stamp
    value: Value


@record
class AckRecord:
    """It is adopted."""

    request: RequestId


@record
class Proposal:
    """A value, for a client's request."""

    request: RequestId
    requester: Id
    value: Value


@record
class Accepted:
    """A proposal and the ballot in which it was accepted."""

    ballot: Stamp
    proposal: Proposal


@record
class Prepare:
    """Phase 1a."""

    ballot: Stamp


@record
class Prepared:
    """Phase 1b."""

    ballot: Stamp
    last: Accepted | None


@record
class Accept:
    """Phase 2a."""

    vote: Accepted


@record
class AcceptedIn:
    """Phase 2b."""

    ballot: Stamp


@record
class Decided:
    """Told to all other servers."""

    vote: Accepted


Message = (
    Put
    | Get
    | PutOk
    | GetOk
    | Query
    | AckQuery
    | Record
    | AckRecord
    | Prepare
    | Prepared
    | Accept
    | AcceptedIn
    | Decided
)


@record
class Envelope:
    """A message on its way."""

    src: Id
    dst: Id
    msg: Message


@record
class Write:
    """A client's first operation."""

    value: Value


@record
class Read:
    """Its second, with what it returned."""

    value: Value | None


@record
class Operation:
    """What a client does, and for each other client the last of its operations that had ended when this one began."""

    ended: Map[Id, Annotated[int, Range(0, 1)] | None]
    does: Write | Read


class SingleCopyRegister(BagNetwork[Envelope], Model):
    """Each server keeps a value of its own."""

    default = {"clients": 2, "servers": 1, "capacity": 3}
    check_deadlock = False
    clients: Parameter[int] = 2
    servers: Parameter[int] = 1

    value: Map[Id, Value] = everywhere(Value.NONE)
    awaiting: Map[Id, RequestId | None]
    operations: Map[Id, Annotated[int, Range(0, 3)]] = everywhere(0)
    history: Map[Id, Annotated[list[Operation], AtMost(2)]]
    in_flight: Map[Id, Operation | None]

    @initial
    def start(self) -> None:
        for i in range(self.servers, self.servers + self.clients):
            value = Value.A if i == self.servers else Value.B
            self.send(Envelope(i, i % self.servers, Put(i, value)))
            self.invoke(i, Write(value))
            self.awaiting[i] = i
            self.operations[i] = 1

    def invoke(self, client: Id, does: Write | Read) -> None:
        self.in_flight[client] = Operation(
            {
                i: len(self.history[i]) - 1 if i != client and self.history[i] else None
                for i in range(self.servers + self.clients)
            },
            does,
        )

    def end(self, client: Id, does: Write | Read) -> None:
        self.history[client].append(Operation(some(self.in_flight[client]).ended, does))
        self.in_flight[client] = None

    def reply(self, me: Id, to: Id, msg: Message) -> None:
        self.send(Envelope(me, to, msg))

    def broadcast(self, me: Id, msg: Message) -> None:
        for i in range(self.servers):
            if i != me:
                self.send(Envelope(me, i, msg))

    @action
    def deliver(self, env: Envelope) -> None:
        self.receive(env)
        if env.dst < self.servers:
            self.serve(env.dst, env.src, env.msg)
        else:
            self.answered(env.dst, env.msg)

    def answered(self, me: Id, msg: Message) -> None:
        match msg:
            case PutOk(request):
                require(self.awaiting[me] == request)
                self.end(me, some(self.in_flight[me]).does)
                following = (self.operations[me] + 1) * me
                self.send(Envelope(me, (me + self.operations[me]) % self.servers, Get(following)))
                self.invoke(me, Read(None))
                self.awaiting[me] = following
            case GetOk(request, value):
                require(self.awaiting[me] == request)
                self.end(me, Read(value))
                self.awaiting[me] = None
            case _:
                require(False)
        self.operations[me] += 1

    def serve(self, me: Id, src: Id, msg: Message) -> None:
        match msg:
            case Put(request, value):
                self.value[me] = value
                self.reply(me, src, PutOk(request))
            case Get(request):
                self.reply(me, src, GetOk(request, self.value[me]))
            case _:
                require(False)

    def is_of(self, c: Id, n: int, v: Value) -> bool:
        """Whether the n-th operation of a client wrote a value, or returned it."""
        if n < len(self.history[c]):
            return self.does(self.history[c][n], v)
        flight = self.in_flight[c]
        return n == len(self.history[c]) and flight is not None and self.does(flight, v)

    @staticmethod
    def does(operation: Operation, v: Value) -> bool:
        return operation.does in {Write(v), Read(v)}

    def is_read(self, c: Id, n: int) -> bool:
        return n < len(self.history[c]) and isinstance(self.history[c][n].does, Read)

    def ended_before(self, c: Id, m: int, d: Id, n: int) -> bool:
        """Whether the m-th operation of one client had ended when the n-th of another one began."""
        if c == d:
            return m < n
        if n < len(self.history[d]):
            return self.knows(self.history[d][n], c, m)
        flight = self.in_flight[d]
        return flight is not None and self.knows(flight, c, m)

    @staticmethod
    def knows(operation: Operation, c: Id, m: int) -> bool:
        last = operation.ended[c]
        return last is not None and m <= last

    def precedes(self, v: Value, w: Value) -> bool:
        """Whether all operations of one value must come before some operation of another."""
        return any(
            self.is_of(c, m, v) and self.is_of(d, n, w) and self.ended_before(c, m, d, n)
            for c in range(self.servers, self.servers + self.clients)
            for d in range(self.servers, self.servers + self.clients)
            for m in range(2)
            for n in range(2)
        )

    @invariant
    def linearizable(self, v: Value, w: Value) -> bool:
        """Gibbons and Korach: if each value is written once, operations are linearizable if their values are.

        The first value was written before all others.
        """
        return v == w or not ((v == Value.NONE or self.precedes(v, w)) and self.precedes(w, v))

    @invariant
    def nothing_is_read_before_it_is_written(self, v: Value) -> bool:
        return all(
            not (self.is_read(c, m) and self.is_of(c, m, v) and self.is_of(d, 0, v) and self.ended_before(c, m, d, 0))
            for c in range(self.servers, self.servers + self.clients)
            for d in range(self.servers, self.servers + self.clients)
            for m in range(2)
        )

    @reachable
    def value_chosen(self) -> bool:
        return any(isinstance(e.msg, GetOk) and e.msg.value != Value.NONE for e in self.messages)


class TwoCopies(SingleCopyRegister):
    """Broken: of two servers, one does not know what the other one was told."""

    default = {"servers": 2}
    expected = Violates("linearizable")


@record
class Asking:
    """Phase 1 of an operation."""

    request: RequestId
    requester: Id
    write: Value | None
    responses: Map[Id, tuple[Stamp, Value] | None]


@record
class Recording:
    """Phase 2 of an operation."""

    request: RequestId
    requester: Id
    read: Value | None
    acks: Set[Id]


class LinearizableRegister(SingleCopyRegister):
    """A majority is asked for its newest value, and another one, or the same, adopts the result."""

    default = {"servers": 2, "capacity": 4}

    stamp: Map[Id, Stamp]
    phase: Map[Id, Asking | Recording | None]

    @initial
    def start(self) -> None:
        super().start()
        self.stamp = {i: (0, i) for i in range(self.servers + self.clients)}

    def serve(self, me: Id, src: Id, msg: Message) -> None:
        match msg:
            case Put(request, value):
                self.ask(me, src, request, value)
            case Get(request):
                self.ask(me, src, request, None)
            case Query(request):
                self.reply(me, src, AckQuery(request, self.stamp[me], self.value[me]))
            case AckQuery(request, stamp, value):
                self.hear(me, src, request, stamp, value)
            case Record(request, stamp, value):
                self.reply(me, src, AckRecord(request))
                self.adopt(me, stamp, value)
            case AckRecord(request):
                self.hear_recorded(me, src, request)
            case _:
                require(False)

    def ask(self, me: Id, src: Id, request: RequestId, write: Value | None) -> None:
        require(self.phase[me] is None)
        self.broadcast(me, Query(request))
        self.phase[me] = Asking(
            request,
            src,
            write,
            {i: (self.stamp[i], self.value[i]) if i == me else None for i in range(self.servers + self.clients)},
        )

    def adopt(self, me: Id, stamp: Stamp, value: Value) -> None:
        if stamp > self.stamp[me]:
            self.stamp[me] = stamp
            self.value[me] = value

    def hear(self, me: Id, src: Id, request: RequestId, stamp: Stamp, value: Value) -> None:
        asking = self.phase[me]
        require(isinstance(asking, Asking) and asking.request == request)
        assert isinstance(asking, Asking)  # for type checkers, to which require tells nothing
        heard = Asking(
            request,
            asking.requester,
            asking.write,
            {i: (stamp, value) if i == src else told for i, told in asking.responses.items()},
        )
        if sum(told is not None for told in heard.responses.values()) <= self.servers // 2:
            self.phase[me] = heard
        else:
            newest = max(told[0] for told in heard.responses.values() if told is not None)
            found = choose(told[1] for told in heard.responses.values() if told is not None and told[0] == newest)
            if heard.write is not None:
                newest, found = (newest[0] + 1, me), heard.write
            self.broadcast(me, Record(request, newest, found))
            self.adopt(me, newest, found)
            self.phase[me] = Recording(request, heard.requester, found if heard.write is None else None, {me})

    def hear_recorded(self, me: Id, src: Id, request: RequestId) -> None:
        phase = self.phase[me]
        require(isinstance(phase, Recording) and phase.request == request and src not in phase.acks)
        assert isinstance(phase, Recording)  # for type checkers, to which require tells nothing
        if len(phase.acks) + 1 <= self.servers // 2:
            self.phase[me] = Recording(request, phase.requester, phase.read, phase.acks | {src})
        else:
            done = PutOk(request) if phase.read is None else GetOk(request, phase.read)
            self.reply(me, phase.requester, done)
            self.phase[me] = None


class AnsweringFromOne(LinearizableRegister):
    """Broken: a server answers reads with what it has itself."""

    default = {"servers": 3, "capacity": 8}
    expected = Violates("linearizable")

    def ask(self, me: Id, src: Id, request: RequestId, write: Value | None) -> None:
        if write is None:
            self.reply(me, src, GetOk(request, self.value[me]))
        else:
            super().ask(me, src, request, write)


@record
class Promise:
    """What a server said in phase 1b."""

    src: Id
    last: Accepted | None


class Paxos(SingleCopyRegister):
    """The first value that is written is the last: single-decree Paxos, in which each request is a ballot."""

    default = {"servers": 3, "capacity": 12}

    ballot: Map[Id, Stamp] = everywhere((0, 0))
    proposal: Map[Id, Proposal | None]
    prepares: Map[Id, Set[Promise]]
    accepts: Map[Id, Set[Id]]
    accepted: Map[Id, Accepted | None]
    decided: Map[Id, bool]

    def serve(self, me: Id, src: Id, msg: Message) -> None:
        if self.decided[me]:
            match msg:
                case Get(request):
                    self.reply(me, src, GetOk(request, some(self.accepted[me]).proposal.value))
                case _:
                    require(False)
        else:
            self.take_part(me, src, msg)

    def take_part(self, me: Id, src: Id, msg: Message) -> None:
        match msg:
            case Put(request, value):
                require(self.proposal[me] is None)
                self.proposal[me] = Proposal(request, src, value)
                self.ballot[me] = (self.ballot[me][0] + 1, me)
                self.prepares[me] = {Promise(me, self.accepted[me])}
                self.accepts[me] = set()
                self.broadcast(me, Prepare(self.ballot[me]))
            case Prepare(ballot):
                require(self.ballot[me] < ballot)
                self.ballot[me] = ballot
                self.reply(me, src, Prepared(ballot, self.accepted[me]))
            case Prepared(ballot, last):
                require(ballot == self.ballot[me])
                self.prepares[me].add(Promise(src, last))
                if len(self.prepares[me]) == self.servers // 2 + 1:
                    self.propose(me)
            case Accept(vote):
                require(self.ballot[me] <= vote.ballot)
                self.ballot[me] = vote.ballot
                self.accepted[me] = vote
                self.reply(me, src, AcceptedIn(vote.ballot))
            case AcceptedIn(ballot):
                require(ballot == self.ballot[me])
                self.accepts[me].add(src)
                if len(self.accepts[me]) == self.servers // 2 + 1:
                    self.decide(me)
            case Decided(vote):
                self.ballot[me] = vote.ballot
                self.accepted[me] = vote
                self.decided[me] = True
            case _:
                require(False)

    def propose(self, me: Id) -> None:
        newest = max((p.last.ballot for p in self.prepares[me] if p.last is not None), default=None)
        proposal = some(self.proposal[me])
        if newest is not None:
            proposal = choose(
                p.last.proposal for p in self.prepares[me] if p.last is not None and p.last.ballot == newest
            )
        self.proposal[me] = proposal
        self.accepted[me] = Accepted(self.ballot[me], proposal)
        self.accepts[me].add(me)
        self.broadcast(me, Accept(Accepted(self.ballot[me], proposal)))

    def decide(self, me: Id) -> None:
        proposal = some(self.proposal[me])
        self.decided[me] = True
        self.broadcast(me, Decided(Accepted(self.ballot[me], proposal)))
        self.reply(me, proposal.requester, PutOk(proposal.request))


class PaxosIgnoringVotes(Paxos):
    """Broken: a leader proposes its own value, whatever was accepted before."""

    expected = Violates("linearizable")

    def propose(self, me: Id) -> None:
        vote = Accepted(self.ballot[me], some(self.proposal[me]))
        self.accepted[me] = vote
        self.accepts[me].add(me)
        self.broadcast(me, Accept(vote))
