"""The records of a log: each line as a mapping, with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assay.checker.errors import InputError, Location
from assay.checker.inputs import AmbiguousJson, parse_json, read_text

__all__ = ["Record", "json_records", "text_records"]

_AS_JSON_LINES = (
    'a log has one JSON object a line, such as {"node": "p1", "action": "prepare"}; '
    "--map FILE reads other logs: see assay help conform"
)


@dataclass(frozen=True)
class Record:
    """The content of a line of a log, with its place."""

    place: Location
    content: dict[str, Any]


def json_records(path: str, passed_over: Sequence[re.Pattern[str]] = ()) -> Iterator[Record]:
    """Yield the objects of a file with one JSON object a line; empty lines are skipped.

    Parameters
    ----------
    path : str
        The file.
    passed_over : sequence of compiled regular expressions
        A line in which one of these is found is not an event, and is skipped.

    Raises
    ------
    InputError
        If the file cannot be read, or a line is no JSON object.
    """
    text = read_text(path)
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if line.strip() and not any(skip.search(line) for skip in passed_over):
            yield Record(Location(path, number), _object(line, Location(path, number), number == len(lines)))


def _object(line: str, place: Location, is_cut: bool) -> dict[str, Any]:
    """Return the object on a line; ``is_cut`` says that no newline ends it, so that it may be incomplete."""
    try:
        found = parse_json(line)
    except AmbiguousJson as refused:
        raise InputError(str(refused), location=place) from None
    except RecursionError:
        raise InputError("not a log: the line is nested too deep", location=place) from None
    except ValueError as error:  # also a number of more digits than Python reads
        raise _malformed(line, place, is_cut, error) from None
    if not isinstance(found, dict):
        raise InputError("not a log: the line is no JSON object", location=place, help=_AS_JSON_LINES)
    return found


def _malformed(line: str, place: Location, is_cut: bool, error: ValueError) -> InputError:
    if is_cut and place.line > 1 and line.lstrip().startswith("{"):
        return InputError(
            "the last line is cut off: whoever wrote it was stopped, or is still writing",
            location=place,
            help="remove the line, if what it was about has no effect on the rest",
        )
    column = error.colno if isinstance(error, json.JSONDecodeError) else 0
    reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error).partition(";")[0]
    return InputError(
        f"not a log: not valid JSON: {reason}", location=Location(place.file, place.line, column), help=_AS_JSON_LINES
    )


def text_records(path: str, pattern: re.Pattern[str], passed_over: Sequence[re.Pattern[str]]) -> Iterator[Record]:
    """Yield the named groups of each line of a text file.

    Parameters
    ----------
    path : str
        The file.
    pattern : compiled regular expression
        Matches every line that is an event, as a whole.
    passed_over : sequence of compiled regular expressions
        A line in which one of these is found is not an event, and is skipped; so are empty lines.

    Raises
    ------
    InputError
        If the file cannot be read, or a line is neither.
    """
    for number, ended in enumerate(read_text(path).split("\n"), start=1):
        line = ended.rstrip("\r")
        if not line.strip() or any(skip.search(line) for skip in passed_over):
            continue
        found = pattern.fullmatch(line)
        if found is None:
            shown = line if len(line) <= 80 else f"{line[:77]}..."
            raise InputError(
                f"the line does not match the pattern of the mapping: {shown}",
                location=Location(path, number),
                help="lines that are no events are named by skip = [...] in the mapping",
            )
        yield Record(Location(path, number), {k: v for k, v in found.groupdict().items() if v is not None})
