"""The Informal Trace Format: what is written is what is read, for every type of the language."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

import pytest
from assay.checker.engine.trace import Trace, TraceStep
from assay.checker.errors import InputError
from assay.checker.language import Model, Order, QuorumSystem, Sort, action, record
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.language.types import (
    BagType,
    BoolType,
    EnumType,
    IntType,
    MapType,
    OptionalType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    Type,
    UnionType,
)
from assay.checker.report import itf
from assay.checker.report.itf_values import Codec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


class Node(Sort):
    """A member."""


class Ballot(Order):
    """A round."""


class Quorum(QuorumSystem[Node]):
    """Majorities of nodes."""


class Colour(Enum):
    RED, GREEN, BLUE = range(3)


@record
class Ping:
    node: Node


@record
class Vote:
    node: Node
    tag: bool
    value: Ballot | None


@record
class Stop:
    pass


class Small(Model):
    """What the traces here are of."""

    default = {"Node": 3, "Ballot": 2}

    chosen: Node | None
    ballot: Ballot | None
    quorum: Quorum | None

    @action
    def choose(self, n: Node) -> None:
        self.chosen = n

    @action
    def ask(self, q: Quorum, b: Ballot) -> None:
        self.quorum, self.ballot = q, b


INSTANCE: Instance = instantiate(specify(Small))
NODE, BALLOT = SortType(Node), SortType(Ballot, ordered=True)
PING = RecordType(Ping, (("node", NODE),))
VOTE = RecordType(Vote, (("node", NODE), ("tag", BoolType()), ("value", OptionalType(BALLOT))))
STOP = RecordType(Stop, ())

atoms: st.SearchStrategy[Type] = st.sampled_from(
    [
        BoolType(),
        IntType(-2, 7),
        IntType(0, "Node"),
        EnumType(Colour),
        NODE,
        BALLOT,
        QuorumType(Quorum, NODE),
        PING,
        VOTE,
        STOP,
        UnionType((PING, VOTE, STOP)),
    ]
)
scalars: st.SearchStrategy[Type] = st.one_of(
    atoms,
    atoms.map(OptionalType),
    st.lists(atoms, min_size=1, max_size=3).map(lambda items: TupleType(tuple(items))),
)
leaves: st.SearchStrategy[Type] = st.one_of(
    scalars,
    scalars.map(SetType),
    st.builds(SeqType, scalars, st.integers(1, 3)),
    st.builds(BagType, scalars, st.integers(1, 4)),
)
keys: st.SearchStrategy[Type] = st.sampled_from([BoolType(), EnumType(Colour), NODE, BALLOT, PING])
maps = st.builds(MapType, keys, leaves)
types: st.SearchStrategy[Type] = st.one_of(leaves, maps, st.builds(MapType, keys, maps))


def values(type_: Type) -> st.SearchStrategy[Any]:
    """Return the strategy of the frozen values of a type."""
    match type_:
        case MapType(key, value):
            return st.tuples(*(values(value) for _ in INSTANCE.universe(key)))
        case SetType(element):
            return st.frozensets(values(element), max_size=5)
        case SeqType(element, bound):
            return st.lists(values(element), max_size=INSTANCE.bound(bound)).map(tuple)
        case BagType(element, bound):
            items = st.lists(values(element), max_size=INSTANCE.bound(bound))
            return items.map(lambda found: frozenset((item, found.count(item)) for item in found))
        case TupleType(parts):
            return st.tuples(*map(values, parts))
        case _:
            return st.sampled_from(INSTANCE.universe(type_))


typed_values = types.flatmap(lambda type_: st.tuples(st.just(type_), values(type_)))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(typed_values)
def test_a_value_survives_being_written_and_read(typed: tuple[Type, Any]) -> None:
    type_, value = typed
    codec = Codec(INSTANCE)
    written = json.dumps(codec.encode(type_, value))
    assert codec.decode(type_, json.loads(written)) == value


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(typed_values)
def test_a_value_is_always_written_in_the_same_way(typed: tuple[Type, Any]) -> None:
    type_, value = typed
    codec = Codec(INSTANCE)
    again = codec.decode(type_, codec.encode(type_, value))
    assert json.dumps(codec.encode(type_, again)) == json.dumps(codec.encode(type_, value))


STEPS = (
    TraceStep(None, (None, None, None)),
    TraceStep(("choose", (Node.at(1),)), (Node.at(1), None, None)),
    TraceStep(("ask", (Quorum.at(2), Ballot.at(0))), (Node.at(1), Ballot.at(0), Quorum.at(2))),
)


def test_a_trace_survives_with_its_actions_and_arguments() -> None:
    text = itf.encode_file(Trace(INSTANCE, STEPS), model="small", property="p")
    recorded = itf.parse(text, "t.json")
    assert recorded.settings == {"Node": "3", "Ballot": "2", "Quorum": "majority"}
    assert itf.decode_states(recorded, INSTANCE) == STEPS


def test_a_trace_has_the_parts_that_the_format_demands() -> None:
    content = json.loads(itf.encode_file(Trace(INSTANCE, STEPS), model="small"))
    assert content["#meta"]["format"] == "ITF"
    assert content["vars"] == ["chosen", "ballot", "quorum"]
    assert content["states"][2] == {
        "#meta": {"index": 2, "action": "ask", "arguments": {"q": {"#set": ["n2", "n3"]}, "b": "b1"}},
        "chosen": {"tag": "Some", "value": "n2"},
        "ballot": {"tag": "Some", "value": "b1"},
        "quorum": {"tag": "Some", "value": {"#set": ["n2", "n3"]}},
    }


def test_values_take_the_forms_of_the_format() -> None:
    codec = Codec(INSTANCE)
    assert codec.encode(IntType(0, 5), 3) == {"#bigint": "3"}
    assert codec.encode(TupleType((NODE, BALLOT)), (Node.at(0), Ballot.at(1))) == {"#tup": ["n1", "b2"]}
    assert codec.encode(UnionType((PING, STOP)), Stop()) == {"tag": "Stop", "value": {"#tup": []}}
    assert codec.encode(UnionType((PING, STOP)), Ping(Node.at(0))) == {"tag": "Ping", "value": {"node": "n1"}}
    assert codec.encode(PING, Ping(Node.at(0))) == {"node": "n1"}
    assert codec.encode(BagType(NODE, 3), frozenset([(Node.at(1), 2)])) == {"#map": [["n2", {"#bigint": "2"}]]}
    assert codec.encode(OptionalType(NODE), None) == {"tag": "None", "value": {"#tup": []}}


def test_forms_that_other_tools_write_are_read() -> None:
    codec = Codec(INSTANCE)
    assert codec.decode(IntType(0, 5), 3) == 3
    assert codec.decode(UnionType((PING, STOP)), {"tag": "Stop", "value": {}}) == Stop()


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (BoolType(), 1),
        (IntType(0, 5), {"#bigint": "6"}),
        (IntType(0, 5), {"#bigint": "x"}),
        (IntType(0, 5), True),
        (IntType(0, 5), None),
        (EnumType(Colour), "PINK"),
        (NODE, "n4"),
        (NODE, ["n1"]),
        (QuorumType(Quorum, NODE), {"#set": ["n1"]}),
        (OptionalType(NODE), "n1"),
        (OptionalType(NODE), {"tag": "Perhaps", "value": "n1"}),
        (PING, {"node": "n1", "more": "n1"}),
        (UnionType((PING, STOP)), {"tag": "Vote", "value": {}}),
        (TupleType((NODE, NODE)), {"#tup": ["n1"]}),
        (SetType(NODE), ["n1"]),
        (SeqType(NODE, 1), ["n1", "n1"]),
        (SeqType(NODE, 1), {"#set": []}),
        (BagType(NODE, 1), {"#map": [["n1", 2]]}),
        (BagType(NODE, 1), {"#map": [["n1", 0]]}),
        (MapType(NODE, BoolType()), {"#map": [["n1", True]]}),
        (MapType(NODE, BoolType()), {"#map": [["n1"]]}),
    ],
)
def test_what_is_no_value_of_its_type_is_refused(type_: Type, value: Any) -> None:
    from assay.checker.report.itf_values import Refused

    with pytest.raises(Refused, match="is not a value of"):
        Codec(INSTANCE).decode(type_, value)


def test_the_state_and_the_variable_of_a_misfit_are_named() -> None:
    recorded = itf.parse('{"states": [{"chosen": 7, "ballot": 1, "quorum": 1}]}', "t.json")
    with pytest.raises(InputError, match=r"state 1: chosen: 7 is not a value of Node \| None in this instance"):
        itf.decode_states(recorded, INSTANCE)


def test_an_action_with_other_parameters_is_refused() -> None:
    content = json.loads(itf.encode_file(Trace(INSTANCE, STEPS)))
    content["states"][1]["#meta"]["arguments"] = {"node": "n1"}
    with pytest.raises(InputError, match="state 2: the action choose lacks 'n'"):
        itf.decode_states(itf.parse(json.dumps(content), "t.json"), INSTANCE)
