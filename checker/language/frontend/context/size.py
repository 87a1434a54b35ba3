"""Bounds on how deep source is nested, and how often it is compiled again, so that compiling it takes linear time."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

__all__ = ["DEEPEST", "MOST_REPEATED", "Size"]

DEEPEST = 200
"""The deepest nesting that is compiled: Python's own parser allows as many parentheses, and every backend recurses."""

MOST_REPEATED = 20_000
"""How many parts of the source may be compiled again: 24 helpers that each call the next twice would take hours."""


@dataclass
class Size:
    """The nesting depth, and the parts compiled more than once; bounding both keeps the cost linear in the source."""

    depth: int = 0
    repeated: int = 0
    seen: set[int] = field(default_factory=set)

    def is_repeated(self, node: ast.AST) -> bool:
        """Count a part of the source; return whether too many parts were compiled more than once."""
        # By identity, for equal source in two places is two parts. Trees of files are kept, so their ids stay taken.
        if id(node) in self.seen:
            self.repeated += 1
        self.seen.add(id(node))
        return self.repeated > MOST_REPEATED
