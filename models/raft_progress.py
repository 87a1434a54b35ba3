"""Raft's elections: votes may be split for ever, and a leader is elected once timeouts differ now and then.

What is modelled
    Terms, votes and roles as in `raft`, with the rule by which voters refuse candidates whose logs miss entries. What
    matters for progress is the order of the terms that the servers are in, so they are counted from the lowest one: a
    term in which no living server is left is not counted. Logs do not change during elections, and all that is told of
    them is their order: which may be any, with ties. A message that is of no use any more, because its sender is in a
    later term, is lost; all others may be lost too, and are sent again.
Faults
    Messages are delayed, reordered and lost. Timeouts end too early, also when there is a leader. Servers stop for
    good, also leaders, as long as a quorum is left.
What is assumed
    A message that is sent again and again arrives in the end, and each server's patience ends in the end. Timeouts are
    random, and long beside the time that messages take; so each server has, again and again, a *head start*: its
    patience ends so much before that of all others that its election is decided before anybody else stands.
Source
    Ongaro and Ousterhout, *In search of an understandable consensus algorithm* (2014), sections 5.2, 5.4.1 and 5.6:
    the timing requirement, and split votes. That no protocol can do without an assumption of the kind is Fischer,
    Lynch and Paterson, *Impossibility of distributed consensus with one faulty process* (1985).
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from assay.checker.language import (
    Fairness,
    Function,
    Map,
    Model,
    Parameter,
    Range,
    Set,
    Violates,
    action,
    always_eventually,
    axiom,
    eventually,
    everywhere,
    invariant,
    reachable,
    record,
    removed,
    require,
    strong,
    terminal,
    weak,
)
from assay.models.classics.raft_election import Quorum, Role, Server

__all__ = ["Granted", "RaftProgress", "RaftSplittingVotes", "RaftVotingOnce"]


@record
class Granted:
    """A vote for a candidate in the term that it is in."""

    voter: Server
    candidate: Server


Place = Annotated[int, Range(0, "Server - 1")]
"""A term's place among those that servers are in; the lowest is 0."""


_ARRIVALS = (
    weak("hear_of_later_term", each=("server", "other")),
    weak("vote", each=("voter", "candidate")),
    weak("hear_of_leader", each=("server", "leader")),
    weak("lead", each="server"),
)


