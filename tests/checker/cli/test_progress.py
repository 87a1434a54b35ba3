"""What a long run writes where there is no terminal: a line now and then, made only where it is written."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from assay.checker.cli.progress import log


def test_a_log_has_a_line_every_half_a_minute() -> None:
    times: Iterator[float] = iter([0.0, 1.0, 29.9, 30.0, 31.0, 59.9, 60.5])
    file, made = io.StringIO(), []
    show = log(file, lambda: next(times))

    def line(number: int) -> Callable[[], str]:
        def make() -> str:
            made.append(number)
            return f"line {number}"

        return make

    for number in range(6):
        show(line(number))
    assert file.getvalue() == "line 2\nline 5\n"
    assert made == [2, 5]
