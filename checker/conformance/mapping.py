"""Mappings of foreign logs: which of a log's fields and names are which of the model's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from assay.checker.conformance.ordering import Lines
from assay.checker.conformance.reading import ActionMapping
from assay.checker.conformance.records import Record, json_records, text_records
from assay.checker.errors import InputError, Location

__all__ = ["NESTED", "LogMapping"]

NESTED = ("arguments", "before", "state", "clock")
"""The fields that are objects: either each of their keys has a source of its own, or the whole object has one."""


@dataclass(frozen=True)
class LogMapping:
    """How the lines of a log are read. Without a file: as JSON in the format's own keys.

    Attributes
    ----------
    format : {"json", "text"}
        The format of a line.
    pattern : compiled regular expression, optional
        Matches a whole line of text; its named groups are the keys of the record.
    skip : tuple of compiled regular expressions
        A line in which one of them is found is no event.
    lines : {"auto", "ordered", "unordered"}, optional
        Whether the lines of one file are in order.
    unlogged : tuple of str
        Actions that happen without an event.
    assign : tuple of str
        Sorts whose elements are assigned to names of the log in the order of their first occurrence.
    fields : mapping from key to source, optional
        The source of each key; None if records have the format's own keys.
    renamed : mapping from type to names
        The log's names of elements and members of enumerations.
    outsiders : frozenset of str
        Nodes that are not elements of a sort.
    actions : mapping from action of the log to ActionMapping
        The actions of the model that the log's actions stand for.
    own_fields : mapping from action of the log to fields
        Further sources, or different ones, for the records of one action.
    ignored : frozenset of str
        Actions of the log that have no counterpart in the model.
    path : str
        The file of the mapping.
    """

    format: Literal["json", "text"] = "json"
    pattern: re.Pattern[str] | None = None
    skip: tuple[re.Pattern[str], ...] = ()
    lines: Lines | None = None
    unlogged: tuple[str, ...] = ()
    assign: tuple[str, ...] = ()
    fields: Mapping[str, Any] | None = None
    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    outsiders: frozenset[str] = frozenset()
    actions: Mapping[str, ActionMapping] = field(default_factory=dict)
    own_fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    path: str = ""
    _asked: set[tuple[str, str]] = field(default_factory=set, repr=False, compare=False)
    _had: set[tuple[str, str]] = field(default_factory=set, repr=False, compare=False)

    def records(self, path: str) -> Iterator[Record]:
        """Yield the records of a file, in the format's own keys.

        Raises
        ------
        InputError
            If it is not what the mapping says.
        """
        for record in self._lines(path):
            found = Record(record.place, self._translated(record))
            action = found.content.get("action")
            if action is None or str(action) not in self.ignored:  # a log may number its actions
                yield found

    def demand_sources(self) -> None:
        """Refuse a source that occurred in no record, which would otherwise be ignored silently.

        Raises
        ------
        InputError
            With the first such source.
        """
        for key, source in sorted(self._asked - self._had):
            raise InputError(
                f"{key}: no line of the log has {source!r}",
                location=Location(self.path),
                help="a source names a key of a line, an inner one as a.b, or a group of the pattern",
            )

    def _lines(self, path: str) -> Iterator[Record]:
        if self.pattern is not None:
            return text_records(path, self.pattern, self.skip)
        return json_records(path, self.skip)

    def _translated(self, record: Record) -> dict[str, Any]:
        found = dict(record.content) if self.fields is None else self._taken("fields", self.fields, record)
        own = self.own_fields.get(str(found.get("action")))
        if own is not None:
            for key, value in self._taken(f"actions.{found['action']}", own, record).items():
                both = isinstance(value, dict) and isinstance(found.get(key), dict)
                found[key] = {**found[key], **value} if both else value
        return found

    def _taken(self, where: str, fields: Mapping[str, Any], record: Record) -> dict[str, Any]:
        """Return those fields for which the record has a source."""
        found: dict[str, Any] = {}
        for key, source in fields.items():
            value = self._from_sources(f"{where}.{key}", source, record, every=key == "time")
            if value is not _MISSING and value is not None:
                found[key] = value
        return found

    def _from_sources(self, where: str, source: Any, record: Record, *, every: bool) -> Any:
        """Return the value of a source; of several, that of the first that the record has, or all with `every`."""
        match source:
            case dict():
                return self._nested(where, source, record)
            case list() if every:  # the earliest and the latest time of an event
                return self._interval(where, source, record)
            case list():
                values = [self._value(where, part, record) for part in source]
                return next((value for value in values if value is not _MISSING), _MISSING)
            case _:
                return self._value(where, source, record)

    def _interval(self, where: str, sources: Sequence[str], record: Record) -> Any:
        """Return the ends of an interval, or `_MISSING` if the record has neither."""
        values = [self._value(where, source, record) for source in sources]
        missing = [source for source, value in zip(sources, values, strict=True) if value is _MISSING]
        if len(missing) == len(values):
            return _MISSING
        if missing:
            # Half an interval would have to be dropped, or to stand for a moment; neither is what the log says.
            raise InputError(f"{where}: the line lacks {missing[0]!r}", location=record.place)
        return values

    def _nested(self, where: str, sources: Mapping[str, str], record: Record) -> dict[str, Any]:
        found = {}
        for key, source in sources.items():
            value = self._value(f"{where}.{key}", source, record)
            # A key that is a template is a source, too: misspelt, it would drop the value from every line.
            name = self._value(where, key, record) if "{" in key else key
            if name is not _MISSING and value is not _MISSING:
                found[name] = value
        return found

    def _value(self, where: str, source: str, record: Record) -> Any:
        """Return the value of a source: ``a.b`` is a nested field, ``{a}/{b}`` a template, ``=x`` the text x."""
        if source.startswith("="):
            return source[1:]
        value = _text(source, record) if "{" in source else _looked_up(source, record.content)
        self._asked.add((where, source))
        if value is not _MISSING:
            self._had.add((where, source))
        return value


_MISSING: Any = object()
"""The value of a source that a record does not have; None would be a JSON null."""


def _text(template: str, record: Record) -> Any:
    parts = []
    for part in re.split(r"(\{[^{}]*\})", template):
        value = _looked_up(part[1:-1], record.content) if part.startswith("{") else part
        if value is _MISSING:
            return _MISSING
        parts.append(value if isinstance(value, str) else str(value))
    return "".join(parts)


def _looked_up(path: str, content: Any) -> Any:
    if isinstance(content, dict) and path in content:  # a key may itself have dots
        return content[path]
    for step in path.split("."):
        if isinstance(content, dict) and step in content:
            content = content[step]
        elif isinstance(content, list) and step.isdecimal() and len(step) < 10 and int(step) < len(content):
            content = content[int(step)]
        else:
            return _MISSING
    return content
