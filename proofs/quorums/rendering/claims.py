"""One obligation as lines of text: whether it holds, how that was proved, or the quorums that break it."""

from __future__ import annotations

from collections.abc import Iterator

from assay.checker.verdicts import Verdict
from assay.proofs.quorums.intersection.outcome import Meets, Method, Undecided
from assay.proofs.quorums.rendering.names import listed, ordered, shown
from assay.proofs.quorums.safety import Checked, Split
from assay.proofs.quorums.systems import QuorumSystem
from rich.text import Text

__all__ = ["STYLE", "claim"]

STYLE = {Verdict.HOLDS: "green", Verdict.VIOLATED: "bold red", Verdict.UNKNOWN: "yellow"}
MARK = {Verdict.HOLDS: "holds", Verdict.VIOLATED: "violated", Verdict.UNKNOWN: "unknown"}
WIDEST_PICTURE = 100
"""The most columns of a picture: wider lines would wrap on a terminal."""


def claim(one: Checked, system: QuorumSystem) -> Iterator[Text]:
    """Yield the lines of one obligation."""
    verdict = _verdict(one)
    classes = " and ".join(one.obligation.classes)
    how = f" ({_how(one.outcome)})" if isinstance(one.outcome, Meets) else ""
    despite = f", while {listed(one.faulty, system)} are faulty" if one.faulty else ""
    words = one.obligation.words or f"{classes} have {one.obligation.need} in common"
    yield Text.assemble("  ", (f"{MARK[verdict]:<8}", STYLE[verdict]), f" {words}{despite} [{classes}]{how}")
    if one.split is not None:
        yield from _split(one.split, system)


def _how(proved: Meets) -> str:
    reason = proved.method in (Method.TRIVIAL, Method.EMPTY)
    return f"{'since' if reason else 'by'} {proved.method.value}"


def _verdict(one: Checked) -> Verdict:
    if isinstance(one.outcome, Meets):
        return Verdict.HOLDS
    return Verdict.UNKNOWN if isinstance(one.outcome, Undecided) else Verdict.VIOLATED


def _split(split: Split, system: QuorumSystem) -> Iterator[Text]:
    for name, quorum in split.quorums:
        yield Text(f"           {name}: {listed(quorum, system)}")
    common = listed(split.common, system) if split.common else "nothing"
    beyond = f", besides the faulty {listed(split.faulty, system)}" if split.faulty else ""
    yield Text(f"           in common: {common}{beyond}")
    yield from _picture(split, system)


def _picture(split: Split, system: QuorumSystem) -> Iterator[Text]:
    """Draw a column for each node and a row for each quorum, if it fits `WIDEST_PICTURE`."""
    involved = frozenset().union(*(quorum for _, quorum in split.quorums))
    nodes = ordered(involved | set(system.nodes), system)
    widths = [max(1, len(shown(node))) for node in nodes]
    margin = max(len(name) for name, _ in split.quorums)
    if sum(widths) + 2 * len(widths) + margin > WIDEST_PICTURE:
        return
    yield Text(" " * (13 + margin) + "  ".join(shown(node) for node in nodes), style="dim")
    for name, quorum in split.quorums:
        marks = "  ".join(
            ("#" if node in quorum else ".").ljust(width) for node, width in zip(nodes, widths, strict=True)
        )
        yield Text(f"           {name:<{margin}}  {marks}")