class RaftProgress(Model):
    """Where nobody leads, somebody will, for each server has a head start again and again."""

    default = {"Server": 3, "Quorum": "majority", "logs": 2}
    smoke = {"logs": 1}
    deep = {"Server": 4}
    provable = False  # a server's place in the order of terms is counted
    fairness: ClassVar[tuple[Fairness, ...]] = (
        *_ARRIVALS,
        strong("time_out_first", each="server"),
        weak("end_head_start"),
    )

    logs: Parameter[int] = 1  # so many different logs there may be
    log: Function[
        Server, Annotated[int, Range(0, "logs - 1")]
    ]  # a greater one has all entries of a smaller one, and more
    term: Map[Server, Place] = everywhere(0)
    voted: Map[Server, Server | None] = everywhere(None)  # in the term that the server is in
    role: Map[Server, Role] = everywhere(Role.FOLLOWER)
    granted: Set[Granted]
    stopped: Set[Server]
    ahead: Server | None = None  # who has a head start

    @axiom
    def logs_are_in_order(self, server: Server) -> bool:
        """A log comes right after another one, or is one of the first; so an order is told in one way only."""
        return self.log[server] == 0 or any(self.log[other] == self.log[server] - 1 for other in Server)

    # Terms, counted from the lowest one

    def is_alone(self, server: Server) -> bool:
        """Whether no other living server is in the term of this one."""
        return all(o == server or o in self.stopped or self.term[o] != self.term[server] for o in Server)

    def leave_term(self, server: Server) -> None:
        """Count without the term that a server is in, if nobody else is in it; and forget who has voted for it."""
        if self.is_alone(server):
            left = self.term[server]
            self.term = {s: self.term[s] - 1 if self.term[s] > left else self.term[s] for s in Server}
        self.granted = {vote for vote in self.granted if vote.candidate != server}

    def is_latest(self, server: Server) -> bool:
        """Whether no living server is in a later term."""
        return all(other in self.stopped or self.term[other] <= self.term[server] for other in Server)

    def has_leader(self) -> bool:
        """Whether a living server leads, and nobody is in a later term."""
        return any(self.role[s] is Role.LEADER and s not in self.stopped and self.is_latest(s) for s in Server)

    # Elections

    def stand(self, server: Server, joins: bool) -> None:
        """Be a candidate in the next term: in one that others are in already, or in one that nobody is in yet."""
        require(server not in self.stopped, self.role[server] is not Role.LEADER)
        left, alone = self.term[server], self.is_alone(server)
        if joins:
            require(not self.is_latest(server))
            self.leave_term(server)
        else:
            self.granted = {vote for vote in self.granted if vote.candidate != server}
            if not alone:
                self.term = {s: self.term[s] + 1 if self.term[s] > left else self.term[s] for s in Server}
        if not alone:
            self.term[server] = left + 1
        self.role[server] = Role.CANDIDATE
        self.voted[server] = server
        self.granted.add(Granted(server, server))

    @action
    def time_out(self, server: Server, joins: bool) -> None:
        """A server stands, in the next term, which it may begin or join; whether or not there is a leader."""
        require(self.ahead is None)
        self.stand(server, joins)

    @action
    def time_out_first(self, server: Server, joins: bool) -> None:
        """A server's patience ends long before that of others: nobody else stands before it leads or cannot win."""
        require(not self.has_leader())
        require(self.ahead is None or (self.ahead == server and self.has_lost(server) and self.can_win(server)))
        self.stand(server, joins)
        self.ahead = server

    @action
    def hear_of_later_term(self, server: Server, other: Server) -> None:
        """A server hears of a later term, and follows in it; a term that all have left is not counted any more."""
        require(server not in self.stopped, other not in self.stopped, self.term[server] < self.term[other])
        self.leave_term(server)
        self.term[server] = self.term[other]
        self.voted[server] = None
        self.role[server] = Role.FOLLOWER

    def would_grant(self, voter: Server, candidate: Server) -> bool:
        """Whether a voter is free to vote in its term, and its log has nothing that the candidate's misses."""
        return self.voted[voter] is None and self.log[voter] <= self.log[candidate]

    def may_vote(self, voter: Server, candidate: Server) -> bool:
        """Whether a candidate that a voter would vote for stands in its term."""
        stands = candidate not in self.stopped and self.role[candidate] is Role.CANDIDATE
        return stands and self.term[voter] == self.term[candidate] and self.would_grant(voter, candidate)

    @action
    def vote(self, voter: Server, candidate: Server) -> None:
        """A server votes for a candidate of its term, if it has not voted in it and the candidate's log is as good."""
        require(voter not in self.stopped, self.may_vote(voter, candidate))
        self.voted[voter] = candidate
        self.granted.add(Granted(voter, candidate))

    def is_elected(self, server: Server) -> bool:
        """Whether a quorum has voted for a candidate."""
        return any(all(Granted(voter, server) in self.granted for voter in quorum) for quorum in Quorum)

    @action
    def lead(self, server: Server) -> None:
        """The votes of a quorum have arrived."""
        require(server not in self.stopped, self.role[server] is Role.CANDIDATE, self.is_elected(server))
        self.role[server] = Role.LEADER

    @action
    def hear_of_leader(self, server: Server, leader: Server) -> None:
        """A candidate hears that another one leads in its term, and gives way."""
        require(leader not in self.stopped, self.role[leader] is Role.LEADER, self.term[server] == self.term[leader])
        require(server not in self.stopped, self.role[server] is Role.CANDIDATE)
        self.role[server] = Role.FOLLOWER
        self.granted = {vote for vote in self.granted if vote.candidate != server}

    # The end of a head start

    def has_lost(self, server: Server) -> bool:
        """Whether a server stands no longer, or all have answered it and too few have voted for it."""
        if self.role[server] is Role.FOLLOWER:
            return True
        return not self.is_elected(server) and all(
            other in self.stopped
            or self.term[server] < self.term[other]
            or (self.term[server] == self.term[other] and not self.would_grant(other, server))
            for other in Server
        )

    def can_win(self, server: Server) -> bool:
        """Whether the logs of a quorum of living servers have nothing that a server's log misses."""
        return any(all(s not in self.stopped and self.log[s] <= self.log[server] for s in q) for q in Quorum)

    @action
    def end_head_start(self, server: Server) -> None:
        """Somebody leads; or the server that is ahead has been refused, because its log misses entries."""
        require(self.ahead == server)
        require(self.has_leader() or (self.has_lost(server) and not self.can_win(server)))
        self.ahead = None

    # Faults

    @action
    def stop(self, server: Server) -> None:
        """A server stops for good, if a quorum is left."""
        require(server not in self.stopped)
        require(any(all(s != server and s not in self.stopped for s in q) for q in Quorum))
        self.leave_term(server)
        self.stopped.add(server)
        self.term[server] = 0
        self.voted[server] = None
        self.role[server] = Role.FOLLOWER
        if self.ahead == server:
            self.ahead = None

    # Properties

    @invariant
    def election_safety(self, a: Server, b: Server) -> bool:
        """At most one server leads in a term."""
        both = self.role[a] is Role.LEADER and self.role[b] is Role.LEADER
        return a == b or not both or self.term[a] != self.term[b]

    @invariant
    def leaders_miss_nothing(self, server: Server) -> bool:
        """Who leads has all entries of a quorum's logs; so it has whatever a quorum has stored."""
        return self.role[server] is not Role.LEADER or any(
            all(self.log[voter] <= self.log[server] for voter in quorum) for quorum in Quorum
        )

    @eventually
    def somebody_is_elected(self) -> bool:
        """A quorum votes for somebody in the end, who leads at least until it hears of a later term."""
        return any(self.role[server] is Role.LEADER for server in Server)

    @always_eventually
    def somebody_leads(self) -> bool:
        """Whenever nobody leads, somebody will."""
        return self.has_leader()

    @reachable
    def votes_are_split(self) -> bool:
        """All stand in one term, so nobody wins it."""
        return all(self.voted[s] == s and self.role[s] is Role.CANDIDATE and self.term[s] == 0 for s in Server)

    @reachable
    def nobody_leads_after_a_leader_stopped(self) -> bool:
        return bool(self.stopped) and not self.has_leader()

    @terminal
    def is_over(self) -> bool:
        return self.has_leader()


