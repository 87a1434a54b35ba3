"""``assay run``: run an implementation for real, one process per node, with faults, and judge the run."""

from __future__ import annotations

import inspect
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

from assay.checker.cli import http_proxy, units, zookeeper
from assay.checker.cli.form import deliver
from assay.checker.cli.modes import Mode, demand_effect
from assay.checker.cli.options import Settings, Typed
from assay.checker.cli.output import destination
from assay.checker.cli.request import assignments, whole_numbers
from assay.checker.errors import InputError, UsageError
from assay.checker.outputs import as_json
from assay.checker.report import running
from assay.checker.running.faults import Fault
from assay.checker.running.fleet import Deployment
from assay.checker.running.run import Glance, Plan, carry_out
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError
from assay.impl.runtime.host import Peer
from assay.impl.runtime.loading import load_module, make_cluster
from cyclopts import Parameter

__all__ = ["MODES", "run"]

_SOCKETS = Mode.of(
    "with --backend sockets", "backend nodes requests set faults duration seed mutant addresses folder format output"
)
_ZOOKEEPER = Mode.of("with --backend zookeeper", "backend nodes folder fencing format output")
_CONNECTED = Mode.of("with --backend zookeeper --connect", "backend folder connect fencing format output")
_HTTP = Mode.of("with --backend http", "backend nodes requests faults duration seed folder format output")

MODES = (_SOCKETS, _ZOOKEEPER, _CONNECTED, _HTTP)


def run(
    protocol: str,
    /,
    *,
    nodes: int | None = None,
    requests: int | None = None,
    settings: Settings = (),
    faults: str = "",
    duration: str = "10s",
    seed: int = 0,
    mutant: str | None = None,
    addresses: str | None = None,
    folder: str | None = None,
    backend: Literal["sockets", "zookeeper", "http"] = "sockets",
    connect: str | None = None,
    fencing: bool = True,
    format_: Annotated[Literal["text", "json"], Parameter(name="--format")] = "text",
    output: str | None = None,
    typed: Typed,
) -> int:
    """Run an implementation: one process per node, TCP on loopback, durable state in SQLite, real faults.

    Afterwards, execute every step again, and check it against the model, the invariants and what clients must see.

    Exit status: 0 if the run did what is claimed, 1 if it did not, 2 for bad input, 3 if it does not show.

    Parameters
    ----------
    protocol
        Library name (paxos), or a package.module or path/to/file.py with a function deployment (or else cluster).
    nodes
        The number of nodes of the main kind: acceptors, participants, replicas.
    requests
        The number of requests that clients make; the run ends when they are answered.
    settings
        Other parameters of that function: --set ballots=5.
    faults
        What happens to the nodes and between them: kill,pause,drop,delay,partition.
    duration
        The longest time that the run may take: 30s, 5m. Without --requests it ends when nothing happens any more.
    seed
        Determines the faults and what nodes choose, but not when these happen.
    mutant
        Use this class in place of the one that it derives from.
    addresses
        Where nodes listen: a1=127.0.0.1:7001,a2=... By default, free ports on loopback.
    folder
        Where databases and logs go; by default, a new folder, which is kept.
    backend
        For lock, zookeeper: a real ZooKeeper with real clients, in six cases of what can go wrong. For round_robin,
        http: a reverse proxy with real backends; --nodes says how many, and --faults may be kill,pause.
    connect
        Use this ZooKeeper (host:port,...) instead of starting one; its servers will not be killed.
    fencing
        Let the resource check fencing tokens; without this, a stale write can be seen to happen.
    format_
        The form of the report.
    output
        Write the report to this file instead of standard output.
    """
    demand_effect(typed, _mode(backend, connect), MODES)
    if backend == "zookeeper":
        servers = nodes if connect is None else None
        return zookeeper.run(protocol, servers, connect, fencing, folder, format_, output)
    if backend == "http":
        return http_proxy.run(protocol, nodes, requests, faults, duration, seed, folder, format_, output)
    try:
        module = load_module(protocol)
        function = "deployment" if hasattr(module, "deployment") else "cluster"
        chosen = {**whole_numbers(assignments(settings)), **_counts(module, function, nodes=nodes, requests=requests)}
        cluster = make_cluster(module, chosen, function=function, mutant=mutant)
        reference = str(Path(protocol).resolve()) if protocol.endswith(".py") else protocol
        deployment = Deployment(reference, function, chosen, mutant, seed, _folder(folder, cluster))
        command = _command(
            *(protocol, settings),
            nodes=nodes,
            requests=requests,
            faults=faults,
            duration=duration,
            seed=seed,
            mutant=mutant,
            addresses=addresses,
        )
        plan = Plan(
            cluster,
            deployment,
            _addresses(cluster, addresses),
            _faults(cluster, faults),
            units.duration("--duration", duration),
            requests,
        )
        with destination(output) as file, _view() as look:
            report = running.RunReport(carry_out(plan, look), command)
            text = as_json(running.record(report)) if format_ == "json" else [*running.lines(report)]
            deliver(text, file)
            return report.status
    except NodeError as error:
        raise InputError(error.message, help=error.help) from None
    except OSError as error:
        raise InputError(f"the run could not be recorded: {error}") from None


