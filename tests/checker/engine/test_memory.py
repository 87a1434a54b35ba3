"""Where the default memory limit comes from, and that a limit is kept."""

from __future__ import annotations

import resource
import subprocess

import pytest
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.engine.memory import available_memory, default_limit, resident
from assay.checker.engine.native.search import Tuning, search

from tests.checker.engine.native.two_phase import INITIAL, two_phase_commit

MEMINFO = "MemTotal: 16777216 kB\nMemFree: 1024 kB\nMemAvailable: 8388608 kB\n"


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_without_control_groups_it_is_what_the_machine_has_free(tmp_path):
    write(tmp_path, {"proc/meminfo": MEMINFO})
    assert available_memory(tmp_path) == 8 << 30


def test_the_limit_of_a_control_group_above_ours_counts(tmp_path):
    group = "sys/fs/cgroup/outer"
    files = {
        "proc/meminfo": MEMINFO,
        "proc/self/cgroup": "0::/outer/inner\n",
        f"{group}/memory.max": f"{3 << 30}\n",
        f"{group}/memory.current": f"{2 << 30}\n",
        f"{group}/memory.stat": f"anon 5\ninactive_file {1 << 20}\n",
        f"{group}/inner/memory.max": "max\n",
        f"{group}/inner/memory.current": "5\n",
    }
    write(tmp_path, files)
    assert available_memory(tmp_path) == (1 << 30) + (1 << 20)


def test_control_groups_of_the_first_version_count(tmp_path):
    group = "sys/fs/cgroup/memory/box"
    files = {
        "proc/meminfo": MEMINFO,
        "proc/self/cgroup": "5:cpu,cpuacct:/box\n4:memory:/box\n",
        f"{group}/memory.limit_in_bytes": f"{2 << 30}\n",
        f"{group}/memory.usage_in_bytes": f"{1 << 30}\n",
    }
    write(tmp_path, files)
    assert available_memory(tmp_path) == 1 << 30


def test_some_headroom_is_left(tmp_path):
    write(tmp_path, {"proc/meminfo": MEMINFO})
    assert default_limit(tmp_path) == 7 << 30


@pytest.mark.parametrize("free", [0, 10 << 20, 150 << 20, 1 << 30])
def test_a_small_container_keeps_most_of_its_memory_to_explore_with(tmp_path, free):
    write(tmp_path, {"proc/meminfo": f"MemAvailable: {free >> 10} kB\n"})
    assert default_limit(tmp_path) == free * 3 // 4


def test_the_address_space_that_a_process_may_map_counts(tmp_path, monkeypatch):
    write(tmp_path, {"proc/meminfo": MEMINFO, "proc/self/statm": "1024 5 5 5 5 5 5\n"})
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1 << 30, resource.RLIM_INFINITY))
    assert available_memory(tmp_path) == (1 << 30) - 1024 * resource.getpagesize()


@pytest.mark.parametrize("kilobytes", [200_000, 300_000])
def test_too_little_address_space_for_machine_code_is_told_in_one_line(kilobytes):
    def run(engine):
        limited = f"ulimit -v {kilobytes}; exec assay check two_phase_commit --engine {engine}"
        return subprocess.run(["bash", "-c", limited], capture_output=True, text=True, check=False)

    assert run("auto").returncode == 0
    native = run("native")
    assert native.returncode in (0, 2, 3)
    assert "Traceback" not in native.stderr


@pytest.mark.parametrize("limit", [4 << 20, 16 << 20])
def test_a_search_stops_rather_than_exceed_its_memory(limit):
    program, held = two_phase_commit(8), resident()
    outcome = search(
        program, INITIAL, stop_on=0, check_deadlock=False, limits=Limits(memory=held + limit), tuning=Tuning(states=256)
    )
    assert outcome.stop is not None
    assert outcome.stop.reason is StopReason.MEMORY
    assert "would have needed" in outcome.stop.detail
    # it goes close to the limit, and not beyond but for what Python itself takes to say so
    assert 0.5 * limit < outcome.memory
    assert resident() <= held + limit + (1 << 20)


def test_a_limit_below_the_scratch_memory_still_gives_an_outcome():
    outcome = search(two_phase_commit(3), INITIAL, limits=Limits(memory=1), tuning=Tuning(states=1))
    assert outcome.stop is not None
    assert outcome.stop.reason is StopReason.MEMORY
