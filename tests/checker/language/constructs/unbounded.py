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
