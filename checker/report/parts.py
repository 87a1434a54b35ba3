"""The parts of reports: facts, tables, states and traces, for the terminal and for Markdown.

The content of a report is put together once, from these parts; each format only arranges them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from assay.checker.immutable import immutable
from assay.checker.references import split_reference
from assay.checker.report.folding import folded
from assay.checker.verdicts import Verdict
from rich.text import Text

if TYPE_CHECKING:  # importing the language takes time, and a report without a trace does not need it
    from assay.checker.engine.trace import Loop, Trace, TraceStep
    from assay.checker.language.execution.picks import Choice
    from assay.checker.language.loader import NamedModel
    from assay.checker.report.values import Renderer

__all__ = [
    "STYLE",
    "Cell",
    "Table",
    "code",
    "columns",
    "escape",
    "facts",
    "render_trace",
    "title",
    "unfolding",
]

STYLE = {Verdict.HOLDS: "green", Verdict.VIOLATED: "bold red", Verdict.UNKNOWN: "yellow"}

LINE = 116
"""The width at which long values are folded, whatever the terminal, so that reports are the same everywhere."""

ENDS = 100
"""The number of states shown at each end of a trace that is too long to read."""


@immutable
class Cell:
    """A cell of a table.

    Attributes
    ----------
    words : str
        Its text.
    style : str
        Its style on a terminal.
    is_code : bool
        Whether Markdown sets it as code, as names are.
    is_strong : bool
        Whether Markdown sets it in bold.
    """

    words: str
    style: str = ""
    is_code: bool = False
    is_strong: bool = False

    @property
    def text(self) -> Text:
        """The cell on a terminal."""
        return Text(self.words, style=self.style)

    @property
    def markdown(self) -> str:
        """The cell in Markdown."""
        words = code(self.words) if self.is_code else escape(self.words)
        return f"**{words}**" if self.is_strong else words


@immutable
class Table:
    """A table.

    Attributes
    ----------
    heads : tuple of str
        The heading of each column.
    rows : tuple of rows
        Each a tuple of cells, one for each column.
    right : frozenset of int
        The columns that are aligned to the right.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    right: frozenset[int] = frozenset()

    def text(self, *, indent: str = "", heads: bool = True) -> Iterator[Text]:
        """Yield its lines for a terminal."""
        first = [[Text(head, style="dim") for head in self.heads]] if heads else []
        yield from columns(
            [*first, *([cell.text for cell in row] for row in self.rows)], right=self.right, indent=indent
        )

    def markdown(self, order: Sequence[int] | None = None) -> Iterator[str]:
        """Yield its lines in Markdown; ``order`` lists the columns to show, in this order."""
        shown = range(len(self.heads)) if order is None else order
        yield _bars(self.heads[i] for i in shown)
        yield _bars("---:" if i in self.right else "---" for i in shown)
        yield from (_bars(row[i].markdown for i in shown) for row in self.rows)


def _bars(cells: Iterable[str]) -> str:
    return f"| {' | '.join(_unbarred(cell) for cell in cells)} |"


def _unbarred(cell: str) -> str:
    """Escape the bars in a cell that are not yet escaped, so that they do not end the cell."""
    return re.sub(r"(?<!\\)\|", r"\\|", cell)


def columns(rows: Sequence[Sequence[Text]], *, right: Iterable[int] = (), indent: str = "") -> Iterator[Text]:
    """Align the cells of rows in columns, two blanks apart; columns in ``right`` are aligned to the right."""
    flush, count = set(right), max(map(len, rows), default=0)
    widths = [max((len(row[i]) for row in rows if i < len(row)), default=0) for i in range(count)]
    for row in rows:
        line = Text(indent)
        for i, cell in enumerate(row):
            space = " " * (widths[i] - len(cell))
            line += Text.assemble(space, cell) if i in flush else Text.assemble(cell, space)
            line += "  "
        line.rstrip()
        yield line


def title(model: NamedModel) -> Text:
    """Return the name of a model, with its class unless the name already includes it."""
    cls = model.cls.__name__
    is_named = split_reference(model.name)[1] == cls
    return Text.assemble((model.name, "bold"), "" if is_named else f"  {cls}")


