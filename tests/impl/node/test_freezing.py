"""Frozen values: equal exactly if no handler can tell them apart, and thawed as they were."""

from __future__ import annotations

import enum
import functools
import io
import threading
from collections import Counter, OrderedDict, defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import pytest
from assay.impl.node import NodeError, freeze, thaw
from assay.impl.node.thawing import Order, words
from hypothesis import given
from hypothesis import strategies as st


class Colour(enum.Enum):
    RED, BLUE = range(2)


class Level(enum.IntEnum):
    LOW, HIGH = range(2)


class Right(enum.Flag):
    READ, WRITE = 1, 2


class Pair(NamedTuple):
    left: int
    right: Any


@dataclass(frozen=True)
class Point:
    x: int
    y: Any


@dataclass
class Log:
    entries: list[int] = field(default_factory=list)


class Account:
    def __init__(self) -> None:
        self.balance = 3


class Entry(msgspec.Struct, frozen=True):
    key: str


AMBIGUOUS = datetime(2024, 10, 27, 2, 30)

VALUES: list[Any] = [
    *(0, 1, True, False, 0.0, -0.0, 1.0, float("inf"), "", "1", b"", b"1", None, 2**70, 1j),
    *((), (1,), (True,), [], [1], [[]], {}, {1: 2}, {1: True}, set(), {1}, frozenset(), frozenset({1}), {(1,)}),
    *(Colour.RED, Colour.BLUE, Level.LOW, Level.HIGH, Pair(1, 2), Point(1, 2), Point(1, 2.0), Log([1]), Log([2])),
    *(Entry("a"), deque([1]), deque([1], 3), Counter("aab"), OrderedDict(a=1, b=2), OrderedDict(b=2, a=1)),
    *(defaultdict(list, {1: [2]}), defaultdict(int, {1: 2}), bytearray(b"1"), Decimal("1.0"), Decimal("1.00")),
    *(Fraction(1, 2), range(3), int, str, len, dict.fromkeys),
    *(Right.READ, Right.WRITE, Right.READ | Right.WRITE, Right(0)),
    *(date(2024, 10, 27), time(2), time(2, fold=1), timedelta(1), UTC, timezone(timedelta(0), "Z")),
    *(AMBIGUOUS, AMBIGUOUS.replace(fold=1), AMBIGUOUS.replace(tzinfo=UTC), AMBIGUOUS.replace(tzinfo=ZoneInfo("UTC"))),
]


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("value", VALUES, ids=(f"{n}-{type(value).__name__}" for n, value in enumerate(VALUES)))
def test_a_value_is_thawed_as_it_was(value: Any, order: Order) -> None:
    thawed = thaw(freeze(value), order)
    assert thawed == value
    assert freeze(thawed) == freeze(value)
    assert isinstance(thawed, type(value))


def test_different_values_have_different_forms() -> None:
    forms = [freeze(value) for value in VALUES]
    assert len(set(forms)) == len(VALUES)


def test_an_object_is_its_attributes() -> None:
    account = thaw(freeze(Account()))
    assert isinstance(account, Account)
    assert account.balance == 3


@dataclass
class Tally:
    count: int
    marked = False

    @functools.cached_property
    def double(self) -> int:
        return 2 * self.count


def test_an_attribute_that_a_dataclass_does_not_declare_is_kept() -> None:
    tally = Tally(1)
    plain = freeze(tally)
    tally.marked = True
    assert freeze(tally) != plain
    assert thaw(freeze(tally)).marked


def test_what_a_property_computed_once_is_no_part_of_an_object() -> None:
    tally = Tally(1)
    plain = freeze(tally)
    assert tally.double == 2
    assert freeze(tally) == plain


class Noted(NamedTuple("Noted", [("x", int)])):
    """A tuple whose objects have attributes, too."""


def test_a_tuple_with_attributes_is_refused() -> None:
    noted = Noted(1)
    noted.y = 2  # type: ignore[attr-defined]
    with pytest.raises(NodeError, match="is a Noted, which cannot be compared"):
        freeze(noted)


def test_a_method_of_a_list_is_refused() -> None:
    with pytest.raises(NodeError, match="is append of a list, which is kept in it"):
        freeze([].append)


def test_a_time_zone_without_a_name_is_refused() -> None:
    class Zone(type(UTC).__base__):  # type: ignore[misc]
        """Some zone."""

    with pytest.raises(NodeError, match="its time zone is a Zone, which has no name"):
        freeze(AMBIGUOUS.replace(tzinfo=Zone()))


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=2) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.integers() | st.text(max_size=2), inner, max_size=3)
        | st.frozensets(st.integers() | st.booleans(), max_size=3)
        | st.builds(Point, st.integers(), inner)
    ),
    max_leaves=12,
)


@given(NESTED, st.sampled_from(Order))
def test_thawing_undoes_freezing(value: Any, order: Order) -> None:
    frozen = freeze(value)
    hash(frozen)
    assert thaw(frozen, order) == value
    assert freeze(thaw(frozen, order)) == frozen


@given(st.dictionaries(st.integers(), st.integers(), min_size=2))
def test_the_order_in_which_a_dict_was_filled_is_forgotten(filled: dict[int, int]) -> None:
    assert freeze(filled) == freeze(dict(reversed(filled.items())))
    assert list(thaw(freeze(filled), Order.REVERSED)) == sorted(filled, reverse=True)


def test_a_set_is_iterated_in_the_order_that_is_asked_for() -> None:
    assert list(thaw(freeze({3, 1, 2}), Order.REVERSED)) == [3, 2, 1]
    assert list(thaw(freeze({3, 1, 2}), Order.ROTATED)) == [2, 3, 1]
    assert thaw(freeze({3, 1, 2}), Order.REVERSED).pop() == 3


def test_a_set_is_written_in_one_order_and_an_object_without_its_address() -> None:
    assert words(freeze({"b", "a"})) == "{'a', 'b'}"
    assert words(freeze([frozenset({"b", "a"}), set(), frozenset()])) == "[frozenset({'a', 'b'}), set(), frozenset()]"
    assert words(freeze(Account())) == "Account(balance=3)"
    assert words(freeze([Account()])) == "[Account(...)]"


def test_one_list_in_two_places_is_refused() -> None:
    shared: list[int] = []
    with pytest.raises(NodeError, match=r"value\['a'\] and value\['b'\] are one list"):
        freeze({"a": shared, "b": shared}, "value")


def test_a_list_inside_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(NodeError, match="are one list"):
        freeze(endless)


@pytest.mark.parametrize(
    "value",
    [io.StringIO(), threading.Lock(), iter([]), (x for x in ()), open, object()],
    ids=lambda value: type(value).__name__,
)
def test_what_is_more_than_its_attributes_is_refused(value: Any) -> None:
    if value is open:
        freeze(value)
    elif type(value) is object:
        assert freeze(value) == (object,)
    else:
        with pytest.raises(NodeError, match="cannot be compared, stored or sent"):
            freeze([value], "the log")


def test_what_a_function_defines_is_refused() -> None:
    with pytest.raises(NodeError, match="made while the program runs"):
        freeze(lambda: 1)
