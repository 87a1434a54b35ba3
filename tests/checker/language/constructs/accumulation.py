"""Loops over sorts and sets, which have no order, that accumulate in the state and in local names."""

# ruff: noqa

from __future__ import annotations

from typing import Annotated, ClassVar

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


@record
class Vote:
    voter: Node
    to: Node
    ballot: Ballot


class Accumulates(Model):
    """Each action is one way to accumulate; what it makes is compared with a fold where it is claimed."""

    default: ClassVar = {"Node": 2, "Ballot": 2}
    check_deadlock = False
    seen: set[Node]
    votes: set[Vote]
    marked: dict[Node, bool]
    weight: dict[Node, Annotated[int, Range(1, 2)]] = everywhere(1)
    tally: dict[Node, Annotated[int, Range(0, 4)]] = everywhere(0)
    total: Annotated[int, Range(0, 4)] = 0
    product: Annotated[int, Range(0, 8)] = 1
    highest: Annotated[int, Range(0, 2)] = 0
    latest: Ballot = first(Ballot)
    some_marked: bool = False
    all_marked: bool = True
    kept: set[Node]
    voted: dict[Node, Ballot | None] = everywhere(None)
    mail: Annotated[Bag[Node], AtMost(4)]

    @action
    def see(self, n: Node) -> None:
        self.seen.add(n)
        self.weight[n] = 2

    @action
    def vote(self, n: Node, to: Node, b: Ballot) -> None:
        require(len(self.votes) < 2)
        self.votes.add(Vote(n, to, b))

    @action
    def mark(self, n: Node) -> None:
        self.marked[n] = not self.marked[n]
        self.kept = set(Node)

    @action
    def counts(self) -> None:
        self.total = 0
        for n in Node:
            if n in self.seen:
                self.total += 1
            self.total = self.total + 1
        assert self.total == sum(1 for n in Node) + len(self.seen)

    @action
    def weighs(self) -> None:
        self.product = 1
        for n in self.seen:
            self.product *= self.weight[n]
        assert self.product >= 1 and (self.product == 1 or any(self.weight[n] == 2 for n in self.seen))

    @action
    def tallies(self) -> None:
        self.tally = everywhere(0)
        for vote in self.votes:
            self.tally[vote.to] += 1
        assert all(self.tally[n] == len({v for v in self.votes if v.to == n}) for n in Node)

    @action
    def highest_of(self) -> None:
        for n in self.seen:
            self.highest = max(self.highest, self.weight[n])
        assert all(self.weight[n] <= self.highest for n in self.seen)
        for vote in self.votes:
            self.latest = max(vote.ballot, self.latest)
        lowest = 3
        for n in Node:
            lowest = min(self.weight[n], lowest)
        assert lowest == min(self.weight[n] for n in Node)

    @action
    def highest_by_branch(self) -> None:
        best, lowest = 0, 3
        for n in Node:
            if self.weight[n] > best:
                best = self.weight[n]
            weight = self.weight[n]
            if n in self.seen and lowest >= weight:
                lowest = weight
        least = 3
        for n in Node:
            if not self.weight[n] >= least and n in self.seen:
                least = self.weight[n]
        assert least == lowest
        assert best == max(self.weight[n] for n in Node)
        assert lowest == min((self.weight[n] for n in self.seen), default=3)
        for n in self.seen:
            if self.highest <= self.weight[n]:
                self.highest = self.weight[n]
        for vote in self.votes:
            if self.latest < vote.ballot:
                self.latest = vote.ballot

    @action
    def latest_vote(self, to: Node) -> None:
        last: Ballot | None = None
        for vote in self.votes:
            if vote.to == to and (last is None or vote.ballot > last):
                last = vote.ballot
        assert last == max((vote.ballot for vote in self.votes if vote.to == to), default=None)
        first_one: Ballot | None = None
        for vote in self.votes:
            first_one = vote.ballot if first_one is None or first_one >= vote.ballot else first_one
        assert first_one == min((vote.ballot for vote in self.votes), default=None)
        self.voted[to] = None
        for vote in self.votes:
            held = vote.ballot
            if self.voted[vote.to] is None or held < self.voted[vote.to]:
                self.voted[vote.to] = held
        assert self.voted[to] == min((vote.ballot for vote in self.votes if vote.to == to), default=None)

    @action
    def some_and_all(self) -> None:
        some, every, found = False, True, False
        for n in Node:
            some = some or self.marked[n]
            every = self.marked[n] and every
            if self.marked[n]:
                found = True
                self.some_marked = True
            self.all_marked = self.all_marked and self.marked[n]
        assert some == found == any(self.marked[n] for n in Node) and every == all(self.marked[n] for n in Node)

    @action
    def intersects(self) -> None:
        self.kept = set(Node)
        for vote in self.votes:
            self.kept &= {vote.voter, vote.to}
        assert self.kept == {n for n in Node if all(n in (vote.voter, vote.to) for vote in self.votes)}

    @action
    def posts(self) -> None:
        require(len(self.mail) == 0)
        for n in Node:
            self.mail.add(n)
            if n in self.seen:
                self.mail.add(n)
        assert all(self.mail.count(n) == (2 if n in self.seen else 1) for n in Node)

    @action
    def takes(self) -> None:
        require(all(self.mail.count(n) > 0 for n in self.seen))
        for n in self.seen:
            self.mail.remove(n)

    @action
    def empties(self) -> None:
        for n in self.seen:
            if self.marked[n]:
                self.kept = set()
                self.votes.clear()

    @action
    def toggles(self) -> None:
        before = self.some_marked
        for n in Node:
            if n in self.seen:
                self.some_marked = not self.some_marked
        assert (self.some_marked == before) == (len(self.seen) % 2 == 0)

    @action
    def steps(self) -> None:
        top = first(Ballot)
        for n in Node:
            if n in self.seen and len(self.seen) == 1:
                top = succ(top)
        self.latest = top

    @invariant
    def bounded(self) -> bool:
        return self.highest <= 2
