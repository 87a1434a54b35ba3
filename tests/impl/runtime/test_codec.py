"""Values on the wire: read as they were written, and of the classes of the nodes only."""

from __future__ import annotations

import enum
from collections import Counter, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from assay.impl.node import Address, Node, NodeError, message, on
from assay.impl.node.handling import handlers
from assay.impl.paxos import Acceptor
from assay.impl.runtime.codec import Codec
from hypothesis import given
from hypothesis import strategies as st


class Colour(enum.Enum):
    RED, BLUE = range(2)


@message
class Paint:
    colour: Colour
    layers: tuple[int, ...]
    note: Any = None


class Painter(Node):
    @on(Paint)
    def paint(self, sender: Address, message: Paint) -> None: ...


CODEC = Codec([Painter])
DATES = [datetime(2024, 10, 27, 2, 30, tzinfo=zone) for zone in (None, UTC, ZoneInfo("UTC"))]

SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.floats(allow_nan=False)
VALUES = st.recursive(
    SCALARS | st.sampled_from(Colour) | st.decimals(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(st.integers(), inner, max_size=3)
        | st.builds(Paint, st.sampled_from(Colour), st.just(()), inner)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_a_value_is_read_as_it_was_written(value: Any) -> None:
    line = CODEC.write(value)
    assert "\n" not in line
    assert CODEC.read(line) == value


@pytest.mark.parametrize(
    "value", [{1}, frozenset({2}), deque([1]), Counter("a"), {"a": {1}}, Decimal("1.0"), int, Paint, *DATES]
)
def test_collections_keep_their_kind(value: Any) -> None:
    found = CODEC.read(CODEC.write(value))
    assert found == value
    assert type(found) is type(value)


@dataclass(frozen=True)
class Stranger:
    name: str


def test_a_class_that_the_nodes_do_not_know_is_neither_written_nor_read() -> None:
    with pytest.raises(NodeError, match="is not among the classes of the nodes"):
        Codec([Acceptor]).write(Stranger("x"))
    with pytest.raises(NodeError, match="there is no class 'os:system'"):
        CODEC.read('{"constant":"os:system"}')
    with pytest.raises(NodeError, match="there is no class 'subprocess:Popen'"):
        CODEC.read('{"is":"subprocess:Popen","of":[]}')
    with pytest.raises(NodeError, match="is no value that a node has written"):
        CODEC.read('{"is":3}')


def _paint_of_another_place() -> type[Any]:
    @message
    class Paint:
        layers: int

    return Paint


Other = _paint_of_another_place()


class Painted(Node):
    @on(Other)
    def paint(self, sender: Address, message: Any) -> None: ...


def test_what_a_node_handles_is_known_wherever_it_is_defined_and_two_of_one_name_are_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(globals(), "Other")
    codec = Codec([Painted])
    for value in (Paint(Colour.RED, (1,)), next(iter(handlers(Painted)))(3)):
        found = codec.read(codec.write(value))
        assert found == value
        assert type(found) is type(value)
