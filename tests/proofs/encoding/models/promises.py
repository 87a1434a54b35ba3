"""Loops over records with optional fields: elements of several cases."""

from __future__ import annotations

from assay.checker.language import Map, Model, Order, Set, Sort, action, everywhere, invariant, record, require

__all__ = ["Collected", "CollectedAlways"]


class Acceptor(Sort):
    """Who promises."""


class Ballot(Order):
    """What is promised."""


@record
class Promise:
    """To accept nothing earlier; with the ballot of the last vote and by whom it was asked for, if there is either."""

    sender: Acceptor
    voted: Ballot | None
    asked: Acceptor | None


class Collected(Model):
    """Votes are collected from promises, and promises that told of none are taken back."""

    default = {"Acceptor": 2, "Ballot": 2}

    sent: Set[Promise]
    collected: Set[tuple[Acceptor, Ballot]]
    silent: Set[Acceptor]
    last: Map[Acceptor, Ballot | None] = everywhere(None)

    @action
    def promise(self, acceptor: Acceptor, ballot: Ballot, other: Acceptor) -> None:
        self.sent.add(Promise(acceptor, self.last[acceptor], None if acceptor == other else other))
        self.last[acceptor] = ballot

    @action
    def collect(self, ballot: Ballot) -> None:
        """Add to two sets, in some cases of an element; what a round reads of them was there before."""
        for m in self.sent:
            if m.voted is None:
                self.silent.add(m.sender)
            elif m.voted <= ballot:
                self.collected.add((m.sender, m.voted))

    @action
    def take_back(self, acceptor: Acceptor) -> None:
        """Discard from a set what elements of another say; of nobody else may there be a promise that tells nothing."""
        for m in self.sent:
            require(m.voted is not None or m.asked is not None or m.sender == acceptor)
            if m.asked is None:
                self.silent.discard(m.sender)

    @invariant
    def collected_was_promised(self, acceptor: Acceptor, ballot: Ballot) -> bool:
        later = self.last[acceptor]
        return (acceptor, ballot) not in self.collected or later is not None

    @invariant
    def votes_were_promised(self) -> bool:
        return all(self.last[m.sender] is not None for m in self.sent)


class CollectedAlways(Collected):
    """Broken: whoever promised is said to be silent, whatever it told."""

    @action
    def collect(self, ballot: Ballot) -> None:
        for m in self.sent:
            if m.asked is not None:
                self.silent.add(m.asked)

    @invariant
    def silent_have_promised(self, acceptor: Acceptor) -> bool:
        return acceptor not in self.silent or self.last[acceptor] is not None
