"""A node's SQLite database: its durable attributes, and a journal of its steps.

Each step is one transaction: either both its changes and its line in the journal are there, or neither is.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

__all__ = ["DiskError", "Store", "read_journal"]

P = ParamSpec("P")
T = TypeVar("T")


class DiskError(OSError):
    """The database of a node cannot be read or written."""


class Store:
    """The database of one node.

    Parameters
    ----------
    path : Path
        Its file, which is created if it does not exist.

    Raises
    ------
    DiskError
        If the file cannot be opened or written: here and in all methods.
    """

    def __init__(self, path: Path) -> None:
        self._connection = _guarded(sqlite3.connect, path, isolation_level=None)
        self._execute("PRAGMA journal_mode=WAL")
        self._execute("PRAGMA fullfsync=ON")  # macOS: its fsync leaves data in the cache of the drive
        self._execute("CREATE TABLE IF NOT EXISTS durable (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        self._execute("CREATE TABLE IF NOT EXISTS journal (number INTEGER PRIMARY KEY, line TEXT NOT NULL)")
        self._execute("CREATE TABLE IF NOT EXISTS starts (number INTEGER PRIMARY KEY)")
        self._has_steps = self.steps() > 0

    def count_start(self) -> int:
        """Return how often the node has started, this time included; the count is on disk when this returns.

        It grows even where a crash of the machine has cut off the end of the journal.
        """
        self._execute("PRAGMA synchronous=FULL")
        return int(self._execute("INSERT INTO starts DEFAULT VALUES").lastrowid or 0)

    def durable(self) -> dict[str, str]:
        """Return the encoded durable attributes; empty before the first step."""
        return dict(self._execute("SELECT name, value FROM durable").fetchall())

    def steps(self) -> int:
        """Return the number of steps in the journal."""
        return int(self._execute("SELECT COUNT(*) FROM journal").fetchone()[0])

    def commit(self, durable: Mapping[str, str], line: Mapping[str, Any]) -> None:
        """Write a step: the durable attributes that it changed, and its line in the journal.

        Changed attributes are on disk when this returns, and so is the first step, by which a restart is told from a
        first start. Any other step is only handed to the operating system: its line survives the end of the process,
        but perhaps not a crash of the machine.
        """
        self._execute(f"PRAGMA synchronous={'FULL' if durable or not self._has_steps else 'NORMAL'}")
        self._execute("BEGIN IMMEDIATE")
        for pair in durable.items():
            self._execute("INSERT OR REPLACE INTO durable VALUES (?, ?)", pair)
        self._execute("INSERT INTO journal (line) VALUES (?)", (json.dumps(line, separators=(",", ":")),))
        self._execute("COMMIT")
        self._has_steps = True

    def _execute(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        return _guarded(self._connection.execute, statement, values)


def read_journal(path: Path, after: int = 0, *, waits: bool = True) -> list[dict[str, Any]]:
    """Return the steps in a node's journal, in order; the node may continue to write meanwhile.

    Parameters
    ----------
    path : Path
        The database of the node.
    after : int
        The number of steps to skip.
    waits : bool
        Whether to wait some seconds for the lock if the node holds it; otherwise nothing is returned then. A caller
        that has stopped the node and is to resume it must not wait.

    Raises
    ------
    DiskError
        If the file cannot be read.
    """
    if not path.exists():
        return []
    deadline = time.monotonic() + _PATIENCE
    while True:
        connection = _guarded(sqlite3.connect, path, timeout=_PATIENCE if waits else 0.0)
        try:
            query = "SELECT line FROM journal WHERE number > ? ORDER BY number"
            return [json.loads(line) for (line,) in connection.execute(query, (after,))]
        except sqlite3.OperationalError as error:
            if "no such table" in str(error) or (_is_held(error) and not waits):
                return []
            if not _is_held(error) or time.monotonic() > deadline:
                raise DiskError(f"{path}: {error}") from None
        except (sqlite3.Error, ValueError) as error:  # no database, or a line that is no JSON
            raise DiskError(f"{path}: {error}") from None
        finally:
            connection.close()
        time.sleep(_BETWEEN_TRIES)


_PATIENCE = 5.0
"""Seconds for which another process may hold a lock: one that works holds it for the length of a transaction."""

_BETWEEN_TRIES = 0.01
"""Seconds between two attempts to read: SQLite itself waits for a lock, but not where it reports a broken protocol."""


def _is_held(error: sqlite3.OperationalError) -> bool:
    """Return whether another process holds a lock: for long, or (PROTOCOL) one that is only ever held for a moment.

    A process that is stopped or killed holds one of the second kind, too, for as long as it is there.
    """
    held = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_PROTOCOL)
    return error.sqlite_errorcode & 0xFF in held  # the rest of the number says why


def _guarded(function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """Call a function of SQLite, whose errors become a `DiskError`."""
    try:
        return function(*arguments, **options)
    except sqlite3.Error as error:
        raise DiskError(f"the database of the node: {error}") from None
