"""Claims about sets and lists that loops build: those of `Built` are true, each of the others adds one that is not."""

from assay.checker.language import Model, Order, Seq, Set, Sort, action, invariant, lemma, record, require

__all__ = ["Built"]


class Node(Sort):
    """Who writes."""


class Ballot(Order):
    """When."""


@record
class Entry:
    """What is written."""

    ballot: Ballot
    by: Node


class Built(Model):
    """A log, and what loops make of it."""

    default = {"Node": 2, "Ballot": 2}
    check_deadlock = False
    log: Seq[Entry, 3]
    writers: Set[Node]
    kept: Seq[Entry, 3]
    front: Seq[Entry, 3]
    first_ones: Seq[Node, 3]

    @action
    def write(self, b: Ballot, n: Node) -> None:
        require(len(self.log) < 3)
        self.log.append(Entry(b, n))

    @action
    def name_writers(self) -> None:
        writers: set[Node] = set()
        for entry in self.log:
            writers.add(entry.by)
        self.writers = writers

    @action
    def keep(self, b: Ballot) -> None:
        kept: list[Entry] = []
        for entry in self.log:
            if entry.ballot < b:
                continue
            kept.append(entry)
        self.kept = kept

    @action
    def cut(self, n: Node) -> None:
        front: list[Entry] = []
        for entry in self.log:
            if entry.by == n:
                break
            front.append(entry)
        self.front = front

    @action
    def each_once(self) -> None:
        ones: list[Node] = []
        for entry in self.log:
            if entry.by not in ones:
                ones.append(entry.by)
        self.first_ones = ones

    @invariant
    def writers_have_written(self, n: Node) -> bool:
        return n not in self.writers or any(entry.by == n for entry in self.log)

    @invariant
    def kept_is_in_the_log(self) -> bool:
        return all(entry in self.log for entry in self.kept)

    @invariant
    def front_begins_the_log(self) -> bool:
        return self.log[: len(self.front)] == self.front

    @lemma
    def front_is_no_longer(self) -> bool:
        return len(self.front) <= len(self.log)

    @invariant
    def nobody_is_first_twice(self, n: Node) -> bool:
        return self.first_ones.count(n) <= 1


class AllWritersAreNamed(Built):
    @invariant
    def wrong(self, n: Node) -> bool:
        return n in self.writers or all(entry.by != n for entry in self.log)


class KeptBeginsTheLog(Built):
    @invariant
    def wrong(self) -> bool:
        return self.log[: len(self.kept)] == self.kept


class KeptAscends(Built):
    @invariant
    def wrong(self) -> bool:
        return all(one.ballot <= other.ballot for one, other in zip(self.kept, self.kept[1:], strict=False))


class FrontIsOfOne(Built):
    @invariant
    def wrong(self) -> bool:
        return all(one.by == other.by for one in self.front for other in self.front)


class OneIsFirst(Built):
    @invariant
    def wrong(self) -> bool:
        return len(self.first_ones) < 2