class RaftSplittingVotes(RaftProgress):
    """Broken: timeouts are long, but all alike. Whoever stands, others stand too, and votes are split for ever."""

    expected = Violates("somebody_is_elected")
    default = {"Server": 3, "Quorum": "majority", "logs": 1}
    smoke = {}
    deep = {}
    fairness = (*_ARRIVALS, weak("time_out", each="server"))
    time_out_first = removed
    end_head_start = removed

    @action
    def time_out(self, server: Server, joins: bool) -> None:
        """A server stands after an election that nobody has won: it has voted, and been answered if it has stood."""
        require(joins or self.is_latest(server), self.has_lost(server))
        require(all(not self.may_vote(server, other) and not self.is_elected(other) for other in Server))
        self.stand(server, joins)


class RaftVotingOnce(RaftProgress):
    """Broken: a server does not forget its vote when it hears of a later term, and so votes only once."""

    expected = Violates("somebody_leads")
    smoke = {}
    deep = {}

    @action
    def hear_of_later_term(self, server: Server, other: Server) -> None:
        """A server hears of a later term, and follows in it; it does not forget whom it has voted for before."""
        require(server not in self.stopped, other not in self.stopped, self.term[server] < self.term[other])
        self.leave_term(server)
        self.term[server] = self.term[other]
        self.role[server] = Role.FOLLOWER
