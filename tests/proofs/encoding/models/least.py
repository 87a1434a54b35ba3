"""The first element of an order that meets a condition, and the first of those with the least or greatest key."""

from assay.checker.language import (
    Map,
    Model,
    Order,
    Range,
    Set,
    Sort,
    Violates,
    action,
    anything,
    everywhere,
    invariant,
    require,
)

__all__ = ["FirstOfNone", "Greatest", "Least", "NoneTies"]


class Node(Sort):
    """Who owns a ballot."""


class Ballot(Order):
    """The number of a round."""


class Least(Model):
    """`fresh` says that `current` is the first unused ballot, `least` that it is the first of those with least load."""

    default = {"Node": 2, "Ballot": 2}

    used: Set[Ballot]
    current: Ballot | None
    owner: Map[Ballot, Node | None]
    load: Map[Ballot, Range[0, 2]] = everywhere(0)
    rank: Map[Ballot, Ballot] = anything()
    fresh: bool
    least: bool

    @action
    def use(self, b: Ballot, load: Range[0, 2]) -> None:
        self.used.add(b)
        self.load[b] = load
        self.fresh = False
        self.least = False

    @action
    def look(self) -> None:
        self.current = next((b for b in Ballot if b not in self.used), None)
        self.fresh = True
        self.least = False

    @action
    def look_again(self) -> None:
        require(any(b not in self.used for b in Ballot))
        self.current = next(b for b in Ballot if b not in self.used)
        self.fresh = True
        self.least = False

    @action
    def find_least(self) -> None:
        self.current = min(Ballot, key=lambda b: self.load[b])
        self.fresh = False
        self.least = True

    @action
    def take(self, n: Node) -> None:
        require(any(self.owner[b] is None for b in Ballot))
        b = next(b for b in Ballot if self.owner[b] is None)
        assert self.owner[b] is None
        assert all(self.owner[c] is not None for c in Ballot if c < b)
        self.owner[b] = n

    @action
    def rank_highest(self) -> None:
        b = max(Ballot, key=lambda b: self.rank[b])
        assert all(self.rank[c] <= self.rank[b] for c in Ballot)
        assert all(self.rank[c] < self.rank[b] for c in Ballot if c < b)

    @invariant
    def is_fresh(self) -> bool:
        return not self.fresh or self.current is None or self.current not in self.used

    @invariant
    def all_before_are_used(self) -> bool:
        current = self.current
        return not self.fresh or current is None or all(b in self.used for b in Ballot if b < current)

    @invariant
    def none_is_left(self) -> bool:
        return not self.fresh or self.current is not None or all(b in self.used for b in Ballot)

    @invariant
    def is_least(self) -> bool:
        current = self.current
        return not self.least or (current is not None and all(self.load[current] <= self.load[b] for b in Ballot))

    @invariant
    def is_first(self) -> bool:
        current = self.current
        return not self.least or (
            current is not None and all(self.load[current] < self.load[b] for b in Ballot if b < current)
        )


class FirstOfNone(Least):
    """Broken, as an action of it raises where no ballot is left."""

    @action
    def take(self, n: Node) -> None:
        b = next(b for b in Ballot if self.owner[b] is None)
        self.owner[b] = n


class Greatest(Least):
    """Broken: the greatest load is taken for the least."""

    expected = Violates("is_least")

    @action
    def find_least(self) -> None:
        self.current = max(Ballot, key=lambda b: self.load[b])
        self.fresh = False
        self.least = True


class NoneTies(Least):
    """Broken: others may have the same rank."""

    expected = Violates("assertions")

    @action
    def rank_highest(self) -> None:
        b = max(Ballot, key=lambda b: self.rank[b])
        assert all(self.rank[c] < self.rank[b] for c in Ballot if c != b)
