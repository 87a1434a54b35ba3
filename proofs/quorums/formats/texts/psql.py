"""Settings as `psql` prints them: `SHOW name`, and rows of `pg_settings` with a name and a setting.

The output is aligned (a header, a line of dashes, rows), unaligned (`-A`, with bars between) or expanded (`-x`); what a
session shows besides, such as prompts and `(1 row)`, is passed over.

Source: PostgreSQL documentation, *psql*, `\\pset format`, and *SHOW*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assay.proofs.quorums.formats.texts.processes import Word
from assay.proofs.quorums.formats.texts.source import Source

__all__ = ["shown_by_psql", "values_of_psql"]

_SHOWN = re.compile(r"^[ \t]*(?P<name>[a-z_][\w.]*)[ \t]*\n[ \t]*-{3,}[ \t]*\n(?P<value>[^\n]*)", re.MULTILINE)
_ROW = re.compile(r"^[ \t]*(?P<name>[a-z_][\w.]*)[ \t]*\|[ \t]*(?P<value>[^|\n]*)", re.MULTILINE)
_EXPANDED = re.compile(
    r"^name[ \t]*\|[ \t]*(?P<name>[a-z_][\w.]*)[ \t]*\nsetting[ \t]*\|[ \t]*(?P<value>[^\n]*)", re.MULTILINE
)
_COUNT = re.compile(r"\(\d+ rows?\)")


def shown_by_psql(source: Source, name: str) -> bool:
    """Tell whether the text has a value of this setting as `psql` prints it."""
    return any(match["name"] == name for match in _matches(source))


def values_of_psql(source: Source) -> dict[str, Word]:
    """Return the values of all settings in the output; the last one if there are several."""
    return {match["name"]: _word(source, match) for match in _matches(source)}


def _matches(source: Source) -> Iterator[re.Match[str]]:
    for pattern in (_SHOWN, _ROW, _EXPANDED):
        yield from pattern.finditer(source.text)


def _word(source: Source, match: re.Match[str]) -> Word:
    text = match["value"].strip()
    return Word("" if _COUNT.fullmatch(text) else text, source.at(match.start("value")))
