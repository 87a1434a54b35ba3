"""How deep and how often source is compiled, with the bounds that keep a compilation linear in it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

__all__ = ["DEEPEST", "MOST_REPEATED", "Size"]

DEEPEST = 200
"""Levels of nesting that are compiled. Python itself stops at as many parentheses; all readings walk so far down."""

MOST_REPEATED = 20_000
"""How often source may be compiled again: 24 helpers that each call the next one twice would be compiled for hours."""


@dataclass
class Size:
    """The nesting depth, and the parts compiled more than once; bounding both keeps the cost linear in the source."""

    depth: int = 0
    repeated: int = 0
    seen: set[int] = field(default_factory=set)

    def is_repeated(self, node: ast.AST) -> bool:
        """Count a part of the source; return whether too much was compiled more than once."""
        if id(node) in self.seen:
            self.repeated += 1
        self.seen.add(id(node))
        return self.repeated > MOST_REPEATED
