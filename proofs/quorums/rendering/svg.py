"""A picture of the system: nodes in their zones, and quorums that miss each other or a smallest outage."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from assay.checker.verdicts import Verdict
from assay.proofs.quorums.analyses.resilience.survival import is_telling
from assay.proofs.quorums.rendering.layout import MARGIN, WIDTH, Box, Grain, fitting, grain_for, placed
from assay.proofs.quorums.rendering.names import legible, shown
from assay.proofs.quorums.report import QuorumReport
from assay.proofs.quorums.safety import Split
from assay.proofs.quorums.systems import NODES, QuorumSystem

__all__ = ["picture"]

HEAD, LINE = 28, 20
"""The height of a heading, and of a line of text."""

COLOURS = ("#4477aa", "#ee6677", "#228833")
BOTH, NEITHER = "#aa3377", "#dddddd"
TONES = {Verdict.HOLDS: "#1a7f37", Verdict.VIOLATED: "#b3261e", Verdict.UNKNOWN: "#8a6100"}
MOST_NODES = 2_000
"""The most nodes to draw: with more, nobody finds one, and browsers are slow."""


def picture(report: QuorumReport) -> str:
    """Return the picture as SVG: a box for each value of a label that groups nodes, and a disc for each node.

    The name of the system and the verdict are above it. The nodes of the first quorum of a split are blue, those of the
    second red, and those of several purple. If there is no split, the nodes of a smallest outage have a dashed ring.
    """
    system, split = _subject(report)
    down = frozenset[str]() if split is not None else _outage(report)
    legend = list(_legend(report, system, split, down))
    nodes = _nodes(system, split)
    grain = grain_for(len(nodes))
    boxes = list(placed(_groups(system, nodes).items(), grain, MARGIN + LINE * len(legend) + 4, HEAD))
    height = max((box.top + box.height for box in boxes), default=0) + MARGIN
    body = [line for box in boxes for line in _box(box, grain, split, down)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">',
            f"<title>{_text(system.name)}</title>",
            f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
            *(_line(place, *entry) for place, entry in enumerate(legend)),
            *body,
            "</svg>",
            "",
        ]
    )


def _subject(report: QuorumReport) -> tuple[QuorumSystem, Split | None]:
    """Return the system to draw and a split of it: the configuration or, if that has none, the change."""
    splits = report.subject.safety.splits
    if splits or report.change is None:
        return report.subject.system, splits[0] if splits else None
    crossing = report.change.crossing.splits
    return report.change.crossing_system, crossing[0] if crossing else None


def _nodes(system: QuorumSystem, split: Split | None) -> list[str]:
    """Return the nodes to draw: all of them or, if there are too many, those of the split and the first others."""
    involved = [node for _, quorum in split.quorums for node in sorted(quorum)] if split else []
    chosen = set(list(dict.fromkeys((*involved, *system.nodes)))[:MOST_NODES])
    return [node for node in dict.fromkeys((*system.nodes, *involved)) if node in chosen]


def _groups(system: QuorumSystem, nodes: list[str]) -> dict[str, list[str]]:
    labels = dict.fromkeys(label for of in system.labels.values() for label in of)
    label = next((name for name in labels if is_telling(system, name) and len(system.groups(name)) > 1), None)
    groups: dict[str, list[str]] = {}
    for node in nodes:
        value = system.labels.get(node, {}).get(label or "")
        heading = "" if label is None else f"{label} {value}" if value is not None else f"no {label}"
        groups.setdefault(heading, []).append(node)
    return groups


def _outage(report: QuorumReport) -> frozenset[str]:
    """Return the nodes of a smallest outage."""
    found = report.survival.tolerances.get(NODES) if report.survival is not None else None
    return (found.outage if found is not None else None) or frozenset()


def _box(box: Box, grain: Grain, split: Split | None, down: frozenset[str]) -> Iterator[str]:
    yield (
        f'<rect x="{box.left}" y="{box.top}" width="{box.width}" height="{box.height}" rx="8" '
        'fill="none" stroke="#888888"/>'
    )
    if box.heading:
        heading = _text(fitting(box.heading, box.width - 12))
        yield (
            f'<text x="{box.left + 8}" y="{box.top + 18}" font-weight="bold">{heading}'
            f"<title>{_text(box.heading)}</title></text>"
        )
    first = box.top + (HEAD if box.heading else 8)
    for place, node in enumerate(box.nodes):
        x = box.left + place % box.columns * grain.cell + grain.cell // 2
        y = first + place // box.columns * grain.cell + grain.cell // 2 - (8 if grain.is_named else 0)
        yield from _node(node, x, y, grain, _colour(node, split), is_down=node in down)


def _node(node: str, x: int, y: int, grain: Grain, colour: str, *, is_down: bool) -> Iterator[str]:
    yield f'<circle cx="{x}" cy="{y}" r="{grain.radius}" fill="{colour}"><title>{_text(node)}</title></circle>'
    if is_down:
        yield f'<circle cx="{x}" cy="{y}" r="{grain.radius + 2}" fill="none" stroke="#000000" stroke-dasharray="4 3"/>'
    if grain.is_named:
        name = _text(fitting(shown(node), grain.cell))
        yield f'<text x="{x}" y="{y + grain.radius + 16}" text-anchor="middle">{name}</text>'


def _colour(node: str, split: Split | None) -> str:
    if split is None:
        return COLOURS[0]
    inside = [place for place, (_, quorum) in enumerate(split.quorums) if node in quorum]
    if not inside:
        return NEITHER
    return COLOURS[inside[0]] if len(inside) == 1 else BOTH


def _legend(
    report: QuorumReport, system: QuorumSystem, split: Split | None, down: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Yield lines of text with their colours: the name of the system, the verdict, and the meaning of the colours."""
    condition, what = report.subject.condition, ""
    if report.change is not None:
        condition, what = report.change.condition, "change in one step: "
    said = {Verdict.HOLDS: "safe", Verdict.VIOLATED: "not safe"}.get(condition.verdict, "unknown")
    yield "#000000", system.name
    yield TONES[condition.verdict], what + (said if what else condition.value)
    if split is not None:
        for place, (name, quorum) in enumerate(split.quorums):
            yield COLOURS[place], f"{name}, {len(quorum)} nodes"
        if split.common or split.faulty:
            yield BOTH, "in more than one of them"
    elif down:
        found = report.survival.tolerances[NODES] if report.survival is not None else None
        least = "a smallest outage" if found is not None and found.is_settled else "an outage"
        yield "#000000", f"dashed: {least}, {len(down)} nodes"


def _line(place: int, colour: str, text: str) -> str:
    weight = ' font-weight="bold"' if place < 2 else ""
    y = MARGIN + LINE * place + 6
    return f'<text x="{MARGIN}" y="{y}" fill="{colour}"{weight}>{_text(fitting(text, WIDTH - 2 * MARGIN))}</text>'


def _text(text: str) -> str:
    """Escape markup, and replace what cannot be seen, which includes all that XML cannot represent."""
    return escape(legible(text))
