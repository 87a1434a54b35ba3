"""What models import from other modules: sorts, records, constants and helpers."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from enum import IntEnum, StrEnum

from assay.checker.language import Sort, record


class Node(Sort):
    """A sort."""


class Level(IntEnum):
    LOW, HIGH = range(2)
    LEAST = 0


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"


@record
class Mark:
    node: Node
    level: Level = Level.HIGH


LIMIT = 2
BOTH = (Level.LOW, Level.HIGH)
ENDS = frozenset({Side.LEFT})
NOBODY = None


def others(nodes: set[Node], node: Node) -> set[Node]:
    """Return the others: a docstring, a local name and a set as result."""
    rest = {n for n in nodes if n != node}
    return rest


def rank(level: Level, *, doubled: bool = False) -> int:
    """Branch, with a return in the middle and a parameter that has a default."""
    if level is Level.LOW:
        return 0
    factor = 2 if doubled else 1
    return 1 * factor
