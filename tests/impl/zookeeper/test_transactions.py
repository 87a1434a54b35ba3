"""ZooKeeper's transaction log, read from its files."""

from __future__ import annotations

import struct
import uuid
import zlib
from pathlib import Path

import pytest
from assay.impl.zookeeper.servers import Servers
from assay.impl.zookeeper.transactions import BrokenLog, read_transactions
from kazoo.client import KazooClient


def record(zxid: int, kind: int, path: str = "", session: int = 7) -> bytes:
    text = path.encode()
    content = struct.pack(">qiqqi", session, 1, zxid, 1500, kind) + struct.pack(">i", len(text)) + text
    return struct.pack(">qi", zlib.adler32(content), len(content)) + content + b"B"


def log(folder: Path, first: int, *records: bytes) -> None:
    (folder / "version-2").mkdir(exist_ok=True)
    (folder / "version-2" / f"log.{first:x}").write_bytes(struct.pack(">4siq", b"ZKLG", 2, 0) + b"".join(records))


def test_transactions_come_in_their_order_up_to_what_is_not_whole(tmp_path: Path) -> None:
    log(tmp_path, 16, record(16, 15, "/b"), record(17, 2, "/b"), record(18, 1, "/c")[:-9], b"\0" * 64)
    log(tmp_path, 1, record(1, -10), record(2, 1, "/a"))
    found = [(t.zxid, t.kind, t.path) for t in read_transactions(tmp_path)]
    assert found == [(1, "open", ""), (2, "create", "/a"), (16, "create", "/b"), (17, "delete", "/b")]


def test_what_a_leader_had_not_committed_is_not_told(tmp_path: Path) -> None:
    log(tmp_path, 1, record(1, 1, "/a"), record(2, 1, "/gone"), record(3, 1, "/gone"))
    log(tmp_path, 2, record(2, 1, "/b"))
    assert [t.path for t in read_transactions(tmp_path)] == ["/a", "/b"]


def test_another_file_is_no_transaction_log(tmp_path: Path) -> None:
    (tmp_path / "version-2").mkdir()
    (tmp_path / "version-2" / "log.1").write_bytes(b"hello, this is no log at all")
    with pytest.raises(BrokenLog):
        read_transactions(tmp_path)


def test_the_log_of_a_real_server_says_what_its_clients_did(zookeeper: Servers) -> None:
    path = f"/transactions-{uuid.uuid4().hex}"
    client = KazooClient(zookeeper.hosts)
    client.start(30)
    session = client.client_id[0]
    _, stat = client.create(path, b"x", ephemeral=True, include_data=True)
    client.delete(path)
    client.stop()
    mine = [t for t in read_transactions(zookeeper.servers[0].folder) if t.session == session]
    assert [(t.kind, t.path) for t in mine] == [("open", ""), ("create", path), ("delete", path), ("close", "")]
    assert mine[1].zxid == stat.czxid
