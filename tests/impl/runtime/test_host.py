"""The host of a node: on disk first, then on the network; and back from disk after an end without notice."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from assay.impl.node import Address, Durable, Node, message, on, on_timeout
from assay.impl.runtime.codec import Codec
from assay.impl.runtime.host import Host
from assay.impl.runtime.store import Store, read_journal


@message
class Add:
    amount: int


@message
class Total:
    amount: int


class Adder(Node):
    total: Durable[int] = 0
    seen: int = 0
    log: Durable[list[str]]

    def on_start(self) -> None:
        self.log.append("started")

    def on_recover(self) -> None:
        self.log.append("recovered")

    @on(Add)
    def add(self, sender: Address, message: Add) -> None:
        self.total += message.amount
        self.seen += 1
        self.send(self.address, Total(self.total))
        self.set_timer("never", 60)
        self.set_timer("soon", 0)
        self.cancel_timer("never")

    @on(Total)
    def told(self, sender: Address, message: Total) -> None:
        self.log.append(f"told {message.amount}")

    @on_timeout("soon")
    def soon(self) -> None:
        self.log.append("soon")

    @on_timeout("never")
    def never(self) -> None:
        self.log.append("never")


@contextlib.contextmanager
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


def host(path: Path) -> Host:
    return Host("a", Adder(), {"a": ("127.0.0.1", 0)}, Codec([Adder]), Store(path), seed=1)


def serve(running: Host, *amounts: int, steps: int) -> None:
    """Run a host until it has taken so many steps."""

    async def until() -> None:
        with listening() as opened:
            task = asyncio.create_task(running.run(opened))
            for amount in amounts:
                running._arrived({"from": "b", "message": running.codec.encode(_frozen(Add(amount)))})
            while running.store.steps() < steps and not task.done():
                await asyncio.sleep(0)
            if task.done():
                task.result()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    asyncio.run(until())


def _frozen(value: Any) -> Any:
    from assay.impl.node import freeze

    return freeze(value)


def test_a_node_comes_back_with_what_was_durable_and_nothing_else(tmp_path: Path) -> None:
    serve(host(tmp_path / "a.db"), 2, 3, steps=6)
    again = host(tmp_path / "a.db")
    serve(again, steps=7)
    assert again.node.total == 5
    assert again.node.seen == 0
    assert again.node.log[0] == "started"
    assert again.node.log[-1] == "recovered"
    assert "never" not in again.node.log
    assert {"soon", "told 2", "told 5"} <= set(again.node.log)


def test_the_journal_tells_each_step(tmp_path: Path) -> None:
    serve(host(tmp_path / "a.db"), 2, steps=4)
    lines = read_journal(tmp_path / "a.db")
    assert [line["event"]["kind"] for line in lines][:2] == ["start", "receive"]
    assert sorted(line["event"]["kind"] for line in lines[2:]) == ["receive", "timer"]
    assert lines[1]["changed"].keys() == {"total", "seen"}
    assert [destination for destination, _ in lines[1]["sends"]] == ["a"]
    assert read_journal(tmp_path / "a.db", after=3) == lines[3:]
    assert read_journal(tmp_path / "none.db") == []


def test_nothing_leaves_when_the_disk_is_full(tmp_path: Path) -> None:
    running = host(tmp_path / "a.db")
    sent: list[object] = []
    running._leave = lambda *message: sent.append(message)  # type: ignore[method-assign]

    def full(*_: object) -> None:
        raise OSError("database or disk is full")

    running.store.commit = full  # type: ignore[method-assign]
    with pytest.raises(OSError, match="disk is full"):
        serve(running, 1, steps=2)
    assert sent == []


def test_a_store_that_cannot_be_written_is_an_error_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="the database of the node: unable to open"):
        Store(tmp_path / "none" / "a.db")
    (tmp_path / "b.db").write_bytes(b"no database, by any means, is in this file" * 100)
    with pytest.raises(OSError, match="the database of the node: file is not a database"):
        Store(tmp_path / "b.db")


def test_a_step_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    store.commit({"x": "1"}, {"node": "a"})
    with pytest.raises(OSError, match="NOT NULL"):
        store.commit({"x": "2", "y": None}, {"node": "a"})  # type: ignore[dict-item]
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as reader:
        assert reader.execute("SELECT name, value FROM durable").fetchall() == [("x", "1")]
    assert read_journal(tmp_path / "a.db") == [{"node": "a"}]


def test_a_journal_whose_node_was_stopped_in_the_middle_of_writing_is_read_later(tmp_path: Path) -> None:
    """Who has stopped the node would wait for what only it can end."""
    store = Store(tmp_path / "a.db")
    store.commit({}, {"node": "a"})
    store._execute("PRAGMA locking_mode=EXCLUSIVE")
    store._execute("BEGIN EXCLUSIVE")
    assert read_journal(tmp_path / "a.db", waits=False) == []
    store._execute("COMMIT")
    store._execute("PRAGMA locking_mode=NORMAL")
    store.steps()
    assert read_journal(tmp_path / "a.db", waits=False) == [{"node": "a"}]
