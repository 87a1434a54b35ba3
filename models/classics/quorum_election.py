"""Consensus by leader election: each node has one vote, and a node with the votes of a quorum decides for all.

What is modelled
    Nodes ask for votes, vote once, and count the votes that they receive. A node with the votes of all members of a
    quorum is the leader, and decides. Quorums are a sort of their own with a membership relation; all that is known of
    them is that any two have a member in common.
Faults
    Messages are delayed, reordered, repeated and lost: they are sets that only grow.
Source
    The consensus example of Feldman, Wilcox, Shoham, Sagiv, *Inferring Inductive Invariants from Phase Structures* (CAV
    2019), which comes with mypyvy.
"""

from __future__ import annotations

from assay.checker.language import (
    Model,
    Relation,
    Set,
    Sort,
    Violates,
    action,
    axiom,
    invariant,
    lemma,
    reachable,
    record,
    require,
)

__all__ = ["Node", "Quorum", "QuorumElection", "QuorumElectionVotingTwice", "QuorumElectionWithSplitQuorums", "Value"]


class Node(Sort):
    """A process that votes, and may be elected."""


class Quorum(Sort):
    """A set of nodes whose votes are enough."""


class Value(Sort):
    """A value to decide on."""


@record
class Request:
    """A candidate asks a voter for its vote."""

    candidate: Node
    voter: Node


@record
class Vote:
    """A voter votes for a candidate."""

    voter: Node
    candidate: Node


class QuorumElection(Model):
    """At most one value is decided."""

    default = {"Node": 2, "Quorum": 2, "Value": 2}
    smoke = {"Quorum": 1}
    deep = {"Node": 3, "member": "{(n1, q1), (n2, q1), (n2, q2), (n3, q2)}"}

    member: Relation[Node, Quorum]

    requests: Set[Request]
    voted: Set[Node]
    votes: Set[Vote]
    counted: Set[Vote]  # those that have arrived
    leaders: Set[Node]
    decided: Set[tuple[Node, Value]]

    @axiom
    def quorums_meet(self, q: Quorum, r: Quorum) -> bool:
        """Any two quorums have a member in common."""
        return any(self.member(n, q) and self.member(n, r) for n in Node)

    @action
    def ask(self, request: Request) -> None:
        """A candidate asks for a vote."""
        self.requests.add(request)

    @action
    def vote(self, voter: Node, candidate: Node) -> None:
        """A node votes for a candidate that has asked it, unless it has voted."""
        require(voter not in self.voted, Request(candidate, voter) in self.requests)
        self.voted.add(voter)
        self.votes.add(Vote(voter, candidate))

    @action
    def count(self, vote: Vote) -> None:
        """A vote arrives."""
        require(vote in self.votes)
        self.counted.add(vote)

    @action
    def become_leader(self, n: Node, q: Quorum) -> None:
        """A node has the votes of a quorum, and becomes the leader."""
        require(all(Vote(m, n) in self.counted for m in Node if self.member(m, q)))
        self.leaders.add(n)

    @action
    def decide(self, n: Node, v: Value) -> None:
        """A leader decides on a value, once."""
        require(n in self.leaders, all((n, w) not in self.decided for w in Value))
        self.decided.add((n, v))

    @invariant
    def agreement(self) -> bool:
        """At most one value is decided."""
        return all(v == w for (_, v) in self.decided for (_, w) in self.decided)

    @lemma
    def one_leader(self) -> bool:
        """At most one node becomes the leader."""
        return all(m == n for m in self.leaders for n in self.leaders)

    @lemma
    def leaders_have_a_quorum(self, n: Node) -> bool:
        """Every leader has the votes of a quorum."""
        elected = any(all(Vote(m, n) in self.counted for m in Node if self.member(m, q)) for q in Quorum)
        return n not in self.leaders or elected

    @lemma
    def counted_was_voted(self) -> bool:
        """Every vote that was counted was cast."""
        return self.counted <= self.votes

    @lemma
    def one_vote_each(self) -> bool:
        """No node has cast two votes."""
        return all(a.voter != b.voter or a == b for a in self.votes for b in self.votes)

    @lemma
    def voters_have_voted(self) -> bool:
        """A node that has cast a vote remembers that it has."""
        return all(vote.voter in self.voted for vote in self.votes)

    @lemma
    def leaders_decide(self) -> bool:
        """Only leaders decide."""
        return all(n in self.leaders for (n, _) in self.decided)

    @lemma
    def a_leader_decides_once(self) -> bool:
        """No leader decides on two values."""
        return all(m != n or v == w for (m, v) in self.decided for (n, w) in self.decided)

    @reachable
    def any_node_can_decide(self, n: Node, v: Value) -> bool:
        return (n, v) in self.decided


class QuorumElectionVotingTwice(QuorumElection):
    """Broken: a node votes for every candidate that asks."""

    expected = Violates("agreement")
    smoke = {}
    deep = {}

    @action
    def vote(self, voter: Node, candidate: Node) -> None:
        """A node votes for a candidate that has asked it, whether or not it has voted."""
        require(Request(candidate, voter) in self.requests)
        self.voted.add(voter)
        self.votes.add(Vote(voter, candidate))


class QuorumElectionWithSplitQuorums(QuorumElection):
    """Broken: quorums are not empty, but need not meet."""

    expected = Violates("agreement")
    smoke = {}
    deep = {}

    @axiom
    def quorums_meet(self, q: Quorum, r: Quorum) -> bool:
        """Every quorum has a member."""
        return any(self.member(n, q) for n in Node) and any(self.member(n, r) for n in Node)
