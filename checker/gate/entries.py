"""Read and validate the tables of the gate's settings, with a suggestion for each misspelt key."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assay.checker.errors import AssayError, InputError, Location
from assay.checker.gate.configuration import Bounds, Entry
from assay.checker.gate.facts import ItemKind
from assay.checker.gate.instances import canonical
from assay.checker.units import count, duration, memory
from assay.checker.wording import nearest

__all__ = ["BOUNDS", "KINDS", "Table"]

KINDS = {"models": ItemKind.MODEL, "implementations": ItemKind.IMPLEMENTATION, "quorums": ItemKind.QUORUM}
"""The tables of what is gated."""

BOUNDS = ("max-states", "time-limit", "memory-limit", "proof-time-limit")

_CHOSEN = ("files", "exclude", "instances", "expect")
_KEYS = {
    ItemKind.MODEL: (*_CHOSEN, "names", "prove", "behaviour", *BOUNDS),
    ItemKind.IMPLEMENTATION: (*_CHOSEN, "names", "mutants", *BOUNDS[:3]),
    ItemKind.QUORUM: ("files", "exclude", "expect", "as", "set", "time-limit"),
}
_EXPECTATIONS = {
    ItemKind.MODEL: ("holds", "violates PROPERTY"),
    ItemKind.IMPLEMENTATION: ("holds", "violates CLAIM"),
    ItemKind.QUORUM: ("safe", "split"),
}


@dataclass(frozen=True)
class Table:
    """A table of the settings, with its location.

    Attributes
    ----------
    content : dict
        The table as parsed.
    name : str
        Name shown in messages: ``models 2``.
    place : Location
        The file.
    """

    content: dict[str, Any]
    name: str
    place: Location

    @classmethod
    def demand(cls, value: object, name: str, place: Location) -> Table:
        """Return a value as a table; raise an InputError if it is not one."""
        if not isinstance(value, dict):
            raise InputError(f"{name} must be a table", location=place)
        return cls(value, name, place)

    @contextlib.contextmanager
    def placed(self, key: str) -> Iterator[None]:
        """Add the table, the key and the location to any error about a value."""
        try:
            yield
        except AssayError as error:
            raise InputError(f"{self.name}: {key}: {error.message}", location=self.place, help=error.help) from None

    def demand_keys(self, known: Sequence[str]) -> None:
        """Raise an InputError for an unknown key, suggesting the nearest known one."""
        for key in self.content:
            if key not in known:
                raise InputError(
                    f"{self.name} has no key {key!r}{nearest(key, known)}",
                    location=self.place,
                    help=f"possible are {', '.join(known)}",
                )

    def tables(self, key: str) -> Iterator[Table]:
        """Yield the tables of an array, numbered from 1."""
        found = self.content.get(key, [])
        if not isinstance(found, list):
            raise InputError(f"{key} must be an array of tables: [[{key}]]", location=self.place)
        for number, one in enumerate(found, start=1):
            yield Table.demand(one, f"{key} {number}", self.place)

    def text(self, key: str) -> str | None:
        """Return a text, or None if there is none."""
        found = self.content.get(key)
        if found is not None and not _is_text(found):
            raise self._refused(key, "a text")
        return None if found is None else str(found)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of an array, or of a single text."""
        found = self.content.get(key, [])
        several = [found] if isinstance(found, str) else found
        if not isinstance(several, list) or not all(
            isinstance(t, str) and t.strip() and "\0" not in t for t in several
        ):
            raise self._refused(key, "a text or an array of texts")
        return tuple(several)

    def flag(self, key: str, default: bool) -> bool:
        """Return a truth value."""
        found = self.content.get(key, default)
        if not isinstance(found, bool):
            raise self._refused(key, "true or false")
        return found

    def words(self, key: str) -> dict[str, str]:
        """Return a table of texts; numbers and Booleans are converted."""
        found = Table.demand(self.content.get(key, {}), f"{self.name}: {key}", self.place).content
        for name, value in found.items():
            if not isinstance(value, str | int):
                raise InputError(f"{self.name}: {key}: {name} must be a text or a number", location=self.place)
        return {name: value if isinstance(value, str) else str(value).lower() for name, value in found.items()}

    def bounds(self, default: Bounds) -> Bounds:
        """Return the table's limits, completed from the defaults."""
        read = {"max-states": count, "time-limit": duration, "memory-limit": memory, "proof-time-limit": duration}
        given = {}
        for key in BOUNDS:
            if key in self.content:
                with self.placed(key):
                    given[key] = read[key](key, str(self.content[key]))
        return Bounds(
            int(given["max-states"]) if "max-states" in given else default.states,
            float(given.get("time-limit", default.seconds)),
            int(given["memory-limit"]) if "memory-limit" in given else default.memory,
            float(given.get("proof-time-limit", default.proof_seconds)),
        )

    def entry(self, kind: ItemKind, default: Bounds) -> Entry:
        """Return the entry that this table describes."""
        self.demand_keys(_KEYS[kind])
        files, names = self.texts("files"), self.texts("names")
        if not files and not names:
            raise InputError(
                f"{self.name} names nothing", location=self.place, help='say files = ["models/*.py"], or names = [...]'
            )
        return Entry(
            kind,
            files,
            names,
            self.texts("exclude"),
            self._instances(),
            self._expected(kind),
            self.flag("prove", False),
            self.flag("behaviour", True),
            self.flag("mutants", True),
            self.text("as"),
            self.words("set"),
            self.bounds(default),
            self.place,
        )

    def _instances(self) -> tuple[str, ...]:
        found = tuple(_canonical(self, text) for text in self.texts("instances")) or ("default",)
        twice = next((text for n, text in enumerate(found) if text in found[:n]), None)
        if twice is not None:
            raise InputError(f"{self.name}: instances: {twice!r} is listed twice", location=self.place)
        return found

    def _expected(self, kind: ItemKind) -> Mapping[str, str]:
        given = self.content.get("expect", {})
        if kind is not ItemKind.MODEL and "expect" in self.content and not isinstance(given, str):
            raise self._refused("expect", "a text, for there are no classes to tell apart")
        found = {"*": given} if isinstance(given, str) else self.words("expect")
        for text in found.values():
            if not _is_expectation(kind, text):
                possible = _EXPECTATIONS[kind]
                raise InputError(
                    f"{self.name}: expect: {text!r} is not an expectation{nearest(text, possible)}",
                    location=self.place,
                    help=f"possible are {', '.join(possible)}",
                )
        return found

    def _refused(self, key: str, wanted: str) -> InputError:
        return InputError(f"{self.name}: {key} must be {wanted}", location=self.place)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and "\0" not in value


def _is_expectation(kind: ItemKind, text: str) -> bool:
    if kind is ItemKind.QUORUM:
        return text in _EXPECTATIONS[kind]
    from assay.checker.language.expectations import parse_expectation  # imports the language, which few settings need

    return parse_expectation(text) is not None


def _canonical(table: Table, text: str) -> str:
    """Return the canonical spelling of an instance."""
    try:
        found = canonical(text)
    except ValueError as error:
        raise InputError(f"{table.name}: instances: {text!r}: {error}", location=table.place) from None
    if found is None:
        raise InputError(
            f"{table.name}: instances: {text!r} is not an instance",
            location=table.place,
            help='a name and settings, each once: "default", "smoke Node=3", "Node=3 crashes=1"',
        )
    return found
