"""Numbers inside tuples and optionals, computed and declared: equal where Python says so, whatever their bounds."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from typing import Self

from assay.checker.language import *
from shared import Node


class Numbers(Model):
    default = {"Node": 2}
    n: Range[0, 3] = 0
    flag: bool | None
    maybe: Range[0, 3] | None
    shifted: Range[-2, 2] | None
    mixed: tuple[Range[0, 3] | None, bool] = (None, False)
    pair: tuple[bool, Range[0, 2]] = (False, 0)
    pairs: Set[tuple[bool, Range[0, 2]]]
    box: Map[Node, Seq[bool, 2]]

    @action
    def up(self, flag: bool) -> None:
        self.n = (self.n + 1) % 4
        self.flag = None if self.n == 2 else flag
        self.maybe = self.n if flag else None
        self.shifted = self.n - 2 if flag and self.n < 3 else None
        self.mixed = (self.maybe, flag)
        self.pair = (flag, self.n % 3)

    @action
    def keep(self) -> None:
        self.pairs.add(self.pair)
        self.pairs.discard((True, self.n + 2))

    @action
    def fill(self, node: Node) -> None:
        require(self.flag is not None and len(self.box[node]) < 2)
        self.box[node].append(self.flag)

    @reachable
    def optional(self) -> bool:
        return (
            self.maybe == 2
            and self.maybe not in {None}
            and (self.flag in {None, None}) == (self.flag is None)
            and None not in {self.maybe, self.n}
            and self.maybe in {1, 2, None}
            and self.maybe != self.n + 1
            and (self.maybe is not None and self.maybe * 2 > 3)
            and self.shifted == self.n - 2
            and self.shifted != self.maybe
            and (self.n + 1 if self.pair[0] else None) == self.maybe + 1
        )

    @reachable
    def in_tuples(self) -> bool:
        return (
            self.mixed == (3, True)
            and self.mixed != (self.n + 4, True)
            and self.mixed[0] != self.n + 1
            and self.mixed in {(x, True) for x in range(5)}
            and self.pair == (True, self.n - 3)
            and (self.n, True) != (0, False)
            and (self.n, (self.n, 1)) == (3, (3, 1))
            and ((self.n if self.pair[0] else None), True) == self.mixed
        )

    @reachable
    def in_sets(self) -> bool:
        return (
            (True, self.n + 1) in self.pairs
            and (True, self.n + 9) not in self.pairs
            and (True, self.maybe) not in self.pairs
            and (self.flag, 1) not in self.pairs
            and {(True, self.n + 1)} <= self.pairs
            and {(True, self.n + 1), (False, -1)} != self.pairs
        )

    @invariant
    def alone(self) -> bool:
        return (
            (1, 2)[0] == 1
            and any(t[0] == self.n for t in {(self.n, self.n + 1)})
            and (self.n, 1) in {(self.n, 1)}
            and any((a, b) == (1, 1) for a in range(2) for b in range(2))
            and max((self.n for x in self.pairs if x[1] > 1), default=None) in {None, self.n}
            and self.both() == 2 * self.n + 1
            and (1, 2, self.n) == (1, 2, self.n)
        )

    @invariant
    def written_out(self) -> bool:
        return all(
            (self.box[node] == [True, False]) != (not (len(self.box[node]) == 2 and self.box[node] == [True, False]))
            and (len(self.box[node]) == 0 or (self.box[node] == [self.box[node][0]]) == (len(self.box[node]) == 1))
            and self.box[node] != [self.flag, None]
            for node in Node
        )

    @step_invariant
    def moves(self, after: Self) -> bool:
        return after.pair == self.pair or (after.n, after.pair[0]) in {(self.n + 1, True), (self.n + 1, False), (0, True), (0, False)}

    def both(self) -> int:
        both = (self.n, self.n + 1)
        return both[0] + both[1]
