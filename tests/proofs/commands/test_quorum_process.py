"""``assay quorum`` as a process: what it has decided is told, at once and whatever ends it."""

import json
import signal
import sys
import textwrap
import time

import pytest

from tests.processes import PATIENCE, on_a_terminal, run, started

THREE = "".join(f"server.{i}=zoo{i}:2888:3888\n" for i in (1, 2, 3))


@pytest.fixture
def ensemble(tmp_path):
    file = tmp_path / "zoo.cfg"
    file.write_text(THREE)
    return file


def with_a_patch(patch, *arguments):
    """The command line of a process in which something is replaced before the command runs."""
    script = f"""
import ctypes, os, signal, sys, time
from assay.checker.cli import main
from assay.proofs.quorums import resilience_and_cost
{textwrap.dedent(patch)}
sys.exit(main(sys.argv[1:]))
"""
    return [sys.executable, "-c", script, *map(str, arguments)]


STUCK = """
import threading
import types
import assay.proofs.commands.supervision as supervision

hangs = threading.Event()

class Watchdog(threading.Thread):
    # Looks as soon as the analysis hangs, however long that takes on this machine.
    def __init__(self, interval, function, args):
        super().__init__(daemon=True)
        self.job = function, args
    def run(self):
        hangs.wait()
        function, args = self.job
        function(*args)
    def cancel(self):
        pass

def stuck(*_):
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    hangs.set()
    time.sleep(600)

resilience_and_cost._survived = stuck
supervision.threading = types.SimpleNamespace(**{**vars(threading), "Timer": Watchdog})
"""


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_verdict_outlives_an_analysis_that_hears_nothing(ensemble, form):
    command = with_a_patch(STUCK, "quorum", ensemble, "--time-limit", "1h", "--format", form)
    with started(command, stdout=-1, stderr=-1, text=True) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    if form == "json":
        record = json.loads(out)
        assert record["verdict"] == "safe"
        assert record["missing"][-1]["what"] == "everything else"
    else:
        assert out.count("verdict: safe") == 1
        assert "missing: everything else" in out


def test_an_interrupt_tells_what_was_decided(ensemble):
    patch = """
def slow(*_):
    time.sleep(600)
resilience_and_cost._survived = slow
"""
    with started(with_a_patch(patch, "quorum", ensemble), stdout=-1, stderr=-1, text=True) as process:
        while "verdict" not in (line := process.stdout.readline()):
            assert line
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert "missing: everything else: interrupted" in out
    assert "Traceback" not in err


def test_the_verdict_is_shown_before_the_rest(ensemble):
    """It is there while everything else has not even begun."""
    patch = """
def slow(*_):
    time.sleep(600)
resilience_and_cost._survived = slow
"""
    with started(with_a_patch(patch, "quorum", ensemble), stdout=-1, text=True) as process:
        began = time.monotonic()
        while "verdict: safe" not in process.stdout.readline():
            assert time.monotonic() - began < PATIENCE


def test_a_report_on_a_terminal_is_whole(ensemble):
    with on_a_terminal("quorum", str(ensemble)) as terminal:
        shown = terminal.read_all()
    assert shown.count("verdict:") == 1
    assert "survives any crashes" in shown


def test_what_libraries_print_does_not_get_into_the_report(ensemble):
    """A native library writes to the file descriptor itself."""
    patch = """
def talkative(name, units, asked, report, limit):
    libc = ctypes.CDLL(None)
    libc.puts(b"a line of a library")
    libc.fflush(None)
    os.write(1, b"another one")
    return report
resilience_and_cost._survived = talkative
"""
    command = with_a_patch(patch, "quorum", ensemble, "--format", "json")
    with started(command, stdout=-1, stderr=-1, text=True) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert json.loads(out)["verdict"] == "safe"
    assert "a line of a library" in err
    assert "another one" in err


def test_validators_of_very_different_power_have_a_report_that_is_json_alone(tmp_path):
    """HiGHS prints while it looks for the cheapest quorum of these."""
    powers = [46, 172650, 65898, 188, 3000, 1767, 99999, 12, 7, 45001, 31337, 271828, 3141592, 53, 211, 1009, 40961]
    validators = [{"address": f"v{i}", "power": str(power)} for i, power in enumerate(powers * 3)]
    (tmp_path / "genesis.json").write_text(json.dumps({"chain_id": "c", "validators": validators}))
    ran = run("quorum", str(tmp_path / "genesis.json"), "--format", "json", "--only", "load", "--time-limit", "20s")
    assert json.loads(ran.stdout)["verdict"] == "safe"


def test_a_configuration_that_is_too_large_to_analyse_keeps_to_the_limit(tmp_path):
    lines = [f"server.{i}=zoo{i}:2888:3888\nweight.{i}={i * i * 7919 + 1}\n" for i in range(1, 3001)]
    group = ":".join(str(i) for i in range(1, 3001))
    (tmp_path / "zoo.cfg").write_text("".join(lines) + f"group.1={group}\n")
    began = time.monotonic()
    ran = run("quorum", str(tmp_path / "zoo.cfg"), "--time-limit", "2s")
    assert time.monotonic() - began < 2 + 2 + 5 + 15
    assert ran.returncode in (0, 3)
    # A slow machine may have come to no verdict by then, and says so.
    assert "verdict:" in ran.stdout or (ran.returncode == 3 and "the time limit of 2 s was hit" in ran.stderr)