def _mode(backend: Literal["sockets", "zookeeper", "http"], connect: str | None) -> Mode:
    match backend:
        case "sockets":
            return _SOCKETS
        case "http":
            return _HTTP
        case "zookeeper":
            return _ZOOKEEPER if connect is None else _CONNECTED


def _counts(module: object, function: str, **counts: int | None) -> dict[str, int]:
    make = getattr(module, function, None)
    known = inspect.signature(make).parameters if callable(make) else {}
    given = {name: count for name, count in counts.items() if count is not None}
    for name, count in given.items():
        if count < 1:
            raise UsageError(f"--{name} {count}: expected a number from 1")
        if known and name not in known:
            raise UsageError(f"--{name}: {function}() has no such parameter", help=f"it has {', '.join(known)}")
    return given


def _faults(cluster: Cluster, text: str) -> tuple[Fault, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = [fault.value for fault in Fault]
    for name in names:
        if name not in known:
            raise UsageError(f"--faults {name}: there is no such fault", help=f"possible are {', '.join(known)}")
    faults = tuple(fault for fault in Fault if fault.value in names)
    if Fault.DROP in faults and cluster.network.kind == "fifo" and cluster.network.loss == 0:
        raise UsageError("--faults drop: the network of this cluster loses nothing", help="leave out drop")
    return faults


def _addresses(cluster: Cluster, text: str | None) -> dict[str, Peer]:
    found: dict[str, Peer] = dict.fromkeys(cluster.nodes, ("127.0.0.1", 0))
    for part in (text or "").split(","):
        if not part:
            continue
        node, equals, where = part.partition("=")
        host, colon, port = where.rpartition(":")
        if not equals or not colon or not host or not port.isdecimal() or len(port) > 5 or int(port) > 65535:
            raise UsageError(f"--addresses {part}: expected node=host:port", help="for example a1=127.0.0.1:7001")
        if node not in found:
            raise UsageError(f"--addresses: there is no node {node!r}", help=f"there are {', '.join(found)}")
        found[node] = (host.strip("[]"), int(port))
    return found


def _folder(text: str | None, cluster: Cluster) -> Path:
    """Return an empty folder for a run."""
    if text is None:
        return Path(tempfile.mkdtemp(prefix="assay-run-"))
    folder = Path(text)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = [path.name for path in folder.iterdir() if path.stem in cluster.nodes]
    except OSError as error:
        raise InputError(f"{folder} cannot be used: {(error.strerror or str(error)).lower()}") from None
    if held:
        raise InputError(f"{folder} holds {held[0]} of another run", help="name an empty folder, or a new one")
    return folder


@contextmanager
def _view() -> Iterator[Callable[[Glance], None]]:
    """Show the nodes while they run, if standard error is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(stderr=True), transient=True, refresh_per_second=8) as live:
        yield lambda seen: live.update(running.glance(seen))


def _command(protocol: str, settings: Sequence[str], **options: object) -> str:
    words = ["assay", "run", protocol]
    for name, value in options.items():
        words += [] if value in (None, "") else [f"--{name}", str(value)]
    return shlex.join([*words, *(["--set", *settings] if settings else [])])
