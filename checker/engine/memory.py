"""How much memory a run holds, and how much it may."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["available", "memory_limit", "resident"]

_HEADROOM = 0.9
"""The part of the free memory that a run may take; the rest is for everything else on the machine."""

_PAGE = resource.getpagesize()


def resident() -> int:
    """Return the bytes of memory that this process holds now; its peak where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[1]) * _PAGE
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def memory_limit() -> int:
    """Return the bytes that a run may hold in all: what it holds, and most of what is free."""
    return resident() + int(available() * _HEADROOM)


def available() -> int:
    """Return the bytes that are free for this process: the least of the machine's and its control groups'."""
    return min(_machine(), *_control_groups())


def _machine() -> int:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return os.sysconf("SC_PHYS_PAGES") * _PAGE // 2


def _control_groups() -> Iterator[int]:
    """Yield what each control group leaves, and a bound that never binds."""
    yield sys.maxsize
    for limit, usage in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        try:
            yield max(0, int(Path(limit).read_text()) - int(Path(usage).read_text()))
        except (OSError, ValueError):  # absent, or "max"
            continue
