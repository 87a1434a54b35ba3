"""The connections to one backend, kept open for reuse and replaced when one has been closed."""

from __future__ import annotations

import asyncio
import contextlib

from assay.impl.http_proxy.http import LINE, BadMessage, Closed, Message, read_message

__all__ = ["Unreachable", "Upstream"]

_KEPT = 64
"""The most idle connections to keep; a burst of requests may open more."""


class Unreachable(Exception):
    """A backend did not answer. It may or may not have executed the request."""


class Upstream:
    """A backend.

    Parameters
    ----------
    host : str
        Where it is.
    port : int
        Where it listens.
    """

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, request: Message, *, fresh: bool = False) -> Message:
        """Send a request, and return the response.

        Parameters
        ----------
        request : Message
            What is sent.
        fresh : bool
            Whether to open a new connection. The backend may be closing a kept one at this very moment, and then nobody
            knows whether it received the request.

        Raises
        ------
        Unreachable
            If there is no response, whatever the reason.
        """
        reader, writer = await self._connected(fresh)
        try:
            writer.write(request.encoded(has_body=bool(request.body) or request.method in ("POST", "PUT", "PATCH")))
            answer = await read_message(reader, of=request.method)
            while answer.status < 200:  # interim responses (1xx) precede the final one
                answer = await read_message(reader, of=request.method)
        except (OSError, Closed, BadMessage, asyncio.CancelledError) as error:
            writer.close()
            if isinstance(error, asyncio.CancelledError):
                raise
            raise Unreachable(str(error)) from None
        self._keep(answer, reader, writer)
        return answer

    async def _connected(self, fresh: bool) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._idle and not fresh:
            reader, writer = self._idle.pop()
            if not writer.is_closing() and _is_silent(reader):
                return reader, writer
            writer.close()
        try:
            return await asyncio.open_connection(self.host, self.port, limit=LINE)
        except OSError as error:
            raise Unreachable(str(error)) from None

    def _keep(self, answer: Message, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        delimited = answer.get("content-length") is not None or answer.get("transfer-encoding") is not None
        if answer.keeps_alive and delimited and len(self._idle) < _KEPT:
            self._idle.append((reader, writer))
        else:
            writer.close()

    def close(self) -> None:
        """Close the idle connections."""
        for _, writer in self._idle:
            with contextlib.suppress(RuntimeError):  # the loop may be closed already
                writer.close()
        self._idle.clear()


def _is_silent(reader: asyncio.StreamReader) -> bool:
    """Return whether an idle connection is open and has brought nothing.

    What a backend sends unasked, such as a second response, would be taken for the response to the next request, which
    may be that of another client.
    """
    reading = reader.read(1)
    try:
        reading.send(None)  # returns if the coroutine has to wait; it never does if there is anything, or the end
    except (StopIteration, OSError):
        return False
    finally:
        reading.close()
    return True
