"""Raft's elections: votes can be split for ever, and a leader is elected if timeouts differ often enough.

What is modelled
    Terms, votes and roles as in `raft`, with the rule by which voters refuse candidates whose logs lack entries. Only
    the order of the servers' terms matters for progress, so terms are counted from the lowest one, and a term that
    no living server is in is not counted: this keeps the state space finite although terms grow for ever. Logs do not
    change during elections, and only their order is modelled; it is arbitrary, with ties. A message whose sender has
    moved on to a later term is useless, and is lost; all others may be lost too, and are sent again.
Faults
    Messages are delayed, reordered and lost. Timeouts end too early, even when there is a leader. Servers stop for
    good, leaders included, as long as a quorum is left.
What is assumed
    A message that is sent again and again arrives in the end, and every election timeout ends. Timeouts are random, and
    long compared with message delays, so each server has, again and again, a *head start*: its timeout ends so early
    that its election is decided before any other server becomes a candidate.
Source
    Ongaro and Ousterhout, *In search of an understandable consensus algorithm* (2014), sections 5.2, 5.4.1 and 5.6:
    the timing requirement, and split votes. That no asynchronous protocol can do without such an assumption is Fischer,
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
    """A vote for a candidate, in the candidate's present term."""

    voter: Server
    candidate: Server


Place = Annotated[int, Range(0, "Server - 1")]
"""A term, by its place among those that living servers are in; the lowest is 0."""


# Messages arrive in the end, and servers act on them. Timeouts are the models' own assumptions.
_ARRIVALS = (
    weak("hear_of_later_term", each=("server", "other")),
    weak("vote", each=("voter", "candidate")),
    weak("hear_of_leader", each=("server", "leader")),
    weak("lead", each="server"),
)


