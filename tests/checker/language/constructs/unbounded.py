"""Numbers without bounds, inside a constraint."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from assay.checker.language import *


class Node(Sort):
    """A sort."""


@record
class Stamp:
    node: Node
    time: Nat


@record
class Answer:
    to: Nat


class Clocks(Model):
    """Logical clocks: in maps, records, sets, optionals, sequences; sums and differences of them."""

    default = {"Node": 2}
    clock: Map[Node, Nat] = everywhere(0)
    sent: Set[Stamp]
    ahead: int = 0
    latest: int | None
    seen: Seq[Nat, 2]

    @action
    def tick(self, n: Node) -> None:
        self.clock[n] += 1
        self.sent.add(Stamp(n, self.clock[n]))

    @action
    def receive(self, n: Node, m: Node) -> None:
        require(n != m, any(s.node == m for s in self.sent))
        heard = max(s.time for s in self.sent if s.node == m)
        self.clock[n] = max(self.clock[n], heard) + 1
        self.ahead = self.clock[n] - self.clock[m] * 2
        self.latest = heard if self.ahead < 0 else None

    @action
    def hear(self, n: Node, stamp: Stamp) -> None:
        require(stamp in self.sent, stamp.node != n, stamp.time > self.clock[n])
        self.clock[n] = stamp.time

    @action
    def note(self, n: Node) -> None:
        require(len(self.seen) < 2, self.clock[n] > 1)
        self.seen.append(self.clock[n] * self.clock[n])

    @invariant
    def sent_before(self) -> bool:
        return all(s.time <= self.clock[s.node] for s in self.sent)

    @invariant
    def squares(self) -> bool:
        return all(t >= 4 for t in self.seen) and self.ahead >= -10

    @constraint
    def early(self) -> bool:
        return all(self.clock[n] <= 3 for n in Node)


class Answers(Model):
    """Messages of two kinds carry numbers without bounds; what is in a set is drawn from it, also from an entry's."""

    default = {"Node": 2}
    sent: Set[Stamp | Answer]
    inbox: Map[Node, Set[Stamp]]
    time: Map[Node, Nat] = everywhere(0)

    @action
    def ask(self, n: Node) -> None:
        require(self.time[n] < 2)
        self.time[n] += 1
        self.sent.add(Stamp(n, self.time[n]))

    @action
    def take(self, m: Stamp, n: Node) -> None:
        require(m in self.sent, m.node != n)
        self.inbox[n].add(m)
        self.sent.add(Answer(m.time))

    @action
    def read(self, n: Node, m: Stamp) -> None:
        require(m in self.inbox[n], m.time > self.time[n])
        self.time[n] = m.time

    @action
    def over(self, a: Answer) -> None:
        require(a in self.sent)
        self.sent.discard(a)

    @invariant
    def few(self, n: Node) -> bool:
        return self.time[n] <= 2 and all(m.time <= 2 for m in self.inbox[n])

    @terminal
    def whenever(self) -> bool:
        return True
