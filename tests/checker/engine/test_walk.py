"""The walk by the interpreter: limits inside of what a state enables, and what its visitors are told."""

from __future__ import annotations

import time

import pytest
from assay.checker.engine import reference
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.engine.lookout import Ended, Lookout
from assay.checker.engine.native import explorer as native
from assay.checker.language import Map, Model, Range, Sort, action, anything, initial, require
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify


class Wheel(Sort):
    """A wheel of ten."""


class Combination(Model):
    """A billion choices of which none is enabled."""

    default = {"Wheel": 10}
    opened: bool = False

    @action
    def open(self, a: Wheel, b: Wheel, c: Wheel, d: Wheel, e: Wheel, f: Wheel, g: Wheel, h: Wheel, i: Wheel) -> None:
        require(self.opened, a == b, b == c, c == d, d == e, e == f, f == g, g == h, h == i)
        self.opened = False


class Starts(Model):
    """Nearly a million choices of an initial state."""

    default = {"Wheel": 7}
    at: Map[Wheel, Range[0, 6]] = anything()

    @initial
    def begin(self) -> None:
        require(all(self.at[w] == 0 for w in Wheel))

    @action
    def turn(self, w: Wheel) -> None:
        self.at[w] = (self.at[w] + 1) % 7


@pytest.mark.parametrize("cls", [Combination, Starts])
@pytest.mark.parametrize("explorer", [reference, native], ids=["reference", "native"])
def test_a_time_limit_is_heard_within_one_state_and_before_the_first(cls, explorer):
    instance = instantiate(specify(cls))
    with instance.active():
        began = time.perf_counter()
        found = explorer.explore(instance, Limits(seconds=0.2))
        assert time.perf_counter() - began < 60  # compiling included, on a busy machine; without a limit: minutes
    assert found.stop is None or found.stop.reason is StopReason.TIME
    assert found.is_exhaustive or found.seconds < 15


@pytest.mark.parametrize("cls", [Combination, Starts])
def test_the_reference_keeps_a_time_limit_closely(cls):
    instance = instantiate(specify(cls))
    with instance.active():
        found = reference.explore(instance, Limits(seconds=0.2))
    assert found.stop is not None
    assert found.stop.reason is StopReason.TIME
    assert found.seconds < 5


def test_a_glance_ends_what_is_beyond_a_limit():
    lookout = Lookout(Limits(memory=1))

    def glance_often():
        for _ in range(1000):
            lookout.glance()

    with pytest.raises(Ended) as raised:
        glance_often()
    assert raised.value.stop is not None
    assert raised.value.stop.reason is StopReason.MEMORY


def test_a_part_of_the_memory_may_be_spared():
    whole, part = Lookout(Limits(memory=1 << 40)), Lookout(Limits(memory=1 << 40, spare=0.5))
    assert part.memory < 0.6 * whole.memory
