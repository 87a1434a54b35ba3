"""Loops that keep the largest or smallest of what they meet, or one value for all, in the state and in local names."""

from enum import Enum

from assay.checker.language import (
    Map,
    Model,
    Order,
    Set,
    Sort,
    Violates,
    action,
    everywhere,
    first,
    invariant,
    last,
    record,
    require,
)

__all__ = ["Chosen", "Kept", "KeptByAny", "KeptOfOthers", "KeptSmallest", "KeptTwice", "Lowest", "MarkedByAll"]
__all__ += ["MarkedByNone", "SomeKept", "Told"]


class Acceptor(Sort):
    """Who votes."""


class Ballot(Order):
    """The number of a round."""


class Told(Enum):
    """What is known of the votes."""

    NOTHING, SOME, ALL = range(3)


@record
class Vote:
    """A vote, or none in a ballot that somebody knows of."""

    acceptor: Acceptor
    ballot: Ballot | None
    known: Ballot


class Kept(Model):
    """What is kept of votes; `fresh` says that no vote came since."""

    default = {"Acceptor": 2, "Ballot": 2}

    votes: Set[Vote]
    fresh: bool
    best: Ballot | None
    least: Ballot = first(Ballot)
    least_kept: bool
    latest: Map[Acceptor, Ballot | None]
    earliest: Map[Acceptor, Ballot] = everywhere(first(Ballot))
    told: Told = Told.NOTHING
    holder: Map[Acceptor, Acceptor | None]
    pair: Ballot | None

    @action
    def vote(self, acceptor: Acceptor, ballot: Ballot | None, known: Ballot) -> None:
        self.votes.add(Vote(acceptor, ballot, known))
        self.fresh = False
        self.least_kept = False
        self.best = None
        self.latest = everywhere(None)
        self.earliest = everywhere(last(Ballot))
        self.told = Told.NOTHING

    @action
    def keep_best(self) -> None:
        require(not self.fresh)
        best: Ballot | None = None
        for v in self.votes:
            if v.ballot is not None and (best is None or v.ballot > best):
                best = v.ballot
        self.best = best
        self.fresh = True

    @action
    def keep_best_in_the_state(self) -> None:
        require(not self.fresh)
        self.best = None
        for v in self.votes:
            if v.ballot is not None:
                ballot = v.ballot
                if self.best is None or self.best <= ballot:
                    self.best = ballot
        self.fresh = True

    @action
    def keep_least(self) -> None:
        least = last(Ballot)
        for v in self.votes:
            least = min(least, v.known)
        self.least = least
        self.least_kept = True

    @action
    def keep_least_in_the_state(self, start: Ballot) -> None:
        require(all(v.known <= start for v in self.votes))
        self.least = start
        for v in self.votes:
            if v.known < self.least:
                self.least = v.known
        self.least_kept = bool(self.votes)

    @action
    def keep_latest_of_each(self) -> None:
        for v in self.votes:
            if v.ballot is not None:
                ballot = v.ballot
                if self.latest[v.acceptor] is None or ballot > self.latest[v.acceptor]:
                    self.latest[v.acceptor] = ballot
                self.earliest[v.acceptor] = min(self.earliest[v.acceptor], ballot)

    @action
    def keep_lower_of_pairs(self) -> None:
        self.pair = None
        for v in self.votes:
            for w in self.votes:
                if v.ballot is not None and w.ballot is not None and v.ballot < w.ballot:
                    lower = v.ballot
                    if self.pair is None or lower > self.pair:
                        self.pair = lower

    @action
    def tell(self) -> None:
        told = Told.ALL if self.votes else Told.NOTHING
        for v in self.votes:
            if v.ballot is None:
                told = Told.SOME
        self.told = told

    @action
    def tell_in_the_state(self) -> None:
        require(self.votes)
        self.told = Told.ALL
        for v in self.votes:
            if v.ballot is None:
                self.told = Told.SOME

    @action
    def hold(self, by: Acceptor) -> None:
        for v in self.votes:
            if v.ballot is not None:
                self.holder[v.acceptor] = by

    @action
    def free(self) -> None:
        for v in self.votes:
            if v.ballot is not None:
                self.holder[v.acceptor] = None

    @invariant
    def best_is_a_vote(self) -> bool:
        return self.best is None or any(v.ballot == self.best for v in self.votes)

    @invariant
    def none_is_beyond_the_best(self) -> bool:
        votes = {v.ballot for v in self.votes}
        return not self.fresh or all(b is None or (self.best is not None and b <= self.best) for b in votes)

    @invariant
    def least_is_not_beyond_any(self) -> bool:
        return not self.least_kept or all(self.least <= v.known for v in self.votes)

    @invariant
    def least_is_known(self) -> bool:
        return not self.least_kept or self.least == last(Ballot) or any(self.least == v.known for v in self.votes)

    @invariant
    def latest_is_a_vote(self, a: Acceptor) -> bool:
        return self.latest[a] is None or any(v.acceptor == a and v.ballot == self.latest[a] for v in self.votes)

    @invariant
    def earliest_is_not_beyond_the_latest(self, a: Acceptor) -> bool:
        latest = self.latest[a]
        return latest is None or self.earliest[a] <= latest

    @invariant
    def told_all_means_all(self) -> bool:
        return self.told != Told.ALL or all(v.ballot is not None for v in self.votes)

    @invariant
    def told_some_means_not_all(self) -> bool:
        return self.told != Told.SOME or any(v.ballot is None for v in self.votes)

    @invariant
    def only_voters_are_held(self, a: Acceptor) -> bool:
        return self.holder[a] is None or any(v.acceptor == a and v.ballot is not None for v in self.votes)

    @invariant
    def lower_of_a_pair(self) -> bool:
        votes = {v.ballot for v in self.votes}
        pair = self.pair
        return pair is None or (pair in votes and any(b is not None and pair < b for b in votes))


