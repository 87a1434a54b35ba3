"""Reading a mapping of a foreign log from its TOML file; every key is checked, so that nothing is ignored silently."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from assay.checker.conformance.mapping import NESTED, LogMapping
from assay.checker.conformance.ordering import Lines
from assay.checker.conformance.reading import KEYS, ActionMapping
from assay.checker.errors import InputError, Location
from assay.checker.inputs import read_text
from assay.checker.wording import nearest

__all__ = ["read_mapping"]

_KEYS = ("format", "pattern", "skip", "lines", "unlogged", "assign", "fields", "nodes", "values", "actions")
_FIELDS = tuple(key for key in KEYS if key != "note")


def read_mapping(path: str) -> LogMapping:
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

    def mapping(self, content: Mapping[str, Any]) -> LogMapping:
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
        return LogMapping(
            "text" if text else "json",
            pattern,
            tuple(self._pattern("skip", skip) for skip in self._texts("skip", content.get("skip", []))),
            self._one_of("lines", content, get_args(Lines), None),
            tuple(self._texts("unlogged", content.get("unlogged", []))),
            tuple(self._texts("assign", content.get("assign", []))),
            self._fields("fields", content["fields"], _FIELDS) if "fields" in content else None,
            self._renamed(nodes, self._table("values", content)),
            frozenset(node for node, element in nodes.items() if element is False),
            {name: self._action_mapping(name, said) for name, said in actions.items() if said is not False},
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
            nested = isinstance(source, dict) and name in NESTED
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

    def _action_mapping(self, name: str, said: Any) -> ActionMapping:
        where = f"actions.{name}"
        if not isinstance(said, dict):
            return ActionMapping(tuple(self._alternatives(where, said)))
        self._demand_known(where, said, ("action", "node", *NESTED))
        node = said.get("node", True)
        if not isinstance(node, str | bool):
            raise self._wrong(f"{where}.node", "must be the name of a parameter, or false")
        return ActionMapping(tuple(self._alternatives(where, said.get("action", name))), node)

    def _alternatives(self, where: str, said: Any) -> Iterator[tuple[str, ...]]:
        """Yield the alternatives that a text, a list of them, or of lists of them, stands for."""
        for alternative in said if isinstance(said, list) and said else [said]:
            steps = alternative if isinstance(alternative, list) else [alternative]
            if not steps or not all(isinstance(step, str) for step in steps):
                raise self._wrong(where, 'must be an action, ["one", "or another"], [["one", "then another"]] or false')
            yield tuple(steps)

    def _own_fields(self, name: str, said: Mapping[str, Any]) -> dict[str, Any]:
        return self._fields(f"actions.{name}", {key: said[key] for key in NESTED if key in said}, NESTED)
