"""Smooth weighted round robin: each backend gets as many turns as its weight, spread over the period.

What is modelled
    A balancer whose backends have weights. Before each turn every backend gains its weight; the one with the
    highest total is served, and pays the sum of all weights. The weights are arbitrary, and never change.
Faults
    None: backends that fail and return are in `round_robin`. A balancer that is reloaded within a period
    is `WeightedRoundRobinRestarting`.
Source
    The algorithm of nginx since version 1.3.1 (2012), module upstream_round_robin. It is the greedy player
    of the cup game with fixed rates of Bender, Das, Farach-Colton, Johnson and Kuszmaul, *Flushing Without
    Cascades* (2020): a backend is never owed two turns. It may be owed more than one: with the weights
    4, 4, 4, 1, 1, 1, 1, 1 it is 18/17.
"""

from __future__ import annotations

from typing import Annotated

from assay.checker.language import (
    Map,
    Model,
    Order,
    Range,
    Violates,
    action,
    anything,
    everywhere,
    invariant,
    lemma,
    reachable,
    require,
)

__all__ = [
    "Backend",
    "WeightedRoundRobin",
    "WeightedRoundRobinInBursts",
    "WeightedRoundRobinRestarting",
]


class Backend(Order):
    """A server. Of those with the same total, the first is served."""


class WeightedRoundRobin(Model):
    """Smooth weighted round robin, turn by turn of a period; up to four backends with weights up to 3."""

    default = {"Backend": 3}
    smoke = {"Backend": 2}
    deep = {"Backend": 4}

    weight: Map[Backend, Annotated[int, Range(1, 3)]] = anything()
    # The bounds are those of four backends of weight 3: a period has at most 12 turns.
    current: Map[Backend, Annotated[int, Range(-12, 12)]] = everywhere(0)
    turns: Map[Backend, Annotated[int, Range(0, 12)]] = everywhere(0)  # how many each has had in this period
    turn: Annotated[int, Range(0, 11)] = 0  # how many there have been in this period

    def total(self) -> int:
        """The sum of all weights: the turns of a period."""
        return sum(self.weight[b] for b in Backend)

    def gained(self, backend: Backend) -> int:
        """The total of the backend after it has gained its weight."""
        return self.current[backend] + self.weight[backend]

    def count(self, backend: Backend) -> None:
        """Count the turn, and begin a new period after the last one."""
        self.turns[backend] += 1
        self.turn += 1
        if self.turn == self.total():
            self.turn = 0
            self.turns = {b: 0 for b in Backend}  # noqa: C420 - the language has comprehensions

    @action
    def serve(self, backend: Backend) -> None:
        """Every backend gains its weight; the one with the highest total is served, and pays for all."""
        require(all(self.gained(b) <= self.gained(backend) for b in Backend))
        require(all(self.gained(b) < self.gained(backend) for b in Backend if b < backend))
        total = self.total()
        for b in Backend:
            self.current[b] = self.gained(b) - (total if b == backend else 0)
        self.count(backend)

    @invariant
    def never_a_turn_ahead(self, backend: Backend) -> bool:
        """After any number of turns, a backend has had less than one turn more than its share."""
        return self.turns[backend] * self.total() < self.turn * self.weight[backend] + self.total()

    @invariant
    def never_two_turns_behind(self, backend: Backend) -> bool:
        """After any number of turns, a backend has had less than two turns fewer than its share."""
        return self.turns[backend] * self.total() > self.turn * self.weight[backend] - 2 * self.total()

    @invariant
    def period_gives_each_its_weight(self, backend: Backend) -> bool:
        """Before the last turn of a period, each backend has had its weight in turns, except for one that lacks one."""
        return self.turn != self.total() - 1 or (
            self.weight[backend] - 1 <= self.turns[backend] <= self.weight[backend]
            and self.turn == sum(self.turns[b] for b in Backend)
        )

    @invariant
    def current_weight_is_what_is_owed(self, backend: Backend) -> bool:
        """The current weight of a backend is what it is owed, times the sum of all weights."""
        return self.current[backend] == self.turn * self.weight[backend] - self.turns[backend] * self.total()

    @invariant
    def current_weights_cancel_out(self) -> bool:
        """The current weights add up to zero."""
        return sum(self.current[b] for b in Backend) == 0

    @lemma
    def turn_is_of_this_period(self) -> bool:
        return self.turn < self.total()

    @reachable
    def turns_are_spread(self, heavy: Backend, light: Backend) -> bool:
        """A backend of weight 1 gets its turn between those of a backend of weight 3, not after them."""
        return self.weight[heavy] == 3 and self.weight[light] == 1 and self.turns[heavy] == 2 and self.turns[light] == 1


class WeightedRoundRobinInBursts(WeightedRoundRobin):
    """Broken: each backend gets all its turns in a row, as in plain weighted round robin."""

    expected = Violates("never_a_turn_ahead")
    smoke = {}

    @action
    def serve(self, backend: Backend) -> None:
        """A backend is served as often as its weight, before the next one is."""
        require(self.turns[backend] < self.weight[backend])
        require(all(self.turns[b] == self.weight[b] for b in Backend if b < backend))
        total = self.total()
        for b in Backend:
            self.current[b] = self.gained(b) - (total if b == backend else 0)
        self.count(backend)


class WeightedRoundRobinRestarting(WeightedRoundRobin):
    """Broken: each reload of the configuration begins a new period, in which the heaviest backend is first again."""

    expected = Violates("never_a_turn_ahead")
    smoke = {}

    @action
    def reload(self) -> None:
        """The balancer is reloaded, and forgets what the backends have gained."""
        self.current = {b: 0 for b in Backend}  # noqa: C420 - the language has comprehensions
