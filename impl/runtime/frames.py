"""Frames: messages as they travel between two nodes, each a line of JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from assay.impl.node.node import Address

__all__ = ["LARGEST_FRAME", "BadFrame", "Frame", "InOrder", "read_frame"]

LARGEST_FRAME = 64 * 1024 * 1024
"""Maximum size of a frame in bytes, its newline included: a receiver holds a frame whole before it decodes it."""


class BadFrame(Exception):
    """A line is no frame."""


@dataclass(frozen=True)
class Frame:
    """A message on its way.

    Attributes
    ----------
    source : Address
        The node that sent it.
    number : (int, int)
        How often that node had started by then, and how many frames this process had sent before: the numbers of a
        node's frames grow, across restarts too.
    message : object
        The message, as `Codec.encode` returns it.
    """

    source: Address
    number: tuple[int, int]
    message: Any

    def encoded(self) -> bytes:
        """Return the frame as a line, which may exceed `LARGEST_FRAME`."""
        content = {"from": self.source, "number": self.number, "message": self.message}
        return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def read_frame(line: bytes) -> Frame:
    """Return the frame that a line holds.

    Raises
    ------
    BadFrame
        If it holds none.
    """
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        raise BadFrame("it is no JSON") from None
    match content:
        case {"from": str(source), "number": [int(starts), int(sent)], "message": message}:
            return Frame(source, (starts, sent), message)
    raise BadFrame("it names no sender, no number or no message")


class InOrder:
    """Tells frames that come in the order of sending from those that were overtaken.

    TCP keeps the order within a connection. But a node that is killed and restarted leaves a connection behind, whose
    frames may still be read after the first ones of the new connection.
    """

    def __init__(self) -> None:
        self._latest: dict[Address, tuple[int, int]] = {}

    def admits(self, frame: Frame) -> bool:
        """Note the arrival of a frame; return whether no later one of its sender has arrived before."""
        latest = self._latest.get(frame.source)
        if latest is not None and frame.number <= latest:
            return False
        self._latest[frame.source] = frame.number
        return True
