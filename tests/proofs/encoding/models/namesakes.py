"""Sorts, orders, enumerations and records of one name, from two modules; optionals inside of optionals."""

# ruff: noqa
# mypy: ignore-errors

import namesakes_a as a
import namesakes_b as b

from assay.checker.language import *


@record
class Inner:
    who: a.Node | None


@record
class Box:
    inner: Inner | None


class Namesakes(Model):
    """What is true of one is false of its namesake."""

    default = {"Node": 2}
    messages: Set[a.Ping | b.Ping]
    mine: a.Phase = a.Phase.IDLE
    yours: b.Phase = b.Phase.IDLE
    boxes: Set[Box]

    @action
    def send(self) -> None:
        self.messages.add(a.Ping())

    @action
    def go(self) -> None:
        if self.mine is a.Phase.BUSY:
            self.mine = a.Phase.DONE
            self.yours = b.Phase.BUSY
        else:
            self.mine = a.Phase.BUSY

    @action
    def put(self) -> None:
        self.boxes.add(Box(None))

    @invariant
    def both_messages_or_none(self) -> bool:
        return (a.Ping() in self.messages) == (b.Ping() in self.messages)

    @invariant
    def no_message_of_the_other(self) -> bool:
        return b.Ping() not in self.messages

    @invariant
    def two_phases_only(self) -> bool:
        return self.mine is a.Phase.IDLE or self.mine is a.Phase.BUSY

    @invariant
    def busy_only_when_done(self) -> bool:
        return self.yours is b.Phase.IDLE or self.mine is not a.Phase.IDLE

    @invariant
    def both_boxes_or_none(self) -> bool:
        return (Box(None) in self.boxes) == (Box(Inner(None)) in self.boxes)

    @invariant
    def no_box_inside(self) -> bool:
        return Box(Inner(None)) not in self.boxes


class Bool(Sort):
    """A sort with an unlucky name."""


class Int(Order):
    """An order with an unlucky name."""


class Unlucky(Model):
    """Sorts that are called as those of solvers, and variables that are called as bound ones."""

    default = {"Bool": 3, "Int": 2}
    x0Bool: Bool = anything()
    x0: Bool = anything()
    seen: Set[Bool]
    least: Int = anything()

    @action
    def see(self, n: Bool, m: Bool) -> None:
        require(n != m)
        self.seen.add(n)

    @invariant
    def at_most_two(self) -> bool:
        return len(self.seen) <= 2

    @invariant
    def only_it(self, n: Bool) -> bool:
        return n not in self.seen or n == self.x0Bool or n == self.x0

    @invariant
    def two_numbers(self, i: Int, j: Int, k: Int) -> bool:
        return i == j or j == k or i == k

    @invariant
    def not_below(self, i: Int) -> bool:
        return first(Int) <= i
