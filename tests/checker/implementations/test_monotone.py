"""What only grows in a model is read off its actions: no step takes anything away from it, and no path is missed."""

from __future__ import annotations

import random
from itertools import islice

import pytest
from assay.checker.implementations.abstraction import Abstraction
from assay.checker.implementations.loading import load_cluster
from assay.checker.implementations.monotone import leads
from assay.checker.implementations.refinement import ModelPaths, PathUndecided, refine
from assay.checker.language import Map, Model, Set, Sort, action
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.introspection.specification import specify
from assay.checker.language.loader import load

from tests.tiers import one_in

MODELS = [
    "two_phase_commit", "paxos", "flexible_paxos", "round_robin", "round_robin:RoundRobinOverMessages", "lock",
    "replication", "atomic_register", "raft", "consensus", "paxos_commit", "multi_paxos",
]  # fmt: skip


@pytest.mark.parametrize("name", one_in(3, MODELS))
def test_every_step_of_a_model_leads_where_it_leads(name: str) -> None:
    specification = load(name).specification
    instance = instantiate(specification, {**specification.cls.default, **specification.cls.smoke})
    may = leads(specification)
    with instance.active():
        interpreter = Interpreter(instance)
        drawn = random.Random(name)
        for _ in range(4):
            state = interpreter.initial_states()[0]
            assert may(state, state)
            for _ in range(12):
                following = [after for _, after in islice(interpreter.successors(state), 200)]
                assert all(may(state, after) for after in following)
                if not following:
                    break
                state = drawn.choice(following)


class Thing(Sort):
    """Something."""


class Mixed(Model):
    """Has one variable of each kind that grows, and one of each that looks like it and does not."""

    default = {"Thing": 2}

    seen: Set[Thing]
    told: Map[Thing, Set[Thing]]
    done: Map[Thing, bool] = False
    over: bool = False
    held: Set[Thing]
    made: Set[Thing]
    kept: Set[Thing]
    mood: bool = False
    open: Map[Thing, bool] = False

    @action
    def see(self, thing: Thing, other: Thing) -> None:
        self.seen.add(thing)
        self.told[thing].add(other)
        self.done[thing] = True
        self.over = True

    @action
    def hold(self, thing: Thing) -> None:
        self.held.add(thing)
        self.kept.add(thing)

    @action
    def drop(self, thing: Thing) -> None:
        self.held.discard(thing)
        self.open[thing] = not self.open[thing]

    @action
    def make(self, thing: Thing) -> None:
        self.made = {thing}
        self.kept &= {thing}
        self.mood = not self.mood


def test_only_what_no_action_takes_away_is_said_to_grow() -> None:
    specification = specify(Mixed)
    instance = instantiate(specification, {})
    may = leads(specification)
    with instance.active():
        interpreter = Interpreter(instance)
        (empty,) = interpreter.initial_states()
        t1 = instance.elements(Thing)[0]
        names = [variable.name for variable in specification.variables]
        filled = {
            "seen": frozenset({t1}), "told": (frozenset({t1}), frozenset()), "done": (True, False), "over": True,
            "held": frozenset({t1}), "made": frozenset({t1}), "kept": frozenset({t1}), "mood": True,
            "open": (True, False),
        }  # fmt: skip

        def cannot_be_undone(name: str) -> bool:
            more: Frozen = tuple(
                filled[name] if each == name else value for each, value in zip(names, empty, strict=True)
            )
            assert may(empty, more)
            return not may(more, empty)

        assert {name for name in names if cannot_be_undone(name)} == {"seen", "told", "done", "over"}


@pytest.mark.parametrize(
    ("reference", "sizes"),
    [("round_robin", {}), ("two_phase_commit", {"participants": "2"}), ("raft", {"servers": "2"})],
)
def test_no_path_is_missed_by_leaving_out_what_leads_nowhere(reference: str, sizes: dict[str, str]) -> None:
    cluster = load_cluster(reference, sizes).cluster
    states = sorted({state for edge in refine(cluster, max_worlds=60).edges for state in edge}, key=str)
    drawn = random.Random(1)
    abstraction = Abstraction(cluster)
    with abstraction.instance.active():
        quick, whole = ModelPaths(abstraction), ModelPaths(abstraction, None)
        for _ in range(60):
            edge = drawn.choice(states), drawn.choice(states)
            found, expected = quick.path(*edge), whole.path(*edge)
            assert (None if found is None else len(found)) == (None if expected is None else len(expected))


def test_a_path_for_which_too_much_would_have_to_be_tried_stays_open() -> None:
    cluster = load_cluster("round_robin").cluster
    abstraction = Abstraction(cluster)
    with abstraction.instance.active():
        paths = ModelPaths(abstraction, 3)
        state = paths.interpreter.initial_states()[0]
        names = [variable.name for variable in abstraction.model.specification.variables]
        elsewhere = tuple(True if name == "unfair" else value for name, value in zip(names, state, strict=True))
        for _ in range(2):
            with pytest.raises(PathUndecided):
                paths.path(state, elsewhere)
        assert paths.open == {(state, elsewhere)}
        assert paths.path(state, state) == ()
        assert ModelPaths(abstraction).path(state, elsewhere) is None
