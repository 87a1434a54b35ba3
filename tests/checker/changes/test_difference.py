"""Differences of behaviours against the sets of their traces, one by one."""

from itertools import chain

import pytest
from assay.checker.changes.behaviour import Behaviour, behaviour
from assay.checker.changes.deterministic import fingerprint
from assay.checker.changes.difference import Effect, difference
from assay.checker.changes.labels import Label
from assay.checker.engine.limits import Limits
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from hypothesis import given
from hypothesis import strategies as st

COUNTER = """
from assay.checker.language import *

class Counter(Model):
    default = {}
    count: Range[0, 3] = 0

    @action
    def up(self) -> None:
        require(self.count < 3)
        self.count += 1
"""

A, B1, B2, C = CALLS = (Label("a"), Label("b", ("1",)), Label("b", ("2",)), Label("c"))


def system(starts, steps, unfinished=frozenset(), why: str = "") -> Behaviour:
    """Return the transition system with a mapping from labels to targets for each state."""
    return Behaviour(frozenset(starts), tuple(tuple(of.items()) for of in steps), unfinished, why)


@st.composite
def behaviours(draw, complete=True):
    """Draw a transition system of up to five states, nondeterministic ones too."""
    size = draw(st.integers(1, 5))
    states = st.sets(st.integers(0, size - 1), min_size=1, max_size=2).map(frozenset)
    steps = draw(st.lists(st.dictionaries(st.sampled_from(CALLS), states, max_size=3), min_size=size, max_size=size))
    unfinished = frozenset() if complete else draw(st.sets(st.integers(0, size - 1), max_size=2).map(frozenset))
    return system(draw(states), steps, unfinished, "a limit" if unfinished else "")


def traces(behaviour: Behaviour, length: int) -> set[tuple[Label, ...]]:
    """Return all traces up to a length, by following states one by one."""
    found, frontier = {()}, {((), state) for state in behaviour.starts}
    for _ in range(length):
        frontier = {
            ((*trace, call), target)
            for trace, state in frontier
            for call, targets in behaviour.steps[state]
            for target in targets
        }
        found |= {trace for trace, _ in frontier}
    return found


def renumbered(behaviour: Behaviour, order: list[int]) -> Behaviour:
    """Return the same behaviour with other numbers for its states."""
    place = {old: new for new, old in enumerate(order)}
    steps = [{call: frozenset(place[t] for t in targets) for call, targets in behaviour.steps[old]} for old in order]
    return system((place[s] for s in behaviour.starts), steps)


@given(behaviours(), behaviours())
def test_what_is_told_is_where_the_sets_of_traces_part(before, after):
    """Two deterministic automata of up to 31 states each part after at most 31 + 31 calls; here after fewer."""
    old, new = traces(before, 4), traces(after, 4)
    found = difference(before, after)
    assert found.is_complete
    for told, only in ((found.removed, old - new), (found.added, new - old)):
        parted = {trace for trace in only if trace[:-1] in old & new}
        shortest = {action: min(len(t) for t in parted if t[-1].action == action) for action in actions(parted)}
        within = {d.action: len(d.trace) for d in told if len(d.trace) <= 4}
        assert within == shortest
        assert all(d.trace in parted for d in told if len(d.trace) <= 4)


def actions(of: set[tuple[Label, ...]]) -> set[str]:
    return {trace[-1].action for trace in of}


@given(behaviours(), behaviours())
def test_fingerprints_are_the_same_exactly_where_nothing_differs(before, after):
    assert (fingerprint(before) == fingerprint(after)) == (difference(before, after).effect is Effect.NONE)


def test_arguments_with_commas_are_not_taken_for_several() -> None:
    one, two = Label("move", ("a, b",)), Label("move", ("a", "b"))
    assert str(one) == str(two)
    assert len({fingerprint(system({0}, ({label: frozenset({0})},))) for label in (one, two)}) == 2


