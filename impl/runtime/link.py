"""A link from one node to another: a connection that is opened on demand, and again after it breaks."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque

__all__ = ["Link"]

_RECONNECT = 0.05
"""Seconds between two attempts to connect: a node that was killed is back within tenths of a second."""

_MOST_WAITING = 10_000
"""Maximum number of frames that wait for a peer to return; older ones are lost, so that memory stays bounded."""


class Link:
    """The link to one peer. Messages arrive in the order of sending, or not at all.

    Parameters
    ----------
    host, port : str, int
        Where the peer listens.
    """

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.waiting: deque[bytes] = deque(maxlen=_MOST_WAITING)
        self.filled = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def send(self, frame: bytes) -> None:
        """Queue a frame after those sent before."""
        self.waiting.append(frame)
        self.filled.set()
        if self.task is None:
            self.task = asyncio.get_running_loop().create_task(self._serve())

    async def _serve(self) -> None:
        while True:
            await self._more()
            try:
                reader, writer = await asyncio.open_connection(self.host, self.port)
            except OSError:
                await asyncio.sleep(_RECONNECT)
                continue
            try:
                with contextlib.suppress(OSError):
                    await self._speak(reader, writer)
            finally:
                writer.close()

    async def _more(self) -> None:
        if not self.waiting:
            self.filled.clear()
            await self.filled.wait()

    async def _speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Send waiting frames until the peer closes the connection; frames that it has not read are lost."""
        gone = asyncio.get_running_loop().create_task(_closed(reader))
        try:
            while True:
                more = asyncio.get_running_loop().create_task(self._more())
                try:
                    await asyncio.wait({more, gone}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    more.cancel()
                if gone.done():
                    return
                while self.waiting:
                    writer.write(self.waiting.popleft())
                await writer.drain()
        finally:
            gone.cancel()


async def _closed(reader: asyncio.StreamReader) -> None:
    """Wait until the peer closes or breaks the connection; nodes answer on links of their own, never on this one."""
    with contextlib.suppress(OSError):
        await reader.read(1)
