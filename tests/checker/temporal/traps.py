"""Models of a few states in which liveness checkers went wrong, each with the verdicts that TLA+ gives."""

from __future__ import annotations

from typing import Annotated, Self

from assay.checker.language import (
    Formula,
    Model,
    Range,
    Set,
    Sort,
    action,
    always,
    always_eventually,
    anything,
    constraint,
    eventually,
    happens,
    implies,
    leads_to,
    require,
    step_constraint,
    strong,
    temporal,
    terminal,
    until,
    weak,
)


class Node(Sort):
    """Somebody."""


class Line(Model):
    """Counts to 3, if it goes on."""

    at: Annotated[int, Range(0, 3)] = 0

    @action
    def go_on(self) -> None:
        require(self.at < 3)
        self.at += 1

    @eventually
    def arrives(self) -> bool:
        return self.at == 3

    @terminal
    def is_over(self) -> bool:
        return self.at == 3


class FairLine(Line):
    """The same, and it goes on."""

    fairness = (weak("go_on"),)


class Deadlock(FairLine):
    """Ends at 2, where it stutters for ever."""

    @action
    def go_on(self) -> None:
        require(self.at < 2)
        self.at += 1


class SelfLoop(Line):
    """An action that changes nothing is always enabled, happens, and is no progress: `go_on` is not disabled by it."""

    fairness = (weak("go_on"),)

    @action
    def idle(self) -> None:
        self.at = self.at


class FairSelfLoop(Line):
    """The fair action is the one that changes nothing: a stutter, which fulfils no fairness and asks for none."""

    fairness = (weak("idle"),)

    @action
    def idle(self) -> None:
        self.at = self.at


class FairTogether(Line):
    """The action that goes on is fair only together with one that changes nothing; only the former is ever enabled."""

    fairness = (weak("go_on", "idle"),)

    @action
    def idle(self) -> None:
        self.at = self.at


class Blinking(Model):
    """`leave` is enabled in every second state."""

    on: bool = False
    gone: bool = False

    @action(fair="weak")
    def blink(self) -> None:
        require(not self.gone)
        self.on = not self.on

    @action(fair="weak")
    def leave(self) -> None:
        require(self.on, not self.gone)
        self.gone = True

    @eventually
    def leaves(self) -> bool:
        return self.gone

    @terminal
    def is_over(self) -> bool:
        return self.gone


class BlinkingStrongly(Blinking):
    """And must be taken, since it is enabled again and again."""

    @action(fair="strong")
    def leave(self) -> None:
        require(self.on, not self.gone)
        self.gone = True


class Served(Model):
    """Whoever asks is served; the action is fair as a whole."""

    default = {"Node": 2}
    asking: Set[Node]

    @action
    def ask(self, node: Node) -> None:
        require(node not in self.asking)
        self.asking.add(node)

    @action(fair="strong")
    def serve(self, node: Node) -> None:
        require(node in self.asking)
        self.asking.discard(node)

    @temporal
    def everybody_is_served(self, node: Node) -> Formula:
        return leads_to(node in self.asking, node not in self.asking)

    @temporal
    def somebody_is_served(self) -> Formula:
        return leads_to(any(n in self.asking for n in Node), happens(self.serve))


class ServedEach(Served):
    """The same, fair for each value."""

    @action(fair="weak", each="node")
    def serve(self, node: Node) -> None:
        require(node in self.asking)
        self.asking.discard(node)


class Vacuous(FairLine):
    """Nothing ever satisfies the left side."""

    @temporal
    def after_the_end(self) -> Formula:
        return leads_to(self.at > 3, self.at == 0)

    @temporal
    def after_it_goes_back(self) -> Formula:
        return leads_to(happens(self.go_back), self.at == 0)

    @temporal
    def after_it_went_on(self) -> Formula:
        return leads_to(happens(self.go_on), self.at == 3)

    @action(fires="maybe")
    def go_back(self) -> None:
        require(self.at > 3)
        self.at = 0


class SharedPrefix(Model):
    """Two ways that share their first states: one arrives, one goes round for ever. A search that marks states as done
    by the first way misses the second."""

    at: Annotated[int, Range(0, 5)] = 0

    @action(fair="weak")
    def go(self, to: Annotated[int, Range(0, 5)]) -> None:
        require(
            (self.at == 0 and to == 1)
            or (self.at == 1 and to == 2)
            or (self.at == 2 and to == 5)
            or (self.at == 1 and to == 3)
            or (self.at == 3 and to == 4)
            or (self.at == 4 and to == 1)
        )
        self.at = to

    @eventually
    def arrives(self) -> bool:
        return self.at == 5

    @terminal
    def is_over(self) -> bool:
        return self.at == 5


class Growing(Model):
    """Counts without an end, as far as the constraint lets it be followed; what is beyond may be a cycle."""

    at: Annotated[int, Range(0, 9)] = 0

    @action(fair="weak")
    def grow(self) -> None:
        self.at = (self.at + 1) % 10

    @constraint
    def is_small(self) -> bool:
        return self.at < 5

    @always_eventually
    def starts_anew(self) -> bool:
        return self.at == 0

    @eventually
    def moves(self) -> bool:
        return self.at == 1


class Resting(Growing):
    """The same without fairness: it may stay where it is, inside the constraint."""

    @action
    def grow(self) -> None:
        self.at = (self.at + 1) % 10


class Formulas(FairLine):
    """One of each operator, on a line that arrives."""

    @temporal
    def is_low_until_it_arrives(self) -> Formula:
        return until(self.at < 3, self.at == 3)

    @temporal
    def stays(self) -> Formula:
        return eventually(always(self.at == 3))

    @temporal
    def never_rests(self) -> Formula:
        return always_eventually(happens(self.go_on))

    @temporal
    def only_after_going_on(self) -> Formula:
        return implies(always(self.at == 0), ~eventually(happens(self.go_on))) & ~until(self.at == 0, self.at == 2)

    @temporal
    def begins_with_a_step(self) -> Formula:
        return happens(self.go_on) | (self.at == 3)


class EachStrong(Blinking):
    """A variant states fairness anew: what the class said is replaced, what decorators say stays."""

    fairness = (strong("leave"),)


class Rotating(Model):
    """All states are alike but for names. Were they merged into one, the token would seem to stay where it is."""

    default = {"Node": 2}
    token: Node = anything()

    @action(fair="weak")
    def pass_on(self, to: Node) -> None:
        require(to != self.token)
        self.token = to

    @temporal
    def comes_round(self, node: Node) -> Formula:
        return always_eventually(self.token == node)


class RotatingAmongThree(Rotating):
    """Two may pass it on between them for ever. Merged, whoever has it would seem to be everybody in turn."""

    default = {"Node": 3}


class LeftOut(Model):
    """A step constraint keeps a fair step out: its action is enabled all the same, and staying is not fair."""

    at: Annotated[int, Range(0, 3)] = 0

    @action
    def jump(self) -> None:
        require(self.at == 0)
        self.at = 2

    @action
    def go_on(self) -> None:
        require(self.at < 3)
        self.at += 1

    @action(fair="strong")
    def go_back(self) -> None:
        require(self.at == 2)
        self.at = 0

    @step_constraint
    def forward(self, after: Self) -> bool:
        return after.at >= self.at

    @temporal
    def arrives(self) -> Formula:
        return leads_to(self.at == 2, self.at == 3)
