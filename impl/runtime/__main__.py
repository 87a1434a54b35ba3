"""Run one node of a cluster as a process: ``python -m assay.impl.runtime CONFIGURATION``, given as JSON.

The process ends with the process that started it, however that ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from assay.impl.node.errors import NodeError
from assay.impl.runtime.codec import Codec
from assay.impl.runtime.host import Host
from assay.impl.runtime.loading import load_module, make_cluster
from assay.impl.runtime.store import DiskError, Store

FAILED, DISKLESS = 3, 4
"""Exit statuses of a node that breaks a rule, and of one whose disk fails; the reason is on standard error."""

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Run the node that the configuration on the command line describes."""
    configuration = json.loads(sys.argv[1])
    _end_with(configuration["parent"])
    try:
        asyncio.run(_serve(configuration))
    except DiskError as error:
        _fail(f"{configuration['address']}: {error}", DISKLESS)
    except (NodeError, OSError) as error:
        _fail(f"{configuration['address']}: {error}", FAILED)
    except KeyboardInterrupt:
        pass
    except BaseException as error:  # a handler may raise anything
        _fail(f"{configuration['address']}: a handler raised {type(error).__name__}: {error}", FAILED)


def _fail(said: str, status: int) -> NoReturn:
    """Print a message and exit; the status tells the reason even if standard error is on the disk that is full."""
    with contextlib.suppress(OSError):
        print(said, file=sys.stderr, flush=True)
    os._exit(status)  # not sys.exit: flushing buffers to a full disk could fail and change the status


def _end_with(parent: int) -> None:
    """Arrange to be killed when the parent ends, even while this process is stopped; only Linux offers this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the whole group, but the parent decides
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(FAILED)


async def _serve(configuration: dict[str, Any]) -> None:
    module = load_module(configuration["reference"])
    cluster = make_cluster(
        module, configuration["settings"], function=configuration["function"], mutant=configuration["mutant"]
    )
    address = configuration["address"]
    host = Host(
        address,
        cluster.nodes[address],
        {name: (where[0], where[1]) for name, where in configuration["peers"].items()},
        Codec(type(node) for node in cluster.nodes.values()),
        Store(Path(configuration["database"])),
        configuration["seed"],
        is_fifo=cluster.network.kind == "fifo",
    )
    _watch_parent(configuration["life"])
    await host.run(socket.socket(fileno=configuration["listening"]))


def _watch_parent(descriptor: int) -> None:
    """Exit when the other end of a pipe closes, which only the parent holds."""
    asyncio.get_running_loop().add_reader(descriptor, os._exit, FAILED)


if __name__ == "__main__":
    main()
