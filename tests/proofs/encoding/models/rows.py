"""Loops and comprehensions in which each round changes a sequence or bag of its own."""

from assay.checker.language import Bag, Map, Model, Order, Seq, Set, Sort, Violates, action, first, invariant, require

__all__ = ["CopiesLess", "FillsWhatIsFull", "KeepsSaying", "Rows", "SameRows"]


class Node(Sort):
    """Who has a row."""


class Ballot(Order):
    """What is in it."""


class Rows(Model):
    """Each action is one way to change the rows of all nodes."""

    default = {"Node": 2, "Ballot": 2}
    check_deadlock = False

    logs: Map[Node, Seq[Ballot, 2]]
    copy: Map[Node, Seq[Ballot, 2]]
    bags: Map[Node, Bag[Ballot, 2]]
    two: Map[Node, Map[Node, Seq[Ballot, 1]]]
    sets: Map[Node, Set[Ballot]]

    @action
    def put(self, n: Node, b: Ballot) -> None:
        require(len(self.logs[n]) < 2)
        self.logs[n].append(b)

    @action
    def copies(self) -> None:
        self.copy = {n: list(self.logs[n]) for n in Node}

    @action
    def drops_first(self) -> None:
        self.logs = {n: self.logs[n][1:] for n in Node}

    @action
    def filters(self) -> None:
        self.copy = {n: [b for b in self.logs[n] if b != first(Ballot)] for n in Node}

    @action
    def copies_one(self, k: Node) -> None:
        self.logs = {n: list(self.logs[k]) for n in Node}

    @action
    def empties(self) -> None:
        self.logs = {n: [] for n in Node}

    @action
    def cuts(self) -> None:
        for n in Node:
            self.logs[n] = self.copy[n][:1]

    @action
    def appends(self, b: Ballot) -> None:
        for n in Node:
            require(len(self.logs[n]) < 2)
            self.logs[n].append(b)

    @action
    def pops_first(self, k: Node) -> None:
        for n in Node:
            if n != k and len(self.logs[n]) > 0:
                b = self.logs[n].pop(0)
                self.sets[n].add(b)

    @action
    def pops_and_appends(self, k: Node) -> None:
        for n in Node:
            if n != k:
                b = self.copy[n].pop()
                self.copy[n].append(b)
                self.copy[n].append(b)

    @action
    def fills_one_row(self, k: Node, b: Ballot) -> None:
        for n in Node:
            self.two[k][n] = [b]

    @action
    def fills_rows(self, k: Node, b: Ballot) -> None:
        for n in Node:
            for m in Node:
                if m != k:
                    self.two[n][m] = [] if n == m else [b]

    @action
    def takes_and_stores(self, b: Ballot) -> None:
        for n in Node:
            if self.bags[n].count(b) > 0:
                self.bags[n].remove(b)
            if self.logs[n]:
                self.logs[n][0] = b

    @action
    def sets_and_beyond_the_bound(self, b: Ballot) -> None:
        self.sets = {n: {c for c in self.logs[n] if c != b} for n in Node}
        for n in Node:
            self.copy[n] = [b, b]
            if len(self.logs[n]) > 1:
                self.copy[n].append(b)
                self.copy[n].pop(0)


class SameRows(Model):
    """While `same` is true, what was copied is what is there."""

    default = {"Node": 2, "Ballot": 2}

    logs: Map[Node, Seq[Ballot, 2]]
    copy: Map[Node, Seq[Ballot, 2]]
    same: bool

    @action
    def put(self, n: Node, b: Ballot) -> None:
        require(len(self.logs[n]) < 2)
        self.logs[n].append(b)
        self.same = False

    @action
    def copies(self) -> None:
        self.copy = {n: list(self.logs[n]) for n in Node}
        self.same = True

    @action
    def drops_first(self) -> None:
        self.logs = {n: self.logs[n][1:] for n in Node}
        self.same = False

    @action
    def cuts(self) -> None:
        for n in Node:
            self.logs[n] = self.copy[n][:1]
        self.same = False

    @action
    def fills(self, b: Ballot) -> None:
        for n in Node:
            if len(self.logs[n]) < 2:
                self.logs[n].append(b)
        self.same = False

    @invariant
    def are_same(self, n: Node) -> bool:
        return not self.same or self.logs[n] == self.copy[n]


class CopiesLess(SameRows):
    """Broken: the first item is left out."""

    expected = Violates("are_same")

    @action
    def copies(self) -> None:
        self.copy = {n: self.logs[n][1:] for n in Node}
        self.same = True


class KeepsSaying(SameRows):
    """Broken: rows are changed, and are said to be the same."""

    expected = Violates("are_same")

    @action
    def fills(self, b: Ballot) -> None:
        for n in Node:
            if len(self.logs[n]) < 2 and len(self.copy[n]) > 0:
                self.logs[n].append(b)


class FillsWhatIsFull(SameRows):
    """Broken, as rows grow beyond their bound."""

    @action
    def fills(self, b: Ballot) -> None:
        for n in Node:
            self.logs[n].append(b)
        self.same = False
