"""A backend whose work has an effect: it writes to a ledger that all backends share, and does nothing twice.

``python -m assay.impl.http_proxy.backend NAME PORT STORE [careless]``. A ``POST`` with an ``Idempotency-Key`` adds
the key to the ledger and, in the same transaction, notes that it has. A key that is noted is not added again, unless
the backend is careless.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sqlite3
import sys

from assay.impl.http_proxy.http import LINE, BadMessage, Closed, Message, read_message, response

__all__ = ["effects", "main", "make_store"]

_TABLES = (
    "CREATE TABLE IF NOT EXISTS ledger (key TEXT NOT NULL, by TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY)",
)


def make_store(path: str) -> sqlite3.Connection:
    """Open the store, creating it if necessary."""
    store = sqlite3.connect(path, timeout=30, isolation_level=None)  # seconds: a paused backend may hold the lock
    store.execute("PRAGMA journal_mode = WAL")
    store.execute("PRAGMA synchronous = NORMAL")  # a commit survives the process, which is all a trial kills
    for table in _TABLES:
        store.execute(table)
    return store


def effects(path: str) -> dict[str, int]:
    """Return how many times each key is in the ledger."""
    store = make_store(path)
    try:
        return dict(store.execute("SELECT key, COUNT(*) FROM ledger GROUP BY key"))
    finally:
        store.close()


class _Backend:
    def __init__(self, name: str, store: sqlite3.Connection, is_careless: bool) -> None:
        self.name = name
        self.is_careless = is_careless
        self.store = store

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(Closed, BadMessage, OSError):
                while True:
                    request = await read_message(reader)
                    writer.write(self.answer(request).encoded())
                    await writer.drain()
                    if not request.keeps_alive:
                        break
        finally:
            writer.close()

    def answer(self, request: Message) -> Message:
        key = request.get("idempotency-key")
        if request.method == "POST" and key is not None:
            self.execute(key)
        return response(200, "OK", json.dumps({"by": self.name, "key": key}) + "\n")

    def execute(self, key: str) -> None:
        self.store.execute("BEGIN IMMEDIATE")
        noted = self.store.execute("SELECT 1 FROM notes WHERE key = ?", (key,)).fetchone()
        if noted is None or self.is_careless:
            self.store.execute("INSERT INTO ledger VALUES (?, ?)", (key, self.name))
            self.store.execute("INSERT OR IGNORE INTO notes VALUES (?)", (key,))
        self.store.execute("COMMIT")


async def _run(name: str, port: int, store: str, is_careless: bool) -> None:
    backend = _Backend(name, make_store(store), is_careless)
    # It is restarted at the same port, where connections of the process that was killed may linger.
    server = await asyncio.start_server(backend.serve, "127.0.0.1", port, reuse_address=True, backlog=1024, limit=LINE)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Serve until killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    name, port, store = sys.argv[1:4]
    asyncio.run(_run(name, int(port), store, "careless" in sys.argv[4:]))


if __name__ == "__main__":
    main()
