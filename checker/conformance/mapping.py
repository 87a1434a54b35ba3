"""Mappings of foreign logs: a TOML file that maps the fields and names of a log to those of the model."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from assay.checker.conformance.ordering import Lines
from assay.checker.conformance.reading import KEYS, Meaning
from assay.checker.conformance.records import Record, json_records, text_records
from assay.checker.errors import InputError, Location
from assay.checker.inputs import read_text
from assay.checker.wording import nearest

__all__ = ["Mapped", "read_mapping"]

_KEYS = ("format", "pattern", "skip", "lines", "unlogged", "assign", "fields", "nodes", "values", "actions")
_FIELDS = tuple(key for key in KEYS if key != "note")
_NESTED = ("arguments", "before", "state", "clock")
"""The fields that are objects: either each of their keys has a source of its own, or the whole object has one."""


@dataclass(frozen=True)
class Mapped:
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
    meanings : mapping from action of the log to Meaning
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
    meanings: Mapping[str, Meaning] = field(default_factory=dict)
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
            if not isinstance(action, str) or action not in self.ignored:
                yield found

    def demand_sources(self) -> None:
        """Refuse a source that occurred in no record, which would otherwise be left out silently.

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
        """Return the fields that a record has."""
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
                return [self._value(where, part, record) for part in source]
            case list():
                values = [self._value(where, part, record) for part in source]
                return next((value for value in values if value is not _MISSING), _MISSING)
            case _:
                return self._value(where, source, record)

    def _nested(self, where: str, sources: Mapping[str, str], record: Record) -> dict[str, Any]:
        found = {}
        for key, source in sources.items():
            value = self._value(f"{where}.{key}", source, record)
            name = _text(key, record) if "{" in key else key
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


def read_mapping(path: str) -> Mapped:
    """Read a mapping.

    Raises
    ------
    InputError
        If it cannot be read, is no TOML, or has a key that means nothing or a value that does not fit.
    """
    try:
        content = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML: {error}", location=Location(path)) from None
    except RecursionError:
        raise InputError("it is nested too deep", location=Location(path)) from None
    except ValueError as error:  # an integer beyond Python's limit of digits
        raise InputError(f"not valid TOML: {error}".partition(";")[0], location=Location(path)) from None
    return _Reader(path).mapping(content)


@dataclass(frozen=True)
class _Reader:
    path: str

    def mapping(self, content: Mapping[str, Any]) -> Mapped:
        """Return the mapping that a file is."""
        self._demand_known("the mapping", content, _KEYS)
        text = self._one_of("format", content, ("json", "text")) == "text"
        pattern = self._pattern("pattern", content["pattern"]) if "pattern" in content else None
        if text != (pattern is not None):
            raise self._wrong("pattern", 'is for format = "text", which needs one')
        if text and not content.get("fields"):
            groups = pattern.groupindex if pattern else ()
            content = {**content, "fields": {key: key for key in groups if key in _FIELDS}}
        nodes = self._table("nodes", content)
        actions = self._table("actions", content)
        return Mapped(
            "text" if text else "json",
            pattern,
            tuple(self._pattern("skip", skip) for skip in self._texts("skip", content.get("skip", []))),
            self._one_of("lines", content, get_args(Lines), None),
            tuple(self._texts("unlogged", content.get("unlogged", []))),
            tuple(self._texts("assign", content.get("assign", []))),
            self._fields("fields", content["fields"], _FIELDS) if "fields" in content else None,
            self._renamed(nodes, self._table("values", content)),
            frozenset(node for node, element in nodes.items() if element is False),
            {name: self._meaning(name, said) for name, said in actions.items() if said is not False},
            {name: self._own_fields(name, said) for name, said in actions.items() if isinstance(said, dict)},
            frozenset(name for name, said in actions.items() if said is False),
            self.path,
        )

    def _wrong(self, key: str, what: str, help: str | None = None) -> InputError:
        return InputError(f"{key} {what}", location=Location(self.path), help=help)

    def _demand_known(self, where: str, table: Mapping[str, Any], known: Sequence[str]) -> None:
        for key in table:
            if key not in known:
                raise self._wrong(where, f"has no key {key!r}{nearest(key, known)}", f"possible are {', '.join(known)}")

    def _table(self, key: str, content: Mapping[str, Any]) -> dict[str, Any]:
        found = content.get(key, {})
        if not isinstance(found, dict):
            raise self._wrong(key, "must be a table")
        return found

    def _one_of(self, key: str, content: Mapping[str, Any], possible: Sequence[str], default: Any = "json") -> Any:
        found = content.get(key, default)
        if found not in (*possible, default):
            raise self._wrong(key, f"must be one of {', '.join(possible)}")
        return found

    def _texts(self, key: str, found: Any) -> list[str]:
        if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
            raise self._wrong(key, "must be a list of texts")
        return found

    def _pattern(self, key: str, found: Any) -> re.Pattern[str]:
        if not isinstance(found, str):
            raise self._wrong(key, "must be a regular expression")
        try:
            return re.compile(found)
        except re.error as error:
            raise self._wrong(key, f"is no regular expression: {error}") from None

    def _fields(self, key: str, table: Any, known: Sequence[str]) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self._wrong(key, "must be a table")
        self._demand_known(key, table, known)
        for name, source in table.items():
            nested = isinstance(source, dict) and name in _NESTED
            several = isinstance(source, list) and bool(source) and all(isinstance(part, str) for part in source)
            if several or (nested and all(isinstance(inner, str) for inner in source.values())):
                continue
            if not isinstance(source, str):
                raise self._wrong(f"{key}.{name}", 'must name where a line has it, such as "message.from"')
        return dict(table)

    def _renamed(self, nodes: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        found = {"": {name: element for name, element in nodes.items() if element is not False}, **values}
        for type_, names in found.items():
            where = f"values.{type_}" if type_ else "nodes"
            if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
                raise self._wrong(where, "must be a table of names" + ("" if type_ else ", or false for no element"))
        return found

    def _meaning(self, name: str, said: Any) -> Meaning:
        where = f"actions.{name}"
        if not isinstance(said, dict):
            return Meaning(tuple(self._ways(where, said)))
        self._demand_known(where, said, ("action", "node", *_NESTED))
        node = said.get("node", True)
        if not isinstance(node, str | bool):
            raise self._wrong(f"{where}.node", "must be the name of a parameter, or false")
        return Meaning(tuple(self._ways(where, said.get("action", name))), node)

    def _ways(self, where: str, said: Any) -> Iterator[tuple[str, ...]]:
        """Yield the ways that a text, a list of them, or of lists of them, stands for."""
        for way in said if isinstance(said, list) and said else [said]:
            steps = way if isinstance(way, list) else [way]
            if not steps or not all(isinstance(step, str) for step in steps):
                raise self._wrong(where, 'must be an action, ["one", "or another"], [["one", "then another"]] or false')
            yield tuple(steps)

    def _own_fields(self, name: str, said: Mapping[str, Any]) -> dict[str, Any]:
        return self._fields(f"actions.{name}", {key: said[key] for key in _NESTED if key in said}, _NESTED)
