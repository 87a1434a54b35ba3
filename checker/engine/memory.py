"""How much memory a process holds, and how much a run may take: what the machine and its control group have free."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["available_memory", "default_limit", "resident"]

_HEADROOM = 1 / 8
_LEAST_HEADROOM = 256 << 20
_MOST_HEADROOM = 1 / 4
"""The headroom is an eighth of the free memory, but at least 256 MiB where that is no more than a quarter of it.

In a container of a few hundred megabytes a fixed headroom would leave nothing.
"""

_UNKNOWN = 2 << 30
"""What is taken to be free where the system does not say."""


def resident() -> int:
    """Return the bytes of memory that this process holds now, or held at its peak if the system says only that."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def default_limit(root: Path = Path("/")) -> int:
    """Return how many bytes a run may take by default: what is free, less some headroom."""
    free = available_memory(root)
    return free - max(int(free * _HEADROOM), min(_LEAST_HEADROOM, int(free * _MOST_HEADROOM)))


def available_memory(root: Path = Path("/")) -> int:
    """Return the bytes that can be taken before the system or a control group runs out.

    Parameters
    ----------
    root : Path
        The directory that holds ``proc`` and ``sys``; tests pass their own.
    """
    return max(min([_machine(root), *_groups(root), *_address_space(root)]), 0)


def _address_space(root: Path) -> Iterator[int]:
    """Yield the bytes that this process may still map, if that is limited (``ulimit -v``)."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    with suppress(OSError, ValueError, IndexError):
        if limit != resource.RLIM_INFINITY:
            yield limit - int((root / "proc/self/statm").read_bytes().split()[0]) * resource.getpagesize()


def _machine(root: Path) -> int:
    with suppress(OSError, ValueError, IndexError):
        for line in (root / "proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    with suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    return _UNKNOWN


def _groups(root: Path) -> Iterator[int]:
    """Yield the bytes that each control group around this process has left."""
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if not controllers:
                for mount in ("sys/fs/cgroup", "sys/fs/cgroup/unified"):
                    yield from _chain(root / mount, path, "memory.max", "memory.current", "inactive_file")
            elif "memory" in controllers.split(","):
                files = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
                yield from _chain(root / "sys/fs/cgroup/memory", path, *files)


def _chain(mount: Path, path: str, limit: str, usage: str, cache: str) -> Iterator[int]:
    group = mount / path.lstrip("/")
    for directory in (group, *group.parents):
        with suppress(OSError, ValueError):  # there is no such group as seen from here, or its limit is "max"
            free = int((directory / limit).read_text()) - int((directory / usage).read_text())
            yield free + _reclaimable(directory / "memory.stat", cache)
        if directory == mount:
            return


def _reclaimable(statistics: Path, field: str) -> int:
    """Return the bytes of files that the kernel would drop first."""
    with suppress(OSError, ValueError):
        for line in statistics.read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == field:
                return int(value)
    return 0
