"""One node of a cluster as a process: ``python -m assay.impl.runtime CONFIGURATION``, which is JSON.

It ends with the process that started it, however that ends.
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
"""Exit statuses of a node that has broken a rule, and of one whose disk fails; the reason is on standard error."""

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Run the node that the configuration names."""
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
    """End with a status, which tells it even where standard error is a file on the very disk that is full."""
    with contextlib.suppress(OSError):
        print(said, file=sys.stderr, flush=True)
    os._exit(status)  # an orderly end would fail at writing what is left, with a status of its own


def _end_with(parent: int) -> None:
    """Be killed when the parent ends, even while this process is stopped; only Linux offers this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all: the parent decides
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
    )
    _watch_parent(configuration["life"])
    await host.run(socket.socket(fileno=configuration["listening"]))


def _watch_parent(descriptor: int) -> None:
    """End when the other end of a pipe closes, which only the parent holds."""
    asyncio.get_running_loop().add_reader(descriptor, os._exit, FAILED)


if __name__ == "__main__":
    main()
