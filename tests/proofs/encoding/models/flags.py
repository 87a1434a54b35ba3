"""Loops over records with an optional field that raise and lower flags."""

from assay.checker.language import (
    Map,
    Model,
    Order,
    Set,
    Sort,
    Violates,
    action,
    everywhere,
    invariant,
    record,
    require,
)

__all__ = ["Flags", "LoweredByOthers", "NestedLoopRaisesAll", "RaisedByAny", "RaisedForOthers", "RaisedIfAll"]


class Acceptor(Sort):
    """Who promises."""


class Ballot(Order):
    """The number of a round."""


@record
class Promise:
    """A promise, with the ballot of an earlier vote if there was one."""

    acceptor: Acceptor
    vote: Ballot | None


class Flags(Model):
    """What is true of some promises, and of all of them."""

    default = {"Acceptor": 2, "Ballot": 1}

    promises: Set[Promise]
    found: bool  # a promise has told of a vote
    all_voted: bool
    heard_of: Map[Acceptor, bool]  # whose promise told of a vote
    silent: Map[Acceptor, bool]  # whose promises told of none
    pairs: Map[Acceptor, Map[Acceptor, bool]]  # who both told of a vote

    @action
    def promise(self, acceptor: Acceptor, vote: Ballot | None) -> None:
        require(not self.all_voted, not any(self.silent[a] for a in Acceptor))
        self.promises.add(Promise(acceptor, vote))

    @action
    def look(self) -> None:
        for p in self.promises:
            if p.vote is not None:
                self.found = True

    @action
    def look_again(self) -> None:
        for p in self.promises:
            self.found = self.found or p.vote is not None

    @action
    def ask_all(self) -> None:
        self.all_voted = True
        for p in self.promises:
            if p.vote is None:
                self.all_voted = False

    @action
    def ask_all_again(self) -> None:
        self.all_voted = True
        for p in self.promises:
            self.all_voted = self.all_voted and p.vote is not None

    @action
    def hear(self) -> None:
        for p in self.promises:
            if p.vote is not None:
                self.heard_of[p.acceptor] = True

    @action
    def silence(self) -> None:
        self.silent = everywhere(True)
        for p in self.promises:
            if p.vote is not None:
                self.silent[p.acceptor] = False

    @action
    def pair(self) -> None:
        for p in self.promises:
            for q in self.promises:
                if p.vote is not None and q.vote is not None:
                    self.pairs[p.acceptor][q.acceptor] = True

    @action
    def forget(self) -> None:
        self.all_voted = False
        self.silent = everywhere(False)

    def voted(self, acceptor: Acceptor) -> bool:
        return any(p.acceptor == acceptor and p.vote is not None for p in self.promises)

    @invariant
    def found_means_a_vote(self) -> bool:
        return not self.found or any(p.vote is not None for p in self.promises)

    @invariant
    def all_voted_means_all_votes(self) -> bool:
        return not self.all_voted or all(p.vote is not None for p in self.promises)

    @invariant
    def heard_of_have_voted(self, acceptor: Acceptor) -> bool:
        return not self.heard_of[acceptor] or self.voted(acceptor)

    @invariant
    def lack_of_votes_lowers(self, acceptor: Acceptor) -> bool:
        return not self.silent[acceptor] or not self.voted(acceptor)

    @invariant
    def pairs_have_voted(self, a: Acceptor, b: Acceptor) -> bool:
        return not self.pairs[a][b] or (self.voted(a) and self.voted(b))


class RaisedByAny(Flags):
    """Broken: any promise raises the flag."""

    expected = Violates("found_means_a_vote")

    @action
    def look(self) -> None:
        for p in self.promises:
            if p.vote is None:
                self.found = True


class RaisedIfAll(Flags):
    """Broken: those without a vote lower the flag."""

    expected = Violates("lack_of_votes_lowers")

    @action
    def silence(self) -> None:
        self.silent = everywhere(True)
        for p in self.promises:
            if p.vote is None:
                self.silent[p.acceptor] = False


class RaisedForOthers(Flags):
    """Broken: a vote raises everybody's flag."""

    expected = Violates("heard_of_have_voted")

    @action
    def hear(self) -> None:
        for p in self.promises:
            for a in Acceptor:
                if p.vote is not None:
                    self.heard_of[a] = True


class LoweredByOthers(Flags):
    """Broken: a vote lowers the flag, and what lacks one does not."""

    expected = Violates("all_voted_means_all_votes")

    @action
    def ask_all(self) -> None:
        self.all_voted = True
        for p in self.promises:
            if p.vote is not None:
                self.all_voted = False


class NestedLoopRaisesAll(Flags):
    """Broken: one vote of two is enough."""

    expected = Violates("pairs_have_voted")

    @action
    def pair(self) -> None:
        for p in self.promises:
            for q in self.promises:
                if p.vote is not None or q.vote is not None:
                    self.pairs[p.acceptor][q.acceptor] = True