class RaftProgress(Model):
    """Whenever no server leads, one will, because each server has a head start again and again."""

    default = {"Server": 3, "Quorum": "majority", "logs": 2}
    smoke = {"logs": 1}
    deep = {"Server": 4}
    provable = False  # terms are renumbered by counting servers
    fairness: ClassVar[tuple[Fairness, ...]] = (
        *_ARRIVALS,
        strong("time_out_first", each="server"),
        weak("end_head_start"),
    )

    logs: Parameter[int] = 1  # how many different logs there may be
    log: Function[
        Server, Annotated[int, Range(0, "logs - 1")]
    ]  # the up-to-date order of the paper: a higher one has all entries of a lower one, and more
    term: Map[Server, Place] = everywhere(0)
    voted: Map[Server, Server | None] = everywhere(None)  # in the term that the server is in
    role: Map[Server, Role] = everywhere(Role.FOLLOWER)
    granted: Set[Granted]
    stopped: Set[Server]
    ahead: Server | None = None  # the server that has a head start

    @axiom
    def logs_are_in_order(self, server: Server) -> bool:
        """Logs are numbered from 0 without gaps, so that each order has a single numbering."""
        return self.log[server] == 0 or any(self.log[other] == self.log[server] - 1 for other in Server)

    # Terms, numbered from the lowest one

    def is_alone(self, server: Server) -> bool:
        """Whether no other living server is in the server's term."""
        return all(o == server or o in self.stopped or self.term[o] != self.term[server] for o in Server)

    def leave_term(self, server: Server) -> None:
        """A server leaves its term: drop the term if nobody else is in it, and forget the votes for the server."""
        if self.is_alone(server):
            left = self.term[server]
            self.term = {s: self.term[s] - 1 if self.term[s] > left else self.term[s] for s in Server}
        self.granted = {vote for vote in self.granted if vote.candidate != server}

    def is_latest(self, server: Server) -> bool:
        """Whether no living server is in a later term than the server."""
        return all(other in self.stopped or self.term[other] <= self.term[server] for other in Server)

    def has_leader(self) -> bool:
        """Whether a living server leads, and no server is in a later term."""
        return any(self.role[s] is Role.LEADER and s not in self.stopped and self.is_latest(s) for s in Server)

    # Elections

    def stand(self, server: Server, joins: bool) -> None:
        """Become a candidate in the next term.

        Parameters
        ----------
        server
            The candidate.
        joins
            Whether the next term is one that other servers are in already, or a new one between the server's and
            theirs.
        """
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
        """A server's election timeout ends, with or without a leader, and it becomes a candidate."""
        require(self.ahead is None)
        self.stand(server, joins)

    @action
    def time_out_first(self, server: Server, joins: bool) -> None:
        """A server's election timeout ends well before all others: it has a head start until it leads or cannot win."""
        require(not self.has_leader())
        require(self.ahead is None or (self.ahead == server and self.has_lost(server) and self.can_win(server)))
        self.stand(server, joins)
        self.ahead = server

    @action
    def hear_of_later_term(self, server: Server, other: Server) -> None:
        """A server sees a later term, and becomes a follower in it."""
        require(server not in self.stopped, other not in self.stopped, self.term[server] < self.term[other])
        self.leave_term(server)
        self.term[server] = self.term[other]
        self.voted[server] = None
        self.role[server] = Role.FOLLOWER

    def would_grant(self, voter: Server, candidate: Server) -> bool:
        """Whether the voter has not voted in its term, and its log is no more up-to-date than the candidate's."""
        return self.voted[voter] is None and self.log[voter] <= self.log[candidate]

    def may_vote(self, voter: Server, candidate: Server) -> bool:
        """Whether the candidate stands in the voter's term and the voter would grant it a vote."""
        stands = candidate not in self.stopped and self.role[candidate] is Role.CANDIDATE
        return stands and self.term[voter] == self.term[candidate] and self.would_grant(voter, candidate)

    @action
    def vote(self, voter: Server, candidate: Server) -> None:
        """A server that has not voted in its term votes for a candidate whose log is as up-to-date as its own."""
        require(voter not in self.stopped, self.may_vote(voter, candidate))
        self.voted[voter] = candidate
        self.granted.add(Granted(voter, candidate))

    def is_elected(self, server: Server) -> bool:
        """Whether the candidate has the votes of a quorum."""
        return any(all(Granted(voter, server) in self.granted for voter in quorum) for quorum in Quorum)

    @action
    def lead(self, server: Server) -> None:
        """The votes of a quorum arrive, and the candidate leads."""
        require(server not in self.stopped, self.role[server] is Role.CANDIDATE, self.is_elected(server))
        self.role[server] = Role.LEADER

    @action
    def hear_of_leader(self, server: Server, leader: Server) -> None:
        """A candidate learns that another server leads its term, and becomes a follower."""
        require(leader not in self.stopped, self.role[leader] is Role.LEADER, self.term[server] == self.term[leader])
        require(server not in self.stopped, self.role[server] is Role.CANDIDATE)
        self.role[server] = Role.FOLLOWER
        self.granted = {vote for vote in self.granted if vote.candidate != server}

    # The end of a head start

    def has_lost(self, server: Server) -> bool:
        """Whether the server is no candidate any more, or has had all answers without winning."""
        if self.role[server] is Role.FOLLOWER:
            return True
        return not self.is_elected(server) and all(
            other in self.stopped
            or self.term[server] < self.term[other]
            or (self.term[server] == self.term[other] and not self.would_grant(other, server))
            for other in Server
        )

    def can_win(self, server: Server) -> bool:
        """Whether a quorum of living servers has logs that are no more up-to-date than the server's."""
        return any(all(s not in self.stopped and self.log[s] <= self.log[server] for s in q) for q in Quorum)

    @action
    def end_head_start(self, server: Server) -> None:
        """A server leads; or the one with the head start was refused, because its log lacks entries."""
        require(self.ahead == server)
        require(self.has_leader() or (self.has_lost(server) and not self.can_win(server)))
        self.ahead = None

    # Faults

    @action
    def stop(self, server: Server) -> None:
        """A server stops for good, if a quorum remains."""
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
        """A leader's log is as up-to-date as those of a quorum, so it has whatever a quorum has stored."""
        return self.role[server] is not Role.LEADER or any(
            all(self.log[voter] <= self.log[server] for voter in quorum) for quorum in Quorum
        )

    @eventually
    def somebody_is_elected(self) -> bool:
        """A server is elected in the end, and leads at least until it sees a later term."""
        return any(self.role[server] is Role.LEADER for server in Server)

    @always_eventually
    def somebody_leads(self) -> bool:
        """Whenever no server leads, one will."""
        return self.has_leader()

    @reachable
    def votes_are_split(self) -> bool:
        """All servers are candidates in one term, so nobody wins it."""
        return all(self.voted[s] == s and self.role[s] is Role.CANDIDATE and self.term[s] == 0 for s in Server)

    @reachable
    def nobody_leads_after_a_leader_stopped(self) -> bool:
        """A server has stopped, and none leads."""
        return bool(self.stopped) and not self.has_leader()

    @terminal
    def is_over(self) -> bool:
        return self.has_leader()


class RaftSplittingVotes(RaftProgress):
    """Broken: timeouts are long, but all alike. Whenever one server becomes a candidate, so do the others."""

    expected = Violates("somebody_is_elected")
    default = {"Server": 3, "Quorum": "majority", "logs": 1}
    smoke = {}
    deep = {}
    fairness = (*_ARRIVALS, weak("time_out", each="server"))
    time_out_first = removed
    end_head_start = removed

    @action
    def time_out(self, server: Server, joins: bool) -> None:
        """A server becomes a candidate after an election that nobody has won.

        It has voted, and if it was a candidate, it has had all answers.
        """
        require(joins or self.is_latest(server), self.has_lost(server))
        require(all(not self.may_vote(server, other) and not self.is_elected(other) for other in Server))
        self.stand(server, joins)


class RaftVotingOnce(RaftProgress):
    """Broken: a server keeps its vote when it sees a later term, and so votes only once."""

    expected = Violates("somebody_leads")
    smoke = {}
    deep = {}

    @action
    def hear_of_later_term(self, server: Server, other: Server) -> None:
        """A server sees a later term, and becomes a follower in it, without forgetting its vote."""
        require(server not in self.stopped, other not in self.stopped, self.term[server] < self.term[other])
        self.leave_term(server)
        self.term[server] = self.term[other]
        self.role[server] = Role.FOLLOWER
