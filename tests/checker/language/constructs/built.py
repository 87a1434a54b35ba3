"""Loops that build local lists, sets and numbers, in actions, helpers and properties; and local lists that grow."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from typing import ClassVar

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


@record
class Entry:
    ballot: Ballot
    by: Node


def reversed_by_hand(log: list[Entry]) -> list[Entry]:
    older: list[Entry] = []
    for entry in log:
        older = [entry, *older]
    return older


class Builds(Model):
    """What a loop builds is compared with what a comprehension makes."""

    default: ClassVar = {"Node": 2, "Ballot": 2}
    check_deadlock = False
    log: Seq[Entry, 2]
    other: Seq[Entry, 4]
    voted: Set[Node]
    kept: Set[Ballot]
    level: Map[Node, Range[0, 2]] = everywhere(0)
    count: Range[0, 4] = 0

    @action
    def put(self, b: Ballot, n: Node) -> None:
        self.other = []
        require(len(self.log) < 2)
        log = list(self.log)
        log.append(Entry(b, n))
        self.log = log
        self.level[n] = 1

    @action
    def votes(self, n: Node) -> None:
        self.other = []
        voted = set(self.voted)
        voted |= {n}
        self.voted = voted

    @action
    def turns(self) -> None:
        self.other = []
        log = []
        for entry in self.log:
            log = [entry, *log]
        assert log == list(reversed(self.log)) and log == reversed_by_hand(self.log)
        self.log = log

    @action
    def doubles(self, n: Node) -> None:
        other: list[Entry] = []
        for entry in self.log:
            other = other + [entry, Entry(first(Ballot), n)]
        front: list[Entry] = []
        for entry in self.log:
            front = [entry, Entry(first(Ballot), n)] + front
        assert len(front) == len(other) and (not front or front[1] == other[1])
        self.other = other

    @action
    def skips(self, n: Node) -> None:
        other: list[Entry] = []
        count = 0
        for entry in self.log:
            if entry.by == n:
                continue
            older = Entry(first(Ballot), entry.by)
            if entry.ballot == first(Ballot):
                other.append(older)
            else:
                other.append(entry)
            count += 1
            self.voted.add(entry.by)
        self.other = other
        self.count = count

    @action
    def keeps(self) -> None:
        self.other = []
        kept = set()
        for i, entry in enumerate(self.log):
            newest = entry.ballot
            if i > 0 or newest not in self.kept:
                kept.add(newest)
        for entry in self.log:
            for ballot in Ballot:
                if ballot < entry.ballot:
                    kept.discard(ballot)
        self.kept = kept

    @action
    def everyone(self, n: Node) -> None:
        self.other = []
        missing = set(Node)
        for m in self.voted:
            if self.level[m] == 0:
                missing.discard(m)
        empty: set[Node] = set()
        for m in Node:
            if m not in self.voted and m != n:
                empty = empty | {m, n}
        assert n in missing or n in self.voted
        self.voted = empty

    @action
    def authors(self, n: Node) -> None:
        self.other = []
        voted = set(self.voted)
        for entry in self.log:
            if entry.by in voted:
                continue
            voted.add(entry.by)
        left = set(Node)
        for m in self.voted:
            if m != n and m in left:
                left.discard(m)
        assert voted == self.voted | {entry.by for entry in self.log}
        assert left == {m for m in Node if m == n or m not in self.voted}
        self.voted = voted

    @action
    def once(self, n: Node) -> None:
        other = [Entry(first(Ballot), n)]
        for entry in self.log:
            if entry not in other:
                other.append(entry)
        nodes: list[Node] = []
        for entry in self.log:
            by = entry.by
            if by != n and not by in nodes:
                nodes += [by]
        assert set(nodes) == {entry.by for entry in self.log} - {n} and len(nodes) == len(set(nodes))
        assert set(other) == {Entry(first(Ballot), n)} | set(self.log) and len(other) == len(set(other))
        self.other = other

    @action
    def up_to(self, n: Node) -> None:
        log = list(self.log)
        stop = next((i for i, entry in enumerate(log) if entry.by == n), len(log))
        before = []
        for entry in log[:stop]:
            before.append(entry)
        assert all(entry.by != n for entry in before) and log[: len(before)] == before
        self.other = before

    @action
    def clears(self) -> None:
        self.other = []
        self.level = everywhere(0)

    def levels(self) -> int:
        total = 0
        for n, level in self.level.items():
            if n in self.voted:
                total += level
            else:
                total -= level
        return total

    @invariant
    def sums(self) -> bool:
        total = 0
        for n in Node:
            level = self.level[n]
            total = total + (level if n in self.voted else -level)
        return total == self.levels()

    @invariant
    def distinct(self) -> bool:
        seen: set[Node] = set()
        first_ones = 0
        for entry in self.log:
            if entry.by not in seen:
                seen |= {entry.by}
            if not entry.by not in self.voted:
                first_ones += 1
        ballots: list[Ballot] = []
        for entry in self.log:
            if entry.ballot in ballots:
                continue
            ballots = [*ballots, entry.ballot]
        if ballots != [entry.ballot for entry in self.log] and len(ballots) == len(self.log):
            return False
        running = [sum(self.level[entry.by] for entry in self.log[: i + 1]) for i in range(len(self.log))]
        return (
            seen == {entry.by for entry in self.log}
            and first_ones <= len(self.log) == len(running)
            and (ballots[:1] == [entry.ballot for entry in self.log][:1])
        )

    @invariant
    def counts(self) -> bool:
        number, all_ = 0, True
        nodes = set()
        for entry in self.log:
            number += 1
            nodes = nodes | {entry.by}
            all_ = all_ and entry.by in self.voted
        return number == len(self.log) and nodes == {e.by for e in self.log} and all_ == (nodes <= self.voted)

    @invariant
    def largest(self) -> bool:
        most: Ballot | None = None
        high, low = first(Ballot), last(Ballot)
        for entry in self.log:
            if most is None or entry.ballot > most:
                most = entry.ballot
            high = max(high, entry.ballot)
            if entry.ballot < low:
                low = entry.ballot
        return most is None or (most == high and low <= high)

    @invariant
    def finds(self) -> bool:
        found, seen = False, 0
        for entry in self.log:
            found = found or entry.by in self.voted
            if entry.by in self.voted:
                seen = 1
        return found == (seen == 1)


class BuildsUntilLeft(Model):
    """What a loop builds that a round leaves is what the rounds before it have found."""

    default: ClassVar = {"Node": 2, "Ballot": 2}
    check_deadlock = False
    numbers: Seq[Range[0, 2], 3]
    found: Seq[Range[0, 4], 3]
    seen: Set[Range[0, 2]]
    bare: Set[Node]
    votes: Map[Node, Set[Ballot]]
    flag: bool

    @action
    def put(self, number: Range[0, 2]) -> None:
        require(len(self.numbers) < 3)
        self.numbers.append(number)
        self.found = []
        self.seen = set()
        self.flag = False

    @action
    def vote(self, n: Node, b: Ballot) -> None:
        self.votes[n].add(b)

    @action
    def before(self, stop: Range[0, 2]) -> None:
        found: list[int] = []
        for x in self.numbers:
            if x == stop:
                break
            found.append(x)
        self.found = found

    @action
    def up_to(self) -> None:
        found = []
        for i, x in enumerate(self.numbers, 1):
            y = x + i
            if y > 4:
                break
            if x == 0:
                continue
            found = [x, *found]
            if x == 2:
                break
        self.found = found

    @action
    def inside(self) -> None:
        self.bare.difference_update(n for n in Node if self.votes[n])
        seen: set[int] = set()
        for x in reversed(self.numbers):
            for y in self.numbers:
                if y > x:
                    seen.add(y)
                    self.flag = True
                    break
        self.seen = seen

    @action
    def beside_a_number(self) -> None:
        found, most = list(self.numbers[:0]), 0
        for x in self.numbers:
            most = max(most, x)
            if x > 0:
                found = [x, *found]
        self.found = found if most == 2 else []

    @action
    def unless(self) -> None:
        found = []
        for x in self.numbers:
            if x == 2:
                break
            for y in self.numbers:
                if y > x:
                    break
                if x + y == 3:
                    continue
                found.append(x + y)
            else:
                found.insert(0, x)
        self.found = found[:3]

    @action
    def without_votes(self) -> None:
        bare = set()
        for n in Node:
            for b in Ballot:
                if b in self.votes[n]:
                    break
            else:
                bare.add(n)
        self.bare = bare

    @invariant
    def rising(self) -> bool:
        pairs = 0
        for x, y in zip(self.numbers, self.numbers[1:]):
            if y < x:
                break
            pairs += 1
        total = 0
        for x in self.numbers:
            for y in self.numbers:
                if y > x:
                    break
                total += y
        return pairs < 3 and total <= 18