class KeptByAny(Kept):
    """Broken: what is kept is a ballot that somebody knows of, voted or not."""

    expected = Violates("best_is_a_vote")

    @action
    def keep_best(self) -> None:
        require(not self.fresh)
        best: Ballot | None = None
        for v in self.votes:
            if v.ballot is not None and (best is None or v.known > best):
                best = v.known
        self.best = best
        self.fresh = all(v.ballot is None for v in self.votes)


class KeptSmallest(Kept):
    """Broken: the smallest is kept."""

    expected = Violates("none_is_beyond_the_best")

    @action
    def keep_best_in_the_state(self) -> None:
        require(not self.fresh)
        self.best = None
        for v in self.votes:
            if v.ballot is not None:
                ballot = v.ballot
                if self.best is None or self.best >= ballot:
                    self.best = ballot
        self.fresh = True


class SomeKept(Kept):
    """Broken: a vote for the first ballot is passed over."""

    expected = Violates("none_is_beyond_the_best")

    @action
    def keep_best(self) -> None:
        require(not self.fresh)
        best: Ballot | None = None
        for v in self.votes:
            if v.ballot is not None and v.ballot != first(Ballot) and (best is None or v.ballot > best):
                best = v.ballot
        self.best = best
        self.fresh = True


class Lowest(Kept):
    """Broken: the start may be lower than all."""

    expected = Violates("least_is_known")

    @action
    def keep_least_in_the_state(self, start: Ballot) -> None:
        self.least = start
        for v in self.votes:
            if v.known < self.least:
                self.least = v.known
        self.least_kept = bool(self.votes)


class KeptOfOthers(Kept):
    """Broken: everybody gets the latest vote of all."""

    expected = Violates("latest_is_a_vote")

    @action
    def keep_latest_of_each(self) -> None:
        for v in self.votes:
            if v.ballot is not None:
                ballot = v.ballot
                for a in Acceptor:
                    if self.latest[a] is None or ballot > self.latest[a]:
                        self.latest[a] = ballot
                self.earliest[v.acceptor] = min(self.earliest[v.acceptor], ballot)


class KeptTwice(Kept):
    """Broken: the upper of a pair is kept."""

    expected = Violates("lower_of_a_pair")

    @action
    def keep_lower_of_pairs(self) -> None:
        self.pair = None
        for v in self.votes:
            for w in self.votes:
                if v.ballot is not None and w.ballot is not None and v.ballot <= w.ballot:
                    upper = w.ballot
                    if self.pair is None or upper > self.pair:
                        self.pair = upper


class MarkedByAll(Kept):
    """Broken: a vote, not the lack of one, changes what is told."""

    expected = Violates("told_all_means_all")

    @action
    def tell_in_the_state(self) -> None:
        require(self.votes)
        self.told = Told.ALL
        for v in self.votes:
            if v.ballot is not None:
                self.told = Told.SOME


class MarkedByNone(Kept):
    """Broken: any vote changes what is told."""

    expected = Violates("told_some_means_not_all")

    @action
    def tell(self) -> None:
        told = Told.ALL if self.votes else Told.NOTHING
        for v in self.votes:
            if v.known == first(Ballot):
                told = Told.SOME
        self.told = told


class Chosen(Kept):
    """Broken: those without a vote are held."""

    expected = Violates("only_voters_are_held")

    @action
    def hold(self, by: Acceptor) -> None:
        for v in self.votes:
            if v.ballot is None:
                self.holder[v.acceptor] = by
