"""A counterexample as a Mermaid sequence diagram, cut to what is drawn: 50,000 characters and 500 arrows.

Source
    The defaults of Mermaid: ``maxTextSize`` and ``maxEdges``. GitHub and GitLab draw by these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assay.checker.findings.finding import Step

__all__ = ["sequence_diagram"]

MOST_CHARACTERS, MOST_ARROWS = 45_000, 450
"""Below Mermaid's own limits, since it counts a little more than what is written here."""

LONGEST = 120
"""Characters of what stands at an arrow."""


def sequence_diagram(steps: Sequence[Step]) -> str:
    """Return a Mermaid diagram of steps: messages as arrows, all else as notes; the last steps, if it is too long."""
    for first in range(len(steps) + 1):
        if len(steps) - first > MOST_ARROWS:
            continue
        drawn = "\n".join(_lines(steps, first))
        if len(drawn) <= MOST_CHARACTERS:
            return drawn
    return ""


def _lines(steps: Sequence[Step], first: int) -> Iterator[str]:
    names = dict.fromkeys(name for step in steps for name in (step.sender, step.receiver, step.actor) if name)
    lanes = {name: f"p{number}" for number, name in enumerate(names or {"system": None})}
    yield "sequenceDiagram"
    for name, lane in lanes.items():
        yield f"    participant {lane} as {_plain(name)}"
    ends = [*lanes.values()]
    over = ends[0] if len(ends) == 1 else f"{ends[0]},{ends[-1]}"
    if first:
        yield f"    Note over {over}: {first} steps before are not shown"
    for number, step in enumerate(steps[first:], start=first + 1):
        words = _plain(f"{number} {step.words}")
        if step.sender and step.receiver:
            yield f"    {lanes[step.sender]}->>{lanes[step.receiver]}: {words}"
        else:
            yield f"    Note over {lanes[step.actor] if step.actor else over}: {words}"


def _plain(words: str) -> str:
    """Return words in which nothing means something to Mermaid: neither its entities, nor comments, nor line ends."""
    short = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    spaced = re.sub(r"\s+", " ", short)
    return re.sub(r"[#;%<>`]", lambda found: f"#{ord(found.group())};", spaced)
