"""The parts of reports: aligned, folded, left out in the middle, and harmless in Markdown."""

from __future__ import annotations

import pytest
from assay.checker.report.folding import folded
from assay.checker.report.parts import ENDS, LINE, Cell, Table, code

TABLE = Table(
    ("name", "count", ""),
    (
        (Cell("a_b", is_code=True), Cell("7"), Cell("x|y", "bold red", is_strong=True)),
        (Cell("*"), Cell("12"), Cell("")),
    ),
    frozenset({1}),
)


def test_a_table_is_aligned_on_a_terminal() -> None:
    assert [line.plain for line in TABLE.text(indent="  ")] == ["  name  count", "  a_b       7  x|y", "  *        12"]


def test_a_table_in_markdown_leaves_no_word_to_be_read_as_markup() -> None:
    assert list(TABLE.markdown()) == [
        "| name | count |  |",
        "| --- | ---: | --- |",
        "| `a_b` | 7 | **x\\|y** |",
        "| \\* | 12 |  |",
    ]
    assert list(TABLE.markdown(order=(1, 0)))[2] == "| 7 | `a_b` |"


@pytest.mark.parametrize(
    ("words", "shown"), [("a", "`a`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("a``b`", "``` a``b` ```")]
)
def test_code_holds_whatever_a_name_holds(words: str, shown: str) -> None:
    assert code(words) == shown


def test_a_long_value_goes_on_in_the_next_line() -> None:
    words = [f"Message(a=n{i}, b={i})" for i in range(60)]
    lines = list(folded("  msgs = {" + ", ".join(words) + "}", indent=9, width=LINE))
    assert len(lines) > 5
    assert max(map(len, lines)) <= LINE
    assert all(line.startswith(" " * 9) for line in lines[1:])
    assert " ".join(line.strip() for line in lines) == "msgs = {" + ", ".join(words) + "}"


def test_a_line_is_not_broken_inside_of_a_record() -> None:
    lines = list(folded("sent = {Vote(a=1, b=(2, 3)), Vote(a=4, b=(5, 6))}, [1, 2", indent=2, width=30))
    assert lines == ["sent = {Vote(a=1, b=(2, 3)),", "  Vote(a=4, b=(5, 6))}, [1, 2"]


def test_a_word_without_commas_stays_whole() -> None:
    assert list(folded("x" * 500, indent=4, width=LINE)) == ["x" * 500]


LONG = """
from assay.checker.language import *


class Counter(Model):
    n: Range[0, 999] = 0

    @action
    def up(self):
        require(self.n < 999)
        self.n += 1

    @invariant
    def small(self):
        return self.n < {limit}
"""


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_the_middle_of_a_long_trace_is_left_out_and_how_to_see_it_is_said(assay, tmp_path, form) -> None:
    (tmp_path / "counter.py").write_text(LONG.format(limit=900))
    shown = assay("check", "counter.py", "--format", form).out
    left_out = 901 - 2 * ENDS
    assert f"... {left_out} states are not shown: --full shows them all" in shown
    assert shown.count("  up()") == 2 * ENDS - 1
    whole = assay("check", "counter.py", "--format", form, "--full").out
    assert "are not shown" not in whole
    assert whole.count("  up()") == 900


def test_a_trace_that_would_lack_one_state_only_is_shown_whole(assay, tmp_path) -> None:
    (tmp_path / "counter.py").write_text(LONG.format(limit=2 * ENDS))
    assert "not shown" not in assay("check counter.py").out
