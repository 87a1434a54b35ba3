"""Names of nodes, sets of them, and probabilities, as all reports show them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from assay.proofs.quorums.systems import QuorumSystem

__all__ = ["legible", "listed", "ordered", "percent", "shown"]

ALMOST_CERTAIN = 1e-14
"""How far from certain a probability may be for a float to tell it from 1."""

MOST = 12
"""The most nodes of a set to name, by default."""


def shown(name: str) -> str:
    """Return a name as it is or, unless it is one printable word, quoted with escapes."""
    special = any(character.isspace() or character in "{},\"'\\" for character in name)
    return name if name and name.isprintable() and not special else repr(name)


def legible(text: str) -> str:
    """Return a text with every character replaced that cannot be seen: it could overwrite a terminal, or mislead.

    What formats and users call things (a keyspace, a topic, an obligation) may have any characters. The length stays.
    """
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def ordered(names: Iterable[str], system: QuorumSystem) -> list[str]:
    """Return names in the order of the configuration, followed by those that it does not have."""
    places = {node: place for place, node in enumerate(system.nodes)}
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))


def listed(names: Iterable[str], system: QuorumSystem, most: int = MOST) -> str:
    """Return a set of nodes such as ``{a, b, c}``, with the number of those left out."""
    every = ordered(names, system)
    rest = len(every) - most
    inner = ", ".join(map(shown, every[:most])) + (f", and {rest} more" if rest > 0 else "")
    return "{" + inner + "}"


def percent(chance: Fraction | float) -> str:
    """Return a probability with enough digits to show how far from certain it is; never rounded up to 100%."""
    down = 1 - chance
    if down <= 0 and not isinstance(chance, float):
        return "100%"
    if down < ALMOST_CERTAIN:
        return "more than 99.999999999999%"
    digits = 2
    while digits < 15 and round(float(100 * down), digits) < 5 * 10 ** -(digits - 1):
        digits += 1
    return f"{100 - round(float(100 * down), digits):.{digits}f}%"
