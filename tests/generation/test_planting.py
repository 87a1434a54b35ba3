"""A fault is planted where its text is, or not at all: elsewhere it would count for a fault that nobody finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generation.planting import Fault, plant


def test_a_fault_takes_the_place_of_the_text_that_occurs_once(tmp_path: Path) -> None:
    (tmp_path / "order.py").write_text("return first < second\n")
    plant(Fault("order.py", "first < second", "first <= second"), tmp_path)
    assert (tmp_path / "order.py").read_text() == "return first <= second\n"


@pytest.mark.parametrize(("text", "times"), [("return None\n", 0), ("a < b\na < b\n", 2)])
def test_a_text_that_does_not_occur_once_is_refused(text: str, times: int, tmp_path: Path) -> None:
    (tmp_path / "order.py").write_text(text)
    with pytest.raises(ValueError, match=f"order.py: the text occurs {times} times, not once: a < b"):
        plant(Fault("order.py", "a < b", "a <= b"), tmp_path)
    assert (tmp_path / "order.py").read_text() == text
