"""Lay out boxes of nodes in rows as wide as the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

__all__ = ["MARGIN", "WIDTH", "Box", "Grain", "fitting", "grain_for", "placed"]

WIDTH, MARGIN = 960, 16
"""The width of the page, and of the margins on it, in pixels."""

LETTER = 7.5
"""An upper estimate of the width of a letter at 12 pixels, since fonts cannot be measured here."""


@dataclass(frozen=True)
class Grain:
    """The size at which nodes are drawn.

    Parameters
    ----------
    cell : int
        The side of the square around a node.
    radius : int
    is_named : bool
        Whether there is room for names below the nodes.
    """

    cell: int
    radius: int
    is_named: bool


COARSE, FINE = Grain(88, 22, is_named=True), Grain(24, 9, is_named=False)
MOST_COARSE = 90
"""The most nodes to draw with their names: about two screens."""


@dataclass(frozen=True)
class Box:
    """A group of nodes with its place on the page."""

    left: int
    top: int
    width: int
    height: int
    columns: int
    heading: str
    nodes: Sequence[str]


def grain_for(count: int) -> Grain:
    """Return the size at which to draw ``count`` nodes."""
    return COARSE if count <= MOST_COARSE else FINE


def placed(groups: Iterable[tuple[str, Sequence[str]]], grain: Grain, top: int, head: int) -> Iterator[Box]:
    """Yield a box for each group, from left to right, in a new row where the page ends.

    Parameters
    ----------
    groups : iterable of (heading, nodes)
    grain : Grain
    top : int
        Where the first row begins.
    head : int
        The height of a heading.
    """
    left, lowest = MARGIN, top
    for heading, nodes in groups:
        columns = min(max(1, ceil(sqrt(len(nodes)))), (WIDTH - 2 * MARGIN) // grain.cell)
        width = max(columns * grain.cell, min(grain.cell * 2, ceil((len(heading) + 2) * LETTER)))
        height = max(1, ceil(len(nodes) / columns)) * grain.cell + (head if heading else 8)
        if left > MARGIN and left + width > WIDTH - MARGIN:
            left, top = MARGIN, lowest + MARGIN
        yield Box(left, top, width, height, columns, heading, nodes)
        left, lowest = left + width + MARGIN, max(lowest, top + height)


def fitting(text: str, width: float) -> str:
    """Return the text, shortened to this width in pixels."""
    most = max(1, int(width / LETTER))
    return text if len(text) <= most else f"{text[: most - 1]}…"
