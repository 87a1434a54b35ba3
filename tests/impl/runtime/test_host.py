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
from assay.impl.node import Address, Durable, Node, NodeError, freeze, message, on, on_timeout
from assay.impl.runtime import host as hosts
from assay.impl.runtime.codec import Codec
from assay.impl.runtime.frames import Frame
from assay.impl.runtime.host import Host
from assay.impl.runtime.store import DiskError, Store, read_journal


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


def host(path: Path, **options: Any) -> Host:
    peers = {"a": ("127.0.0.1", 0), "b": ("127.0.0.1", 1)}
    return Host("a", Adder(), peers, Codec([Adder]), Store(path), seed=1, **options)


def frame(number: tuple[int, int], message: object, *, sender: str = "b") -> bytes:
    return Frame(sender, number, Codec([Adder]).encode(freeze(message))).encoded()


def serve(running: Host, *amounts: int, steps: int) -> None:
    """Run a host until it has taken so many steps."""

    async def until() -> None:
        with listening() as opened:
            task = asyncio.create_task(running.run(opened))
            for number, amount in enumerate(amounts):
                running._hear(frame((1, number), Add(amount)))
            while running.store.steps() < steps and not task.done():
                await asyncio.sleep(0)
            if task.done():
                task.result()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    asyncio.run(until())


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


def heard(running: Host, *lines: bytes) -> None:
    """Send lines to a host, each over a connection of its own, one after the other; return once all are handled."""

    async def until() -> None:
        with listening() as opened:
            task = asyncio.create_task(running.run(opened))
            for line in lines:
                reader, writer = await asyncio.open_connection(*opened.getsockname())
                writer.write(line)
                writer.write_eof()
                assert await reader.read() == b""  # the host has read it all, and closed the connection
                writer.close()
            while not running.events.empty():
                await asyncio.sleep(0)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    asyncio.run(until())


MALFORMED = [
    b"\n",
    b"no JSON\n",
    b"[" * 100_000 + b"\n",
    b"3\n",
    b'{"from":"b"}\n',
    b'{"from":"b","number":[1,"0"],"message":null}\n',
    b'{"from":["b"],"number":[1,0],"message":null}\n',
    b'{"from":"stranger","number":[1,0],"message":null}\n',
    b'{"from":"b","number":[1,0],"message":{"is":"os:system","of":["true"]}}\n',
    b'{"from":"b","number":[1,0],"message":{"is":"builtins:float","of":["x"]}}\n',
    b'{"from":"b","number":[1,0],"message":{"is":"builtins:bool","of":[]}}\n',
    b'{"from":"b","number":[1,0],"message":1.5}\n',
]


@pytest.mark.parametrize("line", MALFORMED)
def test_what_is_no_message_is_dropped_and_said_and_what_follows_is_heard(
    tmp_path: Path, line: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    running = host(tmp_path / "a.db")
    heard(running, line + frame((1, 1), Add(2)))
    assert running.node.total == 2
    assert capsys.readouterr().err.startswith("a drops b")


def test_a_line_that_was_cut_off_is_dropped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    running = host(tmp_path / "a.db")
    heard(running, frame((1, 0), Add(2)) + frame((1, 1), Add(3))[:-1])
    assert running.node.total == 2
    assert capsys.readouterr().err == ""


def test_a_message_longer_than_the_buffer_of_a_stream_arrives(tmp_path: Path) -> None:
    """By default asyncio gives up on lines of more than 64 KiB."""
    running = host(tmp_path / "a.db")
    long = frame((1, 0), Add(1)).removesuffix(b"\n") + b" " * 200_000 + b"\n"
    heard(running, long, frame((1, 1), Add(2)))
    assert running.node.total == 3


def test_a_message_that_no_receiver_would_take_is_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "LARGEST_FRAME", 80)
    with pytest.raises(NodeError, match=r"a sends a message of \d+ bytes, more than 80"):
        serve(host(tmp_path / "a.db"), 1, steps=3)
    assert [line["event"]["kind"] for line in read_journal(tmp_path / "a.db")] == ["start"]


@pytest.mark.parametrize(("is_fifo", "total"), [(True, 1 + 4 + 8), (False, 1 + 2 + 4 + 8 + 16)])
def test_on_a_fifo_network_what_was_overtaken_is_dropped(tmp_path: Path, is_fifo: bool, total: int) -> None:
    """A sender that restarted has left a connection, which is read later than its new one."""
    running = host(tmp_path / "a.db", is_fifo=is_fifo)
    numbers = [((1, 7), 1), ((1, 5), 2), ((2, 0), 4), ((2, 1), 8), ((1, 8), 16)]
    heard(running, *(frame(number, Add(amount)) for number, amount in numbers))
    assert running.node.total == total


def test_the_numbers_of_frames_grow_across_restarts(tmp_path: Path) -> None:
    numbers = []
    for _ in range(3):
        running = host(tmp_path / "a.db")
        numbers += [(running.starts, next(running._sent)) for _ in range(2)]
    assert numbers == sorted(set(numbers))


class AdderOfTheNextRelease(Adder):
    bonus: Durable[int] = 7


def test_an_attribute_that_an_earlier_release_did_not_have_is_on_disk_after_the_first_step(tmp_path: Path) -> None:
    serve(host(tmp_path / "a.db"), steps=1)
    peers = {"a": ("127.0.0.1", 0)}
    serve(Host("a", AdderOfTheNextRelease(), peers, Codec([Adder]), Store(tmp_path / "a.db"), seed=1), steps=2)
    assert Store(tmp_path / "a.db").durable()["bonus"] == "7"


def test_the_first_step_and_whatever_changes_durable_attributes_is_synced(tmp_path: Path) -> None:
    store, said = Store(tmp_path / "a.db"), list[str]()
    store._connection.set_trace_callback(said.append)
    for durable in ({}, {}, {"x": "1"}, {}):
        store.commit(durable, {"node": "a"})
    levels = [line.partition("=")[2] for line in said if "synchronous" in line]
    assert levels == ["FULL", "NORMAL", "FULL", "NORMAL"]


def test_a_journal_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "b.db").write_bytes(b"no database, by any means, is in this file" * 100)
    with pytest.raises(DiskError, match="file is not a database"):
        read_journal(tmp_path / "b.db")
