"""A run over many seeds: what ends it, and what it says of comparisons that fail."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.generation.__main__ import run


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_run_although_a_command_has_turned_it_into_its_report(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    compared = []

    def compare(seed: int, folder: Path) -> None:
        compared.append(seed)
        try:
            if seed == 1:
                os.kill(os.getpid(), number)
        except KeyboardInterrupt:
            """What was found so far is reported, as commands do it."""

    before = signal.getsignal(number)
    assert run(compare, range(5)) == 128 + number
    assert compared == [0, 1]
    assert signal.getsignal(number) is before
    assert capsys.readouterr().out == "1 of 5 seeds, 0 found\n"


def test_a_comparison_that_fails_is_a_finding_and_the_next_seed_is_compared(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def compare(seed: int, folder: Path) -> str | None:
        return f"{1 / seed} differs" if seed < 2 else None

    assert run(compare, range(3)) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("seed 0: Traceback")
    assert "seed 1: 1.0 differs\n" in printed
    assert printed.endswith("3 of 3 seeds, 2 found\n")
