"""The report as an HTML page: the lines of the text report, and the picture."""

from __future__ import annotations

from html import escape

from assay.proofs.quorums.rendering.names import legible
from assay.proofs.quorums.rendering.svg import picture
from assay.proofs.quorums.rendering.text import render
from assay.proofs.quorums.report import QuorumReport
from rich.text import Text

__all__ = ["page"]

STYLES = {"green": "ok", "bold red": "bad", "yellow": "open", "dim": "dim", "bold": "strong"}

HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font-family: sans-serif; margin: 2em; }}
pre {{ white-space: pre-wrap; }}
.ok {{ color: #1a7f37; }} .bad {{ color: #b3261e; font-weight: bold; }} .open {{ color: #8a6100; }}
.dim {{ color: #666666; }} .strong {{ font-weight: bold; }}
</style>
</head>
<body>
"""


def page(report: QuorumReport, *, trees: bool = False) -> str:
    """Return the page. It has no scripts and loads nothing, and every name in it is escaped."""
    lines = "\n".join(_line(line) for line in render(report, trees=trees))
    title = escape(legible(f"{report.subject.system.name}: {report.subject.condition.value}"))
    return f"{HEAD.format(title=title)}<pre>{lines}</pre>\n{picture(report)}</body>\n</html>\n"


def _line(line: Text) -> str:
    pieces: list[str] = []
    place = 0
    spans = sorted(line.spans, key=lambda span: span.start)
    for span in spans:
        pieces.append(escape(line.plain[place : span.start]))
        inner = escape(line.plain[span.start : span.end])
        pieces.append(f'<span class="{STYLES.get(str(span.style), "plain")}">{inner}</span>')
        place = span.end
    rest = escape(line.plain[place:])
    style = STYLES.get(str(line.style))
    whole = "".join(pieces) + rest
    return f'<span class="{style}">{whole}</span>' if style else whole
