"""Documents with places: the values of a JSON or TOML text, each with the line that it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.formats.texts.source import MAX_DIGITS, Source, shown

__all__ = ["Element", "Plain"]

Plain = Union[None, bool, int, float, str, "list[Element]", "dict[str, Element]"]

_DECIMAL = re.compile(rf"[+-]?[0-9]{{1,{MAX_DIGITS}}}")

_KINDS = {dict: "a table", list: "a list", str: "a text", bool: "true or false", int: "a whole number"}


@dataclass(frozen=True, slots=True)
class Element:
    """One value of a document.

    Parameters
    ----------
    value : Plain
        A scalar, a list of elements, or a mapping from keys to elements.
    place : Location, or Source and int
        Where it starts; an offset is converted to line and column only on demand.
    path : str
        The path to it from the top of the document, such as `members[2].votes`.
    """

    value: Plain
    place: Location | tuple[Source, int]
    path: str = ""

    @property
    def location(self) -> Location:
        """The file, line and column where it starts."""
        return self.place if isinstance(self.place, Location) else self.place[0].at(self.place[1])

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def get(self, key: str) -> Element | None:
        """Return the element under a key of a table; None if there is none, or if it is null."""
        found = self.table().get(key)
        return None if found is None or found.value is None else found

    def need(self, key: str) -> Element:
        """Return the element under a key.

        Raises
        ------
        InputError
            If there is none.
        """
        found = self.get(key)
        if found is None:
            raise self.wrong(f"{self.name} has no {key!r}", f"Add {key!r}.")
        return found

    def table(self) -> dict[str, Element]:
        """Return the value as a mapping, or refuse it."""
        if not isinstance(self.value, dict):
            raise self._not_a(dict)
        return self.value

    def items(self) -> list[Element]:
        """Return the value as a list, or refuse it."""
        if not isinstance(self.value, list):
            raise self._not_a(list)
        return self.value

    def text(self) -> str:
        """Return the value as a text, or refuse it."""
        if not isinstance(self.value, str):
            raise self._not_a(str)
        return self.value

    def flag(self) -> bool:
        """Return the value as a truth value, or refuse it."""
        if not isinstance(self.value, bool):
            raise self._not_a(bool)
        return self.value

    def whole(self, low: int | None = None, high: int | None = None) -> int:
        """Return the value as an exact integer within bounds, or refuse it.

        A float is taken only if it is integral and below 2**53, where floats are exact.
        """
        value = self.value
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._not_a(int)
        if (low is not None and value < low) or (high is not None and value > high):
            raise self.wrong(f"{self.name} is {shown(value)}", f"Use {_range(low, high)}.")
        return value

    def decimal(self, low: int | None = None, high: int | None = None) -> int:
        """Return an integer written as a number or, as Go programs write 64-bit integers, as a text."""
        if not isinstance(self.value, str):
            return self.whole(low, high)
        text = self.value.strip()
        if not _DECIMAL.fullmatch(text):
            raise self._not_a(int)
        return Element(int(text), self.location, self.path).whole(low, high)

    def only(self, *keys: str) -> None:
        """Refuse a table that has a key other than these."""
        for key, element in self.table().items():
            if key not in keys:
                known = ", ".join(sorted(keys))
                raise element.wrong(f"unknown key {shown(key)} in {self.name}", f"Known keys: {known}.")

    def walk(self) -> Iterator[Element]:
        """Yield this element and all below it."""
        yield self
        if isinstance(self.value, dict):
            for element in self.value.values():
                yield from element.walk()
        elif isinstance(self.value, list):
            for element in self.value:
                yield from element.walk()

    @property
    def name(self) -> str:
        """The name of this element in messages."""
        return self.path or "the document"

    def wrong(self, message: str, help: str) -> InputError:
        """Return the error that says what is wrong at this place."""
        return InputError(message, location=self.location, help=help)

    def _not_a(self, kind: type) -> InputError:
        found = _described(self.value)
        return self.wrong(f"{self.name} is {found}, not {_KINDS[kind]}", f"Write {_KINDS[kind]} here.")


def _described(value: Plain) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        return f"an empty {'table' if isinstance(value, dict) else 'list'}" if not value else _KINDS[type(value)]
    return shown(value)


def _range(low: int | None, high: int | None) -> str:
    if high is None:
        return f"a whole number of at least {low}"
    return f"a whole number from {low} to {high}" if low is not None else f"a whole number up to {high}"
