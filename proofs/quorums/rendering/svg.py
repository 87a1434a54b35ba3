"""A picture of the layout: nodes in their zones, and the two quorums that miss each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from math import ceil, sqrt

from assay.proofs.quorums.rendering.names import shown
from assay.proofs.quorums.report import QuorumReport
from assay.proofs.quorums.safety import Split
from assay.proofs.quorums.systems import NODES, QuorumSystem

__all__ = ["picture"]

CELL, MARGIN, HEAD = 96, 16, 28
COLOURS = ("#4477aa", "#ee6677", "#228833")
BOTH, NEITHER = "#aa3377", "#dddddd"
MOST_NODES = 2_000


def picture(report: QuorumReport) -> str:
    """Return the picture as SVG: a box for each value of the first label, a disc for each node.

    Nodes of the first quorum that is part of a split are blue, of the second red, of both purple. Where there is
    no split, a dashed ring is around the nodes of a smallest outage.
    """
    system = report.subject.system
    split = _split(report)
    boxes = list(_boxes(system, split))
    width = max((x + w for x, _, w, _, _, _ in boxes), default=CELL) + MARGIN
    height = max((y + h for _, y, _, h, _, _ in boxes), default=CELL) + MARGIN
    legend = list(_legend(report, split, height))
    total = height + 20 * len(legend) + MARGIN
    down = frozenset() if split is not None else _outage(report)
    body = [line for box in boxes for line in _box(box, split, down)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{max(width, 640)}" height="{total}" '
            f'viewBox="0 0 {max(width, 640)} {total}" font-family="sans-serif" font-size="12">',
            f"<title>{_text(system.name)}</title>",
            f'<rect width="{max(width, 640)}" height="{total}" fill="white"/>',
            *body,
            *legend,
            "</svg>",
            "",
        ]
    )


Box = tuple[int, int, int, int, str, Sequence[str]]
"""Left, top, width, height, heading, nodes."""


def _split(report: QuorumReport) -> Split | None:
    splits = report.subject.safety.splits
    if not splits and report.change is not None:
        splits = report.change.crossing.splits
    return splits[0] if splits else None


def _boxes(system: QuorumSystem, split: Split | None) -> Iterator[Box]:
    left = MARGIN
    for heading, nodes in _groups(system, split):
        columns = max(1, ceil(sqrt(len(nodes))))
        rows = max(1, ceil(len(nodes) / columns))
        yield left, MARGIN, columns * CELL, rows * CELL + HEAD, heading, nodes
        left += columns * CELL + MARGIN


def _groups(system: QuorumSystem, split: Split | None) -> list[tuple[str, list[str]]]:
    involved = [node for _, quorum in split.quorums for node in sorted(quorum)] if split else []
    nodes = list(dict.fromkeys((*system.nodes, *involved)))[:MOST_NODES]
    label = next((name for labels in system.labels.values() for name in labels), None)
    groups: dict[str, list[str]] = {}
    for node in nodes:
        value = system.labels.get(node, {}).get(label or "")
        heading = "" if label is None else f"{label} {value}" if value is not None else f"no {label}"
        groups.setdefault(heading, []).append(node)
    return list(groups.items())


def _outage(report: QuorumReport) -> frozenset[str]:
    """Return the nodes of a smallest outage."""
    found = report.survival.tolerances[NODES].outage if report.survival is not None else None
    return found or frozenset()


def _box(box: Box, split: Split | None, down: frozenset[str]) -> Iterator[str]:
    left, top, width, height, heading, nodes = box
    yield f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="8" fill="none" stroke="#888888"/>'
    yield f'<text x="{left + 8}" y="{top + 18}" font-weight="bold">{_text(heading)}</text>'
    columns = width // CELL
    for place, node in enumerate(nodes):
        x = left + place % columns * CELL + CELL // 2
        y = top + HEAD + place // columns * CELL + CELL // 2 - 8
        yield f'<circle cx="{x}" cy="{y}" r="24" fill="{_colour(node, split)}"><title>{_text(node)}</title></circle>'
        if node in down:
            yield f'<circle cx="{x}" cy="{y}" r="27" fill="none" stroke="#000000" stroke-dasharray="4 3"/>'
        name = shown(node)
        short = name if len(name) <= 14 else f"{name[:13]}…"
        yield f'<text x="{x}" y="{y + 40}" text-anchor="middle">{_text(short)}</text>'


def _colour(node: str, split: Split | None) -> str:
    if split is None:
        return COLOURS[0]
    inside = [place for place, (_, quorum) in enumerate(split.quorums) if node in quorum]
    if not inside:
        return NEITHER
    return COLOURS[inside[0]] if len(inside) == 1 else BOTH


def _legend(report: QuorumReport, split: Split | None, top: int) -> Iterator[str]:
    yield _line(top + MARGIN, "#000000", f"{report.subject.system.name}: {report.subject.condition.value}")
    if split is not None:
        for place, (name, quorum) in enumerate(split.quorums):
            yield _line(top + MARGIN + 20 * (place + 1), COLOURS[place], f"{name}, {len(quorum)} nodes")
    elif down := _outage(report):
        size = report.survival.tolerances[NODES] if report.survival is not None else None
        least = "a smallest outage" if size is not None and size.is_settled else "an outage"
        yield _line(top + MARGIN + 20, "#000000", f"dashed: {least}, {len(down)} nodes")


def _line(y: int, colour: str, text: str) -> str:
    return f'<text x="{MARGIN}" y="{y}" fill="{colour}">{_text(text)}</text>'


def _text(text: str) -> str:
    """Escape markup, and leave out the control characters that XML cannot hold."""
    return escape("".join(c if c.isprintable() or c == " " else "�" for c in text))
