"""Names for maps in the state: each is the map itself."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from typing import Self

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


class NamedMaps(Model):
    default = {"Node": 2, "Ballot": 2}
    check_deadlock = False
    flag: bool
    votes: Map[Node, Map[Node, bool]]
    level: Map[Node, Range[0, 2]] = everywhere(0)
    friends: Map[Ballot, Map[Node, Set[Node]]]
    leader: Node | None
    ballot: Ballot = first(Ballot)

    @action
    def sees_the_change(self, n: Node, m: Node) -> None:
        votes = self.votes[n]
        self.votes[n][m] = not votes[m]
        if votes[m]:
            self.flag = True
        votes[n] = self.flag
        require(self.votes[n][n] == self.flag)

    @action
    def whole(self, n: Node) -> None:
        level = self.level
        level[n] = (self.level[n] + 1) % 3
        self.flag = level[n] == 2

    @action
    def keeps_its_keys(self, n: Node, m: Node) -> None:
        x = n
        votes = self.votes[x]
        x = m
        votes[x] = not votes[x]
        other = votes
        other[n] = True
        self.flag = all(votes.values())

    @action
    def keeps_a_stored_key(self, n: Node) -> None:
        require(self.leader is not None)
        votes = self.votes[self.leader]
        self.leader = n
        votes[n] = not votes[n]

    @action
    def leads(self, n: Node) -> None:
        self.leader = n

    @action
    def of_sets(self, n: Node, m: Node) -> None:
        friends = self.friends[self.ballot]
        friends[n].add(m)
        self.ballot = last(Ballot)
        if m in friends[m]:
            friends[n].discard(n)

    @action
    def in_a_loop(self, n: Node) -> None:
        for m in Node:
            votes = self.votes[m]
            votes[n] = votes[m]

    @action
    def of_rows(self, n: Node) -> None:
        for m, row in self.votes.items():
            row[m] = row[n]
        self.flag = any(row[n] for row in self.votes.values())

    @action
    def after_a_branch(self, n: Node, m: Node) -> None:
        if self.flag:
            votes = self.votes[n]
            votes[m] = False
        else:
            votes = self.votes[m]
            votes[m] = True

    def voted(self, n: Node) -> bool:
        votes = self.votes[some_of(self.leader, n)]
        return any(votes[m] for m in Node)

    @reachable
    def all_voted(self, n: Node) -> bool:
        votes = self.votes[n]
        return all(votes.values()) and not self.voted(n) and self.flag

    @step_invariant
    def stays(self, after: Self, n: Node) -> bool:
        before = self.level
        behind = after.level
        rows = after.votes
        return max(before[n], behind[n]) <= 2 and (rows[n][n] or not rows[n][n])


def some_of(one: Node | None, other: Node) -> Node:
    return other if one is None else one
