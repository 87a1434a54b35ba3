"""Values as messages show them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import pytest
from assay.checker.wording import spelled


class Color(Enum):
    BLACK = "black"


@dataclass(frozen=True)
class Piece:
    color: Color
    place: tuple[int, ...]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Color.BLACK, "Color.BLACK"),
        (Piece(Color.BLACK, (1,)), "Piece(color=Color.BLACK, place=(1,))"),
        ({Color.BLACK}, "{Color.BLACK}"),
        (set(), "set()"),
        ({"a": [Color.BLACK]}, "{'a': [Color.BLACK]}"),
        (None, "None"),
        (10**5000, "a number of thousands of digits"),
        (True, "True"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_value_is_spelled_as_a_model_writes_it(value: object, shown: str) -> None:
    assert spelled(value) == shown


def test_a_long_value_is_cut_short() -> None:
    assert len(spelled(list(range(10_000)))) < 400
