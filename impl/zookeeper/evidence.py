"""Write a log for `assay conform lock` from ZooKeeper's transaction log, its clients and the resource."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.impl.zookeeper.clients import Client
from assay.impl.zookeeper.resource import Deed
from assay.impl.zookeeper.transactions import Transaction

__all__ = ["Evidence", "written"]

_MAPPING = """\
# What the log of the lock on ZooKeeper is in the model.
unlogged = [{unlogged}]

[actions]
created = ["create", "create_unheard"]    # whether the reply was heard, the client tells: it looks for its node
deleted = "release"
closed = "expire"
refused = false                           # the resource took nothing
"""

_UNTOLD = ("create", "create_unheard", "release", "expire")
"""The actions that only ZooKeeper's own log records."""


@dataclass(frozen=True)
class Evidence:
    """A log of a run of the lock, and how to check it against the model.

    Attributes
    ----------
    files : tuple of Path
        The files of the log.
    mapping : Path
        The mapping of its names to those of the model.
    clients, serials : int
        The number of clients and serial numbers, which are the sizes of the model's instance.
    """

    files: tuple[Path, ...]
    mapping: Path
    clients: int
    serials: int


def written(
    folder: Path,
    clients: Sequence[Client],
    deeds: Sequence[Deed],
    transactions: Sequence[Transaction] | None,
    path: str,
) -> Evidence:
    """Write the log of a run to files.

    Parameters
    ----------
    folder : Path
        The folder, which is created.
    clients : sequence of Client
        The clients, named ``c1``, ``c2``, ...
    deeds : sequence of Deed
        The requests to the resource, in order.
    transactions : sequence of Transaction, optional
        ZooKeeper's own log; without it, the actions that only it records may have happened at any time.
    path : str
        The path of the lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    serials = {token: serial for client in clients for token, serial in client.serials.items()}
    logs = {client.name: list(_steps(client)) for client in clients}
    logs["resource"] = list(_deeds(deeds, serials))
    unlogged: tuple[str, ...] = ("lose_request",)
    if transactions is None:
        unlogged = (*unlogged, *_UNTOLD)
    else:
        logs["zookeeper"] = list(_transactions(transactions, clients, path))
    files = [_file(folder / f"{name}.jsonl", lines) for name, lines in logs.items() if lines]
    mapping = folder / "lock.toml"
    mapping.write_text(_MAPPING.format(unlogged=", ".join(f'"{name}"' for name in unlogged)))
    return Evidence(tuple(files), mapping, len(clients), _greatest(line for lines in logs.values() for line in lines))


def _file(path: Path, lines: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def _greatest(lines: Iterable[dict[str, Any]]) -> int:
    numbers = (v for line in lines for k, v in line["arguments"].items() if k in ("serial", "predecessor", "token"))
    return max(numbers, default=1)


def _steps(client: Client) -> Iterator[dict[str, Any]]:
    for step in client.steps:
        numbers = {name: number + 1 for name, number in step["arguments"].items()}  # the model counts from 1
        yield {"node": client.name, "action": step["step"], "arguments": {"client": client.name, **numbers}}


def _deeds(deeds: Sequence[Deed], serials: dict[int, int]) -> Iterator[dict[str, Any]]:
    for deed in deeds:
        arguments = {"client": deed.client, "token": serials[deed.token] + 1}
        yield {"node": "resource", "action": deed.what if deed.taken else "refused", "arguments": arguments}


def _transactions(
    transactions: Sequence[Transaction], clients: Sequence[Client], path: str
) -> Iterator[dict[str, Any]]:
    of = {session: client.name for client in clients for session in client.sessions}
    for transaction in transactions:
        name = of.get(transaction.session)
        is_node = transaction.path.startswith(f"{path}/")
        if name is None or (transaction.kind in ("create", "delete") and not is_node):
            continue
        match transaction.kind:
            case "create" | "delete":
                arguments = {"client": name, "serial": int(transaction.path[-10:]) + 1}
                yield _line(f"{transaction.kind}d", arguments, transaction)
            case "close":
                yield _line("closed", {"client": name}, transaction)


def _line(action: str, arguments: dict[str, Any], transaction: Transaction) -> dict[str, Any]:
    return {"node": "zookeeper", "action": action, "arguments": arguments, "order": hex(transaction.zxid)}
