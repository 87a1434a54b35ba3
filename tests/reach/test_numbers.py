"""Numbers without bounds, and neighbours in an order, up to its ends."""

from __future__ import annotations

from typing import Annotated

import pytest
from assay.checker.errors import ModelError
from assay.checker.language import (
    Map,
    Model,
    Nat,
    Order,
    Range,
    Sort,
    action,
    constraint,
    everywhere,
    first,
    invariant,
    last,
    pred,
    require,
    succ,
)
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict
from readings import counted, proved, refuted

from tests.tiers import one_in


class Node(Sort):
    """A sort."""


class Level(Order):
    """An order."""


class Counters(Model):
    """Numbers without bounds, negative ones too, that guards keep within some."""

    default = {"Node": 2}
    check_deadlock = False
    total: int = 0
    best: Nat = 0
    seen: Map[Node, int] = everywhere(0)

    @action
    def up(self, n: Node) -> None:
        require(self.seen[n] < 1)
        self.seen[n] += 1
        self.best = max(self.best, self.seen[n])

    @action
    def down(self, n: Node) -> None:
        require(self.seen[n] > -1)
        self.seen[n] -= 1

    @action
    def add_up(self) -> None:
        self.total = sum(self.seen[n] for n in Node)

    @invariant
    def best_is_best(self, n: Node) -> bool:
        return self.seen[n] <= self.best


def test_numbers_without_bounds_are_counted_where_guards_bound_them() -> None:
    # With the best at 1, every pair of numbers and every total from -2 to 2; at 0, only what is not positive.
    assert counted(Counters) == 3**2 * 5 + 2**2 * 3


class Levels(Model):
    """Each climbs and falls between the ends of an order."""

    default = {"Level": 3, "Node": 2}
    check_deadlock = False
    at: Map[Node, Level] = everywhere(first(Level))

    @action
    def climb(self, n: Node) -> None:
        require(self.at[n] != last(Level))
        self.at[n] = succ(self.at[n])

    @action
    def fall(self, n: Node) -> None:
        require(self.at[n] > first(Level))
        self.at[n] = pred(self.at[n])


class Climbs(Levels):
    """Broken: beyond the last there is none."""

    @action
    def climb(self, n: Node) -> None:
        self.at[n] = succ(self.at[n])


class Falls(Levels):
    """Broken: before the first there is none."""

    @action
    def fall(self, n: Node) -> None:
        self.at[n] = pred(self.at[n])


def test_neighbours_in_an_order() -> None:
    assert counted(Levels) == 3**2
    assert counted(Levels, Level=1) == 1


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
@pytest.mark.parametrize(("model", "said"), one_in(2, [(Climbs, "no successor"), (Falls, "no predecessor")]))
def test_the_ends_of_an_order_have_one_neighbour(model: type[Model], said: str, engine: Engine) -> None:
    with pytest.raises(ModelError, match=said):
        check(instantiate(specify(model)), Options(engine))
    action_name = "climb" if model is Climbs else "fall"
    assert refuted(model)[action_name] == action_name


NEAR = 2**60 - 1
SUM, PRODUCT, QUOTIENT = NEAR % 1000, NEAR * NEAR % 1000003, -((-NEAR * 8 - 8) // 1000000007) % 997


class Large(Model):
    """What is computed on the way is far beyond 64 bits; what is stored is not."""

    check_deadlock = False
    n: int = NEAR
    out: int = 0

    @constraint
    def stored(self) -> bool:
        return self.out >= 0

    @action
    def add(self) -> None:
        self.out = (self.n + self.n + self.n + self.n + self.n + self.n + self.n + self.n + self.n) // 9 % 1000

    @action
    def multiply(self) -> None:
        self.out = (self.n * self.n) % 1000003

    @action
    def negate(self) -> None:
        self.out = -((-self.n * 8 - 8) // 1000000007) % 997

    @invariant
    def exactly(self) -> bool:
        return self.out in (0, SUM, PRODUCT, QUOTIENT)


class TooLarge(Model):
    check_deadlock = False
    n: int = NEAR

    @constraint
    def far(self) -> bool:
        return self.n < 2000000000000000000000

    @action
    def grow(self) -> None:
        self.n += 1


def test_numbers_beyond_a_word_are_exact_on_the_way() -> None:
    assert counted(Large) == 4
    found = check(instantiate(specify(Large)), Options(Engine.NATIVE))
    assert found.verdict is Verdict.HOLDS


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
def test_numbers_that_no_state_holds_are_an_error(engine: Engine) -> None:
    with pytest.raises(ModelError, match="n would become 1152921504606846976, more than an instance holds"):
        check(instantiate(specify(TooLarge)), Options(engine))


CUBE = 3


class Powers(Model):
    """What is raised to a power that is written out, or a constant of the module or class."""

    check_deadlock = False
    FIFTH = 5

    base: Annotated[int, Range(-4, 4)] = 0
    high: Annotated[int, Range(0, "4 * 2 ** 10")] = 0
    low: Annotated[int, Range(-(2**10), 2**10)] = 0
    ones: Annotated[int, Range(0, 2**5)] = 0

    @action
    def choose(self, base: Annotated[int, Range(-4, 4)]) -> None:
        self.base = base
        self.high = base**6
        self.low = self.base**self.FIFTH
        left = self.base - base + 2
        left **= CUBE
        self.ones = left**0 + 2**4 - (base + 1) ** 1 + base + left - 8

    @invariant
    def powers(self) -> bool:
        return self.high == self.base**6 and self.low == self.base**5

    @invariant
    def ones_are(self) -> bool:
        return self.ones == 0 or self.ones == 2**4


class PowersThatGrow(Powers):
    @invariant
    def powers(self) -> bool:
        return self.base**2 < 16


def test_powers_are_what_python_computes() -> None:
    assert counted(Powers) == 10  # the initial state, and one for each base
    instance = instantiate(specify(Powers), {})
    with instance.active():
        interpreter = Interpreter(instance)
        (start,) = interpreter.initial_states()
        after = {step[1] for step in interpreter.successors(start)}
    assert after == {(base, base**6, base**5, 16) for base in range(-4, 5)}


def test_powers_are_products_in_proofs() -> None:
    assert proved(Powers)
    assert not proved(PowersThatGrow)
    assert counted(PowersThatGrow) == 10
