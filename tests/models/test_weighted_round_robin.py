"""Smooth weighted round robin against a program of the same, and against the bounds of the literature."""

from fractions import Fraction
from itertools import pairwise, product

import pytest
from assay.checker.language import action, require
from assay.checker.language.execution.interpreter import Interpreter
from assay.models.weighted_round_robin import (
    Backend,
    WeightedRoundRobin,
    WeightedRoundRobinInBursts,
    WeightedRoundRobinRestarting,
)
from examination import catches, counterexample, counts, examine, instance_of
from hypothesis import given
from hypothesis import strategies as st


def turns(weights: tuple[int, ...]) -> tuple[list[int], Fraction, Fraction]:
    """Return who is served in one period, and by how many turns one was furthest behind and ahead of its share."""
    current, total = [0] * len(weights), sum(weights)
    served: list[int] = []
    behind = ahead = Fraction(0)
    for turn in range(1, total + 1):
        current = [owed + weight for owed, weight in zip(current, weights, strict=True)]
        chosen = current.index(max(current))
        current[chosen] -= total
        served.append(chosen)
        owed = [Fraction(turn * weight, total) - served.count(b) for b, weight in enumerate(weights)]
        behind, ahead = max(behind, *owed), max(ahead, *(-share for share in owed))
    assert not any(current)
    return served, behind, ahead


def test_what_holds_of_all_weights():
    assert counts(examine(WeightedRoundRobin)) == (162, 189, 9)
    assert counts(examine(WeightedRoundRobin))[0] == sum(sum(weights) for weights in product((1, 2, 3), repeat=3))


def test_the_model_serves_whom_the_program_serves():
    instance = instance_of(WeightedRoundRobin)
    with instance.active():
        interpreter = Interpreter(instance)
        for start in interpreter.initial_states():
            weights = tuple(interpreter.thaw(start).weight[b] for b in Backend)
            state = start
            for expected in turns(weights)[0]:
                (((_, (chosen,)), state),) = interpreter.successors(state)
                assert list(Backend).index(chosen) == expected


def test_the_order_of_turns_is_that_of_the_documentation_of_nginx():
    assert turns((5, 1, 1))[0] == [0, 0, 1, 0, 2, 0, 0]


def test_eight_backends_can_be_more_than_a_turn_behind():
    assert turns((4, 4, 4, 1, 1, 1, 1, 1))[1] == Fraction(18, 17)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=9).map(tuple))
def test_each_has_its_weight_and_none_is_a_turn_ahead_or_two_behind(weights):
    served, behind, ahead = turns(weights)
    assert [served.count(b) for b in range(len(weights))] == list(weights)
    assert behind < 2
    assert ahead < 1


def test_bursts_are_ahead_of_their_share():
    actions = counterexample(examine(WeightedRoundRobinInBursts), "never_a_turn_ahead")
    assert actions == ["serve", "serve"]


def test_reloading_serves_the_heaviest_again():
    actions = counterexample(examine(WeightedRoundRobinRestarting), "never_a_turn_ahead")
    assert any(first == "reload" for first, _ in pairwise(actions))


class ServesAnybody(WeightedRoundRobin):
    """The one that has gained most is not served first."""

    @action
    def serve(self, backend: Backend) -> None:
        total = self.total()
        for b in Backend:
            self.current[b] = self.gained(b) - (total if b == backend else 0)
        self.count(backend)


class GainsNothing(WeightedRoundRobin):
    """Who is served does not gain its weight before it pays."""

    @action
    def serve(self, backend: Backend) -> None:
        require(all(self.gained(b) <= self.gained(backend) for b in Backend))
        total = self.total()
        for b in Backend:
            self.current[b] = self.current[b] - total if b == backend else self.gained(b)
        self.count(backend)


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [(ServesAnybody, "never_a_turn_ahead"), (GainsNothing, "current_weights_cancel_out")],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by)
