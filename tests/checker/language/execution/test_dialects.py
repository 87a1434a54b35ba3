"""What one dialect writes it reads, and all read the same; what fits no type is refused by each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from assay.checker.conformance.values import LogValueError, Values
from assay.checker.errors import ModelError
from assay.checker.implementations.abstraction import Abstraction
from assay.checker.language.execution.dialects import read_part
from assay.checker.language.frozen import part_of
from assay.checker.report.itf_values import Codec, Refused
from assay.impl.node import Cluster, Node

MODEL = '''
from enum import Enum

from assay.checker.language import *


class Place(Sort):
    """A place."""


class Colour(Enum):
    RED = 1
    BLUE = 2


@record
class Note:
    log: Seq[Place, 2]
    seen: Set[Place]
    at: Map[Place, Range[0, 1]]


@record
class Mark:
    """Nothing but itself."""


class Everything(Model):
    default = {"Place": 2}

    flag: bool
    colour: Colour
    number: Range[-1, 2]
    place: Place
    maybe: Colour | None
    pair: tuple[Place, Colour]
    either: Note | Mark | None
    pile: Bag[Place, 2]
    table: Map[Place, Note]
    line: Seq[Colour, 2]
    group: Set[tuple[Place, bool]]

    @action
    def turn(self) -> None:
        self.flag = not self.flag
'''
_MOST = 300


@pytest.fixture
def abstraction(tmp_path: Path) -> Abstraction:
    path = tmp_path / "everything.py"
    path.write_text(MODEL)
    return Abstraction(Cluster({"n": Node()}, refines=str(path), abstract=lambda world: {}))


def test_all_dialects_read_what_is_written_as_what_was_meant(abstraction: Abstraction) -> None:
    instance = abstraction.instance
    values, codec = Values(instance), Codec(instance)
    seen = 0
    for variable in abstraction.model.specification.variables:
        for value in instance.universe(variable.type)[:_MOST]:
            seen += 1
            part = part_of(variable.type, value, instance.universe)
            assert values.decode(variable.type, values.encode(variable.type, value)) == value
            assert codec.decode(variable.type, codec.encode(variable.type, value)) == value
            assert abstraction.read(variable.type, part) == value
            assert read_part(abstraction, variable.type, part) == part
    assert seen > _MOST


TWICE: list[tuple[str, Any, Any]] = [
    ("table", [["p1", {}], ["p1", {}]], {"#map": [["p1", {}], ["p1", {}]]}),
    ("pile", ["p1", "p1", "p1"], {"#map": [["p1", 2], ["p1", 1]]}),
    ("line", ["RED", "RED", "RED"], ["RED", "RED", "RED"]),
    ("pair", ["p1"], {"#tup": ["p1"]}),
    ("number", 3, {"#bigint": "3"}),
]


@pytest.mark.parametrize(("name", "logged", "traced"), TWICE, ids=[name for name, _, _ in TWICE])
def test_what_is_there_twice_or_too_much_is_refused(
    abstraction: Abstraction, name: str, logged: Any, traced: Any
) -> None:
    types = {variable.name: variable.type for variable in abstraction.model.specification.variables}
    note = {"log": [], "seen": [], "at": {"p1": 0, "p2": 0}}
    noted = {"log": [], "seen": {"#set": []}, "at": {"#map": [["p1", 0], ["p2", 0]]}}
    if name == "table":
        logged, traced = [[key, note] for key, _ in logged], {"#map": [[key, noted] for key, _ in traced["#map"]]}
    with pytest.raises(LogValueError):
        Values(abstraction.instance).decode(types[name], logged)
    with pytest.raises(Refused):
        Codec(abstraction.instance).decode(types[name], traced)


def test_a_bag_of_a_node_has_counts_that_are_numbers(abstraction: Abstraction) -> None:
    types = {variable.name: variable.type for variable in abstraction.model.specification.variables}
    first, second = abstraction.instance.elements(types["place"].cls)
    assert abstraction.read(types["pile"], {"p1": 1, "p2": 0}) == frozenset({(first, 1)})
    assert abstraction.read(types["pile"], ["p1", "p2"]) == frozenset({(first, 1), (second, 1)})
    for wrong in ({"p1": -1}, {"p1": True}, "p1", {"p1": 2, "p2": 1}):
        with pytest.raises(ModelError, match=r"Cluster\.abstract: pile: "):
            abstraction._variable("pile", types["pile"], wrong)
