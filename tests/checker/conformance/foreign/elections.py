"""Elections of Raft and how far its logs have got, with votes and acknowledgements as messages."""

from __future__ import annotations

from typing import Annotated

from assay.checker.language import (
    Enum,
    Map,
    Model,
    Parameter,
    Range,
    Set,
    action,
    everywhere,
    invariant,
    record,
    require,
)

Number = Annotated[int, Range(1, "last")]
"""A node."""

Length = Annotated[int, Range(0, "most")]
"""How many entries a log has."""


class Role(Enum):
    """What a node takes itself for."""

    FOLLOWER, CANDIDATE, LEADER = range(3)


@record
class Vote:
    """A vote on its way."""

    voter: Number
    candidate: Number
    term: Range[0, 9]


class Elections(Model):
    """Nodes are numbered from 1; a vote for 0 is none."""

    default = {"last": 3}

    last: Parameter[int] = 3
    quorum: Parameter[int] = 2
    most: Parameter[int] = 5

    term: Map[Number, Range[0, 9]] = everywhere(0)
    vote: Map[Number, Annotated[int, Range(0, "last")]] = everywhere(0)
    role: Map[Number, Role] = everywhere(Role.FOLLOWER)
    length: Map[Number, Length] = everywhere(0)
    sent: Set[Vote]
    counted: Map[Number, Set[Number]]

    @action
    def configure(self, n: Number, length: Length) -> None:
        """A node of a new cluster begins with the log that says who its members are; later it applies what it has."""
        require(length == self.length[n] or (self.length[n] == 0 and self.term[n] <= 1))
        self.length[n] = length

    @action
    def become_follower(self, n: Number, term: Range[0, 9]) -> None:
        require(term >= self.term[n], term <= 1 or any(self.term[m] >= term for m in range(1, self.last + 1)))
        if term > self.term[n]:
            self.vote[n] = 0
        self.term[n] = term
        self.role[n] = Role.FOLLOWER

    @action
    def become_candidate(self, n: Number) -> None:
        require(self.role[n] is not Role.LEADER, self.term[n] < 9)
        self.term[n] += 1
        self.vote[n] = n
        self.role[n] = Role.CANDIDATE
        self.counted[n] = set()

    @action
    def grant(self, n: Number, to: Number) -> None:
        require(self.vote[n] == 0 or self.vote[n] == to, self.term[to] >= self.term[n])
        require(self.length[to] >= self.length[n])
        self.vote[n] = to
        self.sent.add(Vote(n, to, self.term[n]))

    @action
    def count(self, n: Number, voter: Number) -> None:
        require(Vote(voter, n, self.term[n]) in self.sent)
        self.counted[n].add(voter)

    @action
    def become_leader(self, n: Number) -> None:
        require(self.role[n] is Role.CANDIDATE, len(self.counted[n]) >= self.quorum)
        self.role[n] = Role.LEADER

    @action
    def append(self, n: Number) -> None:
        require(self.role[n] is Role.LEADER, self.length[n] < self.most)
        self.length[n] += 1

    @action
    def acknowledge(self, n: Number, to: Number, index: Length) -> None:
        """A node has what its leader has, up to an index."""
        require(self.role[to] is Role.LEADER, self.term[n] == self.term[to], index <= self.length[to])
        if index > self.length[n]:
            self.length[n] = index

    @invariant
    def one_leader_a_term(self) -> bool:
        return not any(
            n != m and self.role[n] is Role.LEADER and self.role[m] is Role.LEADER and self.term[n] == self.term[m]
            for n in range(1, self.last + 1)
            for m in range(1, self.last + 1)
        )
