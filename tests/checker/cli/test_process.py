"""The command as a process: its streams, its exit status, and how it ends when it is interrupted."""

from __future__ import annotations

import re
import signal
import subprocess

import pytest

from tests.processes import ASSAY, on_a_terminal, run

ENDLESS = ["check", "lease.py", "--set", "Node=9", "--engine", "reference"]
"""A run of minutes: what is to be seen of it comes first, however fast the machine."""

PROGRESS = re.compile(r"lease.py: [0-9,]+ states, [0-9,]+ generated/s, depth [0-9]+, frontier [0-9,]+, [0-9.]+ MiB")


def test_results_go_to_standard_output_and_nothing_else() -> None:
    ran = run("check", "lease.py:GrantsTwice")
    assert ran.returncode == 1
    assert ran.stdout.startswith("lease.py:GrantsTwice\n")
    assert ran.stderr == ""
    assert "\x1b" not in ran.stdout


def test_errors_go_to_standard_error() -> None:
    ran = run("check", "lease.py", "--fulll")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("error: there is no option '--fulll'; did you mean '--full'?\n")


def test_help_and_version_are_results() -> None:
    for arguments in (["--help"], ["check", "--help"], ["--version"], []):
        ran = run(*arguments)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = " ".join([*ASSAY, "check", "lease.py:GrantsTwice", "--full", "|", "head", "-1"])
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("lease.py:GrantsTwice\n", "")


def test_an_interrupt_ends_in_order_with_what_was_covered() -> None:
    with on_a_terminal(*ENDLESS) as terminal:
        terminal.read_until(PROGRESS.search)
        terminal.process.send_signal(signal.SIGINT)
        shown = terminal.read_all()
    assert terminal.process.returncode == 3
    assert "unknown: interrupted" in shown


def test_a_long_run_shows_its_progress_on_a_terminal() -> None:
    with on_a_terminal(*ENDLESS) as terminal:
        terminal.read_until(PROGRESS.search)


def test_a_verdict_is_coloured_on_a_terminal() -> None:
    with on_a_terminal("check", "lease.py", "--set", "Node=1") as terminal:
        assert "\x1b[32mholds for Node=1" in terminal.read_all()


def test_no_color_is_respected() -> None:
    with on_a_terminal("check", "lease.py", "--set", "Node=1", environment={"NO_COLOR": "1"}) as terminal:
        shown = terminal.read_all()
    assert "\x1b" not in shown[shown.index("lease.py  Lease") :]


@pytest.mark.parametrize(("status", "arguments"), [(0, []), (1, ["--set", "Node=2"]), (3, ["--max-states", "2"])])
def test_the_status_tells_the_verdict(status: int, arguments: list[str]) -> None:
    model = "lease.py" if status != 1 else "lease.py:GrantsTwice"
    assert run("check", model, *arguments).returncode == status
