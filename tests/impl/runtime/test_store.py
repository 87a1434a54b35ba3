"""The database of a node is read while the node writes, is stopped in the middle of it, or was killed there."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from assay.impl.runtime import store
from assay.impl.runtime.store import DiskError, Store, read_journal

HELD = [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_BUSY_SNAPSHOT]


class Refusing:
    """A connection whose first queries, of all that are made, are refused."""

    left = 0
    code = 0

    def __init__(self, path: Path, **options: Any) -> None:
        self.connection = connect(path, **options)

    def execute(self, *query: Any) -> Any:
        if Refusing.left > 0:
            Refusing.left -= 1
            error = sqlite3.OperationalError("the lock is held")
            error.sqlite_errorcode = Refusing.code
            raise error
        return self.connection.execute(*query)

    def close(self) -> None:
        self.connection.close()


connect = sqlite3.connect


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a database with one step, of which the next reads may be refused."""
    Store(tmp_path / "a.db").commit({}, {"step": 1})
    monkeypatch.setattr(store.sqlite3, "connect", Refusing)
    return tmp_path / "a.db"


@pytest.mark.parametrize("code", HELD)
def test_who_may_wait_reads_what_is_there_once_the_lock_is_free(journal: Path, code: int) -> None:
    Refusing.left, Refusing.code = 3, code
    assert read_journal(journal) == [{"step": 1}]


@pytest.mark.parametrize("code", HELD)
def test_who_may_not_wait_finds_nothing_new(journal: Path, code: int) -> None:
    Refusing.left, Refusing.code = 1, code
    assert read_journal(journal, waits=False) == []
    assert read_journal(journal, waits=False) == [{"step": 1}]


@pytest.mark.parametrize("code", HELD)
def test_a_lock_that_is_never_free_is_said(journal: Path, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_PATIENCE", 0.0)
    Refusing.left, Refusing.code = 10**9, code
    with pytest.raises(DiskError, match="the lock is held"):
        read_journal(journal)
    Refusing.left = 0


@pytest.mark.parametrize("waits", [True, False])
def test_a_disk_that_fails_is_said_at_once(journal: Path, waits: bool) -> None:
    Refusing.left, Refusing.code = 1, sqlite3.SQLITE_IOERR
    with pytest.raises(DiskError):
        read_journal(journal, waits=waits)
