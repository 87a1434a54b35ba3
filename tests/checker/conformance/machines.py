"""A small model whose parameters make many of it: nodes that post, take and move numbers round."""

from __future__ import annotations

from assay.checker.language import (
    Enum,
    Map,
    Model,
    Order,
    Parameter,
    Range,
    Set,
    Sort,
    action,
    anything,
    everywhere,
    record,
    require,
)


class Node(Sort):
    """Who acts."""


class Turn(Order):
    """Numbers in an order."""


class Mood(Enum):
    """How a node feels."""

    CALM, BUSY = range(2)


@record
class Letter:
    """What is posted."""

    sender: Node
    value: Range[0, 2]


class Machine(Model):
    """A machine."""

    default = {"Node": 2, "Turn": 2}

    gate: Parameter[int] = 1
    step: Parameter[int] = 1
    strict: Parameter[bool] = False

    at: Map[Node, Range[0, 2]] = everywhere(0)
    mood: Map[Node, Mood] = everywhere(Mood.CALM)
    last: Letter | None
    letters: Set[Letter]
    turn: Turn | None
    bit: Range[0, 1] = anything()

    @action
    def move(self, n: Node) -> None:
        require(self.at[n] != self.gate, self.mood[n] is Mood.CALM or not self.strict)
        self.at[n] = (self.at[n] + self.step) % 3

    @action
    def post(self, n: Node, value: Range[0, 2]) -> None:
        require(self.at[n] == value, Letter(n, value) not in self.letters)
        self.letters.add(Letter(n, value))
        self.mood[n] = Mood.BUSY

    @action
    def take(self, n: Node, sender: Node) -> None:
        require(n != sender, Letter(sender, self.at[sender]) in self.letters)
        self.last = Letter(sender, self.at[sender])
        self.mood[n] = Mood.CALM

    @action
    def flip(self) -> None:
        require(self.bit == 0 or self.strict)
        self.bit = 1 - self.bit

    @action
    def pass_turn(self, n: Node, turn: Turn) -> None:
        require(self.bit == 1, self.turn is None or self.turn < turn)
        self.turn = turn
        self.at[n] = 0

    @action
    def settle(self, n: Node) -> None:
        """Nothing of it is ever logged, in some tests."""
        require(self.mood[n] is Mood.BUSY)
        self.mood[n] = Mood.CALM
