"""Leader election of Raft: at most one leader in each term, whatever is lost and whoever restarts.

What is modelled
    Terms, votes and roles. A server whose patience ends becomes the candidate of a new term; it leads once a
    quorum has granted it their votes. Logs are left out, and with them the rule by which voters refuse
    candidates that miss entries: it restricts who is elected, not how many.
Faults
    Messages are delayed, reordered, repeated and lost: they are a set that only grows. Servers crash and
    restart: term and vote are on disk, the role is not.
Source
    Ongaro and Ousterhout, *In search of an understandable consensus algorithm* (2014), section 5.2 and
    figure 2; actions as in Ongaro's TLA+ specification of Raft.
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Enum,
    Map,
    Model,
    Order,
    QuorumSystem,
    Set,
    Sort,
    Violates,
    action,
    axiom,
    everywhere,
    first,
    implies,
    initial,
    invariant,
    lemma,
    reachable,
    record,
    require,
    step_invariant,
)

__all__ = [
    "Quorum",
    "RaftElection",
    "RaftElectionForgettingVotes",
    "RaftElectionWithHalfQuorums",
    "RequestVote",
    "Role",
    "Server",
    "Term",
    "VoteGranted",
]


class Server(Sort):
    """A member of the cluster."""


class Term(Order):
    """A term of office. In the first one there is no leader."""


class Quorum(QuorumSystem[Server]):
    """Servers whose votes are enough to lead."""


class Role(Enum):
    """What a server takes itself for."""

    FOLLOWER, CANDIDATE, LEADER = range(3)


@record
class RequestVote:
    """A candidate asks for votes in its term."""

    candidate: Server
    term: Term


@record
class VoteGranted:
    """A server has voted for a candidate in a term."""

    voter: Server
    candidate: Server
    term: Term


class RaftElection(Model):
    """At most one leader in each term."""

    default = {"Server": 3, "Term": 2}
    smoke = {"Server": 2}
    deep = {"Term": 3}

    term: Map[Server, Term]
    voted_for: Map[Server, Server | None] = everywhere(None)
    role: Map[Server, Role] = everywhere(Role.FOLLOWER)
    messages: Set[RequestVote | VoteGranted]

    @initial
    def start(self) -> None:
        self.term = {s: first(Term) for s in Server}

    @axiom
    def quorums_meet(self) -> bool:
        """Any two quorums have a server in common."""
        return all(any(s in r for s in q) for q in Quorum for r in Quorum)

    @action
    def stand(self, server: Server, term: Term) -> None:
        """Become the candidate of a new term, and vote for oneself."""
        require(self.term[server] < term, self.role[server] is not Role.LEADER)
        self.term[server] = term
        self.voted_for[server] = server
        self.role[server] = Role.CANDIDATE
        self.messages |= {RequestVote(server, term), VoteGranted(server, server, term)}

    @action
    def learn_of_term(self, server: Server, request: RequestVote) -> None:
        """Step down where somebody is in a newer term."""
        require(request in self.messages, self.term[server] < request.term)
        self.term[server] = request.term
        self.voted_for[server] = None
        self.role[server] = Role.FOLLOWER

    @action
    def grant(self, server: Server, request: RequestVote) -> None:
        """A server votes for the candidate of its term, unless it has voted for another one in it."""
        require(request in self.messages, self.term[server] == request.term)
        require(self.voted_for[server] is None or self.voted_for[server] == request.candidate)
        self.voted_for[server] = request.candidate
        self.messages.add(VoteGranted(server, request.candidate, request.term))

    @action
    def lead(self, server: Server, quorum: Quorum) -> None:
        """A quorum has voted for a candidate."""
        require(self.role[server] is Role.CANDIDATE)
        require(all(VoteGranted(s, server, self.term[server]) in self.messages for s in quorum))
        self.role[server] = Role.LEADER

    @action
    def restart(self, server: Server) -> None:
        """Crash, and go on with what is on disk."""
        self.role[server] = Role.FOLLOWER

    @invariant
    def election_safety(self, s: Server, t: Server) -> bool:
        """At most one server leads in a term."""
        both_lead = self.role[s] is Role.LEADER and self.role[t] is Role.LEADER
        return s == t or not both_lead or self.term[s] != self.term[t]

    @step_invariant
    def terms_grow(self, after: Self, server: Server) -> bool:
        return self.term[server] <= after.term[server]

    @lemma
    def one_vote_per_term(self, voter: Server, s: Server, t: Server, term: Term) -> bool:
        return s == t or not (
            VoteGranted(voter, s, term) in self.messages and VoteGranted(voter, t, term) in self.messages
        )

    @lemma
    def votes_are_remembered(self) -> bool:
        """A voter is not behind its vote; in the term of its vote, it knows whom it voted for."""
        return all(
            v.term <= self.term[v.voter]
            and implies(v.term == self.term[v.voter], self.voted_for[v.voter] == v.candidate)
            for v in self.messages
            if isinstance(v, VoteGranted)
        )

    @lemma
    def leaders_were_elected(self, server: Server) -> bool:
        return self.role[server] is not Role.LEADER or any(
            all(VoteGranted(s, server, self.term[server]) in self.messages for s in q) for q in Quorum
        )

    @reachable
    def any_server_can_lead(self, server: Server) -> bool:
        return self.role[server] is Role.LEADER

    @reachable
    def split_vote(self) -> bool:
        """All servers stand in the same term, so nobody wins it."""
        return all(self.role[s] is Role.CANDIDATE and self.voted_for[s] == s for s in Server) and all(
            self.term[s] == self.term[t] for s in Server for t in Server
        )


class RaftElectionForgettingVotes(RaftElection):
    """Broken: the vote is not on disk, so who restarts votes again in the same term."""

    expected = Violates("election_safety")
    smoke = {}

    @action
    def restart(self, server: Server) -> None:
        """Crash, and go on without knowing of the vote."""
        self.role[server] = Role.FOLLOWER
        self.voted_for[server] = None


class RaftElectionWithHalfQuorums(RaftElection):
    """Broken: half of the servers are enough to lead. If their number is even, two candidates may win."""

    expected = Violates("election_safety")
    default = {"Server": 2, "Quorum": 1, "Term": 2}
    smoke = {}
    deep = {}

    @axiom
    def quorums_meet(self) -> bool:
        """They need not: all that is known of halves without counting is that somebody is in them."""
        return all(any(s in q for s in Server) for q in Quorum)
