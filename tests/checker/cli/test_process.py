"""The command as a process: its streams, its exit status, and how it ends when it is interrupted."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
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


TELLS_THAT_IT_RUNS = """
from pathlib import Path

class Endless(Lease):
    default = {"Node": 9}

    @action
    def ask(self, n: Node) -> None:
        Path("running").touch()
        super().ask(n)
"""


def test_a_full_device_is_told_in_one_line() -> None:
    with open("/dev/full", "w") as full:
        ran = subprocess.run([*ASSAY, "check", "lease.py"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (2, "error: cannot write to standard output: no space left on device\n")


def test_a_terminal_without_unicode_is_no_error(tmp_path: Path) -> None:
    text = (tmp_path / "lease.py").read_text().replace("A lease that", "A lease \u2013 that")
    (tmp_path / "dash.py").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    ran = subprocess.run([*ASSAY, "check", "dash.py"], capture_output=True, text=True, check=False, env=environment)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert r"A lease \u2013 that" in ran.stdout


def test_an_interrupt_ends_in_order_with_what_was_covered(tmp_path: Path) -> None:
    (tmp_path / "endless.py").write_text((tmp_path / "lease.py").read_text() + TELLS_THAT_IT_RUNS)
    arguments = ["check", "endless.py", "--engine", "reference"]
    with subprocess.Popen([*ASSAY, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not (tmp_path / "running").exists():
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 3
    assert "\nunknown: interrupted\n" in out
    assert err == ""


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
