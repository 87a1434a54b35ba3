"""The command as a process: its streams, its exit status, and how it ends when it is interrupted."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ASSAY = [sys.executable, "-m", "assay.checker.cli"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*ASSAY, *arguments], capture_output=True, text=True, check=False, timeout=60)


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
    arguments = ["check", "lease.py", "--set", "Node=9", "--engine", "reference"]
    reader, writer = pty.openpty()
    with subprocess.Popen([*ASSAY, *arguments], stdout=subprocess.PIPE, stderr=writer, text=True) as process:
        shown = b""
        while b"states" not in shown:  # the exploration has begun
            shown += os.read(reader, 4096)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    os.close(reader)
    os.close(writer)
    assert process.returncode == 3
    assert "\nunknown: interrupted\n" in out


def on_a_terminal(arguments: list[str], **environment: str) -> str:
    """Run on a pseudo-terminal and return all that was shown."""
    reader, writer = pty.openpty()
    variables = {**os.environ, "TERM": "xterm", "COLUMNS": "100", **environment}
    process = subprocess.Popen([*ASSAY, *arguments], stdout=writer, stderr=writer, env=variables)
    os.close(writer)
    shown = b""
    while True:
        try:
            chunk = os.read(reader, 65536)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    process.wait()
    os.close(reader)
    return shown.decode()


def test_a_long_run_shows_its_progress_on_a_terminal() -> None:
    shown = on_a_terminal(["check", "lease.py", "--set", "Node=7", "--engine", "reference"])
    assert re.search(
        r"lease.py: [0-9,]+ states, [0-9,]+ generated/s, depth [0-9]+, frontier [0-9,]+, [0-9.]+ MiB", shown
    )
    assert "\x1b[32mholds for Node=7" in shown


def test_no_color_is_respected(tmp_path: Path) -> None:
    shown = on_a_terminal(["check", "lease.py", "--set", "Node=1"], NO_COLOR="1")
    report = shown[shown.index("lease.py  Lease") :]
    assert "\x1b" not in report


@pytest.mark.parametrize(("status", "arguments"), [(0, []), (1, ["--set", "Node=2"]), (3, ["--max-states", "2"])])
def test_the_status_tells_the_verdict(status: int, arguments: list[str]) -> None:
    model = "lease.py" if status != 1 else "lease.py:GrantsTwice"
    assert run("check", model, *arguments).returncode == status
