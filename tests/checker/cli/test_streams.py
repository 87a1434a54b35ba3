"""What becomes of results, remarks and files where they cannot be written, and of a run that is told to end."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.processes import ASSAY, hear_signals, run, started
from tests.tiers import as_shown_by

VIOLATED = ("check", "lease.py:GrantsTwice")
ENDLESS = ("check", "lease.py", "--set", "Node=12", "--engine")


ENSEMBLE = "".join(f"server.{n}=zoo{n}:2888:3888\n" for n in (1, 2, 3))


def closing(*descriptors: int) -> Callable[[], None]:
    def prepare() -> None:
        hear_signals()
        for descriptor in descriptors:
            os.close(descriptor)

    return prepare


@pytest.mark.parametrize("command", [VIOLATED, ("--help",), ("list",), ("check", "--help"), ("prove", "consensus")])
@pytest.mark.parametrize(
    ("stream", "why"), [("closed", "it is closed"), ("full", "no space left on device")], ids=["closed", "full"]
)
def test_a_result_that_cannot_be_written_is_one_line(command: tuple[str, ...], stream: str, why: str) -> None:
    with open("/dev/full", "w") as full:
        options = {"prepare": closing(1), "stdout": None} if stream == "closed" else {"stdout": full}
        ran = run(*command, **options)
    assert (ran.returncode, ran.stderr) == (2, f"error: cannot write to standard output: {why}\n")


@pytest.mark.parametrize(("command", "status"), [(VIOLATED, 1), (("check", "nonsense"), 2)])
@pytest.mark.parametrize("stream", ["closed", "full"])
def test_remarks_that_cannot_be_written_change_nothing(command: tuple[str, ...], status: int, stream: str) -> None:
    with open("/dev/full", "w") as full:
        options = {"prepare": closing(2), "stderr": None} if stream == "closed" else {"stderr": full}
        ran = run(*command, **options)
    assert ran.returncode == status
    assert "nonsense" not in ran.stdout


@pytest.mark.parametrize("command", [("quorum", "absent"), ("check", "nonsense"), ("graph",), ("prove", "nonsense")])
def test_an_error_is_always_said(command: tuple[str, ...]) -> None:
    ran = run(*command)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("error: ")


def test_what_a_library_prints_by_itself_does_not_mix_with_the_report(tmp_path: Path) -> None:
    noise = "import os\nfrom lease import Lease\nos.write(1, b'noise')\nclass Noisy(Lease):\n    pass\n"
    (tmp_path / "noisy.py").write_text(noise)
    ran = run("check", "noisy.py", "--format", "json")
    assert ran.returncode == 0
    assert json.loads(ran.stdout)["verdict"] == "holds"
    assert "noise" in ran.stderr


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1"])
def test_standard_output_may_be_named_as_a_file(name: str) -> None:
    ran = run(*VIOLATED, "--output", name)
    assert ran.returncode == 1
    assert ran.stdout.startswith("lease.py:GrantsTwice\n")


@pytest.mark.parametrize("command", [("quorum", "-"), ("quorum", "zoo.cfg", "--against", "-")], ids=" ".join)
def test_a_hyphen_is_standard_input(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "zoo.cfg").write_text(ENSEMBLE)
    with started([*ASSAY, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        out, _ = process.communicate(ENSEMBLE, timeout=60)
    assert process.returncode == 0, out
    assert "zookeeper" in out.lower()


def test_a_hyphen_is_standard_output() -> None:
    ran = run(*VIOLATED, "--output", "-")
    assert ran.returncode == 1
    assert ran.stdout.startswith("lease.py:GrantsTwice\n")


def test_without_any_stream_a_report_goes_to_its_file(tmp_path: Path) -> None:
    ran = run(*VIOLATED, "--output", "report.txt", prepare=closing(0, 1, 2), stdout=None, stderr=None)
    assert ran.returncode == 1
    assert (tmp_path / "report.txt").read_text().startswith("lease.py:GrantsTwice\n")


@pytest.mark.parametrize("columns", ["0", "1", "2", "-1", "many", "9" * 30])
def test_help_is_shown_in_any_width(columns: str) -> None:
    ran = run("check", "--help", env={**os.environ, "COLUMNS": columns})
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("Usage: assay check")


@pytest.mark.parametrize("engine", ["reference", "native"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_told_to_end_reports_what_it_covered(engine: str, number: signal.Signals, tmp_path: Path) -> None:
    command = [*ASSAY, *ENDLESS, engine, "--output", "report.txt", "--itf", "trace.json"]
    with started(command, stderr=subprocess.PIPE, text=True) as process:
        while len(list(tmp_path.glob(".assay-*.part"))) < 2:  # the outputs are reserved, and exploring begins
            assert process.poll() is None
        process.send_signal(number)
        _, told = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert list(tmp_path.glob(".assay-*")) == []
    assert "Traceback" not in told
    report = tmp_path / "report.txt"
    assert "\nunknown: interrupted" in report.read_text() if report.exists() else "nothing was decided" in told


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    def ignore() -> None:
        hear_signals()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    with started([*ASSAY, "check", "lease.py"], prepare=ignore, stdout=subprocess.PIPE, text=True) as process:
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "holds" in out


def no_room() -> None:
    """Let files be of a hundred bytes at most: what the disk takes when it is nearly full."""
    hear_signals()
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


@pytest.mark.parametrize("before", [None, "what was there\n"])
def test_a_disk_that_is_full_leaves_the_file_as_it_was(tmp_path: Path, before: str | None) -> None:
    report = tmp_path / "report.txt"
    if before is not None:
        report.write_text(before)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    ran = run(*VIOLATED, "--engine", "reference", "--output", "report.txt", prepare=no_room, env=environment)
    assert (ran.returncode, ran.stderr) == (2, "error: cannot write report.txt: file too large\n")
    assert report.exists() == (before is not None)
    assert before is None or report.read_text() == before
    assert list(tmp_path.glob(".assay-*")) == []


@as_shown_by(test_a_hyphen_is_standard_input)
def test_a_pipe_that_nobody_writes_is_no_trace_and_no_model(tmp_path: Path) -> None:
    for name in ("trace.json", "model.py"):
        os.mkfifo(tmp_path / name)
    ran = run("check", "lease.py", "--replay", "trace.json", patience=20)
    assert (ran.returncode, ran.stderr) == (2, "error: cannot read trace.json: it is a pipe that nobody writes\n")
    ran = run("check", "model.py", patience=20)
    assert (ran.returncode, ran.stderr.splitlines()[0]) == (2, "error: model.py is not a file")


@as_shown_by(test_a_hyphen_is_standard_input)
def test_a_trace_may_come_through_a_pipe(tmp_path: Path) -> None:
    run(*VIOLATED, "--itf", "trace.json")
    content = (tmp_path / "trace.json").read_bytes()
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(content), daemon=True)
    with started([*ASSAY, *VIOLATED, "--replay", "pipe"], stdout=subprocess.PIPE, text=True) as process:
        writer.start()
        out, _ = process.communicate(timeout=30)
    assert process.returncode in (1, 2)  # 2 where the writer came too late
    assert process.returncode == 2 or "violated: one_holder" in out
