"""The interpreter: frozen and thawed states, initial states, steps."""

from __future__ import annotations

import itertools
from enum import Enum
from typing import Any

import pytest
from assay.checker.errors import ModelError
from assay.checker.language import (
    Map,
    Model,
    Order,
    Range,
    Set,
    Sort,
    action,
    anything,
    everywhere,
    initial,
    invariant,
    record,
    require,
)
from assay.checker.language.execution.freezing import NOTHING, freezer, thawer
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.introspection.specification import specify
from assay.checker.language.model import Kind
from assay.checker.language.types import (
    BOOL,
    BagType,
    EnumType,
    IntType,
    MapType,
    OptionalType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    Type,
    UnionType,
)
from hypothesis import assume, given
from hypothesis import strategies as st


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


class Color(Enum):
    RED, GREEN = range(2)


@record
class Vote:
    ballot: Ballot
    color: Color


@record
class Note:
    number: Range[0, 1]


class Anything(Model):
    """A model whose instance the types here are of."""

    default = {"Node": 2, "Ballot": 2}
    node: Node = anything()
    ballot: Ballot = anything()
    flags: Map[Color, bool] = everywhere(False)
    seen: Set[Vote]

    @initial
    def start(self, color: Color) -> None:
        require(self.node in Node)
        self.flags[color] = True

    @action
    def note(self, color: Color) -> None:
        require(not self.flags[color])
        self.flags[color] = True
        self.seen.add(Vote(self.ballot, color))

    @invariant
    def claim(self) -> bool:
        return any(self.flags[c] for c in Color)


INSTANCE = instantiate(specify(Anything))
VOTE = RecordType(Vote, (("ballot", SortType(Ballot, True)), ("color", EnumType(Color))))
NOTE = RecordType(Note, (("number", IntType(0, 1)),))
ATOMS = [
    BOOL,
    IntType(-1, 1),
    EnumType(Color),
    SortType(Node),
    SortType(Ballot, True),
    VOTE,
    NOTE,
    UnionType((VOTE, NOTE)),
]


def scalars() -> st.SearchStrategy[Type]:
    atoms: st.SearchStrategy[Type] = st.sampled_from(ATOMS)
    return st.one_of(
        atoms,
        st.sampled_from([type_ for type_ in ATOMS if not isinstance(type_, UnionType)]).map(OptionalType),
        st.tuples(atoms, atoms).map(TupleType),
    )


def containers() -> st.SearchStrategy[Type]:
    small = st.sampled_from([BOOL, EnumType(Color), SortType(Node)])
    return st.one_of(
        scalars().map(SetType),
        st.tuples(small, scalars()).map(lambda parts: MapType(*parts)),
        st.tuples(small, small).map(lambda parts: MapType(parts[0], SetType(parts[1]))),
        small.map(lambda element: OptionalType(SetType(element))),
        small.map(lambda element: SetType(TupleType((BOOL, SeqType(element, 1))))),
        small.map(lambda element: SeqType(SetType(element), 2)),
        small.map(lambda element: BagType(MapType(BOOL, element), 1)),
        small.map(lambda element: SeqType(element, 2)),
        small.map(lambda element: BagType(element, 2)),
    )


@given(st.data())
def test_what_is_thawed_freezes_to_the_same(data: st.DataObject) -> None:
    type_ = data.draw(st.one_of(scalars(), containers()))
    with INSTANCE.active():
        assume(INSTANCE.size(type_) <= 5_000)
        thaw, freeze = thawer(type_, INSTANCE), freezer(type_, INSTANCE)
        frozen = data.draw(st.sampled_from(INSTANCE.universe(type_)))
        assert freeze(thaw(frozen), NOTHING) == frozen
        assert freeze(thaw(frozen), frozen) == frozen


@given(st.one_of(scalars(), containers()))
def test_a_universe_has_as_many_values_as_its_size_says_each_once(type_: Type) -> None:
    with INSTANCE.active():
        assume(INSTANCE.size(type_) <= 5_000)
        universe = INSTANCE.universe(type_)
        assert len(universe) == len(set(universe)) == INSTANCE.size(type_)


@pytest.fixture
def interpreter() -> Any:
    with INSTANCE.active():
        yield Interpreter(INSTANCE)


def test_initial_states_are_chosen_by_anything_and_by_parameters(interpreter: Interpreter) -> None:
    nodes, ballots = list(Node), list(Ballot)
    flags = [(True, False), (False, True)]
    expected = {(n, b, f, frozenset()) for n, b, f in itertools.product(nodes, ballots, flags)}
    states = interpreter.initial_states()
    assert set(states) == expected
    assert len(states) == len(expected)


def test_a_step_happens_where_require_lets_it(interpreter: Interpreter) -> None:
    state = next(s for s in interpreter.initial_states() if s[2] == (True, False))
    assert interpreter.step(state, ("note", (Color.RED,))) is None
    after = interpreter.step(state, ("note", (Color.GREEN,)))
    assert after == (state[0], state[1], (True, True), frozenset({Vote(state[1], Color.GREEN)}))
    assert list(interpreter.successors(state)) == [(("note", (Color.GREEN,)), after)]


def test_a_step_leaves_the_state_before_it_alone(interpreter: Interpreter) -> None:
    state = interpreter.initial_states()[0]
    thawed = interpreter.thaw(state)
    thawed.seen.add(Vote(state[1], Color.RED))  # type: ignore[attr-defined]
    assert interpreter.thaw(state).seen == set()  # type: ignore[attr-defined]
    assert interpreter.freeze(thawed)[3] == {Vote(state[1], Color.RED)}


def test_a_predicate_is_evaluated_on_a_thawed_state(interpreter: Interpreter) -> None:
    claim = INSTANCE.specification.of(Kind.INVARIANT)[0]
    assert all(interpreter.truth(claim, interpreter.thaw(state)) for state in interpreter.initial_states())


def test_what_is_no_variable_cannot_be_set(interpreter: Interpreter) -> None:
    thawed = interpreter.thaw(interpreter.initial_states()[0])
    thawed.other = 1  # type: ignore[attr-defined]
    with pytest.raises(ModelError, match="'other' is not a state variable"):
        interpreter.freeze(thawed)


def test_an_absurd_universe_is_refused() -> None:
    large: Instance = instantiate(specify(Anything), {"Node": 30})
    with large.active(), pytest.raises(ModelError, match="more than a million values"):
        large.universe(SetType(SortType(Node)))
