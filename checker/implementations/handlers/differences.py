"""How the outcomes of two calls that should be equal differ, in words."""

from __future__ import annotations

from collections.abc import Sequence

from assay.checker.implementations.events import (
    Fire,
    Outcome,
)
from assay.impl.node.thawing import words

__all__ = ["difference"]


def difference(a: Sequence[Outcome], b: Sequence[Outcome]) -> str:
    """Describe how the outcomes of two calls differ."""
    if len(a) != len(b):
        return f"one has {len(a)} outcomes, the other {len(b)}"
    x, y = next((x, y) for x, y in zip(a, b, strict=True) if x != y)
    first, second = dict(x.local.attributes), dict(y.local.attributes)
    for name in sorted({*first, *second}):
        if first.get(name) != second.get(name) or (name in first) != (name in second):
            return f"{name} is {words(first.get(name))} after one, {words(second.get(name))} after the other"
    if x.sends != y.sends:
        return f"one sends {_sent(x)}, the other {_sent(y)}"
    if x.local.timers != y.local.timers:
        return f"one leaves {_timers(x)}, the other {_timers(y)}"
    return "in what they note for clients" if x.client != y.client else "in what they choose from"


def _timers(outcome: Outcome) -> str:
    return ", ".join(sorted(str(Fire(timer)) for timer in outcome.local.timers)) or "no timer"


def _sent(outcome: Outcome) -> str:
    return ", ".join(f"{words(message)} to {destination}" for destination, message in outcome.sends) or "nothing"
