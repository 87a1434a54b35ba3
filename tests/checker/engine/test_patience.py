"""Limits do not wait for conditions that run over very many combinations; what answers them is judged again."""

from __future__ import annotations

from typing import Annotated, Self

import pytest
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.engine.native import explorer as native
from assay.checker.engine.native import search
from assay.checker.engine.native.codegen.iteration import watching
from assay.checker.language import (
    Map,
    Model,
    Range,
    Set,
    Sort,
    action,
    constraint,
    everywhere,
    invariant,
    require,
    step_constraint,
    step_invariant,
    terminal,
)
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.language.loader import load
from assay.checker.properties.check import Engine, Options, check

from tests.tiers import one_in


class Node(Sort):
    """Far too many for four of them to be tried."""


class Counting(Model):
    """Nodes count to 3."""

    default = {"Node": 1000}
    last: Map[Node, Annotated[int, Range(0, 3)]] = everywhere(0)
    on: Set[Node]

    @action
    def count(self, n: Node) -> None:
        require(self.last[n] < 3)
        self.last[n] += 1

    def few(self) -> bool:
        return all(
            self.last[a] + self.last[b] <= self.last[c] + self.last[d] + 3
            for a in Node
            for b in Node
            for c in Node
            for d in Node
        )


class Invariant(Counting):
    @invariant
    def slow(self, a: Node, b: Node, c: Node, d: Node) -> bool:
        return self.last[a] + self.last[b] <= self.last[c] + self.last[d] + 3


class StepInvariant(Counting):
    @step_invariant
    def slow(self, after: Self) -> bool:
        return after.few()


class Constraint(Counting):
    @constraint
    def slow(self) -> bool:
        return self.few()


class StepConstraint(Counting):
    @step_constraint
    def slow(self, after: Self) -> bool:
        return after.few()


class Guard(Counting):
    @action
    def count(self, n: Node) -> None:
        require(self.few())
        self.last[n] += 1


class Sums(Counting):
    @action
    def count(self, n: Node) -> None:
        require(sum(self.last[a] * self.last[b] * self.last[c] for a in Node for b in Node for c in Node) < 30)
        require(len({(a, b, c) for a in Node for b in Node for c in Node if self.last[a] < self.last[b]}) == 0)
        self.last[n] += 1


class Terminal(Counting):
    @action
    def count(self, n: Node) -> None:
        require(n in self.on)

    @terminal
    def slow(self) -> bool:
        return self.few()


CLASSES = [Invariant, StepInvariant, Constraint, StepConstraint, Guard, Sums, Terminal]


@pytest.mark.parametrize("cls", one_in(3, CLASSES))
def test_a_limit_of_time_ends_a_search_within_a_condition(cls: type[Model]) -> None:
    instance = instantiate(specify(cls))
    with instance.active():
        stop = native.explore(instance, Limits(seconds=0.3)).stop
    assert stop is not None
    assert stop.reason is StopReason.TIME


@pytest.mark.parametrize(
    "name", one_in(3, ["paxos", "classics.byzantine_broadcast", "raft:RaftWithRestarts", *CLASSES])
)
def test_what_is_interrupted_all_the_time_is_judged_as_ever(
    name: str | type[Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    shortest = search.Tuning(period=0.0001)
    monkeypatch.setattr(search, "Tuning", lambda: shortest)
    monkeypatch.setattr(watching, "_PATIENCE", 0)
    specification = load(name).specification if isinstance(name, str) else specify(name)
    instance = instantiate(specification, {} if isinstance(name, str) else {"Node": 3}, name="smoke")
    found = [check(instance, Options(engine, keep_going=True)) for engine in (Engine.REFERENCE, Engine.NATIVE)]
    reference, native = ((r.exploration.distinct, r.exploration.generated, r.exploration.depth) for r in found)
    assert native == reference
    assert [(p.name, p.verdict) for p in found[0].properties] == [(p.name, p.verdict) for p in found[1].properties]
