"""Leader election of Raft: at most one leader in each term, with messages that are lost and servers that restart.

What is modelled
    Terms, votes and roles. A server whose election timeout ends becomes the candidate of a new term, and leads once it
    has the votes of a quorum. Logs are left out, and with them the rule by which voters refuse candidates whose logs
    lack entries: it restricts who is elected, not how many.
Faults
    Messages are delayed, reordered, repeated and lost: the network is a set that only grows. Servers crash and
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
    """A period with at most one leader; the first has none."""


class Quorum(QuorumSystem[Server]):
    """Servers whose votes are enough to lead."""


class Role(Enum):
    """The role that a server takes itself to have."""

    FOLLOWER, CANDIDATE, LEADER = range(3)


@record
class RequestVote:
    """From a candidate to all: vote for me in this term."""

    candidate: Server
    term: Term


@record
class VoteGranted:
    """To a candidate: you have my vote in this term."""

    voter: Server
    candidate: Server
    term: Term


class RaftElection(Model):
    """No term has two leaders."""

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
        """A server becomes the candidate of a new term, and votes for itself."""
        require(self.term[server] < term, self.role[server] is not Role.LEADER)
        self.term[server] = term
        self.voted_for[server] = server
        self.role[server] = Role.CANDIDATE
        self.messages |= {RequestVote(server, term), VoteGranted(server, server, term)}

    @action
    def learn_of_term(self, server: Server, request: RequestVote) -> None:
        """A server sees a later term, and becomes a follower in it."""
        require(request in self.messages, self.term[server] < request.term)
        self.term[server] = request.term
        self.voted_for[server] = None
        self.role[server] = Role.FOLLOWER

    @action
    def grant(self, server: Server, request: RequestVote) -> None:
        """A server votes for a candidate of its term, unless it has voted for another one in it."""
        require(request in self.messages, self.term[server] == request.term)
        require(self.voted_for[server] is None or self.voted_for[server] == request.candidate)
        self.voted_for[server] = request.candidate
        self.messages.add(VoteGranted(server, request.candidate, request.term))

    @action
    def lead(self, server: Server, quorum: Quorum) -> None:
        """A candidate has the votes of a quorum, and leads."""
        require(self.role[server] is Role.CANDIDATE)
        require(all(VoteGranted(s, server, self.term[server]) in self.messages for s in quorum))
        self.role[server] = Role.LEADER

    @action
    def restart(self, server: Server) -> None:
        """A server crashes, and restarts with what is on its disk."""
        self.role[server] = Role.FOLLOWER

    @invariant
    def election_safety(self, s: Server, t: Server) -> bool:
        """At most one server leads in a term."""
        both_lead = self.role[s] is Role.LEADER and self.role[t] is Role.LEADER
        return s == t or not both_lead or self.term[s] != self.term[t]

    @step_invariant
    def terms_grow(self, after: Self, server: Server) -> bool:
        """A server's term never decreases."""
        return self.term[server] <= after.term[server]

    @lemma
    def one_vote_per_term(self, voter: Server, s: Server, t: Server, term: Term) -> bool:
        """No server votes for two candidates in a term."""
        return s == t or not (
            VoteGranted(voter, s, term) in self.messages and VoteGranted(voter, t, term) in self.messages
        )

    @lemma
    def votes_are_remembered(self) -> bool:
        """A server is still in the term of a vote that it has cast, and remembers the vote, or is in a later term."""
        return all(
            v.term <= self.term[v.voter]
            and implies(v.term == self.term[v.voter], self.voted_for[v.voter] == v.candidate)
            for v in self.messages
            if isinstance(v, VoteGranted)
        )

    @lemma
    def leaders_were_elected(self, server: Server) -> bool:
        """A leader has the votes of a quorum in its term."""
        return self.role[server] is not Role.LEADER or any(
            all(VoteGranted(s, server, self.term[server]) in self.messages for s in q) for q in Quorum
        )

    @reachable
    def any_server_can_lead(self, server: Server) -> bool:
        return self.role[server] is Role.LEADER

    @reachable
    def split_vote(self) -> bool:
        """All servers are candidates in one term, so nobody wins it."""
        return all(self.role[s] is Role.CANDIDATE and self.voted_for[s] == s for s in Server) and all(
            self.term[s] == self.term[t] for s in Server for t in Server
        )


class RaftElectionForgettingVotes(RaftElection):
    """Broken: the vote is not on disk, so a server that restarts votes again in the same term."""

    expected = Violates("election_safety")
    smoke = {}

    @action
    def restart(self, server: Server) -> None:
        """A server crashes, and restarts without its vote."""
        self.role[server] = Role.FOLLOWER
        self.voted_for[server] = None


class RaftElectionWithHalfQuorums(RaftElection):
    """Broken: half of the servers are a quorum. If their number is even, two candidates can win."""

    expected = Violates("election_safety")
    default = {"Server": 2, "Quorum": 1, "Term": 2}
    smoke = {}
    deep = {}

    @axiom
    def quorums_meet(self) -> bool:
        """They need not: without counting, all that is known of halves is that they are not empty."""
        return all(any(s in q for s in Server) for q in Quorum)
