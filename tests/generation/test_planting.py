"""A fault is planted where its text is, or not at all: elsewhere it would count for a fault that nobody finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generation.comparisons import COMPARISONS
from tests.generation.planting import ROOT, Fault, catalogue, found, plant


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


def test_nearly_all_faults_of_the_catalogue_have_a_place_and_a_comparison_that_is_to_find_them() -> None:
    """Code moves on: a fault that has lost its place is given another one by whoever plants it next."""
    lost = []
    for fault in catalogue():
        text = (ROOT / fault.file).read_text(encoding="utf-8")
        if text.count(fault.old) != 1:
            lost.append(fault.said)
        elif fault.file.endswith(".py"):
            compile(text.replace(fault.old, fault.new), fault.file, "exec")
        assert fault.old != fault.new
        assert fault.comparison in COMPARISONS, fault.said
    assert len(lost) <= len(catalogue()) // 10, lost


@pytest.mark.slow
@pytest.mark.parametrize("said", ["only the version before has initial states", "an argument in the log is not asked"])
def test_a_planted_fault_is_found(said: str, tmp_path: Path) -> None:
    fault = next(fault for fault in catalogue() if fault.said.startswith(said))
    seeds = ["100", "140", "--until-found"]
    assert found(fault, fault.comparison, seeds, str(tmp_path / "cache")).startswith("1 of ")