def facts(rows: Iterable[tuple[str, str]]) -> Iterator[Text]:
    """Yield name-value pairs, one per line."""
    yield from columns([(Text(name, style="dim"), Text(words)) for name, words in rows], indent="  ")


def render_trace(trace: Trace, *, full: bool = False, marks: Mapping[int, str] | None = None) -> Iterator[Text]:
    """Yield a trace step by step: the first state in full, what each action changed and, for a lasso, how it closes.

    Parameters
    ----------
    full : bool
        Whether to show every state, and each as a whole; otherwise the middle of a long trace is left out.
    marks : mapping from int to str, optional
        Remarks on the steps out of some states, by the indices of these states.
    """
    from assay.checker.report.values import Renderer

    marks = marks or {}
    renderer, width = Renderer(trace.instance), len(str(len(trace)))
    left_out = range(0) if full or len(trace) <= 2 * ENDS + 1 else range(ENDS, len(trace) - ENDS)
    before: TraceStep | None = None
    for index, step in enumerate(trace):
        if trace.loop is not None and index == trace.loop.start and not trace.loop.stays:
            yield Text(f"  {'-' * width}  for ever, from state {index + 1} on:", style="bold")
        if index not in left_out:
            shown = _Shown(index + 1, before, step, trace.chosen(index))
            yield from _step(renderer, width, shown, full, marks.get(index - 1, ""))
        elif index == left_out.start:
            yield Text(f"  ... {len(left_out):,} states are not shown: --full shows them all", style="dim")
        before = step
    if trace.loop is not None:
        yield from _closing(renderer, width, trace, trace.loop, full, marks.get(len(trace) - 1, ""))


def _closing(renderer: Renderer, width: int, trace: Trace, loop: Loop, full: bool, mark: str) -> Iterator[Text]:
    """Yield the lines that close a lasso after its last state."""
    if loop.call is None:
        yield Text(f"  {'-' * width}  nothing ever happens again", style="bold")
    else:
        from assay.checker.engine.trace import TraceStep

        back = TraceStep(loop.call, trace.steps[loop.start].state)
        shown = _Shown(loop.start + 1, trace.steps[-1], back, trace.chosen(len(trace)))
        yield from _step(renderer, width, shown, full, mark)


@immutable
class _Shown:
    """A step of a trace with its number, what was before it, and what its action chose on its way."""

    number: int
    before: TraceStep | None
    step: TraceStep
    chosen: tuple[Choice, ...]


def _step(renderer: Renderer, width: int, shown: _Shown, full: bool, mark: str) -> Iterator[Text]:
    before, step = shown.before, shown.step
    unnamed = "initial state" if before is None else "nothing happens"
    action = renderer.step(step.call, shown.chosen) if step.call else unnamed
    yield Text.assemble(f"  {shown.number:>{width}}  ", (action, "bold"), (f"  [{mark}]" if mark else "", "dim"))
    indent = " " * (width + 6)
    if before is None or full:
        rows = list(renderer.state(step.state))
        names = max((len(name) for name, _ in rows), default=0)
        for name, value in rows:
            yield from _lines(f"{indent}{name:<{names}} = {value}", len(indent) + names + 3)
        return
    changes = renderer.changes(before.state, step.state)
    for change in changes:
        yield from _lines(f"{indent}{change}", len(indent) + len(change.path) + 2)
    if not changes:
        yield Text(f"{indent}(no change)", style="dim")


def _lines(line: str, indent: int) -> Iterator[Text]:
    yield from map(Text, folded(line, indent=indent, width=LINE))


def unfolding(heading: str, lines: Iterable[Text | str], *, is_open: bool = True) -> Iterator[str]:
    """Yield preformatted lines in a Markdown section that can be folded away."""
    yield f"<details{' open' if is_open else ''}><summary>{escape(heading)}</summary>"
    yield from ("", "```text")
    yield from (line if isinstance(line, str) else line.plain.rstrip() for line in lines)
    yield from ("```", "", "</details>")


def escape(words: str) -> str:
    """Escape text for Markdown."""
    return "".join(f"\\{c}" if c in "*_`<>[]#|\\" else c for c in words)


def code(words: str) -> str:
    """Return text as inline code in Markdown, fenced by more backticks than it contains."""
    fence = "`" * (max((len(run) for run in re.findall("`+", words)), default=0) + 1)
    space = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{fence}{space}{words}{space}{fence}"
