"""Refinements of random small models: steps and initial states one by one, fairness against a tableau.

Most of the models take only steps that the other one allows, so that its fairness decides.

That a weak assumption is broken means that from some time on it is enabled and nothing of it happens; that a strong one
is, that it is enabled again and again and nothing of it happens from some time on: formulas over what is seen.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import pytest
from assay.checker.engine.explorers import Engine, Search, explore
from assay.checker.engine.limits import Limits
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.formulas import Always, And, Eventually, Formula, Happens, Not, Now
from assay.checker.language.introspection.specification import specify
from assay.checker.language.loader import load
from assay.checker.properties.refinement import judge_refinements
from assay.checker.verdicts import Verdict

from tests.checker.temporal.tableaux import Fair, Small, is_violated

Edge = tuple[int, int, int]
"""A step: from a state to a state, by the action of a number."""

ACTIONS, SEEN = 2, 3


@dataclass(frozen=True)
class Refined:
    """Two small models, both of numbered states, and as which of the other one's each state is seen."""

    states: int
    initial: int
    edges: tuple[Edge, ...]
    fair: tuple[Fair, ...]
    views: tuple[int, ...]
    seen_edges: tuple[Edge, ...]
    seen_fair: tuple[Fair, ...]
    seen_initial: int = SEEN


def drawn(rng: random.Random) -> Refined:
    states = rng.randint(1, 5)
    views = tuple(rng.randrange(SEEN) for _ in range(states))
    seen_edges = tuple(edge for edge in product(range(SEEN), range(SEEN), range(ACTIONS)) if rng.random() < 0.5)
    allowed = {(source, target) for source, target, _ in seen_edges} | {(view, view) for view in range(SEEN)}
    edges = tuple(
        (source, target, action)
        for source, target, action in product(range(states), range(states), range(ACTIONS))
        if (views[source], views[target]) in allowed and rng.random() < 0.4
    )
    return Refined(
        states, rng.randint(1, states), edges, _fair(rng, 2), views, seen_edges, _fair(rng, 2) or _fair(rng, 2)
    )


def strayed(rng: random.Random) -> Refined:
    """Draw models of which one may begin where the other does not, and take a step that the other does not allow."""
    made = drawn(rng) if rng.random() < 0.5 else replace(drawn(rng), seen_fair=())
    if rng.random() < 0.7:
        source = rng.choice((0, rng.randrange(made.states)))  # the first state is often all that can be reached
        stray = (source, rng.randrange(made.states), rng.randrange(ACTIONS))
        made = replace(made, edges=tuple(sorted({*made.edges, stray})))
    return replace(made, seen_initial=rng.choice((1, 2, SEEN, SEEN)))


def strays(made: Refined) -> bool:
    """Return whether an initial state, or a step that can be reached, is none of the other model."""
    reached = set(range(made.initial))
    for _ in range(made.states):
        reached |= {target for source, target, _ in made.edges if source in reached}
    allowed = {(source, target) for source, target, _ in made.seen_edges}
    seen = {(made.views[source], made.views[target]) for source, target, _ in made.edges if source in reached}
    begun = {made.views[state] for state in range(made.initial)}
    return max(begun) >= made.seen_initial or any(pair[0] != pair[1] and pair not in allowed for pair in seen)


def _fair(rng: random.Random, most: int) -> tuple[Fair, ...]:
    return tuple(
        Fair(frozenset(rng.sample(range(ACTIONS), rng.randint(1, ACTIONS))), rng.random() < 0.5)
        for _ in range(rng.randint(0, most))
    )


def source_of(made: Refined) -> str:
    """Return both models as a module."""
    last, seen = made.states - 1, "".join(f"{view} if self.at == {s} else " for s, view in enumerate(made.views))
    return "\n".join(
        [
            "from assay.checker.language import *",
            *_model("Other", SEEN - 1, made.seen_initial, made.seen_edges, made.seen_fair),
            *_model("This", last, made.initial, made.edges, made.fair),
            "    @refines(Other)",
            "    def shows(self) -> dict[str, object]:",
            f'        return {{"at": {seen}0}}',
            "",
        ]
    )


