"""Read ZooKeeper's transaction log from the files of a server, in the order of zxids.

The format is that of `org.apache.zookeeper.server.persistence.FileTxnLog` of ZooKeeper 3.4 to 3.9: a header, then
records of a checksum, a length, a transaction and an end mark; zeros fill the rest.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["BrokenLog", "Transaction", "read_transactions"]

_MAGIC = b"ZKLG"
_HEAD = struct.Struct(">4siq")
_RECORD = struct.Struct(">qi")
_TRANSACTION = struct.Struct(">qiqqi")
_KINDS = {1: "create", 15: "create", 2: "delete", 5: "set", -10: "open", -11: "close"}
"""Types of transactions by what they do; *open* and *close* are about sessions, others are passed over."""


class BrokenLog(Exception):
    """A file is not a transaction log."""


@dataclass(frozen=True)
class Transaction:
    """A change of ZooKeeper's state.

    Attributes
    ----------
    zxid : int
        Its place in the order of all.
    session : int
        The session that it is of.
    time : float
        When the leader got it, in seconds.
    kind : {"create", "delete", "set", "open", "close"}
        What it does.
    path : str
        The node, if it is about one.
    """

    zxid: int
    session: int
    time: float
    kind: str
    path: str = ""


def read_transactions(folder: Path) -> tuple[Transaction, ...]:
    """Return the transactions that a server has on disk, in their order.

    Parameters
    ----------
    folder : Path
        The data folder of the server.

    Raises
    ------
    BrokenLog
        If a file is no transaction log.

    Notes
    -----
    The last ones may not be committed yet; those of the server that leads are, once it serves.
    """
    found: dict[int, Transaction] = {}
    for file in sorted((folder / "version-2").glob("log.*"), key=lambda file: int(file.name[4:], 16)):
        first = None
        for transaction in _of(file):
            if first is None:  # what another leader had not committed was cut off, and its numbers assigned again
                first = transaction.zxid
                found = {zxid: earlier for zxid, earlier in found.items() if zxid < first}
            found[transaction.zxid] = transaction
    return tuple(found[zxid] for zxid in sorted(found) if found[zxid].kind)


def _of(file: Path) -> Iterator[Transaction]:
    content = file.read_bytes()
    if not content:
        return
    if len(content) < _HEAD.size or _HEAD.unpack_from(content)[0] != _MAGIC:
        raise BrokenLog(f"{file} is no transaction log of ZooKeeper")
    place = _HEAD.size
    while place + _RECORD.size <= len(content):
        checksum, length = _RECORD.unpack_from(content, place)
        record = content[place + _RECORD.size : place + _RECORD.size + length]
        if length < _TRANSACTION.size or len(record) < length or zlib.adler32(record) != checksum:
            return  # zeros, or a record that was being written
        yield _transaction(record)
        place += _RECORD.size + length + 1


def _transaction(record: bytes) -> Transaction:
    session, _, zxid, time, type_ = _TRANSACTION.unpack_from(record)
    kind = _KINDS.get(type_, "")
    path = _text(record, _TRANSACTION.size) if kind in ("create", "delete", "set") else ""
    return Transaction(zxid, session, time / 1000, kind, path)


def _text(record: bytes, place: int) -> str:
    (length,) = struct.unpack_from(">i", record, place)
    return record[place + 4 : place + 4 + length].decode("utf-8", errors="replace")
