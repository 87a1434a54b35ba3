"""From annotations to types of the language."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Annotated, Any, Optional, Union

import pytest
from assay.checker.language import AtMost, Bag, Map, Order, QuorumSystem, Range, Seq, Set, Sort, record
from assay.checker.language.introspection.annotations import type_of
from assay.checker.language.types import (
    BOOL,
    BagType,
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
    UnionType,
    subtypes,
)


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


class Quorum(QuorumSystem[Node]):
    """Quorums."""


class SmallQuorum(Quorum):
    """Quorums by inheritance."""


class LateQuorum(QuorumSystem["Node"]):
    """Quorums of a sort in quotes."""


class Color(Enum):
    RED, GREEN = range(2)


class Level(IntEnum):
    LOW, HIGH = range(2)


@record
class Vote:
    ballot: Ballot
    node: Node


@record
class Note:
    """A record without fields."""


NODE, BALLOT, COLOR = SortType(Node), SortType(Ballot, ordered=True), EnumType(Color)
VOTE, NOTE = RecordType(Vote, (("ballot", BALLOT), ("node", NODE))), RecordType(Note, ())

MEANINGS: list[tuple[Any, Any]] = [
    (bool, BOOL),
    (Range[0, 3], IntType(0, 3)),
    (Annotated[int, Range(-1, "size")], IntType(-1, "size")),
    (Annotated[bool, "a remark"], BOOL),
    (Node, NODE),
    (Ballot, BALLOT),
    (Color, COLOR),
    (Level, EnumType(Level)),
    (Quorum, QuorumType(Quorum, NODE)),
    (SmallQuorum, QuorumType(SmallQuorum, NODE)),
    (LateQuorum, QuorumType(LateQuorum, NODE)),
    (Node | None, OptionalType(NODE)),
    (Optional[Node], OptionalType(NODE)),  # noqa: UP045
    (Vote, VOTE),
    (Vote | Note, UnionType((VOTE, NOTE))),
    (Union[Vote, Note], UnionType((VOTE, NOTE))),  # noqa: UP007
    (Vote | Note | None, OptionalType(UnionType((VOTE, NOTE)))),
    (tuple[Node, Color], TupleType((NODE, COLOR))),
    (Map[Node, Color], MapType(NODE, COLOR)),
    (dict[Node, Set[Vote]], MapType(NODE, SetType(VOTE))),
    (Map[tuple[Node, Node], bool], MapType(TupleType((NODE, NODE)), BOOL)),
    (Set[Node], SetType(NODE)),
    (frozenset[Node], SetType(NODE)),
    (Seq[Node, 3], SeqType(NODE, 3)),
    (Annotated[list[Node], AtMost("size")], SeqType(NODE, "size")),
    (Bag[Node, 2], BagType(NODE, 2)),
    (Annotated[Bag[Node], AtMost(2)], BagType(NODE, 2)),
]


@pytest.mark.parametrize(("annotation", "meaning"), MEANINGS, ids=[str(meaning) for _, meaning in MEANINGS])
def test_an_annotation_means(annotation: object, meaning: object) -> None:
    assert type_of(annotation) == meaning


def test_types_read_as_they_are_written() -> None:
    written = ["Map[Node, Set[Vote | Note]]", "Seq[Node | None, 3]", "tuple[Node, Range[0, size]]"]
    meant = [Map[Node, Set[Vote | Note]], Seq[Node | None, 3], tuple[Node, Annotated[int, Range(0, "size")]]]
    assert [str(type_of(annotation)) for annotation in meant] == written


def test_subtypes_are_all_that_is_inside() -> None:
    found = list(subtypes(type_of(Map[Node, Set[Vote | Note]])))
    assert found == [
        MapType(NODE, SetType(UnionType((VOTE, NOTE)))),
        NODE,
        SetType(UnionType((VOTE, NOTE))),
        UnionType((VOTE, NOTE)),
        VOTE,
        BALLOT,
        NODE,
        NOTE,
    ]