def _model(name: str, last: int, initial: int, edges: tuple[Edge, ...], fair: tuple[Fair, ...]) -> list[str]:
    stated = "".join(f"{_strength(f)}({', '.join(repr(f'a{a}') for a in sorted(f.labels))}), " for f in fair)
    lines = ["", "", f"class {name}(Model):", f"    at: Range[0, {last}]", f"    fairness = ({stated})", ""]
    lines += ["    @initial", f"    def begin(self, at: Range[0, {initial - 1}]) -> None:", "        self.at = at", ""]
    for action in range(ACTIONS):
        ways = [f"(self.at == {s} and to == {t})" for s, t, a in edges if a == action] or ["False"]
        lines += ['    @action(fires="maybe")', f"    def a{action}(self, to: Range[0, {last}]) -> None:"]
        lines += [f"        require({' or '.join(ways)})", "        self.at = to", ""]
    return lines


def _strength(fair: Fair) -> str:
    return "strong" if fair.strong else "weak"


def breaks_fairness(made: Refined) -> bool:
    """Return whether some fair behaviour is seen as one that is not fair, by the tableau."""
    return any(_breaks(made, fair) for fair in made.seen_fair)


def _breaks(made: Refined, fair: Fair) -> bool:
    seen = Small(SEEN, SEEN, made.seen_edges, (), ())
    enabled = frozenset(state for state, view in enumerate(made.views) if seen.enables(view, fair))
    own = [
        (source, target, ACTIONS)
        for source, target, _ in made.edges
        if fair.labels & seen.labels(made.views[source], made.views[target])
    ]
    graph = Small(made.states, made.initial, (*made.edges, *own), (enabled,), made.fair)
    happens, is_enabled = Happens(f"a{ACTIONS}", ()), Now(0)
    broken: Formula = Eventually(Always(And(is_enabled, Not(happens))))
    if fair.strong:
        broken = And(Always(Eventually(is_enabled)), Eventually(Always(Not(happens))))
    return is_violated(graph, Not(broken))


def verdicts(path: Path, engine: Engine = Engine.NATIVE) -> list[Verdict]:
    """Return the verdict of the interpreter, and that of machine code if that explores."""
    instance = instantiate(specify(load(f"{path}:This").cls))
    with instance.active():
        found = explore(instance, Search(Limits(), keep_going=True, deadlock=False), engine)
        assert found.behaviours is not None
        behaviours = found.behaviours()
        return [
            result.verdict
            for few in (1 << 62, -1)
            for result in judge_refinements(instance, found, behaviours, few=few)
        ]


def compared(seeds: range, folder: Path) -> Counter[Verdict]:
    outcomes: Counter[Verdict] = Counter()
    for seed in seeds:
        made, path = drawn(random.Random(seed)), folder / f"refined_{seed}.py"
        path.write_text(source_of(made))
        expected = Verdict.VIOLATED if breaks_fairness(made) else Verdict.HOLDS
        assert verdicts(path) == [expected, expected], seed
        outcomes[expected] += 1
    return outcomes


def refined_differently(seed: int, folder: Path) -> str | None:
    """Compare the verdict on a refinement with one by hand; return what differs, or None."""
    made, path = strayed(random.Random(seed)), folder / f"strayed_{seed}.py"
    path.write_text(source_of(made))
    expected = Verdict.VIOLATED if strays(made) or breaks_fairness(made) else Verdict.HOLDS
    told = verdicts(path, Engine.NATIVE if seed % 8 == 0 else Engine.REFERENCE)
    return None if told == [expected, expected] else f"{told}, and it is {expected}:\n{source_of(made)}"


def test_what_strays_from_the_other_model_is_no_refinement(tmp_path: Path) -> None:
    assert [refined_differently(seed, tmp_path) for seed in range(1, 8)] == [None] * 7


def test_fairness_of_the_other_model_is_broken_where_the_tableau_says_so(tmp_path: Path) -> None:
    outcomes = compared(range(3), tmp_path)
    assert sum(outcomes.values()) == 3


@pytest.mark.slow
def test_fairness_of_the_other_model_is_broken_where_the_tableau_says_so_of_many(tmp_path: Path) -> None:
    outcomes = compared(range(10, 70), tmp_path)
    assert min(outcomes[Verdict.HOLDS], outcomes[Verdict.VIOLATED]) >= 10