@given(behaviours().flatmap(lambda b: st.tuples(st.just(b), st.permutations(range(len(b.steps))))))
def test_numbers_of_states_change_nothing(drawn):
    behaviour, order = drawn
    other = renumbered(behaviour, list(order))
    assert fingerprint(behaviour) == fingerprint(other)
    assert difference(behaviour, other).effect is Effect.NONE


@given(behaviours(complete=False), behaviours(complete=False))
def test_what_is_unfinished_makes_no_difference_that_may_vanish(before, after):
    """Whatever is added to the unfinished states, each difference that was told stays one."""
    found = difference(before, after)
    everything = {call: frozenset({0}) for call in CALLS}
    for told, first, second in ((found.removed, before, after), (found.added, after, before)):
        more = [
            dict(everything) | {c: t | everything[c] for c, t in of} if n in second.unfinished else dict(of)
            for n, of in enumerate(second.steps)
        ]
        filled = system(second.starts, more)
        for distinction in told:
            assert distinction.trace in traces(first, len(distinction.trace))
            assert distinction.trace not in traces(filled, len(distinction.trace))


def test_nothing_is_compared_behind_what_only_one_allows():
    once = system({0}, ({A: frozenset({1})}, {}))
    twice = system({0}, ({A: frozenset({1})}, {A: frozenset({2})}, {B1: frozenset({2})}))
    found = difference(once, twice)
    assert found.effect is Effect.ADDITIVE
    assert [(d.action, d.trace, d.places) for d in found.added] == [("a", (A, A), 1)]
    assert not found.removed


def test_the_same_action_in_several_places_is_told_once():
    tree = ({A: frozenset({1}), C: frozenset({2})}, {}, {})
    leaves = ({A: frozenset({1}), C: frozenset({2})}, {B1: frozenset({1})}, {B2: frozenset({2})})
    (removed,) = difference(system({0}, leaves), system({0}, tree)).removed
    assert (removed.action, len(removed.trace), removed.places) == ("b", 2, 2)


def test_what_was_stopped_before_its_first_state_is_unknown_against_anything(tmp_path):
    """Nothing was seen of it: it is neither the same as another one, nor does it lack what that allows."""
    path = tmp_path / "counter.py"
    path.write_text(COUNTER)
    instance = instantiate(load(str(path)).specification)
    stopped = behaviour(instance, Limits(states=0))
    assert not stopped.is_complete
    whole = behaviour(instance, Limits())
    for before, after in ((stopped, stopped), (stopped, whole), (whole, stopped)):
        found = difference(before, after)
        assert (found.effect, found.is_complete) == (Effect.NONE, False)


LEFT_OUT = """
from assay.checker.language import *

class Detour(Model):
    default = {}
    at: Range[0, 3] = 0

    @action
    def leap(self) -> None:
        require(self.at == 0)
        self.at = 2

    @action
    def walk(self) -> None:
        require(self.at < 3)
        self.at += 1

    @step_constraint
    def one_by_one(self, after: "Detour") -> bool:
        return after.at <= self.at + 1
"""


@pytest.mark.parametrize("states", [1, 2, 3])
def test_a_state_that_a_step_constraint_left_out_is_unknown_until_it_is_expanded(tmp_path, states):
    file = tmp_path / "detour.py"
    file.write_text(LEFT_OUT)
    instance = instantiate(load(str(file)).specification, {})
    cut, whole = (behaviour(instance, Limits(states=most)) for most in (states, None))
    found = difference(whole, cut)
    assert not found.is_complete
    assert (found.removed, found.added) == ((), ())


def test_what_was_cut_off_has_no_fingerprint():
    with pytest.raises(ValueError, match="cut off"):
        fingerprint(system({0}, ({},), frozenset({0}), "a limit"))


def test_order_of_what_is_told():
    many = system({0}, ({call: frozenset({0}) for call in CALLS},))
    none = system({0}, ({},))
    assert [d.action for d in difference(many, none).removed] == ["a", "b", "c"]
    assert list(chain.from_iterable(d.trace for d in difference(none, many).added)) == [A, B1, C]
