"""Loops inside loops that keep the largest or smallest, over sorts and sequences, with requirements among them."""

from assay.checker.language import Map, Model, Order, Seq, Sort, action, first, last, require, some, succ

__all__ = ["Nested"]


class Node(Sort):
    """Who has a rank."""


class Ballot(Order):
    """The ranks."""


class Nested(Model):
    """Each action is one way to keep the rank of some node."""

    default = {"Node": 2, "Ballot": 3}
    check_deadlock = False

    to: Map[Node, Map[Node, bool]]
    rank: Map[Node, Ballot | None]
    best: Ballot | None
    top: Ballot = first(Ballot)
    best_of: Map[Node, Ballot | None]
    line: Seq[Node, 2]

    @action
    def put(self, n: Node, m: Node, b: Ballot | None) -> None:
        self.to[n][m] = not self.to[n][m]
        self.rank[n] = b
        self.best = b
        if len(self.line) < 2:
            self.line.append(m)

    @action
    def smallest_in_a_name(self) -> None:
        best: Ballot | None = None
        for n in Node:
            for m in Node:
                if self.to[n][m]:
                    r = self.rank[m]
                    if r is not None and (best is None or r < best):
                        best = r
        self.best = best

    @action
    def largest_in_the_state(self) -> None:
        for n in Node:
            for m in Node:
                if self.to[n][m]:
                    r = self.rank[m]
                    if r is not None:
                        b = r
                        if self.best is None or b > self.best:
                            self.best = b

    @action
    def largest_of_each(self) -> None:
        for n in Node:
            for m in Node:
                if self.to[n][m]:
                    r = self.rank[m]
                    if r is not None:
                        b = r
                        if self.best_of[n] is None or b > self.best_of[n]:
                            self.best_of[n] = b

    @action
    def largest_of_smallest(self) -> None:
        top = self.top
        for n in Node:
            low = last(Ballot)
            for m in self.line:
                r = self.rank[m]
                if r is not None:
                    low = min(low, r)
            if self.to[n][n]:
                top = max(top, low)
        self.top = top

    @action
    def largest_in_order(self) -> None:
        top = self.top
        for m in self.line:
            for n in Node:
                r = self.rank[n]
                if self.to[n][m] and r is not None:
                    top = max(top, r)
            if top == last(Ballot):
                top = first(Ballot)
        self.top = top

    @action
    def passes_over(self) -> None:
        top = self.top
        for n in Node:
            r = self.rank[n]
            if r is not None and r == last(Ballot):
                continue
            if r is not None and self.to[n][n]:
                top = max(top, r)
        for n in Node:
            r = self.rank[n]
            require(r is None or r <= top)
        self.top = top

    @action
    def of_what_is_there(self) -> None:
        low = self.top
        for n in Node:
            if self.to[n][n]:
                require(some(self.rank[n]) >= first(Ballot))
                low = min(low, some(self.rank[n]))
        self.top = low

    @action
    def of_what_follows(self) -> None:
        low = self.top
        for n in Node:
            if self.to[n][n]:
                r = self.rank[n]
                assert r is not None
                low = min(low, succ(r))
        self.top = low
